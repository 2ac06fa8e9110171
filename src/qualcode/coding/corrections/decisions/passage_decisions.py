"""Decisions on passages that coders have coded differently, as `adjudicate` records them."""

from __future__ import annotations

from qualcode.coding.corrections.correction import CorrectionRow, PassageDecision
from qualcode.coding.corrections.correction_context import CorrectionConflict, CorrectionContext, PlannedCorrection
from qualcode.coding.corrections.review_rows import review_check
from qualcode.coding.team.adjudication import row_events
from qualcode.study.readings.passages import CONSENSUS, Passage


def plan_passage_decision(context: CorrectionContext, item: PassageDecision) -> PlannedCorrection:
    """Return what a decision on a passage does; a decision that the sheet showed already does nothing.

    Raises
    ------
    QualcodeError
        If there is no such passage, it has another text now, or the decision is not understood.
    """
    passage = context.passages.find(item.target)
    _check_decisions(context, item, passage)
    cells = {"decision": _plain_decision(context, item, passage), "note": item.note, "text": item.text}
    events = row_events(context.study, passage, cells, by=context.coder)
    segment = passage.segment
    row = CorrectionRow(
        item.place,
        "new" if events else "unchanged",
        decision="adjudicate",
        transcript=segment.transcript,
        quote=context.study.transcripts[segment.transcript].text[segment.start : segment.end],
        code="; ".join(cell.code for cell in passage.disputed),
        new_code=item.decision,
        comment=item.note,
        coder=CONSENSUS,
        id=passage.id,
    )
    return PlannedCorrection(row, events)


def _plain_decision(context: CorrectionContext, item: PassageDecision, passage: Passage) -> str:
    """Return a decision with ids for names and labels of codes, and coders' names in their own capitals."""
    readers = {reader.casefold(): reader for cell in passage.cells for reader in cell.readers}
    if reader := readers.get(item.decision.strip().casefold()):
        return reader
    names = [item.decision] if context.labels.has(item.decision) else item.decision.split(";")
    return "; ".join(context.labels.find_any(name) if context.labels.has(name) else name.strip() for name in names)


def _check_decisions(context: CorrectionContext, item: PassageDecision, passage: Passage) -> None:
    """Refuse to decide against what somebody else has decided since the sheet was written."""
    decision, note = passage.describe_decision()
    if item.check and item.check == review_check(passage.id, decision, note):
        return
    for cell in passage.disputed:
        if item.check and cell.decision and cell.decision.by != context.coder:
            by, at = cell.decision.by or "somebody", cell.decision.at[:10]
            raise CorrectionConflict(f"{by} has decided since ({at}): {decision or cell.code}")
