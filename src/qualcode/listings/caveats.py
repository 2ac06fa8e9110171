"""Notes on what is missing from counts: unreadable sources, orphaned codings, codes that the codebook lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from qualcode.errors import Problem, format_count, name_command, name_option
from qualcode.model import Coding, Unit
from qualcode.study.coder_state import find_consensus, list_codings, resolve_coder
from qualcode.study.next_step import describe_next_step
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study


def list_caveats(study: Study, coders: Collection[str] = ()) -> list[str]:
    """Return notes on what is missing from the counts of these coders, or of all if none is named."""
    notes = [*date_notes(study, coders), *list_read_errors(study), *_error_messages(study.case_problems)]
    for name in coders:
        reading, coder = resolve_coder(study, name)
        if coder == CONSENSUS:
            notes.append(find_consensus(reading).describe())
            coders = ()  # all coders' codings are behind it
    codings = list_codings(study, coders) if coders else study.codings
    if orphaned := sum(coding.status == "orphaned" for coding in codings):
        notes.append(f"not counted: {format_count(orphaned, 'orphaned coding')} (see {name_command('check')})")
    if stale := _count_stale(study, coders):
        notes.append(
            "transcripts were edited, renamed or removed since they were coded, which affects "
            f"{format_count(stale, 'coding')}: run {name_command('update')}"
        )
    if unknown := _count_unknown_codes(study, codings):
        count = format_count(unknown.total(), "coding")
        notes.append(f"not counted: {count} with codes that the codebook does not have ({', '.join(sorted(unknown))})")
    if not study.codings:
        notes.append(describe_next_step(study))
    return [*notes, *map(str, study.ledger_problems)]


def date_notes(study: Study, coders: Iterable[str]) -> list[str]:
    """Return a note for each date at which decisions count."""
    periods = dict.fromkeys(resolve_coder(study, coder)[0].decided_until for coder in coders or [""])
    return [
        f"decisions recorded until the end of {period} (UTC), on the texts and with the codebook of now"
        for period in periods
        if period
    ]


def _count_stale(study: Study, coders: Collection[str]) -> int:
    """Return the number of codings with a place that an update would record."""
    if not coders:
        return sum(study.stale_counts.values())
    readings = dict.fromkeys(resolve_coder(study, name) for name in coders)
    return sum(count for reading, coder in readings for (_, by), count in reading.stale_counts.items() if by == coder)


def describe_missing_pairs(unit: Unit, *, min_count: int = 1) -> str:
    """Return that no two codes occur together in a unit, and a wider unit that may show which do."""
    place = f"one {unit.name}" if unit.name != "window" else f"one window of {format_count(unit.size, 'turn')}"
    units = f"{min_count} units ({unit})" if min_count > 1 else place
    if unit.name == "transcript":
        return f"no two codes occur together in {units}"
    wider = "transcript" if unit.size >= _WIDEST_WINDOW else Unit("window", max(_WINDOW, 2 * unit.size - 1))
    return f"no two codes occur together in {units}: a wider unit may show more ({name_option('unit', str(wider))})"


_WINDOW, _WIDEST_WINDOW = 3, 9
"""Numbers of turns of the windows that are proposed."""


def list_read_errors(study: Study) -> list[str]:
    """Return the errors in sources that cannot be read, and in the settings by which they are read."""
    return _error_messages([*study.settings_problems, *study.transcript_problems])


def _error_messages(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.level == "error"]


def has_fixable_caveats(study: Study) -> bool:
    """Return whether counts lack something that can be fixed: unreadable files or ledger lines, unknown codes."""
    return bool(
        list_read_errors(study)
        or _error_messages(study.case_problems)
        or study.ledger_problems
        or _count_unknown_codes(study, study.codings)
    )


def _count_unknown_codes(study: Study, codings: Iterable[Coding]) -> Counter[str]:
    known = study.codebook.by_id
    return Counter(coding.code for coding in codings if coding.code not in known)
