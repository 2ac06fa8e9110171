"""Fit of a range of old tokens to the new text, from the tokens that are aligned, and the score of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qualcode.anchors.alignment import Alignment
from qualcode.anchors.quote_anchors import Span, normalise
from qualcode.anchors.tokens import SENTENCE_ENDS, Tokens, count_token_words

AnchorOutcome = Literal["same", "changed", "ambiguous", "partial", "interviewer", "gone"]

ACCEPT_THRESHOLD = 0.8
"""Similarity from which words count as the old ones, slightly changed."""
PARTIAL_ACCEPT_THRESHOLD = 0.65
"""Similarity that suffices where at least half of the letters are in unchanged words."""
_CANDIDATE_THRESHOLD = 0.5
"""Similarity from which a place is offered to a person, who decides."""
_MIN_LEAD = 0.1
"""Lead in score that the best of several places needs to be accepted."""

_SPEECH_STARTS = SENTENCE_ENDS | {":", "："}
"""Keys of the tokens before a sentence or before the speech after a speaker's label."""
_MAX_LOST_WORDS = 3
_MAX_LOST_SHARE = 0.2
"""More words of a quote than these, in number and as a share, are never left out without a person's decision."""
_MAX_OUTSIDE_SHARE = 0.05
"""The share of a quote's words that may stand elsewhere: more is divided text, fewer may be chance matches."""
_WORDS_PER_INSERTION = 6
"""Words of a quote for each further place where text was inserted: more places are a chance match of common words."""
_MAX_MARKS = 3
"""Marks between two words that are not taken as inserted text."""
_MAX_INSERTED = 400
"""Longest text, in code points, that is taken as inserted into a quote; a longer one splits it."""

_Pair = tuple[int, int]
"""An old token and the new one it is aligned with."""


@dataclass(frozen=True, slots=True)
class AnchorResult:
    """Where a quote is now: ``span``; if that is not certain, ``candidates`` with their scores, the best first.

    ``partial``: its words were moved apart, or many were deleted; the candidates are the parts. ``interviewer``: its
    words are in an interviewer's turn now.
    """

    outcome: AnchorOutcome
    span: Span | None = None
    score: float = 0.0
    candidates: tuple[tuple[Span, float], ...] = ()

    @property
    def as_candidate(self) -> AnchorResult:
        """The result with its span as a candidate, for a person to decide."""
        return self if self.span is None else AnchorResult("gone", candidates=((self.span, self.score),))


def fit_range(alignment: Alignment, old: Span) -> Span | None:
    """Return the range of new tokens that old ones became: their densest aligned run, with changed words at its ends.

    None if no token is aligned.
    """
    pairs = [(token, alignment.old_to_new[token]) for token in range(*old) if alignment.old_to_new[token] >= 0]
    run = _find_whole_quote(alignment, old) or _drop_marks(alignment, _find_densest_run(alignment.new, pairs))
    if not run:
        return None
    (old_first, new_first), (old_last, new_last) = run[0], run[-1]
    while _is_equal_and_free(alignment, old, old_first - 1, new_first - 1):
        old_first, new_first = old_first - 1, new_first - 1
    while _is_equal_and_free(alignment, old, old_last + 1, new_last + 1):
        old_last, new_last = old_last + 1, new_last + 1
    while old_first > old[0] and old_first < old_last and not alignment.old.keys[old_first][0].isalnum():
        old_first, new_first = old_first + 1, new_first + 1  # a mark of the sentence before
    return _extend_start(alignment, old, (old_first, new_first)), _extend_end(alignment, old, (old_last, new_last))


def _drop_marks(alignment: Alignment, run: Sequence[_Pair]) -> Sequence[_Pair]:
    """Return a run without marks before its first word, which may be those of another sentence."""
    first = next((number for number, (token, _) in enumerate(run) if alignment.old.keys[token][0].isalnum()), 0)
    return run[first:]


