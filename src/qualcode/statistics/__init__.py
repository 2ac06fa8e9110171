"""Statistics over arrays: resampling, intervals, tests, measures. No module here knows codes or transcripts."""

from qualcode.statistics.group_differences import ShareDifference, compare_shares
from qualcode.statistics.group_draws import Resampling, draw_groups
from qualcode.statistics.multiple_tests import adjust_p_values
from qualcode.statistics.network_centrality import CENTRALITIES, MOST_NODES, disparity_p_values, measure_centrality
from qualcode.statistics.pair_measures import PAIR_MEASURES, PairCounts, jaccard
from qualcode.statistics.pair_tests import EXACT_LIMIT, PairTest, hypergeometric_test, within_group_test
from qualcode.statistics.partition_similarity import adjusted_rand_index

__all__ = [
    "CENTRALITIES",
    "EXACT_LIMIT",
    "MOST_NODES",
    "PAIR_MEASURES",
    "PairCounts",
    "PairTest",
    "Resampling",
    "ShareDifference",
    "adjust_p_values",
    "adjusted_rand_index",
    "compare_shares",
    "disparity_p_values",
    "draw_groups",
    "hypergeometric_test",
    "jaccard",
    "measure_centrality",
    "within_group_test",
]
