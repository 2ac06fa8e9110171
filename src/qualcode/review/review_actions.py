"""What each action of the keymap does on the review's screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qualcode.review.actions.decision_actions import (
    choose_codes,
    code_with,
    mark_done,
    press_number,
    recode_words,
    taking_back,
    write_memo,
    write_reason,
)
from qualcode.review.actions.move_actions import (
    choose_transcript,
    other_transcript,
    search_words,
    step_sentence,
    turn_page,
    walk,
)
from qualcode.review.actions.selection_actions import (
    cancel_selection,
    change_words,
    extend_selection,
    finish_selection,
    start_bounds,
    start_selection,
)
from qualcode.review.actions.view_actions import (
    filter_marks,
    go_back,
    hide_marks,
    quit_review,
    refresh_screen,
    set_filter,
    show_entry,
    show_help,
    show_memos,
    show_side,
    show_why,
)
from qualcode.review.review_screen import Action, ReviewScreen
from qualcode.review.session import review_decisions
from qualcode.review.session.cursor_moves import move_to, next_mark, next_unread, walk_codings
from qualcode.review.session.mark_filter import MarkFilter
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.words import word_selection


def _on_session(act: Callable[[ReviewSession], Any]) -> Action:
    """Return the action that does something with the session alone."""
    return lambda screen: act(screen.session)


def _on_words(action: Action, *, or_mark: bool = False) -> Action:
    """Return an action that is refused where there are no words to act on, and if that is enough no mark either."""

    def act(screen: ReviewScreen) -> None:
        session = screen.session
        is_possible = session.is_adjudication or screen.words is not None or (or_mark and session.current_mark)
        if session.lacks_participants and not is_possible:
            session.report(session.lacks_participants, is_refused=True)
        else:
            action(screen)

    return act


def find_action(name: str) -> Action:
    """Return what an action does: one of the keymap, ``number:1`` for a number key, ``code:ID`` to code with a code."""
    kind, has_value, value = name.partition(":")
    if not has_value:
        return ACTIONS[name]
    if kind == "number":
        return _on_words(lambda screen: press_number(screen, int(value)))
    return _on_words(lambda screen: code_with(screen, [value]))


ACTIONS: dict[str, Action] = {
    "accept": _on_session(review_decisions.accept),
    "reject": _on_session(review_decisions.reject),
    "skip": _on_session(review_decisions.skip),
    "code": _on_words(choose_codes),
    "repeat": _on_words(_on_session(review_decisions.repeat)),
    "recode": _on_words(recode_words, or_mark=True),
    "retract": _on_session(review_decisions.retract),
    "memo": _on_words(write_memo, or_mark=True),
    "undo": taking_back(review_decisions.undo),
    "redo": taking_back(review_decisions.redo),
    "take_all": _on_session(lambda session: review_decisions.adjudicate(session, "all")),
    "take_none": _on_session(lambda session: review_decisions.adjudicate(session, "none")),
    "skip_passage": _on_session(review_decisions.skip),
    "take_codes": choose_codes,
    "reason": write_reason,
    "undo_decision": taking_back(review_decisions.undo),
    "redo_decision": taking_back(review_decisions.redo),
    "next_sentence": step_sentence(1),
    "previous_sentence": step_sentence(-1),
    "next_turn": _on_session(lambda session: move_to(session, session.spans.sentence_of_turn(session.index, 1))),
    "previous_turn": _on_session(lambda session: move_to(session, session.spans.sentence_of_turn(session.index, -1))),
    "next_hit": walk(1),
    "previous_hit": walk(-1),
    "next_coding": _on_session(lambda session: walk_codings(session, 1)),
    "previous_coding": _on_session(lambda session: walk_codings(session, -1)),
    "next_mark": _on_session(next_mark),
    "next_unread": _on_words(_on_session(next_unread)),
    "page_down": turn_page(1),
    "page_up": turn_page(-1),
    "first_sentence": _on_session(lambda session: move_to(session, 0)),
    "last_sentence": _on_session(lambda session: move_to(session, len(session.spans.sentences))),
    "next_transcript": other_transcript(1),
    "previous_transcript": other_transcript(-1),
    "go_to_transcript": choose_transcript,
    "search": search_words,
    "done": mark_done,
    "select": _on_words(start_selection),
    "extend_right": _on_words(extend_selection(1)),
    "extend_left": _on_words(extend_selection(-1)),
    "start_bound": start_bounds(moves_start=True),
    "end_bound": start_bounds(moves_start=False),
    "word_right": change_words(lambda words, session: word_selection.move_by_word(words, session.spans, 1)),
    "word_left": change_words(lambda words, session: word_selection.move_by_word(words, session.spans, -1)),
    "letter_right": change_words(lambda words, _: word_selection.move_by_letter(words, 1)),
    "letter_left": change_words(lambda words, _: word_selection.move_by_letter(words, -1)),
    "to_sentence": change_words(lambda words, session: word_selection.extend_by_sentence(words, session.spans)),
    "to_turn": change_words(
        lambda words, session: word_selection.extend_to(words, session.spans.turn_span(words.start))
    ),
    "other_end": change_words(lambda words, _: replace(words, moves_start=not words.moves_start)),
    "finish": finish_selection,
    "code_selection": finish_selection,
    "memo_selection": write_memo,
    "cancel": cancel_selection,
    "why": show_why,
    "entry": show_entry,
    "memos": show_memos,
    "filter": filter_marks,
    "clear_filter": _on_session(lambda session: set_filter(session, MarkFilter())),
    "hide_marks": hide_marks,
    "show_codes": show_side,
    "refresh": refresh_screen,
    "save_again": _on_session(review_decisions.save_again),
    "help": show_help,
    "quit": quit_review,
    "back": go_back,
}
