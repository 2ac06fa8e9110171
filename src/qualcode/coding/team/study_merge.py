"""Another copy of a study brought into it: the union of the ledgers, missing sources, and what a person must decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qualcode.coding.team.copy_comparison import compare_copies
from qualcode.coding.team.merge_rows import MergeRow, row_of_problem
from qualcode.coding.team.merged_events import (
    conflicting_rows,
    event_rows,
    has_valid_place,
    refuse_line,
    unknown_code_rows,
)
from qualcode.coding.team.merged_places import placement_rows
from qualcode.coding.team.source_comparison import SourceComparison, compare_sources, has_common_text
from qualcode.coding.team.study_copies import StudyCopy, open_study_copy
from qualcode.errors import (
    FileProblemsError,
    OperationError,
    format_count,
    name_command,
    name_option,
)
from qualcode.files import copy_without_overwrite
from qualcode.ledger import Event, EventLine, append_ledger_lines, ledger_path, read_event_lines
from qualcode.study.study import Study


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
    FileProblemsError
        If the settings have problems.
    OperationError
        If there is no copy of this study at a path, or it cannot be written.
    """
    if study.settings_problems:
        raise FileProblemsError(study.settings_problems, summary="Nothing was merged: fix the settings first.")
    rows: list[MergeRow] = []
    notes: list[str] = []
    known, has_new = study.read_recorded_events(), False
    for path in paths:
        with _describe_merged(notes if options.write else ()), open_study_copy(study, path) as copy:
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


@contextmanager
def _describe_merged(notes: Sequence[str]) -> Iterator[None]:
    """Add to an error what was merged before it."""
    try:
        yield
    except OperationError as error:
        raise OperationError(f"{error} (before it: {'; '.join(notes)})" if notes else str(error)) from None


def _merged_study(study: Study, plan: _MergePlan, options: MergeOptions) -> Study:
    if options.write:
        return Study(study.root, report_progress=study.report_progress)
    return study.with_events([event for event, _ in plan.lines])


def _plan_merge(study: Study, copy: StudyCopy, known: Collection[Event], options: MergeOptions) -> _MergePlan:
    folder = copy.study.codings_folder
    lines, problems = read_event_lines(folder.rglob("*.jsonl"), root=copy.study.root)
    refused = [refuse_line(event) for event, _ in lines if not has_valid_place(event)]
    lines = [line for line in lines if has_valid_place(line[0])]
    sources = compare_sources(study, copy.study, with_new=options.with_sources)
    if not options.force:
        _check_identity(study, copy, sources, lines, known)
    recorded = set(known)
    # Each event once, and in one order whatever the files of the copy are.
    new = sorted(
        {event: raw for event, raw in lines if event not in recorded}.items(), key=lambda line: (line[0].id, line[1])
    )
    message = f"only in the copy: {'copied' if options.write else 'would be copied'}"
    rows = [
        *map(row_of_problem, [*copy.problems, *problems]),
        *refused,
        *conflicting_rows(new, known),
        *event_rows(new, study),
        *sources.rows,
        *(MergeRow("source", path, message, "", "notice") for path in sources.new),
        *placement_rows(study, [event for event, _ in new], sources, {event.transcript for event, _ in lines}),
        *unknown_code_rows(study, new),
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
