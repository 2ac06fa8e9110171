"""New ledger events for memos on the study, a transcript, a code or a coding."""

from __future__ import annotations

from qualcode.coding.decision_events import check_memo_text
from qualcode.errors import UnknownNameError
from qualcode.ledger import Event, new_event
from qualcode.study.study import Study


def new_memo_event(study: Study, text: str, *, on: str, coder: str) -> Event:
    """Return the event of a memo on what has the id ``on``, or on the study if that is empty.

    Raises
    ------
    UnknownNameError
        If no coding, transcript or code has this id.
    """
    text = check_memo_text(text)
    if not on:
        return new_event("memo", coder=coder, text=text)
    coding = study.read_decisions().coding(on)
    # The end of an id may also be the id of a transcript or code, which comes first.
    is_name = on in study.transcripts or study.codebook.current_id(on) in study.codebook.by_id
    if coding is not None and (coding.id == on or not is_name):
        return new_event("memo", coder=coder, transcript=coding.transcript, target=coding.id, text=text)
    if (transcript := study.transcripts.get(on)) is not None:
        return new_event("memo", coder=coder, transcript=on, text=text, sha256=transcript.sha256)
    if (code := study.codebook.current_id(on)) in study.codebook.by_id:
        return new_event("memo", coder=coder, code=code, text=text)
    raise UnknownNameError("coding, code or transcript", on, [*study.transcripts, *study.codebook.by_id])
