"""Intervals, differences, verdicts and rows: by hand, and compared with scipy's bootstrap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from scipy.stats import bootstrap

from judging import CODES, judgeds, marked, random_judged
from qualcode.suggest.metrics import (
    Advice,
    DifferentUnits,
    Interval,
    Measure,
    Pool,
    PredictionCounts,
    Predictions,
    Quality,
    Ratio,
    Resampling,
    VerdictRule,
    compare_coders,
    compute_differences,
    compute_intervals,
    compute_quality,
    decide_verdict,
    difference_rows,
    draw_weights,
    evaluation_rows,
    learning_curve_rows,
    list_pools,
    measure_pools,
    quality_rows,
    resample_counts,
)

FEW = Resampling(draws=200)


def test_draws_weight_counts_by_how_often_a_transcript_was_drawn() -> None:
    counts = marked("S1 x.. 9..", "S2 .x. .9.", "S2 .x. ...").counts
    draws = resample_counts(counts, np.array([[2.0, 0.0], [1.0, 1.0]]))
    assert draws.true_positives.tolist() == [[2, 0, 0], [1, 1, 0]]
    assert draws.false_negatives.tolist() == [[0, 0, 0], [0, 1, 0]]


def test_transcripts_without_evaluated_cells_are_not_drawn() -> None:
    weights = draw_weights(np.array([True, False, True, True]), FEW)
    assert np.all(weights[:, 1] == 0)
    assert np.all(weights.sum(axis=1) == 3)
    assert draw_weights(np.zeros(2, dtype=bool), FEW).sum() == 0


def test_intervals_depend_on_the_seed_alone() -> None:
    predictions = random_judged()
    assert compute_intervals(predictions, resampling=FEW) == compute_intervals(predictions, resampling=FEW)
    assert compute_intervals(predictions, resampling=FEW) != compute_intervals(
        predictions, resampling=replace(FEW, seed=1)
    )


@pytest.mark.parametrize("measure", [PredictionCounts.precision, PredictionCounts.recall, PredictionCounts.f1])
def test_interval_of_pooled_measures_equals_that_of_scipy(measure: Measure) -> None:
    predictions = random_judged(400, transcripts=15)
    columns = [
        part.sum(axis=1)
        for part in (
            predictions.counts.true_positives,
            predictions.counts.false_positives,
            predictions.counts.false_negatives,
        )
    ]

    def statistic(*parts: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
        return measure(PredictionCounts(*(part.sum(axis=axis) for part in parts)))

    theirs = bootstrap(columns, statistic, paired=True, method="percentile", n_resamples=20_000, rng=1)
    ours = compute_intervals(predictions, measure=measure, resampling=Resampling(draws=20_000))[-2]
    low, high = theirs.confidence_interval
    assert ours.low == pytest.approx(low, abs=0.004)
    assert ours.high == pytest.approx(high, abs=0.004)


def test_interval_of_the_mean_over_codes_equals_that_of_a_loop() -> None:
    predictions = random_judged(120, transcripts=6)
    counts, weights = predictions.counts, draw_weights(np.ones(6, dtype=bool), FEW)
    plain = []
    for row in weights.astype(int):
        picked = np.repeat(np.arange(6), row)
        sums = PredictionCounts(
            *(
                part[picked].sum(axis=0)
                for part in (counts.true_positives, counts.false_positives, counts.false_negatives)
            )
        )
        plain.append(sums.f1()[sums.codings > 0].mean())
    ours = compute_intervals(predictions, resampling=FEW)[-1]
    assert [ours.low, ours.high] == pytest.approx(np.quantile(plain, [0.025, 0.975]))


@given(judgeds())
def test_intervals_lie_from_0_to_1_or_have_a_reason(predictions: Predictions) -> None:
    for interval in compute_intervals(predictions, resampling=FEW):
        assert (interval.low is None) == (interval.high is None) == bool(interval.reason)
        if interval.low is not None and interval.high is not None:
            assert 0 <= interval.low <= interval.high <= 1


def test_interval_of_one_transcript_or_of_nothing_is_none_with_a_reason() -> None:
    alone, never = marked("S1 x.. 9.."), marked("S1 x.. 9..", "S2 x.. 9..")
    assert compute_intervals(alone, resampling=FEW)[0] == Interval(
        None, None, 0, "fewer than 2 transcripts to draw from"
    )
    assert "cases" in compute_intervals(replace(alone, sampling_unit="cases"), resampling=FEW)[0].reason
    assert compute_intervals(never, resampling=FEW)[1].reason == "not defined in any draw"


def test_draws_without_the_code_are_left_out() -> None:
    interval = compute_intervals(marked("S1 x.. 9..", "S2 ... ..."), resampling=Resampling(draws=2000))[0]
    assert (interval.low, interval.high) == (1, 1)
    assert interval.draws == pytest.approx(1500, abs=80)  # one draw in four takes S2 twice


def test_difference_to_itself_is_0_and_never_better() -> None:
    predictions = random_judged()
    for difference in compute_differences(predictions, predictions, resampling=FEW):
        assert (difference.value, difference.interval.low, difference.interval.high, difference.not_better) == (
            0,
            0,
            0,
            1,
        )


def test_difference_changes_sign_when_methods_are_exchanged() -> None:
    predictions = random_judged()
    other = replace(predictions, chosen=predictions.score >= 0.4)
    for forward, backward in zip(
        compute_differences(predictions, other, resampling=FEW),
        compute_differences(other, predictions, resampling=FEW),
        strict=True,
    ):
        assert forward.value == -backward.value  # type: ignore[operator]
        assert forward.interval.low == pytest.approx(-backward.interval.high)  # type: ignore[operator]


def test_difference_is_drawn_in_pairs() -> None:
    """Both methods do well in S1 and badly in S2, ours a little better: alone their intervals overlap."""
    rows = ["S1 x 9"] * 9 + ["S2 x 1"] * 9
    other = marked(*rows, "S1 x 1", "S2 x 1", codes=["f/a"])
    ours = marked(*rows, "S1 x 9", "S2 x 9", codes=["f/a"])
    difference = compute_differences(ours, other, resampling=FEW)[0]
    assert difference.not_better == 0
    assert difference.interval.low
    low, high = compute_intervals(ours, resampling=FEW)[0].low, compute_intervals(other, resampling=FEW)[0].high
    assert low is not None
    assert high is not None
    assert low < high


def test_methods_with_different_units_are_not_compared() -> None:
    with pytest.raises(DifferentUnits):
        compute_differences(random_judged(), random_judged(seed=1))
    with pytest.raises(DifferentUnits):
        evaluation_rows(random_judged(), baselines={"cues": random_judged(seed=1)})


def quality(*, right: int, wrong: int, missed: int, transcripts: int = 5) -> Quality:
    counts = PredictionCounts(np.array(right), np.array(wrong), np.array(missed))
    return Quality(
        Pool("code", "f/a", (0,)),
        units=1200,
        transcripts=transcripts,
        codings=right + missed,
        suggested=right + wrong,
        right=right,
        codes=1,
        precision=_ratio(counts.precision()),
        recall=_ratio(counts.recall()),
        f1=_ratio(counts.f1()),
        average_precision=Ratio(0.5),
        sampling_unit="transcripts",
    )


def _ratio(value: NDArray[np.float64]) -> Ratio:
    return Ratio(None, "-") if np.isnan(value) else Ratio(float(value))


@pytest.mark.parametrize(
    ("counted", "low", "baselines", "advice", "reason"),
    [
        ({"right": 7, "wrong": 0, "missed": 2}, 0.8, {"cues": 0.1}, "do not use",
         "too few codings: 9 (minimum 10)"),
        ({"right": 10, "wrong": 0, "missed": 0, "transcripts": 2}, 1, {"cues": 0.1}, "do not use",
         "too few transcripts with the code: 2 (minimum 3)"),
        ({"right": 0, "wrong": 0, "missed": 12}, 0, {"cues": 0}, "do not use",
         "nothing was suggested, 12 codings were missed"),
        ({"right": 10, "wrong": 30, "missed": 2}, 0.3, {"cues": 0.1}, "do not use",
         "precision 0.25 (10 of 40 suggestions right) is below 0.30"),
        ({"right": 299, "wrong": 701, "missed": 0}, 0.3, {"cues": 0.1}, "do not use",
         "precision 0.299 (299 of 1000 suggestions right) is below 0.30"),
        ({"right": 10, "wrong": 10, "missed": 10}, 0.4, {"cues": 0.5, "words": 0.3}, "do not use",
         "F1 0.50 is not above baseline 'cues' (0.50)"),
        ({"right": 10, "wrong": 10, "missed": 10}, 0.4, {"cues": 0.3, "words": 0.42}, "use with care",
         "precision 0.50 is below 0.60; F1 0.50 (0.40 to 0.95) may be no better than baseline 'words' (0.42)"),
        ({"right": 6, "wrong": 2, "missed": 14}, 0.3, {"cues": 0.2}, "use with care", "recall 0.30 is below 0.40"),
        ({"right": 9, "wrong": 3, "missed": 3}, 0.6, {}, "use with care", "no baseline to compare with"),
        ({"right": 9, "wrong": 3, "missed": 3}, 0.6, {"cues": None}, "use with care",
         "no baseline to compare with"),
        ({"right": 9, "wrong": 3, "missed": 3}, None, {"cues": 0.3}, "use with care",
         "F1 0.75 has no interval: so few"),
        ({"right": 10, "wrong": 0, "missed": 0, "transcripts": 3}, 0.9, {"cues": 0.1}, "use",
         "precision 1.00, recall 1.00; F1 1.00 (0.90 to 0.95) is above baseline 'cues' (0.10)"),
        ({"right": 9, "wrong": 6, "missed": 3}, 0.31, {"cues": 0.3, "words": 0.2}, "use",
         "precision 0.60, recall 0.75; F1 0.67 (0.31 to 0.95) is above baseline 'cues' (0.30)"),
    ],
)  # fmt: skip
def test_verdict_has_a_reason(
    counted: dict[str, int], low: float | None, baselines: dict[str, float | None], advice: Advice, reason: str
) -> None:
    interval = Interval(low, 0.95, 200) if low is not None else Interval(None, None, 0, "so few")
    decided = decide_verdict(quality(**counted), interval=interval, baselines=baselines, rule=VerdictRule())
    assert (decided.verdict, decided.reason) == (advice, reason)


def test_rule_text_has_all_thresholds() -> None:
    stated = str(
        VerdictRule(min_codings=7, min_transcripts=2, min_precision=0.2, target_precision=0.55, target_recall=0.35)
    )
    for words in ("fewer than 7 codings", "fewer than 2 transcripts", "below 0.20", "at least 0.55", "at least 0.35"):
        assert words in stated


HAND = marked("S1 x.. 9..", "S1 xx. 1.8", "S1 ..- 7.9", "S2 x.x 6.6", "S2 .xx .52")
CUES = replace(HAND, chosen=HAND.truth & [True, False, False])


def test_rows_have_all_columns_and_numbers_by_hand() -> None:
    rows = evaluation_rows(
        HAND,
        names={"f/a": "Alpha", "f": "First"},
        baselines={"cues": CUES},
        second_coder=CUES,
        rule=VerdictRule(min_codings=2),
        resampling=FEW,
    )
    assert (
        list(rows[0])
        == (
            "level code name units transcripts codings suggested right codes precision precision_low precision_high "
            "recall recall_low recall_high f1 f1_low f1_high average_precision cues_f1 ceiling_f1 verdict because"
        ).split()
    )
    assert [(row["level"], row["code"], row["name"]) for row in rows] == [
        ("code", "f/a", "Alpha"),
        ("code", "f/b", "f/b"),
        ("code", "g/c", "g/c"),
        ("family", "f", "First"),
        ("family", "g", "g"),
        ("all", "", "all codes"),
        ("mean", "", "mean over codes"),
    ]
    first, whole = rows[0], rows[-2]
    assert (first["units"], first["transcripts"], first["codings"], first["suggested"], first["right"]) == (
        5,
        2,
        3,
        3,
        2,
    )
    assert (first["f1"], first["cues_f1"]) == (pytest.approx(2 / 3), 1)
    assert first["verdict"] == "do not use"
    assert first["because"] == "too few transcripts with the code: 2 (minimum 3)"
    assert (whole["f1"], whole["cues_f1"], whole["ceiling_f1"]) == pytest.approx((8 / 13, 6 / 10, 6 / 10))
    assert (whole["verdict"], whole["because"]) == (None, "")


def test_rows_of_cases_have_a_cases_column() -> None:
    row = quality_rows(replace(HAND, sampling_unit="cases"), resampling=FEW)[0]
    assert row["cases"] == 2
    assert "transcripts" not in row


def test_rows_have_the_reason_of_a_missing_number() -> None:
    rows = {row["code"]: row["because"] for row in quality_rows(marked("S1 x.. 9..", "S2 x.. 9.."), resampling=FEW)}
    assert rows["f/a"] == ""
    assert quality_rows(marked("S1 x.. 9.."), resampling=FEW)[0]["because"] == "fewer than 2 transcripts to draw from"
    assert rows["g/c"] == "nothing was suggested; never coded; neither coded nor suggested"


def test_second_coder_with_other_codes_is_refused() -> None:
    with pytest.raises(DifferentUnits, match="codes"):
        evaluation_rows(HAND, second_coder=marked("S1 x 9", codes=["f/a"]), resampling=FEW)


def test_rows_agree_with_the_functions_behind_them() -> None:
    predictions = random_judged(evaluated=0.7)
    rows = evaluation_rows(predictions, resampling=FEW)
    assert [row["f1"] for row in rows] == [quality.f1.value for quality in compute_quality(predictions)]
    assert [row["f1_low"] for row in rows] == [
        interval.low for interval in compute_intervals(predictions, resampling=FEW)
    ]
    assert {row["ceiling_f1"] for row in rows} == {None}


def test_exchanging_coders_exchanges_precision_and_recall() -> None:
    predictions = random_judged(evaluated=0.7)

    def between(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> list[Quality]:
        return compute_quality(
            compare_coders(
                predictions.codes,
                transcripts=predictions.transcripts,
                transcript=predictions.transcript,
                evaluated=predictions.evaluated,
                first=first,
                second=second,
            )
        )

    ours, exchanged = between(predictions.truth, predictions.chosen), between(predictions.chosen, predictions.truth)
    for first, second in zip(ours, exchanged, strict=True):
        assert (first.precision, first.recall) == (second.recall, second.precision)
        assert first.f1 == second.f1


def test_difference_rows_name_the_baseline() -> None:
    rows = difference_rows(HAND, {"cues": CUES}, resampling=FEW)
    assert len(rows) == 7
    first = rows[0]
    assert (first["level"], first["code"], first["baseline"]) == ("code", "f/a", "cues")
    assert first["difference"] == pytest.approx(2 / 3 - 1)
    assert (first["baseline_f1"], first["not_better"]) == (1, 1)


def test_learning_curve_by_hand() -> None:
    good, half, void = marked("S1 xx. 99."), marked("S1 xx. 9.."), marked("S1 ... ...")
    rows = learning_curve_rows({4: [good], 2: [good, half, void]})
    assert [(row["transcripts"], row["repeats"]) for row in rows] == [(2, 3), (4, 1)]
    first = rows[0]
    assert (first["micro_f1"], first["micro_f1_min"], first["micro_f1_max"]) == pytest.approx((5 / 6, 2 / 3, 1))
    assert (first["macro_f1"], first["macro_f1_min"], first["macro_f1_max"]) == pytest.approx((0.75, 0.5, 1))
    assert (first["codes"], first["codes_min"], first["codes_max"]) == (pytest.approx(4 / 3), 0, 2)
    assert learning_curve_rows({2: [void]})[0]["micro_f1"] is None


def test_mean_in_a_draw_is_over_the_codes_that_occur_in_it() -> None:
    draws = PredictionCounts(np.array([[1, 0], [1, 0]]), np.array([[0, 0], [0, 0]]), np.array([[0, 0], [0, 1]]))
    assert measure_pools(draws, list_pools(CODES[:2])[-1:], measure=PredictionCounts.f1).T.tolist() == [[1, 0.5]]
