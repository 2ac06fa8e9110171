"""Where a coded span of an old text stands in the new one: word for word, changed, in several places, nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.fitting import Found, best, fit, judged, spelt
from qualcode.anchors.quotes import Anchor, Span, fold
from qualcode.anchors.searching import search
from qualcode.anchors.supporting import supported, telling


def follow(alignment: Alignment, kept: Anchor) -> Found:
    """Return where a span of the old text stands in the new one.

    First the words that were laid on each other; then the same words where no other old words stand; then words
    that are alike. A place that other words of the old text have a better claim to is never taken.
    """
    first, last = alignment.old.within(kept.start, kept.end)
    if first >= last:
        return Found("gone")
    exact = alignment.exact(first, last)
    places = _places(alignment, (first, last), exact)
    if len(places) == 1:
        return Found("same", _letters(alignment, kept, first, places[0]), 1.0)
    if places:
        return Found("ambiguous", candidates=tuple((spelt(alignment.new, span), 1.0) for span in places))
    found = _changed(alignment, (first, last))
    return found if found.span else best([found, *search(alignment, first, last)])


def _places(alignment: Alignment, old: Span, exact: Span | None) -> list[Span]:
    """Return where the same words stand and no other old ones do; only where they were laid if neighbours tell."""
    if exact and supported(alignment, old, exact, near=True):
        return [exact]
    return [span for span in _same_words(alignment, *old) if span == exact or not _claimed(alignment, span)]


def _changed(alignment: Alignment, old: Span) -> Found:
    """Return where changed words stand among the words that were laid on theirs."""
    here = fit(alignment, *old)
    found = judged(alignment, old, here) if here else Found("gone")
    if here is None or found.span is None or telling(alignment, old, here) or supported(alignment, old, here):
        return found
    return found.offered


def _letters(alignment: Alignment, kept: Anchor, first: int, exact: Span) -> Span:
    """Return the span of new tokens in letters; a quote that begins or ends inside a word goes on doing so."""
    old, new = alignment.old, alignment.new
    last = first + exact[1] - exact[0] - 1
    start, end = spelt(new, exact)
    if kept.start > old.starts[first]:
        start += _into(old.text[old.starts[first] : kept.start], new.text[start : new.ends[exact[0]]])
    if kept.end < old.ends[last]:
        whole = new.starts[exact[1] - 1]
        end = whole + _into(old.text[old.starts[last] : kept.end], new.text[whole:end])
    return (start, end) if start < end else spelt(new, exact)


def _into(part: str, word: str) -> int:
    """Return how far into a word a part of it goes that may be typed in other letters."""
    wanted = fold(part)
    return next((at for at in range(len(word), 0, -1) if fold(word[:at]) == wanted), 0)


def _same_words(alignment: Alignment, first: int, last: int) -> Iterator[Span]:
    """Yield the ranges of new tokens that say the same as a range of old ones."""
    keys, there = alignment.old.keys[first:last], alignment.new.keys
    for place in alignment.places.get(keys[0], ()):
        if there[place : place + len(keys)] == keys:
            yield place, place + len(keys)


def _claimed(alignment: Alignment, span: Span) -> bool:
    """Tell whether new words stand where they do because the same old ones did, elsewhere, with their neighbours."""
    back: Sequence[int] = alignment.back[slice(*span)]
    whole = back[0] >= 0 and back == list(range(back[0], back[0] + len(back)))
    return whole and supported(alignment, (back[0], back[0] + len(back)), span)
