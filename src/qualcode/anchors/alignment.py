"""Which word of a new text stands for which of the old one: sentences first, then words inside changed ones.

Sentences that stand once in both texts are laid on each other wherever they are, so that reordered paragraphs keep
their words; what lies between them is compared in order. Sentences that were both moved and edited are paired by
likeness. Nothing compares characters of whole texts, so that the time is bounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from qualcode.anchors.quote_anchors import Span
from qualcode.anchors.tokens import Tokens, count_token_letters, count_token_words, diff_sequences, tokenize_text

_MIN_MOVED_WORDS = 3
"""A clause of fewer words is not taken for moved: it could be another one with the same words."""
_MIN_RUN = 4
"""Fewer words and marks in a row may have found partners by chance."""
_LOW_SHARE = 0.5
"""A clause of whose letters less than this share found a partner may stand elsewhere."""
_SIMILARITY_CUTOFF = 60.0
"""Likeness in percent from which two clauses are one, moved and edited."""
_MAX_PAIRS = 250_000
"""Pairs of clauses whose likeness is computed at most."""

_Clauses = Sequence[Span]


@dataclass(frozen=True)
class Alignment:
    """Two texts word by word: ``partner`` has the new token of each old one and ``back`` the reverse, -1 for none."""

    old: Tokens
    new: Tokens
    old_to_new: list[int]
    new_to_old: list[int]

    @cached_property
    def new_positions(self) -> Mapping[str, list[int]]:
        """Where each word stands in the new text."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self.new.keys):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def unaligned_new(self) -> str:
        """The new text, blank where words stand because the same ones stood in the old text."""
        return _blank_aligned_runs(self.new, self.new_to_old)

    @cached_property
    def unaligned_old(self) -> str:
        """The old text, blank where its words still stand."""
        return _blank_aligned_runs(self.old, self.old_to_new)

    @cached_property
    def letter_counts(self) -> tuple[list[int], list[int]]:
        """How many letters each token of the old and of the new text tells a reader."""
        return count_token_letters(self.old), count_token_letters(self.new)

    @cached_property
    def aligned_tokens(self) -> tuple[list[int], list[int]]:
        """The tokens of both texts that have partners."""
        return _aligned_indices(self.old_to_new), _aligned_indices(self.new_to_old)

    @cached_property
    def aligned_or_word_tokens(self) -> tuple[list[int], list[int]]:
        """The tokens of both texts that have partners or tell something."""
        return _aligned_indices(self.old_to_new, self.letter_counts[0]), _aligned_indices(
            self.new_to_old, self.letter_counts[1]
        )

    def exact_range(self, first: int, last: int) -> Span | None:
        """Return the range of new tokens that a range of old ones stands in word for word, if it does."""
        start = self.old_to_new[first] if first < last else -1
        whole = start >= 0 and self.old_to_new[first:last] == list(range(start, start + last - first))
        return (start, start + last - first) if whole else None


def _aligned_indices(partners: Sequence[int], letters: Sequence[int] = ()) -> list[int]:
    return [at for at, one in enumerate(partners) if one >= 0 or (letters and letters[at])]


def _blank_aligned_runs(held: Tokens, partner: Sequence[int]) -> str:
    """Return a text with line ends in place of words that found partners in a row."""
    parts, place, first = [], 0, 0
    for token in range(1, len(partner) + 1):
        if token < len(partner) and partner[first] >= 0 and partner[token] == partner[token - 1] + 1:
            continue
        if partner[first] >= 0 and token - first >= _MIN_RUN:
            start, end = held.starts[first], held.ends[token - 1]
            parts += [held.text[place:start], "\n" * (end - start)]
            place = end
        first = token
    return "".join([*parts, held.text[place:]])


def align(old: str, new: str) -> Alignment:
    """Lay a new text beside the old one."""
    return _Aligner(tokenize_text(old), tokenize_text(new)).build_alignment()


