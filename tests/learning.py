"""Small things to learn from for tests: corpora from labelled text, decisions from marks, lemmas by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from builders import transcript_of
from qualcode.suggest.learning import Corpus, Labels, build_corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lemma(word: str) -> str:
    """Take a plural for its singular: all that the tests need of a language."""
    return word.removesuffix("s") or word


def corpus_from(*texts: str) -> Corpus:
    """Return the sentences of transcripts T0, T1, ... from labelled lines such as ``I: Why?`` and ``P: Because.``."""
    return build_corpus(transcript_of(text, name=f"T{number}") for number, text in enumerate(texts))


def taught_by(corpus: Corpus, *rows: str, group: Sequence[int] | None = None) -> Labels:
    """Return what marks say, a row a unit and a mark a code.

    ``x`` is given, ``.`` not given, both where the transcript is finished; ``X`` is given where it is not finished,
    ``r`` rejected there, ``-`` not asked.
    """
    marks = np.array([list(row) for row in rows]).reshape(len(corpus), len(rows[0]) if rows else 1)
    truth, finished = np.isin(marks, ["x", "X"]), np.isin(marks, ["x", "."])
    groups = corpus.transcript if group is None else np.array(group, dtype=np.intp)
    return Labels(truth, truth | finished | (marks == "r"), finished, groups)


def no_cues(corpus: Corpus, codes: int) -> NDArray[np.float64]:
    """Return the scores of cues where the codebook has none."""
    return np.zeros((len(corpus), codes))
