"""Styles of cells: fonts, colours, alignment and number formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

INK, PALE, HEADER, SOFT, GREY, STRONG, LINE = "222222", "666666", "D9E2EA", "F2F5F7", "E3E3E3", "8DB4CC", "B8C4CE"
ROW_LINE, LINK, LIVE_INK = "DDE3E8", "0B57A4", "245A3A"
DEEP, PALE_ON_SOFT = "1F4259", "55606A"
GOOD, FAIR, POOR = "D5EBDD", "FBEFC9", "F8DAD5"
"""Backgrounds of levels; the text on them keeps its colour, so that contrast is high."""

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")


# Compared by identity: a style is looked up for every cell, and hashing its fields would dominate that time.
@dataclass(frozen=True, eq=False)
class Style:
    """The format of a cell."""

    bold: bool = False
    size: int = 11
    colour: str = INK
    fill: str = ""
    wrap: bool = True
    horizontal: Literal["general", "left", "center", "right"] = "general"
    vertical: Literal["top", "center", "bottom"] = "top"
    number_format: str = "General"
    rotation: int = 0
    indent: int = 0
    has_left_border: bool = False
    """A line at the left, to separate groups of columns."""
    has_line: bool = False
    """A thin line below, as in rows of tables."""
    is_locked: bool = True
    """Whether a protected sheet refuses to change the cell."""


TEXT = Style(horizontal="left")
PLAIN = Style(wrap=False, horizontal="left")
TEXT_INDENTED = replace(TEXT, indent=1)
"""Text in a column to the right of numbers."""

PLAIN_INDENTED = replace(PLAIN, indent=1)
BOLD = replace(TEXT, bold=True)
COUNT = Style(wrap=False, horizontal="right", number_format="#,##0")
SHARE = Style(wrap=False, horizontal="right", number_format="0%")
SHARE_FINE = Style(wrap=False, horizontal="right", number_format="0.0%")
RATE = Style(wrap=False, horizontal="right", number_format="#,##0.00")
P_VALUE = Style(wrap=False, horizontal="right", number_format="0.000")
DURATION = Style(wrap=False, number_format="[h]:mm:ss")
"""A time of a recording, in days as Excel counts time."""

SECONDS_PER_DAY = 86_400
TITLE = Style(bold=True, size=16, wrap=False)
HEADING = Style(bold=True, size=12, wrap=False)
CAPTION = Style(colour=PALE, wrap=False)
HEAD = Style(bold=True, fill=HEADER, horizontal="left", vertical="center")
HEAD_INDENTED = replace(HEAD, indent=1)
HEAD_RIGHT = replace(HEAD, horizontal="right")
VERTICAL_HEAD = replace(HEAD, rotation=90, horizontal="center", vertical="bottom")
COVER_TITLE = Style(bold=True, size=22, wrap=False, colour=DEEP, vertical="center")
COVER_BAND = Style(
    bold=True, size=13, wrap=False, colour="FFFFFF", fill=DEEP, vertical="center", indent=1, horizontal="left"
)
COVER_FIGURE = Style(bold=True, size=20, wrap=False, colour=DEEP, fill=SOFT, horizontal="center", vertical="bottom")
COVER_LABEL = Style(size=10, wrap=False, colour=PALE_ON_SOFT, fill=SOFT, horizontal="center")
# Zeros are shown as dots, so that the counts that are not zero are easy to see.
PAIR_COUNT = Style(wrap=False, horizontal="center", vertical="center", number_format='#,##0;-#,##0;"·"', has_line=True)
COUNT_LEFT = Style(horizontal="left", number_format="#,##0")
BLANK = Style(wrap=False)
LIVE = Style(wrap=False, horizontal="left", bold=True, colour=LIVE_INK)
"""Numbers that follow a filter, and their labels."""
LIVE_COUNT = replace(LIVE, horizontal="right", number_format="#,##0")
LIVE_SHARE = replace(LIVE, horizontal="right", number_format="0%")


def derive_style(style: Style, **changes: Any) -> Style:
    """Return a style with some of its fields changed."""
    return replace(style, **changes)


FILL_IN = derive_style(TEXT, fill="FFF8E1", has_left_border=True, is_locked=False, number_format="@")
"""A cell that people fill in; as text, so that a code such as 1-2 does not become a date."""
FILL_IN_HEAD = derive_style(HEAD, fill="F3D27A")


def swatch(colour: str) -> Style:
    """Return the style of a cell filled with a colour such as ``#B5483A``, not filled if the colour is invalid."""
    return Style(fill=rgb(colour)) if rgb(colour) else BLANK


def rgb(colour: str) -> str:
    """Return a colour such as ``#b5483a`` in Excel's form, or an empty string if it is invalid."""
    return colour[1:].upper() if _COLOUR.fullmatch(colour) else ""


def build_colour_scale() -> Rule:
    """Return a new colour scale from white to blue; openpyxl needs one for each range."""
    scale: Callable[..., Rule] = ColorScaleRule
    return scale(start_type="min", start_color="FFFFFF", end_type="max", end_color=STRONG)


def build_level_rule(operator: str, limits: list[str], colour: str) -> Rule:
    """Return a new rule that fills cells whose number is, for example, "lessThan" a limit."""
    rule: Callable[..., Rule] = CellIsRule
    return rule(operator=operator, formula=limits, fill=PatternFill(bgColor=colour), stopIfTrue=True)


def build_data_bar() -> Rule:
    """Return a new rule that shows shares from 0 to 1 as bars."""
    rule: Callable[..., Rule] = DataBarRule
    return rule(start_type="num", start_value=0, end_type="num", end_value=1, color=STRONG)


def build_template_cell(sheet: Any, style: Style, *, has_quote_prefix: bool) -> Any:
    """Return a reusable cell of a style; with a quote prefix its value stays text when a user edits it."""
    cell: Any = WriteOnlyCell(sheet)
    cell.font = Font(name="Calibri", bold=style.bold, size=style.size, color=style.colour)
    cell.alignment = Alignment(
        horizontal=style.horizontal,
        vertical=style.vertical,
        wrap_text=style.wrap,
        text_rotation=style.rotation,
        indent=style.indent,
    )
    cell.number_format = style.number_format
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)
    if style.has_left_border or style.has_line:
        left = Side("thin", color=LINE) if style.has_left_border else None
        cell.border = Border(left=left, bottom=Side("thin", color=ROW_LINE) if style.has_line else None)
    if not style.is_locked:
        cell.protection = Protection(locked=False)
    cell.quotePrefix = has_quote_prefix
    return cell


# These two are cached for identity, not speed: a new style for each row would need a new template cell for each row.
@cache
def level_style(style: Style, level: str) -> Style:
    """Return the style of a row of a table: families and themes have a background, families are bold."""
    if level == "code":
        return lined(style)
    return derive_style(style, bold=level == "family", fill=SOFT, has_line=True)


@cache
def lined(style: Style) -> Style:
    """Return a style with a thin line below, for cells of a table."""
    return derive_style(style, has_line=True)


@cache
def linked(style: Style) -> Style:
    """Return a style in the colour of links."""
    return derive_style(style, colour=LINK)