class _Aligner:
    def __init__(self, old: Tokens, new: Tokens) -> None:
        self.old, self.new = old, new
        self.old_clauses, self.new_clauses = list(old.split_clauses()), list(new.split_clauses())
        self.old_to_new = [-1] * len(old.keys)
        self.new_to_old = [-1] * len(new.keys)

    def build_alignment(self) -> Alignment:
        for old, new in self._hunks():
            self._match_words(old, new)
        self._match_moved()
        return Alignment(self.old, self.new, self.old_to_new, self.new_to_old)

    def _join(self, old: Iterable[int], new: Iterable[int]) -> None:
        for one, other in zip(old, new, strict=True):
            self.old_to_new[one] = other
            self.new_to_old[other] = one

    def _clause_keys(self, clauses: Iterable[Span], which: Tokens) -> list[tuple[str, ...]]:
        return [tuple(which.keys[first:last]) for first, last in clauses]

    def _hunks(self) -> Iterator[tuple[_Clauses, _Clauses]]:
        """Join the clauses that are the same; yield what differs between them, in order."""
        old, new = self._clause_keys(self.old_clauses, self.old), self._clause_keys(self.new_clauses, self.new)
        ordered, moved = _match_unique_clauses(old, new)
        for one, other in (*ordered, *moved):
            self._join(range(*self.old_clauses[one]), range(*self.new_clauses[other]))
        gone, come = {one for one, _ in moved}, {other for _, other in moved}
        for (a, c), (b, d) in pairwise([(-1, -1), *ordered, (len(old), len(new))]):
            between = [one for one in range(a + 1, b) if one not in gone]
            beside = [other for other in range(c + 1, d) if other not in come]
            if between and beside:
                yield from self._gap_hunks(between, beside, old, new)

    def _gap_hunks(
        self,
        between: list[int],
        beside: list[int],
        old: Sequence[tuple[str, ...]],
        new: Sequence[tuple[str, ...]],
    ) -> Iterator[tuple[_Clauses, _Clauses]]:
        held, there = [old[one] for one in between], [new[other] for other in beside]
        for same, a, b, c, d in diff_sequences(held, there):
            clauses = (
                [self.old_clauses[one] for one in between[a:b]],
                [self.new_clauses[other] for other in beside[c:d]],
            )
            if same:
                for one, other in zip(*clauses, strict=True):
                    self._join(range(*one), range(*other))
            elif a < b and c < d:
                yield clauses

    def _match_words(self, old_clauses: _Clauses, new_clauses: _Clauses) -> None:
        """Join the words that two runs of clauses have in common, in order."""
        old = [token for clause in old_clauses for token in range(*clause)]
        new = [token for clause in new_clauses for token in range(*clause)]
        held, there = [self.old.keys[one] for one in old], [self.new.keys[one] for one in new]
        for same, a, b, c, d in diff_sequences(held, there):
            if same:
                self._join(old[a:b], new[c:d])

    def _match_moved(self) -> None:
        """Pair clauses that found little where they should be with those that came from nowhere."""
        gone = [clause for clause in self.old_clauses if _aligned_share(clause, self.old, self.old_to_new) < _LOW_SHARE]
        come = [clause for clause in self.new_clauses if _aligned_share(clause, self.new, self.new_to_old) < _LOW_SHARE]
        if not gone or not come or len(gone) * len(come) > _MAX_PAIRS:
            return
        for old, new in _pair_similar_texts(_clause_texts(gone, self.old), _clause_texts(come, self.new)):
            self._clear_links(gone[old], come[new])
            self._match_words([gone[old]], [come[new]])

    def _clear_links(self, old: Span, new: Span) -> None:
        for token in range(*old):
            if self.old_to_new[token] >= 0:
                self.new_to_old[self.old_to_new[token]] = self.old_to_new[token] = -1
        for token in range(*new):
            if self.new_to_old[token] >= 0:
                self.old_to_new[self.new_to_old[token]] = self.new_to_old[token] = -1


def _match_unique_clauses(
    old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]
) -> tuple[list[Span], list[Span]]:
    """Return the clauses that stand once in both texts: those in the same order, and those that were moved."""
    once = {clause for clause, count in Counter(old).items() if count == 1}
    places = {clause: place for place, clause in enumerate(new) if clause in once}
    twice = {clause for clause, count in Counter(new).items() if count > 1}
    found = [(place, places[clause]) for place, clause in enumerate(old) if clause in places and clause not in twice]
    ordered = _longest_increasing(found)
    kept = set(ordered)
    return ordered, [one for one in found if one not in kept and count_token_words(old[one[0]]) >= _MIN_MOVED_WORDS]


def _longest_increasing(pairs: Sequence[Span]) -> list[Span]:
    """Return the longest part of pairs, sorted by their first number, in which the second one rises too."""
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(pairs)
    for index, (_, value) in enumerate(pairs):
        place = bisect_left(tails, value)
        before[index] = last[place - 1] if place else -1
        tails[place : place + 1] = [value]
        last[place : place + 1] = [index]
    found: list[Span] = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _aligned_share(clause: Span, held: Tokens, partner: Sequence[int]) -> float:
    """Return of what share of a clause's letters the words have a partner."""
    letters = [len(held.keys[token]) for token in range(*clause)]
    return sum(size for size, token in zip(letters, range(*clause), strict=True) if partner[token] >= 0) / sum(letters)


def _clause_texts(clauses: _Clauses, held: Tokens) -> list[str]:
    return [held.text[held.starts[first] : held.ends[last - 1]] for first, last in clauses]


def _pair_similar_texts(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Return the pairs of texts that are most alike, each text once."""
    from rapidfuzz import fuzz, process

    likeness = process.cdist(old, new, scorer=fuzz.ratio, score_cutoff=_SIMILARITY_CUTOFF)
    found = [(float(likeness[one, other]), one, other) for one, other in zip(*likeness.nonzero(), strict=True)]
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, one, other in sorted(found, reverse=True):
        if one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            pairs.append((int(one), int(other)))
    return pairs
