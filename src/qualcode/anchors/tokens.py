"""Tokens of a text: words and punctuation marks with their offsets, and the comparison of two token sequences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from qualcode.anchors.quote_anchors import TYPOGRAPHY_MAP, Span

# The dandas U+0964 and U+0965 are left out of the Indic range, since they end sentences.
WORD_MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf-\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\ufeff"
)
"""Characters of words that ``\\w`` does not match: combining marks, invisible characters, signs of Indic scripts."""
# Thai, Lao, Tibetan; Myanmar; Khmer; Hiragana, Katakana; Chinese characters.
_UNSPACED_LETTERS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Letters of scripts without spaces between words: each is a token, since otherwise a whole sentence would be one."""
# Three full stops are one token, as the character "…" is once it is normalised.
_OTHER_TOKEN = rf"\.{{3}}|[^\w\s{WORD_MARKS}]"
# Most texts have no letters of unspaced scripts, and this simpler pattern is enough for them.
_SPACED_TOKEN = re.compile(rf"[\w{WORD_MARKS}]+|{_OTHER_TOKEN}")
_MIXED_TOKEN = re.compile(
    rf"[{_UNSPACED_LETTERS}][{WORD_MARKS}]*|(?:(?![{_UNSPACED_LETTERS}])[\w{WORD_MARKS}])+|{_OTHER_TOKEN}"
)
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED_LETTERS}]")
_LABEL = re.compile(r"^[^\n:：]{1,40}[:：]", re.MULTILINE)
"""A speaker's label: text before a colon at the start of a line."""
# At one bit a pair this is 50 MB.
_MAX_TOKEN_PAIRS = 400_000_000
"""Limit on the pairs of tokens that are compared, at one bit each; longer sequences count as different as a whole."""
SENTENCE_ENDS = frozenset({".", "?", "!", "...", "。", "？", "！", "؟", "।"})
"""Keys of the tokens that end a sentence."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words and punctuation marks: offsets in code points; ``keys`` are the tokens, typography normalised."""

    text: str
    starts: list[int]
    ends: list[int]
    keys: list[str]

    def token_range(self, start: int, end: int) -> Span:
        """Return the range of tokens that overlap a span of the text."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def split_clauses(self) -> Iterator[Span]:
        """Yield the ranges of tokens between sentence ends and line ends."""
        first = 0
        for token in range(1, len(self.starts) + 1):
            if token == len(self.starts) or self.keys[token - 1] in SENTENCE_ENDS or self.is_line_start(token):
                yield first, token
                first = token

    def is_spaced(self, token: int) -> bool:
        """Return whether a token has white space before it, or follows a full-width mark, which needs none."""
        return (
            token >= len(self.starts) or self.starts[token] > self.ends[token - 1] or not self.keys[token - 1].isascii()
        )

    def is_line_start(self, token: int) -> bool:
        """Return whether a line ends between a token and the one before it."""
        return token <= 0 or "\n" in self.text[self.ends[token - 1] : self.starts[token]]


@lru_cache(maxsize=8)
def tokenize_text(text: str) -> Tokens:
    """Return the tokens of a text; cached, since many quotes are searched for in one text."""
    pattern = _MIXED_TOKEN if _UNSPACED_LETTER.search(text) else _SPACED_TOKEN
    rows = [(match.start(), match.end(), _token_key(match[0])) for match in pattern.finditer(text)]
    rows = [row for row in rows if row[2]]  # a soft hyphen by itself has an empty key
    return Tokens(text, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


@lru_cache(maxsize=100_000)
def _token_key(word: str) -> str:
    return word if word.isascii() and word != "`" else normalize("NFD", word).translate(TYPOGRAPHY_MAP)


def count_token_words(keys: Sequence[str]) -> float:
    """Return the number of words: marks count 0, a letter of a script without spaces counts half a word."""
    return sum(0.5 if len(key) == 1 and _UNSPACED_LETTER.match(key) else 1 for key in keys if key[0].isalnum())


def count_token_letters(tokens: Tokens) -> list[int]:
    """Return the number of letters of each token: 0 for speakers' labels, numbers and marks, which occur everywhere."""
    # A letter of a script without spaces identifies a place about as well as two of an alphabet.
    counts = [(2 if _UNSPACED_LETTER.match(key) else len(key)) if key[0].isalpha() else 0 for key in tokens.keys]
    for label in _LABEL.finditer(tokens.text):
        first, last = tokens.token_range(*label.span())
        counts[first:last] = [0] * (last - first)
    return counts


def diff_sequences(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Yield the equal and the differing runs of two sequences in order: (is equal, old start, end, new start, end)."""
    from rapidfuzz.distance import Indel

    # Indel lists deletions and insertions separately; all between two equal runs are yielded as one differing run.
    i = j = 0
    for code in Indel.opcodes(old, new) if len(old) * len(new) <= _MAX_TOKEN_PAIRS else ():
        if code.tag == "equal":
            if code.src_start > i or code.dest_start > j:
                yield False, i, code.src_start, j, code.dest_start
            yield True, code.src_start, code.src_end, code.dest_start, code.dest_end
            i, j = code.src_end, code.dest_end
    if i < len(old) or j < len(new):
        yield False, i, len(old), j, len(new)
