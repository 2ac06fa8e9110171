"""Statistics over arrays: resampling, intervals, tests. No module here knows codes or transcripts."""

from qualcode.statistics.group_draws import Resampling, draw_groups
from qualcode.statistics.multiple_tests import adjust_p_values

__all__ = ["Resampling", "adjust_p_values", "draw_groups"]
