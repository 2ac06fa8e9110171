"""Statistics over arrays: resampling, intervals, tests. No module here knows codes or transcripts."""

from qualcode.statistics.group_draws import Resampling, check_seed, draw_groups, make_resampling
from qualcode.statistics.group_tests import count_p_values, difference_p_values, rate_p_values
from qualcode.statistics.label_permutations import count_labels, permutation_p_values, permute_labels
from qualcode.statistics.multiple_tests import adjust_p_values
from qualcode.statistics.proportions import (
    ProportionPair,
    chi_square,
    cohens_h,
    cramers_v,
    divide,
    fisher_p_values,
    newcombe_interval,
    normal_quantile,
    odds_ratio,
    risk_ratio,
    trend_chi_square,
    trend_z,
    wilson_interval,
)
from qualcode.statistics.ratio_intervals import (
    MAX_DRAWN_CLUSTERS,
    draw_ratios,
    linearised_interval,
    percentile_interval,
    quotient_interval,
    ratio_errors,
    ratio_interval,
)

__all__ = [
    "MAX_DRAWN_CLUSTERS",
    "ProportionPair",
    "Resampling",
    "adjust_p_values",
    "check_seed",
    "chi_square",
    "cohens_h",
    "count_labels",
    "count_p_values",
    "cramers_v",
    "difference_p_values",
    "divide",
    "draw_groups",
    "draw_ratios",
    "fisher_p_values",
    "linearised_interval",
    "make_resampling",
    "newcombe_interval",
    "normal_quantile",
    "odds_ratio",
    "percentile_interval",
    "permutation_p_values",
    "permute_labels",
    "quotient_interval",
    "rate_p_values",
    "ratio_errors",
    "ratio_interval",
    "risk_ratio",
    "trend_chi_square",
    "trend_z",
    "wilson_interval",
]
