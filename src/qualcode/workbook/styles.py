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
    ink: str = INK
    fill: str = ""
    wrap: bool = True
    across: Literal["general", "left", "center", "right"] = "general"
    down: Literal["top", "center", "bottom"] = "top"
    number: str = "General"
    rotation: int = 0
    indent: int = 0
    edge: bool = False
    """A line at the left, where another group of columns begins."""


TEXT = Style(across="left")
PLAIN = Style(wrap=False, across="left")
BESIDE = replace(TEXT, indent=1)
"""Text at the right of a number."""

BOLD = replace(TEXT, bold=True)
COUNT = Style(wrap=False, number="#,##0")
SHARE = Style(wrap=False, number="0%")
RATE = Style(wrap=False, number="#,##0.0")
TITLE = Style(bold=True, size=16, wrap=False)
HEADING = Style(bold=True, size=12, wrap=False)
CAPTION = Style(ink=PALE, wrap=False)
HEAD = Style(bold=True, fill=HEADER, across="left", down="center")
HEAD_BESIDE = replace(HEAD, indent=1)
HEAD_RIGHT = replace(HEAD, across="right")
ANSWER = Style(across="left", number="#,##0")
BLANK = Style(wrap=False)


def on(style: Style, **changes: Any) -> Style:
    """Return a style with some of its traits changed."""
    return replace(style, **changes)


def swatch(colour: str) -> Style:
    """Return a cell filled with a colour such as ``#B5483A``; without a colour, or with no good one, an empty cell."""
    return Style(fill=rgb(colour)) if rgb(colour) else BLANK


def rgb(colour: str) -> str:
    """Return ``#b5483a`` as Excel writes it, or nothing."""
    return colour[1:].upper() if _COLOUR.fullmatch(colour) else ""


def shades() -> Rule:
    """Return a new colour scale, from white to blue; a rule belongs to one range, so it is not shared."""
    scale: Callable[..., Rule] = ColorScaleRule
    return scale(start_type="min", start_color="FFFFFF", end_type="max", end_color=STRONG)


def stamp(sheet: Any, style: Style, *, guarded: bool) -> Any:
    """Return a cell with this look to write many values with; a guarded one stays text also when somebody edits it."""
    cell: Any = WriteOnlyCell(sheet)
    cell.font = Font(name="Calibri", bold=style.bold, size=style.size, color=style.ink)
    cell.alignment = Alignment(
        horizontal=style.across,
        vertical=style.down,
        wrap_text=style.wrap,
        text_rotation=style.rotation,
        indent=style.indent,
    )
    cell.number_format = style.number
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)
    if style.edge:
        cell.border = Border(left=Side("thin", color=LINE))
    cell.quotePrefix = guarded
    return cell


@cache
def of_level(style: Style, level: str) -> Style:
    """Return the style of a line: families and themes stand out from codes."""
    return style if level == "code" else on(style, bold=level == "family", fill=SOFT)
