"""The sheet "Themes": a table of frequencies, with charts to its right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pandas as pd
from openpyxl import Workbook

from qualcode.workbook.charts import CHART_COLUMNS, BarChartData, add_charts, bar_rows, build_charts
from qualcode.workbook.count_captions import base_notes, cell_value
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.styles import (
    BLANK,
    CAPTION,
    COUNT,
    HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    RATE,
    SHARE,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    Style,
    level_style,
)
from qualcode.workbook.workbook_content import WorkbookContent

_TABLE_COLUMNS = (
    Column("Level", 8, PLAIN),
    Column("Code", 29, TEXT),
    Column("Name", 38, TEXT),
    Column("Codings", 10, COUNT, HEAD_RIGHT),
    Column("Own codings", 10, COUNT, HEAD_RIGHT),
    Column("Units", 9, COUNT, HEAD_RIGHT),
    Column("Transcripts", 12, COUNT, HEAD_RIGHT),
    Column("Cases", 9, COUNT, HEAD_RIGHT),
    Column("Share of cases", 11, SHARE, HEAD_RIGHT),
    Column("Share from", 8, SHARE, HEAD_RIGHT),
    Column("Share to", 8, SHARE, HEAD_RIGHT),
    Column("Words coded", 10, COUNT, HEAD_RIGHT),
    Column("Codings per 1,000 words", 14, RATE, HEAD_RIGHT),
    Column("Rate from", 8, RATE, HEAD_RIGHT),
    Column("Rate to", 8, RATE, HEAD_RIGHT),
    Column("Coder", 18, TEXT_INDENTED, HEAD_INDENTED),
    Column("Unit", 12, TEXT),
)
_KEYS = (
    "level code name codings own_codings units transcripts cases share_of_cases share_low share_high words "
    "codings_per_1000_words rate_low rate_high coder unit"
).split()

_CHART_COLUMN = len(_TABLE_COLUMNS) + 2
_BAR_LABEL_COLUMN = _CHART_COLUMN + CHART_COLUMNS + 1
_GAP_COLUMNS = _BAR_LABEL_COLUMN - 1 - len(_TABLE_COLUMNS)
_WIDTHS = [*(column.width for column in _TABLE_COLUMNS), 3, *[9.0] * (_GAP_COLUMNS - 1), 38, 9]


def write_theme_sheet(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write the table of frequencies and, to its right, one chart for each family."""
    notes = base_notes(content.themes)
    sheet = SheetWriter(book, "Themes", cleaner=cleaner, widths=_WIDTHS, freeze=f"A{len(notes) + 3}")
    sheet.append(["Frequency of codes, families and themes"], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    charts = build_charts(content)
    head = _write_head(sheet, charts)
    # A write-only sheet is written row by row, so the data of the charts are in the rows of the table.
    for row, bar in zip_longest(_rows(content.themes), bar_rows(charts)):
        sheet.append(*_join_row_and_bar(row, bar))
    chart_ranges = add_charts(
        sheet.worksheet, charts, row=head + 1, column=_CHART_COLUMN, value_column=_BAR_LABEL_COLUMN + 1
    )
    _finish(sheet.worksheet, head, head + len(content.themes), chart_ranges)


def _write_head(sheet: SheetWriter, charts: list[BarChartData]) -> int:
    chart_data = ["Data of the charts", "Units"] if charts else []
    values = [*(column.title for column in _TABLE_COLUMNS), *[None] * _GAP_COLUMNS, *chart_data]
    return sheet.append(
        values,
        [*(column.header_style for column in _TABLE_COLUMNS), *[BLANK] * _GAP_COLUMNS, HEAD, HEAD_RIGHT][: len(values)],
    )


def _rows(frame: pd.DataFrame) -> Iterator[list[CellValue]]:
    return ([cell_value(value) for value in row] for row in frame[_KEYS].itertuples(index=False))


def _join_row_and_bar(row: list[CellValue] | None, bar: tuple[str, int] | None) -> tuple[list[CellValue], list[Style]]:
    """Return values and styles of one sheet row: a row of the table, a gap for the charts, a row of chart data."""
    left: list[CellValue] = row or [None] * len(_TABLE_COLUMNS)
    level = str(left[0]) if row else ""
    styles = [level_style(column.style, level) for column in _TABLE_COLUMNS] if row else [BLANK] * len(_TABLE_COLUMNS)
    return [*left, *[None] * _GAP_COLUMNS, *(bar or [None, None])], [*styles, *[BLANK] * _GAP_COLUMNS, PLAIN, COUNT]


def _finish(worksheet: Any, head: int, last: int, chart_ranges: list[str]) -> None:
    """Add a filter, and print the table and each chart on separate pages."""
    worksheet.auto_filter.ref = cell_range((head, 1), (last, len(_TABLE_COLUMNS)))
    worksheet.print_title_rows = f"{head}:{head}"
    worksheet.print_area = [cell_range((1, 1), (last, len(_TABLE_COLUMNS))), *chart_ranges]
