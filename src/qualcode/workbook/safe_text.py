"""Cleaning of texts for Excel: formulas, characters that XML forbids, texts too long for a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from qualcode.files import remove_forbidden_characters

MAX_CELL_LENGTH = 32_767
"""Excel's limit for a cell in UTF-16 code units; it cuts the rest without notice."""

FORMULA_STARTS = frozenset("=+-@")
"""Excel treats a typed text that begins with one of these as a formula."""

_MARKER_LENGTH = 50  # room for the marker, with a number of any length


@dataclass(frozen=True, slots=True)
class CleaningCounts:
    """Numbers of cells and characters that were changed for Excel."""

    formulas: int = 0
    """Cells whose text begins like a formula and is stored as text."""
    control_characters: int = 0
    """Characters removed because an Excel file cannot contain them."""
    truncated: int = 0
    """Cells whose text was longer than Excel's limit and was cut."""


ChangeKind = Literal["formula", "control characters", "cut"]


class TextChange(NamedTuple):
    """A change to the text of one cell."""

    sheet: str
    cell: str
    kind: ChangeKind
    characters: int
    """Number of characters that are missing; 0 for a text that begins like a formula, which is whole."""


class TextCleaner:
    """Cleans texts, and records and counts the changes."""

    def __init__(self) -> None:
        self._formulas = self._control_characters = self._truncated = 0
        self.changes: list[TextChange] = []
        """Changes to texts of which the cell is known, in the order of writing."""

    @property
    def counts(self) -> CleaningCounts:
        """Changes so far."""
        return CleaningCounts(self._formulas, self._control_characters, self._truncated)

    def clean(self, text: str, *, sheet: str = "", cell: str = "") -> str:
        """Return a text as a cell can store it."""
        # Most texts are printable, and this test is much faster than the regular expressions.
        if not text.isprintable():
            text, removed = remove_forbidden_characters(text)
            if removed:
                self._control_characters += removed
                self._record(TextChange(sheet, cell, "control characters", removed))
        # A character has at most two UTF-16 units, so shorter texts need no counting.
        if len(text) > MAX_CELL_LENGTH // 2 and utf16_length(text) > MAX_CELL_LENGTH:
            text, missing = cut_text(text)
            self._truncated += 1
            self._record(TextChange(sheet, cell, "cut", missing))
        if text[:1] in FORMULA_STARTS:
            self._formulas += 1
            self._record(TextChange(sheet, cell, "formula", 0))
        return text

    def _record(self, change: TextChange) -> None:
        if change.cell:
            self.changes.append(change)


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, as Excel counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def truncate_text(text: str) -> str:
    """Return the beginning of a text up to a word's end, with a marker that gives the number of missing characters."""
    return cut_text(text)[0]


def cut_text(text: str) -> tuple[str, int]:
    """Return the beginning of a text with a marker, and the number of missing characters."""
    start = _first_utf16_units(text, MAX_CELL_LENGTH - _MARKER_LENGTH)
    space = max(start.rfind(" "), start.rfind("\n"))
    # A text with few spaces, as in Chinese, is cut inside a word rather than shortened by half.
    if space > len(start) // 2:
        start = start[:space]
    start = start.rstrip()
    missing = len(text) - len(start)
    return f"{start} [… cut: {missing:,} more characters]", missing


def _first_utf16_units(text: str, count: int) -> str:
    # 'ignore' drops half of a surrogate pair at the cut.
    return text.encode("utf-16-le")[: 2 * count].decode("utf-16-le", "ignore")
