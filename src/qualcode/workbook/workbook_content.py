"""What the workbook shows, gathered by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qualcode.model import Codebook, is_in_subtree

QUOTE_COLUMNS = (
    "case",
    "transcript",
    "turn",
    "speaker",
    "quote",
    "code",
    "name",
    "coder",
    "memo",
    "status",
    "start",
    "end",
    "id",
)
"""Keys of a line of ``Content.quotes``; ``code`` is the code's id, ``name`` its name."""


@dataclass(frozen=True)
class UndecidedSuggestions:
    """Suggestions that nobody has decided on yet."""

    notes: Sequence[str]
    """Sentences on whom they are for, what a score is, and how many are left out."""
    rows: Iterable[Mapping[str, Any]]
    """With the keys transcript, turn, speaker, quote, code, score, why, id; best first."""
    has_probabilities: bool = True
    """Whether scores are probabilities."""


@dataclass(frozen=True)
class WorkbookContent:
    """Everything a workbook says; ``quotes`` may be a stream, it is read once."""

    title: str
    overview: Sequence[tuple[str, str | int | float]]
    """Labels and values; a label without a value is a heading, neither is a blank line."""
    codebook: Codebook
    themes: pd.DataFrame
    """Frequencies with the columns ``tables.THEME_COLUMNS``."""
    groups: Mapping[str, pd.DataFrame]
    """Frequencies by a case attribute: the attribute's column, then as in ``themes``."""
    matrix: pd.DataFrame
    """Codes x codes: units with both, frequencies on the diagonal."""
    unit: str
    quotes: Iterable[Mapping[str, Any]]
    suggestions: UndecidedSuggestions | None = None
    """What is suggested and not yet decided, where that is asked for: a sheet of its own."""


def full_code_name(book: Codebook, code: str) -> str:
    """Return a code's name behind the names of the codes it is nested in."""
    parts = code.split("/")
    above = ["/".join(parts[:length]) for length in range(2, len(parts) + 1)]
    return " › ".join(book.by_id[one].name if one in book.by_id else one for one in above) or code


def is_nested(a: str, b: str) -> bool:
    """Tell whether two codes are one, or one lies within the other: they are no pair."""
    return is_in_subtree(a, b) or is_in_subtree(b, a)
