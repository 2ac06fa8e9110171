"""Replace names with pseudonyms in a whole study, or undo it: a plan is prepared and verified, then written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from qualcode.errors import FileProblemsError, OperationError, Problem, format_count, name_for_interface, name_option
from qualcode.files import find_cache_folder, read_bytes, write_private
from qualcode.ledger import lock_ledgers
from qualcode.pseudonyms.key_file import KeyFile, UndoRecord, load_valid_key, read_undo_record
from qualcode.pseudonyms.leak_check import find_leaks
from qualcode.pseudonyms.source_replacement import FileContents, ReplacedFiles, ReplacementOptions, read_study_files
from qualcode.pseudonyms.text import (
    WORD_DOUBTS,
    NameInContext,
    NameKey,
    NameRestorer,
    Pseudonymiser,
    add_phrase,
    build_name_finder,
    build_pseudonym_finder,
    find_ordinary_words,
    key_words,
)
from qualcode.pseudonyms.transaction import commit, open_staging_folder, replay_journal, write_study
from qualcode.pseudonyms.verification import refuse_stale, replace_and_verify
from qualcode.study.study import Study

DecideName = Callable[[NameInContext], bool | None]
"""Asks a person whether a word is the name; None leaves it undecided."""

REPLACEMENT_COLUMNS = ("name", "pseudonym", "place", "count", "unsure")
_WORDS_BEFORE = re.compile(r"(?:(?<!\S)\S+\s+){0,3}\S*$")
_WORDS_AFTER = re.compile(r"\S*(?:\s+\S+(?!\S)){0,3}")
"""The words on either side by which a decision in the key identifies its place."""


@dataclass(frozen=True)
class ReplacementPlan:
    """A prepared replacement: old and new files, the undo record, the matches and the problems."""

    old_files: FileContents
    new_files: FileContents
    undo_record: UndoRecord | None
    matches: tuple[NameInContext, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocking_problems: tuple[Problem, ...] = ()
    coding_count: int = 0
    original_files: FileContents = field(default_factory=dict)
    """Sources that become plain text."""

    @property
    def unsure_matches(self) -> tuple[NameInContext, ...]:
        """Words that may be names, for a decision."""
        return tuple(match for match in self.matches if match.name_match.doubt)

    @property
    def changed_paths(self) -> list[str]:
        """Paths of files that are rewritten, renamed or removed."""
        paths = self.old_files.keys() | self.new_files.keys()
        return sorted(path for path in paths if self.old_files.get(path) != self.new_files.get(path))


def plan_replacement(key_file: KeyFile, key: NameKey, stage: Path, *, convert: bool = False) -> ReplacementPlan:
    """Return a plan to replace all names of a key; names that were replaced before are restored first.

    Raises
    ------
    OperationError
        If codings are not where the ledger says, or files would get the same path.
    FileProblemsError
        If pseudonyms are in the study already.
    """
    study, old_files = Study(key_file.study_root), read_study_files(key_file.study_root)
    previous = read_undo_record(key_file)
    if previous is not None:
        # The earlier replacement is undone in memory, so that one record restores the original study.
        study = write_study(plan_undo(key_file, previous, stage).new_files, stage / "before")
    refuse_stale(study)
    texts = [transcript.text for transcript in study.transcripts.values()]
    language = study.settings.language
    ordinary = find_ordinary_words(texts, key_words(key), language=language)
    name_finder = build_name_finder(key, language=language, ordinary=ordinary)
    pseudonym_finder = build_pseudonym_finder(key)
    # Sources converted before are originals again here and cannot be rewritten now either.
    options = ReplacementOptions(convert=convert or bool(previous and previous.converted))
    verified = replace_and_verify(
        study, lambda: Pseudonymiser(name_finder, pseudonym_finder), stage / "after", options=options
    )
    pseudonymiser, result = verified.replacer, verified.result
    _refuse_used_pseudonyms(pseudonymiser.used_pseudonyms)
    names = tuple((name.name, name.pseudonym) for name in key.names)
    return ReplacementPlan(
        old_files,
        result.files,
        UndoRecord(names, pseudonymiser.record, verified.undo_lines, dict(result.converted)),
        tuple(_matches_to_report(pseudonymiser.matches, result)),
        verified.skipped_source_problems,
        verified.blocking_problems,
        len(study.codings),
        # Read from the restored study: after an earlier conversion, the originals are not in the present one.
        {path: read_bytes(study.root / path) for path in result.converted.values()},
    )


def plan_undo(key_file: KeyFile, record: UndoRecord, stage: Path) -> ReplacementPlan:
    """Return a plan to restore names for all pseudonyms: from the record, else each name in its first form."""
    study = Study(key_file.study_root)
    pseudonym_finder = build_pseudonym_finder(record.key)
    originals = {
        plain_path: (path, read_bytes(key_file.originals_folder / path))
        for plain_path, path in record.converted.items()
        if (key_file.originals_folder / path).is_file()
    }
    verified = replace_and_verify(
        study,
        lambda: NameRestorer(pseudonym_finder, record.paragraphs),
        stage / "undone",
        options=ReplacementOptions(originals=originals),
        undo_record=record,
    )
    # Nothing blocks an undo: what was edited since the replacement may have changed its place.
    problems = (*verified.skipped_source_problems, *verified.blocking_problems)
    old_files = read_study_files(key_file.study_root)
    return ReplacementPlan(old_files, verified.result.files, None, (), problems, (), len(study.codings))


def _refuse_used_pseudonyms(matches: Sequence[NameInContext]) -> None:
    """Refuse pseudonyms that are in the study already: they could not be distinguished from the new ones."""
    first: dict[str, NameInContext] = {}
    for match in matches:
        first.setdefault(match.name_match.name, match)
    problems = [
        Problem(
            display_place(match.where), 0, 0, f"pseudonym '{match.name_match.words}' is used already", "choose another"
        )
        for match in first.values()
    ]
    if problems:
        raise FileProblemsError(problems, summary="Nothing was replaced: pseudonyms must be new to the study.")


def _matches_to_report(matches: Sequence[NameInContext], result: ReplacedFiles) -> Iterator[NameInContext]:
    """Yield the matches with the old ids of transcripts, without those in sources, which repeat those in texts."""
    old_ids = {new: old for old, new in result.new_ids.items()}
    for match in matches:
        if not match.where.startswith("source "):
            place = display_place(match.where)
            yield NameInContext(old_ids.get(place, place), match.name_match, match.before, match.after)


def display_place(where: str) -> str:
    """Return a place as it is shown: the id of a transcript, or a path."""
    return where.removeprefix("text of ").removeprefix("source ")


@dataclass(frozen=True)
class PseudonymisationResult:
    """The outcome of a replacement, written or not: counts of names, undecided words, changed files, problems."""

    rows: tuple[Mapping[str, Any], ...] = ()
    """With the keys of `REPLACEMENT_COLUMNS`."""
    unsure_problems: tuple[Problem, ...] = ()
    changed_paths: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_written: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether there are no undecided words and no problems."""
        return not self.unsure_problems and not self.problems


