"""Words and punctuation of a text with their places, by which two versions of it are laid beside each other."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from qualcode.anchors.quotes import ALIKE, Span

_MARKS = "\u00ad\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200d\u2060\u20d0-\u20ff\ufe20-\ufe2f\ufeff"
_TOKEN = re.compile(rf"[\w{_MARKS}]+|\.{{3}}|[^\w\s{_MARKS}]")
_LARGEST = 400_000_000
"""Pairs of tokens that are compared at once, at one bit each; longer stretches are called different as a whole."""
ENDERS = frozenset({".", "?", "!", "...", "。", "？", "！", "؟", "।"})
"""Tokens that end a sentence."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words and punctuation marks; ``keys`` are the same for what typing programs change on their own."""

    text: str
    starts: list[int]
    ends: list[int]
    keys: list[str]

    def within(self, start: int, end: int) -> Span:
        """Return the range of tokens that a span of the text touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def lines(self) -> Iterator[Span]:
        """Yield the range of tokens of each line that has any."""
        first, text = 0, self.text
        while first < len(self.starts):
            stop = text.find("\n", self.starts[first])
            last = bisect_left(self.starts, stop) if stop >= 0 else len(self.starts)
            yield first, last
            first = last

    def breaks(self, token: int) -> bool:
        """Tell whether a line ends between a token and the one before it."""
        return token <= 0 or "\n" in self.text[self.ends[token - 1] : self.starts[token]]


@lru_cache(maxsize=8)
def tokens(text: str) -> Tokens:
    """Cut a text into words and punctuation marks; remembered, since many quotes are sought in one text."""
    found = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
    starts, ends = [start for start, _ in found], [end for _, end in found]
    return Tokens(text, starts, ends, [_key(text[start:end]) for start, end in found])


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    return word if word.isascii() and word != "`" else normalize("NFD", word).translate(ALIKE)


def stretches(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield where two sequences are the same and where not, in order: (same, old start, end, new start, end)."""
    from rapidfuzz.distance import Indel

    one = other = 0
    for code in Indel.opcodes(old, new) if len(old) * len(new) <= _LARGEST else ():
        if code.tag == "equal":
            if code.src_start > one or code.dest_start > other:
                yield False, one, code.src_start, other, code.dest_start
            yield True, code.src_start, code.src_end, code.dest_start, code.dest_end
            one, other = code.src_end, code.dest_end
    if one < len(old) or other < len(new):
        yield False, one, len(old), other, len(new)
