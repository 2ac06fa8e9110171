"""Sheets with cells to fill in: protection of the others, lists to choose from, and colours of what is filled in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.styles import FILL_IN_HEAD, HEAD, PALE, PLAIN, SECONDS_PER_DAY, Style, derive_style, rgb

TECHNICAL = derive_style(PLAIN, colour=PALE, fill="F2F2F2")
TECHNICAL_HEAD = derive_style(HEAD, colour=PALE, bold=False, fill="F2F2F2")

_MARGIN, _MARGIN_WITH_TEXT = 0.4, 0.6  # inches
_HEADER_HEIGHT = 20.0
_STRENGTH = 0.22
"""Share of a colour in its tint; the rest is white."""


class FillInSheet(SheetWriter):
    """A sheet whose rows grow with what is typed into them, and whose locked cells cannot be changed."""

    row_format: ClassVar[Mapping[str, str]] = {}  # no custom height

    def __init__(
        self,
        book: Workbook,
        title: str,
        columns: Sequence[Column],
        *,
        cleaner: TextCleaner,
        freeze: str,
        hidden: Collection[str] = (),
    ) -> None:
        super().__init__(book, title, cleaner=cleaner, widths=[column.width for column in columns], freeze=freeze)
        # Without lines, empty cells of hidden columns take no space in the file.
        self.columns = [column if column.title in hidden else _add_line(column) for column in columns]
        for name in hidden:
            self.worksheet.column_dimensions[self.letter(name)].hidden = True
        _protect(self.worksheet)
        if any(not column.style.is_locked for column in columns):
            self.worksheet.sheet_properties.tabColor = FILL_IN_HEAD.fill
        self.worksheet.print_options.gridLines = False
        margins = self.worksheet.page_margins
        margins.left = margins.right = margins.top = _MARGIN
        margins.bottom, margins.footer = _MARGIN_WITH_TEXT, _MARGIN / 2

    def append_titles(self) -> None:
        """Write the header of the table."""
        values, styles = zip(*((column.title, column.header_style) for column in self.columns), strict=True)
        self.append(values, styles, height=_HEADER_HEIGHT)

    def letter(self, title: str) -> str:
        """Return the letter of a column."""
        return get_column_letter([column.title for column in self.columns].index(title) + 1)

    def body(self, first: str, last: str | None = None) -> str:
        """Return the cells below the header from one column to another."""
        return f"{self.letter(first)}2:{self.letter(last or first)}{self.row_count}"

    def finish_table(self) -> None:
        """Add a filter, and repeat the header on printed pages."""
        self.worksheet.auto_filter.ref = cell_range((1, 1), (self.row_count, len(self.columns)))
        self.worksheet.print_title_rows = "1:1"

    def offer_list(self, first: str, formula: str, *, name: str, message: str, last: str | None = None) -> None:
        """Let the cells of one or several columns be chosen from a list, and refuse all else with a message."""
        validation = DataValidation(
            "list",
            formula1=formula,
            allow_blank=True,
            # Without it Excel accepts everything.
            showErrorMessage=True,
            errorStyle="stop",
            errorTitle=name,
            error=message,
            sqref=self.body(first, last),
        )
        self.worksheet.data_validations.append(validation)

    def mark_cells(self, cells: str, condition: str, *, fill: str = "", **font: Any) -> None:
        """Change background and letters of cells for which a formula is true; what was added first has precedence."""
        rule: Callable[..., Rule] = FormulaRule
        style: dict[str, Any] = {"fill": PatternFill("solid", bgColor=fill)} if fill else {}
        if font:
            style["font"] = Font(color=font.pop("colour", None), **font)
        self.worksheet.conditional_formatting.add(cells, rule(formula=[condition], **style))


def _add_line(column: Column) -> Column:
    return replace(column, style=derive_style(column.style, has_line=True))


def _protect(worksheet: Any) -> None:
    """Protect a sheet without a password; what does not change a locked cell stays allowed."""
    protection = worksheet.protection
    protection.sheet = True
    # False means that it is not forbidden.
    protection.autoFilter = protection.sort = protection.insertRows = False
    protection.formatColumns = protection.formatRows = False


def as_cell(title: str, value: Any) -> CellValue:
    """Return a value of a row as its cell has it: a time as Excel counts it, None for no text."""
    if title == "Time" and value is not None:
        return float(value) / SECONDS_PER_DAY
    cell: CellValue = None if value == "" else value
    return cell


def tint(style: Style, colour: str) -> Style:
    """Return a style with a pale background of a colour such as ``#B5483A``, on which black letters are easy to read.

    The style itself is returned if the colour is not valid.
    """
    code = rgb(colour)
    channels = (int(code[at : at + 2], 16) for at in (0, 2, 4) if code)
    pale = "".join(f"{round(_STRENGTH * channel + (1 - _STRENGTH) * 255):02X}" for channel in channels)
    return derive_style(style, fill=pale) if pale else style
