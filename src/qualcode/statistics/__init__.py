"""Statistics over arrays: resampling, intervals, tests. No module here knows codes or transcripts."""

from qualcode.statistics.group_draws import Resampling, draw_groups
from qualcode.statistics.keyness import likelihood_p_value, log_likelihood, log_ratio
from qualcode.statistics.multiple_tests import adjust_p_values
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
    "Resampling",
    "SaturationRule",
    "Transitions",
    "adjust_p_values",
    "count_new_codes",
    "count_run_codes",
    "count_transitions",
    "draw_groups",
    "draw_new_codes",
    "expected_codes",
    "find_saturation",
    "likelihood_p_value",
    "log_likelihood",
    "log_ratio",
]
