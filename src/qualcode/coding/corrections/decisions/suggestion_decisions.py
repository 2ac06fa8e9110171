"""Decisions on suggestions that a review shows: codings or rejections of its coder, or of the consensus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from qualcode.coding.corrections.correction import SUGGESTION_PREFIX, CodingDecision, CorrectionRow
from qualcode.coding.corrections.correction_context import CorrectionConflict, CorrectionContext, PlannedCorrection
from qualcode.coding.corrections.decisions.coding_decisions import read_decision, wanted_codes
from qualcode.coding.corrections.decisions.consensus_decisions import Subject, consensus_events
from qualcode.coding.decision_events import Decision
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError, UnknownSuggestionError
from qualcode.ledger import Event, Origin, new_event
from qualcode.model import Coding
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import find_transcript


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
    events: list[Event] = []
    if wanted is not None:
        _check_codings(context, suggestion, wanted, owner=owner, recorder=coder)
        decide = consensus_events if coder == CONSENSUS else _own_events
        events = list(decide(context, item, suggestion, wanted))
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
        comment=item.comment.strip(),
        coder=coder if wanted is not None else context.coder,
        id=item.target,
        message="" if decision != "keep" else "a suggestion counts only if it is accepted",
    )
    key = (suggestion.transcript.id, *suggestion.span)
    codes = () if wanted is None else (suggestion.code, *wanted)
    return PlannedCorrection(row, events, {(*key, code, coder): code in (wanted or ()) for code in codes})


def _find_suggestion(context: CorrectionContext, item: CodingDecision) -> Subject:
    """Return a suggestion as it was shown; without a record of it, by what the row says."""
    from qualcode.suggest.shown_suggestions import find_shown_suggestions

    stated, name = item.stated, item.target.removeprefix(SUGGESTION_PREFIX)
    for shown in find_shown_suggestions(context.study, [name]).rows():
        code = context.study.codebook.current_id(stated.get("code", shown["code"]))
        if code == shown["code"] and stated.get("quote", shown["quote"]).split() == shown["quote"].split():
            origin = Origin(shown["maker"], shown["score"], shown["why"], shown["version"])
            transcript = context.study.transcripts[shown["transcript"]]
            return Subject(item.target, transcript, (shown["start"], shown["end"]), shown["code"], origin)
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
    return Subject(item.target, transcript, span, context.labels.find(stated["code"]), _stated_origin(item))


def _stated_origin(item: CodingDecision) -> Origin:
    score = 0.0
    with suppress(ValueError):
        score = float(item.stated.get("score", "0").replace(",", "."))
    return Origin(item.stated.get("maker", "") or "suggestion", score, item.stated.get("why", ""))


def _check_codings(
    context: CorrectionContext, suggestion: Subject, wanted: list[str], *, owner: str, recorder: str
) -> None:
    """Refuse to reject a suggestion for the consensus where somebody has coded the words so: decide on that coding."""
    if recorder != CONSENSUS or suggestion.code in wanted:
        return
    codings = context.decisions.codings_at(suggestion.transcript.id, *suggestion.span)
    coders = {coding.coder for coding in codings if coding.code == suggestion.code}
    if others := sorted(coders - {owner, CONSENSUS}):
        raise CorrectionConflict(f"{', '.join(others)} coded these words with {suggestion.code}: decide on that coding")


def _own_events(
    context: CorrectionContext, item: CodingDecision, suggestion: Subject, wanted: list[str]
) -> Iterator[Event]:
    """Yield the events by which a coder decides on a suggestion that was made for her."""
    name, span, coder = suggestion.transcript.id, suggestion.span, context.coder
    before = [event for event in context.corrections_of(suggestion.id, coder=coder) if event.event == "apply"]
    current = context.study.codebook.current_id
    for code in dict.fromkeys([suggestion.code, *(current(event.code) for event in before), *wanted]):
        applies = code in wanted
        coded = context.decisions.coding_id((name, *span, code, coder))
        given = [event.id for event in before if current(event.code) == code]
        if coded and not applies and given:
            yield from (new_event("retract", coder=coder, transcript=name, target=target) for target in given)
        elif coded and not applies:
            raise CorrectionConflict(f"{coder} has coded it with {code} since: retract that coding")
        is_rejected = bool(context.decisions.rejection_ids(coder, name, code, suggestion.quote))
        if (applies and not coded) or (not applies and code == suggestion.code and not is_rejected):
            origin = suggestion.origin if code == suggestion.code else Origin()
            decision = Decision(suggestion.transcript, span, code, coder, origin)
            note = item.comment.strip()
            yield context.event(decision, place=item.place, target=suggestion.id, applies=applies, note=note)


def _find_coding(
    context: CorrectionContext, suggestion: Subject, wanted: list[str], coder: str, events: list[Event]
) -> Coding | Event | None:
    """Return the coding that a suggestion has become, now or before."""
    new = next((event for event in events if event.event == "apply"), None)
    if new is not None or not wanted:
        return new
    existing = context.decisions.coding_id((suggestion.transcript.id, *suggestion.span, wanted[0], coder))
    return context.decisions.coding(existing) if existing else None


def _memo_events(
    context: CorrectionContext, item: CodingDecision, suggestion: Subject, coding: Coding | Event | None
) -> list[Event]:
    """Return the memo that a comment becomes: on the coding, else on the words."""
    if coding is not None:
        return context.memo_events(item.comment, on=coding)
    return context.passage_memo_events(item.comment, suggestion.transcript, suggestion.span)
