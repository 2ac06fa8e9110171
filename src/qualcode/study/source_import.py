"""Adding source files to a study: all are read before any is copied, and no file is overwritten."""

from __future__ import annotations

import glob
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import normalize

from qualcode.errors import FileProblemsError, OperationError, Problem, UsageError, format_names
from qualcode.files import copy_without_overwrite, set_yaml_entry
from qualcode.model import SourceRules
from qualcode.segments import count_words
from qualcode.settings import SETTINGS_FILE
from qualcode.study.case_table import is_case_table, problem_from_error
from qualcode.study.study import Study
from qualcode.transcripts import SUFFIXES, read_source

ADDED_COLUMNS = "transcript path status transcripts turns speakers words unplaced notices".split()

_BINARY_SUFFIXES = frozenset({".docx", ".odt", ".pdf", ".xlsx", ".parquet"})
"""Suffixes of sources that have no text encoding."""


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


def add_sources(
    study: Study, paths: Sequence[Path], *, encoding: str, into: str, dry_run: bool
) -> list[dict[str, Any]]:
    """Copy files into ``transcripts/`` and return one row on each.

    Raises
    ------
    FileProblemsError
        If a file or the settings have a problem; then nothing is copied.
    UsageError
        If the encoding is unknown, or ``into`` is not a folder below ``transcripts/``.
    """
    if study.settings_problems:
        raise FileProblemsError(study.settings_problems, summary="Nothing was added: fix the settings first.")
    _check_encoding(encoding)
    folder = PurePosixPath("transcripts") / _target_folder(into)
    files = [_SourceToAdd(path, str(folder / normalize("NFC", path.name))) for path in paths]
    problems = [problem for file in files for problem in _source_problems(study, file)]
    problems += _duplicate_problems(study, files)
    rows = []
    for file in files if not problems else ():
        try:
            rows.append(_source_row(study, file, encoding))
        except OperationError as error:
            problems.append(problem_from_error(error, file.source, study.root))
    if problems:
        raise FileProblemsError(sorted(set(problems)), summary="Nothing was added: fix these files, or leave them out.")
    for file, row in zip(files, rows, strict=True) if not dry_run else ():
        if row["status"] == "added":
            copy_without_overwrite(file.source, study.root / file.target)
        if encoding and file.source.suffix.lower() not in _BINARY_SUFFIXES:
            set_yaml_entry(study.root / SETTINGS_FILE, "encodings", file.pattern, encoding)
    return [row | {"status": "would be added"} if dry_run and row["status"] == "added" else row for row in rows]


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
        raise UsageError(f"--into {into}: name a folder below transcripts/, such as wave2")
    return folder


def _source_problems(study: Study, file: _SourceToAdd) -> Iterator[Problem]:
    """Yield why a file cannot be added, checked without reading it."""
    display_path, suffix = str(file.source), file.source.suffix.lower()
    if file.source.is_dir():
        yield Problem(display_path, 0, 0, "this is a folder", "name the files in it, such as FOLDER/*")
    elif not file.source.is_file():
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
        yield Problem(display_path, 0, 0, message, "rename the new one, or use --into")


def _duplicate_problems(study: Study, files: Sequence[_SourceToAdd]) -> list[Problem]:
    """Return a problem for each file that would be the second source of a transcript."""
    path_by_id = {name.casefold(): path for name, path in study.sources_and_problems[0].items()}
    problems = []
    for file in files:
        other = path_by_id.setdefault(file.name.casefold(), study.root / file.target)
        if other != study.root / file.target:
            hint = f"beside {other.relative_to(study.root).as_posix()}: rename one, or use --into"
            problems.append(Problem(str(file.source), 0, 0, f"second source of transcript '{file.name}'", hint))
    counts = Counter(file.target for file in files)
    return problems + [
        Problem(target, 0, 0, "this file is named twice") for target, count in counts.items() if count > 1
    ]


def _source_row(study: Study, file: _SourceToAdd, encoding: str) -> dict[str, Any]:
    rules = _rules_with_encoding(study.settings.rules, file, encoding)
    count, speakers = Counter[str](), Counter[tuple[str, str]]()
    notices: dict[str, None] = dict.fromkeys(_same_content_notices(study, file))
    for transcript in read_source(file.source, name=file.name, display_path=file.target, rules=rules):
        count["transcripts"] += 1
        count["turns"] += len(transcript.turns)
        count["words"] += sum(
            count_words(transcript.text[turn.start : turn.end]) for turn in transcript.participant_turns
        )
        count["unplaced"] += len(transcript.unplaced)
        speakers.update((turn.speaker or "?", turn.role) for turn in transcript.turns)
        notices |= dict.fromkeys(transcript.notices)
    exists = (study.root / file.target).exists()
    return {
        "transcript": file.name,
        "path": file.target,
        "status": "there already" if exists else "added",
        **{name: count[name] for name in ("transcripts", "turns", "words", "unplaced")},
        "speakers": format_names([f"{name} ({role})" for name, role in speakers]),
        "notices": "; ".join(notices),
    }


def _rules_with_encoding(rules: SourceRules, file: _SourceToAdd, encoding: str) -> SourceRules:
    return replace(rules, encodings={file.pattern: encoding, **rules.encodings}) if encoding else rules


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
