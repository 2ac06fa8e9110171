"""Where a quote stands in a text when only the quote and a little context are known of the old one."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.fitting import ALIKE, ALMOST, Found, best, fit, judged, likeness
from qualcode.anchors.quotes import CONTEXT, Anchor, Span, occurrences, same_words
from qualcode.anchors.searching import CUTOFF, laid, stretches_alike
from qualcode.anchors.supporting import telling
from qualcode.anchors.tokens import tokens, words
from qualcode.model import Status

_TELLING = 5
"""Words from which a quote that stands once is the old one, whatever stands around it."""
_LONG = 8
"""Words from which a quote that was hardly changed is the old one, whatever stands around it."""
_SUPPORT = 0.6
"""How alike the context must be where the words alone do not tell."""
_INTACT = 0.8
"""How alike at least one side must be where the words stand in several places."""
_MARGIN = 0.2
"""By how much the context of one place must then be more alike than that of the next."""
_UNKNOWN = 0.7
"""What a side counts for that was blank, because the old text began or ended there."""
_NEAR = 300
"""Letters beside a quote among which its old neighbours are looked for, where something was put between."""


def find_again(text: str, kept: Anchor) -> tuple[int, int, Status]:
    """Return where an anchored quote stands in a text now, and how that was found.

    ``anchored``: where it was; ``moved``: word for word elsewhere, if its context or its length tell that it is the
    same; ``orphaned``: nowhere, or in several places (never guessed). Changed words are found by `follow` and `seek`.
    """
    home = (kept.start, kept.end)
    if text[kept.start : kept.end] == kept.quote and _sides(text, home, kept) == (1, 1):
        return (*home, "anchored")
    found = _among(text, kept, same_words(text, kept.quote)) if kept.quote else None
    if found is None or found.span is None:
        return (*home, "orphaned")
    return (*found.span, "anchored" if found.span == home else "moved")


def seek(text: str, kept: Anchor) -> Found:
    """Return where a quote stands in a text: the same words, else words that are alike in a context that is alike."""
    if not kept.quote.strip():
        return Found("gone")
    return _among(text, kept, same_words(text, kept.quote)) or _alike(text, kept)


def _among(text: str, kept: Anchor, places: Sequence[Span]) -> Found | None:
    """Choose among the places that say the same: by context, or the only one if its words are telling."""
    if not places:
        return None
    ranked = sorted(((_support(text, place, kept), place) for place in places), reverse=True)
    support, place = ranked[0]
    home = (kept.start, kept.end)
    if len(ranked) == 1:
        if _belongs(text, place, kept) or words(tokens(kept.quote).keys) >= _TELLING or _near(text, place, kept):
            return Found("same", place, 1.0)
    elif len(whole := [one for _, one in ranked if _sides(text, one, kept) == (1, 1)]) == 1:
        return Found("same", whole[0], 1.0)
    elif support - ranked[1][0] >= _MARGIN and max(_sides(text, place, kept)) >= _INTACT:
        return Found("same", place, 1.0)
    elif any(one == home and there >= max(_SUPPORT, support - _MARGIN) for there, one in ranked):
        return Found("same", home, 1.0)
    return Found("ambiguous", candidates=tuple((place, round(support, 2)) for support, place in ranked))


def _support(text: str, place: Span, kept: Anchor) -> float:
    """Return how alike the context of a place is to the old one, 0 to 1; the side that is more alike counts more."""
    sides = _sides(text, place, kept)
    return 0.6 * max(sides) + 0.4 * min(sides)


def _belongs(text: str, place: Span, kept: Anchor) -> bool:
    """Tell whether what stands around a place is what stood around the quote: one side surely, or both by and large."""
    sides = _sides(text, place, kept)
    return max(sides) >= _INTACT or min(sides) >= _SUPPORT


def _sides(text: str, place: Span, kept: Anchor) -> tuple[float, float]:
    before, after = text[max(0, place[0] - len(kept.before)) : place[0]], text[place[1] : place[1] + len(kept.after)]
    return _side(before, kept.before, place[0] == 0), _side(after, kept.after, place[1] == len(text))


def _side(now: str, then: str, at_edge: bool) -> float:
    if not then:
        return 1.0 if at_edge else _UNKNOWN
    if now == then:
        return 1.0
    return likeness(then, now) if then.strip() else _UNKNOWN if not now.strip() else 0.0


def _near(text: str, place: Span, kept: Anchor) -> bool:
    """Tell whether an old neighbour stands near a place, with something put between."""
    beside = (text[max(0, place[0] - _NEAR) : place[0]], kept.before), (text[place[1] : place[1] + _NEAR], kept.after)
    return any(len(then.strip()) >= CONTEXT // 2 and occurrences(now, then) for now, then in beside)


def _alike(text: str, kept: Anchor) -> Found:
    old = tokens(kept.before + kept.quote + kept.after)
    first, last = old.within(len(kept.before), len(kept.before) + len(kept.quote))
    if first >= last:
        return Found("gone")
    new = tokens(text)
    blank = Alignment(old, new, [-1] * len(old.keys), [-1] * len(new.keys))
    tried = []
    for start, end in stretches_alike(kept.quote, text, cutoff=CUTOFF):
        margin = (end - start) // 2 + CONTEXT
        window = new.within(max(0, start - margin), end + margin)
        local = laid(blank, (0, len(old.keys)), window)
        span = fit(local, first, last)
        if span is not None:
            tried.append(_believed(text, kept, local, (first, last), span))
    return best(tried)


def _believed(text: str, kept: Anchor, local: Alignment, old: Span, new: Span) -> Found:
    """Return a place that is alike as found where its context or its length speaks for it too."""
    broken = "\n" in kept.quote.strip()  # its paragraphs may have been parted, and half of it is not the quote
    found = judged(local, old, new, least=ALIKE if broken else ALMOST)
    long = words(local.old.keys[slice(*old)]) >= _LONG
    if found.span is None or (found.score >= 0.9 and long):
        return found
    if min(_sides(text, found.span, kept)) >= _SUPPORT:
        return found
    sure = telling(local, old, new) and (_belongs(text, found.span, kept) or _near(text, found.span, kept))
    return found if sure else found.offered
