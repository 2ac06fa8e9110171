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

from qualcode.suggest.literals import FOLDING, Literals, regex_needs
from qualcode.suggest.patterns import Patterns

Parts = set[int]


class Triggers:
    """What the chunks that were seen are good for.

    A cue needs two things (the same twice, where it needs only one): part ``2 * cue`` and part ``2 * cue + 1``.
    """

    def __init__(self, regexes: Mapping[int, re.Pattern[str]], patterns: Patterns) -> None:
        self.always: set[int] = set()
        """Cues that may be found without any word that could be named: they are tried everywhere."""
        self._by_word: dict[str, Parts] = {}
        self._by_piece: dict[str, Parts] = {}
        self._folded = {2 * cue + part for cue in regexes for part in (0, 1)}
        self._hot: dict[str, frozenset[int]] = {}
        for cue, regex in regexes.items():
            self._add(cue, regex_needs(regex.pattern), self._by_piece)
        for cue, words in patterns.words.items():
            self._add(cue, [words] if words else [], self._by_word)
        self._parts = list(self._by_piece.values())
        self._pieces = AhoCorasick(list(self._by_piece)) if self._by_piece else None

    def _add(self, cue: int, needed: Sequence[Literals], kept: dict[str, Parts]) -> None:
        for part, literals in enumerate((*needed, *needed)[:2] if len(needed) == 1 else needed[:2]):
            for literal in literals:
                kept.setdefault(literal, set()).add(2 * cue + part)
        if not needed:
            self.always.add(cue)

    @property
    def hot(self) -> set[str]:
        """Chunks without any of which nothing is found, but for what is tried everywhere."""
        return set(self._hot)

    def may_hold(self, chunks: Sequence[str]) -> bool:
        """Tell whether any cue is worth trying in a text of these chunks, which were all learnt."""
        return bool(self.always) or (not self._hot.keys().isdisjoint(chunks) and bool(self.of(chunks)))

    def of(self, chunks: Sequence[str]) -> set[int]:
        """Return the cues worth trying in a sentence of these chunks, which were all learnt."""
        if self._hot.keys().isdisjoint(chunks):
            return self.always
        parts = set[int]().union(*map(self._hot.__getitem__, self._hot.keys() & chunks))
        return self.always.union(part >> 1 for part in parts if part ^ 1 in parts)

    def learn(self, said: Mapping[str, Iterable[str]]) -> None:
        """Look at chunks that were never seen, given with the words that they say."""
        found: dict[str, Parts] = {}
        for chunk, parts in self._triggering(said):
            found.setdefault(chunk, set()).update(parts)
        self._hot.update((chunk, frozenset(parts)) for chunk, parts in found.items())

    def forget(self) -> None:
        """Forget the chunks that were seen."""
        self._hot.clear()

    def _triggering(self, said: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Parts]]:
        """Yield chunks with the parts that they are good for."""
        if self._by_word:
            yield from (
                (chunk, self._by_word[word]) for chunk, words in said.items() for word in words if word in self._by_word
            )
        if self._folded:
            for chunk in said:
                if not chunk.isascii() and not FOLDING.isdisjoint(chunk + chunk.lower()):
                    yield chunk, self._folded
        yield from self._holding(list(said))

    def _holding(self, new: Sequence[str]) -> Iterator[tuple[str, Parts]]:
        """Yield chunks that hold a piece some cue needs: all chunks are searched in one string."""
        if self._pieces is None:
            return
        lowered = [chunk.lower() for chunk in new]
        starts = list(accumulate((len(chunk) + 1 for chunk in lowered), initial=0))
        for piece, start, _ in self._pieces.find_matches_as_indexes("\n".join(lowered), overlapping=True):
            yield new[bisect_right(starts, start) - 1], self._parts[piece]
