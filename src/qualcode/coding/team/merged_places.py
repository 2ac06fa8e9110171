"""What becomes of codings that a merge brings into transcripts with another text or another name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from qualcode.coding.renamed_sources import NAMED_BY_USER, RenameMatch
from qualcode.coding.team.merge_rows import MergeRow
from qualcode.coding.team.source_comparison import SourceComparison
from qualcode.coding.update_plan import UpdatePlan, plan_update
from qualcode.errors import format_count, name_command, name_for_interface
from qualcode.ledger import Event, LedgerState
from qualcode.study.study import Study


def placement_rows(
    study: Study, new: Sequence[Event], sources: SourceComparison, coded: Collection[str]
) -> Iterator[MergeRow]:
    """Yield what becomes of the codings in transcripts that have another text or another name here.

    ``coded`` are the transcripts with decisions in the copy.
    """
    arriving = {PurePosixPath(place).with_suffix("").as_posix().removeprefix("transcripts/") for place in sources.new}
    # With the texts of the copy its codings can be followed into those here.
    study.text_versions.save_texts(sources.other_texts)
    merged = study.with_events(new)
    state = merged.ledger_state_with_codings
    names = {name for name in _outdated(study, state, coded) if name.partition("#")[0] not in arriving}
    names |= sources.other_ids
    if not names:
        return
    present = study.sources_and_problems[0]
    renamed = {old: own for old, own in sources.versions.items() if old in names and old not in present}
    plan = plan_update(merged, transcripts=names, renamed=renamed)
    totals = Counter(event.transcript for event in state.apply_events)
    for name in sorted(names):
        yield _placement_row(study, name, plan, totals[name])


def _outdated(study: Study, state: LedgerState, coded: Collection[str]) -> set[str]:
    """Return the transcripts of these with decisions in another text than the present one, or that are missing."""
    others = (*state.done_events, *state.memo_events, *state.reject_events)
    hashes: dict[str, set[str]] = {event.transcript: set() for event in others}
    for event in state.apply_events:
        hashes.setdefault(event.transcript, set()).add(event.sha256)
    texts = {name: study.transcripts.get(name) for name in hashes if name and name in coded}
    return {name for name, text in texts.items() if text is None or hashes[name] - {text.sha256}}


def _placement_row(study: Study, name: str, plan: UpdatePlan, total: int) -> MergeRow:
    statuses = Counter(update.status for update in plan.updates if update.event.transcript == name)
    statuses["anchored"] += total - statuses.total()
    counts = ", ".join(f"{statuses[status]:,} {status}" for status in ("anchored", "moved", "changed", "orphaned"))
    number = format_count(total, "coding")
    codings = f"{number}, after an update: {counts}" if total else "no coding"
    match, text = plan.rename_matches.get(name), study.transcripts.get(name)
    if match is not None and match.transcript:
        message = f"the copy's '{name}' is '{match.transcript}' here ({codings})"
        path = study.transcripts[match.transcript].path
        return MergeRow("renamed", path, message, f"then run {_name_update(name, match)} to record it")
    if text is None:
        why = f" ({match.why})" if match else ""
        message = (
            f"there is no transcript '{name}'{why}: what was decided on it is kept and not counted ({number}: {counts})"
        )
        return MergeRow("missing", f"transcripts/{name}", message, "have the interview sent, or put it back")
    update = name_command("update", write=True)
    hint = f"your text is left as it is: run {update} to record the places, or make both texts equal first"
    return MergeRow("text", text.path, f"has another text in the copy ({codings})", hint)


def _name_update(name: str, match: RenameMatch) -> str:
    """Return the command that records a renaming; one that only the comparison of sources has found is named."""
    if match.why != NAMED_BY_USER:
        return name_command("update", write=True)
    pair = f"{name}={match.transcript}"
    return name_for_interface(
        f"'qualcode update --write --renamed \"{pair}\"'",
        f"Project.update(write=True, renamed={{{name!r}: {match.transcript!r}}})",
    )
