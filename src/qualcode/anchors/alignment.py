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

from qualcode.anchors.quotes import Span
from qualcode.anchors.tokens import Tokens, letters, stretches, tokens, words

_SHORT = 3
"""A clause of fewer words is not taken for moved: it could be another one with the same words."""
_RUN = 4
"""Fewer words and marks in a row may have found partners by chance."""
_POOR = 0.5
"""A clause of whose letters less than this share found a partner may stand elsewhere."""
_ALIKE = 60.0
"""Likeness in percent from which two clauses are one, moved and edited."""
_MOST = 250_000
"""Pairs of clauses whose likeness is computed at most."""

_Clauses = Sequence[Span]


@dataclass(frozen=True)
class Alignment:
    """Two texts word by word: ``partner`` has the new token of each old one and ``back`` the reverse, -1 for none."""

    old: Tokens
    new: Tokens
    partner: list[int]
    back: list[int]

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Where each word stands in the new text."""
        found: dict[str, list[int]] = {}
        for place, key in enumerate(self.new.keys):
            found.setdefault(key, []).append(place)
        return found

    @cached_property
    def free(self) -> str:
        """The new text, blank where words stand because the same ones stood in the old text."""
        return _blanked(self.new, self.back)

    @cached_property
    def lost(self) -> str:
        """The old text, blank where its words still stand."""
        return _blanked(self.old, self.partner)

    @cached_property
    def letters(self) -> tuple[list[int], list[int]]:
        """How many letters each token of the old and of the new text tells a reader."""
        return letters(self.old), letters(self.new)

    @cached_property
    def laid(self) -> tuple[list[int], list[int]]:
        """The tokens of both texts that have partners."""
        return _where(self.partner), _where(self.back)

    @cached_property
    def worded(self) -> tuple[list[int], list[int]]:
        """The tokens of both texts that have partners or tell something."""
        return _where(self.partner, self.letters[0]), _where(self.back, self.letters[1])

    def exact(self, first: int, last: int) -> Span | None:
        """Return the range of new tokens that a range of old ones stands in word for word, if it does."""
        start = self.partner[first] if first < last else -1
        whole = start >= 0 and self.partner[first:last] == list(range(start, start + last - first))
        return (start, start + last - first) if whole else None


def _where(partners: Sequence[int], letters: Sequence[int] = ()) -> list[int]:
    return [at for at, one in enumerate(partners) if one >= 0 or (letters and letters[at])]


def _blanked(held: Tokens, partner: Sequence[int]) -> str:
    """Return a text with line ends in place of words that found partners in a row."""
    parts, place, first = [], 0, 0
    for token in range(1, len(partner) + 1):
        if token < len(partner) and partner[first] >= 0 and partner[token] == partner[token - 1] + 1:
            continue
        if partner[first] >= 0 and token - first >= _RUN:
            start, end = held.starts[first], held.ends[token - 1]
            parts += [held.text[place:start], "\n" * (end - start)]
            place = end
        first = token
    return "".join([*parts, held.text[place:]])


def align(old: str, new: str) -> Alignment:
    """Lay a new text beside the old one."""
    return _Aligner(tokens(old), tokens(new)).alignment()


class _Aligner:
    def __init__(self, old: Tokens, new: Tokens) -> None:
        self.old, self.new = old, new
        self.old_clauses, self.new_clauses = list(old.clauses()), list(new.clauses())
        self.partner = [-1] * len(old.keys)
        self.back = [-1] * len(new.keys)

    def alignment(self) -> Alignment:
        for old, new in self._hunks():
            self._match(old, new)
        self._match_moved()
        return Alignment(self.old, self.new, self.partner, self.back)

    def _join(self, old: Iterable[int], new: Iterable[int]) -> None:
        for one, other in zip(old, new, strict=True):
            self.partner[one] = other
            self.back[other] = one

    def _keys(self, clauses: Iterable[Span], which: Tokens) -> list[tuple[str, ...]]:
        return [tuple(which.keys[first:last]) for first, last in clauses]

    def _hunks(self) -> Iterator[tuple[_Clauses, _Clauses]]:
        """Join the clauses that are the same; yield what differs between them, in order."""
        old, new = self._keys(self.old_clauses, self.old), self._keys(self.new_clauses, self.new)
        ordered, moved = _common(old, new)
        for one, other in (*ordered, *moved):
            self._join(range(*self.old_clauses[one]), range(*self.new_clauses[other]))
        gone, come = {one for one, _ in moved}, {other for _, other in moved}
        for (a, c), (b, d) in pairwise([(-1, -1), *ordered, (len(old), len(new))]):
            between = [one for one in range(a + 1, b) if one not in gone]
            beside = [other for other in range(c + 1, d) if other not in come]
            if between and beside:
                yield from self._gap(between, beside, old, new)

    def _gap(
        self,
        between: list[int],
        beside: list[int],
        old: Sequence[tuple[str, ...]],
        new: Sequence[tuple[str, ...]],
    ) -> Iterator[tuple[_Clauses, _Clauses]]:
        held, there = [old[one] for one in between], [new[other] for other in beside]
        for same, a, b, c, d in stretches(held, there):
            clauses = (
                [self.old_clauses[one] for one in between[a:b]],
                [self.new_clauses[other] for other in beside[c:d]],
            )
            if same:
                for one, other in zip(*clauses, strict=True):
                    self._join(range(*one), range(*other))
            elif a < b and c < d:
                yield clauses

    def _match(self, old_clauses: _Clauses, new_clauses: _Clauses) -> None:
        """Join the words that two runs of clauses have in common, in order."""
        old = [token for clause in old_clauses for token in range(*clause)]
        new = [token for clause in new_clauses for token in range(*clause)]
        held, there = [self.old.keys[one] for one in old], [self.new.keys[one] for one in new]
        for same, a, b, c, d in stretches(held, there):
            if same:
                self._join(old[a:b], new[c:d])

    def _match_moved(self) -> None:
        """Pair clauses that found little where they should be with those that came from nowhere."""
        gone = [clause for clause in self.old_clauses if _share(clause, self.old, self.partner) < _POOR]
        come = [clause for clause in self.new_clauses if _share(clause, self.new, self.back) < _POOR]
        if not gone or not come or len(gone) * len(come) > _MOST:
            return
        for old, new in _pairs(_texts(gone, self.old), _texts(come, self.new)):
            self._clear(gone[old], come[new])
            self._match([gone[old]], [come[new]])

    def _clear(self, old: Span, new: Span) -> None:
        for token in range(*old):
            if self.partner[token] >= 0:
                self.back[self.partner[token]] = self.partner[token] = -1
        for token in range(*new):
            if self.back[token] >= 0:
                self.partner[self.back[token]] = self.back[token] = -1


def _common(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> tuple[list[Span], list[Span]]:
    """Return the clauses that stand once in both texts: those in the same order, and those that were moved."""
    once = {clause for clause, count in Counter(old).items() if count == 1}
    places = {clause: place for place, clause in enumerate(new) if clause in once}
    twice = {clause for clause, count in Counter(new).items() if count > 1}
    found = [(place, places[clause]) for place, clause in enumerate(old) if clause in places and clause not in twice]
    ordered = _rising(found)
    kept = set(ordered)
    return ordered, [one for one in found if one not in kept and words(old[one[0]]) >= _SHORT]


def _rising(pairs: Sequence[Span]) -> list[Span]:
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


def _share(clause: Span, held: Tokens, partner: Sequence[int]) -> float:
    """Return of what share of a clause's letters the words have a partner."""
    letters = [len(held.keys[token]) for token in range(*clause)]
    return sum(size for size, token in zip(letters, range(*clause), strict=True) if partner[token] >= 0) / sum(letters)


def _texts(clauses: _Clauses, held: Tokens) -> list[str]:
    return [held.text[held.starts[first] : held.ends[last - 1]] for first, last in clauses]


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Return the pairs of texts that are most alike, each text once."""
    from rapidfuzz import fuzz, process

    likeness = process.cdist(old, new, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    found = [(float(likeness[one, other]), one, other) for one, other in zip(*likeness.nonzero(), strict=True)]
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, one, other in sorted(found, reverse=True):
        if one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            pairs.append((int(one), int(other)))
    return pairs