def pseudonymise(
    key_file: KeyFile,
    *,
    write: bool = False,
    undo: bool = False,
    convert: bool = False,
    decide: DecideName | None = None,
) -> PseudonymisationResult:
    """Replace names with pseudonyms, or with ``undo`` restore the names; files change only with ``write``.

    A replacement that was interrupted is finished first. ``decide`` is asked about words that may not be names;
    ``convert`` makes plain text of sources that cannot be rewritten.

    Raises
    ------
    FileProblemsError
        If the key has problems, pseudonyms are in the study already, or codings would change.
    OperationError
        If codings are not where the ledger says, files would get the same path, or files change meanwhile.
    """
    root = key_file.study_root
    notes: list[str] = []
    # Held until the files are written: a decision appended meanwhile would be lost or keep its names.
    with lock_ledgers(root / "codings", locks=find_cache_folder(root) / "locks"):
        if key_file.journal_path.is_file():
            notes = [f"finished an interrupted replacement: {format_count(len(replay_journal(key_file)), 'file')}"]
        if decide and not undo:
            _ask_about_names(key_file, decide, convert=convert)
        with open_staging_folder(key_file) as stage:
            plan = _make_plan(key_file, stage, undo=undo, convert=convert)
            if write:
                _write_plan(key_file, plan, stage)
    problems = [*plan.problems, *plan.blocking_problems]
    if write and not undo:
        # A new Study, because the files have changed since the plan was made.
        problems += find_leaks(Study(root), load_valid_key(key_file))
    notes += _plan_notes(plan, undo=undo)
    notes += (
        _write_notes(key_file, undo=undo) if write else [f"nothing is written yet: add {name_option('write', True)}"]
    )
    return PseudonymisationResult(
        tuple(_replacement_rows(plan)),
        tuple(_unsure_problems(plan.unsure_matches)),
        tuple(plan.changed_paths),
        tuple(problems),
        write,
        tuple(notes),
    )


def _make_plan(key_file: KeyFile, stage: Path, *, undo: bool, convert: bool) -> ReplacementPlan:
    if not undo:
        return plan_replacement(key_file, load_valid_key(key_file), stage, convert=convert)
    record = read_undo_record(key_file)
    if record is None:
        record = UndoRecord(tuple((name.name, name.pseudonym) for name in load_valid_key(key_file).names))
    return plan_undo(key_file, record, stage)


