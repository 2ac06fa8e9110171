"""Looking for words that are alike, where no other old words stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import is_distinctive
from qualcode.anchors.quote_anchors import Span
from qualcode.anchors.span_fit import ACCEPT_THRESHOLD, AnchorResult, fit_range, range_text, score_range
from qualcode.anchors.tokens import diff_sequences

SIMILARITY_CUTOFF = 60.0
"""Likeness in percent of the best stretch of text below which it is not looked at more closely."""
_MAX_CANDIDATES = 2
"""Places that are looked at: the best one, and another that may be as good."""
_MAX_QUOTE_LENGTH = 5_000
"""Letters of a quote up to which a place is looked for by likeness: whole interviews are not."""


def search_unaligned_text(alignment: Alignment, first: int, last: int) -> list[AnchorResult]:
    """Return the places among new words without partners that are most like a range of old words."""
    quote = range_text(alignment.old, (first, last))
    found = []
    for start, end in find_similar_spans(quote, alignment.unaligned_new, cutoff=SIMILARITY_CUTOFF):
        margin = (end - start) // 2
        window = alignment.new.token_range(max(0, start - margin), end + margin)
        local = realign_range(alignment, (first, last), window)
        span = fit_range(local, first, last)
        if span is not None and _is_own_match(alignment, quote, span, (first, last)):
            place = score_range(local, (first, last), span, threshold=ACCEPT_THRESHOLD)
            found.append(place if is_distinctive(alignment, (first, last)) else place.as_candidate)
    return found


def find_similar_spans(quote: str, text: str, *, cutoff: float) -> Iterator[Span]:
    """Yield the stretch of a text that is most like a quote, then the one that is so beside it."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    if len(quote) > _MAX_QUOTE_LENGTH:
        return
    for _ in range(_MAX_CANDIDATES):
        found = partial_ratio_alignment(quote, text, score_cutoff=cutoff)
        if found is None or found.dest_start >= found.dest_end:
            return
        yield found.dest_start, found.dest_end
        text = text[: found.dest_start] + "\n" * (found.dest_end - found.dest_start) + text[found.dest_end :]


def realign_range(alignment: Alignment, old: Span, new: Span) -> Alignment:
    """Return the alignment in which a range of old tokens is laid on a range of new ones, by itself."""
    partner, back = alignment.old_to_new.copy(), alignment.new_to_old.copy()
    for token in range(*old):
        if partner[token] >= 0:
            back[partner[token]] = partner[token] = -1
    free = [token for token in range(*new) if back[token] < 0]
    held, there = alignment.old.keys[slice(*old)], [alignment.new.keys[token] for token in free]
    for same, a, b, c, _ in diff_sequences(held, there):
        for step in range(b - a if same else 0):
            partner[old[0] + a + step] = free[c + step]
            back[free[c + step]] = old[0] + a + step
    return replace(alignment, old_to_new=partner, new_to_old=back)


def _is_own_match(alignment: Alignment, quote: str, new: Span, old: Span) -> bool:
    """Tell whether no other lost words of the old text are more like a place than the quote's own."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    there = range_text(alignment.new, new)
    found = partial_ratio_alignment(there, alignment.unaligned_old)
    start, end = alignment.old.starts[old[0]], alignment.old.ends[old[1] - 1]
    return found is None or (found.dest_start < end and start < found.dest_end)
