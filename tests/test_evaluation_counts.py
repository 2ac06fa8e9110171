"""Precision, recall and F1: by hand, as laws, and beside scikit-learn."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from judging import judgeds, marked, picked, random_judged, shuffled
from qualcode.evaluation.metrics import (
    DifferentUnits,
    PredictionCounts,
    Predictions,
    ShapeMismatch,
    check_same_units,
    join_predictions,
    list_pools,
    measure_pools,
)

HAND = marked(
    "S1 x.. 9..",  # a right
    "S1 xx. 1.8",  # a and b missed, c wrong
    "S1 ..- 7.9",  # a wrong; c was not asked
    "S2 x.x 6.6",  # a right, c right
    "S2 .xx .52",  # b right, c missed
)
"""a: 2 right, 1 wrong, 1 missed; b: 1, 0, 1; c: 1, 1, 1; all: 4, 2, 3."""


def test_counts_are_those_counted_by_hand() -> None:
    found = HAND.counts
    assert found.true_positives.tolist() == [[1, 0, 0], [1, 1, 1]]
    assert found.false_positives.tolist() == [[1, 0, 1], [0, 0, 0]]
    assert found.false_negatives.tolist() == [[1, 1, 0], [0, 0, 1]]
    assert found.sum_transcripts().codings.tolist() == [3, 2, 2]
    assert found.sum_transcripts().suggested.tolist() == [3, 1, 2]


def test_measures_of_codes_families_all_and_mean_are_those_counted_by_hand() -> None:
    found = HAND.counts.sum_transcripts()
    over = list_pools(HAND.codes)
    assert [pool.id or pool.level for pool in over] == ["f/a", "f/b", "g/c", "f", "g", "all", "mean"]
    assert measure_pools(found, over, measure=PredictionCounts.precision) == pytest.approx(
        [2 / 3, 1, 1 / 2, 3 / 4, 1 / 2, 4 / 6, (2 / 3 + 1 + 1 / 2) / 3]
    )
    assert measure_pools(found, over, measure=PredictionCounts.recall) == pytest.approx(
        [2 / 3, 1 / 2, 1 / 2, 3 / 5, 1 / 2, 4 / 7, (2 / 3 + 1 / 2 + 1 / 2) / 3]
    )
    assert measure_pools(found, over, measure=PredictionCounts.f1) == pytest.approx(
        [4 / 6, 2 / 3, 2 / 4, 6 / 9, 2 / 4, 8 / 13, (4 / 6 + 2 / 3 + 2 / 4) / 3]
    )


def test_mean_leaves_out_codes_that_never_occur_and_precision_of_codes_never_suggested() -> None:
    found = marked("S1 xx. 9.9", "S1 .x. ...").counts.sum_transcripts()  # b is never suggested, c never coded
    mean = list_pools(("f/a", "f/b", "g/c"))[-1:]
    assert measure_pools(found, mean, measure=PredictionCounts.f1).tolist() == [(1 + 0) / 2]
    assert measure_pools(found, mean, measure=PredictionCounts.precision).tolist() == [1]


MEASURES = (PredictionCounts.precision, PredictionCounts.recall, PredictionCounts.f1)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_measures_are_those_of_scikit_learn(seed: int, place: int) -> None:
    judged = random_judged(seed=seed)
    ours = measure_pools(judged.counts.sum_transcripts(), list_pools(judged.codes), measure=MEASURES[place])
    each = precision_recall_fscore_support(judged.truth, judged.chosen)[place]
    micro, macro = (
        precision_recall_fscore_support(judged.truth, judged.chosen, average=average)[place]
        for average in ("micro", "macro")
    )
    assert ours[:5] == pytest.approx(each)
    assert ours[-2:] == pytest.approx([micro, macro])


@given(judgeds(), st.randoms())
def test_order_of_units_changes_nothing(judged: Predictions, random: Random) -> None:
    order = list(range(len(judged.transcript)))
    random.shuffle(order)
    assert _listed(shuffled(judged, order).counts) == _listed(judged.counts)


@given(judgeds(), st.integers(0, 12))
def test_counts_of_parts_add_up_to_counts_of_the_whole(judged: Predictions, cut: int) -> None:
    every = np.arange(len(judged.transcript))
    one, two = picked(judged, every[:cut]), picked(judged, every[cut:])
    parts = [_listed(part.counts) for part in (one, two)]
    assert (np.array(parts[0]) + np.array(parts[1])).tolist() == _listed(judged.counts)
    assert _listed(join_predictions([one, two]).counts) == _listed(judged.counts)


@given(judgeds())
def test_measures_lie_from_0_to_1_and_f1_between_precision_and_recall(judged: Predictions) -> None:
    found = judged.counts.sum_transcripts().sum_pools(list_pools(judged.codes))
    precision, recall, f1 = found.precision(), found.recall(), found.f1()
    for values in (precision, recall, f1):
        assert np.all((values >= 0) & (values <= 1) | np.isnan(values))
    both = ~np.isnan(precision) & ~np.isnan(recall)
    assert np.all(f1[both] >= np.minimum(precision, recall)[both] - 1e-12)
    assert np.all(f1[both] <= np.maximum(precision, recall)[both] + 1e-12)


@given(judgeds())
def test_each_asked_coding_is_right_or_missed(judged: Predictions) -> None:
    found = judged.counts
    assert found.codings.sum() == (judged.truth & judged.asked).sum()
    assert found.suggested.sum() == (judged.chosen & judged.asked).sum()


def test_parts_are_joined_by_the_names_of_their_transcripts() -> None:
    whole = join_predictions([marked("S1 x.. 9.."), marked("S2 .x. ...", "S1 ..x ..9")])
    assert whole.transcripts == ("S1", "S2")
    assert whole.transcript.tolist() == [0, 1, 0]
    with pytest.raises(DifferentUnits, match="different codes"):
        join_predictions([HAND, marked("S1 x 9", codes=["f/a"])])


def test_units_that_differ_are_not_compared() -> None:
    check_same_units(HAND, HAND)
    one = marked("S1 x.. 9..")
    for other, what in [
        (marked("S2 x.. 9.."), "transcripts"),
        (marked("S1 x.. 9..", "S1 ... ..."), "units"),
        (marked("S1 x.- 9.."), "questions"),
        (marked("S1 xx. 9.."), "codings"),
    ]:
        with pytest.raises(DifferentUnits, match=f"different {what}"):
            check_same_units(one, other)


def test_columns_that_do_not_fit_are_refused() -> None:
    yes, where = np.ones((1, 1), dtype=bool), np.array([0])
    for judged, message in [
        ((("f/a", "f/b"), ("S1",), where, yes, yes, yes * 1.0, yes), r"truth .*shape \(1, 1\), wanted \(1, 2\)"),
        ((("f/a",), (), where, yes, yes, yes * 1.0, yes), "places among 0 transcripts"),
        ((("f/a",), ("S1",), where, yes, yes, yes * 1.5, yes), "numbers from 0 to 1"),
        ((("f/a",), ("S1",), where, yes, yes, yes * np.nan, yes), "numbers from 0 to 1"),
    ]:
        with pytest.raises(ShapeMismatch, match=message):
            Predictions(*judged)


def _listed(found: PredictionCounts) -> list[list[list[int]]]:
    return [found.true_positives.tolist(), found.false_positives.tolist(), found.false_negatives.tolist()]
