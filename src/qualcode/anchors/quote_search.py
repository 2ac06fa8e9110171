"""Search for a coded span in a new version of its transcript when only its quote and context are known."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.neighbours import is_distinctive
from qualcode.anchors.quote_anchors import CONTEXT_LENGTH, Anchor, Span, find_normalised, find_occurrences
from qualcode.anchors.similar_text import find_similar_spans, realign_range
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
"""Words of a quote that suffice without context where the quote occurs once."""
_LONG_QUOTE_WORDS = 8
"""Words of a quote that suffice without context where the quote has hardly changed."""
_HARDLY_CHANGED = 0.9
"""Similarity from which a quote has hardly changed."""
_CONTEXT_THRESHOLD = 0.6
"""Similarity that the context on both sides needs where the words do not suffice."""
_SIDE_THRESHOLD = 0.8
"""Similarity that the context on one side needs where the quote occurs several times."""
_MIN_LEAD = 0.2
"""Lead in context similarity that the best of several places needs."""
_UNKNOWN_SIDE_SCORE = 0.7
"""Similarity of a side without context, because the old text started or ended there."""
_MIN_MARGIN = 150
"""Code points beside a similar passage in which the rest of a quote is searched for, where text was inserted in it."""
_NEIGHBOUR_DISTANCE = 300
"""Code points beside a place in which the old context is searched for, where text was inserted in between."""


def find_anchor_exact(text: str, anchor: Anchor) -> tuple[int, int, CodingStatus]:
    """Return the start and end of an anchored quote in the text as it is now, and its status.

    ``anchored``: at the old place; ``moved``: the same words elsewhere, confirmed by their context or number;
    ``orphaned``: nowhere, or in several places (never guessed); start and end are then the old ones. Changed words are
    found by `find_anchor_by_alignment` and `find_anchor_fuzzy` only.
    """
    home = (anchor.start, anchor.end)
    if text[anchor.start : anchor.end] == anchor.quote and _side_similarities(text, home, anchor) == (1, 1):
        return (*home, "anchored")
    # Typography is normalised at once: an exact search would miss a retyped quote where the same words occur elsewhere.
    result = _choose_place(text, anchor, find_normalised(text, anchor.quote))
    if result is None or result.span is None:
        return (*home, "orphaned")
    return (*result.span, "anchored" if result.span == home else "moved")


def find_anchor_fuzzy(text: str, anchor: Anchor) -> AnchorResult:
    """Return where a quote is in a text: the same words, else similar words in a similar context."""
    return _choose_place(text, anchor, find_normalised(text, anchor.quote)) or _find_similar(text, anchor)


def _choose_place(text: str, anchor: Anchor, places: Sequence[Span]) -> AnchorResult | None:
    """Return the place with the same words that the context or the words themselves confirm; None without places."""
    if not places:
        return None
    ranked = sorted(((_context_similarity(text, place, anchor), place) for place in places), reverse=True)
    span = _confirmed_place(text, anchor, ranked)
    if span:
        return AnchorResult("same", span, 1.0)
    return AnchorResult("ambiguous", candidates=tuple((place, round(score, 2)) for score, place in ranked))


def _confirmed_place(text: str, anchor: Anchor, ranked: Sequence[tuple[float, Span]]) -> Span | None:
    """Return the one of several places, ranked by context similarity, that is certain, or None."""
    score, best = ranked[0]
    if len(ranked) == 1:
        is_certain = (
            _has_same_context(text, best, anchor)
            or count_token_words(tokenize_text(anchor.quote).keys) >= _DISTINCTIVE_WORDS
            or _has_neighbour_nearby(text, best, anchor)
        )
        return best if is_certain else None
    in_whole_context = [place for _, place in ranked if _side_similarities(text, place, anchor) == (1, 1)]
    if len(in_whole_context) == 1:
        return in_whole_context[0]
    if score - ranked[1][0] >= _MIN_LEAD and max(_side_similarities(text, best, anchor)) >= _SIDE_THRESHOLD:
        return best
    home = (anchor.start, anchor.end)
    # Among places that are about equally similar the old one is preferred.
    home_score = next((similarity for similarity, place in ranked if place == home), 0.0)
    return home if home_score >= max(_CONTEXT_THRESHOLD, score - _MIN_LEAD) else None


def _context_similarity(text: str, place: Span, anchor: Anchor) -> float:
    """Return the similarity of the context of a place to the old one, 0 to 1; the more similar side has more weight."""
    sides = _side_similarities(text, place, anchor)
    return 0.6 * max(sides) + 0.4 * min(sides)


def _has_same_context(text: str, place: Span, anchor: Anchor) -> bool:
    """Return whether one side of the context is very similar to the old one, or both are fairly similar."""
    sides = _side_similarities(text, place, anchor)
    return max(sides) >= _SIDE_THRESHOLD or min(sides) >= _CONTEXT_THRESHOLD


def _side_similarities(text: str, place: Span, anchor: Anchor) -> tuple[float, float]:
    """Return the similarity to the old context, 0 to 1, before and after a place."""
    start, end = place
    before, after = text[max(0, start - len(anchor.before)) : start], text[end : end + len(anchor.after)]
    return _side_similarity(before, anchor.before, start == 0), _side_similarity(after, anchor.after, end == len(text))


def _side_similarity(new: str, old: str, is_at_edge: bool) -> float:
    if not old:
        return 1.0 if is_at_edge else _UNKNOWN_SIDE_SCORE
    if new == old:
        return 1.0
    return text_similarity(old, new) if old.strip() else _UNKNOWN_SIDE_SCORE if not new.strip() else 0.0


def _has_neighbour_nearby(text: str, place: Span, anchor: Anchor) -> bool:
    """Return whether the old context of one side is near a place, with text inserted in between."""
    start, end = place
    before, after = text[max(0, start - _NEIGHBOUR_DISTANCE) : start], text[end : end + _NEIGHBOUR_DISTANCE]
    # Beyond another line the same words may be said again, by the same person.
    gaps = [before[stop:] for _, stop in _find_context(before, anchor.before)]
    gaps += [after[:first] for first, _ in _find_context(after, anchor.after)]
    return any("\n" not in gap for gap in gaps)


def _find_context(text: str, context: str) -> list[Span]:
    """Return where a context is; a short one, at the start or end of the old text, is near many places by chance."""
    return find_occurrences(text, context) if len(context.strip()) >= CONTEXT_LENGTH // 2 else []


def _find_similar(text: str, anchor: Anchor) -> AnchorResult:
    """Return the best of the most similar passages."""
    quote_start = len(anchor.before)
    old_tokens = tokenize_text(anchor.before + anchor.quote + anchor.after)
    old = old_tokens.token_range(quote_start, quote_start + len(anchor.quote))
    if old[0] >= old[1]:
        return AnchorResult("gone")
    new_tokens = tokenize_text(text)
    # Without the old text nothing is aligned; `realign_range` links the tokens of one window at a time.
    unaligned = Alignment(old_tokens, new_tokens, [-1] * len(old_tokens.keys), [-1] * len(new_tokens.keys))
    results = []
    for start, end in find_similar_spans(anchor.quote, text):
        # Room for words that were inserted into the quote, and for its context.
        margin = max((end - start) // 2, _MIN_MARGIN) + CONTEXT_LENGTH
        window = new_tokens.token_range(start - margin, end + margin)
        local = realign_range(unaligned, (0, len(old_tokens.keys)), window)
        new = fit_range(local, old)
        if new is not None:
            results.append(_confirm_by_context(text, anchor, local, old, new))
    return choose_best(results)


def _confirm_by_context(text: str, anchor: Anchor, local: Alignment, old: Span, new: Span) -> AnchorResult:
    """Return similar words as the result where their number or their context confirms it, else as a candidate."""
    # Paragraphs may be apart now; with the lower threshold one of them would be accepted as the whole quote.
    has_paragraphs = "\n" in anchor.quote.strip()
    result = score_range(local, old, new, threshold=ACCEPT_THRESHOLD if has_paragraphs else PARTIAL_ACCEPT_THRESHOLD)
    if result.span is None:
        return result
    is_long = count_token_words(local.old.keys[slice(*old)]) >= _LONG_QUOTE_WORDS
    is_certain = (
        (is_long and result.score >= _HARDLY_CHANGED)
        or min(_side_similarities(text, result.span, anchor)) >= _CONTEXT_THRESHOLD
        or (
            is_distinctive(local, old, new)
            and (_has_same_context(text, result.span, anchor) or _has_neighbour_nearby(text, result.span, anchor))
        )
    )
    return result if is_certain else result.as_candidate
