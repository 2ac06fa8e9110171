"""The cache of first stages: its keys change with all that a first stage depends on; damaged files are detected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from learning import corpus_from, no_cues, taught_by
from qualcode.model import Code, Codebook
from qualcode.suggest.learning import FirstStage, LabelledCorpus, learner_cache
from qualcode.suggest.learning.learner_cache import first_stage_key, read_arrays, scores_key, write_arrays

BOOK = Codebook(codes=(Code("work/money", "Money"), Code("work/fear", "Fear")))


def labelled_corpus_of(*texts: str, marks: tuple[str, ...]) -> LabelledCorpus:
    corpus = corpus_from(*texts)
    return LabelledCorpus(corpus, BOOK, no_cues(corpus, 2), taught_by(corpus, *marks))


DATA = labelled_corpus_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x"))


def test_key_depends_on_texts_decisions_codes_and_parts() -> None:
    labels, corpus = DATA.labels, DATA.corpus
    other = replace(BOOK, codes=(Code("work/money", "Money"), Code("work/rain", "Fear")))
    changed = [
        labelled_corpus_of("I: Who?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x")),
        labelled_corpus_of("I: Why?\n\nP: It costs. It pours.", "P: Money.", marks=("x.", "..", ".x")),
        labelled_corpus_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".X")),
        labelled_corpus_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".r")),
        replace(DATA, labels=replace(labels, group=np.zeros_like(labels.group))),
        replace(DATA, corpus=replace(corpus, case_texts=("a_b", "", ""))),
        replace(DATA, book=other),
    ]
    keys = [first_stage_key(DATA), first_stage_key(DATA, ["en"]), *map(first_stage_key, changed)]
    assert len(set(keys)) == len(keys)
    assert first_stage_key(DATA) == first_stage_key(
        labelled_corpus_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x"))
    )


def test_key_distinguishes_texts_that_are_split_differently() -> None:
    corpus = DATA.corpus
    one, two = (replace(DATA, corpus=replace(corpus, turns=turns)) for turns in (("a\x1fb", "c"), ("a", "b\x1fc")))
    assert first_stage_key(one) != first_stage_key(two)


def test_only_key_of_scores_depends_on_cues_and_entries() -> None:
    other_cues = replace(DATA, cue_scores=DATA.cue_scores + 0.5)
    other_entries = replace(DATA, book=replace(BOOK, version="other"))
    assert first_stage_key(other_cues) == first_stage_key(other_entries) == first_stage_key(DATA)
    assert len({scores_key(one) for one in (DATA, other_cues, other_entries)}) == 3


def test_keys_change_with_cache_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = first_stage_key(DATA), scores_key(DATA)
    monkeypatch.setattr(learner_cache, "CACHE_VERSION", learner_cache.CACHE_VERSION + 1)
    assert not {first_stage_key(DATA), scores_key(DATA)} & set(before)


@pytest.mark.parametrize("size", [0, 1, 100, 300, -1])
def test_truncated_first_stage_is_damaged(tmp_path: Path, size: int) -> None:
    path = tmp_path / "first.npz"
    write_arrays(path, FirstStage(np.arange(3), np.ones((3, 2)), np.zeros((3, 2))))
    assert read_arrays(path, FirstStage).coefficients.tolist() == [[1, 1]] * 3
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"damaged|pickle"):
        read_arrays(path, FirstStage)
