"""Alignment of two versions of a text, token by token: unchanged sentences first, then words inside changed ones.

Clauses (sentences, cut at line ends too) that occur exactly once in both texts are aligned wherever they are, so that
reordered paragraphs keep their words; the text between them is compared in order. Clauses that were both moved and
edited are paired by similarity. Whole texts are never compared character by character, which bounds the time.
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
"""A shorter clause is not treated as moved: it may be a different clause with the same words."""
_MIN_RUN = 4
"""A shorter run of aligned tokens may be aligned by chance."""
_LOW_SHARE = 0.5
"""A clause with a smaller share of aligned letters may have been moved."""
_SIMILARITY_CUTOFF = 60.0
"""Similarity in percent from which two clauses count as one that was moved and edited."""
_MAX_PAIRS = 250_000
"""Limit on the number of clause pairs whose similarity is computed."""

_Clauses = Sequence[Span]
_ClauseKeys = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Alignment:
    """Two tokenized texts and the links between their tokens.

    ``old_to_new`` has the index of the new token for each old one, ``new_to_old`` the reverse; -1 where there is none.
    """

    old: Tokens
    new: Tokens
    old_to_new: list[int]
    new_to_old: list[int]

    @cached_property
    def new_positions(self) -> Mapping[str, list[int]]:
        """The indices of each token key in the new text."""
        positions: dict[str, list[int]] = {}
        for index, key in enumerate(self.new.keys):
            positions.setdefault(key, []).append(index)
        return positions

    @cached_property
    def unaligned_new(self) -> str:
        """The new text with its runs of aligned tokens blanked out."""
        return _blank_aligned_runs(self.new, self.new_to_old)

    @cached_property
    def unaligned_old(self) -> str:
        """The old text with its runs of aligned tokens blanked out."""
        return _blank_aligned_runs(self.old, self.old_to_new)

    @cached_property
    def letter_counts(self) -> tuple[list[int], list[int]]:
        """The letters of each old and of each new token (see `count_token_letters`)."""
        return count_token_letters(self.old), count_token_letters(self.new)

    @cached_property
    def aligned_tokens(self) -> tuple[list[int], list[int]]:
        """The indices of the aligned tokens of the old and of the new text."""
        return _aligned_indices(self.old_to_new), _aligned_indices(self.new_to_old)

    @cached_property
    def aligned_or_word_tokens(self) -> tuple[list[int], list[int]]:
        """The indices of the tokens of the old and of the new text that are aligned or have letters."""
        old_letters, new_letters = self.letter_counts
        return _aligned_indices(self.old_to_new, old_letters), _aligned_indices(self.new_to_old, new_letters)

    def exact_range(self, first: int, last: int) -> Span | None:
        """Return the range of new tokens that a range of old tokens is aligned with one by one, or None."""
        start = self.old_to_new[first]
        end = start + last - first
        return (start, end) if start >= 0 and self.old_to_new[first:last] == list(range(start, end)) else None


def _aligned_indices(links: Sequence[int], letters: Sequence[int] = ()) -> list[int]:
    return [index for index, link in enumerate(links) if link >= 0 or (letters and letters[index])]


def _blank_aligned_runs(tokens: Tokens, links: Sequence[int]) -> str:
    """Return a text of the same length with line ends in place of its runs of aligned tokens."""
    parts, position, first = [], 0, 0
    for token in range(1, len(links) + 1):
        if token < len(links) and links[first] >= 0 and links[token] == links[token - 1] + 1:
            continue
        if token - first >= _MIN_RUN:  # unaligned tokens are runs of one
            start, end = tokens.starts[first], tokens.ends[token - 1]
            # The length stays the same, so that offsets of matches are offsets in the text.
            parts += [tokens.text[position:start], "\n" * (end - start)]
            position = end
        first = token
    return "".join([*parts, tokens.text[position:]])


def align(old: str, new: str) -> Alignment:
    """Return the alignment of an old text with a new one."""
    return _Aligner(tokenize_text(old), tokenize_text(new)).build_alignment()


class _Aligner:
    """Fills the links between the tokens of two texts."""

    def __init__(self, old: Tokens, new: Tokens) -> None:
        self.old, self.new = old, new
        self.old_clauses, self.new_clauses = list(old.split_clauses()), list(new.split_clauses())
        self.old_keys, self.new_keys = _clause_keys(self.old_clauses, old), _clause_keys(self.new_clauses, new)
        self.old_to_new = [-1] * len(old.keys)
        self.new_to_old = [-1] * len(new.keys)

    def build_alignment(self) -> Alignment:
        for old_clauses, new_clauses in self._link_equal_clauses():
            self._link_equal_words(old_clauses, new_clauses)
        # Last, since it needs to know which clauses have hardly any links.
        self._link_moved_clauses()
        return Alignment(self.old, self.new, self.old_to_new, self.new_to_old)

    def _link(self, old_tokens: Iterable[int], new_tokens: Iterable[int]) -> None:
        for old_token, new_token in zip(old_tokens, new_tokens, strict=True):
            self.old_to_new[old_token] = new_token
            self.new_to_old[new_token] = old_token

    def _link_equal_clauses(self) -> Iterator[tuple[_Clauses, _Clauses]]:
        """Link the clauses that are equal; yield the runs of clauses that differ between them, in order."""
        ordered, moved = _match_unique_clauses(self.old_keys, self.new_keys)
        for old, new in (*ordered, *moved):
            self._link(range(*self.old_clauses[old]), range(*self.new_clauses[new]))
        # Moved clauses are linked already; in a gap they would be linked a second time, to other clauses.
        moved_old, moved_new = {old for old, _ in moved}, {new for _, new in moved}
        for (a, c), (b, d) in pairwise([(-1, -1), *ordered, (len(self.old_clauses), len(self.new_clauses))]):
            old_gap = [old for old in range(a + 1, b) if old not in moved_old]
            new_gap = [new for new in range(c + 1, d) if new not in moved_new]
            if old_gap and new_gap:
                yield from self._link_gap(old_gap, new_gap)

    def _link_gap(self, old_gap: list[int], new_gap: list[int]) -> Iterator[tuple[_Clauses, _Clauses]]:
        old_keys, new_keys = [self.old_keys[i] for i in old_gap], [self.new_keys[i] for i in new_gap]
        for is_equal, a, b, c, d in diff_sequences(old_keys, new_keys):
            # Clauses that occur several times can be equal here; their order is what distinguishes them.
            old_run = [self.old_clauses[i] for i in old_gap[a:b]]
            new_run = [self.new_clauses[i] for i in new_gap[c:d]]
            if is_equal:
                self._link(_clause_tokens(old_run), _clause_tokens(new_run))
            elif old_run and new_run:
                yield old_run, new_run

    def _link_equal_words(self, old_clauses: _Clauses, new_clauses: _Clauses) -> None:
        """Link the words that two runs of clauses have in common, in order."""
        old, new = _clause_tokens(old_clauses), _clause_tokens(new_clauses)
        old_keys, new_keys = [self.old.keys[token] for token in old], [self.new.keys[token] for token in new]
        for is_equal, a, b, c, d in diff_sequences(old_keys, new_keys):
            if is_equal:
                self._link(old[a:b], new[c:d])

    def _link_moved_clauses(self) -> None:
        """Pair the clauses of both texts that are hardly aligned by similarity, and link their words."""
        old = [clause for clause in self.old_clauses if _aligned_share(clause, self.old, self.old_to_new) < _LOW_SHARE]
        new = [clause for clause in self.new_clauses if _aligned_share(clause, self.new, self.new_to_old) < _LOW_SHARE]
        if not old or not new or len(old) * len(new) > _MAX_PAIRS:
            return
        for i, j in _pair_similar_texts(_clause_texts(old, self.old), _clause_texts(new, self.new)):
            # Both sides are cleared first: a link that is left would point to a token that is linked to another one.
            _clear_links(old[i], self.old_to_new, self.new_to_old)
            _clear_links(new[j], self.new_to_old, self.old_to_new)
            self._link_equal_words([old[i]], [new[j]])


def _clause_tokens(clauses: _Clauses) -> list[int]:
    return [token for clause in clauses for token in range(*clause)]


def _clause_keys(clauses: _Clauses, tokens: Tokens) -> _ClauseKeys:
    return [tuple(tokens.keys[first:last]) for first, last in clauses]


def _clause_texts(clauses: _Clauses, tokens: Tokens) -> list[str]:
    return [tokens.text[tokens.starts[first] : tokens.ends[last - 1]] for first, last in clauses]


def _clear_links(clause: Span, links: list[int], reverse_links: list[int]) -> None:
    for token in range(*clause):
        if links[token] >= 0:
            reverse_links[links[token]] = links[token] = -1


def _match_unique_clauses(old: _ClauseKeys, new: _ClauseKeys) -> tuple[list[Span], list[Span]]:
    """Return the clauses that occur once in both texts, as index pairs: those in the same order, and those moved."""
    old_counts, new_counts = Counter(old), Counter(new)
    # A clause that occurs several times, such as "Yes.", has no certain counterpart.
    unique = {clause for clause, count in old_counts.items() if count == new_counts[clause] == 1}
    new_indices = {clause: index for index, clause in enumerate(new) if clause in unique}
    pairs = [(index, new_indices[clause]) for index, clause in enumerate(old) if clause in new_indices]
    ordered = _longest_increasing(pairs)
    reordered = sorted(set(pairs) - set(ordered))
    return ordered, [pair for pair in reordered if count_token_words(old[pair[0]]) >= _MIN_MOVED_WORDS]


def _longest_increasing(pairs: Sequence[Span]) -> list[Span]:
    """Return the longest subsequence of pairs, sorted by their first number, whose second numbers rise."""
    tails: list[int] = []
    tail_indices: list[int] = []
    previous = [-1] * len(pairs)
    for index, (_, value) in enumerate(pairs):
        # tails[k] is the smallest end of a rising subsequence of k + 1 pairs (patience sorting, n log n steps).
        place = bisect_left(tails, value)
        previous[index] = tail_indices[place - 1] if place else -1
        tails[place : place + 1] = [value]
        tail_indices[place : place + 1] = [index]
    longest: list[Span] = []
    index = tail_indices[-1] if tail_indices else -1
    while index >= 0:
        longest.append(pairs[index])
        index = previous[index]
    return longest[::-1]


def _aligned_share(clause: Span, tokens: Tokens, links: Sequence[int]) -> float:
    """Return the share of a clause's letters whose tokens are aligned, 0 to 1."""
    letters = {token: len(tokens.keys[token]) for token in range(*clause)}
    # The sum is never 0: a clause has at least one token, and tokens have no empty keys.
    return sum(count for token, count in letters.items() if links[token] >= 0) / sum(letters.values())


def _pair_similar_texts(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Return the index pairs of the most similar texts, each text in one pair at most."""
    from rapidfuzz import fuzz, process

    similarity = process.cdist(old, new, scorer=fuzz.ratio, score_cutoff=_SIMILARITY_CUTOFF)
    candidates = [(float(similarity[i, j]), int(i), int(j)) for i, j in zip(*similarity.nonzero(), strict=True)]
    paired_old: set[int] = set()
    paired_new: set[int] = set()
    pairs = []
    # Equal similarities are ordered by index, so that the result is the same in every run.
    for _, i, j in sorted(candidates, reverse=True):
        if i not in paired_old and j not in paired_new:
            paired_old.add(i)
            paired_new.add(j)
            pairs.append((i, j))
    return pairs
