"""Anchors, exact search for quotes in any typography, and the turn at a position of a transcript."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from qualcode.model import Transcript, Turn

# Part of the ledger format: with another length, recorded contexts would no longer equal those of the same text.
CONTEXT_LENGTH = 32
"""Code points of context stored on either side of a quote."""

Span = tuple[int, int]
"""Start and end, half-open."""

TYPOGRAPHY_MAP = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        # soft hyphen, zero-width space and joiners, word joiner, byte-order mark
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        "…": "...",
    }
)
"""Characters that word processors replace as people type, and what they count as."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span of a text with its quote and a little context on either side; offsets in code points."""

    start: int
    end: int
    quote: str
    before: str
    after: str


def make_anchor(text: str, start: int, end: int) -> Anchor:
    """Return the anchor of ``text[start:end]``."""
    return Anchor(
        start, end, text[start:end], text[max(0, start - CONTEXT_LENGTH) : start], text[end : end + CONTEXT_LENGTH]
    )


def find_occurrences(text: str, quote: str, *, start: int = 0, end: int | None = None) -> list[Span]:
    """Return every span of ``text[start:end]`` that has the quote.

    First character by character; if there is none, with the typography normalised (see `normalise`).
    """
    stop = len(text) if end is None else end
    quote = quote.strip()
    if not quote:
        return []
    spans = list(_find_exact_spans(text, quote, start, stop))
    return spans or list(_find_normalised_spans(text, quote, start, stop))


def find_normalised(text: str, quote: str) -> list[Span]:
    """Return every span of a text that has the quote, in whatever typography."""
    return list(_find_normalised_spans(text, quote.strip(), 0, len(text)))


def _find_exact_spans(text: str, quote: str, start: int, end: int) -> Iterator[Span]:
    place = text.find(quote, start, end)
    while place >= 0:
        yield place, place + len(quote)
        # Occurrences may overlap, as "no no" does in "no no no": each of them is a possible place.
        place = text.find(quote, place + 1, end)


def _find_normalised_spans(text: str, quote: str, start: int, end: int) -> Iterator[Span]:
    normalised_text, origins = _normalise_with_origins(text)
    normalised_quote = normalise(quote)
    if not normalised_quote:
        return
    for place, stop in _find_exact_spans(normalised_text, normalised_quote, 0, len(normalised_text)):
        first, last = origins[place], origins[stop - 1] + 1
        is_part_of_letter = last < len(text) and unicodedata.combining(text[last])
        if start <= first and last <= end and not is_part_of_letter and normalise(text[first:last]) == normalised_quote:
            yield first, last


def normalise(text: str) -> str:
    """Return a text in plain typography.

    Quotation marks and dashes become straight ones, letters are decomposed, white space is single blanks without any
    at the ends, and invisible characters are left out.
    """
    # The backtick is the only ASCII character that `TYPOGRAPHY_MAP` replaces.
    if text.isascii() and "`" not in text:
        return " ".join(text.split())  # same result, ten times as fast: called for every quote of an edited text
    return _normalise_with_origins(text)[0].strip()


_NOT_NORMAL = re.compile(r"\s{2,}|[^\S ]|[^\x00-\x7f]|`")
"""Text that normalising may change: white space other than a single blank, and characters that are not ASCII."""


# Cached, since many quotes are searched for in one text.
@lru_cache(maxsize=256)
def _normalise_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the normalised text and, for each of its characters, the index in the text that it comes from."""
    parts: list[str] = []
    origins: list[int] = []
    position, ends_in_blank = 0, False
    for match in chain(_NOT_NORMAL.finditer(text), (None,)):
        start, end = match.span() if match else (len(text), len(text))
        # Blanks on both sides of an invisible character become one blank.
        position += ends_in_blank and text[position:start][:1] == " "
        if position < start:
            parts.append(text[position:start])
            origins.extend(range(position, start))
            ends_in_blank = text[start - 1] == " "
        piece = _normalise_piece(match[0], ends_in_blank) if match else ""
        if piece:
            parts.append(piece)
            origins.extend([start] * len(piece))
            ends_in_blank = piece == " "
        position = end
    return "".join(parts), origins


def _normalise_piece(piece: str, follows_blank: bool) -> str:
    if piece.isspace():
        return "" if follows_blank else " "
    return unicodedata.normalize("NFD", piece).translate(TYPOGRAPHY_MAP)


def turn_at(transcript: Transcript, position: int) -> Turn | None:
    """Return the turn at a position of the text, or None between turns."""
    index = bisect_right(transcript.turns, position, key=lambda turn: turn.start) - 1
    if index >= 0 and position < transcript.turns[index].end:
        return transcript.turns[index]
    return None


def is_codable(transcript: Transcript, start: int, end: int) -> bool:
    """Return whether a span starts and ends in participants' turns; interviewers' words are never coded."""
    first, last = turn_at(transcript, start), turn_at(transcript, end - 1)
    return start < end and first is not None and last is not None and first.role == last.role == "participant"
