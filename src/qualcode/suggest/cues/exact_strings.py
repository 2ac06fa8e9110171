"""Search for many strings at once by Aho-Corasick automata: exact cues as whole words, and chunks in many texts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from qualcode.segments import has_unspaced_letters
from qualcode.suggest.cues.turn_pages import CueSpan

_SEPARATOR = "\n"
"""Put between texts that are searched as one string: neither letter nor digit, so that words end at a text's edges."""


class ExactStrings:
    """Exact cues by number: each matches where no letter or digit adjoins one at its ends, except without spaces."""

    def __init__(self, values: Mapping[int, str]) -> None:
        self._cues = list(values)
        self._automaton = AhoCorasick(list(values.values())) if values else None

    def find(self, texts: Sequence[str]) -> dict[int, list[CueSpan]]:
        """Return the matches by the numbers of the texts."""
        matches: dict[int, list[CueSpan]] = {}
        if self._automaton is None:
            return matches
        starts = _text_starts(texts)
        # A separator after the last text too, so that there is a character after every match.
        joined = _SEPARATOR.join([*texts, ""])
        for value, start, end in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            if _is_whole_word(joined, start, end):
                text = bisect_right(starts, start) - 1
                if end < starts[text + 1]:  # an exact string may itself contain the separator
                    matches.setdefault(text, []).append((self._cues[value], start - starts[text], end - starts[text]))
        return matches


_MAX_FILTER_CHUNKS = 5_000
"""Chunks that a filter searches for at most: of more, nearly every text contains one."""


class ChunkFilter:
    """Selects the texts that contain any of many chunks (text between white space)."""

    def __init__(self, chunks: Collection[str] | None) -> None:
        self._automaton = (
            AhoCorasick(list(chunks)) if chunks is not None and len(chunks) <= _MAX_FILTER_CHUNKS else None
        )

    def rows(self, texts: Sequence[str]) -> Collection[int]:
        """Return the numbers, in order, of all texts with one of the chunks, and of some that have it inside another.

        All texts are returned if the filter was made of too many chunks or of None.
        """
        if self._automaton is None:
            return range(len(texts))
        starts = _text_starts(texts)
        # One match in a text is enough, so overlapping ones are not needed.
        matches = self._automaton.find_matches_as_indexes(_SEPARATOR.join(texts))
        return sorted({bisect_right(starts, start) - 1 for _, start, _ in matches})


def _text_starts(texts: Sequence[str]) -> list[int]:
    """Return where each text starts in the string of all joined by the separator, and where that ends."""
    return list(accumulate((len(text) + len(_SEPARATOR) for text in texts), initial=0))


def _is_whole_word(text: str, start: int, end: int) -> bool:
    # A cue whose own edge is a mark, such as "C++", may be followed by anything.
    return not (start > 0 and _are_joined(text, start)) and not _are_joined(text, end)


def _are_joined(text: str, place: int) -> bool:
    """Return whether the characters around a place are letters or digits of one word."""
    is_inside = text[place].isalnum() and text[place - 1].isalnum()
    # In scripts without spaces a word may begin and end at any letter.
    return is_inside and not has_unspaced_letters(text, place - 1, place + 1)