def _find_whole_quote(alignment: Alignment, old: Span) -> Sequence[_Pair]:
    """Return the pairs of a quote's words if nearly all are there in their order, with few insertions in between.

    Else an empty sequence. Marks are left out: that of an inserted sentence may be aligned with the quote's last one.
    """
    keys = alignment.old.keys
    words = [token for token in range(*old) if keys[token][0].isalnum()]
    pairs = [(token, link) for token in words if (link := alignment.old_to_new[token]) >= 0]
    if len(words) - len(pairs) > min(_MAX_LOST_WORDS, _MAX_LOST_SHARE * len(words)):
        return ()
    insertions = _find_insertions(alignment, pairs)
    is_whole = (
        all(first[1] < second[1] for first, second in pairwise(pairs))
        and len(insertions) <= 1 + len(words) // _WORDS_PER_INSERTION
        and all(_is_insertable(alignment, old, _between(pairs, split)) for split in insertions)
    )
    return _drop_moved_ends(alignment, pairs, insertions) if is_whole else ()


def _drop_moved_ends(alignment: Alignment, pairs: Sequence[_Pair], insertions: Sequence[int]) -> Sequence[_Pair]:
    """Return pairs without the first or last words if the same words are on the other side of an insertion.

    Text was then inserted beside the quote, not into it: in "I said so. I went." either "I" may be aligned.
    """
    old, new = alignment.old.keys, alignment.new.keys
    if not insertions:
        return pairs
    (first, _), (second, place) = pairs[0], pairs[insertions[0]]
    is_first_moved = old[first:second] == new[place - (second - first) : place]
    (before, place), (last, _) = pairs[insertions[-1] - 1], pairs[-1]
    is_last_moved = old[before + 1 : last + 1] == new[place + 1 : place + 1 + last - before]
    return pairs[insertions[0] if is_first_moved else 0 : insertions[-1] if is_last_moved else None] or pairs


def _find_insertions(alignment: Alignment, pairs: Sequence[_Pair]) -> list[int]:
    """Return the indices of the pairs of words before which text was inserted where no other word was."""
    old, new = alignment.old.keys, alignment.new.keys
    found = []
    for later, ((old_first, new_first), (old_second, new_second)) in enumerate(pairwise(pairs), 1):
        if new_second == new_first + 1:
            continue
        added = new[new_first + 1 : new_second]
        # A few marks are typography, not an insertion.
        is_inserted = len(added) > _MAX_MARKS or any(key[0].isalnum() for key in added)
        if is_inserted and not any(key[0].isalnum() for key in old[old_first + 1 : old_second]):
            found.append(later)
    return found


def _between(pairs: Sequence[_Pair], later: int) -> Span:
    """Return the range of new tokens between a pair and the one before it."""
    return pairs[later - 1][1] + 1, pairs[later][1]


def _is_insertable(alignment: Alignment, old: Span, span: Span) -> bool:
    """Return whether new tokens may have been inserted into a quote: none is a word from elsewhere in the old text."""
    start, end = to_char_span(alignment.new, span)
    keys = alignment.new.keys
    return end - start <= _MAX_INSERTED and all(
        _is_free(alignment, old, token) or not count_token_words([keys[token]]) for token in range(*span)
    )


def _find_densest_run(new: Tokens, pairs: Sequence[_Pair]) -> Sequence[_Pair]:
    """Return the run of pairs, rising on both sides, with the most letters minus the unaligned ones in between."""
    best, start, score, best_score = (0, 0), 0, 0, 0
    for index, (_, token) in enumerate(pairs):
        previous = pairs[index - 1][1] if index else token
        # A token out of order ends the run: its gap costs the whole score. One character is the blank between words.
        gap = max(0, new.starts[token] - new.ends[previous] - 1) if token > previous else score
        # Kadane's algorithm: a gap that outweighs the letters before it starts a new run.
        if score - gap <= 0:
            start, score, gap = index, 0, 0
        score += new.ends[token] - new.starts[token] - gap
        if score > best_score:
            best, best_score = (start, index + 1), score
    return pairs[slice(*best)]


