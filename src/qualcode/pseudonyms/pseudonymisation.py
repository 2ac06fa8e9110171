"""Pseudonyms for names all over a study, or names for pseudonyms: planned, proved, and only then put into place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import FileProblemsError, OperationError, Problem
from qualcode.files import read_bytes, write_private
from qualcode.ledger import lock_ledgers
from qualcode.pseudonyms.key_file import KeyFile, UndoRecord, load_valid_key, read_undo_record
from qualcode.pseudonyms.source_replacement import FileContents, ReplacedFiles, ReplacementOptions, read_study_files
from qualcode.pseudonyms.text import (
    NameInContext,
    NameKey,
    NameRestorer,
    Pseudonymiser,
    add_phrases,
    build_name_finder,
    find_lowercase_words,
)
from qualcode.pseudonyms.transaction import commit, open_staging_folder, replay_journal, write_study
from qualcode.pseudonyms.verification import refuse_stale, replace_and_verify
from qualcode.study.study import Study

DecideName = Callable[[NameInContext], bool | None]
"""Asks a person whether a word is the name; None leaves it undecided."""

REPLACEMENT_COLUMNS = ("name", "pseudonym", "place", "count", "unsure")
_WORDS_BEFORE = re.compile(r"(?:(?<!\S)\S+\s+){0,3}\S*$")
_WORDS_AFTER = re.compile(r"\S*(?:\s+\S+(?!\S)){0,3}")
"""The words on either side by which a decision knows its place again."""


@dataclass(frozen=True)
class ReplacementPlan:
    """What a replacement would do, wholly prepared: the new files, the way back, and what is to be said of it."""

    old_files: FileContents
    new_files: FileContents
    undo_record: UndoRecord | None
    matches: tuple[NameInContext, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocking_problems: tuple[Problem, ...] = ()
    coding_count: int = 0
    original_files: FileContents = field(default_factory=dict)

    @property
    def unsure_matches(self) -> tuple[NameInContext, ...]:
        """Words that may be names, to be decided."""
        return tuple(one for one in self.matches if one.name_match.doubt)

    @property
    def changed_paths(self) -> list[str]:
        """Paths of files that are rewritten, renamed or removed."""
        return sorted(
            path
            for path in self.old_files.keys() | self.new_files.keys()
            if self.old_files.get(path) != self.new_files.get(path)
        )


def plan_replacement(held: KeyFile, key: NameKey, stage: Path, *, convert: bool = False) -> ReplacementPlan:
    """Prepare pseudonyms for all names of a key; names that were replaced before are brought back first."""
    study, old = Study(held.study_root), read_study_files(held.study_root)
    kept = read_undo_record(held)
    if kept is not None:
        before = plan_undo(held, kept, stage)
        study = write_study(before.new_files, stage / "before")
    refuse_stale(study)
    texts = [one.text for one in study.transcripts.values()]
    find = build_name_finder(key, language=study.settings.language, common_words=find_lowercase_words(texts))
    back = build_name_finder(key.inverted, language=study.settings.language)
    how = ReplacementOptions(convert=convert or bool(kept and kept.converted))
    made = replace_and_verify(study, lambda: Pseudonymiser(find, back), stage / "after", options=how)
    doing = made.replacer
    if not isinstance(doing, Pseudonymiser):
        raise TypeError("a plan is made by a Doing")
    _refuse_used_pseudonyms(doing.used_pseudonyms)
    names = tuple((one.name, one.pseudonym) for one in key.names)
    converted = dict(made.replaced_files.converted)
    record = UndoRecord(names, doing.record, made.undo_lines, converted)
    aside = {path: read_bytes(study.root / path) for path in converted.values()}
    seen = tuple(_matches_to_report(doing.matches, made.replaced_files))
    return ReplacementPlan(
        old,
        made.replaced_files.files,
        record,
        seen,
        made.skipped_source_problems,
        made.blocking_problems,
        len(study.codings),
        aside,
    )


def plan_undo(held: KeyFile, kept: UndoRecord, stage: Path) -> ReplacementPlan:
    """Prepare names for all pseudonyms: as recorded, else each name in its first form."""
    study = Study(held.study_root)
    back = build_name_finder(kept.key.inverted, language=study.settings.language)
    originals = {
        now: (was, read_bytes(held.originals_folder / was))
        for now, was in kept.converted.items()
        if (held.originals_folder / was).is_file()
    }
    how = ReplacementOptions(originals=originals)
    made = replace_and_verify(
        study, lambda: NameRestorer(back, kept.paragraphs), stage / "undone", options=how, undo_record=kept
    )
    told = (
        *made.skipped_source_problems,
        *made.blocking_problems,
    )  # names come back all the same: what was edited since may stand elsewhere
    return ReplacementPlan(
        read_study_files(held.study_root), made.replaced_files.files, None, (), told, (), len(study.codings)
    )


def _refuse_used_pseudonyms(taken: Sequence[NameInContext]) -> None:
    """Refuse pseudonyms that stand in the texts already: they could not be told from the new ones."""
    first: dict[str, NameInContext] = {}
    for one in taken:
        first.setdefault(one.name_match.name, one)
    if first:
        problems = [
            Problem(
                display_place(one.where),
                0,
                0,
                f"pseudonym '{one.name_match.words}' stands there already",
                "choose another",
            )
            for one in first.values()
        ]
        raise FileProblemsError(problems, summary="Nothing was replaced: pseudonyms must be new to the study.")


def _matches_to_report(seen: Sequence[NameInContext], swap: ReplacedFiles) -> Iterator[NameInContext]:
    """Yield what was seen, with places as their owner knows them, but for raw sources: they say what the texts say."""
    olds = {new: old for old, new in swap.new_ids.items()}
    for one in seen:
        if not one.where.startswith("source "):
            place = display_place(one.where)
            yield NameInContext(olds.get(place, place), one.name_match, one.before, one.after)


def display_place(where: str) -> str:
    """Return a place as it is shown: the id of a transcript, or a path."""
    return where.removeprefix("text of ").removeprefix("source ")


@dataclass(frozen=True)
class PseudonymisationResult:
    """What a replacement did, or would do: counts of names, words to decide about, changed files, problems."""

    rows: tuple[Mapping[str, Any], ...] = ()
    unsure_problems: tuple[Problem, ...] = ()
    changed_paths: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_written: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to be decided or mended."""
        return not self.unsure_problems and not self.problems


