"""The content of a workbook as values, which the caller collects."""

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
    "time",
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
"""Keys of a row of ``WorkbookContent.quotes``; ``code`` is the code's id, ``name`` its name."""


@dataclass(frozen=True)
class UndecidedSuggestions:
    """Suggestions that the coder has not decided on."""

    notes: Sequence[str]
    """Sentences above the table: the coder, the meaning of scores, the number of suggestions left out."""
    rows: Iterable[Mapping[str, Any]]
    """With the keys transcript, turn, speaker, quote, code, score, why, id; best first."""
    has_probabilities: bool = True
    """Whether scores are probabilities; otherwise they only rank."""


@dataclass(frozen=True)
class WorkbookContent:
    """Everything a workbook shows; ``quotes`` may be an iterator, it is read once."""

    title: str
    overview: Sequence[tuple[str, str | int | float]]
    """Labels and values; a label without a value is a heading, an empty pair a blank row."""
    codebook: Codebook
    themes: pd.DataFrame
    """Frequencies with the columns ``tables.THEME_COLUMNS``."""
    groups: Mapping[str, pd.DataFrame]
    """Frequencies by case attribute: the attribute's column, then those of ``themes``."""
    matrix: pd.DataFrame
    """Codes x codes: units with both, each code's units on the diagonal."""
    unit: str
    quotes: Iterable[Mapping[str, Any]]
    memos: Sequence[Mapping[str, Any]] = ()
    """With the keys of `Project.memos`, oldest first; without any there is no sheet of memos."""
    suggestions: UndecidedSuggestions | None = None
    """Content of the sheet "Suggestions"; None for no such sheet."""
    comparison: pd.DataFrame | None = None
    """How groups of cases differ, as `Project.compare` returns it, and saturation; None for no such sheets."""
    saturation: pd.DataFrame | None = None
    agreement: pd.DataFrame | None = None
    """How far coders agree, as `Project.agreement` returns it, and where they do not; None for no such sheets."""
    disagreements: pd.DataFrame | None = None


def full_code_name(book: Codebook, code: str) -> str:
    """Return the names of a code and the codes above it, as "Parent › Child"."""
    parts = code.split("/")
    path = ["/".join(parts[:length]) for length in range(2, len(parts) + 1)]
    return " › ".join(book.by_id[step].name if step in book.by_id else step for step in path) or code


def is_nested(a: str, b: str) -> bool:
    """Return whether two codes are the same or one is nested in the other, so that they are no pair."""
    return is_in_subtree(a, b) or is_in_subtree(b, a)
