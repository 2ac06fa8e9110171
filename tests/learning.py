"""Training data for tests: corpora from labelled text, labels from marks, lemmas by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from builders import transcript_of
from qualcode.suggest.learning import Corpus, Labels, build_corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lemma(word: str) -> str:
    """Return a word without a final s, which is all that the tests need of a language."""
    return word.removesuffix("s") or word


def corpus_from(*texts: str) -> Corpus:
    """Return the sentences of transcripts T0, T1, ... from labelled lines such as ``I: Why?`` and ``P: Because.``."""
    return build_corpus(transcript_of(text, name=f"T{number}") for number, text in enumerate(texts))


def taught_by(corpus: Corpus, *rows: str, group: Sequence[int] | None = None) -> Labels:
    """Return labels from marks, with a row for each unit and a mark for each code.

    ``x`` is coded and ``.`` not coded in a finished transcript; ``X`` is coded, ``r`` rejected and ``-`` not decided in
    an unfinished one.
    """
    marks = np.array([list(row) for row in rows]).reshape(len(corpus), len(rows[0]) if rows else 1)
    truth, finished = np.isin(marks, ["x", "X"]), np.isin(marks, ["x", "."])
    groups = corpus.transcript if group is None else np.array(group, dtype=np.intp)
    return Labels(truth, truth | finished | (marks == "r"), finished, groups)


def no_cues(corpus: Corpus, codes: int) -> NDArray[np.float64]:
    """Return the cue scores of a codebook without cues, units x codes."""
    return np.zeros((len(corpus), codes))
