"""How good suggestions were: counts, calibration, work saved, intervals and a verdict on each code."""

from qualcode.evaluation.calibration import OVERS, Bin, Calibration, Over, calibration, calibration_rows
from qualcode.evaluation.counts import Counts, Measure, counts, measured
from qualcode.evaluation.judged import Judged, Misshapen, NotTheSameUnits, Sampled, between_coders, joined, same_units
from qualcode.evaluation.pools import Level, Pool, pools
from qualcode.evaluation.quality import Quality, Ratio, qualities
from qualcode.evaluation.ranking import average_precision, average_precisions
from qualcode.evaluation.workload import Sought, WorkSaved, work_saved

__all__ = [
    "OVERS",
    "Bin",
    "Calibration",
    "Counts",
    "Judged",
    "Level",
    "Measure",
    "Misshapen",
    "NotTheSameUnits",
    "Over",
    "Pool",
    "Quality",
    "Ratio",
    "Sampled",
    "Sought",
    "WorkSaved",
    "average_precision",
    "average_precisions",
    "between_coders",
    "calibration",
    "calibration_rows",
    "counts",
    "joined",
    "measured",
    "pools",
    "qualities",
    "same_units",
    "work_saved",
]
