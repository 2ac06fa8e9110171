"""Agreement between coders: coefficients with their intervals, on units and on spans; and how much to code twice."""

from qualcode.agreement.estimates import Estimate, compute_replicates, estimate
from qualcode.agreement.label_sets import LabelSets, distance_alpha, jaccard_distance, masi_distance, number_sets
from qualcode.agreement.rating_patterns import MISSING, RatingPatterns, build_patterns
from qualcode.agreement.rating_sums import RatingSums, sum_ratings
from qualcode.agreement.sample_size import (
    UnitPlan,
    agreement_correlation,
    design_effect,
    expected_lower_limit,
    plan_groups,
    plan_units,
)
from qualcode.agreement.span_arrays import Spans, make_spans
from qualcode.agreement.span_matches import MatchSums, SpanMatches, compute_span_statistics, match_spans, sum_matches
from qualcode.agreement.statistic_table import INDICES, STATISTICS, Statistic, compute_statistics
from qualcode.agreement.unitizing_alpha import unitizing_alpha
from qualcode.agreement.unitizing_alpha_2004 import unitizing_alpha_2004

__all__ = [
    "INDICES",
    "MISSING",
    "STATISTICS",
    "Estimate",
    "LabelSets",
    "MatchSums",
    "RatingPatterns",
    "RatingSums",
    "SpanMatches",
    "Spans",
    "Statistic",
    "UnitPlan",
    "agreement_correlation",
    "build_patterns",
    "compute_replicates",
    "compute_span_statistics",
    "compute_statistics",
    "design_effect",
    "distance_alpha",
    "estimate",
    "expected_lower_limit",
    "jaccard_distance",
    "make_spans",
    "masi_distance",
    "match_spans",
    "number_sets",
    "plan_groups",
    "plan_units",
    "sum_matches",
    "sum_ratings",
    "unitizing_alpha",
    "unitizing_alpha_2004",
]
