"""Marks beside a transcript: codings, suggestions, and codings that are not saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MarkKind = Literal["coding", "suggestion", "unsaved"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One code on the words ``text[start:end]`` of the transcript, as it is drawn."""

    id: str
    start: int
    end: int
    code: str
    label: str
    """What is written beside the text, usually the short name of the code."""
    colour: str
    """The colour of the code's family as in the codebook, ``#rrggbb``."""
    kind: MarkKind = "coding"
    score: float | None = None
    note: str = ""
    """A short text after the label, as ``changed`` or ``not saved``."""


def format_score(score: float) -> str:
    """Return a score from 0 to 1 in at most four characters.

    >>> format_score(0.834), format_score(1)
    ('.83', '1.00')
    """
    text = f"{score:.2f}"
    return text.removeprefix("0") if text.startswith("0.") else text
