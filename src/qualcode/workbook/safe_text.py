"""Texts made safe for Excel: no formulas, no characters that XML forbids, no text longer than a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_CELL_LENGTH = 32_767
"""UTF-16 units that Excel holds in a cell; it cuts the rest in silence."""

FORMULA_STARTS = frozenset("=+-@")
"""Excel takes a typed text that begins so for a formula."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CARRIAGE_RETURN = re.compile("\r\n?")
_MARKER_ROOM = 50


@dataclass(frozen=True, slots=True)
class CleaningCounts:
    """How many cells or characters had to be made safe."""

    formulas: int = 0
    """Cells whose text begins like a formula and was written as text."""
    control_characters: int = 0
    """Characters that no Excel file may hold, removed."""
    truncated: int = 0
    """Cells whose text was longer than Excel holds."""


class TextCleaner:
    """Makes texts safe and counts what it did."""

    def __init__(self) -> None:
        self._formulas = self._control_characters = self._truncated = 0

    @property
    def counts(self) -> CleaningCounts:
        """What was done so far."""
        return CleaningCounts(self._formulas, self._control_characters, self._truncated)

    def clean(self, text: str) -> str:
        """Return a text as a cell may hold it."""
        if not text.isprintable():
            text, removed = remove_forbidden_characters(text)
            self._control_characters += removed
        if len(text) > MAX_CELL_LENGTH // 2 and utf16_length(text) > MAX_CELL_LENGTH:
            text = truncate_text(text)
            self._truncated += 1
        if text[:1] in FORMULA_STARTS:
            self._formulas += 1
        return text


def remove_forbidden_characters(text: str) -> tuple[str, int]:
    """Return a text without characters that XML forbids, and how many there were; ends of line become ``\\n``."""
    clean, removed = _FORBIDDEN.subn("", text)
    return _CARRIAGE_RETURN.sub("\n", clean), removed


def utf16_length(text: str) -> int:
    """Return the length of a text as Excel counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def truncate_text(text: str) -> str:
    """Return the beginning of a text up to a word's end, with a marker that says how much is missing."""
    kept = _first_utf16_units(text, MAX_CELL_LENGTH - _MARKER_ROOM)
    space = max(kept.rfind(" "), kept.rfind("\n"))
    if space > len(kept) // 2:
        kept = kept[:space]
    kept = kept.rstrip()
    return f"{kept} [… cut: {len(text) - len(kept):,} more characters]"


def _first_utf16_units(text: str, longest: int) -> str:
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