def pseudonymise(
    held: KeyFile, *, write: bool = False, undo: bool = False, convert: bool = False, decide: DecideName | None = None
) -> PseudonymisationResult:
    """Put pseudonyms for names, or with ``undo`` names for pseudonyms; nothing is changed unless ``write``.

    A replacement that was interrupted is finished first. ``decide`` is asked about words that may be no names.
    """
    codings, locks = held.study_root / "codings", held.study_root / ".qualcode" / "locks"
    finished: list[str] = []
    with lock_ledgers(codings, locks=locks):
        if held.journal_path.is_file():
            finished = [f"finished what was interrupted: {len(replay_journal(held))} files"]
        if decide and not undo:
            _ask_about_names(held, decide, convert=convert)
        with open_staging_folder(held) as stage:
            made = (
                _plan_recorded_undo(held, stage)
                if undo
                else plan_replacement(held, load_valid_key(held), stage, convert=convert)
            )
            if write:
                _write_plan(held, made, stage)
    leaks: tuple[Problem, ...] = ()
    if write and not undo:
        from qualcode.pseudonyms.leaks import find_leaks as found_in

        leaks = tuple(found_in(Study(held.study_root), load_valid_key(held)))
    return _build_result(
        held, made, (*made.problems, *made.blocking_problems, *leaks), notes=finished, written=write, undo=undo
    )


def _plan_recorded_undo(held: KeyFile, stage: Path) -> ReplacementPlan:
    kept = read_undo_record(held) or UndoRecord(tuple((one.name, one.pseudonym) for one in load_valid_key(held).names))
    return plan_undo(held, kept, stage)