def _is_equal_and_free(alignment: Alignment, old: Span, old_token: int, new_token: int) -> bool:
    """Return whether a run may grow by a pair of tokens: equal ones, the new one not aligned with other words.

    A mark may be aligned with one of a deleted sentence, and counts as free.
    """
    if not (old[0] <= old_token < old[1] and 0 <= new_token < len(alignment.new.keys)):
        return False
    key = alignment.new.keys[new_token]
    return alignment.old.keys[old_token] == key and (
        not count_token_words([key]) or _is_free(alignment, old, new_token)
    )


def _is_free(alignment: Alignment, old: Span, new_token: int) -> bool:
    """Return whether a new token is not aligned, or aligned with a token of a range of old ones."""
    return alignment.new_to_old[new_token] < 0 or old[0] <= alignment.new_to_old[new_token] < old[1]


def _extend_start(alignment: Alignment, old: Span, pair: _Pair) -> int:
    """Return the first new token, counting changed words before a pair: where old ones were, or a sentence starts."""
    old_token, new_token = pair
    start = new_token
    while not _is_sentence_start(alignment.new, start) and _is_free(alignment, (old[0], old_token), start - 1):
        start -= 1
    # Words inserted before an unchanged first word belong to the quote only if it began a sentence there.
    is_bordered = old[0] == 0 or alignment.old_to_new[old[0] - 1] == start - 1
    is_added = _is_sentence_start(alignment.old, old[0]) and (is_bordered or _is_sentence_start(alignment.new, start))
    return start if old_token > old[0] or is_added else new_token


def _is_sentence_start(tokens: Tokens, token: int) -> bool:
    """Return whether a sentence, or the speech after a speaker's label, starts with a token."""
    # Within 00:05:10 and example.org no sentence starts.
    return tokens.is_line_start(token) or (tokens.keys[token - 1] in _SPEECH_STARTS and tokens.is_spaced(token))


def _extend_end(alignment: Alignment, old: Span, pair: _Pair) -> int:
    """Return the end of the new tokens, counting changed words after a pair where old ones were, in its sentence."""
    old_token, new_token = pair
    new, end = alignment.new, new_token + 1
    # The last word is unchanged, so words inserted after it are not part of the quote.
    if old_token == old[1] - 1:
        return end
    while end < len(new.keys) and not new.is_line_start(end) and _is_free(alignment, (old_token, old[1]), end):
        end += 1
        if new.keys[end - 1] in SENTENCE_ENDS and new.is_spaced(end):
            break
    return end


def range_text(tokens: Tokens, span: Span) -> str:
    """Return the text of a range of tokens."""
    return tokens.text[slice(*to_char_span(tokens, span))]


def to_char_span(tokens: Tokens, span: Span) -> Span:
    """Return a range of tokens as offsets in the text."""
    return tokens.starts[span[0]], tokens.ends[span[1] - 1]


def text_similarity(old: str, new: str) -> float:
    """Return the similarity of two texts, 0 to 1: twice the letters of their longest common subsequence over all."""
    from rapidfuzz.fuzz import ratio

    return float(ratio(normalise(old), normalise(new))) / 100


def _letter_overlap(alignment: Alignment, old: Span, new: Span) -> float:
    """Return the share of the letters of old tokens that are aligned with a range of new ones, 0 to 1."""
    letters = {token: len(alignment.old.keys[token]) for token in range(*old)}
    aligned = (token for token in letters if new[0] <= alignment.old_to_new[token] < new[1])
    return sum(letters[token] for token in aligned) / sum(letters.values())


