"""Comparison of neighbouring words, which distinguishes a coded span from the same words elsewhere.

Only words count: speakers' labels, numbers and marks occur everywhere.
"""

from __future__ import annotations

from bisect import bisect_left

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.quote_anchors import Span

# One or two words of average length; fewer letters may agree by chance.
_MIN_LETTERS = 12
"""Letters of words that suffice to recognise a place."""


def has_same_neighbours(alignment: Alignment, old: Span, new: Span, *, is_adjacent: bool = False) -> bool:
    """Return whether the words before or after a range of old tokens are also before or after a range of new ones.

    Inserted and deleted words in between are skipped; with ``is_adjacent`` they are not, but both sides count together.
    """
    # The start or the end of both texts identifies a place as neighbouring words do.
    if old[0] == new[0] == 0 or (old[1] == len(alignment.old_to_new) and new[1] == len(alignment.new_to_old)):
        return True
    old_tokens, new_tokens = alignment.aligned_or_word_tokens if is_adjacent else alignment.aligned_tokens
    before = bisect_left(old_tokens, old[0]) - 1, bisect_left(new_tokens, new[0]) - 1
    after = bisect_left(old_tokens, old[1]), bisect_left(new_tokens, new[1])
    letters = [
        _count_neighbour_letters(alignment, start, step=step, is_adjacent=is_adjacent)
        for start, step in ((before, -1), (after, 1))
    ]
    return (sum(letters) if is_adjacent else max(letters)) >= _MIN_LETTERS


def _count_neighbour_letters(alignment: Alignment, start: Span, *, step: int, is_adjacent: bool) -> int:
    """Return the letters of the words aligned one by one from ``start`` on; enough where both texts end there."""
    old_tokens, new_tokens = alignment.aligned_or_word_tokens if is_adjacent else alignment.aligned_tokens
    i, j = start
    letters = 0
    while 0 <= i < len(old_tokens) and 0 <= j < len(new_tokens) and letters < _MIN_LETTERS:
        if alignment.old_to_new[old_tokens[i]] != new_tokens[j]:
            return letters
        letters += alignment.letter_counts[0][old_tokens[i]]
        i, j = i + step, j + step
    # Only after at least one equal pair: without any, the end of a text proves nothing.
    is_at_end = i != start[0] and not (0 <= i < len(old_tokens) or 0 <= j < len(new_tokens))
    return _MIN_LETTERS if is_at_end else letters


def is_distinctive(alignment: Alignment, old: Span, new: Span | None = None) -> bool:
    """Return whether old tokens, or those aligned with a range of new ones, have enough letters by themselves."""
    tokens = (token for token in range(*old) if new is None or new[0] <= alignment.old_to_new[token] < new[1])
    return sum(alignment.letter_counts[0][token] for token in tokens) >= _MIN_LETTERS
