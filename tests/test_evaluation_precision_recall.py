"""Precision, recall and F1: counted by hand, as properties, and compared with scikit-learn."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from judging import judgeds, marked, picked, random_judged, shuffled
from qualcode.suggest.metrics import (
    DifferentUnits,
    PredictionCounts,
    Predictions,
    ShapeMismatch,
    check_same_units,
    list_pools,
    measure_pools,
)

HAND = marked(
    "S1 x.. 9..",  # a right
    "S1 xx. 1.8",  # a and b missed, c wrong
    "S1 ..- 7.9",  # a wrong; c is not evaluated
    "S2 x.x 6.6",  # a right, c right
    "S2 .xx .52",  # b right, c missed
)
"""a: 2 right, 1 wrong, 1 missed; b: 1, 0, 1; c: 1, 1, 1; all: 4, 2, 3."""


def test_counts_by_hand() -> None:
    counts = HAND.counts
    assert counts.true_positives.tolist() == [[1, 0, 0], [1, 1, 1]]
    assert counts.false_positives.tolist() == [[1, 0, 1], [0, 0, 0]]
    assert counts.false_negatives.tolist() == [[1, 1, 0], [0, 0, 1]]
    assert counts.sum_transcripts().codings.tolist() == [3, 2, 2]
    assert counts.sum_transcripts().suggested.tolist() == [3, 1, 2]


def test_measures_of_codes_families_all_and_mean_by_hand() -> None:
    counts = HAND.counts.sum_transcripts()
    pools = list_pools(HAND.codes)
    assert [pool.id or pool.level for pool in pools] == ["f/a", "f/b", "g/c", "f", "g", "all", "mean"]
    assert measure_pools(counts, pools, measure=PredictionCounts.precision) == pytest.approx(
        [2 / 3, 1, 1 / 2, 3 / 4, 1 / 2, 4 / 6, (2 / 3 + 1 + 1 / 2) / 3]
    )
    assert measure_pools(counts, pools, measure=PredictionCounts.recall) == pytest.approx(
        [2 / 3, 1 / 2, 1 / 2, 3 / 5, 1 / 2, 4 / 7, (2 / 3 + 1 / 2 + 1 / 2) / 3]
    )
    assert measure_pools(counts, pools, measure=PredictionCounts.f1) == pytest.approx(
        [4 / 6, 2 / 3, 2 / 4, 6 / 9, 2 / 4, 8 / 13, (4 / 6 + 2 / 3 + 2 / 4) / 3]
    )


def test_mean_leaves_out_codes_that_never_occur_and_precision_of_codes_never_suggested() -> None:
    counts = marked("S1 xx. 9.9", "S1 .x. ...").counts.sum_transcripts()  # b is never suggested, c never coded
    mean = list_pools(("f/a", "f/b", "g/c"))[-1:]
    assert measure_pools(counts, mean, measure=PredictionCounts.f1).tolist() == [(1 + 0) / 2]
    assert measure_pools(counts, mean, measure=PredictionCounts.precision).tolist() == [1]


MEASURES = (PredictionCounts.precision, PredictionCounts.recall, PredictionCounts.f1)


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_measures_equal_those_of_scikit_learn(seed: int, index: int) -> None:
    predictions = random_judged(seed=seed)
    ours = measure_pools(predictions.counts.sum_transcripts(), list_pools(predictions.codes), measure=MEASURES[index])
    by_code = precision_recall_fscore_support(predictions.truth, predictions.chosen)[index]
    micro, macro = (
        precision_recall_fscore_support(predictions.truth, predictions.chosen, average=average)[index]
        for average in ("micro", "macro")
    )
    assert ours[:5] == pytest.approx(by_code)
    assert ours[-2:] == pytest.approx([micro, macro])


@given(judgeds(), st.randoms())
def test_counts_do_not_depend_on_the_order_of_units(predictions: Predictions, random: Random) -> None:
    order = list(range(len(predictions.transcript)))
    random.shuffle(order)
    assert _listed(shuffled(predictions, order).counts) == _listed(predictions.counts)


@given(judgeds(), st.integers(0, 12))
def test_counts_of_parts_add_up_to_counts_of_the_whole(predictions: Predictions, cut: int) -> None:
    units = np.arange(len(predictions.transcript))
    parts = [_listed(picked(predictions, part).counts) for part in (units[:cut], units[cut:])]
    assert (np.array(parts[0]) + np.array(parts[1])).tolist() == _listed(predictions.counts)


@given(judgeds())
def test_measures_lie_from_0_to_1_and_f1_between_precision_and_recall(predictions: Predictions) -> None:
    counts = predictions.counts.sum_transcripts().sum_pools(list_pools(predictions.codes))
    precision, recall, f1 = counts.precision(), counts.recall(), counts.f1()
    for values in (precision, recall, f1):
        assert np.all((values >= 0) & (values <= 1) | np.isnan(values))
    defined = ~np.isnan(precision) & ~np.isnan(recall)
    assert np.all(f1[defined] >= np.minimum(precision, recall)[defined] - 1e-12)
    assert np.all(f1[defined] <= np.maximum(precision, recall)[defined] + 1e-12)


@given(judgeds())
def test_each_evaluated_coding_is_a_true_positive_or_a_false_negative(predictions: Predictions) -> None:
    counts = predictions.counts
    assert counts.codings.sum() == (predictions.truth & predictions.evaluated).sum()
    assert counts.suggested.sum() == (predictions.chosen & predictions.evaluated).sum()


def test_different_units_are_refused() -> None:
    check_same_units(HAND, HAND)
    predictions = marked("S1 x.. 9..")
    for other, what in [
        (marked("S2 x.. 9.."), "transcripts"),
        (marked("S1 x.. 9..", "S1 ... ..."), "units"),
        (marked("S1 x.- 9.."), "evaluated cells"),
        (marked("S1 xx. 9.."), "codings"),
    ]:
        with pytest.raises(DifferentUnits, match=f"different {what}"):
            check_same_units(predictions, other)


def test_arrays_that_do_not_fit_are_refused() -> None:
    yes, transcript = np.ones((1, 1), dtype=bool), np.array([0])
    for arguments, message in [
        ((("f/a", "f/b"), ("S1",), transcript, yes, yes, yes * 1.0, yes), r"truth.*shape \(1, 1\), expected \(1, 2\)"),
        ((("f/a",), (), transcript, yes, yes, yes * 1.0, yes), "indices into 0 transcripts"),
        ((("f/a",), ("S1",), transcript, yes, yes, yes * 1.5, yes), "numbers from 0 to 1"),
        ((("f/a",), ("S1",), transcript, yes, yes, yes * np.nan, yes), "numbers from 0 to 1"),
    ]:
        with pytest.raises(ShapeMismatch, match=message):
            Predictions(*arguments)


def _listed(counts: PredictionCounts) -> list[list[list[int]]]:
    return [counts.true_positives.tolist(), counts.false_positives.tolist(), counts.false_negatives.tolist()]
