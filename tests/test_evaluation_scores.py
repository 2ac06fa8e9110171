"""Average precision, calibration, work saved: by hand, as laws, and beside scikit-learn."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss

from judging import judgeds, marked, random_judged, shuffled
from qualcode.evaluation.metrics import (
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


def test_average_precision_takes_cells_of_one_score_together() -> None:
    truth, score = np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1])
    assert average_precision(truth, score) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision(truth[::-1], score[::-1]) == average_precision(truth, score)
    assert np.isnan(average_precision(~truth & truth, score))


@pytest.mark.parametrize("asked", [1, 0.6])
def test_average_precisions_are_those_of_scikit_learn(asked: float) -> None:
    judged = random_judged(asked=asked)
    cells = judged.asked
    each = [
        average_precision_score(judged.truth[cells[:, code], code], judged.score[cells[:, code], code])
        for code in range(5)
    ]
    family = [
        average_precision_score(judged.truth[:, part][cells[:, part]], judged.score[:, part][cells[:, part]])
        for part in ([0, 2, 4], [1, 3])
    ]
    pooled = average_precision_score(judged.truth[cells], judged.score[cells])
    assert average_precision_by_pool(judged, list_pools(judged.codes)) == pytest.approx(
        [*each, *family, pooled, np.mean(each)]
    )


@given(judgeds(), st.randoms())
def test_order_of_units_changes_no_number(judged: Predictions, random: Random) -> None:
    order = list(range(len(judged.transcript)))
    random.shuffle(order)
    other = shuffled(judged, order)
    assert compute_quality(other) == compute_quality(judged)
    assert compute_work_saved(other) == compute_work_saved(judged)
    for over in CELL_SELECTIONS:
        ours, theirs = compute_calibration(judged, over=over), compute_calibration(other, over=over)
        assert ours.predictions == theirs.predictions
        assert ours.ece == pytest.approx(theirs.ece)


@given(judgeds())
def test_all_numbers_lie_from_0_to_1(judged: Predictions) -> None:
    values = average_precision_by_pool(judged, list_pools(judged.codes))
    assert np.all((values >= 0) & (values <= 1) | np.isnan(values))
    for over in CELL_SELECTIONS:
        found = compute_calibration(judged, over=over)
        assert found.ece is None or 0 <= found.ece <= 1
        assert found.brier is None or 0 <= found.brier <= 1
        assert sum(one.predictions for one in found.bins) == found.predictions


@given(judgeds())
def test_reason_stands_where_and_only_where_there_is_no_number(judged: Predictions) -> None:
    for one in compute_quality(judged):
        for ratio in (one.precision, one.recall, one.f1, one.average_precision):
            assert (ratio.value is None) == bool(ratio.because)


def test_qualities_count_units_transcripts_and_codes_by_hand() -> None:
    found = compute_quality(marked("S1 xx- 9.9", "S2 x.. 9.9", "S3 ... ..."))
    counted = [(one.units, one.transcripts, one.codings, one.suggested, one.right, one.codes) for one in found]
    assert counted == [
        (3, 2, 2, 2, 2, 1),
        (3, 1, 1, 0, 0, 1),
        (2, 0, 0, 1, 0, 0),
        (3, 2, 3, 2, 2, 2),
        (2, 0, 0, 1, 0, 0),
        (3, 2, 3, 3, 2, 2),
        (3, 2, 3, 3, 2, 2),
    ]
    assert found[1].precision.because == "nothing was suggested"
    assert found[2].recall.because == found[2].average_precision.because == "never coded"
    assert found[2].f1.value == 0
    assert compute_quality(marked("S1 ... ..."))[-1].f1.because == "no code to take the mean over"


def test_calibration_by_hand_over_what_is_asked_and_what_is_seen() -> None:
    judged = marked("S1 x.. 8.1", "S1 xx. 813", "S1 .-- 899")
    every, seen = compute_calibration(judged), compute_calibration(judged, over="suggested")
    # .8 three times, two right; .1 twice, one right; .3 once, 0 once: none right
    assert [(one.number, one.predictions) for one in every.bins if one.predictions] == [(1, 3), (3, 1), (8, 3)]
    assert every.ece == pytest.approx((abs(0.2 - 1) + 0.3 + abs(2.4 - 2)) / 7)
    assert every.brier == pytest.approx((0.04 + 0.04 + 0.64 + 0.01 + 0.81 + 0.09 + 0) / 7)
    assert seen.predictions == 3
    assert seen.ece == pytest.approx(0.4 / 3)
    assert seen.brier == pytest.approx((0.04 + 0.04 + 0.64) / 3)
    assert (every.bins[1].mean_score, every.bins[1].share_right) == (None, None)


def test_bins_are_closed_above_and_the_first_holds_0() -> None:
    found = compute_calibration(marked("S1 ... .12", "S1 ... 379"))
    assert [one.predictions for one in found.bins] == [2, 1, 1, 0, 0, 0, 1, 0, 1, 0]
    assert [(one.low, one.high) for one in found.bins][:3] == [(0, 0.1), (0.1, 0.2), (0.2, 0.3)]


def test_calibration_without_predictions_is_none() -> None:
    found = compute_calibration(marked("S1 --- 999"))
    assert (found.predictions, found.ece, found.brier, len(found.bins)) == (0, None, None, 10)


@pytest.mark.parametrize("over", CELL_SELECTIONS)
def test_calibration_is_that_of_scikit_learn(over: CellSelection) -> None:
    judged = random_judged(seed=3)
    cells = judged.asked if over == "asked" else judged.suggested
    found = compute_calibration(judged, over=over)
    right, score = calibration_curve(judged.truth[cells], judged.score[cells], n_bins=10)
    assert [one.share_right for one in found.bins if one.predictions] == pytest.approx(right)
    assert [one.mean_score for one in found.bins if one.predictions] == pytest.approx(score)
    assert found.brier == pytest.approx(brier_score_loss(judged.truth[cells], judged.score[cells]))


def test_calibration_rows_are_twice_ten_bins() -> None:
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
    "S1 --- 999",  # nobody was asked
)


def test_work_saved_by_hand() -> None:
    all_but_one = compute_work_saved(READ)  # .95 of 4 codings are 3.8: all 4
    assert (all_but_one.total, all_but_one.units, all_but_one.read) == (4, 6, 5)
    assert all_but_one.unread == pytest.approx(1 / 6)
    assert all_but_one.wss == pytest.approx(1 / 6 - 0.05)
    assert compute_work_saved(READ, share=0.5).read == 1
    assert compute_work_saved(READ, share=0.75).read == 3
    assert compute_work_saved(READ, recall_unit="coded units").total == 3
    assert compute_work_saved(READ, share=1 / 3, recall_unit="coded units").read == 1
    assert compute_work_saved(READ, share=2 / 3, recall_unit="coded units").read == 3


def test_work_saved_in_an_order_given() -> None:
    assert compute_work_saved(READ, order=np.array([6, 4, 0, 2, 1, 3, 5])).read == 3
    assert compute_work_saved(READ, order=np.array([5, 3, 1, 2, 0, 6, 4])).read == 6
    with pytest.raises(ShapeMismatch, match="each of 7 rows once"):
        compute_work_saved(READ, order=np.array([0, 0, 1, 2, 3, 4, 5]))


def test_nothing_sought_saves_nothing() -> None:
    found = compute_work_saved(marked("S1 ... 9.."))
    assert (found.read, found.unread, found.wss) == (None, None, None)


def test_95_percent_of_twenty_are_nineteen() -> None:
    rows = [f"S1 x {9 if number else 1}" for number in range(20)]
    assert compute_work_saved(marked(*rows, codes=["f/a"])).read == 19


def test_a_product_that_is_a_whole_number_but_for_binary_is_not_rounded_up() -> None:
    assert 0.56 * 25 > 14
    assert compute_work_saved(marked(*["S1 x 9"] * 25, codes=["f/a"]), share=0.56, order=np.arange(25)).read == 14


@given(judgeds(), st.floats(0.01, 1))
def test_what_is_read_holds_what_is_sought_and_less_would_not(judged: Predictions, share: float) -> None:
    found = compute_work_saved(judged, share=share)
    if found.read is None:
        assert not judged.coded.any()
        return
    best = np.where(judged.asked, judged.score, 0).max(axis=1)[judged.asked.any(axis=1)]
    codings = judged.coded.sum(axis=1)[judged.asked.any(axis=1)]
    lowest = np.sort(best)[::-1][found.read - 1]
    assert (best >= lowest).sum() == found.read
    assert codings[best >= lowest].sum() >= share * found.total - 1e-6
    assert codings[best > lowest].sum() < share * found.total
