"""Decisions of a coder as events: apply, accept, reject, retract, done, memo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qualcode.anchors import Span, make_anchor
from qualcode.errors import OperationError, UnknownNameError, UnknownSuggestionError
from qualcode.ledger import Event, Origin, new_event
from qualcode.model import Codebook, Coding, Transcript
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


@dataclass(frozen=True, slots=True)
class Decision:
    """One coding to be: where, which code, by whom, on what grounds."""

    transcript: Transcript
    span: Span
    code: str
    coder: str
    origin: Origin = Origin()


def decision_event(decision: Decision, book: Codebook, *, kind: Literal["apply", "reject"] = "apply") -> Event:
    """Return the event that applies a code to a span, or rejects that it is suggested there."""
    transcript = decision.transcript
    return new_event(
        kind,
        coder=decision.coder,
        anchored=make_anchor(transcript.text, *decision.span),
        transcript=transcript.id,
        sha256=transcript.sha256,
        code=decision.code,
        origin=decision.origin.with_codebook(book.version, book.by_id[decision.code].entry_hash),
    )


def coding_memo_event(coding: Event, text: str) -> Event:
    """Return the memo on a coding."""
    return new_event(
        "memo", coder=coding.coder, transcript=coding.transcript, target=coding.id, text=check_memo_text(text)
    )


def check_memo_text(text: str) -> str:
    """Return the words of a memo; refuse one without words, and bytes that are no text."""
    if not text.strip():
        raise OperationError("a memo needs words")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise OperationError("this memo is not valid text: type it again, or save its file as UTF-8")
    return text.strip()


def index_coding_ids(codings: Iterable[Coding]) -> dict[tuple[str, int, int, str, str], str]:
    """Return the ids of codings by transcript, span, code and coder: what need not be applied again."""
    return {
        (one.transcript, one.start, one.end, one.code, one.coder): one.id for one in codings if one.status != "orphaned"
    }


def suggestion_events(
    study: Study, suggestions: Suggestions, ids: Sequence[str], *, coder: str, verb: str
) -> tuple[list[Event], list[str]]:
    """Return the events that accept or reject suggestions by id, and the ids that are coded already."""
    row_of = {name: row for row, name in enumerate(suggestions.id)}
    known = index_coding_ids(study.codings)
    events, again = [], []
    for wanted in dict.fromkeys(ids):
        if wanted not in row_of:
            raise UnknownSuggestionError(wanted)
        (held,) = suggestions.take([row_of[wanted]]).rows()
        origin = Origin(held["maker"], held["score"], held["why"], held["version"])
        decision = Decision(
            study.transcripts[held["transcript"]], (held["start"], held["end"]), held["code"], coder, origin
        )
        if (held["transcript"], held["start"], held["end"], held["code"], coder) in known:
            again.append(wanted)
        else:
            events.append(decision_event(decision, study.codebook, kind="apply" if verb == "accept" else "reject"))
    return events, again


def retract_events(study: Study, ids: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that take back codings of one's own, each with those that say the same."""
    by_id: Mapping[str, Coding] = {coding.id: coding for coding in study.codings}
    events = []
    for wanted in dict.fromkeys(ids):
        coding = by_id.get(_expand_id(wanted, by_id))
        if coding is None:
            raise UnknownNameError("coding", wanted, by_id)
        if coding.coder != coder:
            raise OperationError(f"coding {wanted} is {coding.coder}'s: only {coding.coder} can take it back (--coder)")
        events += [
            new_event("retract", coder=coder, transcript=coding.transcript, target=target)
            for target in (coding.id, *study.ledger_state.duplicate_ids.get(coding.id, ()))
        ]
    return events


def _expand_id(wanted: str, known: Iterable[str]) -> str:
    """Open a shortened id: its last characters, where only one id ends so."""
    if len(wanted) < 6:
        return wanted
    found = [name for name in known if name.endswith(wanted)]
    return found[0] if len(found) == 1 else wanted


def done_events(
    study: Study, transcripts: Sequence[str], *, coder: str, families: Sequence[str] = ()
) -> tuple[list[Event], list[str]]:
    """Return the events that mark transcripts as finished, and those that were so already."""
    known = [family.id for family in study.codebook.families]
    for family in families:
        if family not in known:
            raise UnknownNameError("family", family, known)
    already: dict[str, list[frozenset[str]]] = {}
    for entry in study.ledger_state.finished:
        if entry.coder == coder:
            already.setdefault(entry.transcript, []).append(entry.families)
    events, again = [], []
    for name in transcripts:
        before = already.get(name, [])
        if not all(before) or (families and frozenset().union(*before) >= set(families)):
            again.append(name)
            continue
        sha256 = study.transcripts[name].sha256
        events.append(new_event("done", coder=coder, transcript=name, sha256=sha256, families=tuple(sorted(families))))
    return events, again


def retract_done_events(study: Study, transcripts: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that take back that transcripts are finished."""
    found = [
        event for event in study.ledger_state.done_events if event.coder == coder and event.transcript in transcripts
    ]
    missing = [name for name in transcripts if name not in {event.transcript for event in found}]
    if missing:
        raise OperationError(f"{coder} has not marked {', '.join(missing)} as done")
    return [new_event("retract", coder=coder, transcript=event.transcript, target=event.id) for event in found]
