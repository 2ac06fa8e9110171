"""What speaks for words being the old ones, and not the same ones said elsewhere: their neighbours.

Labels, figures and marks stand everywhere and tell nothing.
"""

from __future__ import annotations

from bisect import bisect_left

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.quote_anchors import Span

_MIN_LETTERS = 12
"""Letters of words that still stand beside a place, from which they tell whose place it is."""


def has_same_neighbours(alignment: Alignment, old: Span, new: Span, *, is_adjacent: bool = False) -> bool:
    """Tell whether words that stood beside a range of old tokens stand beside the new ones.

    Words that came or went between do not matter, unless ``near``.
    """
    if old[0] == new[0] == 0 or (old[1] == len(alignment.old_to_new) and new[1] == len(alignment.new_to_old)):
        return True
    kept, standing = alignment.aligned_or_word_tokens if is_adjacent else alignment.aligned_tokens
    before = bisect_left(kept, old[0]) - 1, bisect_left(standing, new[0]) - 1
    behind = bisect_left(kept, old[1]), bisect_left(standing, new[1])
    told = [
        _count_neighbour_letters(alignment, at, step=step, is_adjacent=is_adjacent)
        for at, step in ((before, -1), (behind, 1))
    ]
    return (sum(told) if is_adjacent else max(told)) >= _MIN_LETTERS


def _count_neighbour_letters(alignment: Alignment, at: tuple[int, int], *, step: int, is_adjacent: bool) -> int:
    """Return how many letters are told by words that stand for each other, one by one, from a place on."""
    kept, standing = alignment.aligned_or_word_tokens if is_adjacent else alignment.aligned_tokens
    one, other = at
    told = 0
    while 0 <= one < len(kept) and 0 <= other < len(standing) and told < _MIN_LETTERS:
        if alignment.old_to_new[kept[one]] != standing[other]:
            return told
        told += alignment.letter_counts[0][kept[one]]
        one, other = one + step, other + step
    ended = one != at[0] and not (0 <= one < len(kept) or 0 <= other < len(standing))
    return _MIN_LETTERS if ended else told


def is_distinctive(alignment: Alignment, old: Span, new: Span | None = None) -> bool:
    """Tell whether the words of a range of old tokens, or those kept in a range of new ones, say enough alone."""
    kept = (one for one in range(*old) if new is None or new[0] <= alignment.old_to_new[one] < new[1])
    return sum(alignment.letter_counts[0][one] for one in kept) >= _MIN_LETTERS
