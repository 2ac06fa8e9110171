"""New ledger events for memos on the study, a transcript, a passage of it, a code or a coding."""

from __future__ import annotations

from qualcode.anchors import make_anchor
from qualcode.coding.decision_events import check_memo_text
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import UnknownNameError, UsageError, name_option
from qualcode.ledger import Event, new_event
from qualcode.study.selection import find_transcript
from qualcode.study.study import Study


def new_passage_memo_event(study: Study, text: str, location: QuoteLocation, *, on: str, coder: str) -> Event:
    """Return the event of a memo on a passage of the transcript ``on``, which updates follow as they follow codings.

    Raises
    ------
    UnknownNameError
        If there is no such transcript.
    OperationError
        If the passage is not found in it, occurs several times or is not said by a participant.
    """
    if not on:
        raise UsageError(f"name the transcript of the quote: {name_option('on', 'S01')}")
    transcript = find_transcript(study, on)
    start, end = locate_quote(transcript, location, sentence_rules=study.sentence_rules)
    anchor = make_anchor(transcript.text, start, end)
    return new_event(
        "memo",
        coder=coder,
        anchored=anchor,
        transcript=transcript.id,
        text=check_memo_text(text),
        sha256=transcript.sha256,
    )


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
