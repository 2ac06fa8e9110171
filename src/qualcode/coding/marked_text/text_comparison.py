"""The words of a text that somebody may have edited, compared with the original: where they differ, and where not.

White space may differ, since editors wrap lines and remove blanks at their ends: positions are found by words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from qualcode.anchors import Span, diff_sequences

_WORD = re.compile(r"\S+")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Words that were changed, with the offset in the edited text at which they are or are missing."""

    offset: int
    end: int
    was: str
    now: str


@dataclass(frozen=True)
class TextComparison:
    """An original text and an edited one, word by word."""

    original: str
    edited: str

    @cached_property
    def _spans(self) -> tuple[list[Span], list[Span]]:
        return _find_words(self.original), _find_words(self.edited)

    @cached_property
    def is_equal(self) -> bool:
        """Whether both have the same words in the same order."""
        return self.original == self.edited or self.original.split() == self.edited.split()

    def differences(self) -> Iterator[TextDifference]:
        """Yield the words that differ, in the order of the text."""
        if self.is_equal:
            return
        old_spans, new_spans = self._spans
        for old, new in self._differing_words():
            was, now = old_spans[slice(*old)], new_spans[slice(*new)]
            offset, end = (now[0][0], now[-1][1]) if now else [self._place_of_missing(old[0], new[0])] * 2
            words = self.original[was[0][0] : was[-1][1]] if was else ""
            yield TextDifference(offset, end, words, self.edited[offset:end])

    def _differing_words(self) -> Iterator[tuple[Span, Span]]:
        """Yield the ranges of words that differ; paragraphs are compared first, which bounds the time."""
        old, new = self.original.split(), self.edited.split()
        old_starts, new_starts = _find_paragraphs(self.original), _find_paragraphs(self.edited)
        paragraphs = [[words[a:b] for a, b in pairwise(at)] for words, at in ((old, old_starts), (new, new_starts))]
        for is_equal, a, b, c, d in diff_sequences(*([tuple(one) for one in each] for each in paragraphs)):
            if is_equal:
                continue
            first, second = old_starts[a], new_starts[c]
            for same, e, f, g, h in diff_sequences(old[first : old_starts[b]], new[second : new_starts[d]]):
                if not same:
                    yield (first + e, first + f), (second + g, second + h)

    def _place_of_missing(self, old_word: int, new_word: int) -> int:
        """Return where words are missing: before the next word if they began a line, else after the word before."""
        old, new = self._spans
        before = old[old_word - 1][1] if old_word else 0
        begins_line = not new_word or "\n" in self.original[before : old[old_word][0]]
        if begins_line and new_word < len(new):
            return new[new_word][0]
        return new[new_word - 1][1] if new_word else 0

    def space_changes(self) -> Iterator[int]:
        """Yield the offsets in the edited text at which only the white space between words differs."""
        old, new = self._spans if self.original != self.edited else ([], [])
        ends = [(0, 0), *((a[1], b[1]) for a, b in zip(old, new, strict=True))]
        for (old_end, new_end), (old_start, _), (new_start, _) in zip(ends, old, new, strict=False):
            if self.original[old_end:old_start] != self.edited[new_end:new_start]:
                yield new_end

    def original_span(self, span: Span) -> Span:
        """Return the span in the original of a span of the edited text, where both have the same words."""
        old, new = self._spans
        return span if self.original == self.edited else (_map_start(span[0], new, old), _map_end(span[1], new, old))

    def edited_offset(self, offset: int) -> int:
        """Return the offset in the edited text of words that begin at an offset of the original, as `original_span`."""
        old, new = self._spans
        return offset if self.original == self.edited else _map_start(offset, old, new)


def _map_start(offset: int, source: Sequence[Span], target: Sequence[Span]) -> int:
    """Return the offset of the same place in the other text; of white space, that of the word after it."""
    word = bisect_right(source, offset, key=itemgetter(1))
    if word == len(source):
        return target[-1][1] if target else 0
    return target[word][0] + max(0, offset - source[word][0])


def _map_end(offset: int, source: Sequence[Span], target: Sequence[Span]) -> int:
    """Return the offset of the same place in the other text; of white space, the end of the word before it."""
    word = bisect_left(source, offset, key=itemgetter(0)) - 1
    if word < 0:
        return target[0][0] if target else 0
    return target[word][0] + min(offset, source[word][1]) - source[word][0]


def _find_words(text: str) -> list[Span]:
    return [match.span() for match in _WORD.finditer(text)]


def _find_paragraphs(text: str) -> list[int]:
    """Return the numbers of the words that begin a paragraph, and the number of all words."""
    starts, count = [0], 0
    for paragraph in _PARAGRAPH_END.split(text):
        count += len(paragraph.split())
        if count > starts[-1]:
            starts.append(count)
    return starts
