"""New ledger events for a coder's decisions: apply, reject, retract, done, memo on a coding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qualcode.anchors import Span, make_anchor
from qualcode.coding.quote_location import AmbiguousQuoteError, QuoteLocation, format_quote, list_places, locate_quote
from qualcode.errors import (
    OperationError,
    UnknownCodingError,
    UnknownNameError,
    UnknownSuggestionError,
    name_command,
    name_option,
)
from qualcode.ledger import Event, Origin, new_event
from qualcode.model import Codebook, Coding, Transcript, shorten_id
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.selection import find_transcript, find_usable_code_id
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to record: which code, on which span, by whom, and what it is based on."""

    transcript: Transcript
    span: Span
    code: str
    coder: str
    origin: Origin = Origin()


def decision_event(
    decision: Decision, book: Codebook, *, kind: Literal["apply", "reject"] = "apply", target: str = ""
) -> Event:
    """Return the event that applies a code to a span, or rejects it there; ``target`` is the coding it is about."""
    transcript, code = decision.transcript, book.by_id[decision.code]
    return new_event(
        kind,
        coder=decision.coder,
        anchored=make_anchor(transcript.text, *decision.span),
        transcript=transcript.id,
        sha256=transcript.sha256,
        code=decision.code,
        target=target,
        origin=decision.origin.with_codebook(book.version, entry=code.entry_hash, definition=code.definition_hash),
    )


def coding_memo_event(coding: Event, text: str) -> Event:
    """Return the event of a memo on a coding that is recorded by ``coding``."""
    return new_event(
        "memo", coder=coding.coder, transcript=coding.transcript, target=coding.id, text=check_memo_text(text)
    )


def check_memo_text(text: str) -> str:
    """Return the text of a memo without surrounding white space.

    Raises
    ------
    OperationError
        If there is no text, or it holds bytes that are not valid Unicode.
    """
    if not text.strip():
        raise OperationError("the memo is empty: write some text")
    # Bytes of a command line that are not valid UTF-8 arrive as lone surrogates, which a ledger cannot store.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise OperationError("this memo is not valid text: type it again, or save its file as UTF-8")
    return text.strip()


def coding_events(
    study: Study, transcript_id: str, codes: Sequence[str], location: QuoteLocation, *, coder: str, memo: str
) -> tuple[list[Event], list[str]]:
    """Return the events that code one span, each with that of its memo if there is one, and notes on overlaps.

    Raises
    ------
    UnknownNameError
        If there is no such transcript or code.
    OperationError
        If the quote is not found, not unique or not said by a participant, or if the coder has coded it so already.
    """
    transcript = find_transcript(study, transcript_id)
    codes = [find_usable_code_id(study.codebook, code) for code in dict.fromkeys(codes)]
    try:
        span = locate_quote(transcript, location, sentence_rules=study.sentence_rules)
    except AmbiguousQuoteError as error:
        places = list_places(transcript, error.spans, sentence_rules=study.sentence_rules)
        raise AmbiguousQuoteError("\n".join([str(error), *places]), error.spans) from None
    decisions = study.read_decisions()
    events = []
    for code in dict.fromkeys(codes):
        if existing := decisions.coding_id((transcript.id, *span, code, coder)):
            raise OperationError(f"{coder} has already coded this span of {transcript.id} with {code} ({existing})")
        event = decision_event(Decision(transcript, span, code, coder), study.codebook)
        events += [event, coding_memo_event(event, memo)] if memo else [event]
    return events, _overlap_notes(decisions, events)


def _overlap_notes(decisions: DecisionIndex, events: Sequence[Event]) -> list[str]:
    """Return a note per new coding that overlaps one of the same coder with the same code."""
    notes = []
    for event in events:
        key = (event.transcript, event.start, event.end, event.code, event.coder)
        others = decisions.overlapping_codings(key) if event.event == "apply" else []
        notes += [
            f"overlaps {format_quote(other.quote)}, which {event.coder} has coded with {event.code} too "
            f"({shorten_id(other.id)}): these are two codings, but each unit counts once"
            for other in others
        ]
    return notes


