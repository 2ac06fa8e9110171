"""Agreement between coders: coefficients with their intervals, on units and on spans; and how much to code twice."""

from qualcode.agreement.estimates import Estimate, Resampling, compute_replicates, draw_groups, estimate
from qualcode.agreement.label_sets import LabelSets, distance_alpha, jaccard_distance, masi_distance, number_sets
from qualcode.agreement.rating_patterns import MISSING, RatingPatterns, build_patterns
from qualcode.agreement.rating_sums import RatingSums, sum_ratings
from qualcode.agreement.statistic_table import INDICES, STATISTICS, Statistic, compute_statistics

__all__ = [
    "INDICES",
    "MISSING",
    "STATISTICS",
    "Estimate",
    "LabelSets",
    "RatingPatterns",
    "RatingSums",
    "Resampling",
    "Statistic",
    "build_patterns",
    "compute_replicates",
    "compute_statistics",
    "distance_alpha",
    "draw_groups",
    "estimate",
    "jaccard_distance",
    "masi_distance",
    "number_sets",
    "sum_ratings",
]
