"""Decisions on suggestions that a review shows: codings or rejections of its coder, or of the consensus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from qualcode.anchors import Span
from qualcode.coding.corrections.coding_decisions import read_decision, wanted_codes
from qualcode.coding.corrections.correction import SUGGESTION_PREFIX, CodingDecision, CorrectionRow
from qualcode.coding.corrections.correction_context import CorrectionConflict, CorrectionContext, PlannedCorrection
from qualcode.coding.decision_events import Decision
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError, UnknownSuggestionError
from qualcode.ledger import Event, Origin
from qualcode.model import Coding, Transcript
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import find_transcript


@dataclass(frozen=True, slots=True)
class _Suggestion:
    """A suggestion at its place in the present text."""

    transcript: Transcript
    span: Span
    code: str
    origin: Origin

    @property
    def quote(self) -> str:
        return self.transcript.text[slice(*self.span)]


def is_suggestion(item: CodingDecision) -> bool:
    """Return whether a decision is on a suggestion."""
    return item.target.startswith(SUGGESTION_PREFIX)


def plan_suggestion_decision(context: CorrectionContext, item: CodingDecision) -> PlannedCorrection:
    """Return what a decision on a suggestion does.

    Raises
    ------
    CorrectionConflict
        If it was decided otherwise since.
    QualcodeError
        If the decision is not understood, or the words are no longer there.
    """
    decision = read_decision(item)
    suggestion = _find_suggestion(context, item)
    owner = item.stated.get("coder", "") or context.coder
    coder = context.recorder(owner)
    wanted = wanted_codes(context, item, decision if decision != "keep" else "", suggestion.code)
    events = [] if wanted is None else list(_events(context, item, suggestion, wanted, coder))
    if item.comment.strip():
        events += _memo_events(
            context, item, suggestion, _find_coding(context, suggestion, wanted or [], coder, events)
        )
    row = CorrectionRow(
        item.place,
        "new" if events else "unchanged",
        decision=decision or "comment",
        transcript=suggestion.transcript.id,
        quote=suggestion.quote,
        code=suggestion.code,
        new_code="; ".join(wanted or ()) if decision == "recode" else "",
        coder=coder if wanted is not None else context.coder,
        id=item.target,
        message="" if decision != "keep" else "a suggestion counts only if it is accepted",
    )
    key = (suggestion.transcript.id, *suggestion.span)
    codes = () if wanted is None else (suggestion.code, *wanted)
    return PlannedCorrection(row, events, {(*key, code, coder): code in (wanted or ()) for code in codes})


def _find_suggestion(context: CorrectionContext, item: CodingDecision) -> _Suggestion:
    """Return a suggestion as it was shown; without a record of it, by what the row says."""
    from qualcode.suggest.shown_suggestions import find_shown_suggestions

    stated, name = item.stated, item.target.removeprefix(SUGGESTION_PREFIX)
    for shown in find_shown_suggestions(context.study, [name]).rows():
        code = context.study.codebook.current_id(stated.get("code", shown["code"]))
        if code == shown["code"] and stated.get("quote", shown["quote"]).split() == shown["quote"].split():
            origin = Origin(shown["maker"], shown["score"], shown["why"], shown["version"])
            transcript = context.study.transcripts[shown["transcript"]]
            return _Suggestion(transcript, (shown["start"], shown["end"]), shown["code"], origin)
    if not {"transcript", "quote", "code"} <= stated.keys():
        raise UnknownSuggestionError(name)
    transcript = find_transcript(context.study, stated["transcript"])
    turn = int(stated["turn"]) if stated.get("turn", "").isdecimal() else None
    try:
        span = locate_quote(
            transcript, QuoteLocation(stated["quote"], turn=turn), sentence_rules=context.study.sentence_rules
        )
    except OperationError as error:
        raise CorrectionConflict(str(error)) from None
    return _Suggestion(transcript, span, context.labels.find(stated["code"]), _stated_origin(item))


def _stated_origin(item: CodingDecision) -> Origin:
    score = 0.0
    with suppress(ValueError):
        score = float(item.stated.get("score", "0").replace(",", "."))
    return Origin(item.stated.get("maker", "") or "suggestion", score, item.stated.get("why", ""))


def _events(
    context: CorrectionContext, item: CodingDecision, suggestion: _Suggestion, wanted: list[str], coder: str
) -> Iterator[Event]:
    for code in dict.fromkeys([suggestion.code, *wanted]):
        applies = code in wanted
        if not _is_decided(context, suggestion, code, coder=coder, applies=applies):
            origin = suggestion.origin if code == suggestion.code else Origin()
            decision = Decision(suggestion.transcript, suggestion.span, code, coder, origin)
            yield context.event(decision, place=item.place, applies=applies, note=item.comment.strip())


def _is_decided(context: CorrectionContext, suggestion: _Suggestion, code: str, *, coder: str, applies: bool) -> bool:
    """Return whether a code was decided so for a suggestion's words.

    Raises
    ------
    CorrectionConflict
        If it was decided otherwise.
    """
    name, span = suggestion.transcript.id, suggestion.span
    if coder == CONSENSUS:
        decided = context.earlier.find(name, *span, code)
        if decided is not None and decided.applies != applies and decided.by != context.coder:
            outcome = "applies" if decided.applies else "does not apply"
            raise CorrectionConflict(f"{decided.by or 'somebody'} has decided that {code} {outcome} here")
        return decided is not None and decided.applies == applies
    is_coded = context.decisions.coding_id((name, *span, code, coder)) is not None
    if is_coded and not applies:
        raise CorrectionConflict(f"{coder} has coded it with {code} since: retract that coding")
    return is_coded or (not applies and bool(context.decisions.rejection_ids(coder, name, code, suggestion.quote)))


def _find_coding(
    context: CorrectionContext, suggestion: _Suggestion, wanted: list[str], coder: str, events: list[Event]
) -> Coding | Event | None:
    """Return the coding that a suggestion has become, now or before."""
    new = next((event for event in events if event.event == "apply"), None)
    if new is not None or not wanted:
        return new
    existing = context.decisions.coding_id((suggestion.transcript.id, *suggestion.span, wanted[0], coder))
    return context.decisions.coding(existing) if existing else None


def _memo_events(
    context: CorrectionContext, item: CodingDecision, suggestion: _Suggestion, coding: Coding | Event | None
) -> list[Event]:
    """Return the memo that a comment becomes: on the coding, else on the words."""
    if coding is not None:
        return context.memo_events(item.comment, on=coding)
    return context.passage_memo_events(item.comment, suggestion.transcript, suggestion.span)
