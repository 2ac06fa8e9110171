"""Selecting words by keys: one end of the selection moves, by words, characters, to the end of sentence or turn."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualcode.anchors import Span
from qualcode.review.session.words.text_spans import TextSpans


@dataclass(frozen=True, slots=True)
class WordSelection:
    """Selected words, and which end moves."""

    start: int
    end: int
    moves_start: bool = False
    coding: str = ""
    """Id of the coding whose bounds are being changed; empty if new words are selected."""

    @property
    def span(self) -> Span:
        """The selected characters."""
        return self.start, self.end


def select_first_word(spans: TextSpans, target: Span) -> WordSelection:
    """Return a selection of the first word of a span; of all of it if it has no word."""
    first = next((word for word in spans.words if word[0] >= target[0] and word[1] <= target[1]), target)
    return WordSelection(*first)


def move_by_word(selection: WordSelection, spans: TextSpans, step: int) -> WordSelection:
    """Return the selection with its moving end one word further (``step`` 1) or back (-1)."""
    if selection.moves_start:
        return _with_start(selection, spans, spans.word_edge(selection.start, step, is_end=False))
    return _with_end(selection, spans, spans.word_edge(selection.end, step, is_end=True))


def move_by_letter(selection: WordSelection, step: int) -> WordSelection:
    """Return the selection with its moving end one character further or back; it keeps one character at least."""
    if selection.moves_start:
        return replace(selection, start=max(0, min(selection.start + step, selection.end - 1)))
    return replace(selection, end=max(selection.end + step, selection.start + 1))


def extend_to(selection: WordSelection, span: Span) -> WordSelection:
    """Return the selection with its moving end at that end of a span."""
    if selection.moves_start:
        return replace(selection, start=min(span[0], selection.end - 1))
    return replace(selection, end=max(span[1], selection.start + 1))


def extend_by_sentence(selection: WordSelection, spans: TextSpans) -> WordSelection:
    """Return the selection with its moving end at the edge of its sentence, or if it is there already of the next."""
    if selection.moves_start:
        beyond = [span for span in spans.sentences if span[0] < selection.start][-1:]
    else:
        beyond = [span for span in spans.sentences if span[1] > selection.end][:1]
    return extend_to(selection, beyond[0]) if beyond else selection


def _with_start(selection: WordSelection, spans: TextSpans, start: int) -> WordSelection:
    # Beyond the other end the selection is the one word that was reached.
    end = selection.end if start < selection.end else spans.word_edge(start, 1, is_end=True)
    return replace(selection, start=start, end=end)


def _with_end(selection: WordSelection, spans: TextSpans, end: int) -> WordSelection:
    start = selection.start if end > selection.start else spans.word_edge(end, -1, is_end=False)
    return replace(selection, start=start, end=end)
