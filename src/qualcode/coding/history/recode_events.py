"""New ledger events that give the span of a coding other codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.coding.decision_events import (
    Decision,
    coding_memo_event,
    decision_event,
    retract_events,
    suggestion_events,
)
from qualcode.coding.history.coding_moves import find_own_coding
from qualcode.errors import OperationError
from qualcode.ledger import Event, Origin
from qualcode.model import Coding
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.selection import find_usable_code_id
from qualcode.study.study import Study
from qualcode.suggest.shown_suggestions import load_known_suggestions

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

_NO_ORIGIN = Origin()


def recode_events(
    study: Study,
    coding: Coding,
    codes: Sequence[str],
    *,
    memo: str,
    decisions: DecisionIndex,
    origin: Origin = _NO_ORIGIN,
) -> list[Event]:
    """Return the events after which the span of a coding has these codes by its coder, each with the memo.

    The coding is retracted, unless its code is among them. A code that the coder has given to the span already is left
    as it is.
    """
    kept = coding.code in codes
    events = [] if kept else retract_events(study, [coding], coder=coding.coder, decisions=decisions)
    for code in codes:
        key = (coding.transcript, coding.start, coding.end, code, coding.coder)
        if code == coding.code or decisions.coding_id(key):
            continue
        event = apply_at(study, coding, code, origin=origin)
        events += [event, coding_memo_event(event, memo)] if memo else [event]
    return events


def find_and_recode(study: Study, name: str, codes: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that give the words of a coder's coding, or of a suggestion, by its id, other codes.

    A coding keeps its memo. A suggestion is rejected, unless its code is among the others.

    Raises
    ------
    UnknownNameError
        If there is no coding or suggestion with this id, or no such code.
    OperationError
        If the coding is another coder's or has no place in the text, or a code is retired.
    """
    if not codes:
        raise OperationError(f"{name}: name its new code, or take it back")
    found = list(dict.fromkeys(find_usable_code_id(study.codebook, code) for code in codes))
    decisions = study.read_decisions()
    if decisions.coding(name) is None:
        suggestions = load_known_suggestions(study, [name], coder=coder)
        if name in suggestions.id:
            return _recode_suggestion(study, suggestions, name, found, coder=coder)
    coding = find_own_coding(decisions, name, coder=coder, verb="change")
    if coding.status == "orphaned":
        raise OperationError(f"coding {name} is orphaned: it has no place in the text, so retract it instead")
    ids = {coding.id, *decisions.duplicate_ids(coding)}
    memos = dict.fromkeys(memo.text for memo in study.memos if memo.target in ids)
    return recode_events(study, coding, found, memo="\n".join(memos), decisions=decisions)


def _recode_suggestion(
    study: Study, suggestions: Suggestions, name: str, codes: Sequence[str], *, coder: str
) -> list[Event]:
    # The last of several with one id is the one that was shown.
    row = next(row for row in reversed([*suggestions.rows()]) if row["id"] == name)
    verb = "accept" if row["code"] in codes else "reject"
    events, _ = suggestion_events(study, suggestions, [name], coder=coder, verb=verb)
    transcript, span = study.transcripts[row["transcript"]], (row["start"], row["end"])
    coding_id = study.read_decisions().coding_id
    others = [code for code in codes if code != row["code"] and not coding_id((transcript.id, *span, code, coder))]
    return [
        *(decision_event(Decision(transcript, span, code, coder), study.codebook) for code in others),
        *events,
    ]


def apply_at(study: Study, coding: Coding, code: str, *, origin: Origin = _NO_ORIGIN) -> Event:
    """Return the event by which the coder of a coding gives its span a code."""
    transcript, span = study.transcripts[coding.transcript], (coding.start, coding.end)
    return decision_event(Decision(transcript, span, code, coding.coder, origin), study.codebook)
