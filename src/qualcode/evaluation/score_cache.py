"""Scores of makers on disk, and the name of all that they follow from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from qualcode.evaluation.cross_validation import FOLDS, HeldOutScores
from qualcode.suggest.learning.learner import LabelledCorpus
from qualcode.suggest.learning.learner_cache import first_stage_key


def scores_key(lesson: LabelledCorpus, parts: Iterable[object] = ()) -> str:
    """Return a name for all that a maker's scores follow from: texts, decisions, codebook, cues and ``parts``."""
    whole = first_stage_key(lesson, [FOLDS, lesson.book.version, *parts])
    return hashlib.sha256(whole.encode() + np.ascontiguousarray(lesson.cue_scores).tobytes()).hexdigest()[:24]


def write_scores(path: Path, crossed: HeldOutScores, codes: Sequence[str]) -> None:
    """Write scores as Parquet: of each code a column with its scores and one with what was chosen."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {f"score {code}": pa.array(crossed.score[:, place]) for place, code in enumerate(codes)}
    columns |= {f"chosen {code}": pa.array(crossed.chosen[:, place]) for place, code in enumerate(codes)}
    parquet.write_table(pa.table(columns), path)


def read_scores(path: Path, codes: Sequence[str]) -> HeldOutScores:
    """Read scores that `write_scores` wrote; any other file is a `ValueError` or an `OSError`."""
    from pyarrow import parquet

    with parquet.ParquetFile(path) as held:  # an open file could not be replaced on Windows
        table = held.read()
    if table.column_names != [f"{kind} {code}" for kind in ("score", "chosen") for code in codes]:
        raise ValueError("not the scores of these codes")
    columns = [column.to_numpy() for column in table.columns]
    return HeldOutScores(np.stack(columns[: len(codes)], axis=1), np.stack(columns[len(codes) :], axis=1))
