"""Looking for words that are alike, where no other old words stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.fitting import ALIKE, Found, fit, judged, text_of
from qualcode.anchors.quotes import Span
from qualcode.anchors.supporting import telling
from qualcode.anchors.tokens import stretches

CUTOFF = 60.0
"""Likeness in percent of the best stretch of text below which it is not looked at more closely."""
_TRIES = 2
"""Places that are looked at: the best one, and another that may be as good."""
_LONGEST = 5_000
"""Letters of a quote up to which a place is looked for by likeness: whole interviews are not."""


def search(alignment: Alignment, first: int, last: int) -> list[Found]:
    """Return the places among new words without partners that are most like a range of old words."""
    quote = text_of(alignment.old, (first, last))
    found = []
    for start, end in stretches_alike(quote, alignment.free, cutoff=CUTOFF):
        margin = (end - start) // 2
        window = alignment.new.within(max(0, start - margin), end + margin)
        local = laid(alignment, (first, last), window)
        span = fit(local, first, last)
        if span is not None and _ours(alignment, quote, span, (first, last)):
            place = judged(local, (first, last), span, least=ALIKE)
            found.append(place if telling(alignment, (first, last)) else place.offered)
    return found


def stretches_alike(quote: str, text: str, *, cutoff: float) -> Iterator[Span]:
    """Yield the stretch of a text that is most like a quote, then the one that is so beside it."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    if len(quote) > _LONGEST:
        return
    for _ in range(_TRIES):
        found = partial_ratio_alignment(quote, text, score_cutoff=cutoff)
        if found is None or found.dest_start >= found.dest_end:
            return
        yield found.dest_start, found.dest_end
        text = text[: found.dest_start] + "\n" * (found.dest_end - found.dest_start) + text[found.dest_end :]


def laid(alignment: Alignment, old: Span, new: Span) -> Alignment:
    """Return the alignment in which a range of old tokens is laid on a range of new ones, by itself."""
    partner, back = alignment.partner.copy(), alignment.back.copy()
    for token in range(*old):
        if partner[token] >= 0:
            back[partner[token]] = partner[token] = -1
    free = [token for token in range(*new) if back[token] < 0]
    held, there = alignment.old.keys[slice(*old)], [alignment.new.keys[token] for token in free]
    for same, a, b, c, _ in stretches(held, there):
        for step in range(b - a if same else 0):
            partner[old[0] + a + step] = free[c + step]
            back[free[c + step]] = old[0] + a + step
    return replace(alignment, partner=partner, back=back)


def _ours(alignment: Alignment, quote: str, new: Span, old: Span) -> bool:
    """Tell whether no other lost words of the old text are more like a place than the quote's own."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    there = text_of(alignment.new, new)
    found = partial_ratio_alignment(there, alignment.lost)
    start, end = alignment.old.starts[old[0]], alignment.old.ends[old[1] - 1]
    return found is None or (found.dest_start < end and start < found.dest_end)
