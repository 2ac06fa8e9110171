"""Where a coded span of an old text stands in the new one: word for word, changed, in several places, nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.fitting import Found, best, fit, judged, spelt
from qualcode.anchors.quotes import Anchor, Span
from qualcode.anchors.searching import search


def follow(alignment: Alignment, kept: Anchor) -> Found:
    """Return where a span of the old text stands in the new one.

    First the words that were laid on each other; then the same words where no other old words stand; then words
    that are alike. A place that other words of the old text have a better claim to is never taken.
    """
    first, last = alignment.old.within(kept.start, kept.end)
    if first >= last:
        return Found("gone")
    exact = alignment.exact(first, last)
    if exact and _supported(alignment, first, last, exact):
        return Found("same", _letters(alignment, kept, first, exact), 1.0)
    places = [span for span in _same_words(alignment, first, last) if span == exact or not _claimed(alignment, span)]
    if len(places) == 1:
        return Found("same", _letters(alignment, kept, first, places[0]), 1.0)
    if places:
        return Found("ambiguous", candidates=tuple((spelt(alignment.new, span), 1.0) for span in places))
    here = fit(alignment, first, last)
    found = judged(alignment, (first, last), here) if here else Found("gone")
    return found if found.span else best([found, *search(alignment, first, last)])


def _supported(alignment: Alignment, first: int, last: int, exact: Span) -> bool:
    """Tell whether a word that stood beside old words still does; else the same words may have come anew."""
    old, new = alignment.partner, alignment.new.keys
    before = old[first - 1] == exact[0] - 1 if first else exact[0] == 0
    return before or (old[last] == exact[1] if last < len(old) else exact[1] == len(new))


def _letters(alignment: Alignment, kept: Anchor, first: int, exact: Span) -> Span:
    """Return the span of new tokens in letters; a quote that begins or ends inside a word goes on doing so."""
    old, new = alignment.old, alignment.new
    last = first + exact[1] - exact[0] - 1
    into, short = max(0, kept.start - old.starts[first]), max(0, old.ends[last] - kept.end)
    start, end = spelt(new, exact)
    return (start + into, end - short) if start + into < end - short else (start, end)


def _same_words(alignment: Alignment, first: int, last: int) -> Iterator[Span]:
    """Yield the ranges of new tokens that say the same as a range of old ones."""
    keys, there = alignment.old.keys[first:last], alignment.new.keys
    for place in alignment.places.get(keys[0], ()):
        if there[place : place + len(keys)] == keys:
            yield place, place + len(keys)


def _claimed(alignment: Alignment, span: Span) -> bool:
    """Tell whether new words stand where they do because the same old ones did, elsewhere."""
    back: Sequence[int] = alignment.back[slice(*span)]
    return back[0] >= 0 and back == list(range(back[0], back[0] + len(back)))
