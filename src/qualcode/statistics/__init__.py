"""Statistics over arrays: resampling, intervals, tests, measures. No module here knows codes or transcripts."""

from qualcode.statistics.group_draws import Resampling, draw_groups
from qualcode.statistics.multiple_tests import adjust_p_values
from qualcode.statistics.pair_measures import PAIR_MEASURES, PairCounts, jaccard
from qualcode.statistics.pair_tests import EXACT_LIMIT, PairTest, hypergeometric_test, within_group_test

__all__ = [
    "EXACT_LIMIT",
    "PAIR_MEASURES",
    "PairCounts",
    "PairTest",
    "Resampling",
    "adjust_p_values",
    "draw_groups",
    "hypergeometric_test",
    "jaccard",
    "within_group_test",
]
