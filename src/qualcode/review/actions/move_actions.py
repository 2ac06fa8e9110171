"""Actions that move: lists, pages, transcripts, search."""

from __future__ import annotations

from qualcode.errors import format_count
from qualcode.review.review_screen import Action, ReviewScreen
from qualcode.review.screens.choice_list import Choice, ChoiceList
from qualcode.review.screens.text_prompt import TextPrompt
from qualcode.review.session.cursor_moves import move_to
from qualcode.review.session.hit_lists.hit_walks import walk_hits
from qualcode.review.session.hits import HIT_NAMES, HitList, search_text
from qualcode.review.session.opened_transcripts import assigned_transcripts


def walk(step: int) -> Action:
    """Return the action that goes to the next (1) or previous (-1) hit."""

    def walk(screen: ReviewScreen) -> None:
        session = screen.session
        if not walk_hits(session, step):
            name = HIT_NAMES[session.hits.kind]
            where = "after" if step > 0 else "before"
            waits = ": they are being made" if screen.process and not session.hits.hits else ""
            session.report(f"no {name} {where} this one" if session.hits.hits else f"no {name}{waits}")

    return walk


def turn_page(step: int) -> Action:
    """Return the action that moves half a page down (1) or up (-1)."""

    def turn(screen: ReviewScreen) -> None:
        spans, view = screen.session.spans, screen.view
        first, last = view.span_on_screen()
        half = max(1, (spans.sentence_at(last) - spans.sentence_at(first) + 1) // 2)
        # Not beyond a sentence that does not fit on the screen.
        passed = range(1, half)
        move = next((one for one in passed if _is_overlong(screen, screen.session.index + step * one)), half)
        _read_on(screen, step * move)

    return turn


def step_sentence(step: int) -> Action:
    """Return the action that goes to the next (1) or previous (-1) sentence."""
    return lambda screen: _read_on(screen, step)


def _is_overlong(screen: ReviewScreen, index: int) -> bool:
    sentences = screen.session.spans.sentences
    return 0 <= index < len(sentences) and screen.view.is_overlong(sentences[index])


def _read_on(screen: ReviewScreen, step: int) -> None:
    """Move by sentences; a sentence that is longer than the screen is scrolled through before it is left."""
    session, view = screen.session, screen.view
    index = session.index
    if view.scroll_inside_cursor(1 if step > 0 else -1):
        return
    move_to(session, index + step)
    if step < 0 and session.index != index:
        # Who reads upwards comes to its end first.
        view.cursor = session.cursor
        view.scroll_to_cursor_end()


def other_transcript(step: int) -> Action:
    """Return the action that opens the next (1) or previous (-1) transcript."""

    def open_other(screen: ReviewScreen) -> None:
        ids = list(screen.session.study.transcripts)
        name = screen.session.transcript.id
        place = ids.index(name) + step if name in ids else 0
        if 0 <= place < len(ids):
            screen.open_other(ids[place])
        else:
            screen.session.report("no transcript after this one" if step > 0 else "no transcript before this one")

    return open_other


def choose_transcript(screen: ReviewScreen) -> None:
    """Ask for a transcript, and open it."""
    session = screen.session
    ids = list(session.study.transcripts)
    decisions = session.study.read_decisions()
    assigned = set(assigned_transcripts(session.study, session.coder))

    def line(name: str) -> str:
        done = "done" if decisions.done_events(session.coder, name) else ""
        count = sum(coding.coder == session.coder for coding in decisions.codings_in(name)) if len(ids) < 200 else 0
        state = "  ".join(filter(None, [done, format_count(count, "coding") if count else ""]))
        return f"{name}{'' if name in assigned else ' (not assigned)'}  {state}"

    def search(typed: str) -> list[Choice]:
        return [Choice(name, line(name)) for name in ids if typed.casefold() in name.casefold()]

    def choose(chosen: list[str]) -> None:
        if chosen[0] != session.transcript.id:
            screen.open_other(chosen[0])

    screen.ask(ChoiceList("Transcript", search, start=session.transcript.id), choose)


def search_words(screen: ReviewScreen) -> None:
    """Ask for words, and go to the first place with them."""
    session = screen.session

    def find(words: str) -> None:
        if not words.strip():
            return
        if hits := search_text(session.transcript, words):
            session.hits = HitList("found", tuple(hits))
            walk_hits(session, 1)
        session.report(f"{format_count(len(hits), 'place')} with “{words.strip()}”" + ("; n: next" if hits else ""))

    screen.ask(TextPrompt("Search in this transcript"), find)
