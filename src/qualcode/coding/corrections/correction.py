"""What a file asks for: decisions on codings, new codings, coded segments; and the report on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

SUGGESTION_PREFIX = "s-"
"""What the id of a suggestion begins with in a review: a spreadsheet would read ``1234567e89`` as a number."""

DECISIONS = ("accept", "reject", "recode", "keep")
"""What a lead may decide: ``accept`` and ``keep`` are one on a coding, on a suggestion ``keep`` decides nothing."""


@dataclass(frozen=True, slots=True)
class CodingDecision:
    """A decision on a coding or a suggestion that exists, or a comment on it."""

    place: str
    """Where it stands: ``Review!K17``, or ``comment 12``."""
    target: str
    """Id of a coding; or that of a suggestion after `SUGGESTION_PREFIX`."""
    decision: str = ""
    """As typed."""
    new_codes: tuple[str, ...] = ()
    """Names or ids, as typed."""
    comment: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)
    """What else the row says: quote, code, coder, check, transcript, turn, score, why, maker; only what it has."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its fields are (``new code``), if they have places of their own."""


@dataclass(frozen=True, slots=True)
class NewCoding:
    """A code, a remark, or both, on a passage."""

    place: str
    transcript: str
    """Id of a transcript, or of a case with one transcript that has the quote."""
    quote: str
    code: str = ""
    """Name or id, as typed; without one the comment is a memo on the passage."""
    comment: str = ""
    start: int | None = None
    """Offsets in the present text, where they are known."""
    end: int | None = None
    turn: int | None = None
    """Number of the turn, from 0, of words that occur several times."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its fields are: transcript, quote."""


@dataclass(frozen=True, slots=True)
class SegmentCodes:
    """A row of a coding sheet: the codes of one segment."""

    place: str
    transcript: str
    start: int
    end: int
    version: str
    """Hash of the text that the offsets refer to."""
    text: str
    """Words of the segment as the row has them; empty if the spreadsheet made a number or date of them."""
    codes: tuple[str, ...]
    had: tuple[str, ...]
    """The coder's codes when the sheet was written."""
    memo: str
    is_done: bool
    coder: str = ""
    """For whom the sheet was written, where it says so."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its codes are, by what is typed there."""


@dataclass(frozen=True, slots=True)
class PassageDecision:
    """A decision on a passage that coders have coded differently, from a sheet of disagreements."""

    place: str
    target: str
    """Id of the passage, as ``S01:1234``."""
    decision: str
    note: str
    text: str
    """Words of the passage as the row has them."""
    check: str = ""
    """Of id, decision and note when the sheet was written."""
    places: Mapping[str, str] = field(default_factory=dict)


Correction = CodingDecision | NewCoding | SegmentCodes | PassageDecision

CorrectionStatus = Literal["new", "unchanged", "conflict", "unclear"]
"""What becomes of a correction: ``new`` is (or would be) recorded, ``unchanged`` is so already, ``conflict`` no longer
fits what the study has now, ``unclear`` is not understood."""

CORRECTION_COLUMNS = tuple("place status decision transcript quote code new_code comment coder id message".split())
"""Columns of a report on corrections."""


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What becomes of one correction; the fields are the columns of the report."""

    place: str
    status: CorrectionStatus
    decision: str = ""
    transcript: str = ""
    quote: str = ""
    code: str = ""
    new_code: str = ""
    comment: str = ""
    coder: str = ""
    """For whom it is recorded."""
    id: str = ""
    """Id of the coding or suggestion decided on."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a file asks for, with notes on what of it was not read."""

    path: str
    items: Sequence[Correction]
    unclear: Sequence[CorrectionRow] = ()
    """What could not be read as a correction."""
    notes: Sequence[str] = ()
    coders: Sequence[str] = ()
    """Coders whose codings the file shows, also those on which nothing is decided."""
