"""New codings and memos on passages, which a sheet of new codings or the comments of a Word file ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qualcode.anchors import Span
from qualcode.coding.corrections.correction import CorrectionRow, NewCoding
from qualcode.coding.corrections.correction_context import (
    CorrectionConflict,
    CorrectionContext,
    PlannedCorrection,
    checking_field,
)
from qualcode.coding.decision_events import Decision
from qualcode.coding.quote_location import AmbiguousQuoteError, QuoteLocation, locate_quote
from qualcode.errors import OperationError, QualcodeError, UnknownNameError
from qualcode.model import Transcript
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import find_transcript
from qualcode.transcripts import cases_at


def plan_new_coding(context: CorrectionContext, item: NewCoding, *, coder: str) -> PlannedCorrection:
    """Return what a new coding or memo on a passage does; a code is recorded for ``coder``.

    Raises
    ------
    CorrectionConflict
        If somebody has decided that the code does not apply there.
    QualcodeError
        If the code or the passage is not found.
    """
    code = context.labels.find(item.code) if item.code else ""
    with checking_field("quote"):
        transcript, span = _locate(context, item)
    row = CorrectionRow(
        item.place,
        "unchanged",
        decision="code" if code else "comment",
        transcript=transcript.id,
        quote=transcript.text[slice(*span)],
        new_code=code,
        comment=item.comment.strip(),
        coder=coder if code else context.coder,
    )
    if not code:
        events = context.passage_memo_events(item.comment, transcript, span)
    elif (existing := context.decisions.coding_id((transcript.id, *span, code, coder))) is not None:
        coding = context.decisions.coding(existing)
        events = context.memo_events(item.comment, on=coding) if coding else []
    else:
        _check_not_rejected(context, transcript, span, code, coder)
        event = context.event(Decision(transcript, span, code, coder), place=item.place)
        events = [event, *context.memo_events(item.comment, on=event)]
    outcomes = {(transcript.id, *span, code, coder): True} if code else {}
    return PlannedCorrection(replace(row, status="new" if events else "unchanged"), events, outcomes)


def _check_not_rejected(context: CorrectionContext, transcript: Transcript, span: Span, code: str, coder: str) -> None:
    if coder != CONSENSUS:
        return
    decided = context.earlier.find(transcript.id, *span, code)
    if decided is not None and not decided.applies and decided.by != context.coder:
        raise CorrectionConflict(f"{decided.by or 'somebody'} has decided that {code} does not apply here")


def _locate(context: CorrectionContext, item: NewCoding) -> tuple[Transcript, Span]:
    """Return the transcript and the span of a passage; a case stands for its transcript that has the words."""
    with checking_field("transcript"):
        names = _transcripts_of(context, item.transcript)
    location = QuoteLocation(item.quote, item.turn, start=item.start, end=item.end)
    found: list[tuple[Transcript, Span]] = []
    errors: list[QualcodeError] = []
    for name in names:
        transcript = context.study.transcripts[name]
        try:
            found.append((transcript, locate_quote(transcript, location, sentence_rules=context.study.sentence_rules)))
        except AmbiguousQuoteError as error:
            raise OperationError(f"{error}, or quote more words") from None
        except QualcodeError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    _check_case(context, item.transcript, found)
    if len(found) > 1:
        both = ", ".join(transcript.id for transcript, _ in found)
        raise OperationError(f"the words are in {both}: write the transcript instead of the case")
    return found[0]


def _check_case(context: CorrectionContext, name: str, found: Sequence[tuple[Transcript, Span]]) -> None:
    """Refuse words of another case, where a case was named."""
    if name in context.study.transcripts:
        return
    for transcript, span in found:
        shares = context.study.shares.get(transcript.id)
        cases = cases_at(transcript, shares, *span) if shares else []
        if len(shares.cases if shares else ()) > 1 and name.casefold() not in {case.casefold() for case in cases}:
            raise OperationError(f"these words in {transcript.id} are those of {', '.join(cases)}, not of {name}")


def _transcripts_of(context: CorrectionContext, name: str) -> list[str]:
    study = context.study
    if name in study.transcripts:
        return [name]
    case = next((case for case in study.cases if case.id.casefold() == name.casefold()), None)
    if case is not None and case.transcripts:
        return [one for one in case.transcripts if one in study.transcripts]
    try:
        return [find_transcript(study, name).id]
    except UnknownNameError:
        raise UnknownNameError(
            "transcript or case", name, [*study.transcripts, *(one.id for one in study.cases)]
        ) from None
