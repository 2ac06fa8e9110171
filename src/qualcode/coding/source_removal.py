"""Removing sources from a study: files are moved out of ``transcripts/``, and decisions stay in the ledger."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain, count
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, UnknownNameError, UsageError, format_count, format_names, name_for_interface
from qualcode.files import copy_without_overwrite
from qualcode.model import Coding
from qualcode.study.selection import Names, to_name_tuple
from qualcode.study.study import Study

REMOVED_COLUMNS = "transcript path moved_to codings coders memos cases".split()

REMOVED_FOLDER = "removed"


@dataclass(frozen=True, slots=True)
class _SourceToRemove:
    """A source with what people have made of it."""

    name: str
    path: Path
    """Relative to the study's root."""
    codings: tuple[Coding, ...]
    finished_by: frozenset[str]
    memos: int
    cases: tuple[str, ...]
    """Cases of the case table that list it."""

    @property
    def coders(self) -> list[str]:
        return sorted({coding.coder for coding in self.codings} | self.finished_by)

    def describe(self) -> str:
        """Return what it leaves, such as "2 codings and 1 memo by ana"; empty if there is nothing."""
        counts = ((len(self.codings), "coding"), (len(self.finished_by), "finished mark"), (self.memos, "memo"))
        parts = [format_count(count, noun) for count, noun in counts if count]
        by = f" by {format_names(self.coders)}" if self.coders else ""
        return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) + by


def remove_sources(study: Study, names: Names, *, confirmed: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """Move sources, by their ids or patterns, out of ``transcripts/``; return one row on each, and notes.

    Ledgers and the case table are not changed.

    Raises
    ------
    UnknownNameError
        If there is no such source.
    UsageError
        If a name is that of a row of a table.
    OperationError
        If a source has codings, finished marks or memos, and the removal is not ``confirmed``; then none is removed.
    """
    sources = [_describe_source(study, name) for name in _select_sources(study, to_name_tuple(names))]
    coded = [source for source in sources if source.describe()]
    if coded and not confirmed:
        lines = "; ".join(f"{source.name} has {source.describe()}" for source in coded)
        raise OperationError(
            f"{lines}. They would stay in the ledger without a source and would not be counted: "
            f"add {name_for_interface('--yes', 'confirmed=True')} to remove it all the same"
        )
    rows = [_row(source, _move_source(study.root, source.path)) for source in sources]
    return rows, list(_notes(study, sources, rows))


def _select_sources(study: Study, names: Sequence[str]) -> list[str]:
    known = study.sources_and_problems[0]
    selected: set[str] = set()
    for name in names:
        matches = [other for other in known if other == name or fnmatchcase(other, name)]
        table = name.partition("#")[0]
        if not matches and table in known:
            path = known[table].relative_to(study.root).as_posix()
            raise UsageError(f"{name} is a row of {path}: delete the row there, or remove all with '{table}'")
        if not matches:
            raise UnknownNameError("transcript", name, known)
        selected.update(matches)
    return [name for name in known if name in selected]


def _describe_source(study: Study, name: str) -> _SourceToRemove:
    def is_in_source(transcript: str) -> bool:
        # The rows of a table are transcripts "source#row".
        return transcript == name or transcript.startswith(f"{name}#")

    return _SourceToRemove(
        name,
        study.sources_and_problems[0][name].relative_to(study.root),
        tuple(coding for coding in study.codings if is_in_source(coding.transcript)),
        frozenset(mark.coder for mark in study.ledger_state.finished if is_in_source(mark.transcript)),
        sum(is_in_source(memo.transcript) for memo in study.memos),
        tuple(case.id for case in study.case_table.cases_and_problems[0] if any(map(is_in_source, case.transcripts))),
    )


def _move_source(root: Path, path: Path) -> Path:
    """Move a source to the folder of removed ones, or to a numbered folder there where another file has its place.

    Its name stays, since that is its id when it is added again.
    """
    folder, below = Path(REMOVED_FOLDER), path.relative_to("transcripts")
    numbered = (folder / str(number) / below for number in count(2))
    target = next(place for place in chain([folder / below], numbered) if not (root / place).exists())
    copy_without_overwrite(root / path, root / target)
    (root / path).unlink()
    return target


def _row(source: _SourceToRemove, moved_to: Path) -> dict[str, Any]:
    values = (
        source.name,
        source.path.as_posix(),
        moved_to.as_posix(),
        len(source.codings),
        ", ".join(source.coders),
        source.memos,
        ", ".join(source.cases),
    )
    return dict(zip(REMOVED_COLUMNS, values, strict=True))


def _notes(study: Study, sources: Iterable[_SourceToRemove], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for source, row in zip(sources, rows, strict=True):
        if left := source.describe():
            yield f"{source.name}: {left} stay in the ledger without a source; they are listed, and not counted"
        folder = source.path.relative_to("transcripts").parent.as_posix()
        yield f"{source.name}: to bring it back, {_name_addition(row['moved_to'], '' if folder == '.' else folder)}"
        if source.cases:
            table, cases = study.case_table.relative_path, format_names([f"'{case}'" for case in source.cases])
            yield f"{source.name}: {table} still lists it (case {cases}): edit the table yourself"
    yield f"the files are in {REMOVED_FOLDER}/: delete them there if they must not be kept"


def _name_addition(path: str, into: str) -> str:
    quoted, folder = shlex.quote(path), shlex.quote(into)
    return name_for_interface(
        f"'qualcode transcripts add {quoted}{f' --into {folder}' if into else ''}'",
        f"Project.add({path!r}{f', into={into!r}' if into else ''})",
    )
