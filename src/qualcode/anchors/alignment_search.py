"""Where a coded span of an old text stands in the new one: word for word, changed, in several places, nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import has_same_neighbours, is_distinctive
from qualcode.anchors.quote_anchors import Anchor, Span, normalise
from qualcode.anchors.similar_text import search_unaligned_text
from qualcode.anchors.span_fit import AnchorResult, choose_best, fit_range, score_range, to_char_span


def find_anchor_by_alignment(alignment: Alignment, kept: Anchor) -> AnchorResult:
    """Return where a span of the old text stands in the new one.

    First the words that were laid on each other; then the same words where no other old words stand; then words
    that are alike. A place that other words of the old text have a better claim to is never taken.
    """
    first, last = alignment.old.token_range(kept.start, kept.end)
    if first >= last:
        return AnchorResult("gone")
    exact = alignment.exact_range(first, last)
    places = _find_unclaimed_ranges(alignment, (first, last), exact)
    if len(places) == 1:
        return AnchorResult("same", _exact_char_span(alignment, kept, first, places[0]), 1.0)
    if places:
        return AnchorResult("ambiguous", candidates=tuple((to_char_span(alignment.new, span), 1.0) for span in places))
    found = _find_changed(alignment, (first, last))
    return found if found.span else choose_best([found, *search_unaligned_text(alignment, first, last)])


def _find_unclaimed_ranges(alignment: Alignment, old: Span, exact: Span | None) -> list[Span]:
    """Return where the same words stand and no other old ones do; only where they were laid if neighbours tell."""
    if exact and has_same_neighbours(alignment, old, exact, is_adjacent=True):
        return [exact]
    return [span for span in _find_equal_ranges(alignment, *old) if span == exact or not _is_claimed(alignment, span)]


def _find_changed(alignment: Alignment, old: Span) -> AnchorResult:
    """Return where changed words stand among the words that were laid on theirs."""
    here = fit_range(alignment, *old)
    found = score_range(alignment, old, here) if here else AnchorResult("gone")
    if (
        here is None
        or found.span is None
        or is_distinctive(alignment, old, here)
        or has_same_neighbours(alignment, old, here)
    ):
        return found
    return found.as_candidate


def _exact_char_span(alignment: Alignment, kept: Anchor, first: int, exact: Span) -> Span:
    """Return the span of new tokens in letters; a quote that begins or ends inside a word goes on doing so."""
    old, new = alignment.old, alignment.new
    last = first + exact[1] - exact[0] - 1
    start, end = to_char_span(new, exact)
    if kept.start > old.starts[first]:
        start += _prefix_length(old.text[old.starts[first] : kept.start], new.text[start : new.ends[exact[0]]])
    if kept.end < old.ends[last]:
        whole = new.starts[exact[1] - 1]
        end = whole + _prefix_length(old.text[old.starts[last] : kept.end], new.text[whole:end])
    return (start, end) if start < end else to_char_span(new, exact)


def _prefix_length(part: str, word: str) -> int:
    """Return how far into a word a part of it goes that may be typed in other letters."""
    wanted = normalise(part)
    return next((at for at in range(len(word), 0, -1) if normalise(word[:at]) == wanted), 0)


def _find_equal_ranges(alignment: Alignment, first: int, last: int) -> Iterator[Span]:
    """Yield the ranges of new tokens that say the same as a range of old ones."""
    keys, there = alignment.old.keys[first:last], alignment.new.keys
    for place in alignment.new_positions.get(keys[0], ()):
        if there[place : place + len(keys)] == keys:
            yield place, place + len(keys)


def _is_claimed(alignment: Alignment, span: Span) -> bool:
    """Tell whether new words stand where they do because the same old ones did, elsewhere, with their neighbours."""
    back: Sequence[int] = alignment.new_to_old[slice(*span)]
    whole = back[0] >= 0 and back == list(range(back[0], back[0] + len(back)))
    return whole and has_same_neighbours(alignment, (back[0], back[0] + len(back)), span)
