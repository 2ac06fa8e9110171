"""Names that are left in a study: an accent- and case-folded search of its own, over every file of the folder."""

from qualcode.pseudonyms.leak_check.leaks import find_leaks, find_leaks_in_labels, leak_check_limits

__all__ = ["find_leaks", "find_leaks_in_labels", "leak_check_limits"]