def _ask_about_names(key_file: KeyFile, decide: DecideName, *, convert: bool) -> None:
    """Ask about each word that may not be a name, and write the answers into the key."""
    with open_staging_folder(key_file) as stage:
        plan = _make_plan(key_file, stage, undo=False, convert=convert)
    for phrase, match in _questions(plan.unsure_matches).items():
        if (answer := decide(match)) is None:
            continue
        text = read_bytes(key_file.path).decode("utf-8-sig")
        section = "always" if answer else "keep"
        write_private(key_file.path, add_phrase(text, phrase, section=section, suffix=key_file.path.suffix))


def _questions(matches: Sequence[NameInContext]) -> dict[str, NameInContext]:
    """Return the first match of each phrase, with the number of its places.

    The key decides by phrase: equal ones cannot be answered differently.
    """
    counts = Counter(map(context_phrase, matches))
    first = {context_phrase(match): match for match in reversed(matches)}
    return {phrase: replace(match, place_count=counts[phrase]) for phrase, match in reversed(first.items())}


def context_phrase(match: NameInContext) -> str:
    """Return a word in brackets with a few words around it, by which the key identifies this place.

    Of initials and mistyped names it is the word alone: all of its places are decided at once.

    >>> from qualcode.pseudonyms.text import NameMatch
    >>> mark = NameMatch(0, 4, "Mark", "Mark", "P2")
    >>> context_phrase(NameInContext("S01", mark, "he said yes. ", " my words and go"))
    'he said yes. [Mark] my words and'
    """
    if match.name_match.doubt in WORD_DOUBTS:
        return match.name_match.words
    # Brackets mark the word in a phrase, so the context ends at any bracket of the text, such as [laughs].
    before = _WORDS_BEFORE.search(match.before.rpartition("]")[2].rpartition("[")[2])
    after = _WORDS_AFTER.match(match.after.partition("[")[0].partition("]")[0])
    phrase = f"{before[0] if before else ''}[{match.name_match.words}]{after[0] if after else ''}"
    return " ".join(phrase.split())


def _write_plan(key_file: KeyFile, plan: ReplacementPlan, stage: Path) -> None:
    """Write the new files into the study, and the undo record beside the key."""
    if plan.blocking_problems:
        raise FileProblemsError(plan.blocking_problems, summary="Nothing was replaced.")
    if read_study_files(key_file.study_root) != plan.old_files:
        raise OperationError("files of the study have changed meanwhile: nothing was replaced; run the command again")
    record = plan.undo_record.to_json() if plan.undo_record else None
    commit(key_file, stage, old=plan.old_files, new=plan.new_files, record=record, original_files=plan.original_files)


def _replacement_rows(plan: ReplacementPlan) -> Iterator[dict[str, Any]]:
    counts = Counter(
        (match.name_match.name, match.name_match.replacement, match.where, bool(match.name_match.doubt))
        for match in plan.matches
    )
    for (name, replacement, place, is_unsure), count in sorted(counts.items()):
        yield dict(zip(REPLACEMENT_COLUMNS, (name, replacement, place, count, is_unsure), strict=True))


def _unsure_problems(matches: Sequence[NameInContext]) -> Iterator[Problem]:
    """Yield the words to decide on, each with the phrase of the key that would decide all of its places."""
    for phrase, match in _questions(matches).items():
        words = " ".join(f"{match.before}[{match.name_match.words}]{match.after}".split())
        places = f" {match.place_count:,} places, first" if match.place_count > 1 else ""
        message = f"is this {match.name_match.name} ({match.name_match.doubt})?{places} ...{words}..."
        yield Problem(
            match.where, 0, 0, message, f"add it under 'always' or 'keep' in the key, for example \"{phrase}\""
        )


def _plan_notes(plan: ReplacementPlan, *, undo: bool) -> Iterator[str]:
    unsure, questions = len(plan.unsure_matches), len(_questions(plan.unsure_matches))
    names = format_count(len(plan.matches) - unsure, "name")
    change = "restoring names" if undo else f"replacing {names} with pseudonyms"
    files = format_count(len(plan.changed_paths), "file")
    yield f"{change} in {files}, keeping {format_count(plan.coding_count, 'coding')}"
    if unsure:
        asks = name_for_interface("--interactive asks", "decide= asks")
        count = f"{format_count(unsure, 'word')} to decide on"
        yield f"{count}, by {format_count(questions, 'answer')}: not replaced until you do ({asks})"


def _write_notes(key_file: KeyFile, *, undo: bool) -> Iterator[str]:
    if undo:
        yield "written"
        return
    yield f"written; keep {key_file.path.name} and {key_file.record_path.name}: both are needed to undo it"
    if (key_file.study_root / ".git").exists():
        yield "earlier commits in git still contain the names, in every copy of the repository"
