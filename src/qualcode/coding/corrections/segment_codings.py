"""A coder's codings from a coding sheet: one row a segment, with its codes, a memo, and whether it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode.anchors import Anchor, Span, is_codable, make_anchor
from qualcode.coding.corrections.correction import CorrectionRow, SegmentCodes
from qualcode.coding.corrections.correction_context import (
    CorrectionConflict,
    CorrectionContext,
    PlannedCorrection,
    checking_field,
)
from qualcode.coding.corrections.decisions.coding_decisions import is_same_quote
from qualcode.coding.decision_events import Decision, done_events, retract_events
from qualcode.coding.quote_location import format_quote
from qualcode.errors import OperationError
from qualcode.ledger import Event, new_event
from qualcode.model import Coding, Transcript
from qualcode.segments import segment_transcript
from qualcode.study.selection import find_transcript


@dataclass(frozen=True, slots=True)
class _Segment:
    """A row at its place in the present text."""

    item: SegmentCodes
    transcript: Transcript
    span: Span


def plan_segment(context: CorrectionContext, item: SegmentCodes) -> PlannedCorrection:
    """Return what the codes of one segment change among the coder's codings.

    Raises
    ------
    CorrectionConflict
        If the text was edited so that the segment is not found, or a code covers more than the segment.
    QualcodeError
        If a code or the transcript is not found.
    """
    if item.coder and item.coder != context.coder:
        raise OperationError(f"the sheet is for {item.coder}, not for {context.coder}")
    segment = _place(context, item)
    had = set(map(context.study.codebook.current_id, item.had))
    wanted = list(dict.fromkeys(_find_code(context, name, had) for name in item.codes))
    events = list(_code_events(context, segment, wanted))
    row = CorrectionRow(
        item.place,
        "new" if events else "unchanged",
        decision="code" if wanted else "no code",
        transcript=segment.transcript.id,
        quote=segment.transcript.text[slice(*segment.span)],
        new_code="; ".join(wanted),
        comment=item.memo,
        coder=context.coder,
    )
    if item.memo:
        memos = _memo_events(context, segment, wanted, events)
        events, row = [*events, *memos], replace(row, status="new" if events or memos else "unchanged")
    return PlannedCorrection(row, events)


def _find_code(context: CorrectionContext, name: str, had: Collection[str]) -> str:
    """Return the code that a cell names; one that the sheet had already may be retired."""
    with checking_field(name):
        code = context.labels.find_any(name)
        return code if code in had else context.labels.find(name)


def _place(context: CorrectionContext, item: SegmentCodes) -> _Segment:
    """Return a segment at its place in the present text, followed through edits as codings are."""
    transcript = find_transcript(context.study, item.transcript)
    span = item.start, item.end
    if item.version != transcript.sha256:
        anchor = _anchor_of(context, item)
        pseudo = new_event("apply", coder=context.coder, anchored=anchor, transcript=transcript.id, sha256=item.version)
        (placed,) = context.study.place_events([pseudo])
        if placed.status == "orphaned":
            raise CorrectionConflict(f"the words of this row are no longer in {transcript.id}, or there more than once")
        span = placed.start, placed.end
    here = transcript.text[slice(*span)]
    if item.text and not is_same_quote(item.text, here):
        raise CorrectionConflict(
            f"the row shows other words than its place in {transcript.id}, {format_quote(here)}: were its columns "
            "sorted apart?"
        )
    if not is_codable(transcript, *span):
        raise CorrectionConflict(f"{span[0]}-{span[1]} of {transcript.id} are not a participant's words")
    return _Segment(item, transcript, span)


def _anchor_of(context: CorrectionContext, item: SegmentCodes) -> Anchor:
    """Return the words and their context in the version of the text that the sheet was written from."""
    text = context.study.text_versions.load_text(item.version)
    return Anchor(item.start, item.end, item.text, "", "") if text is None else make_anchor(text, item.start, item.end)


def _code_events(context: CorrectionContext, segment: _Segment, wanted: Sequence[str]) -> Iterator[Event]:
    own = _own_codings(context, segment)
    had = set(map(context.study.codebook.current_id, segment.item.had))
    for code in wanted:
        # What the sheet had is no request: the coder may have retracted it since.
        if code not in own and code not in had:
            yield context.event(
                Decision(segment.transcript, segment.span, code, context.coder), place=segment.item.place
            )
    for code in sorted(had - set(wanted)):
        for coding in own.get(code, ()):
            if not context.is_cleared(coding, segment.span):
                raise CorrectionConflict(
                    f"{code} was removed here, but the coding covers more than this row: retract {coding.id} instead"
                )
            yield from retract_events(context.study, [coding], coder=context.coder, decisions=context.decisions)


def _own_codings(context: CorrectionContext, segment: _Segment) -> Mapping[str, list[Coding]]:
    """Return the coder's codings that overlap a segment, by code."""
    found: dict[str, list[Coding]] = {}
    for coding in context.decisions.codings_at(segment.transcript.id, *segment.span):
        if coding.coder == context.coder:
            found.setdefault(coding.code, []).append(coding)
    return found


def _memo_events(
    context: CorrectionContext, segment: _Segment, wanted: Sequence[str], events: Sequence[Event]
) -> list[Event]:
    """Return the memo of a row: on its first coding, or on the words."""
    applied = {event.code: event for event in events if event.event == "apply"}
    own = _own_codings(context, segment)
    for code in wanted[:1]:
        if coding := applied.get(code) or next(iter(own.get(code, ())), None):
            return context.memo_events(segment.item.memo, on=coding)
    return context.passage_memo_events(segment.item.memo, segment.transcript, segment.span)


def plan_finished(context: CorrectionContext, items: Sequence[SegmentCodes]) -> tuple[list[CorrectionRow], list[Event]]:
    """Return the marks of transcripts whose participants' words are all in rows that are done.

    ``items`` are rows without a problem.
    """
    done: dict[str, list[Span]] = {}
    for item in items:
        if item.is_done:
            segment = _place(context, item)
            done.setdefault(segment.transcript.id, []).append(segment.span)
    rows, events = [], []
    for name, spans in done.items():
        missing = _count_missing(context, name, spans)
        new, _ = ([], []) if missing else done_events(
            context.study, [name], coder=context.coder, decisions=context.decisions
        )  # fmt: skip
        message = f"not marked as done: {missing} of its sentences are not marked in the sheet" if missing else ""
        status = "new" if new else "unchanged"
        rows.append(CorrectionRow(name, status, decision="done", transcript=name, coder=context.coder, message=message))  # type: ignore[arg-type]
        events += new
    return rows, events


def _count_missing(context: CorrectionContext, name: str, spans: Sequence[Span]) -> int:
    """Return how many of the participants' sentences no row that is done has words of."""
    study = context.study
    sentences = segment_transcript(study.transcripts[name], sentence_rules=study.sentence_rules)
    ordered = sorted(spans)
    missing, at = 0, 0
    for sentence in sentences:
        if sentence.role != "participant":
            continue
        while at < len(ordered) and ordered[at][1] <= sentence.start:
            at += 1
        missing += not (at < len(ordered) and ordered[at][0] < sentence.end)
    return missing
