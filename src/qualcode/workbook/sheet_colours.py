"""Conditional formats: levels of a number, and bars of shares."""

from __future__ import annotations

from collections.abc import Callable

from openpyxl.formatting.rule import CellIsRule, DataBarRule, Rule
from openpyxl.styles import PatternFill

from qualcode.workbook.styles import STRONG

GOOD, FAIR, POOR = "D5EBDD", "FBEFC9", "F8DAD5"
"""Backgrounds of levels; the text on them keeps its colour, so that contrast is high."""


def build_level_rule(operator: str, limits: list[str], colour: str) -> Rule:
    """Return a new rule that fills cells whose number is, for example, "lessThan" a limit."""
    rule: Callable[..., Rule] = CellIsRule
    return rule(operator=operator, formula=limits, fill=PatternFill(bgColor=colour), stopIfTrue=True)


def build_data_bar() -> Rule:
    """Return a new rule that shows shares from 0 to 1 as bars."""
    rule: Callable[..., Rule] = DataBarRule
    return rule(start_type="num", start_value=0, end_type="num", end_value=1, color=STRONG)