def score_range(
    alignment: Alignment, old: Span, new: Span, *, threshold: float = PARTIAL_ACCEPT_THRESHOLD
) -> AnchorResult:
    """Return a range of new tokens as the result if similar enough to the old ones, as a candidate if less so."""
    score = text_similarity(range_text(alignment.old, old), _text_without_insertions(alignment, old, new))
    span = to_char_span(alignment.new, new)
    if _loses_words(alignment, old, new):
        rest = _find_densest_run(alignment.new, _pairs_outside(alignment, old, new))
        other = [(to_char_span(alignment.new, (rest[0][1], rest[-1][1] + 1)), score)] if len(rest) > 1 else []
        return AnchorResult("partial", candidates=((span, score), *other))
    if score >= ACCEPT_THRESHOLD or (score >= threshold and _letter_overlap(alignment, old, new) >= 0.5):
        return AnchorResult("changed", span, score)
    return AnchorResult("gone", candidates=((span, score),) if score >= _CANDIDATE_THRESHOLD else ())


def _text_without_insertions(alignment: Alignment, old: Span, new: Span) -> str:
    """Return the text of new tokens; if the whole quote is in it, without what was inserted in between."""
    # Where the new text is not longer, nothing can be left out that matters.
    pairs = _find_whole_quote(alignment, old) if new[1] - new[0] > old[1] - old[0] + 1 else ()
    insertions = [_between(pairs, later) for later in _find_insertions(alignment, pairs)]
    bounds = [new[0], *(bound for span in insertions for bound in span), new[1]]
    pieces = [(first, last) for first, last in zip(bounds[::2], bounds[1::2], strict=True) if first < last]
    return " ".join(range_text(alignment.new, piece) for piece in pieces)


def _loses_words(alignment: Alignment, old: Span, new: Span) -> bool:
    """Return whether a new range is without many words of the old one: split text, or a remnant of it."""
    words = _count_letters_words(alignment.old.keys[slice(*old)])
    outside = _count_letters_words([alignment.old.keys[token] for token, _ in _pairs_outside(alignment, old, new)])
    return outside > max(_MAX_LOST_WORDS, _MAX_OUTSIDE_SHARE * words) or _count_deleted_words(
        alignment, old, new
    ) > max(_MAX_LOST_WORDS, _MAX_LOST_SHARE * words)


def _count_deleted_words(alignment: Alignment, old: Span, new: Span) -> float:
    """Return the words of an old range that are gone: in each gap between aligned words, those that none replace."""
    edges, last = [(old[0] - 1, new[0] - 1)], new[0] - 1
    for token in range(*old):
        if last < (link := alignment.old_to_new[token]) < new[1]:
            edges.append((token, link))
            last = link
    edges.append((old[1], new[1]))
    deleted = 0.0
    for (old_first, new_first), (old_second, new_second) in pairwise(edges):
        if old_second > old_first + 1:
            gone = _count_letters_words(alignment.old.keys[old_first + 1 : old_second])
            deleted += max(0.0, gone - _count_letters_words(alignment.new.keys[new_first + 1 : new_second]))
    return deleted


def _count_letters_words(keys: Sequence[str]) -> float:
    """Return the number of words that begin with a letter: time stamps replace no words."""
    return count_token_words([key for key in keys if key[0].isalpha()])


def _pairs_outside(alignment: Alignment, old: Span, new: Span) -> Sequence[_Pair]:
    """Return the pairs of old tokens whose new tokens are outside a range."""
    links = ((token, alignment.old_to_new[token]) for token in range(*old))
    return [(token, link) for token, link in links if link >= 0 and not new[0] <= link < new[1]]


def choose_best(results: Sequence[AnchorResult]) -> AnchorResult:
    """Return the best of several results; ambiguous where the scores of the best two are close."""
    accepted = sorted((result for result in results if result.span), key=lambda result: -result.score)
    # Two searches may find the same span, which is not ambiguous.
    if len({result.span for result in accepted[:2]}) > 1 and accepted[0].score - accepted[1].score < _MIN_LEAD:
        return AnchorResult(
            "ambiguous", candidates=tuple((result.span, result.score) for result in accepted if result.span)
        )
    if accepted:
        return accepted[0]
    candidates = {candidate for result in results for candidate in result.candidates}
    outcome: AnchorOutcome = "partial" if any(result.outcome == "partial" for result in results) else "gone"
    return AnchorResult(outcome, candidates=tuple(sorted(candidates, key=lambda candidate: -candidate[1])))
