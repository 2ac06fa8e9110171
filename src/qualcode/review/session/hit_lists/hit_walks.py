"""Walking the list of a review, through several transcripts."""

from __future__ import annotations

from dataclasses import replace

from qualcode.review.session.cursor_moves import move_to, select_mark, store_progress
from qualcode.review.session.hits import HitList, find_next
from qualcode.review.session.opened_transcripts import open_transcript
from qualcode.review.session.review_session import ReviewSession


def walk_hits(session: ReviewSession, step: int) -> bool:
    """Go to the next (``step`` 1) or previous (-1) hit of the list; return whether there is one."""
    is_ordered = session.hits.kind == "suggestion" and session.options.order != "transcript"
    if is_ordered and session.hits.current is None:
        place = 0 if session.hits.hits and step > 0 else None
    else:
        hits = _hits_from_cursor(session)
        place = find_next(hits, step, transcript=session.transcript.id, offset=session.cursor[0])
        # The list does not begin again behind the cursor.
        is_behind = place is not None and hits is not session.hits and hits.hits[place].start < session.cursor[0]
        place = None if step > 0 and is_behind else place
    if place is None:
        return False
    session.hits = replace(session.hits, place=place)
    go_to_hit(session)
    return True


def _hits_from_cursor(session: ReviewSession) -> HitList:
    """Return the list without its place, if it is in the order of the text and the cursor has left its current hit."""
    current = session.hits.current
    in_text_order = session.hits.kind == "found" or (
        session.hits.kind == "suggestion" and session.options.order == "transcript"
    )
    is_left = current is not None and session.spans.sentence_at(current.start) != session.index
    return replace(session.hits, place=-1) if in_text_order and is_left else session.hits


def go_to_hit(session: ReviewSession) -> None:
    """Go to the hit at the place in the list, in its transcript."""
    hit = session.hits.current
    if hit is None:
        return
    hits = session.hits
    if hit.transcript != session.transcript.id:
        store_progress(session)
        open_transcript(session, hit.transcript)
        session.hits = hits
    move_to(session, session.spans.sentence_at(hit.start))
    select_mark(session, hit.id)
    if hits.kind != "suggestion" and (hit.start, hit.end) != session.cursor:
        session.selection = (hit.start, hit.end)
