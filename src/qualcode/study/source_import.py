"""Adding source files to a study: all are read before any is copied, and no file is overwritten."""

from __future__ import annotations

import glob
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import normalize

from qualcode.errors import (
    FileProblemsError,
    OperationError,
    Problem,
    UsageError,
    did_you_mean,
    format_names,
    name_option,
)
from qualcode.files import copy_without_overwrite, set_yaml_entry
from qualcode.model import Role, SourceRule, SourceRules, Transcript
from qualcode.segments import count_turn_words
from qualcode.settings import SETTINGS_FILE
from qualcode.signals import SIGNALS, list_source_signals
from qualcode.study.case_table import is_case_table, problem_from_error
from qualcode.study.study import Study
from qualcode.transcripts import SUFFIXES, read_source, source_rule_of

ADDED_COLUMNS = "transcript path status format transcripts turns speakers words unplaced signals notices".split()

_BINARY_SUFFIXES = frozenset({".docx", ".odt", ".pdf", ".xlsx", ".parquet"})
"""Suffixes of sources that have no text encoding."""


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Options of adding sources: their encoding, a folder below ``transcripts/``, and signals to accept."""

    encoding: str = ""
    into: str = ""
    accept: tuple[str, ...] = ()
    dry_run: bool = False
    skip: bool = False
    """Leave out files that cannot be added."""


@dataclass(frozen=True, slots=True)
class _SourceToAdd:
    """A source file and its path in the study."""

    source: Path
    target: str
    """Path relative to the study's root."""

    @property
    def name(self) -> str:
        return normalize("NFC", str(PurePosixPath(self.target).relative_to("transcripts").with_suffix("")))

    @property
    def pattern(self) -> str:
        """Its path as a pattern for the settings, with ``*`` and brackets escaped."""
        return glob.escape(self.target.removeprefix("transcripts/"))


