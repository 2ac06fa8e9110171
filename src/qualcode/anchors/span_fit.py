"""The span of a new text that an old one's span became, from the words that have found a partner there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.quote_anchors import Span, normalise
from qualcode.anchors.tokens import SENTENCE_ENDS, Tokens, count_token_words

AnchorOutcome = Literal["same", "changed", "ambiguous", "gone"]

ACCEPT_THRESHOLD = 0.8
"""Likeness from which words are the old ones, changed a little."""
PARTIAL_ACCEPT_THRESHOLD = 0.65
"""Likeness that suffices where at least half of the letters stand in words that were not changed."""
CANDIDATE_THRESHOLD = 0.5
"""Likeness from which a place is shown to a person, who decides."""

_Pair = tuple[int, int]
"""An old token and the new one that stands for it."""


@dataclass(frozen=True, slots=True)
class AnchorResult:
    """Where a quote stands now; without ``span``, where it may stand: ``candidates``, the likeliest first."""

    outcome: AnchorOutcome
    span: Span | None = None
    score: float = 0.0
    candidates: tuple[tuple[Span, float], ...] = ()

    @property
    def as_candidate(self) -> AnchorResult:
        """The same place for a person to decide on."""
        return self if self.span is None else AnchorResult("gone", candidates=((self.span, self.score),))


def fit_range(alignment: Alignment, first: int, last: int) -> Span | None:
    """Return the range of new tokens that a range of old ones became: their densest run, with changed ends."""
    pairs = [(token, alignment.old_to_new[token]) for token in range(first, last) if alignment.old_to_new[token] >= 0]
    run = _find_densest_run(alignment.new, pairs)
    if not run:
        return None
    old, new = alignment.old.keys, alignment.new.keys
    (one, here), (other, there) = run[0], run[-1]
    while one > first and here > 0 and old[one - 1] == new[here - 1] and _can_grow(alignment, here - 1, first, last):
        one, here = one - 1, here - 1
    while other < last - 1 and there < len(new) - 1 and old[other + 1] == new[there + 1]:
        if not _can_grow(alignment, there + 1, first, last):
            break
        other, there = other + 1, there + 1
    return _extend_start(alignment, first, (one, here)), _extend_end(alignment, last, (other, there))


def _find_densest_run(new: Tokens, pairs: Sequence[_Pair]) -> Sequence[_Pair]:
    """Return the run of pairs, rising on both sides, with the most letters for the fewest foreign ones between."""
    best, start, score, most = (0, 0), 0, 0, 0
    for index, (_, token) in enumerate(pairs):
        before = pairs[index - 1][1] if index else token
        foreign = max(0, new.starts[token] - new.ends[before] - 1) if token > before else score
        if score - foreign <= 0:
            start, score, foreign = index, 0, 0
        score += new.ends[token] - new.starts[token] - foreign
        if score > most:
            best, most = (start, index + 1), score
    return pairs[slice(*best)]


def _extend_start(alignment: Alignment, first: int, pair: _Pair) -> int:
    """Return the first new token: words before it belong to the span where old ones went, or a sentence begins."""
    token, here = pair
    stop = here
    while stop > 0 and not _is_sentence_start(alignment.new, stop) and _is_available(alignment, stop - 1, first, token):
        stop -= 1
    bordered = first == 0 or stop == 0 or alignment.old_to_new[first - 1] == stop - 1
    grown = _is_sentence_start(alignment.old, first) and (bordered or _is_sentence_start(alignment.new, stop))
    return stop if token > first or grown else here


def _is_available(alignment: Alignment, token: int, first: int, last: int) -> bool:
    """Tell whether a new token stands for none of the old ones, or for one of this range."""
    return alignment.new_to_old[token] < 0 or first <= alignment.new_to_old[token] < last


def _can_grow(alignment: Alignment, token: int, first: int, last: int) -> bool:
    """Tell whether a run may grow over a new token: a mark may have been laid on one of a sentence that was deleted."""
    return not count_token_words([alignment.new.keys[token]]) or _is_available(alignment, token, first, last)


def _is_sentence_start(held: Tokens, token: int) -> bool:
    """Tell whether a sentence, or what is said behind a speaker's label, begins with a token."""
    return held.is_line_start(token) or held.keys[token - 1] in SENTENCE_ENDS or held.keys[token - 1] in {":", "："}


def _extend_end(alignment: Alignment, last: int, pair: _Pair) -> int:
    """Return where the new tokens end: words behind belong to the span where old ones went, to the sentence's end."""
    token, here = pair
    new, stop = alignment.new, here + 1
    if token == last - 1:
        return stop
    while stop < len(new.keys) and not new.is_line_start(stop) and _is_available(alignment, stop, token, last):
        stop += 1
        if new.keys[stop - 1] in SENTENCE_ENDS:
            break
    return stop


def range_text(held: Tokens, span: Span) -> str:
    """Return the text of a range of tokens."""
    return held.text[held.starts[span[0]] : held.ends[span[1] - 1]]


def text_similarity(old: str, new: str) -> float:
    """Return how alike two texts are letter by letter, 0 to 1: twice what they share over all they have."""
    from rapidfuzz.fuzz import ratio

    return float(ratio(normalise(old), normalise(new))) / 100


def letter_overlap(alignment: Alignment, old: Span, new: Span) -> float:
    """Return what share of the letters of old words stands in a range of new ones."""
    letters = [len(alignment.old.keys[token]) for token in range(*old)]
    kept = [new[0] <= alignment.old_to_new[token] < new[1] for token in range(*old)]
    return sum(size for size, held in zip(letters, kept, strict=True) if held) / max(1, sum(letters))


def to_char_span(held: Tokens, span: Span) -> Span:
    """Return a range of tokens in letters."""
    return held.starts[span[0]], held.ends[span[1] - 1]


def score_range(
    alignment: Alignment, old: Span, new: Span, *, threshold: float = PARTIAL_ACCEPT_THRESHOLD
) -> AnchorResult:
    """Return a range of new tokens as found where its words are alike enough, else as a candidate if at all."""
    score = text_similarity(range_text(alignment.old, old), range_text(alignment.new, new))
    span = to_char_span(alignment.new, new)
    if score >= ACCEPT_THRESHOLD or (score >= threshold and letter_overlap(alignment, old, new) >= 0.5):
        return AnchorResult("changed", span, score)
    return AnchorResult("gone", candidates=((span, score),) if score >= CANDIDATE_THRESHOLD else ())


def choose_best(tried: Sequence[AnchorResult], *, margin: float = 0.1) -> AnchorResult:
    """Return the best of several finds: none where two of them are about as good."""
    good = sorted((one for one in tried if one.span), key=lambda one: -one.score)
    if len({one.span for one in good[:2]}) > 1 and good[0].score - good[1].score < margin:
        return AnchorResult("ambiguous", candidates=tuple((one.span, one.score) for one in good if one.span))
    if good:
        return good[0]
    offered = {candidate for one in tried for candidate in one.candidates}
    return AnchorResult("gone", candidates=tuple(sorted(offered, key=lambda one: -one[1])))
