"""Words and punctuation of a text with their places, by which two versions of it are laid beside each other."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from qualcode.anchors.quotes import ALIKE, Span

MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\ufeff"
)
"""Marks that belong to the letter before them, which ``\\w`` does not say; invisible ones; words of India's scripts."""
_SOLID = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Letters of scripts that put no space between words: each is a token, or a whole sentence would be one."""
_REST = rf"\.{{3}}|[^\w\s{MARKS}]"
_SPACED = re.compile(rf"[\w{MARKS}]+|{_REST}")
_MIXED = re.compile(rf"[{_SOLID}][{MARKS}]*|(?:(?![{_SOLID}])[\w{MARKS}])+|{_REST}")
_ANY_SOLID = re.compile(f"[{_SOLID}]")
_LABEL = re.compile(r"^[^\n:：]{1,40}[:：]", re.MULTILINE)
"""What stands before a colon at the beginning of a line: the same speaker speaks in many places."""
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

    def clauses(self) -> Iterator[Span]:
        """Yield the ranges of tokens between line ends and ends of sentences."""
        first = 0
        for token in range(1, len(self.starts) + 1):
            if token == len(self.starts) or self.keys[token - 1] in ENDERS or self.breaks(token):
                yield first, token
                first = token

    def breaks(self, token: int) -> bool:
        """Tell whether a line ends between a token and the one before it."""
        return token <= 0 or "\n" in self.text[self.ends[token - 1] : self.starts[token]]


@lru_cache(maxsize=8)
def tokens(text: str) -> Tokens:
    """Cut a text into words and punctuation marks; remembered, since many quotes are sought in one text."""
    pattern = _MIXED if _ANY_SOLID.search(text) else _SPACED
    found = [(match.start(), match.end(), _key(match[0])) for match in pattern.finditer(text)]
    found = [one for one in found if one[2]]  # a soft hyphen by itself is no word
    return Tokens(text, [one[0] for one in found], [one[1] for one in found], [one[2] for one in found])


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    return word if word.isascii() and word != "`" else normalize("NFD", word).translate(ALIKE)


def words(keys: Sequence[str]) -> float:
    """Return how many words tokens are: no marks, and two letters of a script without spaces are one."""
    return sum(0.5 if len(key) == 1 and _ANY_SOLID.match(key) else 1 for key in keys if key[0].isalnum())


def letters(held: Tokens) -> list[int]:
    """Return how many letters each token tells a reader: none of a speaker's label, of figures and of marks."""
    told = [(2 if _ANY_SOLID.match(key) else len(key)) if key[0].isalpha() else 0 for key in held.keys]
    for label in _LABEL.finditer(held.text):
        first, last = held.within(*label.span())
        told[first:last] = [0] * (last - first)
    return told


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
