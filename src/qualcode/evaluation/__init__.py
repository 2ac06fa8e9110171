"""How good suggestions were: counts, calibration, work saved, intervals and a verdict on each code."""

from qualcode.evaluation.counts import Counts, Measure, counts, measured
from qualcode.evaluation.judged import Judged, Misshapen, NotTheSameUnits, Sampled, between_coders, joined, same_units
from qualcode.evaluation.pools import Level, Pool, pools

__all__ = [
    "Counts",
    "Judged",
    "Level",
    "Measure",
    "Misshapen",
    "NotTheSameUnits",
    "Pool",
    "Sampled",
    "between_coders",
    "counts",
    "joined",
    "measured",
    "pools",
    "same_units",
]
