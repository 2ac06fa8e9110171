"""Actions that select words and change the bounds of codings."""

from __future__ import annotations

from collections.abc import Callable

from qualcode.review.actions.decision_actions import choose_codes
from qualcode.review.review_screen import Action, ReviewScreen
from qualcode.review.session import review_decisions
from qualcode.review.session.cursor_moves import select_mark
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.words import word_selection
from qualcode.review.session.words.word_selection import WordSelection


def start_selection(screen: ReviewScreen) -> None:
    """Begin to select words at the cursor, or go on with those that are selected."""
    session = screen.session
    target = session.target
    screen.words = (
        WordSelection(*target) if session.selection else word_selection.select_first_word(session.spans, target)
    )


def extend_selection(step: int) -> Action:
    """Return the action that selects one word more (1) or less (-1)."""

    def extend(screen: ReviewScreen) -> None:
        start_selection(screen)
        if screen.words is not None:
            screen.words = word_selection.move_by_word(screen.words, screen.session.spans, step)

    return extend


def start_bounds(*, moves_start: bool) -> Action:
    """Return the action that begins to move the start or the end of the current coding."""

    def start(screen: ReviewScreen) -> None:
        coding = screen.session.current_coding
        if coding is None or coding.coder != screen.session.coder:
            screen.session.report("no coding of yours here: c goes to the next one", is_refused=True)
            return
        screen.words = WordSelection(coding.start, coding.end, moves_start, coding.id)

    return start


def change_words(change: Callable[[WordSelection, ReviewSession], WordSelection]) -> Action:
    """Return the action that changes the words that are being selected."""

    def act(screen: ReviewScreen) -> None:
        if screen.words is not None:
            screen.words = change(screen.words, screen.session)

    return act


def finish_selection(screen: ReviewScreen) -> None:
    """Set the bounds that were changed, or choose a code for the words that were selected."""
    words, session = screen.words, screen.session
    if words is None:
        return
    if words.coding:
        screen.words = None
        select_mark(session, words.coding)
        review_decisions.set_bounds(session, words.span)
    else:
        choose_codes(screen)


def cancel_selection(screen: ReviewScreen) -> None:
    """Let go of the words that are selected."""
    screen.words, screen.session.selection = None, None