def add_sources(study: Study, paths: Sequence[Path], options: AddOptions) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Copy files into ``transcripts/``; return one row on each, and notices on signs of a wrong reading.

    Raises
    ------
    FileProblemsError
        If a file or the settings have a problem; then nothing is copied.
    UsageError
        If the encoding or a signal is unknown, or ``into`` is not a folder below ``transcripts/``.
    """
    if study.settings_problems:
        raise FileProblemsError(study.settings_problems, summary="Nothing was added: fix the settings first.")
    _check_encoding(options.encoding)
    _check_signals(options.accept)
    folder = PurePosixPath("transcripts") / _target_folder(options.into)
    if problems := _folder_problems(study, paths):
        raise FileProblemsError(problems, summary="Nothing was added.")
    files, notices = _list_files(paths, folder)
    problems = [problem for file in files for problem in _source_problems(study, file)]
    problems += _duplicate_problems(study, files)
    if options.skip:
        faulty = {problem.path for problem in problems}
        files = [file for file in files if not faulty & {str(file.source), file.target}]
    rows: list[tuple[_SourceToAdd, dict[str, Any]]] = []
    for file in files if options.skip or not problems else ():
        try:
            row, file_notices = _read_new_source(study, file, options)
            rows.append((file, row))
            notices += file_notices
        except OperationError as error:
            problems.append(problem_from_error(error, file.source, study.root))
    if not rows or (problems and not options.skip):
        summary = f"Nothing was added: fix these files, or leave them out ({name_option('skip', True)})."
        raise FileProblemsError(sorted({*problems}) or notices, summary=summary if problems else "Nothing was added.")
    _copy_sources(study, rows, options)
    would_add = {"status": "would be added"} if options.dry_run else {}
    notices += map(_describe_skipped, sorted(set(problems)))
    return [row | would_add if row["status"] == "added" else row for _, row in rows], notices


def _copy_sources(study: Study, rows: Iterable[tuple[_SourceToAdd, dict[str, Any]]], options: AddOptions) -> None:
    for file, row in rows if not options.dry_run else ():
        if row["status"] == "added":
            copy_without_overwrite(file.source, study.root / file.target)
        _write_settings(study, file, options)


def _describe_skipped(problem: Problem) -> Problem:
    return replace(problem, message=f"skipped: {problem.message}", level="notice")


_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


def _is_system_file(path: Path) -> bool:
    """Return whether a file is one that systems and Office put beside others: hidden, a lock, a cache of pictures."""
    return path.name.startswith((".", "~$")) or path.name.lower() in _SYSTEM_FILES


def _list_files(paths: Sequence[Path], folder: PurePosixPath) -> tuple[list[_SourceToAdd], list[Problem]]:
    """Return the files to add with their places below ``folder``, and notices on files that are left out."""
    files: dict[_SourceToAdd, None] = {}
    notices = []
    for path in paths:
        if path.is_dir():
            found, left_out = _list_folder(path, folder)
            files |= dict.fromkeys(found)
            notices += left_out
        elif _is_system_file(path) and len(paths) > 1:
            # Shells put them in place of "*" too.
            notices.append(_describe_skipped(Problem(str(path), 0, 0, "this is no transcript")))
        else:
            files[_SourceToAdd(path, str(folder / normalize("NFC", path.name)))] = None
    return list(files), notices


def _list_folder(path: Path, folder: PurePosixPath) -> tuple[list[_SourceToAdd], list[Problem]]:
    """Return the files below a folder that can be transcripts, and notices on the others except system files."""
    files, notices = [], []
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        below = file.relative_to(path)
        target = str(folder / normalize("NFC", below.as_posix()))
        if _is_system_file(file) or any(part.startswith(".") for part in below.parts):
            continue
        if is_case_table(target):
            hint = "copy it to transcripts/ yourself"
            notices.append(_describe_skipped(Problem(str(file), 0, 0, "this is a case table", hint)))
        elif file.suffix.lower() not in SUFFIXES:
            notices.append(_describe_skipped(Problem(str(file), 0, 0, "this file type is not read")))
        else:
            files.append(_SourceToAdd(file, target))
    if not files:
        notices.append(Problem(str(path), 0, 0, "no file in this folder can be a transcript", "", "notice"))
    return files, notices


def _folder_problems(study: Study, paths: Sequence[Path]) -> list[Problem]:
    """Return a problem for each folder that holds the study, whose own files would be added to it."""
    message, hint = "the study itself is in this folder", "name a folder with new interviews only"
    own = (study.transcripts_folder.resolve(), study.root)
    folders = (path for path in paths if path.is_dir())
    return [
        Problem(str(path), 0, 0, message, hint)
        for path in folders
        if any(place.is_relative_to(path.resolve()) for place in own)
    ]


def _write_settings(study: Study, file: _SourceToAdd, options: AddOptions) -> None:
    """Write the encoding of an added source and its accepted signals into the settings."""
    path = study.root / SETTINGS_FILE
    if options.encoding and file.source.suffix.lower() not in _BINARY_SUFFIXES:
        set_yaml_entry(path, "encodings", file.pattern, options.encoding)
    if options.accept:
        accepted = source_rule_of(study.settings.rules, file.target).accept
        set_yaml_entry(path, "sources", file.pattern, {"accept": sorted({*accepted, *options.accept})})


def _check_signals(names: Iterable[str]) -> None:
    known = [signal.name for signal in SIGNALS]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"one of: {', '.join(known)}"
            raise UsageError(f"no signal '{name}' ({hint})")


def _check_encoding(encoding: str) -> None:
    try:
        "a".encode(encoding or "utf-8")
    except LookupError:
        raise UsageError(f"unknown encoding '{encoding}': try utf-8, cp1252, cp850, mac_roman or utf-16") from None


def _target_folder(into: str) -> PurePosixPath:
    # A path may be typed with the separators of Windows.
    folder = PurePosixPath(normalize("NFC", into.replace("\\", "/")))
    # This also refuses "..", which would lead out of the folder.
    if folder.is_absolute() or any(part.startswith((".", "~$")) for part in folder.parts):
        raise UsageError(f"{name_option('into', into)}: name a folder below transcripts/, such as wave2")
    return folder


def _source_problems(study: Study, file: _SourceToAdd) -> Iterator[Problem]:
    """Yield why a file cannot be added, checked without reading it."""
    display_path, suffix = str(file.source), file.source.suffix.lower()
    if not file.source.is_file():
        yield Problem(display_path, 0, 0, "no such file")
    elif suffix not in SUFFIXES:
        yield Problem(
            display_path,
            0,
            0,
            f"unsupported file type '{suffix or file.source.name}'",
            f"supported: {', '.join(SUFFIXES)}",
        )
    elif file.source.name.startswith((".", "~$")):
        yield Problem(display_path, 0, 0, "hidden files and lock files are not read", "rename it if it is a transcript")
    elif is_case_table(file.target):
        yield Problem(
            display_path, 0, 0, f"this is the name of the case table, {file.target}", "copy it there yourself"
        )
    elif not file.target.isprintable():
        readable_path = display_path.encode(errors="replace").decode()
        yield Problem(readable_path, 0, 0, "the file name has unprintable characters", "rename it")
    elif (study.root / file.target).exists() and not _has_same_content(file.source, study.root / file.target):
        message = f"a different file is already at {file.target}; it is not overwritten"
        yield Problem(display_path, 0, 0, message, f"rename the new one, or use {name_option('into')}")


def _duplicate_problems(study: Study, files: Sequence[_SourceToAdd]) -> list[Problem]:
    """Return a problem for each file that would be the second source of a transcript."""
    path_by_id = {name.casefold(): path for name, path in study.sources_and_problems[0].items()}
    problems = []
    for file in files:
        other = path_by_id.setdefault(file.name.casefold(), study.root / file.target)
        if other != study.root / file.target:
            hint = f"beside {other.relative_to(study.root).as_posix()}: rename one, or use {name_option('into')}"
            problems.append(Problem(str(file.source), 0, 0, f"second source of transcript '{file.name}'", hint))
    counts = Counter(file.target for file in files)
    return problems + [
        Problem(target, 0, 0, "this file is named twice") for target, count in counts.items() if count > 1
    ]


@dataclass(slots=True)
class _ReadSummary:
    """What was read of one source: its transcripts, and the words of each speaker."""

    transcripts: int = 0
    turns: int = 0
    unplaced: int = 0
    reader: str = ""
    words: Counter[tuple[str, Role]] = field(default_factory=Counter)
    """By speaker and role."""
    notices: dict[str, None] = field(default_factory=dict)

    def add(self, transcript: Transcript) -> Transcript:
        """Add one transcript, and return it."""
        self.transcripts += 1
        self.turns += len(transcript.turns)
        self.unplaced += len(transcript.unplaced)
        self.reader = transcript.reader
        for turn in transcript.turns:
            self.words[turn.speaker or "?", turn.role] += count_turn_words(transcript, [turn])
        self.notices |= dict.fromkeys(transcript.notices)
        return transcript

    def describe_speakers(self) -> str:
        """Return each speaker with role and share of all words."""
        total = self.words.total() or 1
        return format_names([f"{name} ({role}, {count / total:.0%})" for (name, role), count in self.words.items()])


def _read_new_source(study: Study, file: _SourceToAdd, options: AddOptions) -> tuple[dict[str, Any], list[Problem]]:
    """Return one row on a source, and its notices, at last those on signs that it was read wrongly."""
    rules = _rules_of_new_source(study.settings.rules, file, options)
    summary = _ReadSummary()
    transcripts = read_source(file.source, name=file.name, display_path=file.target, rules=rules)
    signals = list_source_signals(map(summary.add, transcripts), rules, sentence_rules=study.sentence_rules)
    notices = [*_same_content_notices(study, file), *summary.notices]
    exists = (study.root / file.target).exists()
    row = {
        "transcript": file.name,
        "path": file.target,
        "status": "there already" if exists else "added",
        "format": summary.reader,
        "transcripts": summary.transcripts,
        "turns": summary.turns,
        "speakers": summary.describe_speakers(),
        "words": sum(count for (_, role), count in summary.words.items() if role == "participant"),
        "unplaced": summary.unplaced,
        "signals": "; ".join(signal.name for signal in signals),
        "notices": "; ".join(notices),
    }
    problems = [Problem(file.target, 0, 0, notice, "", "notice") for notice in notices]
    return row, [*problems, *sorted(signal.notice for signal in signals)]


def _rules_of_new_source(rules: SourceRules, file: _SourceToAdd, options: AddOptions) -> SourceRules:
    if options.encoding:
        rules = replace(rules, encodings={file.pattern: options.encoding, **rules.encodings})
    accepted = (*source_rule_of(rules, file.target).accept, *options.accept)
    others = dict(rules.sources)
    own = replace(others.pop(file.pattern, SourceRule()), accept=accepted)
    return replace(rules, sources={file.pattern: own, **others})


def _same_content_notices(study: Study, file: _SourceToAdd) -> Iterator[str]:
    """Yield a notice for each source of the study with the same content under another name."""
    size = file.source.stat().st_size
    for name, path in study.sources_and_problems[0].items():
        # Sizes are compared first, so that few files are read.
        other = path != study.root / file.target
        if other and path.stat().st_size == size and _has_same_content(file.source, path):
            yield f"the same content as transcript '{name}'"


def _has_same_content(path: Path, other: Path) -> bool:
    return path.samefile(other) or _digest(path) == _digest(other)


def _digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
