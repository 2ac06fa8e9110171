"""The cursor of a review: sentences, marks at it, codings, and what was read."""

from __future__ import annotations

from dataclasses import replace

from qualcode.anchors import Span
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.transcript_marks import marks_at
from qualcode.study.readings.reading_progress import save_progress


def move_to(session: ReviewSession, index: int) -> None:
    """Move the cursor to a sentence, mark the one before as read, and take up the first mark there."""
    if not session.spans.sentences:
        return
    note_as_read(session)
    session.index = max(0, min(index, len(session.spans.sentences) - 1))
    session.selection = None
    select_mark(session)


def note_as_read(session: ReviewSession) -> None:
    """Count the current sentence as read, unless its end was not on the screen."""
    if session.spans.sentences:
        if session.end_shown != (session.cursor[0], False):
            session.progress.read.add(session.cursor[0])
        session.progress.position = session.cursor[0]


def note_shown_end(session: ReviewSession, span: Span) -> None:
    """Note whether the end of the current sentence is, or was since the cursor is there, in a span on the screen."""
    start, end = session.cursor
    # Where nothing is laid out yet, nothing is known.
    if span[0] < span[1]:
        was_shown = session.end_shown == (start, True)
        session.end_shown = start, was_shown or span[0] < end <= span[1]


def note_span_as_read(session: ReviewSession, span: Span) -> None:
    """Count the sentences of a span that was on the screen for a while as read."""
    starts = (sentence[0] for sentence in session.spans.sentences if span[0] <= sentence[0] and sentence[1] <= span[1])
    session.progress.read.update(starts)


def store_progress(session: ReviewSession) -> None:
    """Store what was read, so that the next review begins here."""
    note_as_read(session)
    # Every two seconds, so a file is written only if there is something new.
    transcript, progress = session.transcript, session.progress
    state = (transcript.id, transcript.sha256, progress.position, len(progress.read))
    if state != session._progress_stored:
        session._progress_stored = state
        save_progress(session.study, transcript, progress, coder=session.coder)


def select_mark(session: ReviewSession, mark_id: str = "") -> None:
    """Make a mark the current one: the one named, or the first at the cursor, suggestions first."""
    here = marks_at(session.marks, *session.cursor)
    own = {coding.id for coding in session.codings if coding.coder == session.coder}
    order = [mark.id for mark in here if mark.kind == "suggestion"]
    order += [mark.id for mark in here if mark.id in own] + [mark.id for mark in here]
    session.current_mark = mark_id or next(iter(order), "")
    # In another order than that of the text the list goes on where it was.
    if session.hits.kind == "suggestion" and session.options.order == "transcript":
        place = next((place for place, hit in enumerate(session.hits.hits) if hit.id == session.current_mark), None)
        if place is not None:
            session.hits = replace(session.hits, place=place)


def next_mark(session: ReviewSession) -> None:
    """Make the next mark at the cursor the current one, after the last one the first."""
    ids = [mark.id for mark in marks_at(session.marks, *session.cursor)]
    if ids:
        place = ids.index(session.current_mark) + 1 if session.current_mark in ids else 0
        select_mark(session, ids[place % len(ids)])
    else:
        session.report("no coding or suggestion here")


def next_unread(session: ReviewSession) -> None:
    """Go to the next sentence that was not read, or to the first one of all."""
    note_as_read(session)
    unread = [place for place, span in enumerate(session.spans.sentences) if span[0] not in session.progress.read]
    if not unread:
        session.report("all sentences are read")
        return
    move_to(session, next((place for place in unread if place > session.index), unread[0]))


def walk_codings(session: ReviewSession, step: int) -> None:
    """Go to the next or previous coding in the text."""
    current = session.current_coding
    start = (current.start, current.end, current.id) if current else (session.cursor[step > 0], 0, "")
    keys = sorted((coding.start, coding.end, coding.id) for coding in session.codings)
    found = [key for key in keys if (key > start if step > 0 else key < start)]
    if not found:
        session.report("no further coding" if step > 0 else "no earlier coding")
        return
    offset, _, name = found[0 if step > 0 else -1]
    move_to(session, session.spans.sentence_at(offset))
    select_mark(session, name)
