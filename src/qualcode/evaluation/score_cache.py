"""Held-out scores on disk, and the key of everything that they depend on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from qualcode.evaluation.cross_validation import FOLDS, HeldOutScores
from qualcode.suggest.learning.learner import LabelledCorpus
from qualcode.suggest.learning.learner_cache import first_stage_key


def scores_key(labelled: LabelledCorpus, parts: Iterable[object] = ()) -> str:
    """Return a hash of everything that scores depend on: texts, decisions, codebook, cues and ``parts``."""
    # Unlike the first stage, scores also depend on the second one: on entries of the codebook and on cues.
    key = first_stage_key(labelled, [FOLDS, labelled.book.version, *parts])
    return hashlib.sha256(key.encode() + np.ascontiguousarray(labelled.cue_scores).tobytes()).hexdigest()[:24]


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
