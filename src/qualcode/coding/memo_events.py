"""Memos: split from listing."""

from __future__ import annotations

from qualcode.coding.decision_events import check_memo_text
from qualcode.errors import UnknownNameError
from qualcode.ledger import Event, new_event
from qualcode.study.study import Study


def new_memo_event(study: Study, text: str, *, on: str, coder: str) -> Event:
    """Return the memo event on the study, a coding, a code or a transcript."""
    text = check_memo_text(text)
    codings = {coding.id: coding for coding in study.codings}
    if not on:
        return new_event("memo", coder=coder, text=text)
    if on in codings:
        return new_event("memo", coder=coder, transcript=codings[on].transcript, target=on, text=text)
    if on in study.transcripts:
        return new_event("memo", coder=coder, transcript=on, text=text, sha256=study.transcripts[on].sha256)
    if on in study.codebook.by_id:
        return new_event("memo", coder=coder, code=on, text=text)
    raise UnknownNameError("coding, code or transcript", on, [*study.transcripts, *study.codebook.by_id])
