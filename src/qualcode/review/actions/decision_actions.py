"""Actions that decide: codes, memos, undo, done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qualcode.errors import format_count
from qualcode.review.panels.item_text import current_code
from qualcode.review.review_screen import Action, ReviewScreen
from qualcode.review.screens.text_page import Question
from qualcode.review.screens.text_prompt import TextPrompt
from qualcode.review.session import review_decisions
from qualcode.review.session.cursor_moves import note_as_read
from qualcode.review.session.hit_lists.hit_sources import LIST_MAKERS
from qualcode.review.session.hit_lists.hit_walks import go_to_hit
from qualcode.review.session.opened_transcripts import assigned_transcripts
from qualcode.review.session.review_session import ReviewSession

_MOST_UNDONE_UNASKED = 10
"""Decisions of one command that are undone without a question."""


def press_number(screen: ReviewScreen, number: int) -> None:
    """Code with the code of a number key, or take a coder's reading."""
    session = screen.session
    if session.is_adjudication:
        if number <= len(session.options.adjudicate):
            review_decisions.adjudicate(session, session.options.adjudicate[number - 1])
        else:
            session.report(f"there are {len(session.options.adjudicate)} coders", is_refused=True)
    elif number <= len(session.number_codes):
        code_with(screen, [session.number_codes[number - 1]])


def code_with(screen: ReviewScreen, codes: Sequence[str]) -> None:
    """Code the words that are being selected, or the sentence; in a disagreement the codes are the decision."""
    session = screen.session
    if screen.words is not None and screen.words.coding:
        session.report("first set the new bounds with Enter, or leave them with Esc", is_refused=True)
    elif session.is_adjudication:
        review_decisions.adjudicate(session, "; ".join(codes))
    else:
        if screen.words is not None:
            session.selection = screen.words.span
        screen.words = None
        review_decisions.code(session, codes)
    screen.show_session()


def choose_codes(screen: ReviewScreen) -> None:
    """Ask for codes, and code with them."""
    screen.choose_codes("Code", lambda codes: code_with(screen, codes))


def recode_words(screen: ReviewScreen) -> None:
    """Ask for other codes for the current suggestion or coding."""
    code = current_code(screen.session)
    title = f"In place of {code}" if code else "Code"
    screen.choose_codes(title, lambda codes: review_decisions.recode(screen.session, codes))


def write_memo(screen: ReviewScreen) -> None:
    """Ask for a memo, and write it on the coding or the words."""
    session = screen.session
    if screen.words is not None:
        session.selection, screen.words = screen.words.span, None
    coding = None if session.selection else session.current_coding
    on = coding.code if coding else "the passage"

    def write(text: str) -> None:
        if text.strip():
            review_decisions.write_memo(session, text)

    screen.ask(TextPrompt(f"Memo on {on}"), write, at_mark=True)


def write_reason(screen: ReviewScreen) -> None:
    """Ask for the reason of the next decision."""
    session = screen.session

    def keep(text: str) -> None:
        session.reason = text.strip()

    screen.ask(TextPrompt("Reason for the next decision", value=session.reason), keep)


def taking_back(act: Callable[[ReviewSession], None]) -> Action:
    """Return the action that undoes or redoes, after which what is open again is in the list again."""

    def ask_first(screen: ReviewScreen) -> None:
        lines = review_decisions.preview_undo(screen.session) if act is review_decisions.undo else []
        if len(lines) <= _MOST_UNDONE_UNASKED:
            take_back(screen)
            return
        title = f"Undo {format_count(len(lines), 'decision')} of one command?"
        text = "\n".join([*lines[:_MOST_UNDONE_UNASKED], "..."])
        screen.ask(Question(title, text, loses=True), lambda is_meant: take_back(screen) if is_meant else None)

    def take_back(screen: ReviewScreen) -> None:
        session = screen.session
        before = session.hits
        act(session)
        if before.kind not in LIST_MAKERS or session.is_refused:
            return
        message = session.message
        LIST_MAKERS[before.kind](session)
        known, current = {hit.id for hit in before.hits}, before.current
        hits = session.hits.hits
        # To what is open again, else to where it was.
        places = [place for place, hit in enumerate(hits) if hit.id not in known]
        places += [place for place, hit in enumerate(hits) if current and hit.id == current.id]
        session.hits = replace(session.hits, place=places[0] if places else min(0, len(hits) - 1))
        go_to_hit(session)
        session.report(message)

    return ask_first


def mark_done(screen: ReviewScreen) -> None:
    """Ask whether the transcript is done, and open the next one."""
    session = screen.session
    decisions = session.study.read_decisions()
    if decisions.done_events(session.coder, session.transcript.id):
        session.report(f"{session.transcript.id} is done already: ] opens the next one, g lists all")
        return
    note_as_read(session)
    unread = len(session.spans.sentences) - len(session.progress.read)
    left = len(session.open_suggestions)
    hidden = "; others are hidden by the filter" if session.filter else ""
    notes = [
        f"{format_count(unread, 'sentence')} not read (e goes to the next)" if unread > 0 else "",
        f"{format_count(left, 'suggestion')} not decided{hidden}" if left or hidden else "",
    ]
    text = "\n".join(filter(None, [*notes, "Text without a code in it counts as: the code is absent."]))

    def answer(is_done: bool) -> None:
        if is_done and review_decisions.mark_done(session):
            screen.was_done = True
            open_next_unfinished(screen)

    title, is_early = f"Mark {session.transcript.id} as done?", unread > 0 or left > 0
    screen.ask(Question(title, text, loses=is_early), answer)


def open_next_unfinished(screen: ReviewScreen) -> None:
    """Open the coder's next transcript that is not done."""
    session = screen.session
    done = session.message
    ids = assigned_transcripts(session.study, session.coder)
    here = ids.index(session.transcript.id) + 1 if session.transcript.id in ids else 0
    decisions = session.study.read_decisions()
    for name in (*ids[here:], *ids[:here]):
        if not decisions.done_events(session.coder, name):
            screen.open_other(name)
            session.report(f"{done}; next: {name}")
            return
    session.report(f"{done}; all your transcripts are done")
