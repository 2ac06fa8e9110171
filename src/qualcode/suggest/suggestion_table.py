"""The table of suggestions: columns of equal length instead of one object for each suggestion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from qualcode.suggest.parquet_parts import ParquetPartWriter, read_parts

PART = 5_000
"""Rows of a part: as many suggestions are written and read at once."""

_COLUMN_TYPES = {
    "id": str,
    "transcript": str,
    "turn": int,
    "start": int,
    "end": int,
    "speaker": str,
    "time": float,
    "quote": str,
    "code": str,
    "score": float,
    "maker": str,
    "why": str,
    "version": str,
    "verdict": str,
    "score_type": str,
}
_DEFAULTS = ("", "score")
"""Values of the last columns where a maker gives none."""

SUGGESTION_COLUMNS = tuple(_COLUMN_TYPES)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A table with a row for each suggestion; spans are code points of the canonical text, half-open."""

    id: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    turn: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    speaker: list[str] = field(default_factory=list)
    time: list[float | None] = field(default_factory=list)
    """Seconds from the beginning of the recording to the turn; None if the source has no times."""
    quote: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    maker: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    version: list[str] = field(default_factory=list)
    """Version (hash) of the codebook that the maker used."""
    verdict: list[str] = field(default_factory=list)
    """Verdict on the trained model's suggestions of the code (use, use with care, do not use); empty without one."""
    score_type: list[str] = field(default_factory=list)
    """What the score is: ``probability``, or ``score``, which only ranks."""
    notes: list[str] = field(default_factory=list, compare=False, repr=False)
    """How the suggestions were made and what was left out; not a column."""

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[Any]]) -> Suggestions:
        """Return the table of rows that have a value for each column, in the columns' order.

        Rows of makers without verdicts end with the version of the codebook.
        """
        columns: list[list[Any]] = [[] for _ in _COLUMN_TYPES]
        for row in rows:
            values = row if len(row) == len(columns) else (*row, *_DEFAULTS)
            for column, value in zip(columns, values, strict=True):
                column.append(value)
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.id)

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns by name, for a DataFrame or an Arrow table."""
        return {name: getattr(self, name) for name in _COLUMN_TYPES}

    def take(self, rows: Sequence[int]) -> Suggestions:
        """Return the suggestions of the given row numbers, in that order."""
        return Suggestions(**{name: [values[row] for row in rows] for name, values in self.columns().items()})

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each suggestion as a mapping by column."""
        columns = self.columns()
        return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))

    def write_parquet(self, path: Path) -> None:
        """Write the table as Parquet."""
        write_parts([self], path)

    @classmethod
    def read_parquet(cls, path: Path) -> Suggestions:
        """Read a table that ``write_parquet`` or `write_parts` wrote."""
        return cls.concat(stream_parquet(path))

    @classmethod
    def concat(cls, parts: Iterable[Suggestions]) -> Suggestions:
        """Return several tables as one, in their order."""
        table = cls()
        for part in parts:
            for name, values in part.columns().items():
                getattr(table, name).extend(values)
        return table

    @classmethod
    def stream_parts(cls, rows: Iterable[Sequence[Any]], *, size: int = PART) -> Iterator[Suggestions]:
        """Yield tables of at most ``size`` rows each, in the rows' order."""
        remaining = iter(rows)
        while len(part := cls.from_rows(islice(remaining, size))):
            yield part


def write_parts(parts: Iterable[Suggestions], path: Path) -> int:
    """Write tables as one Parquet file, part by part, and return the number of suggestions."""
    count = 0
    with closing(ParquetPartWriter(path, _COLUMN_TYPES)) as file:
        for part in parts:
            file.write(part.columns())
            count += len(part)
    return count


def stream_parquet(path: Path) -> Iterator[Suggestions]:
    """Yield the tables that `write_parts` wrote, part by part.

    Raises
    ------
    TypeError
        If the file has the columns of another version; callers treat it as a damaged cache.
    """
    for columns in read_parts(path):
        if columns.keys() != _COLUMN_TYPES.keys():
            raise TypeError(f"{path}: columns of another version")
        yield Suggestions(**columns)


def suggestion_id(parts: Iterable[object]) -> str:
    """Return the id of a suggestion: a hash of transcript, start, quote and code, the same for every maker."""
    # The unit separator does not occur in names, and 10 hex digits are short enough to type.
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:10]
