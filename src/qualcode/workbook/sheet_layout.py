"""Writing of sheets row by row in constant memory, with widths, row heights and page setup."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any, ClassVar

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from qualcode.files.tables.cell_escapes import escape_cell
from qualcode.workbook.cell_stream import CellStream, Formula, StreamedCell
from qualcode.workbook.safe_text import FORMULA_STARTS, TextCleaner
from qualcode.workbook.sheet_names import make_sheet_name, make_titles
from qualcode.workbook.styles import HEAD, TEXT, Style, build_template_cell

CellValue = str | int | float | Formula | None

LINE_HEIGHT = 15.0
"""Height in points of a line of 11 point text."""

MAX_LINKS = 65_000
"""Links in a sheet; Excel's limit is slightly higher."""
MAX_ROWS = 1_048_576
"""Excel's limit for the rows of a sheet."""
_MAX_ROW_HEIGHT = 409.0  # Excel's limit, in points
_A4 = 9  # its number in the file format
_SIDE_MARGIN = 0.4  # in inches
_MOST_DIGITS_OF_PAGE = 235
"""Width of what one page shows; wider, and text of 11 points becomes smaller than 7."""
_LEAST_DIGITS_OF_PAGE, _USUAL_WIDTH = 120, 8.43
"""Width of what a page shows at least, and width of a column that has none of its own."""
_BOLD = 0.88
"""Share of letters that fit into a column in bold."""
_LETTERS_PER_DIGIT, _UNUSED_LETTERS = 1.15, 2
"""Letters of running text in the width of a digit, and letters that a line leaves unused at its end."""
# Chinese, Japanese and Korean characters, full-width forms and emoji are two digits wide.
_WIDE_CHARACTER = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0003fffd]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: title, width in digits, styles of cells and header."""

    title: str
    width: float
    style: Style = TEXT
    header_style: Style = HEAD


class SheetWriter:
    """A sheet to which rows are appended; their texts are cleaned for Excel."""

    row_format: ClassVar[Mapping[str, str]] = {"customHeight": "1"}
    """Attributes of every row; without a custom height, a row grows with the text that is typed into it."""

    def __init__(
        self, book: Workbook, title: str, *, cleaner: TextCleaner, widths: Iterable[float], freeze: str
    ) -> None:
        self.worksheet: Any = book.create_sheet(make_sheet_name(title, book.sheetnames))
        self.name: str = self.worksheet.title
        """The name on the sheet's tab."""
        self.row_count = 0
        self.titles: list[str] = []
        """Titles of the columns of the last table, and the row that they are in."""
        self.header_row = 0
        self._cleaner = cleaner
        self._widths = list(widths)
        self._letters = [get_column_letter(column) for column in range(1, len(self._widths) + 1)]
        self._style_numbers: dict[tuple[Style, bool], str] = {}
        # openpyxl creates a new cell, and catches an exception, for every styled value, which takes 1.7 times as long.
        self.worksheet._values_to_row = self._cells
        self.worksheet._get_writer = self._open_stream
        _set_layout(self.worksheet, self._widths, freeze)

    def _open_stream(self) -> CellStream:
        """Return the stream of the sheet; what is above its rows is written when it is opened, before the first row."""
        if self.worksheet._writer is None:
            self.worksheet._writer = CellStream(self.worksheet)
            self.worksheet._writer.write_top()
        stream: CellStream = self.worksheet._writer
        return stream

    def link(self, row: int, column: int, location: str) -> None:
        """Link a cell to a place in the workbook; beyond Excel's limit of links in a sheet, it is left out."""
        links = self._open_stream().links
        if len(links) < MAX_LINKS:
            links.append((f"{get_column_letter(column)}{row}", location))

    def place(self, row: int, column: int = 1) -> str:
        """Return a cell of the sheet as a place that links lead to."""
        return cell_place(self.name, f"{get_column_letter(column)}{row}")

    def fit_pages(self, columns: int) -> int:
        """Print the first columns on as many pages side by side as keep their text readable.

        Returns the number of columns to print: in a narrow sheet also empty ones, where notes have room.
        """
        width = sum(self._widths[:columns])
        self.worksheet.page_setup.fitToWidth = count_pages(width)
        return columns + max(0, math.ceil((_LEAST_DIGITS_OF_PAGE - width) / _USUAL_WIDTH))

    def append(
        self, values: Sequence[CellValue], styles: Style | Sequence[Style] = TEXT, *, height: float | None = None
    ) -> int:
        """Write a row and return its number; the default height fits the longest wrapped text."""
        cell_styles = repeat(styles, len(values)) if isinstance(styles, Style) else styles
        row = list(zip(values, cell_styles, strict=True))
        self.row_count += 1
        points = self._row_height(row) if height is None else height
        # A RowDimension gives the same attributes but takes longer; the entry is needed until the row is written.
        self.worksheet.row_dimensions[self.row_count] = {"ht": f"{points:g}", **self.row_format}
        self.worksheet.append(row)
        del self.worksheet.row_dimensions[self.row_count]
        return self.row_count

    def append_merged(
        self, label: CellValue, value: CellValue, *, to_column: int, style: Style = TEXT, label_style: Style = TEXT
    ) -> int:
        """Write a label and beside it a value over several columns, or without a value the label over all of them."""
        first = 1 if value is None else 2
        text = label if value is None else value
        widths = self._widths[first - 1 : to_column]
        lines = estimate_line_count(text, sum(widths)) if isinstance(text, str) else 1
        if value is not None and isinstance(label, str):
            lines = max(lines, estimate_line_count(label, self._widths[0]))
        cells = [(label, style)] if value is None else [(label, label_style), (value, style)]
        row = self.append(*map(list, zip(*cells, strict=True)), height=min(lines * LINE_HEIGHT + 1, _MAX_ROW_HEIGHT))
        self.worksheet.merged_cells.add(cell_range((row, first), (row, to_column)))
        return row

    def append_blank(self) -> int:
        """Write an empty row and return its number."""
        return self.append([])

    def append_header(
        self, columns: Iterable[Column], *, beside: Sequence[Column | None] = (), height: float | None = None
    ) -> int:
        """Write the header of a table and return its row number; its titles are as Excel needs them to be.

        ``beside`` has titles of columns to the right, which are no part of the table.
        """
        columns = list(columns)
        self.titles = make_titles([column.title for column in columns])
        values = [*self.titles, *(column.title if column else None for column in beside)]
        styles = [column.header_style if column else TEXT for column in [*columns, *beside]]
        self.header_row = self.append(values, styles, height=height)
        return self.header_row

    def _row_height(self, row: Iterable[tuple[CellValue, Style]]) -> float:
        lines = 1
        for (value, style), width in zip(row, self._widths, strict=False):
            if style.wrap and isinstance(value, str) and value:
                lines = max(lines, estimate_line_count(value, width * _BOLD if style.bold else width))
        return min(lines * LINE_HEIGHT, _MAX_ROW_HEIGHT)

    def _cells(self, row: Iterable[tuple[CellValue, Style]], number: int) -> Iterator[StreamedCell]:
        letters = self._letters
        for column, (value, style) in enumerate(row):
            # Empty cells are not written, which keeps the file small; zeros, coloured and lined cells are.
            if not value and value != 0:
                if style.fill or style.has_line:
                    yield StreamedCell(f"{letters[column]}{number}", self._style_number(style, False), None)
                continue
            reference = f"{letters[column]}{number}"
            if isinstance(value, str):
                text = self._cleaner.clean(value, sheet=self.name, cell=reference)
                number_of_style = self._style_number(style, text[:1] in FORMULA_STARTS)
                yield StreamedCell(reference, number_of_style, escape_cell(text))
            else:
                yield StreamedCell(reference, self._style_number(style, False), value)

    def _style_number(self, style: Style, has_quote_prefix: bool) -> str:
        number = self._style_numbers.get((style, has_quote_prefix))
        if number is None:
            cell = build_template_cell(self.worksheet, style, has_quote_prefix=has_quote_prefix)
            number = self._style_numbers[style, has_quote_prefix] = str(cell.style_id)
        return number


