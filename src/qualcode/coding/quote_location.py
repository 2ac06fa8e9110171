"""The span of a quote in a transcript, found from the quote, its turn and sentence, or offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from qualcode.anchors import NearPassage, Span, find_near_passage, find_occurrences, is_codable, turn_at
from qualcode.errors import OperationError, UsageError, format_names, shorten_text
from qualcode.model import Transcript
from qualcode.parameter_checks import check_parameters
from qualcode.segments import SentenceRules, segment_transcript

_MAX_PLACES = 8


@check_parameters
@dataclass(frozen=True, slots=True)
class QuoteLocation:
    """Where a quote is, as far as it is known; turns and sentences count from 0."""

    quote: str = ""
    turn: int | None = None
    sentence: int | None = None
    start: int | None = None
    end: int | None = None


def locate_by_parameters(
    quote: QuoteLocation | str, *, turn: int | None, sentence: int | None, start: int | None, end: int | None
) -> QuoteLocation:
    """Return a location from a quote and what else is known of its place.

    Raises
    ------
    UsageError
        If the place is given twice, in a `QuoteLocation` and beside it.
    """
    if isinstance(quote, str):
        return QuoteLocation(quote, turn, sentence, start, end)
    if (turn, sentence, start, end) != (None, None, None, None):
        raise UsageError("turn, sentence, start and end: give them in the QuoteLocation or beside it, not both")
    return quote


class AmbiguousQuoteError(OperationError):
    """A quote occurs several times; ``spans`` are its places."""

    def __init__(self, message: str, spans: Sequence[Span]) -> None:
        self.spans = tuple(spans)
        super().__init__(message)


def locate_quote(
    transcript: Transcript, location: QuoteLocation, *, sentence_rules: SentenceRules, has_hint: bool = True
) -> Span:
    """Return the span of a quote.

    ``has_hint`` tells whether the message on a quote that is not found names the nearest passage, which takes some
    milliseconds to find.

    Raises
    ------
    AmbiguousQuoteError
        If the quote occurs several times.
    OperationError
        If the quote is not found or is not said by a participant.
    """
    if location.start is not None or location.end is not None:
        return _check_offsets(transcript, location)
    if not location.quote.strip():
        raise OperationError("give a quote, or start and end")
    spans = _prefer_whole_words(transcript.text, find_occurrences(transcript.text, location.quote))
    # Before places are counted: a quote is not ambiguous because an interviewer repeats it.
    codable = [span for span in spans if is_codable(transcript, *span)]
    if not codable:
        raise OperationError(_not_found_message(transcript, spans, location.quote, has_hint=has_hint))
    if location.turn is not None:
        codable = _filter_by_turn(transcript, codable, location.turn)
    if len(codable) > 1 and location.turn is not None and location.sentence is not None:
        codable = _filter_by_sentence(transcript, codable, location, sentence_rules) or codable
    if len(codable) > 1:
        turns = format_names([str(turn.index) for span in codable if (turn := turn_at(transcript, span[0]))])
        found = f"{format_quote(location.quote)} occurs {len(codable)} times in {transcript.id} (turns {turns})"
        part = "turn" if location.turn is None else "sentence"
        raise AmbiguousQuoteError(f"{found}: give the {part}, or start and end", codable)
    return codable[0]


def format_quote(quote: str, *, limit: int = 60) -> str:
    """Return a quote in quotation marks, shortened for a message."""
    return f"\u201c{shorten_text(quote, limit=limit)}\u201d"


def _check_offsets(transcript: Transcript, location: QuoteLocation) -> Span:
    start, end = location.start, location.end
    if start is None or end is None:
        raise OperationError("start and end must both be given")
    if not 0 <= start < end <= len(transcript.text):
        raise OperationError(
            f"{start}-{end} is not a span of {transcript.id}, which has {len(transcript.text):,} characters"
        )
    # The quote verifies the offsets, which may have been taken from another version of the text.
    if location.quote.strip() and (start, end) not in find_occurrences(transcript.text, location.quote):
        here = format_quote(transcript.text[start:end])
        raise OperationError(f"{start}-{end} of {transcript.id} reads {here}, not {format_quote(location.quote)}")
    if not is_codable(transcript, start, end):
        message = f"{start}-{end} of {transcript.id} does not begin and end in a participant's words"
        raise OperationError(f"{message}: interviewers are never coded")
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


def _not_found_message(transcript: Transcript, spans: Sequence[Span], quote: str, *, has_hint: bool) -> str:
    if spans:
        return (
            f"{format_quote(quote)} is not said by a participant of {transcript.id}: interviewers and headers are "
            "never coded"
        )
    near = find_near_passage(transcript, quote) if has_hint else None
    if near is None:
        return f"{format_quote(quote)} is not in {transcript.id}: copy the words exactly, capitals included"
    return _near_passage_message(transcript, quote, near)


def _near_passage_message(transcript: Transcript, quote: str, near: NearPassage) -> str:
    shown, text = format_quote(quote), format_quote(near.text, limit=120)
    if len(near.turns) > 1:
        turns = format_names([" ".join(filter(None, [str(turn.index), turn.speaker])) for turn in near.turns])
        return f"{shown} runs over turns {turns} of {transcript.id}: code the words of each turn by themselves"
    place = f"turn {near.turns[0].index}"
    if near.difference == "words":
        return f"{shown} is not in {transcript.id}: the nearest words are {text} ({place})"
    return f"{shown} is not in {transcript.id}: it reads {text} there ({place}, with other {near.difference})"


def list_places(transcript: Transcript, spans: Sequence[Span], *, sentence_rules: SentenceRules) -> list[str]:
    """Return a line for each of the first spans, with the numbers of its turn and sentence, and the sentence."""
    turns = groupby(segment_transcript(transcript, sentence_rules=sentence_rules), key=attrgetter("turn"))
    sentences = [(number, one) for _, group in turns for number, one in enumerate(group)]
    return [
        f"  turn {one.turn}, sentence {number}: {shorten_text(transcript.text[one.start : one.end], limit=100)}"
        for start, end in spans[:_MAX_PLACES]
        for number, one in sentences
        if one.start < end and start < one.end
    ]


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
    transcript: Transcript, spans: Sequence[Span], location: QuoteLocation, rules: SentenceRules
) -> list[Span]:
    sentences = [one for one in segment_transcript(transcript, sentence_rules=rules) if one.turn == location.turn]
    if location.sentence is None or not 0 <= location.sentence < len(sentences):
        return []
    sentence = sentences[location.sentence]
    return [span for span in spans if span[0] < sentence.end and sentence.start < span[1]]
