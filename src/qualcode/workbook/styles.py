"""How cells look: few styles, sober colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

INK, PALE, HEADER, SOFT, GREY, STRONG, LINE = "222222", "666666", "D9E2EA", "F2F5F7", "E3E3E3", "8DB4CC", "B8C4CE"

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")


# Compared by identity: a style is looked up for every cell that is written, and hashing its fields would cost
# more than the rest of the look-up.
@dataclass(frozen=True, eq=False)
class Style:
    """The look of a cell."""

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
    """A line at the left, where another group of columns begins."""


TEXT = Style(horizontal="left")
PLAIN = Style(wrap=False, horizontal="left")
TEXT_INDENTED = replace(TEXT, indent=1)
"""Text at the right of a number."""

BOLD = replace(TEXT, bold=True)
COUNT = Style(wrap=False, number_format="#,##0")
SHARE = Style(wrap=False, number_format="0%")
RATE = Style(wrap=False, number_format="#,##0.0")
TITLE = Style(bold=True, size=16, wrap=False)
HEADING = Style(bold=True, size=12, wrap=False)
CAPTION = Style(colour=PALE, wrap=False)
HEAD = Style(bold=True, fill=HEADER, horizontal="left", vertical="center")
HEAD_INDENTED = replace(HEAD, indent=1)
HEAD_RIGHT = replace(HEAD, horizontal="right")
COUNT_LEFT = Style(horizontal="left", number_format="#,##0")
BLANK = Style(wrap=False)


def derive_style(style: Style, **changes: Any) -> Style:
    """Return a style with some of its traits changed."""
    return replace(style, **changes)


def swatch(colour: str) -> Style:
    """Return a cell filled with a colour such as ``#B5483A``; without a colour, or with no good one, an empty cell."""
    return Style(fill=rgb(colour)) if rgb(colour) else BLANK


def rgb(colour: str) -> str:
    """Return ``#b5483a`` as Excel writes it, or nothing."""
    return colour[1:].upper() if _COLOUR.fullmatch(colour) else ""


def build_colour_scale() -> Rule:
    """Return a new colour scale, from white to blue; a rule belongs to one range, so it is not shared."""
    scale: Callable[..., Rule] = ColorScaleRule
    return scale(start_type="min", start_color="FFFFFF", end_type="max", end_color=STRONG)


def build_template_cell(sheet: Any, style: Style, *, has_quote_prefix: bool) -> Any:
    """Return a cell with this look to write many values with; a guarded one stays text also when somebody edits it."""
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
    if style.has_left_border:
        cell.border = Border(left=Side("thin", color=LINE))
    cell.quotePrefix = has_quote_prefix
    return cell


@cache
def level_style(style: Style, level: str) -> Style:
    """Return the style of a line: families and themes stand out from codes."""
    return style if level == "code" else derive_style(style, bold=level == "family", fill=SOFT)
