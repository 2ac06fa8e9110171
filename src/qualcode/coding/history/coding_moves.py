"""New ledger events that give codings other bounds in the present text."""

from __future__ import annotations

from collections.abc import Sequence

from qualcode.anchors import Span, make_anchor
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError, UnknownCodingError, name_option
from qualcode.ledger import Event, Origin, new_event
from qualcode.model import Coding
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.study import Study

_CONFIRMED = Origin(source="confirm")


def find_own_coding(decisions: DecisionIndex, name: str, *, coder: str, verb: str) -> Coding:
    """Return a coder's coding by its id or the last characters of it; ``verb`` is what is to be done with it.

    Raises
    ------
    UnknownCodingError
        If there is no coding with this id.
    OperationError
        If it is another coder's.
    """
    coding = decisions.coding(name)
    if coding is None:
        raise UnknownCodingError(name, decisions.coding_ids())
    if coding.coder != coder:
        option = name_option("coder", coding.coder)
        raise OperationError(f"coding {name} is by {coding.coder}: only its coder can {verb} it ({option})")
    return coding


def new_bounds_events(study: Study, name: str, place: QuoteLocation, *, coder: str) -> tuple[Coding, list[Event]]:
    """Return a coder's coding, given its id, and the events that give it another place in its transcript.

    Raises
    ------
    UnknownCodingError
        If there is no coding with this id.
    OperationError
        If it is another coder's, if there are other words at the offsets or none of a participant, or if the coder has
        coded the span with this code already.
    """
    decisions = study.read_decisions()
    coding = find_own_coding(decisions, name, coder=coder, verb="change")
    transcript = study.transcripts.get(coding.transcript)
    if transcript is None:
        raise OperationError(f"coding {name} is in {coding.transcript}, which cannot be read: see check")
    start, end = locate_quote(transcript, place, sentence_rules=study.sentence_rules)
    if (coding.start, coding.end) == (start, end) and coding.status == "anchored":
        return coding, []
    other = decisions.coding_id((transcript.id, start, end, coding.code, coder))
    if other not in {None, coding.id}:
        raise OperationError(f"{coder} has already coded this span of {transcript.id} with {coding.code} ({other})")
    return coding, move_events_to(study, coding, (start, end), decisions=decisions)


def move_events_to(study: Study, coding: Coding, span: Span, *, decisions: DecisionIndex) -> list[Event]:
    """Return the events by which its coder gives a coding, and its duplicates, a span of the present text.

    They are moves that confirm the place, so that the coding is anchored, with the words that are there now.
    """
    transcript = study.transcripts[coding.transcript]
    anchor = make_anchor(transcript.text, *span)
    fields = {"transcript": transcript.id, "sha256": transcript.sha256, "code": coding.code}
    targets: Sequence[str] = (coding.id, *decisions.duplicate_ids(coding))
    return [
        new_event("move", coder=coding.coder, anchored=anchor, target=target, origin=_CONFIRMED, **fields)
        for target in targets
    ]
