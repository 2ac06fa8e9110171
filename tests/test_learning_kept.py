"""What is kept of the learner: found again only where all is the same, and learnt again where it is damaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from learning import corpus_from, no_cues, taught_by
from qualcode.evaluation.score_cache import scores_key
from qualcode.model import Code, Codebook
from qualcode.suggest.learning import FirstStage, LabelledCorpus
from qualcode.suggest.learning import learner_cache as keeping
from qualcode.suggest.learning.learner_cache import first_stage_key, read_first_stage, write_first_stage

BOOK = Codebook(codes=(Code("work/money", "Money"), Code("work/fear", "Fear")))


def lesson_of(*texts: str, marks: tuple[str, ...]) -> LabelledCorpus:
    corpus = corpus_from(*texts)
    return LabelledCorpus(corpus, BOOK, no_cues(corpus, 2), taught_by(corpus, *marks))


LESSON = lesson_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x"))


def test_a_key_follows_texts_decisions_codes_and_what_they_are_read_with() -> None:
    taught, corpus = LESSON.labels, LESSON.corpus
    other = replace(BOOK, codes=(Code("work/money", "Money"), Code("work/rain", "Fear")))
    changed = [
        lesson_of("I: Who?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x")),
        lesson_of("I: Why?\n\nP: It costs. It pours.", "P: Money.", marks=("x.", "..", ".x")),
        lesson_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".X")),
        lesson_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".r")),
        replace(LESSON, labels=replace(taught, group=np.zeros_like(taught.group))),
        replace(LESSON, corpus=replace(corpus, case_texts=("a_b", "", ""))),
        replace(LESSON, book=other),
    ]
    keys = [first_stage_key(LESSON), first_stage_key(LESSON, ["en"]), *map(first_stage_key, changed)]
    assert len(set(keys)) == len(keys)
    assert first_stage_key(LESSON) == first_stage_key(
        lesson_of("I: Why?\n\nP: It costs. It rains.", "P: Money.", marks=("x.", "..", ".x"))
    )


def test_texts_that_have_what_stands_between_texts_do_not_make_one_key_of_two() -> None:
    corpus = LESSON.corpus
    one, two = (replace(LESSON, corpus=replace(corpus, turns=turns)) for turns in (("a\x1fb", "c"), ("a", "b\x1fc")))
    assert first_stage_key(one) != first_stage_key(two)


def test_scores_follow_cues_and_definitions_too_which_the_first_step_does_not() -> None:
    heard = replace(LESSON, cue_scores=LESSON.cue_scores + 0.5)
    said = replace(LESSON, book=replace(BOOK, version="other"))
    assert first_stage_key(heard) == first_stage_key(said) == first_stage_key(LESSON)
    assert len({scores_key(one) for one in (LESSON, heard, said)}) == 3


def test_nothing_is_found_again_by_a_learner_of_another_form(monkeypatch: pytest.MonkeyPatch) -> None:
    before = first_stage_key(LESSON), scores_key(LESSON)
    monkeypatch.setattr(keeping, "CACHE_VERSION", keeping.CACHE_VERSION + 1)
    assert not {first_stage_key(LESSON), scores_key(LESSON)} & set(before)


@pytest.mark.parametrize("left", [0, 1, 100, 300, -1])
def test_a_first_step_that_was_cut_off_counts_as_damaged(tmp_path: Path, left: int) -> None:
    path = tmp_path / "first.npz"
    write_first_stage(path, FirstStage(np.arange(3), np.ones((3, 2)), np.zeros((3, 2))))
    assert read_first_stage(path).coefficients.tolist() == [[1, 1]] * 3
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(ValueError, match=r"damaged|pickle"):
        read_first_stage(path)