def _ask_about_names(held: KeyFile, decide: DecideName, *, convert: bool) -> None:
    """Ask about each word that may be no name, and write the answers into the key."""
    with open_staging_folder(held) as stage:
        made = plan_replacement(held, load_valid_key(held), stage, convert=convert)
    answered: set[str] = set()
    for one in made.unsure_matches:
        phrase = context_phrase(one)
        if phrase in answered or (answer := decide(one)) is None:
            continue
        answered.add(phrase)
        text = read_bytes(held.path).decode("utf-8-sig")
        under = "always" if answer else "keep"
        write_private(held.path, add_phrases(text, [phrase], section=under, suffix=held.path.suffix))


def context_phrase(one: NameInContext) -> str:
    """Return a word with a few words around it, by which the key knows this place again.

    >>> from qualcode.pseudonyms.text import Hit
    >>> phrase_of(Seen("S01", Hit(0, 4, "Mark", "Mark", "P2"), "he said yes. ", " my words and go"))
    'he said yes. [Mark] my words and'
    """
    before = _WORDS_BEFORE.search(one.before.rpartition("]")[2].rpartition("[")[2])
    after = _WORDS_AFTER.match(one.after.partition("[")[0].partition("]")[0])
    said = f"{before[0] if before else ''}[{one.name_match.words}]{after[0] if after else ''}"
    return " ".join(said.split())


def _write_plan(held: KeyFile, made: ReplacementPlan, stage: Path) -> None:
    """Put a plan into place, and leave the record of the way back beside the key."""
    if made.blocking_problems:
        raise FileProblemsError(made.blocking_problems, summary="Nothing was replaced.")
    if read_study_files(held.study_root) != made.old_files:
        raise OperationError("files of the study were changed meanwhile: nothing was replaced; run it again")
    record = made.undo_record.to_json() if made.undo_record else None
    commit(held, stage, old=made.old_files, new=made.new_files, record=record, original_files=made.original_files)


def _build_result(
    held: KeyFile, made: ReplacementPlan, problems: Sequence[Problem], *, notes: list[str], written: bool, undo: bool
) -> PseudonymisationResult:
    counts = Counter(
        (one.name_match.name, one.name_match.replacement, one.where, bool(one.name_match.doubt)) for one in made.matches
    )
    rows = [
        dict(zip(REPLACEMENT_COLUMNS, (name, becomes, place, many, doubt), strict=True))
        for (name, becomes, place, doubt), many in sorted(counts.items())
    ]
    unsure = tuple(_unsure_problem(one) for one in made.unsure_matches)
    lines = [*notes, *_result_notes(held, made, unsure, written=written, undo=undo)]
    return PseudonymisationResult(
        tuple(rows), unsure, tuple(made.changed_paths), tuple(problems), written, tuple(lines)
    )


def _unsure_problem(one: NameInContext) -> Problem:
    words = " ".join(f"{one.before}[{one.name_match.words}]{one.after}".split())
    hint = f"put it under 'always' or 'keep' in the key, as in \"{context_phrase(one)}\""
    return Problem(one.where, 0, 0, f"is this {one.name_match.name} ({one.name_match.doubt})? ...{words}...", hint)


def _result_notes(
    held: KeyFile, made: ReplacementPlan, unsure: Sequence[Problem], *, written: bool, undo: bool
) -> Iterator[str]:
    sure = len(made.matches) - len(unsure)
    what = "pseudonyms become names" if undo else f"{sure:,} names become pseudonyms"
    yield f"{what} in {len(made.changed_paths):,} files; {made.coding_count:,} codings go along"
    if unsure:
        yield f"{len(unsure):,} words may be names: they are not touched until you decide (--interactive asks)"
    if not written:
        yield "nothing is written yet: add --write"
        return
    yield (
        f"written; the way back is {held.path.name} and {held.record_path.name} beside it: keep both"
        if not undo
        else "written"
    )
    if (held.study_root / ".git").exists() and not undo:
        yield "what was committed to git before still holds the names, in every copy of the repository"
