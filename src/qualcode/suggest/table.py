"""Suggestions as columns: a table, never a million objects."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import accumulate
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Suggestions:
    """One row a suggestion, in columns of equal length; spans are code points of the canonical text."""

    id: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    turn: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    speaker: list[str] = field(default_factory=list)
    quote: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    maker: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    version: list[str] = field(default_factory=list)
    """Version of the codebook that the maker read."""

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> Suggestions:
        """Return the table of rows with a value for each column, in the columns' order."""
        columns: list[list[Any]] = [[] for _ in fields(cls)]
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.id)

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns by name, for a DataFrame or an Arrow table."""
        return {column.name: getattr(self, column.name) for column in fields(self)}

    def take(self, rows: Sequence[int]) -> Suggestions:
        """Return the suggestions of the given row numbers, in that order."""
        return Suggestions(**{name: [values[row] for row in rows] for name, values in self.columns().items()})

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each suggestion as a mapping; for few of them."""
        columns = self.columns()
        return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))

    def write_parquet(self, path: Path) -> None:
        """Write the table as Parquet."""
        import pyarrow as pa
        from pyarrow import parquet

        columns = self.columns()
        parquet.write_table(pa.table(list(map(_arrow, columns.values())), names=list(columns)), path)

    @classmethod
    def read_parquet(cls, path: Path) -> Suggestions:
        """Read a table that ``write_parquet`` wrote."""
        from pyarrow import parquet

        with parquet.ParquetFile(path) as held:  # an open file could not be replaced on Windows
            return cls(**held.read().to_pydict())


def suggestion_id(parts: Iterable[object]) -> str:
    """Return a short name for a suggestion, the same as long as its transcript, place, words and code are, whoever the maker."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _arrow(values: list[Any]) -> Any:
    """Return an Arrow array made from buffers: ``pa.array`` would import pandas, which costs more than all else."""
    import pyarrow as pa

    if all(isinstance(value, str) for value in values):
        texts = [value.encode("utf-8", "replace") for value in values]
        places = array("q", accumulate(map(len, texts), initial=0))
        return pa.Array.from_buffers(
            pa.large_string(), len(texts), [None, *map(pa.py_buffer, (places, b"".join(texts)))]
        )
    kind, code = (pa.float64(), "d") if any(isinstance(value, float) for value in values) else (pa.int64(), "q")
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(array(code, values))])
