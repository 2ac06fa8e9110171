"""Counts as pandas DataFrames, with stable column names and with notes."""

from qualcode.tables.frames import NotedFrame, add_notes, list_records, list_values, make_frame, notes_html, table_html
from qualcode.tables.pair_table import PAIR_COLUMNS, cooccurrence_matrix, cooccurrence_table, spread_units
from qualcode.tables.theme_table import THEME_COLUMNS, GroupMasks, make_group_frame, theme_table

__all__ = [
    "PAIR_COLUMNS",
    "THEME_COLUMNS",
    "GroupMasks",
    "NotedFrame",
    "add_notes",
    "cooccurrence_matrix",
    "cooccurrence_table",
    "list_records",
    "list_values",
    "make_frame",
    "make_group_frame",
    "notes_html",
    "spread_units",
    "table_html",
    "theme_table",
]
