"""Locate: split from deciding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.anchors import Span, find_occurrences, is_codable, turn_at
from qualcode.errors import OperationError, format_names, shorten_text
from qualcode.model import Transcript
from qualcode.segments import segment_transcript

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class QuoteLocation:
    """Where a quote is said to stand; what is None is not said. Turns and sentences count from 0."""

    quote: str = ""
    turn: int | None = None
    sentence: int | None = None
    start: int | None = None
    end: int | None = None


def locate_quote(transcript: Transcript, wanted: QuoteLocation, *, abbreviations: frozenset[str]) -> Span:
    """Return the one span that a quote stands on, or refuse with where it stands instead."""
    if wanted.start is not None or wanted.end is not None:
        return _check_offsets(transcript, wanted)
    if not wanted.quote.strip():
        raise OperationError("neither a quote nor start and end are given")
    spans = _prefer_whole_words(transcript.text, find_occurrences(transcript.text, wanted.quote))
    said = [span for span in spans if is_codable(transcript, *span)]
    if not said:
        raise OperationError(_not_found_message(transcript, spans, wanted.quote))
    if wanted.turn is not None:
        said = _filter_by_turn(transcript, said, wanted.turn)
    if len(said) > 1 and wanted.turn is not None and wanted.sentence is not None:
        said = _filter_by_sentence(transcript, said, wanted, abbreviations) or said
    if len(said) > 1:
        turns = format_names([str(turn.index) for span in said if (turn := turn_at(transcript, span[0]))])
        found = f"{format_quote(wanted.quote)} stands in {len(said)} places of {transcript.id} (turns {turns})"
        raise OperationError(f"{found}: say which {'turn' if wanted.turn is None else 'sentence'}, or start and end")
    return said[0]


def format_quote(quote: str, *, limit: int = 60) -> str:
    """Return a quote in quotation marks, cut short for a sentence."""
    return f"\u201c{shorten_text(quote, limit=limit)}\u201d"


def _check_offsets(transcript: Transcript, wanted: QuoteLocation) -> Span:
    start, end = wanted.start, wanted.end
    if start is None or end is None:
        raise OperationError("start and end belong together: one of them is missing")
    if not 0 <= start < end <= len(transcript.text):
        raise OperationError(
            f"{start}-{end} is no span of {transcript.id}, which has {len(transcript.text):,} characters"
        )
    if wanted.quote.strip() and (start, end) not in find_occurrences(transcript.text, wanted.quote):
        here = format_quote(transcript.text[start:end])
        raise OperationError(f"{start}-{end} of {transcript.id} reads {here}, not {format_quote(wanted.quote)}")
    if not is_codable(transcript, start, end):
        said = f"{start}-{end} of {transcript.id} does not begin and end in a participant's words"
        raise OperationError(f"{said}: interviewers are never coded")
    return start, end


def _prefer_whole_words(text: str, spans: Sequence[Span]) -> list[Span]:
    """Keep the spans that do not begin or end inside a word, unless none of them does."""
    whole = [
        (start, end)
        for start, end in spans
        if not (text[start - 1 : start].isalnum() and text[start].isalnum())
        and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
    ]
    return whole or list(spans)


def _not_found_message(transcript: Transcript, spans: Sequence[Span], quote: str) -> str:
    if spans:
        return f"{format_quote(quote)} is not said by a participant of {transcript.id}: interviewers and headers are never coded"
    return f"{format_quote(quote)} is nowhere in {transcript.id}"


def _filter_by_turn(transcript: Transcript, spans: Sequence[Span], number: int) -> list[Span]:
    if not 0 <= number < len(transcript.turns):
        raise OperationError(
            f"{transcript.id} has {len(transcript.turns)} turns, counted from 0: there is no turn {number}"
        )
    turn = transcript.turns[number]
    found = [span for span in spans if turn.start <= span[0] and span[1] <= turn.end]
    if not found:
        others = ", ".join(str(other.index) for span in spans if (other := turn_at(transcript, span[0])))
        raise OperationError(
            f"the quote is not in turn {number} of {transcript.id} but in turn {others} (turns count from 0)"
        )
    return found


def _filter_by_sentence(
    transcript: Transcript, spans: Sequence[Span], wanted: QuoteLocation, short: frozenset[str]
) -> list[Span]:
    sentences = [one for one in segment_transcript(transcript, abbreviations=short) if one.turn == wanted.turn]
    if wanted.sentence is None or not 0 <= wanted.sentence < len(sentences):
        return []
    sentence = sentences[wanted.sentence]
    return [span for span in spans if span[0] < sentence.end and sentence.start < span[1]]
