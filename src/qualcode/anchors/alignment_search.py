"""Search for a coded span in a new version of its transcript when the old version is known."""

from __future__ import annotations

from collections.abc import Iterator

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import has_same_neighbours, is_distinctive
from qualcode.anchors.quote_anchors import Anchor, Span, normalise
from qualcode.anchors.similar_text import search_unaligned_text
from qualcode.anchors.span_fit import AnchorResult, choose_best, fit_range, score_range, to_char_span


def find_anchor_by_alignment(alignment: Alignment, anchor: Anchor) -> AnchorResult:
    """Return where a span of the old text is in the new text.

    Three searches, in this order: the words that its words are aligned with; the same words where no other old words
    are aligned; similar words. A place that belongs to other words of the old text is never returned.
    """
    # An empty range is a span of white space: there is nothing to search for.
    old = alignment.old.token_range(anchor.start, anchor.end)
    if old[0] >= old[1]:
        return AnchorResult("gone")
    places = _find_unclaimed_ranges(alignment, old, alignment.exact_range(*old))
    if len(places) == 1:
        return AnchorResult("same", _exact_char_span(alignment, anchor, old, places[0]), 1.0)
    if places:
        return AnchorResult(
            "ambiguous", candidates=tuple((to_char_span(alignment.new, place), 1.0) for place in places)
        )
    result = _find_changed(alignment, old)
    # If the words stand apart now, or many were deleted, no search for similar text finds more.
    is_known = result.span or result.outcome == "partial"
    return result if is_known else choose_best([result, *search_unaligned_text(alignment, old)])


def _find_unclaimed_ranges(alignment: Alignment, old: Span, exact: Span | None) -> list[Span]:
    """Return the new ranges with the same words that no other old words claim; one where neighbours confirm it."""
    if exact and has_same_neighbours(alignment, old, exact, is_adjacent=True):
        return [exact]
    places = [span for span in _find_equal_ranges(alignment, *old) if span == exact or not _is_claimed(alignment, span)]
    # A sentence that was copied elsewhere is between other words there.
    confirmed = [span for span in places if has_same_neighbours(alignment, old, span)] if len(places) > 1 else []
    return confirmed if len(confirmed) == 1 else places


def _find_changed(alignment: Alignment, old: Span) -> AnchorResult:
    """Return the changed words among those that the old words are aligned with; a candidate without evidence."""
    new = fit_range(alignment, old)
    # A full stop that is left of a sentence is no part of it.
    if new is None or not any(key[0].isalnum() for key in alignment.new.keys[slice(*new)]):
        return AnchorResult("gone")
    result = score_range(alignment, old, new)
    is_certain = is_distinctive(alignment, old, new) or has_same_neighbours(alignment, old, new)
    return result if is_certain else result.as_candidate


def _exact_char_span(alignment: Alignment, anchor: Anchor, old: Span, new: Span) -> Span:
    """Return the offsets of a range of new tokens; a quote that starts or ends inside a word keeps to that part."""
    old_text, new_text = alignment.old.text, alignment.new.text
    (old_start, old_end), (start, end) = to_char_span(alignment.old, old), to_char_span(alignment.new, new)
    if anchor.start > old_start:
        start += _prefix_length(old_text[old_start : anchor.start], new_text[start : alignment.new.ends[new[0]]])
    if anchor.end < old_end:
        last_word = alignment.new.starts[new[1] - 1]
        end = last_word + _prefix_length(
            old_text[alignment.old.starts[old[1] - 1] : anchor.end], new_text[last_word:end]
        )
    # A part of a word that is not found leaves no text; then the whole words are returned.
    return (start, end) if start < end else to_char_span(alignment.new, new)


def _prefix_length(prefix: str, word: str) -> int:
    """Return the length of a prefix in a word that may be typed with other characters; 0 if it is no prefix."""
    normalised = normalise(prefix)
    # Longest first, so that an invisible character after the prefix, such as a soft hyphen, stays with it.
    return next((length for length in range(len(word), 0, -1) if normalise(word[:length]) == normalised), 0)


def _find_equal_ranges(alignment: Alignment, first: int, last: int) -> Iterator[Span]:
    """Yield the ranges of new tokens that equal a range of old tokens."""
    keys, new_keys = alignment.old.keys[first:last], alignment.new.keys
    for start in alignment.new_positions.get(keys[0], ()):
        if new_keys[start : start + len(keys)] == keys:
            yield start, start + len(keys)


def _is_claimed(alignment: Alignment, new: Span) -> bool:
    """Return whether new words are aligned with the same old words, which have the same neighbours."""
    old = alignment.new_to_old[slice(*new)]
    claim = (old[0], old[0] + len(old))
    return old[0] >= 0 and old == list(range(*claim)) and has_same_neighbours(alignment, claim, new)
