"""Adds sources to a study: each is read before any is copied, and nothing that is there is touched."""

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
"""Endings of sources that have no encoding to be told."""


@dataclass(frozen=True, slots=True)
class _SourceToAdd:
    """One source and where it is to stand."""

    source: Path
    target: str
    """Its path within the study."""

    @property
    def name(self) -> str:
        return normalize("NFC", str(PurePosixPath(self.target).relative_to("transcripts").with_suffix("")))

    @property
    def pattern(self) -> str:
        """Its path as the settings name it, where ``*`` and brackets mean something."""
        return glob.escape(self.target.removeprefix("transcripts/"))


def add_sources(
    study: Study, paths: Sequence[Path], *, encoding: str, into: str, dry_run: bool
) -> list[dict[str, Any]]:
    """Copy sources into ``transcripts/`` and return a line on each; with any problem none is copied."""
    if study.settings_problems:
        raise FileProblemsError(study.settings_problems, summary="Nothing was added: mend the settings first.")
    _check_encoding(encoding)
    folder = PurePosixPath("transcripts") / _target_folder(into)
    wanted = [_SourceToAdd(path, str(folder / normalize("NFC", path.name))) for path in paths]
    problems = [problem for one in wanted for problem in _source_problems(study, one)] + _duplicate_problems(
        study, wanted
    )
    rows = []
    for one in wanted if not problems else ():
        try:
            rows.append(_source_row(study, one, encoding))
        except OperationError as error:
            problems.append(problem_from_error(error, one.source, study.root))
    if problems:
        raise FileProblemsError(sorted(set(problems)), summary="Nothing was added: mend or leave out these files.")
    for one, row in zip(wanted, rows, strict=True) if not dry_run else ():
        if row["status"] == "added":
            copy_without_overwrite(one.source, study.root / one.target)
        if encoding and one.source.suffix.lower() not in _BINARY_SUFFIXES:
            set_yaml_entry(study.root / SETTINGS_FILE, "encodings", one.pattern, encoding)
    return [row | {"status": "would be added"} if dry_run and row["status"] == "added" else row for row in rows]


def _check_encoding(encoding: str) -> None:
    try:
        "a".encode(encoding or "utf-8")
    except LookupError:
        raise UsageError(f"no encoding '{encoding}': utf-8, cp1252, cp850, mac_roman and utf-16 are some") from None


def _target_folder(into: str) -> PurePosixPath:
    folder = PurePosixPath(normalize("NFC", into.replace("\\", "/")))
    if folder.is_absolute() or any(part.startswith((".", "~$")) for part in folder.parts):
        raise UsageError(f"--into {into}: name a folder below transcripts/, such as wave2")
    return folder


def _source_problems(study: Study, one: _SourceToAdd) -> Iterator[Problem]:
    """Yield why a source cannot be added, before it is read."""
    shown, suffix = str(one.source), one.source.suffix.lower()
    if one.source.is_dir():
        yield Problem(shown, 0, 0, "this is a folder", "name the files in it")
    elif not one.source.is_file():
        yield Problem(shown, 0, 0, "there is no such file")
    elif suffix not in SUFFIXES:
        yield Problem(shown, 0, 0, f"no reader for '{suffix or one.source.name}'", f"read are {', '.join(SUFFIXES)}")
    elif one.source.name.startswith((".", "~$")):
        yield Problem(shown, 0, 0, "a hidden or lock file is no source", "rename it if it is one")
    elif is_case_table(one.target):
        yield Problem(shown, 0, 0, f"this name is that of the table of cases, {one.target}", "copy it there yourself")
    elif not one.target.isprintable():
        yield Problem(shown.encode(errors="replace").decode(), 0, 0, "the file's name is not text", "rename it")
    elif (study.root / one.target).exists() and not _has_same_content(one.source, study.root / one.target):
        said = f"there is another {one.target} already, which is left as it is"
        yield Problem(shown, 0, 0, said, "rename the new one, or use --into")


def _duplicate_problems(study: Study, wanted: Sequence[_SourceToAdd]) -> list[Problem]:
    """Return a problem on each source that would be the second of a transcript."""
    held = {name.casefold(): path for name, path in study.sources_and_problems[0].items()}
    problems = []
    for one in wanted:
        other = held.setdefault(one.name.casefold(), study.root / one.target)
        if other != study.root / one.target:
            hint = f"beside {other.relative_to(study.root).as_posix()}: rename one, or use --into"
            problems.append(Problem(str(one.source), 0, 0, f"second source of transcript '{one.name}'", hint))
    many = Counter(one.target for one in wanted)
    return problems + [Problem(target, 0, 0, "given twice") for target, times in many.items() if times > 1]


def _source_row(study: Study, one: _SourceToAdd, encoding: str) -> dict[str, Any]:
    rules = _rules_with_encoding(study.settings.rules, one, encoding)
    count, speakers = Counter[str](), Counter[tuple[str, str]]()
    notices: dict[str, None] = dict.fromkeys(_same_content_notices(study, one))
    for transcript in read_source(one.source, name=one.name, display_path=one.target, rules=rules):
        count["transcripts"] += 1
        count["turns"] += len(transcript.turns)
        count["words"] += sum(
            count_words(transcript.text[turn.start : turn.end]) for turn in transcript.participant_turns
        )
        count["unplaced"] += len(transcript.unplaced)
        speakers.update((turn.speaker or "?", turn.role) for turn in transcript.turns)
        notices |= dict.fromkeys(transcript.notices)
    there = (study.root / one.target).exists()
    return {
        "transcript": one.name,
        "path": one.target,
        "status": "there already" if there else "added",
        **{name: count[name] for name in ("transcripts", "turns", "words", "unplaced")},
        "speakers": format_names([f"{name} ({role})" for name, role in speakers]),
        "notices": "; ".join(notices),
    }


def _rules_with_encoding(rules: SourceRules, one: _SourceToAdd, encoding: str) -> SourceRules:
    return replace(rules, encodings={one.pattern: encoding, **rules.encodings}) if encoding else rules


def _same_content_notices(study: Study, one: _SourceToAdd) -> Iterator[str]:
    """Yield a notice on each source of the study that has the same content under another name."""
    size = one.source.stat().st_size
    for name, path in study.sources_and_problems[0].items():
        other = path != study.root / one.target
        if other and path.stat().st_size == size and _has_same_content(one.source, path):
            yield f"the same content as transcript '{name}'"


def _has_same_content(one: Path, other: Path) -> bool:
    return one.samefile(other) or _digest(one) == _digest(other)


def _digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