def estimate_line_count(text: str, width: float) -> int:
    """Return an estimate of the lines that a text takes in a column ``width`` digits wide."""
    line_length = max(width, width * _LETTERS_PER_DIGIT - _UNUSED_LETTERS)
    # Most cells are short, so this test saves most of the work.
    if len(text) <= line_length and text.isascii() and "\n" not in text:
        return 1
    return sum(max(1, math.ceil(_text_width(paragraph) / line_length)) for paragraph in text.split("\n"))


def _text_width(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_WIDE_CHARACTER.findall(text))


def count_pages(width: float) -> int:
    """Return on how many pages side by side a width in digits is printed, so that its text can be read."""
    return max(1, math.ceil(width / _MOST_DIGITS_OF_PAGE))


def cell_place(sheet: str, cell: str) -> str:
    """Return a cell of a sheet as links name it.

    >>> cell_place("O'Brien", "A3")
    "'O''Brien'!A3"
    """
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def cell_range(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return a range such as "A1:C2" between two cells, each given as row and column from 1."""
    return f"{get_column_letter(first[1])}{first[0]}:{get_column_letter(last[1])}{last[0]}"


def consecutive_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as ranges of consecutive ones, both ends included."""
    # In a run of consecutive numbers, number less position is constant.
    runs = [list(run) for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return [(run[0][1], run[-1][1]) for run in runs]


def _set_layout(worksheet: Any, widths: Sequence[float], freeze: str) -> None:
    """Set what openpyxl writes before the rows (widths, frozen panes), and the page setup."""
    for position, width in enumerate(widths, 1):
        worksheet.column_dimensions[get_column_letter(position)].width = width
    worksheet.freeze_panes = freeze
    worksheet.sheet_view.showGridLines = False  # tables have lines of their own
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = _A4
    # One page wide; 0 is any number of pages high.
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    margins = worksheet.page_margins
    margins.left = margins.right = _SIDE_MARGIN
    worksheet.HeaderFooter.oddFooter.left.text = "&A"
    worksheet.HeaderFooter.oddFooter.right.text = "Page &P of &N"
