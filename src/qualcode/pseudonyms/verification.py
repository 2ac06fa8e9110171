"""Check a replacement of names before it is written: all files are read again and compared with the study."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from qualcode.anchors import Anchor, make_anchor
from qualcode.errors import OperationError, Problem, format_count, name_command
from qualcode.model import Coding, Transcript
from qualcode.pseudonyms.event_replacement import RewrittenText
from qualcode.pseudonyms.key_file import UndoLine, UndoRecord
from qualcode.pseudonyms.ledger_replacement import map_codebook_hashes, replace_in_ledgers
from qualcode.pseudonyms.source_replacement import ReplacedFiles, ReplacementOptions, StudyReplacer
from qualcode.pseudonyms.text import Replacer
from qualcode.pseudonyms.transaction import write_study
from qualcode.study.study import Study

_MAX_ATTEMPTS = 20
"""Number of attempts; each leaves unchanged the sources that could not be rewritten in the attempt before."""

_Replacer = TypeVar("_Replacer", bound=Replacer)


@dataclass(frozen=True)
class VerifiedReplacement(Generic[_Replacer]):
    """A replacement: its replacer, its files, and the ledger lines that an undo could not restore."""

    replacer: _Replacer
    result: ReplacedFiles
    undo_lines: Mapping[str, Sequence[UndoLine]]
    skipped_source_problems: tuple[Problem, ...] = ()
    """Sources that are left unchanged, with the reason."""
    blocking_problems: tuple[Problem, ...] = ()
    """Problems for which the replacement must not be written."""


def replace_and_verify(
    study: Study,
    create_replacer: Callable[[], _Replacer],
    stage: Path,
    *,
    options: ReplacementOptions,
    undo_record: UndoRecord | None = None,
) -> VerifiedReplacement[_Replacer]:
    """Replace names, read all files again, and leave unchanged the sources that are not read as expected.

    Raises
    ------
    OperationError
        If there are still such sources after the last attempt.
    """
    problems: list[Problem] = []
    for attempt in range(_MAX_ATTEMPTS):
        # A new replacer and folder: those of the last attempt contain sources that are now left unchanged.
        replacement, new_study = _replace_names(study, create_replacer(), stage / str(attempt), options, undo_record)
        unwritable = replacement.result.unwritable_problems
        paths = {problem.path for problem in unwritable}
        misread = [
            each for each in _find_misread_sources(study, replacement.result, new_study) if each.path not in paths
        ]
        problems += [*unwritable, *(problem for problem in misread if problem.path not in options.originals)]
        if not unwritable and not misread:
            # Codings are compared last: a misread source, which is left unchanged next time, would seem to lose them.
            blocking = (*_find_changed_codings(study, new_study), *_find_new_problems(study, new_study))
            return replace(replacement, skipped_source_problems=tuple(problems), blocking_problems=blocking)
        options = _leave_unchanged(options, paths | {problem.path for problem in misread})
    raise OperationError("the rewritten sources cannot be read as expected: please report it")


def _leave_unchanged(options: ReplacementOptions, paths: Collection[str]) -> ReplacementOptions:
    """Leave sources unchanged; plain text whose original cannot be restored stays plain text, with names replaced."""
    unchanged_paths = options.unchanged_paths | (set(paths) - options.originals.keys())
    originals = {path: original for path, original in options.originals.items() if path not in paths}
    return replace(options, unchanged_paths=unchanged_paths, originals=originals)


def _replace_names(
    study: Study, replacer: _Replacer, stage: Path, options: ReplacementOptions, undo_record: UndoRecord | None
) -> tuple[VerifiedReplacement[_Replacer], Study]:
    study_replacer = StudyReplacer(study, replacer, options=options)
    study_replacer.replace_in_sources()
    study_replacer.replace_in_tables_and_settings()
    result = study_replacer.result
    # Ledger lines need the hashes of the new codebook, so it is written and read before them.
    new_book = write_study(result.files, stage).codebook_and_problems[0]
    hashes = map_codebook_hashes(study.codebook_and_problems[0], new_book)
    undo_lines = replace_in_ledgers(study_replacer, hashes, undo_record.lines if undo_record else None)
    study_replacer.add_unchanged_files()
    return VerifiedReplacement(replacer, result, undo_lines), write_study(result.files, stage)


def _find_misread_sources(study: Study, result: ReplacedFiles, new_study: Study) -> Iterator[Problem]:
    """Yield the sources whose text, read again, is not the old one with names replaced, or whose turns differ."""
    for old in study.transcripts.values():
        new = new_study.transcripts.get(result.new_ids[old.id])
        if difference := _describe_misreading(old, result.texts[old.id], new):
            message = f"left as it is, because the rewritten source {difference}"
            hint = "check that the pseudonyms work as speaker labels, or replace its names by hand"
            yield Problem(old.path, 0, 0, message, hint)


def _describe_misreading(old: Transcript, rewritten: RewrittenText, new: Transcript | None) -> str:
    if new is None:
        return "cannot be read"
    if new.text != rewritten.new_text:
        return f"has another text: {_describe_difference(rewritten.new_text, new.text)}"
    turns = [(rewritten.offset_map.map_start(turn.start), turn.role) for turn in old.turns]
    return "" if [(turn.start, turn.role) for turn in new.turns] == turns else "has other turns or roles"


def _describe_difference(expected: str, actual: str) -> str:
    pairs = enumerate(zip(expected, actual, strict=False))
    first = next((index for index, (a, b) in pairs if a != b), min(len(expected), len(actual)))
    span = slice(max(0, first - 15), first + 25)
    return f"'{actual[span]}' instead of '{expected[span]}'".replace("\n", " ")


def _find_changed_codings(study: Study, new_study: Study) -> Iterator[Problem]:
    """Yield the codings whose status, code or coder would change."""
    new_codings = {coding.id: coding for coding in new_study.codings}
    for coding in study.codings:
        new = new_codings.get(coding.id)
        if new is None or _state(coding) != _state(new):
            path = f"codings/{coding.coder}/{coding.transcript}.jsonl"
            message = f"coding {coding.id} is {coding.status} and would be {new.status if new else 'lost'}"
            hint = (
                f"see {name_command('codings')}"
                if new
                else "it would be the same as another coding: retract one of them"
            )
            yield Problem(path, 0, 0, message, hint)


def _state(coding: Coding) -> tuple[str, str, str]:
    return coding.status, coding.code, coding.coder


def _find_new_problems(study: Study, new_study: Study) -> Iterator[Problem]:
    """Yield the problems of settings, codebook and cases if there are more than before, and changed code ids."""
    old_problems, new_problems = (
        [*each.settings_problems, *each.codebook_and_problems[1], *each.case_problems] for each in (study, new_study)
    )
    # Messages may contain names, so the problems cannot be compared one by one.
    if len(new_problems) > len(old_problems):
        yield from new_problems
    old_ids, new_ids = ({code.id for code in each.codebook_and_problems[0].codes} for each in (study, new_study))
    if old_ids != new_ids:
        yield Problem("codebooks", 0, 0, "code ids contain names and would change", "rename them, with 'formerly'")


def refuse_stale(study: Study) -> None:
    """Refuse codings that are not where the ledger says, since their spans cannot be mapped exactly.

    Raises
    ------
    OperationError
        If there are such codings.
    """
    events = {event.id: event for event in study.ledger_state_with_codings.apply_events}
    stale = [
        coding
        for coding in study.codings
        # An orphaned coding has no span in the text, so there is nothing to map.
        if coding.status != "orphaned"
        and (event := events.get(coding.id))
        and not _is_at_anchor(study, coding, event.anchor)
    ]
    if stale:
        names = ", ".join(sorted({coding.transcript for coding in stale}))
        count = format_count(len(stale), "coding")
        raise OperationError(
            f"the text of {count} was edited since it was coded ({names}): "
            f"run {name_command('update', write=True)} first"
        )


def _is_at_anchor(study: Study, coding: Coding, anchor: Anchor) -> bool:
    return make_anchor(study.transcripts[coding.transcript].text, coding.start, coding.end) == anchor
