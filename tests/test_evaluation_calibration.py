"""Average precision, calibration, work saved: by hand, as properties, and compared with scikit-learn."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss

from judging import judgeds, marked, random_judged, shuffled
from qualcode.suggest.metrics import (
    CELL_SELECTIONS,
    CellSelection,
    Predictions,
    ShapeMismatch,
    average_precision,
    average_precision_by_pool,
    calibration_rows,
    compute_calibration,
    compute_quality,
    compute_work_saved,
    list_pools,
)


def test_average_precision_counts_equal_scores_together() -> None:
    truth, score = np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1])
    assert average_precision(truth, score) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision(truth[::-1], score[::-1]) == average_precision(truth, score)
    assert np.isnan(average_precision(~truth & truth, score))


@pytest.mark.parametrize("evaluated", [1, 0.6])
def test_average_precision_equals_that_of_scikit_learn(evaluated: float) -> None:
    predictions = random_judged(evaluated=evaluated)
    cells = predictions.evaluated
    by_code = [
        average_precision_score(predictions.truth[cells[:, code], code], predictions.score[cells[:, code], code])
        for code in range(5)
    ]
    family = [
        average_precision_score(predictions.truth[:, part][cells[:, part]], predictions.score[:, part][cells[:, part]])
        for part in ([0, 2, 4], [1, 3])
    ]
    pooled = average_precision_score(predictions.truth[cells], predictions.score[cells])
    assert average_precision_by_pool(predictions, list_pools(predictions.codes)) == pytest.approx(
        [*by_code, *family, pooled, np.mean(by_code)]
    )


@given(judgeds(), st.randoms())
def test_numbers_do_not_depend_on_the_order_of_units(predictions: Predictions, random: Random) -> None:
    order = list(range(len(predictions.transcript)))
    random.shuffle(order)
    other = shuffled(predictions, order)
    assert compute_quality(other) == compute_quality(predictions)
    assert compute_work_saved(other) == compute_work_saved(predictions)
    for over in CELL_SELECTIONS:
        ours, theirs = compute_calibration(predictions, over=over), compute_calibration(other, over=over)
        assert ours.predictions == theirs.predictions
        assert ours.ece == pytest.approx(theirs.ece)


@given(judgeds())
def test_all_numbers_lie_from_0_to_1(predictions: Predictions) -> None:
    values = average_precision_by_pool(predictions, list_pools(predictions.codes))
    assert np.all((values >= 0) & (values <= 1) | np.isnan(values))
    for over in CELL_SELECTIONS:
        calibration = compute_calibration(predictions, over=over)
        assert calibration.ece is None or 0 <= calibration.ece <= 1
        assert calibration.brier is None or 0 <= calibration.brier <= 1
        assert sum(score_bin.predictions for score_bin in calibration.bins) == calibration.predictions


@given(judgeds())
def test_undefined_numbers_and_only_those_have_a_reason(predictions: Predictions) -> None:
    for quality in compute_quality(predictions):
        for ratio in (quality.precision, quality.recall, quality.f1, quality.average_precision):
            assert (ratio.value is None) == bool(ratio.reason)


def test_quality_counts_units_transcripts_and_codes_by_hand() -> None:
    qualities = compute_quality(marked("S1 xx- 9.9", "S2 x.. 9.9", "S3 ... ..."))
    columns = ("units", "transcripts", "codings", "suggested", "right", "codes")
    assert [tuple(getattr(quality, column) for column in columns) for quality in qualities] == [
        (3, 2, 2, 2, 2, 1),
        (3, 1, 1, 0, 0, 1),
        (2, 0, 0, 1, 0, 0),
        (3, 2, 3, 2, 2, 2),
        (2, 0, 0, 1, 0, 0),
        (3, 2, 3, 3, 2, 2),
        (3, 2, 3, 3, 2, 2),
    ]
    assert qualities[1].precision.reason == "nothing was suggested"
    assert qualities[2].recall.reason == qualities[2].average_precision.reason == "never coded"
    assert qualities[2].f1.value == 0
    assert compute_quality(marked("S1 ... ..."))[-1].f1.reason == "no code to take the mean over"


def test_calibration_by_hand_over_evaluated_and_over_suggested_cells() -> None:
    predictions = marked("S1 x.. 8.1", "S1 xx. 813", "S1 .-- 899")
    all_cells, shown = compute_calibration(predictions), compute_calibration(predictions, over="suggested")
    # .8 three times, two right; .1 twice, one right; .3 once, 0 once: none right
    assert [(score_bin.number, score_bin.predictions) for score_bin in all_cells.bins if score_bin.predictions] == [
        (1, 3),
        (3, 1),
        (8, 3),
    ]
    assert all_cells.ece == pytest.approx((abs(0.2 - 1) + 0.3 + abs(2.4 - 2)) / 7)
    assert all_cells.brier == pytest.approx((0.04 + 0.04 + 0.64 + 0.01 + 0.81 + 0.09 + 0) / 7)
    assert shown.predictions == 3
    assert shown.ece == pytest.approx(0.4 / 3)
    assert shown.brier == pytest.approx((0.04 + 0.04 + 0.64) / 3)
    assert (all_cells.bins[1].mean_score, all_cells.bins[1].share_right) == (None, None)


def test_bins_are_closed_above_and_the_first_includes_0() -> None:
    calibration = compute_calibration(marked("S1 ... .12", "S1 ... 379"))
    assert [score_bin.predictions for score_bin in calibration.bins] == [2, 1, 1, 0, 0, 0, 1, 0, 1, 0]
    assert [(score_bin.low, score_bin.high) for score_bin in calibration.bins][:3] == [(0, 0.1), (0.1, 0.2), (0.2, 0.3)]


def test_calibration_without_predictions_is_none() -> None:
    calibration = compute_calibration(marked("S1 --- 999"))
    assert (calibration.predictions, calibration.ece, calibration.brier, len(calibration.bins)) == (0, None, None, 10)


@pytest.mark.parametrize("over", CELL_SELECTIONS)
def test_calibration_equals_that_of_scikit_learn(over: CellSelection) -> None:
    predictions = random_judged(seed=3)
    cells = predictions.evaluated if over == "asked" else predictions.suggested
    calibration = compute_calibration(predictions, over=over)
    right, score = calibration_curve(predictions.truth[cells], predictions.score[cells], n_bins=10)
    assert [score_bin.share_right for score_bin in calibration.bins if score_bin.predictions] == pytest.approx(right)
    assert [score_bin.mean_score for score_bin in calibration.bins if score_bin.predictions] == pytest.approx(score)
    assert calibration.brier == pytest.approx(brier_score_loss(predictions.truth[cells], predictions.score[cells]))


def test_calibration_rows_have_ten_bins_for_each_selection() -> None:
    rows = calibration_rows(marked("S1 x.. 8.1"))
    assert [(row["over"], row["bin"], row["from"], row["to"]) for row in (rows[0], rows[-1])] == [
        ("asked", 1, 0, 0.1),
        ("suggested", 10, 0.9, 1),
    ]
    assert rows[7] == {**rows[7], "predictions": 1, "mean_score": 0.8, "share_right": 1}


READ = marked(
    "S1 xx. 9..",  # read first: two codings
    "S1 ... .7.",  # second and third have one score: read together
    "S1 x.. 7..",
    "S1 ... 5..",
    "S1 .x. .4.",
    "S1 ... ..1",
    "S1 --- 999",  # not evaluated
)


def test_work_saved_by_hand() -> None:
    saved = compute_work_saved(READ)  # .95 of 4 codings are 3.8: all 4
    assert (saved.total, saved.units, saved.read) == (4, 6, 5)
    assert saved.unread == pytest.approx(1 / 6)
    assert saved.wss == pytest.approx(1 / 6 - 0.05)
    assert compute_work_saved(READ, recall=0.5).read == 1
    assert compute_work_saved(READ, recall=0.75).read == 3


def test_work_saved_in_a_given_order() -> None:
    assert compute_work_saved(READ, order=np.array([6, 4, 0, 2, 1, 3, 5])).read == 3
    assert compute_work_saved(READ, order=np.array([5, 3, 1, 2, 0, 6, 4])).read == 6
    with pytest.raises(ShapeMismatch, match="each of 7 rows once"):
        compute_work_saved(READ, order=np.array([0, 0, 1, 2, 3, 4, 5]))


def test_work_saved_without_codings_is_none() -> None:
    saved = compute_work_saved(marked("S1 ... 9.."))
    assert (saved.read, saved.unread, saved.wss) == (None, None, None)


def test_recall_of_95_percent_of_twenty_codings_needs_nineteen() -> None:
    rows = [f"S1 x {9 if number else 1}" for number in range(20)]
    assert compute_work_saved(marked(*rows, codes=["f/a"])).read == 19


def test_needed_codings_are_not_rounded_up_by_a_floating_point_error() -> None:
    assert 0.56 * 25 > 14
    assert compute_work_saved(marked(*["S1 x 9"] * 25, codes=["f/a"]), recall=0.56, order=np.arange(25)).read == 14


@given(judgeds(), st.floats(0.01, 1))
def test_units_read_reach_the_recall_and_fewer_would_not(predictions: Predictions, recall: float) -> None:
    saved = compute_work_saved(predictions, recall=recall)
    if saved.read is None:
        assert not predictions.coded.any()
        return
    best = np.where(predictions.evaluated, predictions.score, 0).max(axis=1)[predictions.evaluated.any(axis=1)]
    codings = predictions.coded.sum(axis=1)[predictions.evaluated.any(axis=1)]
    lowest = np.sort(best)[::-1][saved.read - 1]
    assert (best >= lowest).sum() == saved.read
    assert codings[best >= lowest].sum() >= recall * saved.total - 1e-6
    assert codings[best > lowest].sum() < recall * saved.total
