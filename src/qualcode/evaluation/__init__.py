"""How good suggestions were: counts, calibration, work saved, intervals and a verdict on each code."""

from qualcode.evaluation.calibration import OVERS, Bin, Calibration, Over, calibration, calibration_rows
from qualcode.evaluation.counts import Counts, Measure, measured
from qualcode.evaluation.judged import Judged, Misshapen, NotTheSameUnits, Sampled, between_coders, joined, same_units
from qualcode.evaluation.pools import Level, Pool, pools
from qualcode.evaluation.quality import Quality, Ratio, qualities
from qualcode.evaluation.ranking import average_precision, average_precisions
from qualcode.evaluation.resampling import (
    Difference,
    Interval,
    Resampling,
    differences,
    drawn,
    intervals,
    weights,
)
from qualcode.evaluation.rows import difference_rows, evaluation_rows, learning_curve, quality_rows
from qualcode.evaluation.verdicts import Advice, Rule, Verdict, verdict
from qualcode.evaluation.workload import Sought, WorkSaved, work_saved

__all__ = [
    "OVERS",
    "Advice",
    "Bin",
    "Calibration",
    "Counts",
    "Difference",
    "Interval",
    "Judged",
    "Level",
    "Measure",
    "Misshapen",
    "NotTheSameUnits",
    "Over",
    "Pool",
    "Quality",
    "Ratio",
    "Resampling",
    "Rule",
    "Sampled",
    "Sought",
    "Verdict",
    "WorkSaved",
    "average_precision",
    "average_precisions",
    "between_coders",
    "calibration",
    "calibration_rows",
    "difference_rows",
    "differences",
    "drawn",
    "evaluation_rows",
    "intervals",
    "joined",
    "learning_curve",
    "measured",
    "pools",
    "qualities",
    "quality_rows",
    "same_units",
    "verdict",
    "weights",
    "work_saved",
]
