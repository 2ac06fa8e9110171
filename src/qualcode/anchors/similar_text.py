"""Search for similar words in the parts of a text that are not aligned with other old words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import is_distinctive
from qualcode.anchors.quote_anchors import Span
from qualcode.anchors.span_fit import ACCEPT_THRESHOLD, AnchorResult, fit_range, range_text, score_range, to_char_span
from qualcode.anchors.tokens import diff_sequences

_SIMILARITY_CUTOFF = 60.0
"""Similarity in percent below which a passage is not examined."""
_MAX_CANDIDATES = 2
"""Number of passages that are examined: the best one, and another that may be as good."""
# This search compares characters, not words, so its time grows with the length of the quote times that of the text.
_MAX_QUOTE_LENGTH = 5_000
"""Longest quote, in code points, that is searched for by similarity."""


def search_unaligned_text(alignment: Alignment, old: Span) -> list[AnchorResult]:
    """Return the ranges of unaligned new words that are most similar to a range of old words."""
    results = []
    for start, end in find_similar_spans(range_text(alignment.old, old), alignment.unaligned_new):
        # The most similar part has the length of the old quote; words that were inserted make the new one longer.
        margin = (end - start) // 2
        window = alignment.new.token_range(start - margin, end + margin)
        local = realign_range(alignment, old, window)
        new = fit_range(local, old)
        if new is not None and _is_own_match(alignment, old, new):
            # No neighbouring words confirm this place, so the words themselves must be very similar.
            result = score_range(local, old, new, threshold=ACCEPT_THRESHOLD)
            results.append(result if is_distinctive(alignment, old) else result.as_candidate)
    return results


def find_similar_spans(quote: str, text: str) -> Iterator[Span]:
    """Yield the span of a text that is most similar to a quote, then the most similar one in the rest of the text."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    if len(quote) > _MAX_QUOTE_LENGTH:
        return
    for _ in range(_MAX_CANDIDATES):
        match = partial_ratio_alignment(quote, text, score_cutoff=_SIMILARITY_CUTOFF)
        if match is None:
            return
        yield match.dest_start, match.dest_end
        # The length stays the same, so that the offsets of the second match are valid.
        text = text[: match.dest_start] + "\n" * (match.dest_end - match.dest_start) + text[match.dest_end :]


def realign_range(alignment: Alignment, old: Span, new: Span) -> Alignment:
    """Return an alignment in which a range of old tokens is aligned anew, with the free tokens of a new range."""
    old_to_new, new_to_old = alignment.old_to_new.copy(), alignment.new_to_old.copy()
    for token in range(*old):
        if old_to_new[token] >= 0:
            new_to_old[old_to_new[token]] = old_to_new[token] = -1
    free = [token for token in range(*new) if new_to_old[token] < 0]
    for is_equal, a, b, c, _ in diff_sequences(
        alignment.old.keys[slice(*old)], [alignment.new.keys[token] for token in free]
    ):
        for step in range(b - a if is_equal else 0):
            old_to_new[old[0] + a + step] = free[c + step]
            new_to_old[free[c + step]] = old[0] + a + step
    return replace(alignment, old_to_new=old_to_new, new_to_old=new_to_old)


def _is_own_match(alignment: Alignment, old: Span, new: Span) -> bool:
    """Return whether no other unaligned words of the old text are more similar to a new range than its own."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    match = partial_ratio_alignment(range_text(alignment.new, new), alignment.unaligned_old)
    start, end = to_char_span(alignment.old, old)
    return match is None or (match.dest_start < end and start < match.dest_end)
