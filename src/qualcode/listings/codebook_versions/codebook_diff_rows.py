"""The table of changes between two versions of a study's codebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qualcode.codebook import parse_codebook
from qualcode.codebook.codebook_diff import compare_codebooks
from qualcode.errors import OperationError, Problem, UsageError, format_count
from qualcode.files import read_text
from qualcode.listings.codebook_versions.git_texts import (
    NoRepositoryError,
    find_commit,
    find_commit_before,
    read_texts,
)
from qualcode.model import Codebook
from qualcode.study.study import Study

CODEBOOK_DIFF_COLUMNS = "id level change field old new".split()
_SUFFIXES = (".yaml", ".yml")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?")


@dataclass(frozen=True)
class CodebookVersion:
    """One version of the codebook, and what it is called in notes."""

    label: str
    book: Codebook
    problems: tuple[Problem, ...] = ()
    is_one_file: bool = False
    """Whether only one file of the codebook is known."""


def diff_codebooks(study: Study, before: str, after: str = "") -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of changes from one version to another (the present one if not named), and notes.

    A version is a date, a revision of the study's git repository, or a file or folder.

    Raises
    ------
    OperationError
        If there is no such version.
    """
    old = find_version(study, before)
    new = find_version(study, after) if after else _present_version(study)
    books = (_complete_book(old, new.book), _complete_book(new, old.book))
    if old.is_one_file or new.is_one_file:
        books = (replace(books[0], themes=()), replace(books[1], themes=()))
    rows = [asdict(change) for change in compare_codebooks(*books)]
    notes = [f"{old.label} -> {new.label}: {format_count(len(rows), 'change')}"]
    for version in (old, new):
        notes += [f"{version.label}: {problem}" for problem in version.problems]
        if version.problems:
            notes.append(
                f"{version.label}: compared as far as it can be read; what is missing shows as added or removed"
            )
    return rows, notes


def find_version(study: Study, name: str) -> CodebookVersion:
    """Return the version that a date, path or revision names.

    Raises
    ------
    OperationError
        If there is none.
    """
    if not name.strip():
        raise UsageError("name a version of the codebook: a date, a git revision, or a file or folder")
    path = Path(name)
    is_date = bool(_DATE.fullmatch(name))
    if not is_date and path.exists():
        return _version_of_path(path)
    try:
        commit = find_commit_before(study.root, _end_of_day(name)) if is_date else find_commit(study.root, name)
    except NoRepositoryError as error:
        raise OperationError(
            f"'{name}': {error}, and earlier codebooks are known from git only: name a file or folder that has the "
            "earlier codebook, such as a backup of codebooks/"
        ) from None
    texts = read_texts(study.root, commit, "codebooks", _SUFFIXES)
    label = name if not is_date and commit.startswith(name) else f"{name} ({commit[:10]})"
    if not texts:
        raise OperationError(f"{label}: has no codebook: name a later version")
    return _parse_version(label, texts)


def _end_of_day(name: str) -> str:
    """Return the time that a date ends, or a time as it is.

    Raises
    ------
    UsageError
        If there is no such date.
    """
    try:
        datetime.fromisoformat(name)
    except ValueError:
        raise UsageError(
            f"'{name}' is not a date: write it as 2026-11-30, or with a time as 2026-11-30T17:00"
        ) from None
    # Without a time, git would take the present time of that day.
    return name if len(name) > len("2026-11-30") else f"{name}T23:59:59"


def _version_of_path(path: Path) -> CodebookVersion:
    folder = path / "codebooks" if (path / "codebooks").is_dir() else path
    files = [path] if path.is_file() else sorted(one for one in folder.iterdir() if one.suffix in _SUFFIXES)
    if not files:
        raise OperationError(f"{path}: has no codebook (no file that ends in .yaml)")
    version = _parse_version(str(path), {file.name: read_text(file).text for file in files})
    return replace(version, is_one_file=path.is_file())


def _parse_version(label: str, texts: Mapping[str, str]) -> CodebookVersion:
    book, problems = parse_codebook(texts)
    return CodebookVersion(label, book, tuple(problems))


def _present_version(study: Study) -> CodebookVersion:
    book, problems = study.codebook_and_problems
    return CodebookVersion("now", book, tuple(problems))


def _complete_book(version: CodebookVersion, other: Codebook) -> Codebook:
    """Return the codebook of a version; where only one file of it is known, with the other families of the other."""
    book = version.book
    if not version.is_one_file:
        return book
    known = {name for family in book.families for name in (family.id, *family.formerly)}
    missing = [family for family in other.families if not known & {family.id, *family.formerly}]
    names = {family.id for family in missing}
    codes = [code for code in other.codes if code.family in names]
    return replace(book, families=(*book.families, *missing), codes=(*book.codes, *codes))
