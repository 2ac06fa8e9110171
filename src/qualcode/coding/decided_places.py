"""What a decision was about, to show it to the coder: code, transcript, turn, speaker, time and quote."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qualcode.anchors import turn_at
from qualcode.coding.quote_location import format_quote
from qualcode.ledger import Event
from qualcode.model import Coding, Turn, format_seconds
from qualcode.study.study import Study

_MAX_QUOTE = 200


@dataclass(frozen=True, slots=True)
class DecidedPlace:
    """One code on one quote that a coder decided on; turn, speaker and time if the quote has its place."""

    id: str
    """Id of the coding, or of the event that rejects a suggestion."""
    transcript: str
    code: str
    quote: str
    turn: int | None = None
    speaker: str = ""
    time: float | None = None
    score: float | None = None
    """The score of the suggestion that was decided on."""
    in_context: tuple[str, str, str] | None = None
    """Words that were searched for, between those before and after them."""

    def __str__(self) -> str:
        return f"{self.code} in {self.describe_position()}: {format_quote(self.quote, limit=_MAX_QUOTE)}"

    def describe_position(self) -> str:
        """Return the transcript, and as far as they are known turn, speaker and time."""
        if self.turn is None:
            return self.transcript
        time = "" if self.time is None else format_seconds(self.time)
        details = ", ".join(filter(None, [self.speaker, time]))
        return f"{self.transcript}, turn {self.turn}" + (f" ({details})" if details else "")


def place_of_event(study: Study, event: Event) -> DecidedPlace:
    """Return the place of a decision, without its turn if the text was edited since."""
    transcript = study.transcripts.get(event.transcript)
    is_current = transcript is not None and transcript.sha256 == event.sha256
    turn = turn_at(transcript, event.start) if transcript is not None and is_current else None
    place = _make_place(event.id, event.transcript, event.code, event.quote, turn)
    return replace(place, score=event.origin.score) if event.origin.maker else place


def place_of_decision(study: Study, coding: Coding | Event) -> DecidedPlace:
    """Return the place of a coding or rejection, without its turn if it is orphaned."""
    if not isinstance(coding, Coding):
        return place_of_event(study, coding)
    transcript = study.transcripts.get(coding.transcript)
    has_place = transcript is not None and coding.status != "orphaned"
    turn = turn_at(transcript, coding.start) if transcript is not None and has_place else None
    return _make_place(coding.id, coding.transcript, coding.code, coding.quote, turn)


def _make_place(name: str, transcript: str, code: str, quote: str, turn: Turn | None) -> DecidedPlace:
    if turn is None:
        return DecidedPlace(name, transcript, code, quote)
    return DecidedPlace(name, transcript, code, quote, turn.index, turn.speaker, turn.time)
