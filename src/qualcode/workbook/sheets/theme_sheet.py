"""The sheet "Themes": a table of frequencies, with charts to its right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import pandas as pd

from qualcode.workbook.cell_stream import Formula
from qualcode.workbook.sheet_colours import build_data_bar
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.sheet_tables import finish_table, sum_shown
from qualcode.workbook.sheets.charts import CHART_COLUMNS, BarChartData, add_charts, bar_rows, build_charts
from qualcode.workbook.sheets.count_captions import base_notes, cell_value
from qualcode.workbook.styles import (
    BLANK,
    CAPTION,
    COUNT,
    HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    LIVE,
    LIVE_COUNT,
    LIVE_SHARE,
    PLAIN,
    RATE,
    SHARE,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    Style,
    level_style,
    linked,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

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

_CODINGS = _KEYS.index("codings")
_LINKED = "A number of codings leads to the first of its quotes; the quotes of a code are one block."

_CHART_COLUMN = len(_TABLE_COLUMNS) + 2
_BAR_LABEL_COLUMN = _CHART_COLUMN + CHART_COLUMNS + 1
_GAP_COLUMNS = _BAR_LABEL_COLUMN - 1 - len(_TABLE_COLUMNS)
_WIDTHS = [*(column.width for column in _TABLE_COLUMNS), 3, *[9.0] * (_GAP_COLUMNS - 1), 38, 9]


def write_theme_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write the table of frequencies and, to its right, one chart for each family."""
    notes = [*base_notes(content.themes), _LINKED] if content.has_links else base_notes(content.themes)
    sheet = draft.open_sheet("Themes", widths=_WIDTHS, freeze=f"D{len(notes) + 4}")
    sheet.append(["Frequency of codes, families and themes"], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    _append_shown(sheet, content.themes)
    charts = build_charts(content)
    head = _write_head(sheet, charts)
    # A write-only sheet is written row by row, so the data of the charts are in the rows of the table.
    for row, bar in zip_longest(_rows(content.themes), bar_rows(charts)):
        number = sheet.append(*_join_row_and_bar(row, bar, is_linked=content.has_links))
        if row and content.has_links and row[0] != "theme" and row[_CODINGS]:
            draft.links.append((sheet, number, _CODINGS + 1, ("code", str(row[1]))))
    chart_ranges = add_charts(
        sheet.worksheet, charts, row=head + 1, column=_CHART_COLUMN, value_column=_BAR_LABEL_COLUMN + 1
    )
    _finish(sheet, head, head + len(content.themes), chart_ranges)


def _append_shown(sheet: SheetWriter, frame: pd.DataFrame) -> None:
    """Write the codings of the codes that the filter shows; a coding is of one code, so that own codings add up."""
    values = frame["own_codings"].tolist()
    if not sum(values):
        sheet.append_blank()
        return
    first = sheet.row_count + 3
    shown = sum_shown(_CODINGS + 2, (first, first + len(values) - 1), values)
    share = Formula(f"{shown.text}/{sum(values)}", 1)
    sheet.append(
        [None, None, "Own codings of the rows shown, and their share", None, shown, share],
        [LIVE, LIVE, LIVE, LIVE, LIVE_COUNT, LIVE_SHARE],
    )


def _write_head(sheet: SheetWriter, charts: list[BarChartData]) -> int:
    chart_data = ["Data of the charts", "Units"] if charts else []
    columns = [Column(title, 0, BLANK, style) for title, style in zip(chart_data, (HEAD, HEAD_RIGHT), strict=False)]
    return sheet.append_header(_TABLE_COLUMNS, beside=[*[None] * _GAP_COLUMNS, *columns] if charts else ())


def _rows(frame: pd.DataFrame) -> Iterator[list[CellValue]]:
    return ([cell_value(value) for value in row] for row in frame[_KEYS].itertuples(index=False))


def _join_row_and_bar(
    row: list[CellValue] | None, bar: tuple[str, int] | None, *, is_linked: bool
) -> tuple[list[CellValue], list[Style]]:
    """Return values and styles of one sheet row: a row of the table, a gap for the charts, a row of chart data."""
    left: list[CellValue] = row or [None] * len(_TABLE_COLUMNS)
    level = str(left[0]) if row else ""
    styles = [level_style(column.style, level) for column in _TABLE_COLUMNS] if row else [BLANK] * len(_TABLE_COLUMNS)
    if is_linked and left[_CODINGS] and level != "theme":
        styles[_CODINGS] = linked(styles[_CODINGS])
    return [*left, *[None] * _GAP_COLUMNS, *(bar or [None, None])], [*styles, *[BLANK] * _GAP_COLUMNS, PLAIN, COUNT]


def _finish(sheet: SheetWriter, head: int, last: int, chart_ranges: list[str]) -> None:
    """Make the rows a table with bars of shares, and print the table and each chart on separate pages."""
    finish_table(sheet, "Themes", head, last=last)
    sheet.worksheet.print_area = [cell_range((1, 1), (last, len(_TABLE_COLUMNS))), *chart_ranges]
    if last > head:
        share = _KEYS.index("share_of_cases") + 1
        sheet.worksheet.conditional_formatting.add(cell_range((head + 1, share), (last, share)), build_data_bar())
