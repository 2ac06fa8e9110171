"""Held-out scores on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qualcode.evaluation.cross_validation import HeldOutScores


def write_scores(path: Path, scores: HeldOutScores, codes: Sequence[str]) -> None:
    """Write scores as Parquet: for each code a column of scores and a column of what was chosen."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {f"score {code}": pa.array(scores.score[:, column]) for column, code in enumerate(codes)}
    columns |= {f"chosen {code}": pa.array(scores.chosen[:, column]) for column, code in enumerate(codes)}
    parquet.write_table(pa.table(columns), path)


def read_scores(path: Path, codes: Sequence[str]) -> HeldOutScores:
    """Read scores that `write_scores` wrote.

    Raises
    ------
    ValueError
        If the file has other columns or is damaged.
    OSError
        If there is no such file.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:  # an open file could not be replaced on Windows
        table = file.read()
    if table.column_names != [f"{kind} {code}" for kind in ("score", "chosen") for code in codes]:
        raise ValueError("not the scores of these codes")
    columns = [column.to_numpy() for column in table.columns]
    return HeldOutScores(np.stack(columns[: len(codes)], axis=1), np.stack(columns[len(codes) :], axis=1))
