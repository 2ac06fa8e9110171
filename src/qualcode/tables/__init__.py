"""Counts as pandas DataFrames, with stable column names and with notes."""

from qualcode.tables.code_matrix import code_matrix
from qualcode.tables.comparison_table import COMPARISON_COLUMNS, ComparisonOptions, comparison_rows
from qualcode.tables.crosstab_table import (
    CELL_COLUMNS,
    CROSSTAB_COLUMNS,
    CrosstabCells,
    CrosstabOptions,
    attribute_crosstab_rows,
    crosstab_rows,
    spread_values,
)
from qualcode.tables.frames import (
    NotedFrame,
    add_notes,
    join_tables,
    list_records,
    list_values,
    make_frame,
    notes_html,
    table_html,
)
from qualcode.tables.pair_table import PAIR_COLUMNS, cooccurrence_matrix, cooccurrence_table, spread_units
from qualcode.tables.position_table import POSITION_COLUMNS, position_rows
from qualcode.tables.theme_table import THEME_COLUMNS, GroupMasks, group_columns, make_group_frame, theme_table

__all__ = [
    "CELL_COLUMNS",
    "COMPARISON_COLUMNS",
    "CROSSTAB_COLUMNS",
    "PAIR_COLUMNS",
    "POSITION_COLUMNS",
    "THEME_COLUMNS",
    "ComparisonOptions",
    "CrosstabCells",
    "CrosstabOptions",
    "GroupMasks",
    "NotedFrame",
    "add_notes",
    "attribute_crosstab_rows",
    "code_matrix",
    "comparison_rows",
    "cooccurrence_matrix",
    "cooccurrence_table",
    "crosstab_rows",
    "group_columns",
    "join_tables",
    "list_records",
    "list_values",
    "make_frame",
    "make_group_frame",
    "notes_html",
    "position_rows",
    "spread_units",
    "spread_values",
    "table_html",
    "theme_table",
]
