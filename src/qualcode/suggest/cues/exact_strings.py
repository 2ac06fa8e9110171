"""Exact texts that stand alone in larger ones, all looked for at once by an Aho-Corasick automaton."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from qualcode.suggest.cues.turn_pages import CueSpan

_GAP = "\n"
"""What is put between texts: no letter or digit, so that a text's edges are where something may stand alone."""


class ExactStrings:
    """Exact texts by the numbers of their cues: each stands with no letter or digit right before or after it."""

    def __init__(self, values: Mapping[int, str]) -> None:
        self._cues = list(values)
        self._automaton = AhoCorasick(list(values.values())) if values else None

    def find(self, texts: Sequence[str]) -> dict[int, list[CueSpan]]:
        """Return by the numbers of the texts what is found in them."""
        found: dict[int, list[CueSpan]] = {}
        if self._automaton is None:
            return found
        starts = list(accumulate((len(text) + len(_GAP) for text in texts), initial=0))
        page = _GAP.join([*texts, ""])
        for value, start, end in self._automaton.find_matches_as_indexes(page, overlapping=True):
            if _is_whole_word(page, start, end):
                text = bisect_right(starts, start) - 1
                if end < starts[text + 1]:  # an exact text may itself have a line end
                    found.setdefault(text, []).append((self._cues[value], start - starts[text], end - starts[text]))
        return found


_MOST_FILTER_CHUNKS = 5_000
"""Chunks up to which a sieve looks for them: of more, nearly every text has one."""


class ChunkFilter:
    """Chunks (what stands between white space) to be looked for in many texts at once."""

    def __init__(self, chunks: Collection[str] | None) -> None:
        self._automaton = (
            AhoCorasick(list(chunks)) if chunks is not None and len(chunks) <= _MOST_FILTER_CHUNKS else None
        )

    def rows(self, texts: Sequence[str]) -> Collection[int]:
        """Return the numbers, in order, of all texts with one of the chunks, and of some that have it within another.

        A sieve of too many chunks, or of none that could be named, lets all through.
        """
        if self._automaton is None:
            return range(len(texts))
        starts = list(accumulate((len(text) + len(_GAP) for text in texts), initial=0))
        found = self._automaton.find_matches_as_indexes(_GAP.join(texts))
        return sorted({bisect_right(starts, start) - 1 for _, start, _ in found})


def _is_whole_word(page: str, start: int, end: int) -> bool:
    joined_before = start > 0 and page[start].isalnum() and page[start - 1].isalnum()
    return not joined_before and not (page[end - 1].isalnum() and page[end].isalnum())
