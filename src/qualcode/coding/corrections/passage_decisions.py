"""Decisions on passages that coders have coded differently, as `adjudicate` records them."""

from __future__ import annotations

from qualcode.coding.corrections.correction import CorrectionRow, PassageDecision
from qualcode.coding.corrections.correction_context import CorrectionContext, PlannedCorrection
from qualcode.coding.team.adjudication import row_events
from qualcode.study.readings.passages import CONSENSUS


def plan_passage_decision(context: CorrectionContext, item: PassageDecision) -> PlannedCorrection:
    """Return what a decision on a passage does; a decision that the sheet showed already does nothing.

    Raises
    ------
    QualcodeError
        If there is no such passage, it has another text now, or the decision is not understood.
    """
    passage = context.passages.find(item.target)
    cells = {"decision": item.decision, "note": item.note, "text": item.text}
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
        coder=CONSENSUS,
        id=passage.id,
    )
    return PlannedCorrection(row, events)
