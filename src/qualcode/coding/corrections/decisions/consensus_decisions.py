"""Decisions for the consensus on codings and suggestions of others: which codes their words have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qualcode.anchors import Span
from qualcode.coding.corrections.correction import CodingDecision
from qualcode.coding.corrections.correction_context import CorrectionConflict, CorrectionContext
from qualcode.coding.corrections.review_rows import review_check
from qualcode.coding.decision_events import Decision
from qualcode.ledger import Event, Origin
from qualcode.model import Transcript
from qualcode.study.readings.passages import CONSENSUS, Adjudication


@dataclass(frozen=True, slots=True)
class Subject:
    """What is decided on: a code on words, which a coding or a suggestion has."""

    id: str
    """Id of the coding, or of the suggestion as a review shows it."""
    transcript: Transcript
    span: Span
    code: str
    origin: Origin = Origin()
    """Of a suggestion: its maker, score and reasons."""

    @property
    def quote(self) -> str:
        """The words."""
        return self.transcript.text[slice(*self.span)]


def consensus_events(
    context: CorrectionContext, item: CodingDecision, subject: Subject, wanted: Sequence[str]
) -> Iterator[Event]:
    """Yield the events by which the words of a subject have the wanted codes, and its own code only if that is wanted.

    Raises
    ------
    CorrectionConflict
        If somebody else has decided otherwise since the row was written.
    """
    state = context.earlier.state(subject.id, subject.transcript.id, subject.span, subject.code)
    is_so = state.is_decided and set(wanted) == state.codes
    if not is_so and (others := state.by - {context.coder}) and not _shows_state(item, subject, state.text):
        who = " and ".join(sorted(others))
        raise CorrectionConflict(f"{who} has decided since ({state.at[:10]}): {state.describe()}")
    current = context.study.codebook.current_id
    corrections = context.corrections_of(subject.id, coder=CONSENSUS)
    for code in dict.fromkeys([subject.code, *(current(event.code) for event in corrections), *wanted]):
        applies = code in wanted
        own = [event for event in corrections if current(event.code) == code]
        decided = context.earlier.find(subject.transcript.id, *subject.span, code)
        if _is_recorded(context, subject, decided, own, applies=applies):
            continue
        if decided is not None and applies and not decided.applies and code != subject.code:
            _check_other_code(context, decided)
        for event in own:
            if event.event != ("apply" if applies else "reject"):
                yield context.retraction(event)
        if applies or code == subject.code:
            origin = subject.origin if code == subject.code else Origin()
            decision = Decision(subject.transcript, subject.span, code, CONSENSUS, origin)
            note = item.comment.strip()
            yield context.event(decision, place=item.place, target=subject.id, applies=applies, note=note)


def _is_recorded(
    context: CorrectionContext,
    subject: Subject,
    decided: Adjudication | None,
    own: Sequence[Event],
    *,
    applies: bool,
) -> bool:
    """Return whether it is recorded that a code applies to a subject's words, or not, and not for another one only.

    A decision on another coding, of which these words are a part or which has the same words, may be changed later.
    """
    kept = {event.id for event in own if event.event == ("apply" if applies else "reject")}
    is_of_other = decided is not None and context.subject_of(decided.id) not in {"", subject.id}
    if kept:
        return decided is None or decided.applies == applies or is_of_other
    return decided is not None and decided.applies == applies and not is_of_other


def _check_other_code(context: CorrectionContext, decided: Adjudication) -> None:
    """Refuse to give a code that somebody else has decided against for these words: the row does not show that."""
    if decided.by not in {"", context.coder}:
        raise CorrectionConflict(
            f"{decided.by} has decided ({decided.at[:10]}) that {decided.code} does not apply here"
        )


def _shows_state(item: CodingDecision, subject: Subject, state: str) -> bool:
    """Return whether a row shows what has been decided until now, so that its decision takes that into account."""
    code, quote = item.stated.get("code", subject.code), subject.quote
    return item.stated.get("check", "") == review_check(code, quote, state)
