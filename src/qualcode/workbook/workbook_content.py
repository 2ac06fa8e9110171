"""The content of a workbook as values, which the caller collects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qualcode.model import Codebook, is_in_subtree

SHEETS: Mapping[str, str] = {
    "Overview": "the findings, the sheets, what was counted",
    "Codebook": "families, codes and themes with their definitions and examples",
    "Themes": "how often each code, family and theme occurs, with intervals and charts",
    "Themes by group": "the same by groups of cases, side by side",
    "Comparison": "differences between groups of cases, with tests",
    "Co-occurrence": "which codes occur in the same units",
    "Case x code": "each case with its attributes, its codings by code, and 1 or 0; sums follow the filter",
    "Quotes": "every coding with its quote, the quotes of a code together",
    "Memos": "what coders have noted",
    "Segments": "every segment of participants with 1 or 0 for each code, for pivot tables",
    "Saturation": "new codes by transcript",
    "Agreement": "how far coders agree, by code",
    "Disagreements": "passages that coders have coded differently",
    "Suggestions": "suggestions that nobody has decided on yet",
    "Provenance": "versions, hashes, settings, who coded what and when, changes to texts",
}
"""The sheets in their order, each with what it shows."""
ALWAYS_WRITTEN = ("Overview", "Provenance")
"""Sheets that say what the workbook has, lacks and changes."""

_LEAST_NAME, _MOST_NAME = 11, 26
"""Widths of columns of names."""
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
class CodeColumns:
    """A table with one column for each of some codes."""

    frame: pd.DataFrame
    codes: Sequence[str]
    """The columns of codes, which are the last."""


@dataclass(frozen=True)
class Cover:
    """What the first sheet shows."""

    subtitle: str = ""
    figures: Sequence[tuple[str, str]] = ()
    """Numbers and what they count."""
    findings: Sequence[tuple[str, str, Sequence[str]]] = ()
    """Kinds of findings: a heading, the sheet that shows more, and sentences."""
    themes: Sequence[Mapping[str, Any]] = ()
    """The codes of most cases, as rows of the table of themes."""
    left_out: Sequence[tuple[str, str]] = ()
    """Sheets that the workbook does not have, with the reason and how to get them."""
    counted: Sequence[tuple[str, str | int | float]] = ()
    """Labels and values; a label without a value is a heading, an empty pair a blank row."""


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from."""

    facts: Sequence[tuple[str, str | int]] = ()
    coders: Sequence[Mapping[str, Any]] = ()
    transcripts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class WorkbookContent:
    """Everything a workbook shows; there is no sheet for content that is None or, of memos, empty."""

    title: str
    codebook: Codebook
    themes: pd.DataFrame
    """Frequencies with the columns ``tables.THEME_COLUMNS``."""
    groups: Mapping[str, pd.DataFrame]
    """Frequencies by case attribute: the attribute's column, then those of ``themes``."""
    matrix: pd.DataFrame
    """Codes x codes: units with both, each code's units on the diagonal."""
    unit: str
    quotes: Iterable[Mapping[str, Any]]
    """Sorted by code; may be an iterator, it is read once."""
    quote_count: int = 0
    """Number of quotes, for the number of those that a filter shows; 0 if it is not known."""
    coder: str = ""
    cover: Cover = Cover()
    memos: Sequence[Mapping[str, Any]] = ()
    """With the keys of `Project.memos`, oldest first."""
    suggestions: UndecidedSuggestions | None = None
    comparison: pd.DataFrame | None = None
    """How groups of cases differ, as `Project.compare` returns it."""
    saturation: pd.DataFrame | None = None
    agreement: pd.DataFrame | None = None
    """How far coders agree, as `Project.agreement` returns it, and where they do not."""
    disagreements: pd.DataFrame | None = None
    cases: CodeColumns | None = None
    """Cases x codes: numbers of codings; the first column is ``case``."""
    segments: CodeColumns | None = None
    """Units x codes: 1 and 0, with the columns ``case``, ``transcript`` ... ``text`` and attributes."""
    provenance: Provenance = Provenance()
    sheets: Collection[str] = tuple(SHEETS)
    """Names of the sheets that are written, as far as there is content for them."""
    at: str = ""
    """Time of the latest decision, which is the date of the file."""

    @property
    def has_links(self) -> bool:
        """Whether there are quotes that counts lead to."""
        return "Quotes" in self.sheets and self.quote_count > 0

    @property
    def name_width(self) -> float:
        """Width in digits of a column of cases or transcripts, in which most of their names are on one line."""
        names = [str(row[key]) for row in self.provenance.transcripts for key in ("transcript", "case")]
        return min(max([_LEAST_NAME, *(len(name) + 2 for name in names)]), _MOST_NAME)

    @property
    def listed_cases(self) -> Collection[str]:
        """Cases with a row of their own, which quotes lead to."""
        return frozenset() if self.cases is None else frozenset(map(str, self.cases.frame["case"]))


def full_code_name(book: Codebook, code: str) -> str:
    """Return the names of a code and the codes above it, as "Parent › Child"."""
    parts = code.split("/")
    path = ["/".join(parts[:length]) for length in range(2, len(parts) + 1)]
    return " › ".join(book.by_id[step].name if step in book.by_id else step for step in path) or code


def is_nested(a: str, b: str) -> bool:
    """Return whether two codes are the same or one is nested in the other, so that they are no pair."""
    return is_in_subtree(a, b) or is_in_subtree(b, a)