def suggestion_events(
    study: Study, suggestions: Suggestions, ids: Sequence[str], *, coder: str, verb: str, source: str = ""
) -> tuple[list[Event], list[str]]:
    """Return the events that accept or reject suggestions, and notes on earlier decisions on the same spans.

    Nothing is recorded again: a span that has the code already, or whose suggestion is rejected already.

    ``verb`` is ``accept`` or ``reject``, ``source`` the name of a batch.

    Raises
    ------
    UnknownSuggestionError
        If no suggestion has one of the ids.
    """
    decisions = study.read_decisions()
    row_of = {name: row for row, name in enumerate(suggestions.id)}
    events, notes = [], []
    for suggestion_id in dict.fromkeys(ids):
        if suggestion_id not in row_of:
            raise UnknownSuggestionError(suggestion_id)
        (row,) = suggestions.take([row_of[suggestion_id]]).rows()
        transcript, span, code = study.transcripts[row["transcript"]], (row["start"], row["end"]), row["code"]
        if verb == "accept":
            find_usable_code_id(study.codebook, code)
        if decisions.coding_id((transcript.id, *span, code, coder)):
            hint = f": {name_command('retract')} takes the coding back" if verb == "reject" else ""
            notes.append(f"{suggestion_id} is already coded by {coder}{hint}")
            continue
        if rejections := decisions.rejection_ids(coder, transcript.id, code, transcript.text[slice(*span)]):
            if verb == "reject":
                notes.append(f"{suggestion_id} is already rejected by {coder} ({shorten_id(rejections[0])})")
                continue
            notes.append(f"{suggestion_id} had been rejected by {coder}: it is a coding now")
        # The origin is kept with the decision, as suggestions change with texts, codes and cues.
        origin = Origin(row["maker"], row["score"], row["why"], row["version"], source=source)
        decision = Decision(transcript, span, code, coder, origin)
        events.append(decision_event(decision, study.codebook, kind="apply" if verb == "accept" else "reject"))
    return events, [*notes, *_overlap_notes(decisions, events)]


def find_own_decisions(study: Study, ids: Sequence[str], *, coder: str) -> tuple[list[Coding | Event], list[str]]:
    """Return a coder's codings and rejections by their ids, and notes on codings that are retracted already.

    Raises
    ------
    UnknownNameError
        If there is no coding or rejection with one of the ids.
    OperationError
        If it is another coder's.
    """
    decisions = study.read_decisions()
    found: dict[str, Coding | Event] = {}
    notes = []
    for name in dict.fromkeys(ids):
        decision = decisions.coding(name) or decisions.rejection(name)
        if decision is None and decisions.is_retracted(name, coder):
            notes.append(f"{name} is already retracted by {coder}")
            continue
        if decision is None:
            raise UnknownCodingError(name, decisions.coding_ids())
        if decision.coder != coder:
            kind, option = _kind_of(decision), name_option("coder", decision.coder)
            raise OperationError(f"{kind} {name} is by {decision.coder}: only its coder can retract it ({option})")
        found[decision.id] = decision
    return list(found.values()), notes


def _kind_of(decision: Coding | Event) -> str:
    return "coding" if isinstance(decision, Coding) else "rejection"


def retract_events(
    study: Study, found: Sequence[Coding | Event], *, coder: str, decisions: DecisionIndex | None = None
) -> list[Event]:
    """Return the events that retract codings and rejections, and further events for the same codings.

    ``decisions`` if the caller has read them.
    """
    decisions = decisions or study.read_decisions()
    # All duplicates as well: otherwise the next of them would take the place of the retracted coding.
    return [
        new_event("retract", coder=coder, transcript=decision.transcript, target=target)
        for decision in found
        for target in (decision.id, *(decisions.duplicate_ids(decision) if isinstance(decision, Coding) else ()))
    ]


def done_events(
    study: Study,
    transcripts: Sequence[str],
    *,
    coder: str,
    families: Sequence[str] = (),
    decisions: DecisionIndex | None = None,
) -> tuple[list[Event], list[str]]:
    """Return the events that mark transcripts as finished, and the transcripts that were finished already.

    Without ``families`` a transcript is marked as finished for all of them; ``decisions`` if the caller has read them.

    Raises
    ------
    UnknownNameError
        If a family is not in the codebook.
    """
    known = [family.id for family in study.codebook.families]
    current_id = study.codebook.current_id
    for family in families:
        if current_id(family) not in known:
            raise UnknownNameError("family", family, known)
    families = sorted({*map(current_id, families)})
    decisions = decisions or study.read_decisions()
    events, finished_already = [], []
    for name in transcripts:
        marks = [mark.families for mark in decisions.done_events(coder, name)]
        is_finished = any(not mark for mark in marks)  # a mark without families is one for all
        if is_finished or (families and {*families} <= {current_id(family) for mark in marks for family in mark}):
            finished_already.append(name)
            continue
        sha256 = study.transcripts[name].sha256
        events.append(new_event("done", coder=coder, transcript=name, sha256=sha256, families=tuple(families)))
    return events, finished_already


def retract_done_events(study: Study, transcripts: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that take back marks of finished transcripts.

    Raises
    ------
    OperationError
        If the coder has not marked one of the transcripts as finished.
    """
    decisions = study.read_decisions()
    marks = {name: decisions.done_events(coder, name) for name in transcripts}
    missing = [name for name, events in marks.items() if not events]
    if missing:
        raise OperationError(f"{coder} has not marked {', '.join(missing)} as done")
    return [
        new_event("retract", coder=coder, transcript=name, target=event.id)
        for name, events in marks.items()
        for event in events
    ]
