"""Index of the chunks (text between white space) that regular expressions and token patterns require.

Nearly every expression requires a certain word, or part of one; some require two. An expression is tried only in texts
that have the chunks it requires, which gives the same matches as trying all of them everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from qualcode.regexes import UserRegex
from qualcode.suggest.cues.regex_literals import CASE_FOLDING_CHARACTERS, Literals, required_regex_literals
from qualcode.suggest.cues.token_patterns import TokenPatterns

Requirements = set[int]
"""Numbers of requirements: each cue has two, ``2 * cue`` and ``2 * cue + 1`` (the same twice if it has only one)."""


class Triggers:
    """Records for every indexed chunk which requirements it meets."""

    def __init__(self, regexes: Mapping[int, UserRegex], patterns: TokenPatterns) -> None:
        self.slow_cues: set[int] = set()
        """Cues that require no fixed word: they are tried everywhere."""
        self._by_word: dict[str, Requirements] = {}
        self._by_literal: dict[str, Requirements] = {}
        self._regex_requirements = {2 * cue + number for cue in regexes for number in (0, 1)}
        self._met_by_chunk: dict[str, frozenset[int]] = {}
        for cue, regex in regexes.items():
            self._add(cue, required_regex_literals(regex.pattern), self._by_literal)
        for cue, words in patterns.words.items():
            self._add(cue, [words] if words else [], self._by_word)
        self._requirements = list(self._by_literal.values())
        self._literals = AhoCorasick(list(self._by_literal)) if self._by_literal else None

    def _add(self, cue: int, required: Sequence[Literals], index: dict[str, Requirements]) -> None:
        # The two longest literals, which are the rarest; a cue with one has it as both requirements.
        for number, literals in enumerate((*required, *required)[:2] if len(required) == 1 else required[:2]):
            for literal in literals:
                index.setdefault(literal, set()).add(2 * cue + number)
        if not required:
            self.slow_cues.add(cue)

    @property
    def trigger_chunks(self) -> set[str]:
        """Chunks that meet a requirement: a text without any has no match, except of slow cues."""
        return set(self._met_by_chunk)

    def has_candidates(self, chunks: Sequence[str]) -> bool:
        """Tell whether any cue can match in a text of these chunks, which are all indexed."""
        return bool(self.slow_cues) or (
            not self._met_by_chunk.keys().isdisjoint(chunks) and bool(self.find_candidates(chunks))
        )

    def find_candidates(self, chunks: Sequence[str]) -> set[int]:
        """Return the cues that can match in a sentence of these chunks, which are all indexed."""
        if self._met_by_chunk.keys().isdisjoint(chunks):
            return self.slow_cues
        met = set[int]().union(*map(self._met_by_chunk.__getitem__, self._met_by_chunk.keys() & chunks))
        # number ^ 1 is the other requirement of the same cue: both must be met.
        return self.slow_cues.union(number >> 1 for number in met if number ^ 1 in met)

    def add_chunks(self, words_by_chunk: Mapping[str, Iterable[str]]) -> None:
        """Index new chunks, each given with its words."""
        met: dict[str, Requirements] = {}
        for chunk, requirements in self._find_met(words_by_chunk):
            met.setdefault(chunk, set()).update(requirements)
        self._met_by_chunk.update((chunk, frozenset(requirements)) for chunk, requirements in met.items())

    def clear_chunks(self) -> None:
        """Empty the index."""
        self._met_by_chunk.clear()

    def _find_met(self, words_by_chunk: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Requirements]]:
        """Yield chunks with the requirements that they meet."""
        if self._by_word:
            yield from (
                (chunk, self._by_word[word])
                for chunk, words in words_by_chunk.items()
                for word in words
                if word in self._by_word
            )
        if self._regex_requirements:
            for chunk in words_by_chunk:
                # Lower case does not cover all case variants of these characters, so every requirement counts as met.
                if not chunk.isascii() and not CASE_FOLDING_CHARACTERS.isdisjoint(chunk + chunk.lower()):
                    yield chunk, self._regex_requirements
        yield from self._find_literals(list(words_by_chunk))

    def _find_literals(self, chunks: Sequence[str]) -> Iterator[tuple[str, Requirements]]:
        """Yield chunks that contain a required literal: all chunks are searched as one string."""
        if self._literals is None:
            return
        lowered = [chunk.lower() for chunk in chunks]
        # Lengths of the lowered chunks: lower case may be longer ("İ" becomes two characters).
        starts = list(accumulate((len(chunk) + 1 for chunk in lowered), initial=0))
        # No literal contains white space, so none matches across the line breaks.
        for literal, start, _ in self._literals.find_matches_as_indexes("\n".join(lowered), overlapping=True):
            yield chunks[bisect_right(starts, start) - 1], self._requirements[literal]
