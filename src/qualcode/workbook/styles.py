"""Styles of cells: fonts, colours, alignment and number formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

INK, PALE, HEADER, SOFT, GREY, STRONG, LINE = "222222", "666666", "D9E2EA", "F2F5F7", "E3E3E3", "8DB4CC", "B8C4CE"

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
    has_lower_border: bool = False
    """A line below, to separate rows."""
    is_locked: bool = True
    """Whether a protected sheet refuses to change the cell."""


TEXT = Style(horizontal="left")
PLAIN = Style(wrap=False, horizontal="left")
TEXT_INDENTED = replace(TEXT, indent=1)
"""Text in a column to the right of numbers."""

BOLD = replace(TEXT, bold=True)
COUNT = Style(wrap=False, number_format="#,##0")
SHARE = Style(wrap=False, number_format="0%")
SHARE_FINE = Style(wrap=False, number_format="0.0%")
RATE = Style(wrap=False, number_format="#,##0.00")
P_VALUE = Style(wrap=False, number_format="0.000")
DURATION = Style(wrap=False, number_format="[h]:mm:ss")
"""A time of a recording, in days as Excel counts time."""

SECONDS_PER_DAY = 86_400
TITLE = Style(bold=True, size=16, wrap=False)
HEADING = Style(bold=True, size=12, wrap=False)
CAPTION = Style(colour=PALE, wrap=False)
HEAD = Style(bold=True, fill=HEADER, horizontal="left", vertical="center")
HEAD_INDENTED = replace(HEAD, indent=1)
HEAD_RIGHT = replace(HEAD, horizontal="right")
COUNT_LEFT = Style(horizontal="left", number_format="#,##0")
BLANK = Style(wrap=False)


def derive_style(style: Style, **changes: Any) -> Style:
    """Return a style with some of its fields changed."""
    return replace(style, **changes)


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
    if style.has_left_border or style.has_lower_border:
        line = Side("thin", color=LINE)
        cell.border = Border(
            left=line if style.has_left_border else None, bottom=line if style.has_lower_border else None
        )
    if not style.is_locked:
        cell.protection = Protection(locked=False)
    cell.quotePrefix = has_quote_prefix
    return cell


# Cached for identity, not speed: a new style for each row would need a new template cell for each row.
@cache
def level_style(style: Style, level: str) -> Style:
    """Return the style of a row: families and themes have a background, families are bold."""
    return style if level == "code" else derive_style(style, bold=level == "family", fill=SOFT)
