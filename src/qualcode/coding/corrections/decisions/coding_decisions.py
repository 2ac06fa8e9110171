"""Decisions on codings that exist: what they change for the coder of the coding, or for the consensus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qualcode.coding.corrections.correction import DECISIONS, CodingDecision, CorrectionRow
from qualcode.coding.corrections.correction_context import (
    CorrectionConflict,
    CorrectionContext,
    PlannedCorrection,
    checking_field,
    list_outcomes,
    span_of,
)
from qualcode.coding.corrections.decisions.consensus_decisions import Subject, consensus_events
from qualcode.coding.corrections.review_rows import review_check
from qualcode.coding.decision_events import Decision, retract_events
from qualcode.coding.history.confirm_events import confirm_events
from qualcode.coding.quote_location import format_quote
from qualcode.errors import OperationError, UnknownCodingError, did_you_mean, name_command
from qualcode.files import remove_forbidden_characters, unguard_cell
from qualcode.ledger import Event
from qualcode.model import Coding
from qualcode.study.readings.passages import CONSENSUS

_CUT_MARKER = " [… cut: "


def plan_coding_decision(context: CorrectionContext, item: CodingDecision) -> PlannedCorrection:
    """Return what a decision on a coding does.

    Raises
    ------
    CorrectionConflict
        If the coding is not what the file shows any more, or somebody has decided otherwise since.
    QualcodeError
        If the decision is not understood.
    """
    decision = read_decision(item)
    coding, is_retracted = _find_coding(context, item)
    wanted = wanted_codes(context, item, decision, coding.code)
    recorder = context.recorder(coding.coder)
    row = CorrectionRow(
        item.place,
        "unchanged",
        decision=decision or "comment",
        transcript=coding.transcript,
        quote=coding.quote,
        code=coding.code,
        new_code="; ".join(wanted or ()) if decision == "recode" else "",
        comment=item.comment.strip(),
        coder=recorder if decision else context.coder,
        id=coding.id,
    )
    if is_retracted and not context.corrections_of(coding.id, coder=recorder):
        if wanted is not None and all(_has_coding(context, coding, code, recorder) for code in wanted):
            return PlannedCorrection(replace(row, message="its coder has retracted it already"))
        raise CorrectionConflict("its coder has retracted it since: nothing is left to decide on")
    if coding.status == "orphaned":
        update = name_command("update", write=True)
        raise CorrectionConflict(
            f"its words are not found in the transcript any more: {update} may find them, or else only its coder can "
            "retract it"
        )
    _check_row(context, item, coding)
    if wanted is None:
        events = context.memo_events(item.comment, on=coding)
        return PlannedCorrection(replace(row, status="new" if events else "unchanged"), events)
    if recorder == CONSENSUS:
        subject = Subject(coding.id, context.transcript(coding), span_of(coding), coding.code)
        events = list(consensus_events(context, item, subject, wanted))
        message = _other_codings_note(context, coding, wanted)
    else:
        events = list(_own_events(context, item, coding, wanted, is_retracted=is_retracted))
        message = ""
    events += context.memo_events(item.comment, on=_memo_target(context, coding, wanted, events))
    if events and all(event.event == "memo" for event in events):
        message = "it is so already; the comment is new"
    row = replace(row, status="new" if events else "unchanged", message=message)
    return PlannedCorrection(row, events, list_outcomes(coding, wanted, coder=recorder))


def read_decision(item: CodingDecision) -> str:
    """Return a decision in the form of `DECISIONS`; empty if there is only a comment.

    Raises
    ------
    OperationError
        If it is none, or does not go with the new code.
    """
    decision = " ".join(item.decision.split()).casefold()
    if decision and decision not in DECISIONS:
        hint = did_you_mean(decision, DECISIONS) or f"write one of {', '.join(DECISIONS)}"
        raise OperationError(f"'{item.decision.strip()}' is no decision ({hint})")
    if decision == "recode" and not item.new_codes:
        raise OperationError("recode needs a new code: choose one, or write reject")
    if item.new_codes and decision != "recode":
        given = f"'{decision}' has" if decision else "there is"
        raise OperationError(f"{given} a new code: write recode as the decision, or remove the new code")
    return decision


def wanted_codes(context: CorrectionContext, item: CodingDecision, decision: str, code: str) -> list[str] | None:
    """Return the codes that the passage is to have in place of ``code``; None if nothing was decided."""
    if not decision:
        return None
    if decision == "recode":
        with checking_field("new code"):
            return list(dict.fromkeys(context.labels.find(name) for name in item.new_codes))
    return [] if decision == "reject" else [code]


def _find_coding(context: CorrectionContext, item: CodingDecision) -> tuple[Coding, bool]:
    """Return the coding that is decided on, and whether it is retracted."""
    coding = context.decisions.coding(item.target)
    if coding is not None:
        return coding, False
    event = context.events_by_id.get(item.target)
    if event is None or event.event != "apply":
        raise UnknownCodingError(item.target, context.decisions.coding_ids())
    (coding,) = context.study.place_events([event])
    # A duplicate, or a coding that was made again, is the same coding.
    same = context.decisions.coding_id((coding.transcript, *span_of(coding), coding.code, coding.coder))
    found = context.decisions.coding(same) if same and coding.status != "orphaned" else None
    return (coding, True) if found is None else (found, False)


def _check_row(context: CorrectionContext, item: CodingDecision, coding: Coding) -> None:
    """Check that a row shows the coding as it is now."""
    code = item.stated.get("code", "")
    if code and context.study.codebook.current_id(code) != coding.code:
        raise CorrectionConflict(f"the row shows the code '{code}', but the coding has '{coding.code}' now")
    coder = item.stated.get("coder", "")
    if coder and coder != coding.coder:
        raise CorrectionConflict(f"the row shows a coding by {coder}, but this one is by {coding.coder}")
    transcript = item.stated.get("transcript", "")
    if transcript != coding.transcript and transcript in context.study.transcripts:
        raise CorrectionConflict(f"the row shows {transcript}, but the coding is in {coding.transcript}")
    shown = item.stated.get("quote", "")
    if shown and is_same_quote(shown, coding.quote):
        return
    check = item.stated.get("check", "")
    decided = context.earlier.state(coding.id, coding.transcript, span_of(coding), coding.code).text
    states = ("", "applies", "absent", decided)
    if not shown:
        if check and check not in {review_check(code or coding.code, coding.quote, state) for state in states}:
            raise CorrectionConflict(f"it was changed since: its words are {format_quote(coding.quote)} now")
        return
    # A row whose check is that of its own quote was not sorted apart: the text was edited.
    checks = {review_check(code or coding.code, shown, state) for state in states}
    if check in checks or is_same_quote(shown, coding.was or coding.quote):
        raise CorrectionConflict(
            f"its text was edited since: it reads {format_quote(coding.quote)} now; to decide on that, "
            f"write the review again"
        )
    raise CorrectionConflict(
        f"the row shows other words than the coding, {format_quote(coding.quote)}: were its columns sorted apart?"
    )


def is_same_quote(shown: str, quote: str) -> bool:
    """Return whether a cell shows a quote: spaces, removed control characters and a cut end do not matter.

    Neither does the apostrophe of a CSV table that was opened in a spreadsheet.
    """
    own = _plain(quote)
    for text in (shown, unguard_cell(shown)):
        start, marker, _ = text.partition(_CUT_MARKER)
        if own == _plain(text) or (marker and own.startswith(_plain(start))):
            return True
    return False


def _plain(text: str) -> str:
    return " ".join(remove_forbidden_characters(text)[0].split())


def _own_events(
    context: CorrectionContext, item: CodingDecision, coding: Coding, wanted: list[str], *, is_retracted: bool
) -> Iterator[Event]:
    """Yield the events by which a coder changes a coding of her own."""
    corrections = [event for event in context.corrections_of(coding.id, coder=coding.coder) if event.event == "apply"]
    current = context.study.codebook.current_id
    present = {current(event.code): event.id for event in corrections}
    if not is_retracted:
        present[coding.code] = coding.id
    for code in wanted:
        if code not in present and not _has_coding(context, coding, code, coding.coder):
            decision = Decision(context.transcript(coding), span_of(coding), code, coding.coder)
            yield context.event(decision, place=item.place, target=coding.id)
    for code, name in present.items():
        if code not in wanted:
            yield from _retractions(context, name, coding)
    if coding.code in wanted and not is_retracted:
        yield from _confirmations(context, item, coding)


def _has_coding(context: CorrectionContext, coding: Coding, code: str, coder: str) -> bool:
    """Return whether the words of a coding have a code by a coder."""
    return context.decisions.coding_id((coding.transcript, *span_of(coding), code, coder)) is not None


def _memo_target(context: CorrectionContext, coding: Coding, wanted: list[str], events: list[Event]) -> Coding | Event:
    """Return what a comment is on: the coding, or what takes its place."""
    if not wanted or coding.code in wanted:
        return coding
    recorder = context.recorder(coding.coder)
    existing = context.decisions.coding_id((coding.transcript, *span_of(coding), wanted[0], recorder))
    successors = [event for event in events if event.event == "apply"]
    return successors[0] if successors else (context.decisions.coding(existing) if existing else None) or coding


def _retractions(context: CorrectionContext, name: str, coding: Coding) -> Iterator[Event]:
    """Yield the events that retract a coding or one that took its place, with all events for the same coding."""
    found = context.decisions.coding(name) or replace(coding, id=name)
    yield from retract_events(context.study, [found], coder=coding.coder, decisions=context.decisions)


def _confirmations(context: CorrectionContext, item: CodingDecision, coding: Coding) -> Iterator[Event]:
    """Yield the events by which a coding holds as it is now: with an edited text, or a changed definition."""
    if coding.status == "changed":
        yield from confirm_events(context.study, [coding])
    if coding.definition != "current" and item.decision.strip().casefold() in {"keep", "accept"}:
        decision = Decision(context.transcript(coding), span_of(coding), coding.code, coding.coder)
        yield context.event(decision, place=item.place)


def _other_codings_note(context: CorrectionContext, coding: Coding, wanted: list[str]) -> str:
    """Return who else has the same code on these words, if it is to go: a coder's row decides on that coding alone."""
    if coding.code in wanted:
        return ""
    others = {
        other.coder
        for other in context.decisions.codings_at(coding.transcript, *span_of(coding))
        if other.code == coding.code and other.coder not in {coding.coder, CONSENSUS}
        if not (coding.start <= other.start and other.end <= coding.end)
    }
    if not others:
        return ""
    return f"{', '.join(sorted(others))} coded more words with it: decide on that coding too"
