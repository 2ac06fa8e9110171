"""Words and punctuation of a text with their places, by which two versions of it are laid beside each other."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from qualcode.anchors.quote_anchors import TYPOGRAPHY_MAP, Span

WORD_MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\ufeff"
)
"""Marks that belong to the letter before them, which ``\\w`` does not say; invisible ones; words of India's scripts."""
_UNSPACED_LETTERS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Letters of scripts that put no space between words: each is a token, or a whole sentence would be one."""
_OTHER_TOKEN = rf"\.{{3}}|[^\w\s{WORD_MARKS}]"
_SPACED_TOKEN = re.compile(rf"[\w{WORD_MARKS}]+|{_OTHER_TOKEN}")
_MIXED_TOKEN = re.compile(
    rf"[{_UNSPACED_LETTERS}][{WORD_MARKS}]*|(?:(?![{_UNSPACED_LETTERS}])[\w{WORD_MARKS}])+|{_OTHER_TOKEN}"
)
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED_LETTERS}]")
_LABEL = re.compile(r"^[^\n:：]{1,40}[:：]", re.MULTILINE)
"""What stands before a colon at the beginning of a line: the same speaker speaks in many places."""
_MAX_TOKEN_PAIRS = 400_000_000
"""Pairs of tokens that are compared at once, at one bit each; longer stretches are called different as a whole."""
SENTENCE_ENDS = frozenset({".", "?", "!", "...", "。", "？", "！", "؟", "।"})
"""Tokens that end a sentence."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words and punctuation marks; ``keys`` are the same for what typing programs change on their own."""

    text: str
    starts: list[int]
    ends: list[int]
    keys: list[str]

    def token_range(self, start: int, end: int) -> Span:
        """Return the range of tokens that a span of the text touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def split_clauses(self) -> Iterator[Span]:
        """Yield the ranges of tokens between line ends and ends of sentences."""
        first = 0
        for token in range(1, len(self.starts) + 1):
            if token == len(self.starts) or self.keys[token - 1] in SENTENCE_ENDS or self.is_line_start(token):
                yield first, token
                first = token

    def is_line_start(self, token: int) -> bool:
        """Tell whether a line ends between a token and the one before it."""
        return token <= 0 or "\n" in self.text[self.ends[token - 1] : self.starts[token]]


@lru_cache(maxsize=8)
def tokenize_text(text: str) -> Tokens:
    """Cut a text into words and punctuation marks; remembered, since many quotes are sought in one text."""
    pattern = _MIXED_TOKEN if _UNSPACED_LETTER.search(text) else _SPACED_TOKEN
    found = [(match.start(), match.end(), _token_key(match[0])) for match in pattern.finditer(text)]
    found = [one for one in found if one[2]]  # a soft hyphen by itself is no word
    return Tokens(text, [one[0] for one in found], [one[1] for one in found], [one[2] for one in found])


@lru_cache(maxsize=100_000)
def _token_key(word: str) -> str:
    return word if word.isascii() and word != "`" else normalize("NFD", word).translate(TYPOGRAPHY_MAP)


def count_token_words(keys: Sequence[str]) -> float:
    """Return how many words tokens are: no marks, and two letters of a script without spaces are one."""
    return sum(0.5 if len(key) == 1 and _UNSPACED_LETTER.match(key) else 1 for key in keys if key[0].isalnum())


def count_token_letters(held: Tokens) -> list[int]:
    """Return how many letters each token tells a reader: none of a speaker's label, of figures and of marks."""
    told = [(2 if _UNSPACED_LETTER.match(key) else len(key)) if key[0].isalpha() else 0 for key in held.keys]
    for label in _LABEL.finditer(held.text):
        first, last = held.token_range(*label.span())
        told[first:last] = [0] * (last - first)
    return told


def diff_sequences(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield where two sequences are the same and where not, in order: (same, old start, end, new start, end)."""
    from rapidfuzz.distance import Indel

    one = other = 0
    for code in Indel.opcodes(old, new) if len(old) * len(new) <= _MAX_TOKEN_PAIRS else ():
        if code.tag == "equal":
            if code.src_start > one or code.dest_start > other:
                yield False, one, code.src_start, other, code.dest_start
            yield True, code.src_start, code.src_end, code.dest_start, code.dest_end
            one, other = code.src_end, code.dest_end
    if one < len(old) or other < len(new):
        yield False, one, len(old), other, len(new)
