"""A quote proves its span: anchors, the places where a quote stands, what typing programs change on their own."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from qualcode.model import Transcript, Turn

CONTEXT_LENGTH = 32
"""Code points kept on either side of a quote."""

Span = tuple[int, int]
"""Where something begins and ends, half-open."""

TYPOGRAPHY_MAP = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        "…": "...",
    }
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A span with the words it holds and a little context either side."""

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
    """Return every span of ``text[start:end]`` that holds the quote.

    Letter for letter first; if that fails, with curly and straight quotation marks, kinds of dash and space,
    and composed and decomposed letters taken as equal.
    """
    stop = len(text) if end is None else end
    quote = quote.strip()
    if not quote:
        return []
    found = list(_find_exact_spans(text, quote, start, stop))
    return found or list(_find_normalised_spans(text, quote, start, stop))


def find_normalised(text: str, quote: str) -> list[Span]:
    """Return every span of a text that holds the quote, however typed: retyped words are as good as others."""
    return list(_find_normalised_spans(text, quote.strip(), 0, len(text)))


def _find_exact_spans(text: str, quote: str, start: int, end: int) -> Iterator[Span]:
    place = text.find(quote, start, end)
    while place >= 0:
        yield place, place + len(quote)
        place = text.find(quote, place + 1, end)


def _find_normalised_spans(text: str, quote: str, start: int, end: int) -> Iterator[Span]:
    folded, origins = _normalise_with_origins(text)
    wanted = normalise(quote)
    if not wanted:
        return
    place = folded.find(wanted)
    while place >= 0:
        first, last = origins[place], origins[place + len(wanted) - 1] + 1
        while last < len(text) and unicodedata.combining(text[last]):
            last += 1
        if start <= first and last <= end and normalise(text[first:last]) == wanted:
            yield first, last
        place = folded.find(wanted, place + 1)


def normalise(text: str) -> str:
    """Return a text with all that typing programs change on their own made the same."""
    if text.isascii() and "`" not in text:
        return " ".join(text.split())  # as below, ten times as fast: every quote of an edited text is folded
    return _normalise_with_origins(text)[0].strip()


_NOT_NORMAL = re.compile(r"\s{2,}|[^\S ]|[^\x00-\x7f]|`")
"""What is not its own folded form: white space but for one blank, and other letters and marks than typewriters'."""


@lru_cache(maxsize=256)
def _normalise_with_origins(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the index it came from."""
    parts: list[str] = []
    origins: list[int] = []
    place, blank = 0, False
    for match in chain(_NOT_NORMAL.finditer(text), (None,)):
        start, end = match.span() if match else (len(text), len(text))
        place += blank and text[place:start][:1] == " "
        if place < start:
            parts.append(text[place:start])
            origins.extend(range(place, start))
            blank = text[start - 1] == " "
        pieces = _normalise_piece(match[0], blank) if match else ""
        if pieces:
            parts.append(pieces)
            origins.extend([start] * len(pieces))
            blank = pieces == " "
        place = end
    return "".join(parts), origins


def _normalise_piece(said: str, blank: bool) -> str:
    if said.isspace():
        return "" if blank else " "
    return unicodedata.normalize("NFD", said).translate(TYPOGRAPHY_MAP)


def turn_at(transcript: Transcript, position: int) -> Turn | None:
    """Return the turn that a position lies in, if any."""
    index = bisect_right(transcript.turns, position, key=lambda turn: turn.start) - 1
    if index >= 0 and position < transcript.turns[index].end:
        return transcript.turns[index]
    return None


def is_codable(transcript: Transcript, start: int, end: int) -> bool:
    """Tell whether a span begins and ends in a participant's words: interviewers' are never coded."""
    first, last = turn_at(transcript, start), turn_at(transcript, end - 1)
    return start < end and first is not None and last is not None and first.role == last.role == "participant"
