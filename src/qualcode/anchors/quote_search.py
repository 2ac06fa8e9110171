"""Where a quote stands in a text when only the quote and a little context are known of the old one."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import is_distinctive
from qualcode.anchors.quote_anchors import CONTEXT_LENGTH, Anchor, Span, find_normalised, find_occurrences
from qualcode.anchors.similar_text import SIMILARITY_CUTOFF, find_similar_spans, realign_range
from qualcode.anchors.span_fit import (
    ACCEPT_THRESHOLD,
    PARTIAL_ACCEPT_THRESHOLD,
    AnchorResult,
    choose_best,
    fit_range,
    score_range,
    text_similarity,
)
from qualcode.anchors.tokens import count_token_words, tokenize_text
from qualcode.model import CodingStatus

_DISTINCTIVE_WORDS = 5
"""Words from which a quote that stands once is the old one, whatever stands around it."""
_LONG_QUOTE_WORDS = 8
"""Words from which a quote that was hardly changed is the old one, whatever stands around it."""
_CONTEXT_THRESHOLD = 0.6
"""How alike the context must be where the words alone do not tell."""
_SIDE_THRESHOLD = 0.8
"""How alike at least one side must be where the words stand in several places."""
_MARGIN = 0.2
"""By how much the context of one place must then be more alike than that of the next."""
_UNKNOWN_SIDE_SCORE = 0.7
"""What a side counts for that was blank, because the old text began or ended there."""
_NEIGHBOUR_DISTANCE = 300
"""Letters beside a quote among which its old neighbours are looked for, where something was put between."""


def find_anchor_exact(text: str, kept: Anchor) -> tuple[int, int, CodingStatus]:
    """Return where an anchored quote stands in a text now, and how that was found.

    ``anchored``: where it was; ``moved``: word for word elsewhere, if its context or its length tell that it is the
    same; ``orphaned``: nowhere, or in several places (never guessed). Changed words are found by `follow` and `find_anchor_fuzzy`.
    """
    home = (kept.start, kept.end)
    if text[kept.start : kept.end] == kept.quote and _context_side_similarities(text, home, kept) == (1, 1):
        return (*home, "anchored")
    found = _choose_span(text, kept, find_normalised(text, kept.quote)) if kept.quote else None
    if found is None or found.span is None:
        return (*home, "orphaned")
    return (*found.span, "anchored" if found.span == home else "moved")


def find_anchor_fuzzy(text: str, kept: Anchor) -> AnchorResult:
    """Return where a quote stands in a text: the same words, else words that are alike in a context that is alike."""
    if not kept.quote.strip():
        return AnchorResult("gone")
    return _choose_span(text, kept, find_normalised(text, kept.quote)) or _find_similar(text, kept)


def _choose_span(text: str, kept: Anchor, places: Sequence[Span]) -> AnchorResult | None:
    """Choose among the places that say the same: by context, or the only one if its words are telling."""
    if not places:
        return None
    ranked = sorted(((_context_similarity(text, place, kept), place) for place in places), reverse=True)
    support, place = ranked[0]
    home = (kept.start, kept.end)
    if len(ranked) == 1:
        if (
            _has_same_context(text, place, kept)
            or count_token_words(tokenize_text(kept.quote).keys) >= _DISTINCTIVE_WORDS
            or _has_neighbour_nearby(text, place, kept)
        ):
            return AnchorResult("same", place, 1.0)
    elif len(whole := [one for _, one in ranked if _context_side_similarities(text, one, kept) == (1, 1)]) == 1:
        return AnchorResult("same", whole[0], 1.0)
    elif support - ranked[1][0] >= _MARGIN and max(_context_side_similarities(text, place, kept)) >= _SIDE_THRESHOLD:
        return AnchorResult("same", place, 1.0)
    elif any(one == home and there >= max(_CONTEXT_THRESHOLD, support - _MARGIN) for there, one in ranked):
        return AnchorResult("same", home, 1.0)
    return AnchorResult("ambiguous", candidates=tuple((place, round(support, 2)) for support, place in ranked))


def _context_similarity(text: str, place: Span, kept: Anchor) -> float:
    """Return how alike the context of a place is to the old one, 0 to 1; the side that is more alike counts more."""
    sides = _context_side_similarities(text, place, kept)
    return 0.6 * max(sides) + 0.4 * min(sides)


def _has_same_context(text: str, place: Span, kept: Anchor) -> bool:
    """Tell whether what stands around a place is what stood around the quote: one side surely, or both by and large."""
    sides = _context_side_similarities(text, place, kept)
    return max(sides) >= _SIDE_THRESHOLD or min(sides) >= _CONTEXT_THRESHOLD


def _context_side_similarities(text: str, place: Span, kept: Anchor) -> tuple[float, float]:
    before, after = text[max(0, place[0] - len(kept.before)) : place[0]], text[place[1] : place[1] + len(kept.after)]
    return _text_before_or_after_similarity(before, kept.before, place[0] == 0), _text_before_or_after_similarity(
        after, kept.after, place[1] == len(text)
    )


def _text_before_or_after_similarity(now: str, then: str, at_edge: bool) -> float:
    if not then:
        return 1.0 if at_edge else _UNKNOWN_SIDE_SCORE
    if now == then:
        return 1.0
    return text_similarity(then, now) if then.strip() else _UNKNOWN_SIDE_SCORE if not now.strip() else 0.0


def _has_neighbour_nearby(text: str, place: Span, kept: Anchor) -> bool:
    """Tell whether an old neighbour stands near a place, with something put between."""
    beside = (
        (text[max(0, place[0] - _NEIGHBOUR_DISTANCE) : place[0]], kept.before),
        (text[place[1] : place[1] + _NEIGHBOUR_DISTANCE], kept.after),
    )
    return any(len(then.strip()) >= CONTEXT_LENGTH // 2 and find_occurrences(now, then) for now, then in beside)


def _find_similar(text: str, kept: Anchor) -> AnchorResult:
    old = tokenize_text(kept.before + kept.quote + kept.after)
    first, last = old.token_range(len(kept.before), len(kept.before) + len(kept.quote))
    if first >= last:
        return AnchorResult("gone")
    new = tokenize_text(text)
    blank = Alignment(old, new, [-1] * len(old.keys), [-1] * len(new.keys))
    tried = []
    for start, end in find_similar_spans(kept.quote, text, cutoff=SIMILARITY_CUTOFF):
        margin = (end - start) // 2 + CONTEXT_LENGTH
        window = new.token_range(max(0, start - margin), end + margin)
        local = realign_range(blank, (0, len(old.keys)), window)
        span = fit_range(local, first, last)
        if span is not None:
            tried.append(_confirm_by_context(text, kept, local, (first, last), span))
    return choose_best(tried)


def _confirm_by_context(text: str, kept: Anchor, local: Alignment, old: Span, new: Span) -> AnchorResult:
    """Return a place that is alike as found where its context or its length speaks for it too."""
    broken = "\n" in kept.quote.strip()  # its paragraphs may have been parted, and half of it is not the quote
    found = score_range(local, old, new, threshold=ACCEPT_THRESHOLD if broken else PARTIAL_ACCEPT_THRESHOLD)
    long = count_token_words(local.old.keys[slice(*old)]) >= _LONG_QUOTE_WORDS
    if found.span is None or (found.score >= 0.9 and long):
        return found
    if min(_context_side_similarities(text, found.span, kept)) >= _CONTEXT_THRESHOLD:
        return found
    sure = is_distinctive(local, old, new) and (
        _has_same_context(text, found.span, kept) or _has_neighbour_nearby(text, found.span, kept)
    )
    return found if sure else found.as_candidate
