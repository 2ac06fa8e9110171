"""Which regular expressions and token patterns a chunk of text (what stands between white space) can be part of.

All but a few need a certain word, or piece of one, to be there; some need two. One is tried only where chunks with
all that it needs stand, which finds the same as trying every one everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from qualcode.suggest.cues.regex_literals import CASE_FOLDING_CHARACTERS, Literals, required_regex_literals
from qualcode.suggest.cues.token_patterns import TokenPatterns

CueParts = set[int]


class Triggers:
    """What the chunks that were seen are good for.

    A cue needs two things (the same twice, where it needs only one): part ``2 * cue`` and part ``2 * cue + 1``.
    """

    def __init__(self, regexes: Mapping[int, re.Pattern[str]], patterns: TokenPatterns) -> None:
        self.slow_cues: set[int] = set()
        """Cues that may be found without any word that could be named: they are tried everywhere."""
        self._by_word: dict[str, CueParts] = {}
        self._by_piece: dict[str, CueParts] = {}
        self._regex_parts = {2 * cue + part for cue in regexes for part in (0, 1)}
        self._parts_by_chunk: dict[str, frozenset[int]] = {}
        for cue, regex in regexes.items():
            self._add(cue, required_regex_literals(regex.pattern), self._by_piece)
        for cue, words in patterns.words.items():
            self._add(cue, [words] if words else [], self._by_word)
        self._parts = list(self._by_piece.values())
        self._pieces = AhoCorasick(list(self._by_piece)) if self._by_piece else None

    def _add(self, cue: int, needed: Sequence[Literals], kept: dict[str, CueParts]) -> None:
        for part, literals in enumerate((*needed, *needed)[:2] if len(needed) == 1 else needed[:2]):
            for literal in literals:
                kept.setdefault(literal, set()).add(2 * cue + part)
        if not needed:
            self.slow_cues.add(cue)

    @property
    def trigger_chunks(self) -> set[str]:
        """Chunks without any of which nothing is found, but for what is tried everywhere."""
        return set(self._parts_by_chunk)

    def has_candidates(self, chunks: Sequence[str]) -> bool:
        """Tell whether any cue is worth trying in a text of these chunks, which were all learnt."""
        return bool(self.slow_cues) or (
            not self._parts_by_chunk.keys().isdisjoint(chunks) and bool(self.find_candidates(chunks))
        )

    def find_candidates(self, chunks: Sequence[str]) -> set[int]:
        """Return the cues worth trying in a sentence of these chunks, which were all learnt."""
        if self._parts_by_chunk.keys().isdisjoint(chunks):
            return self.slow_cues
        parts = set[int]().union(*map(self._parts_by_chunk.__getitem__, self._parts_by_chunk.keys() & chunks))
        return self.slow_cues.union(part >> 1 for part in parts if part ^ 1 in parts)

    def add_chunks(self, said: Mapping[str, Iterable[str]]) -> None:
        """Look at chunks that were never seen, given with the words that they say."""
        found: dict[str, CueParts] = {}
        for chunk, parts in self._find_parts(said):
            found.setdefault(chunk, set()).update(parts)
        self._parts_by_chunk.update((chunk, frozenset(parts)) for chunk, parts in found.items())

    def clear_chunks(self) -> None:
        """Forget the chunks that were seen."""
        self._parts_by_chunk.clear()

    def _find_parts(self, said: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, CueParts]]:
        """Yield chunks with the parts that they are good for."""
        if self._by_word:
            yield from (
                (chunk, self._by_word[word]) for chunk, words in said.items() for word in words if word in self._by_word
            )
        if self._regex_parts:
            for chunk in said:
                if not chunk.isascii() and not CASE_FOLDING_CHARACTERS.isdisjoint(chunk + chunk.lower()):
                    yield chunk, self._regex_parts
        yield from self._find_pieces(list(said))

    def _find_pieces(self, new: Sequence[str]) -> Iterator[tuple[str, CueParts]]:
        """Yield chunks that hold a piece some cue needs: all chunks are searched in one string."""
        if self._pieces is None:
            return
        lowered = [chunk.lower() for chunk in new]
        starts = list(accumulate((len(chunk) + 1 for chunk in lowered), initial=0))
        for piece, start, _ in self._pieces.find_matches_as_indexes("\n".join(lowered), overlapping=True):
            yield new[bisect_right(starts, start) - 1], self._parts[piece]
