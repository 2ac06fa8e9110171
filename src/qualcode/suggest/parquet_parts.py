"""Parquet files in parts (row groups) of a few thousand rows, so that a whole file is never in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

Columns = Mapping[str, Sequence[Any]]


class ParquetPartWriter:
    """Writes a Parquet file part by part; each part is a row group."""

    def __init__(self, path: Path, kinds: Mapping[str, type]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        # Offsets of large_string have 64 bits: a column of whole transcripts may be longer than the 2 GB of string.
        arrow = {str: pa.large_string(), int: pa.int64(), float: pa.float64()}
        path.touch(mode=0o600)  # a part of a cache; what is written for users gets their permissions when it is moved
        self._kinds = kinds
        self._schema = pa.schema([(name, arrow[kind]) for name, kind in kinds.items()])
        self._file = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, columns: Columns) -> None:
        """Write a part: columns of equal length."""
        import pyarrow as pa

        arrays = [_make_arrow_array(columns[name], kind) for name, kind in self._kinds.items()]
        self._file.write_table(pa.table(arrays, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def is_readable(path: Path) -> bool:
    """Tell whether a Parquet file exists and can be opened."""
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path):
            return True
    # Arrow raises ArrowInvalid, which is a ValueError, for a damaged file.
    except (OSError, ValueError):
        return False


def read_parts(path: Path, *, share: int = 0, share_count: int = 1) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of each part; with several readers, every ``share_count``-th part from number ``share`` on."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:  # an open file could not be replaced on Windows
        for part in range(share, file.num_row_groups, share_count):
            # No threads: with several processes each has one processor, and a part is too small to gain from more.
            yield file.read_row_group(part, use_threads=False).to_pydict()


def _make_arrow_array(values: Sequence[Any], kind: type) -> Any:
    """Return an Arrow array made from buffers: ``pa.array`` would import pandas, which costs more than all else."""
    import pyarrow as pa

    if kind is str:
        # A lone surrogate has no UTF-8 form; it becomes "?", since Arrow accepts valid UTF-8 only.
        texts = [value.encode("utf-8", "replace") for value in values]
        # Arrow's layout of strings: the offset of each text and the end of the last, then the bytes of all.
        offsets = array("q", accumulate(map(len, texts), initial=0))
        buffers = [None, *map(pa.py_buffer, (offsets, b"".join(texts)))]
        return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)
    code, arrow = ("d", pa.float64()) if kind is float else ("q", pa.int64())
    # Times are the only cells without a value.
    flags = None
    if kind is float and None in values:
        flags = pa.py_buffer(_make_flags(values))
        values = [0.0 if value is None else value for value in values]
    return pa.Array.from_buffers(arrow, len(values), [flags, pa.py_buffer(array(code, values))])


def _make_flags(values: Sequence[Any]) -> bytes:
    """Return a bit for each value, 1 unless it is None; Arrow puts the first value into the lowest bit of a byte."""
    bits = sum(1 << position for position, value in enumerate(values) if value is not None)
    return bits.to_bytes(len(values) // 8 + 1, "little")
