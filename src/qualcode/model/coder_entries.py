"""Codings and memos of coders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CodingStatus = Literal["anchored", "moved", "changed", "orphaned"]
DefinitionStatus = Literal["current", "earlier", "unknown"]
"""Under which definition of its code a coding was made; unknown if the ledger does not say."""


SHORT_ID = 6
"""Characters at the end of the id of a decision that are enough to name it."""


def shorten_id(name: str) -> str:
    """Return the end of the id of a decision, which messages show and commands take."""
    return name[-SHORT_ID:]


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on one span of a transcript by one coder, with the span's text as ``quote``."""

    id: str
    transcript: str
    start: int
    end: int
    status: CodingStatus
    quote: str
    code: str
    coder: str
    at: str
    memo: str = ""
    maker: str = ""
    """The maker of the accepted suggestion; empty if the coder coded the span directly."""
    was: str = ""
    """The text that was coded, if an edit of the transcript has changed it since."""
    by: str = ""
    """Who decided, where the coder is the consensus of several."""
    definition: DefinitionStatus = "unknown"
    """Whether the code had its present definition when the coding was made."""


@dataclass(frozen=True, slots=True)
class Memo:
    """A dated note by a coder on a transcript, a span, a code, a coding or the study."""

    id: str
    text: str
    coder: str
    at: str
    transcript: str = ""
    start: int = 0
    end: int = 0
    code: str = ""
    target: str = ""
