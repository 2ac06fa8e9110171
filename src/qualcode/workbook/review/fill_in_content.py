"""The content of workbooks that people fill in, as values, which the caller collects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """An entry of the drop-down list of codes, with what helps to choose."""

    label: str
    """As it is in the list."""
    name: str
    definition: str
    include: str
    exclude: str
    colour: str


@dataclass(frozen=True)
class FillInContent:
    """What all workbooks to fill in have."""

    title: str
    instructions: Sequence[tuple[str, str]]
    """Labels and texts; a label without a text is a heading, an empty pair a blank row."""
    choices: Sequence[CodeChoice]
    titles: Sequence[str]
    """Titles of the columns of the table."""
    rows: Iterable[Mapping[str, Any]]
    """With the titles as keys; read once."""
    hidden: Collection[str]
    """Titles of columns that are hidden, because they are empty in all rows."""
    changed: datetime | None
    """When the content last changed, which is the date of the file."""


@dataclass(frozen=True)
class ReviewContent(FillInContent):
    """Codings and suggestions to decide on."""

    colours: Mapping[str, str]
    """Colours such as ``#B5483A`` by code."""
    decisions: Sequence[str]
    """What may be decided."""
    has_probabilities: bool = True
    """Whether scores are probabilities; otherwise they only rank."""


@dataclass(frozen=True)
class CodingContent(FillInContent):
    """Segments of transcripts to code; rows without ``Version`` are an interviewer's and cannot be coded."""
