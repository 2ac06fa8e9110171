"""Cells of CSV files that a spreadsheet would take for formulas, and the apostrophe that prevents it."""

from __future__ import annotations

import re

# Excel and LibreOffice compute a cell that begins so, also behind blanks, and those of full width in some languages.
_FORMULA = re.compile(r"('*)(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?")


def guard_cell(text: str) -> str:
    """Return a text as a cell that is no formula: with an apostrophe in front if it could be one.

    >>> guard_cell("=1+1"), guard_cell("- yes"), guard_cell("-5"), guard_cell("'=1"), guard_cell("'tis")
    ("'=1+1", "'- yes", '-5', "''=1", "'tis")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard_cell(cell: str) -> str:
    """Return the text that `guard_cell` was given.

    >>> unguard_cell("'=1+1"), unguard_cell("''=1"), unguard_cell("'tis")
    ('=1+1', "'=1", "'tis")
    """
    match = _FORMULA.match(cell)
    return cell[1:] if match and match[1] else cell


def is_guarded(cell: str) -> bool:
    """Return whether a cell is as `guard_cell` writes it, and not a formula that nobody has guarded."""
    return guard_cell(unguard_cell(cell)) == cell
