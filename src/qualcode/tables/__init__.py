"""Counts as pandas DataFrames, with stable column names and with notes."""

from qualcode.tables.comparison_table import COMPARISON_COLUMNS, ComparisonOptions, comparison_rows
from qualcode.tables.frames import NotedFrame, add_notes, list_records, list_values, make_frame, notes_html, table_html
from qualcode.tables.pair_table import PAIR_COLUMNS, cooccurrence_matrix, cooccurrence_table, spread_units
from qualcode.tables.theme_table import THEME_COLUMNS, GroupMasks, group_columns, theme_table

__all__ = [
    "COMPARISON_COLUMNS",
    "PAIR_COLUMNS",
    "THEME_COLUMNS",
    "ComparisonOptions",
    "GroupMasks",
    "NotedFrame",
    "add_notes",
    "comparison_rows",
    "cooccurrence_matrix",
    "cooccurrence_table",
    "group_columns",
    "list_records",
    "list_values",
    "make_frame",
    "notes_html",
    "spread_units",
    "table_html",
    "theme_table",
]
