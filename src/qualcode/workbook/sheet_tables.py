"""Excel tables in sheets: names, filters, pages, and numbers that follow the filter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from qualcode.files.tables.cell_escapes import escape_cell
from qualcode.workbook.cell_stream import Formula
from qualcode.workbook.sheet_layout import Column, SheetWriter, cell_range, count_pages
from qualcode.workbook.sheet_names import make_table_name
from qualcode.workbook.styles import LIVE, LIVE_COUNT, LIVE_SHARE, Style, lined

_COUNT_FILLED, _SUM, _COUNT_NUMBERS = 103, 109, 102
"""Functions of SUBTOTAL that leave out rows which a filter or a person has hidden."""
_UNDEFINED = "n/a"


def table_styles(columns: Iterable[Column]) -> list[Style]:
    """Return the styles of the cells of a table's row."""
    return [lined(column.style) for column in columns]


def wrap_notes(notes: Iterable[str], columns: Iterable[Column]) -> list[str]:
    """Return notes in lines that are not wider than a page of the table, so that pages show them in full."""
    width = sum(column.width for column in columns)
    return [line for note in notes for line in textwrap.wrap(note, max(110, int(width / count_pages(width))))]


def finish_table(
    sheet: SheetWriter, name: str, head: int, *, printed: int | None = None, labels: int = 1, last: int = 0
) -> None:
    """Make the rows below a header a table with a filter, and set up its pages.

    Parameters
    ----------
    name
        Of the table, if it is valid and not taken.
    head
        Row of the header, which printed pages repeat.
    printed
        Number of columns that are printed; all if not given.
    labels
        Number of columns that are repeated, if the table is printed on several pages side by side.
    last
        Last row of the table, if it is not that of the sheet.
    """
    width, last = len(sheet.titles), last or sheet.row_count
    sheet.worksheet.print_title_rows = f"{head}:{head}"
    sheet.worksheet.print_area = cell_range((1, 1), (last, sheet.fit_pages(printed or width)))
    if sheet.worksheet.page_setup.fitToWidth > 1:
        sheet.worksheet.print_title_cols = f"A:{get_column_letter(labels)}"
    add_table(sheet, name, (head, last))


def add_table(sheet: SheetWriter, name: str, rows: tuple[int, int]) -> None:
    """Make the rows from a header to a last row a table; one without rows would be invalid."""
    if rows[1] > rows[0]:
        cells = cell_range((rows[0], 1), (rows[1], len(sheet.titles)))
        # openpyxl's add_table warns that in write-only mode titles must be given, which they are.
        sheet.worksheet._tables.add(_make_table(sheet, name, cells))


def _make_table(sheet: SheetWriter, name: str, cells: str) -> Table:
    taken = [table for other in sheet.worksheet.parent.worksheets for table in other.tables]
    # The titles are given here: in write-only mode openpyxl does not read them from the cells.
    return Table(
        displayName=make_table_name(name, taken),
        ref=cells,
        autoFilter=AutoFilter(ref=cells),
        tableColumns=[TableColumn(id=number, name=escape_cell(title)) for number, title in enumerate(sheet.titles, 1)],
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=True),
    )


def count_shown(column: int, rows: tuple[int, int]) -> Formula:
    """Return the number of rows that a filter shows, of a column without empty cells."""
    return Formula(_subtotal(_COUNT_FILLED, column, rows), rows[1] - rows[0] + 1)


def sum_shown(column: int, rows: tuple[int, int], values: Iterable[Any]) -> Formula:
    """Return the sum of a column over the rows that a filter shows."""
    return Formula(_subtotal(_SUM, column, rows), sum(values))


def share_shown(column: int, rows: tuple[int, int], values: Sequence[Any]) -> Formula:
    """Return the mean of a column of 0 and 1 over the rows that a filter shows; ``values`` has no empty cells."""
    total, base = (_subtotal(function, column, rows) for function in (_SUM, _COUNT_NUMBERS))
    share = sum(values) / len(values) if values else _UNDEFINED
    return Formula(f'IF({base}=0,"{_UNDEFINED}",{total}/{base})', share)


def append_shown(sheet: SheetWriter, noun: str, *, count: int, column: int) -> None:
    """Write how many rows the filter shows, of a table whose header is the next row.

    Parameters
    ----------
    count
        Number of rows that the table will have.
    column
        A column of the table without empty cells.
    """
    if not count:
        sheet.append_blank()
        return
    first = sheet.row_count + 3
    shown = count_shown(column, (first, first + count - 1))
    share = Formula(f"{shown.text}/{count}", 1)
    sheet.append([f"{noun} shown", None, shown, f"of {count:,}", share], [LIVE, LIVE, LIVE_COUNT, LIVE, LIVE_SHARE])


def _subtotal(function: int, column: int, rows: tuple[int, int]) -> str:
    letter = get_column_letter(column)
    return f"SUBTOTAL({function},{letter}{rows[0]}:{letter}{rows[1]})"
