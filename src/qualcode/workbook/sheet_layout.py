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
from qualcode.workbook.safe_text import FORMULA_STARTS, TextCleaner
from qualcode.workbook.styles import HEAD, TEXT, Style, build_template_cell

CellValue = str | int | float | None

LINE_HEIGHT = 15.0
"""Height in points of a line of 11 point text."""

_MAX_ROW_HEIGHT = 409.0  # Excel's limit, in points
_A4 = 9  # its number in the file format
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
        self.worksheet: Any = book.create_sheet(title)
        self.row_count = 0
        self._cleaner = cleaner
        self._widths = list(widths)
        self._template_cells: dict[tuple[Style, bool], Any] = {}
        # openpyxl creates a new cell, and catches an exception, for every styled value, which takes 1.7 times as long.
        # One cell for each style is enough, because a cell is serialised as soon as it is yielded.
        self.worksheet._values_to_row = self._cells
        _set_layout(self.worksheet, self._widths, freeze)

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

    def append_blank(self) -> int:
        """Write an empty row and return its number."""
        return self.append([])

    def append_header(self, columns: Iterable[Column]) -> int:
        """Write the header of a table and return its row number."""
        columns = list(columns)
        return self.append([column.title for column in columns], [column.header_style for column in columns])

    def _row_height(self, row: Iterable[tuple[CellValue, Style]]) -> float:
        lines = 1
        for (value, style), width in zip(row, self._widths, strict=False):
            if style.wrap and isinstance(value, str) and value:
                lines = max(lines, estimate_line_count(value, width))
        return min(lines * LINE_HEIGHT, _MAX_ROW_HEIGHT)

    def _cells(self, row: Iterable[tuple[CellValue, Style]], number: int) -> Iterator[Any]:
        for column, (value, style) in enumerate(row, 1):
            # Empty cells are not written, which keeps the file small; zeros and coloured cells are.
            if not value and value != 0 and not style.fill:
                continue
            # The type is set here, since openpyxl would make a formula of a text that begins with '='.
            if isinstance(value, str):
                content: CellValue = escape_cell(text := self._cleaner.clean(value))
                cell, data_type = self._template_cell(style, text[:1] in FORMULA_STARTS), "s"
            else:
                content, cell, data_type = value, self._template_cell(style, False), "n"
            cell.row, cell.column, cell._value, cell.data_type = number, column, content, data_type
            yield cell

    def _template_cell(self, style: Style, has_quote_prefix: bool) -> Any:
        cell = self._template_cells.get((style, has_quote_prefix))
        if cell is None:
            cell = build_template_cell(self.worksheet, style, has_quote_prefix=has_quote_prefix)
            self._template_cells[style, has_quote_prefix] = cell
        return cell


def estimate_line_count(text: str, width: float) -> int:
    """Return an estimate of the lines that a text takes in a column ``width`` digits wide."""
    line_length = max(width, width * _LETTERS_PER_DIGIT - _UNUSED_LETTERS)
    # Most cells are short, so this test saves most of the work.
    if len(text) <= line_length and text.isascii() and "\n" not in text:
        return 1
    return sum(max(1, math.ceil(_text_width(paragraph) / line_length)) for paragraph in text.split("\n"))


def _text_width(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_WIDE_CHARACTER.findall(text))


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
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.paperSize = _A4
    # One page wide; 0 is any number of pages high.
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.print_options.gridLines = True
    worksheet.HeaderFooter.oddFooter.left.text = "&A"
    worksheet.HeaderFooter.oddFooter.right.text = "Page &P of &N"
