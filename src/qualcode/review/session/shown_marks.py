"""The codings and suggestions that a review shows, read again after each decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qualcode.errors import format_count
from qualcode.model import Coding
from qualcode.review.session.cursor_moves import select_mark
from qualcode.review.session.edited_codings import propose_places
from qualcode.review.session.hits import Hit, HitList
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.transcript_marks import CodeStyles, SuggestionRow, coding_marks, suggestion_marks
from qualcode.study.decision_index import DecisionIndex


def reload_marks(session: ReviewSession, *, with_memos: bool = False) -> None:
    """Read the decisions on the transcript, and make its marks from them and the suggestions."""
    decisions = session.study.read_decisions()
    session._index_shown = decisions
    shown = _shown_coders(session)
    found = [coding for coding in decisions.codings_in(session.transcript.id) if shown is None or coding.coder in shown]
    _propose_places(session, found)
    session.codings = [
        coding
        for coding in (session.proposals.get(one.id, one) for one in found)
        if coding.status != "orphaned" and session.filter.has_coding(coding.code, coding.coder)
    ]
    if with_memos:
        session.memos = [memo for memo in session.study.memos if shown is None or memo.coder in shown]
    undecided = [] if session.is_adjudication else _undecided(session, decisions)
    session.open_suggestions = [row for row in undecided if row["transcript"] == session.transcript.id]
    styles = CodeStyles(session.book)
    # What could not be saved is shown first, whatever the filter says.
    session.marks = [
        *(mark for decision in session.unsaved for mark in decision.marks),
        *coding_marks(session.codings, styles, coder=session.coder),
        *(session.drawn_suggestions[row["id"]][1] for row in session.open_suggestions),
    ]
    if session.hits.kind == "suggestion":
        _follow_suggestions(session, undecided)


def _propose_places(session: ReviewSession, codings: Sequence[Coding]) -> None:
    lost = frozenset(coding.id for coding in codings if coding.status == "orphaned")
    if (session.transcript.sha256, lost) != session._proposed_for:
        session.proposals = propose_places(session.study, codings)
        session._proposed_for = (session.transcript.sha256, lost)


def _shown_coders(session: ReviewSession) -> set[str] | None:
    """Return the coders whose codings are shown; None for all."""
    if session.is_adjudication:
        return set(session.options.adjudicate)
    return {session.coder} if session.is_blind else None


def _undecided(session: ReviewSession, decisions: DecisionIndex) -> list[SuggestionRow]:
    """Return the suggestions that are shown and that the coder has not decided on."""
    waiting = {decision.suggestion for decision in session.unsaved}
    coder = session.coder
    return [
        row
        for row in session.suggestions
        if row["id"] not in waiting
        and session.filter.has_suggestion(row["code"], row["score"])
        and not decisions.coding_id((row["transcript"], row["start"], row["end"], row["code"], coder))
        and not decisions.rejection_ids(coder, row["transcript"], row["code"], row["quote"])
    ]


def _follow_suggestions(session: ReviewSession, undecided: Sequence[SuggestionRow]) -> None:
    """Make the list of suggestions anew, and stay at the current one, or where it was in the list."""
    hits = tuple(session.drawn_suggestions[row["id"]][0] for row in undecided)
    ids = {hit.id: place for place, hit in enumerate(hits)}
    before = session.hits.current
    # Where the current one is decided, the one that has taken its place comes next.
    place = ids.get(before.id, session.hits.place - 1) if before else -1
    session.hits = HitList("suggestion", hits, min(place, len(hits) - 1))


def set_suggestions(session: ReviewSession, rows: Iterable[SuggestionRow]) -> str:
    """Take new suggestions for the transcript, and return what has changed, in words; empty if nothing has."""
    before = {row["id"] for row in session.suggestions}
    # Of several makers' suggestions for one code and span the first counts.
    distinct = {(row["transcript"], row["start"], row["end"], row["code"]): row for row in reversed([*rows])}
    session.suggestions = list(distinct.values())[::-1]
    places = (Hit(row["transcript"], row["start"], row["end"], row["id"]) for row in session.suggestions)
    marks = suggestion_marks(session.suggestions, CodeStyles(session.book))
    session.drawn_suggestions = {hit.id: (hit, mark) for hit, mark in zip(places, marks, strict=True)}
    reload_marks(session)
    if session.current_mark not in {mark.id for mark in session.marks}:
        select_mark(session)
    new = [hit for hit in session.hits.hits if session.hits.kind == "suggestion" and hit.id not in before]
    if not new:
        return ""
    kind = "new suggestion" if before else "suggestion"
    return f"{format_count(len(new), kind)}{'' if session.walks_study else f' in {session.transcript.id}'}"
