"""Statistics over arrays: resampling, intervals, tests. No module here knows codes or transcripts."""

from qualcode.statistics.group_differences import ShareDifference, compare_shares
from qualcode.statistics.group_draws import Resampling, check_confidence, check_seed, draw_groups, make_resampling
from qualcode.statistics.group_tests import count_p_values, difference_p_values, rate_p_values
from qualcode.statistics.keyness import likelihood_p_value, log_likelihood, log_ratio
from qualcode.statistics.label_permutations import count_labels, permutation_p_values, permute_labels
from qualcode.statistics.multiple_tests import adjust_p_values
from qualcode.statistics.networks.network_centrality import (
    CENTRALITIES,
    MOST_NODES,
    disparity_p_values,
    measure_centrality,
)
from qualcode.statistics.networks.pair_measures import PAIR_MEASURES, PairCounts, jaccard
from qualcode.statistics.networks.pair_tests import EXACT_LIMIT, PairTest, hypergeometric_test, within_group_test
from qualcode.statistics.networks.partition_similarity import adjusted_rand_index
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
from qualcode.statistics.saturation_curves import (
    SaturationRule,
    count_new_codes,
    count_run_codes,
    draw_new_codes,
    expected_codes,
    find_saturation,
)
from qualcode.statistics.transitions import Transitions, count_transitions

__all__ = [
    "CENTRALITIES",
    "EXACT_LIMIT",
    "MAX_DRAWN_CLUSTERS",
    "MOST_NODES",
    "PAIR_MEASURES",
    "PairCounts",
    "PairTest",
    "ProportionPair",
    "Resampling",
    "SaturationRule",
    "ShareDifference",
    "Transitions",
    "adjust_p_values",
    "adjusted_rand_index",
    "check_confidence",
    "check_seed",
    "chi_square",
    "cohens_h",
    "compare_shares",
    "count_labels",
    "count_new_codes",
    "count_p_values",
    "count_run_codes",
    "count_transitions",
    "cramers_v",
    "difference_p_values",
    "disparity_p_values",
    "divide",
    "draw_groups",
    "draw_new_codes",
    "draw_ratios",
    "expected_codes",
    "find_saturation",
    "fisher_p_values",
    "hypergeometric_test",
    "jaccard",
    "likelihood_p_value",
    "linearised_interval",
    "log_likelihood",
    "log_ratio",
    "make_resampling",
    "measure_centrality",
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
    "within_group_test",
]
