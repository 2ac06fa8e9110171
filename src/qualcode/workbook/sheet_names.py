"""Names that Excel accepts: of sheets, of tables, and of the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from qualcode.files import remove_forbidden_characters

_MAX_SHEET_NAME, _MAX_TITLE = 31, 255
"""Excel's limits, in UTF-16 code units."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def make_sheet_name(name: str, taken: Collection[str]) -> str:
    """Return a name as a sheet may have it: short, without forbidden characters, and not taken in any case.

    >>> make_sheet_name("Who / what? " + "x" * 40, [])
    'Who   what  xxxxxxxxxxxxxxxxxxx'
    >>> make_sheet_name("quotes", ["Quotes"])
    'quotes (2)'
    """
    clean = _FORBIDDEN.sub(" ", remove_forbidden_characters(name)[0].replace("\n", " ")).strip(" '")
    # Excel keeps the name History to itself.
    return _make_unique(
        clean if clean.casefold() not in {"", "history"} else f"Sheet {clean}".strip(), taken, _MAX_SHEET_NAME
    )


def make_table_name(name: str, taken: Collection[str]) -> str:
    """Return a name of letters, digits and low lines that is no reference to a cell.

    >>> make_table_name("Case x code", []), make_table_name("Q1", []), make_table_name("Thèmes", ["Th_mes"])
    ('Case_x_code', '_Q1', 'Th_mes_2')
    """
    clean = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "Table"
    if not clean[0].isalpha() or re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]\d*([Cc]\d*)?", clean):
        clean = f"_{clean}"
    return _make_unique(clean, taken, _MAX_TITLE, suffix="_{}")


def make_titles(titles: Sequence[str]) -> list[str]:
    r"""Return titles of columns that differ in any case, are on one line, and are not empty, as tables need them.

    >>> make_titles(["Code", "", "code", "a\nb"])
    ['Code', 'Column 2', 'code (2)', 'a b']
    """
    unique: list[str] = []
    for number, title in enumerate(titles, 1):
        clean = " ".join(remove_forbidden_characters(title)[0].split())
        unique.append(_make_unique(clean or f"Column {number}", unique, _MAX_TITLE))
    return unique


def _make_unique(name: str, taken: Collection[str], most: int, *, suffix: str = " ({})") -> str:
    used = {one.casefold() for one in taken}
    shortened, number = _cut(name, most), 1
    while shortened.casefold() in used:
        number += 1
        ending = suffix.format(number)
        shortened = _cut(name, most - len(ending)) + ending
    return shortened


def _cut(text: str, most: int) -> str:
    """Return the first UTF-16 code units of a text, whole characters only."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").rstrip(" '")
