"""The passage of a transcript that is nearest to a quote which is not in it, and how the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from qualcode.anchors.quote_anchors import Span, normalise, turn_at
from qualcode.model import Transcript, Turn

_WORD = re.compile(r"\w+")
_OUTSIDE = re.compile(r"^\W+|\W+$")
_MAX_WORDS = 300
_MAX_CHARACTERS = 200
"""Limits of what is searched for: the beginning of a long quote finds its place, and the search takes no minutes."""
_MIN_SIMILARITY = 65.0
"""Similarity in per cent from which a passage is proposed; below, any two sentences are alike."""


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage like a quote, the turns it is in, and what differs."""

    text: str
    turns: tuple[Turn, ...]
    difference: Literal["capitals", "punctuation", "words"]


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    span: Span
    turn: Turn


def find_near_passage(transcript: Transcript, quote: str) -> NearPassage | None:
    """Return the passage with the words of a quote, also over several turns, or else the most similar one."""
    wanted = [match[0].casefold() for match in islice(_WORD.finditer(quote), _MAX_WORDS)]
    words = list(_list_words(transcript)) if wanted else []
    for first, word in enumerate(words):
        last = first + len(wanted) - 1
        if word.folded == wanted[0] and [one.folded for one in words[first : last + 1]] == wanted:
            return _describe(transcript, quote, words[first : last + 1])
    return _find_similar(transcript, quote) if words else None


def _list_words(transcript: Transcript) -> Iterator[_Word]:
    for turn in transcript.turns:
        for match in _WORD.finditer(transcript.text, turn.start, turn.end):
            yield _Word(match[0].casefold(), match.span(), turn)


def _describe(transcript: Transcript, quote: str, words: Sequence[_Word]) -> NearPassage:
    turns = [words[0].turn, *(after.turn for one, after in pairwise(words) if after.turn is not one.turn)]
    text = transcript.text[words[0].span[0] : words[-1].span[1]]
    here, wanted = normalise(text), normalise(_OUTSIDE.sub("", quote))
    if len(words) == _MAX_WORDS:
        return NearPassage(text, tuple(turns), "words")  # of the rest of the quote nothing is known
    is_in_capitals = here != wanted and here.casefold() == wanted.casefold()
    return NearPassage(text, tuple(turns), "capitals" if is_in_capitals else "punctuation")


def _find_similar(transcript: Transcript, quote: str) -> NearPassage | None:
    from rapidfuzz import fuzz

    # Lower case, not casefold, keeps offsets in nearly all texts; where it does not, no passage is proposed.
    text = transcript.text.lower()
    if len(text) != len(transcript.text):
        return None
    found = fuzz.partial_ratio_alignment(quote[:_MAX_CHARACTERS].lower(), text, score_cutoff=_MIN_SIMILARITY)
    if found is None or found.dest_end <= found.dest_start:
        return None
    start, end = found.dest_start, found.dest_end
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    turn = turn_at(transcript, start)
    return None if turn is None else NearPassage(transcript.text[start : min(end, turn.end)].strip(), (turn,), "words")
