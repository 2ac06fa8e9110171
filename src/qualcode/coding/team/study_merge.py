"""Another copy of a study brought into it: the union of the ledgers, missing sources, and what a person must decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qualcode.coding.team.copy_comparison import compare_copies
from qualcode.coding.team.merge_rows import MergeRow, row_of_problem
from qualcode.coding.team.source_comparison import SourceComparison, compare_sources, has_common_text
from qualcode.coding.team.study_copies import StudyCopy, open_study_copy
from qualcode.coding.update_plan import UpdatePlan, plan_update
from qualcode.errors import (
    OperationError,
    QualcodeError,
    did_you_mean,
    format_count,
    format_names,
    name_command,
    name_option,
)
from qualcode.files import copy_without_overwrite
from qualcode.ledger import Event, EventKind, EventLine, append_ledger_lines, ledger_path, read_event_lines
from qualcode.settings import validate_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

_KINDS: dict[EventKind, str] = {
    "apply": "coding",
    "retract": "retraction",
    "reject": "rejection",
    "move": "new place",
    "memo": "memo",
    "done": "finished mark",
}


@dataclass(frozen=True)
class MergeOptions:
    """What a merge does."""

    write: bool = False
    with_sources: bool = True
    """Whether sources that only the copy has are copied."""
    force: bool = False
    """Whether a copy is merged that seems to be one of another study."""


@dataclass(frozen=True)
class _MergePlan:
    """What one copy brings into a study."""

    copy: StudyCopy
    lines: Sequence[EventLine]
    """Lines of events that the study does not have, by their ids."""
    sources: SourceComparison
    rows: Sequence[MergeRow]


def merge_copies(study: Study, paths: Iterable[Path], options: MergeOptions) -> tuple[list[MergeRow], list[str]]:
    """Bring other copies into a study one after another; return what happens as rows, and notes.

    Nothing here is overwritten. Without ``options.write`` nothing is written at all.

    Raises
    ------
    OperationError
        If there is no copy of this study at a path, or it cannot be written.
    """
    rows: list[MergeRow] = []
    notes: list[str] = []
    known, has_new = study.read_recorded_events(), False
    for path in paths:
        with open_study_copy(study, path) as copy:
            plan = _plan_merge(study, copy, known, options)
            torn = _write_merge(study, plan) if options.write else []
            rows += plan.rows
            notes += [_describe_merge(plan, options), *(f"a torn last line was set aside as {each}" for each in torn)]
            known += [event for event, _ in plan.lines]
            has_new = has_new or bool(plan.lines or plan.sources.new)
            study = _merged_study(study, plan, options)
    if has_new and not options.write:
        notes.append(f"nothing is written yet: add {name_option('write', True)} to do it")
    return list(dict.fromkeys(rows)), notes


def _merged_study(study: Study, plan: _MergePlan, options: MergeOptions) -> Study:
    if options.write:
        return Study(study.root, report_progress=study.report_progress)
    return study.with_events([event for event, _ in plan.lines])


def _plan_merge(study: Study, copy: StudyCopy, known: Collection[Event], options: MergeOptions) -> _MergePlan:
    folder = copy.study.codings_folder
    lines, problems = read_event_lines(folder.rglob("*.jsonl"), root=copy.study.root)
    refused = [_refuse_line(event) for event, _ in lines if not _has_valid_place(event)]
    lines = [line for line in lines if _has_valid_place(line[0])]
    sources = compare_sources(study, copy.study, with_new=options.with_sources)
    if not options.force:
        _check_identity(study, copy, sources, lines, known)
    recorded = set(known)
    # Each event once, and in one order whatever the files of the copy are.
    new = sorted(
        {event: raw for event, raw in lines if event not in recorded}.items(), key=lambda line: (line[0].id, line[1])
    )
    rows = [
        *map(row_of_problem, [*copy.problems, *problems]),
        *refused,
        *_conflicting_rows(new, known),
        *_event_rows(new, study),
        *sources.rows,
        *(MergeRow("source", path, "only in the copy: copied", "", "notice") for path in sources.new),
        *_placement_rows(study, new, sources, {event.transcript for event, _ in lines}),
        *_unknown_code_rows(study, new),
        *compare_copies(study, copy),
    ]
    return _MergePlan(copy, new, sources, rows)


def _write_merge(study: Study, plan: _MergePlan) -> list[Path]:
    """Copy the missing sources, then append the missing lines; done again, it goes on where it was stopped."""
    for place, path in plan.sources.new.items():
        copy_without_overwrite(path, study.root / place)
    lines: dict[str, list[bytes]] = {}
    for event, raw in plan.lines:
        lines.setdefault(ledger_path(event), []).append(raw)
    return append_ledger_lines(study.codings_folder, lines, locks=study.cache_folder / "locks")


def _describe_merge(plan: _MergePlan, options: MergeOptions) -> str:
    counts = [(len(plan.lines), "event"), (len(plan.sources.new), "source file")]
    parts = " and ".join(format_count(count, noun) for count, noun in counts if count)
    if not parts:
        return f"{plan.copy.path}: nothing new"
    return f"{plan.copy.path}: {parts} {'brought in' if options.write else 'would be brought in'}"


# --- events -------------------------------------------------------------------------------------------------------


def _has_valid_place(event: Event) -> bool:
    """Return whether the ledger of an event is a file in the folder of its coder."""
    try:
        is_coder = event.coder == CONSENSUS or validate_coder(event.coder) == event.coder
    except QualcodeError:
        return False
    parts = PurePosixPath(event.transcript).parts
    name = event.transcript
    is_path = not name.startswith("/") and not {"..", "."} & set(name.split("/")) and "" not in name.split("/")[:-1]
    return is_coder and (
        not name or (is_path and name.isprintable() and all(len(part.encode()) < 240 for part in parts))
    )


def _refuse_line(event: Event) -> MergeRow:
    message = (
        f"event {event.id} of '{event.coder}' on '{event.transcript}' is not brought in: no ledger can have this name"
    )
    return MergeRow("damaged", "codings", message, "was the copy edited by hand?")


def _conflicting_rows(new: Iterable[EventLine], known: Iterable[Event]) -> Iterator[MergeRow]:
    """Yield a row for each id that has different events in both copies."""
    by_id = {event.id: event for event in known}
    for event, _ in new:
        other = by_id.setdefault(event.id, event)
        if other is not event:
            names = [name for name in event.__struct_fields__ if getattr(event, name) != getattr(other, name)]
            message = f"event {event.id} is not the same in both copies ({format_names(names)}): both lines are kept"
            hint = (
                "one of them counts, the same in every copy: was a ledger edited? delete the wrong line in all copies"
            )
            yield MergeRow("damaged", f"codings/{ledger_path(event)}", message, hint)


def _event_rows(new: Iterable[EventLine], study: Study) -> Iterator[MergeRow]:
    """Yield a row for each coder with the new events of that coder."""
    by_coder: dict[str, list[Event]] = {}
    for event, _ in new:
        by_coder.setdefault(event.coder, []).append(event)
    coders = study.coders
    for coder, events in sorted(by_coder.items()):
        counts = Counter(event.event for event in events)
        parts = format_names([format_count(counts[kind], noun) for kind, noun in _KINDS.items() if counts[kind]])
        names = sorted({event.transcript for event in events} - {""})
        where = f" on {format_names(names, limit=4)}" if names else ""
        hint = ""
        if coders and coder not in coders and coder != CONSENSUS:
            similar = did_you_mean(coder, coders)
            hint = f"a new coder here ({similar})" if similar else "a new coder here"
        yield MergeRow(
            "events", f"codings/{coder}", f"{format_count(len(events), 'new event')}: {parts}{where}", hint, "notice"
        )


def _unknown_code_rows(study: Study, new: Iterable[EventLine]) -> Iterator[MergeRow]:
    book, problems = study.codebook_and_problems
    if problems:
        return
    events = [event for event, _ in new if event.event == "apply" and book.current_id(event.code) not in book.by_id]
    for code, count in sorted(Counter(event.code for event in events).items()):
        coders = format_names(sorted({event.coder for event in events if event.code == code}))
        hint = "add the code here, or list it under 'formerly' of the code that took its place"
        message = f"'{code}' is not in this codebook: {format_count(count, 'coding')} by {coders} would not be counted"
        yield MergeRow("code", "codebooks", message, did_you_mean(code, book.by_id) or hint)


# --- places of codings --------------------------------------------------------------------------------------------


def _placement_rows(
    study: Study, new: Sequence[EventLine], sources: SourceComparison, coded: Collection[str]
) -> Iterator[MergeRow]:
    """Yield what becomes of the codings in transcripts that have another text or another name here."""
    arriving = {PurePosixPath(place).with_suffix("").as_posix().removeprefix("transcripts/") for place in sources.new}
    names = {name for name in {*coded, *sources.other_ids} if name and name.partition("#")[0] not in arriving}
    # With the texts of the copy its codings can be followed into those here.
    study.text_versions.save_texts(sources.other_texts)
    merged = study.with_events([event for event, _ in new])
    state = merged.ledger_state_with_codings
    totals = Counter(event.transcript for event in state.apply_events)
    present = {name: study.transcripts.get(name) for name in names}
    hashes: dict[str, set[str]] = {}
    for event in state.apply_events:
        hashes.setdefault(event.transcript, set()).add(event.sha256)
    stale = {
        name for name, text in present.items()
        if text is None or name in sources.other_ids or hashes.get(name, set()) - {text.sha256}
    }  # fmt: skip
    plan = plan_update(merged, transcripts=stale) if stale else None
    for name in sorted(stale):
        yield from _placement_row(study, name, plan, totals[name]) if plan else ()


def _placement_row(study: Study, name: str, plan: UpdatePlan, total: int) -> Iterator[MergeRow]:
    statuses = Counter(update.status for update in plan.updates if update.event.transcript == name)
    statuses["anchored"] += total - statuses.total()
    counts = ", ".join(f"{statuses[status]:,} {status}" for status in ("anchored", "moved", "changed", "orphaned"))
    codings = f"{format_count(total, 'coding')}: {counts}" if total else "no coding"
    match = plan.rename_matches.get(name)
    update = name_command("update", write=True)
    text = study.transcripts.get(name)
    if match is not None and match.transcript:
        message = f"the copy's '{name}' is '{match.transcript}' here ({codings})"
        yield MergeRow("renamed", study.transcripts[match.transcript].path, message, f"then run {update} to record it")
    elif text is None:
        why = f" ({match.why})" if match else ""
        message = f"there is no transcript '{name}'{why}: what was decided on it is kept and not counted ({codings})"
        yield MergeRow("missing", f"transcripts/{name}", message, "have the interview sent, or put it back")
    else:
        hint = f"your text is left as it is: make both texts equal, and run {update} to record the places"
        yield MergeRow("text", text.path, f"has another text in the copy ({codings})", hint)


# --- whether it is a copy of this study ----------------------------------------------------------------------------


def _check_identity(
    study: Study, copy: StudyCopy, sources: SourceComparison, lines: Sequence[EventLine], known: Collection[Event]
) -> None:
    """Refuse the copy of another study, and one with names where this has pseudonyms.

    Raises
    ------
    OperationError
        If it is one.
    """
    own = {event.id: event for event in known}
    common = [event for event, _ in lines if event.id in own]
    different = [event for event in common if event != own[event.id]]
    is_other_text = not sources.same and bool(sources.other_texts)
    force = f"Nothing was merged; to do it all the same, add {name_option('force', True)}"
    if is_other_text and (len(sources.other_texts) > 1 or 2 * len(different) > len(common)):
        raise OperationError(
            f"{copy.path}: every transcript has another text there: is one of the two under pseudonyms and the other "
            f"not, or read with other settings? Make both alike first ({name_command('pseudonymise')}). {force}"
        )
    is_empty = not known and not study.sources_and_problems[0]
    has_content = bool(lines or copy.study.sources_and_problems[0])
    hashes = dict.fromkeys(event.sha256 for event, _ in lines if event.sha256)
    is_shared = len(different) < len(common) or is_empty or not has_content
    if not is_shared and not has_common_text(study, sources, hashes):
        raise OperationError(
            f"{copy.path}: this seems to be another study: no transcript and no decision is the same as here. {force}"
        )
