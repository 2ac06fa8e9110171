"""The decisions of a review: each is on disk before the session shows it, or is shown as not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from qualcode.anchors import Span
from qualcode.coding.history.undo_events import TakenBack
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import FileWriteError, QualcodeError, format_count, shorten_text
from qualcode.review.session.cursor_moves import move_to, select_mark
from qualcode.review.session.hit_lists.hit_sources import check_disagreement, list_disagreements_again
from qualcode.review.session.hit_lists.hit_walks import walk_hits
from qualcode.review.session.hits import HIT_NAMES
from qualcode.review.session.opened_transcripts import refresh
from qualcode.review.session.review_session import ReviewSession, UnsavedDecision
from qualcode.review.session.shown_marks import reload_marks
from qualcode.review.session.transcript_marks import CodeStyles, SuggestionRow
from qualcode.review.transcript_view.marks import Mark

_MAX_RECENT = 9
_QUOTE_LENGTH = 40
_NO_SUGGESTION = "no suggestion here: n goes to the next one"
_MOST_NAMED = 3
"""Decisions of one action that a message names."""


def decide(session: ReviewSession, decision: UnsavedDecision) -> bool:
    """Record a decision and return whether it is on disk; else say why, and keep what may be saved later."""
    text = session.transcript.sha256
    if refresh(session) and session.transcript.sha256 != text:
        session.report(f"{session.message}: nothing was decided; decide again", is_refused=True)
        return False
    # What was decided first is recorded first.
    if session.unsaved and not save_again(session):
        _keep_unsaved(session, decision)
        return False
    try:
        result = decision.record()
    except FileWriteError as error:
        _keep_unsaved(session, decision)
        session.report(f"not saved: {error}", is_refused=True)
        return False
    except QualcodeError as error:
        session.report(str(error), is_refused=True)
        return False
    _note_recorded(session, decision, result)
    return True


def _note_recorded(session: ReviewSession, decision: UnsavedDecision, result: Any) -> None:
    notes = " ".join(getattr(result, "notes", ()))
    ids = getattr(result, "ids", ())
    session.decided += bool(ids)
    session.report(decision.description + (f" ({notes})" if notes else "") if ids else notes or "nothing new")
    reload_marks(session, with_memos=decision.is_memo)


def _keep_unsaved(session: ReviewSession, decision: UnsavedDecision) -> None:
    session.unsaved.append(decision)
    reload_marks(session)


def save_again(session: ReviewSession) -> bool:
    """Record what could not be saved, in its order; return whether all is on disk now."""
    while session.unsaved:
        decision = session.unsaved[0]
        try:
            result = decision.record()
        except FileWriteError as error:
            session.report(f"{format_count(len(session.unsaved), 'decision')} not saved: {error}", is_refused=True)
            return False
        except QualcodeError as error:
            del session.unsaved[0]
            session.report(f"{decision.description} is refused: {error}", is_refused=True)
            reload_marks(session)
            return False
        del session.unsaved[0]
        _note_recorded(session, decision, result)
    return True


def accept(session: ReviewSession) -> None:
    """Accept the current suggestion, or confirm the current coding if its text has changed; go to the next."""
    row, coding = session.current_suggestion, session.current_coding
    if row is not None:
        _decide_on_suggestion(session, row, "accepted", session.project.accept)
    elif coding is not None and coding.status == "changed":
        span = (coding.start, coding.end)
        # One without a place gets the place where it is shown.
        record = _move_to(session, span) if coding.id in session.proposals else session.project.confirm
        done = f"confirmed: {coding.code} {_quote(session, span)}"
        _decide_and_walk(session, UnsavedDecision(done, partial(record, coding.id, coder=session.coder)))
    else:
        session.report(_NO_SUGGESTION, is_refused=True)


def reject(session: ReviewSession) -> None:
    """Reject the current suggestion, or retract the current coding if its text has changed; go to the next."""
    row, coding = session.current_suggestion, session.current_coding
    if row is not None:
        _decide_on_suggestion(session, row, "rejected", session.project.reject)
    elif coding is not None and coding.status == "changed":
        retract(session)
        _after_decision(session)
    else:
        session.report(_NO_SUGGESTION, is_refused=True)


def _decide_on_suggestion(
    session: ReviewSession, row: SuggestionRow, verb: str, record: Callable[..., RecordedDecisions]
) -> None:
    span = (row["start"], row["end"])
    marks = _unsaved_marks(session, span, [row["code"]]) if verb == "accepted" else ()
    done = f"{verb} {row['code']}: {_quote(session, span)}"
    call = partial(record, row["id"], coder=session.coder)
    _decide_and_walk(session, UnsavedDecision(done, call, marks, row["id"]))


def skip(session: ReviewSession) -> None:
    """Go to the next of the list without a decision."""
    session.report("left for later")
    _after_decision(session, stays=True)


def code(session: ReviewSession, codes: Sequence[str]) -> None:
    """Code the selection, or else the current sentence; codes that are there already are left out."""
    span = session.target
    present = {
        coding.code
        for coding in session.codings
        if (coding.start, coding.end) == span and coding.coder == session.coder
    }
    new = [name for name in dict.fromkeys(codes) if name not in present]
    if not new:
        session.report(f"{', '.join(codes)} is there already", is_refused=True)
        return
    # The words verify the offsets, should the text have been edited meanwhile.
    record = partial(
        session.project.code, session.transcript.id, new, _words(session, span), start=span[0], end=span[1]
    )
    done = f"coded {', '.join(new)}: {_quote(session, span)}{_interviewer_note(session, span)}"
    is_saved = decide(
        session, UnsavedDecision(done, partial(record, coder=session.coder), _unsaved_marks(session, span, new))
    )
    _remember(session, codes)
    was_selected, session.selection = session.selection is not None, None
    # At the suggestion for the same sentence it goes on; words that were selected have nothing to do with it.
    if is_saved and (was_selected or session.current_suggestion is None):
        coded = [one.id for one in session.codings if (one.start, one.end) == span and one.code in new]
        select_mark(session, coded[0] if coded else "")


def repeat(session: ReviewSession) -> None:
    """Code with the last codes again."""
    if session.last_codes:
        code(session, session.last_codes)
    else:
        session.report("nothing was coded yet: space chooses a code", is_refused=True)


def recode(session: ReviewSession, codes: Sequence[str]) -> None:
    """Give the words of the current suggestion or coding other codes."""
    row, coding = session.current_suggestion, session.current_coding
    if row is not None:
        name, before, span = row["id"], row["code"], (row["start"], row["end"])
    elif coding is not None:
        name, before, span = coding.id, coding.code, (coding.start, coding.end)
    else:
        code(session, codes)
        return
    if list(codes) == [before]:
        if row is not None:
            accept(session)
        else:
            session.report(f"it has the code {before} already", is_refused=True)
        return
    decision = UnsavedDecision(
        f"{', '.join(codes)} in place of {before}: {_quote(session, span)}",
        partial(session.project.recode, name, list(codes), coder=session.coder),
        _unsaved_marks(session, span, codes),
        name if row is not None else "",
    )
    _remember(session, codes)
    if row is not None:
        _decide_and_walk(session, decision)
    elif decide(session, decision):
        select_mark(session)


def retract(session: ReviewSession) -> None:
    """Retract the current coding."""
    coding = session.current_coding
    if coding is None:
        session.report("no coding here: c goes to the next one, o to another one at this place", is_refused=True)
        return
    done = f"retracted {coding.code}: {_quote(session, (coding.start, coding.end))}"
    record = partial(session.project.retract, coding.id, coder=session.coder)
    if decide(session, UnsavedDecision(done, record)):
        select_mark(session)


def set_bounds(session: ReviewSession, span: Span) -> None:
    """Give the current coding other bounds."""
    coding = session.current_coding
    if coding is None:
        session.report("no coding here", is_refused=True)
        return
    done = f"{coding.code} is on {_quote(session, span)} now{_interviewer_note(session, span)}"
    session.selection = None
    if decide(session, UnsavedDecision(done, partial(_move_to(session, span), coding.id, coder=session.coder))):
        select_mark(session, coding.id)
        if session.hits.kind == "changed":
            _after_decision(session)


def write_memo(session: ReviewSession, text: str) -> None:
    """Write a memo on the current coding, or on the selection or sentence."""
    coding = None if session.selection else session.current_coding
    write = partial(session.project.memo, text, coder=session.coder)
    if coding is not None:
        done = f"memo on {coding.code}: {shorten_text(text, limit=_QUOTE_LENGTH)}"
        decide(session, UnsavedDecision(done, partial(write, on=coding.id), is_memo=True))
        return
    span = session.target
    record = partial(write, on=session.transcript.id, quote=_words(session, span), start=span[0], end=span[1])
    decide(session, UnsavedDecision(f"memo on {_quote(session, span)}", record, is_memo=True))
    session.selection = None


def mark_done(session: ReviewSession) -> bool:
    """Mark the transcript as done, and return whether it is."""
    name = session.transcript.id
    return decide(session, UnsavedDecision(f"{name} is done", partial(session.project.done, name, coder=session.coder)))


def adjudicate(session: ReviewSession, decision: str) -> None:
    """Decide the current disagreement: a coder, ``all``, ``none``, or ids of codes; go to the next.

    What is decided is what was shown: if a reading has changed since, the list is shown anew.
    """
    hit = session.hits.current
    shown = session.disagreements.get(hit.id) if hit else None
    if hit is None or shown is None:  # one of the places that were searched for has no id
        session.report("no disagreement here: n goes to the next one", is_refused=True)
        return
    name, note = hit.id, session.reason
    done = f"decided {decision}: {_quote(session, (hit.start, hit.end))}" + (f" ({note})" if note else "")

    def record() -> RecordedDecisions:
        check_disagreement(session, shown)
        coders = session.options.adjudicate
        return session.project.adjudicate(name, decision, note=note, among=coders, coder=session.coder)

    waiting = len(session.unsaved)
    if decide(session, UnsavedDecision(done, record)):
        session.reason = ""
        hits = tuple(other for other in session.hits.hits if other.id != name)
        session.hits = replace(session.hits, hits=hits, place=session.hits.place - 1)
        _after_decision(session)
    elif len(session.unsaved) == waiting:
        list_disagreements_again(session)


def undo(session: ReviewSession) -> None:
    """Take back the last action; of decisions that are not saved the last one is dropped."""
    if session.unsaved:
        dropped = session.unsaved.pop()
        session.report(f"dropped, it was not saved: {dropped.description}")
        reload_marks(session)
        return
    _take_back(session, "undone", session.project.undo)


def preview_undo(session: ReviewSession) -> Sequence[str]:
    """Return what `undo` would take back, a line for each decision; nothing if there is nothing."""
    if session.unsaved:
        return []
    try:
        return session.project.undo(coder=session.coder, dry_run=True).lines
    except QualcodeError:
        return []


def redo(session: ReviewSession) -> None:
    """Bring back what was undone last."""
    _take_back(session, "back again", session.project.redo)


def _take_back(session: ReviewSession, verb: str, call: Callable[..., TakenBack]) -> None:
    before = _places(session)
    lines: list[str] = []

    def record() -> TakenBack:
        taken = call(coder=session.coder)
        lines[:] = taken.lines
        return taken

    decided = session.decided
    if not decide(session, UnsavedDecision(verb, record, is_memo=True)):
        return
    session.decided = decided
    count = f" {len(lines):,} decisions" if len(lines) > _MOST_NAMED else ""
    session.report(f"{verb}{count}: {'; '.join(lines[:_MOST_NAMED])}")
    # To where something is different now; nothing is, if it was in another transcript.
    if changed := before ^ _places(session):
        start, _, name = min(changed)
        move_to(session, session.spans.sentence_at(start))
        select_mark(session, name if any(mark.id == name for mark in session.marks) else "")


def _places(session: ReviewSession) -> set[tuple[int, int, str]]:
    return {(mark.start, mark.end, mark.id) for mark in session.marks}


def _decide_and_walk(session: ReviewSession, decision: UnsavedDecision) -> None:
    """Record a decision on the current hit; whether it is saved or waits to be, the next one is taken up."""
    waiting = len(session.unsaved)
    if decide(session, decision) or len(session.unsaved) > waiting:
        _after_decision(session)


def _after_decision(session: ReviewSession, *, stays: bool = False) -> None:
    """Go to the next hit; at the end of the list say so."""
    message, is_refused = session.message, session.is_refused
    if session.hits.kind == "changed" and not stays:
        changed = {coding.id for coding in session.codings if coding.status == "changed"}
        here = session.transcript.id
        hits = tuple(hit for hit in session.hits.hits if hit.transcript != here or hit.id in changed)
        moved = len(session.hits.hits) - len(hits)
        session.hits = replace(session.hits, hits=hits, place=session.hits.place - min(1, moved))
    if not walk_hits(session, 1):
        session.hits = replace(session.hits, place=min(session.hits.place, len(session.hits.hits) - 1))
        left = len(session.hits.hits)
        name = HIT_NAMES[session.hits.kind]
        end = f"end of the list; {format_count(left, name)} left" if left else f"no {name} left"
        message = f"{message}; {end}"
        if not left:
            select_mark(session)
    session.report(message, is_refused=is_refused)


def _unsaved_marks(session: ReviewSession, span: Span, codes: Sequence[str]) -> tuple[Mark, ...]:
    styles = CodeStyles(session.book)
    return tuple(
        Mark(
            f"unsaved:{code}:{span[0]}",
            *span,
            code,
            styles.label(code),
            styles.colour(code),
            "unsaved",
            None,
            "not saved",
        )
        for code in codes
    )


def _remember(session: ReviewSession, codes: Sequence[str]) -> None:
    session.last_codes = tuple(codes)
    for name in reversed(codes):
        with suppress(ValueError):
            session.recent_codes.remove(name)
        session.recent_codes.insert(0, name)
    del session.recent_codes[_MAX_RECENT:]


def _move_to(session: ReviewSession, span: Span) -> Callable[..., RecordedDecisions]:
    """Return the call that gives a coding these bounds; the words verify them, should the text be edited before it."""
    return partial(session.project.move, quote=_words(session, span), start=span[0], end=span[1])


def _words(session: ReviewSession, span: Span) -> str:
    return session.transcript.text[slice(*span)]


def _quote(session: ReviewSession, span: Span) -> str:
    return f"“{shorten_text(' '.join(_words(session, span).split()), limit=_QUOTE_LENGTH)}”"


def _interviewer_note(session: ReviewSession, span: Span) -> str:
    turns = session.transcript.turns
    has_interviewer = any(turn.role == "interviewer" and turn.start < span[1] and span[0] < turn.end for turn in turns)
    return "; words of an interviewer are between" if has_interviewer else ""
