"""A sheet that is written row by row, in constant memory."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from qualcode.workbook.safe_text import FORMULA_STARTS, TextCleaner
from qualcode.workbook.styles import HEAD, TEXT, Style, build_template_cell

CellValue = str | int | float | None

LINE_HEIGHT = 15.0
"""Points that a line of 11 point text takes."""

_MAX_ROW_HEIGHT = 409.0
_A4 = 9
_LETTERS_PER_DIGIT, _LETTERS_LOST = 1.15, 2
"""Letters of running text that take the width of a digit, and those lost where words end before the line does."""
_WIDE_CHARACTER = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0003fffd]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its width in digits, and how its cells look."""

    title: str
    width: float
    style: Style = TEXT
    header_style: Style = HEAD


class SheetWriter:
    """A sheet under way: rows are appended, and what they hold is made safe."""

    def __init__(
        self, book: Workbook, title: str, *, cleaner: TextCleaner, widths: Iterable[float], freeze: str
    ) -> None:
        self.worksheet: Any = book.create_sheet(title)
        self.row_count = 0
        self._cleaner = cleaner
        self._widths = list(widths)
        self._template_cells: dict[tuple[Style, bool], Any] = {}
        # openpyxl makes a new cell, and catches an exception, for every styled value: 1.7 times the time. This
        # writes all values with one cell a style, which holds since a cell is serialised as soon as it is yielded.
        self.worksheet._values_to_row = self._cells
        _set_layout(self.worksheet, self._widths, freeze)

    def append(
        self, values: Sequence[CellValue], styles: Style | Sequence[Style] = TEXT, *, height: float | None = None
    ) -> int:
        """Write a row, by default as high as its longest wrapped text needs; return its number."""
        looks = repeat(styles, len(values)) if isinstance(styles, Style) else styles
        row = list(zip(values, looks, strict=True))
        self.row_count += 1
        points = self._row_height(row) if height is None else height
        # Kept only until the row is written. A RowDimension gives these very attributes, at a tenth of the row's cost.
        self.worksheet.row_dimensions[self.row_count] = {"ht": f"{points:g}", "customHeight": "1"}
        self.worksheet.append(row)
        del self.worksheet.row_dimensions[self.row_count]
        return self.row_count

    def append_blank(self) -> int:
        """Write an empty row."""
        return self.append([])

    def append_header(self, columns: Iterable[Column]) -> int:
        """Write the header of a table."""
        columns = list(columns)
        return self.append([column.title for column in columns], [column.header_style for column in columns])

    def _row_height(self, row: Iterable[tuple[CellValue, Style]]) -> float:
        needed = 1
        for (value, style), width in zip(row, self._widths, strict=False):
            if style.wrap and isinstance(value, str) and value:
                needed = max(needed, estimate_line_count(value, width))
        return min(needed * LINE_HEIGHT, _MAX_ROW_HEIGHT)

    def _cells(self, row: Iterable[tuple[CellValue, Style]], number: int) -> Iterator[Any]:
        for column, (value, style) in enumerate(row, 1):
            if not value and value != 0 and not style.fill:
                continue
            if isinstance(value, str):
                shown: CellValue = (text := self._cleaner.clean(value))
                cell, kind = self._template_cell(style, text[:1] in FORMULA_STARTS), "s"
            else:
                shown, cell, kind = value, self._template_cell(style, False), "n"
            cell.row, cell.column, cell._value, cell.data_type = number, column, shown, kind
            yield cell

    def _template_cell(self, style: Style, guarded: bool) -> Any:
        cell = self._template_cells.get((style, guarded))
        if cell is None:
            cell = self._template_cells[style, guarded] = build_template_cell(
                self.worksheet, style, has_quote_prefix=guarded
            )
        return cell


def estimate_line_count(text: str, width: float) -> int:
    """Estimate how many lines a text takes in a column that is ``width`` digits wide."""
    room = max(width, width * _LETTERS_PER_DIGIT - _LETTERS_LOST)
    if len(text) <= room and text.isascii() and "\n" not in text:
        return 1
    return sum(max(1, math.ceil(_text_width(part) / room)) for part in text.split("\n"))


def _text_width(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_WIDE_CHARACTER.findall(text))


def cell_range(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return the range between two cells, each a row and a column from 1."""
    return f"{get_column_letter(first[1])}{first[0]}:{get_column_letter(last[1])}{last[0]}"


def consecutive_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return rising numbers as ranges of neighbours, both ends included."""
    found = [list(run) for _, run in groupby(enumerate(numbers), key=_value_minus_index)]
    return [(run[0][1], run[-1][1]) for run in found]


def _value_minus_index(pair: tuple[int, int]) -> int:
    return pair[1] - pair[0]


def _set_layout(inner: Any, widths: Sequence[float], freeze: str) -> None:
    """Set what openpyxl writes before the rows, and the printed page."""
    for position, width in enumerate(widths, 1):
        inner.column_dimensions[get_column_letter(position)].width = width
    inner.freeze_panes = freeze
    inner.sheet_properties.pageSetUpPr.fitToPage = True
    inner.page_setup.orientation = "landscape"
    inner.page_setup.paperSize = _A4
    inner.page_setup.fitToWidth, inner.page_setup.fitToHeight = 1, 0
    inner.print_options.gridLines = True
    inner.HeaderFooter.oddFooter.left.text = "&A"
    inner.HeaderFooter.oddFooter.right.text = "Page &P of &N"
