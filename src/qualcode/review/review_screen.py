"""The screen of the review: transcript, panels, and what each key does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from qualcode.anchors import Span
from qualcode.errors import QualcodeError
from qualcode.review.panels.code_tree import CodeTree
from qualcode.review.panels.item_text import current_code, describe_code, describe_item, describe_status
from qualcode.review.panels.key_bar import KeyBar
from qualcode.review.screens.choice_list import Choice, ChoiceList
from qualcode.review.screens.text_prompt import TextPrompt
from qualcode.review.session.code_search import search_codes
from qualcode.review.session.cursor_moves import (
    move_to,
    note_shown_end,
    note_span_as_read,
    select_mark,
    store_progress,
)
from qualcode.review.session.hits import spans_of
from qualcode.review.session.opened_transcripts import open_transcript, refresh_and_report
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.shown_marks import set_suggestions
from qualcode.review.session.suggestion_process import SuggestionProcess, SuggestionResult
from qualcode.review.session.transcript_marks import CodeStyles
from qualcode.review.session.words.word_selection import WordSelection
from qualcode.review.transcript_view.marks import Mark
from qualcode.review.transcript_view.transcript_view import TranscriptView
from qualcode.settings.review_keys import KeyMode, assign_keys, keys_of
from qualcode.suggest.shown_suggestions import list_shown_suggestions

WIDE = 110
"""Columns from which the codebook is shown at the side."""
_ROOMY = 20
"""Lines from which the item has its full height, and on a narrow screen the codes of the number keys two lines."""
_REFRESH_SECONDS = 2.0
_SUGGESTION_DELAY = 0.5
_HINTS: dict[KeyMode, str] = {
    "read": "accept reject next_hit code help retract memo undo done quit recode next_sentence search",
    "select": "word_right word_left other_end to_sentence code_selection memo_selection cancel",
    "bounds": "word_right word_left other_end to_sentence finish cancel",
    "adjudicate": "take_all take_none take_codes help reason skip_passage undo_decision next_hit entry quit",
}
_WORDS = {
    "next_hit": "next",
    "help": "keys",
    "next_sentence": "sentence",
    "word_right": "word +",
    "word_left": "word -",
    "other_end": "other end",
    "to_sentence": "sentence",
    "code_selection": "code",
    "memo_selection": "memo",
    "finish": "set",
    "take_all": "all",
    "take_none": "none",
    "take_codes": "codes",
    "skip_passage": "skip",
    "undo_decision": "undo",
}

Action = Callable[["ReviewScreen"], Any]
FindAction = Callable[[str], Action]
"""Returns what an action does, by its name in the keymap, or ``number:1`` or ``code:ID``."""


class ReviewScreen(Screen[None]):
    """Shows a session, and does with it what keys, clicks and the palette say."""

    CSS_PATH: ClassVar[str] = "review.tcss"

    def __init__(self, session: ReviewSession, find_action: FindAction) -> None:
        super().__init__()
        self.session = session
        self._find_action = find_action
        self.words: WordSelection | None = None
        """The words that are being selected, or the bounds that are being changed."""
        self.process: SuggestionProcess | None = None
        self.is_fetching = not (session.is_adjudication or session.options.changed)
        """Whether suggestions are awaited."""
        self.started = time.monotonic()
        self.is_side_wanted: bool | None = None
        self.was_done = False
        """Whether a transcript was marked as done since suggestions were made."""
        self._wanted_code = self._shown_code = ""
        self._mark_of_entry = ""
        self._shown_book = ""
        self._shown_marks: Sequence[Mark] = ()
        self._shown_matches: Sequence[Span] = ()
        self._shown_texts: dict[str, object] = {}

    @cached_property
    def keys(self) -> dict[KeyMode, dict[str, str]]:
        """The action of each key by mode."""
        return assign_keys(self.session.study.settings.review_keys)

    @property
    def mode(self) -> KeyMode:
        """Which keys count now."""
        if self.words is not None:
            return "bounds" if self.words.coding else "select"
        return "adjudicate" if self.session.is_adjudication else "read"

    @property
    def view(self) -> TranscriptView:
        """The transcript."""
        return self.query_one(TranscriptView)

    def compose(self) -> ComposeResult:
        """Lay out the transcript with its panels."""
        yield Static(id="status", markup=False)
        with Horizontal(id="middle"):
            yield TranscriptView()
            with Vertical(id="side"):
                yield CodeTree(id="codes")
                with VerticalScroll(id="entry"):
                    yield Static(markup=False)
        yield Static(id="item", markup=False)
        yield Static(id="message", markup=False)
        yield KeyBar(id="numbers")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the transcript; suggestions follow."""
        self.view.focus()
        self.show_transcript()
        self.watch(self.view, "scroll_y", self.note_shown_end, init=False)
        self.set_interval(_REFRESH_SECONDS, self.look_for_changes)
        # After the first screen, so that reading can begin before there are suggestions.
        self.set_timer(_SUGGESTION_DELAY, self.fetch_suggestions)

    def on_resize(self, event: events.Resize) -> None:
        """Show the codebook where there is room for it."""
        is_wide = event.size.width >= WIDE if self.is_side_wanted is None else self.is_side_wanted
        self.query_one("#side").display = is_wide
        self.query_one("#item").set_class(event.size.height < _ROOMY, "low")
        self.query_one("#numbers").set_class(event.size.width < WIDE and event.size.height >= _ROOMY, "narrow")
        self.call_after_refresh(self.show_session)

    def on_unmount(self) -> None:
        """Keep the place, and end the process."""
        store_progress(self.session)
        if self.process:
            self.process.stop()

    # What is shown

    def show_transcript(self) -> None:
        """Show another transcript, or its text again after an edit."""
        self.view.show_transcript(self.session.transcript)
        self._shown_marks, self._shown_matches = (), ()
        self.show_session()

    def show_session(self) -> None:
        """Show the state of the session."""
        session, view = self.session, self.view
        if session.book.version != self._shown_book:
            self._shown_book, self._shown_code = session.book.version, ""
            self.query_one(CodeTree).fill(session.book)
        # Most keys move the cursor alone: then nothing else is drawn again.
        if session.marks is not self._shown_marks:
            self._shown_marks = session.marks
            view.set_marks(session.marks)
        matches = spans_of(session.hits.hits, session.transcript.id) if session.hits.kind == "found" else []
        if matches != self._shown_matches:
            self._shown_matches = matches
            view.set_matches(matches)
        view.cursor = session.cursor
        view.selection = self.words.span if self.words else session.selection
        view.current_mark = self.words.coding if self.words and self.words.coding else session.current_mark
        self.note_shown_end()
        self.show_texts()

    def note_shown_end(self) -> None:
        """Note whether the end of the current sentence is on the screen."""
        note_shown_end(self.session, self.view.span_on_screen())

    def show_texts(self) -> None:
        """Show status, item, message and keys."""
        session = self.session
        minutes = (time.monotonic() - self.started) / 60
        rate = session.decided / minutes if minutes > 0.5 else 0.0
        waits = self.is_fetching and not session.suggestions
        self._update("#status", describe_status(session, per_minute=rate, waits=waits))
        self._update("#item", describe_item(session))
        self._update("#message", session.message)
        self.query_one("#message").set_class(session.is_refused, "refused")
        self.query_one("#numbers", KeyBar).show_keys(self._number_entries())
        self.query_one("#keys", KeyBar).show_keys(self._key_entries())
        # An entry that was chosen in the codebook stays until there is another mark.
        if session.current_mark != self._mark_of_entry:
            self._mark_of_entry = session.current_mark
            self._wanted_code = current_code(session) or self._wanted_code
        self._show_entry(self._wanted_code)

    def _update(self, selector: str, text: Text | str) -> None:
        if self._shown_texts.get(selector) != text:
            self._shown_texts[selector] = text
            self.query_one(selector, Static).update(text)

    def _show_entry(self, code: str) -> None:
        entry = self.session.book.by_id.get(code)
        if entry is None or code == self._shown_code or not self.query_one("#side").display:
            return
        self._shown_code = code
        self.query_one(CodeTree).show_code(code)
        self.query_one("#entry Static", Static).update(describe_code(entry))

    def _number_entries(self) -> list[tuple[str, str, str]]:
        session = self.session
        if session.is_adjudication:
            names: Sequence[str] = session.options.adjudicate
        else:
            styles = CodeStyles(session.book)
            names = [styles.label(code) for code in session.number_codes]
        # All of them: where there is little room, a few letters of a code remind of it.
        short = self.query_one("#numbers", KeyBar).fit_words(names)
        return [(str(number), name, f"number:{number}") for number, name in enumerate(short, 1)]

    def _key_entries(self) -> list[tuple[str, str, str]]:
        keys = {action: keys_of(self.keys, action, self.mode) for action in _HINTS[self.mode].split()}
        return [(own[0], _WORDS.get(name, name.replace("_", " ")), name) for name, own in keys.items() if own]

    # Keys, clicks, palette

    async def on_key(self, event: events.Key) -> None:
        """Do what a key says."""
        name = event.character if event.is_printable and event.character not in {None, " "} else event.key
        action = self.keys[self.mode].get(name or "")
        if action is None and name and name.isdecimal() and name != "0":
            action = f"number:{name}"
        if action is not None:
            event.stop()
            event.prevent_default()
            self.perform(action)

    def perform(self, action: str) -> None:
        """Do an action, by its name in the keymap; what goes wrong is reported, and nothing else is lost."""
        self._attempt(lambda: self._find_action(action)(self))

    def _attempt(self, act: Callable[[], Any]) -> None:
        self.session.report("")
        before = self.session.transcript
        try:
            act()
        except QualcodeError as error:
            self.session.report(str(error), is_refused=True)
        if self.session.transcript is not before:
            self.show_other_transcript()
        else:
            self.show_session()

    def ask(self, dialog: ModalScreen[Any], then: Callable[[Any], Any], *, at_mark: bool = False) -> None:
        """Show a dialog, and go on with its answer, if there is one.

        ``at_mark``: the answer is for what the keys act on now, whatever happens while the dialog is open.
        """
        place = self.session.place

        def go_on(answer: Any) -> None:
            if at_mark and not self.session.return_to(place):
                self.session.report("what this was about has changed meanwhile: nothing was decided", is_refused=True)
                return
            then(answer)

        def answered(answer: Any) -> None:
            waiting = len(self.session.unsaved)
            if answer is None:
                self.show_session()
                return
            self._attempt(lambda: go_on(answer))
            # What was typed is not lost with the decision.
            if isinstance(dialog, TextPrompt) and self.session.is_refused and len(self.session.unsaved) <= waiting:
                self.ask(dialog.again(str(answer), self.session.message), then, at_mark=at_mark)

        self.app.push_screen(dialog, answered)

    def show_other_transcript(self) -> None:
        """Show the transcript that the session has opened, and ask for its suggestions."""
        self.words = None
        self.show_transcript()
        # Of the whole study they stay, until a transcript is done and there is more to train on.
        if not self.session.suggestions or self.was_done:
            self.was_done = False
            self.fetch_suggestions()

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        """Do what was clicked."""
        self.perform(event.action)

    def on_transcript_view_clicked(self, event: TranscriptView.Clicked) -> None:
        """Move the cursor to the sentence that was clicked."""
        self.words = None
        move_to(self.session, self.session.spans.sentence_at(event.offset))
        self.show_session()

    def on_transcript_view_mark_clicked(self, event: TranscriptView.MarkClicked) -> None:
        """Take up the coding or suggestion that was clicked."""
        mark = next((mark for mark in self.session.marks if mark.id == event.mark_id), None)
        if mark is not None:
            move_to(self.session, self.session.spans.sentence_at(mark.start))
            select_mark(self.session, mark.id)
            self.show_session()

    def on_transcript_view_selected(self, event: TranscriptView.Selected) -> None:
        """Take up the words that were selected with the mouse."""
        self.words = None
        move_to(self.session, self.session.spans.sentence_at(event.start))
        self.session.selection = (event.start, event.end)
        self.session.report("space or a number codes these words, m writes a memo, Esc lets go of them")
        self.show_session()

    def on_code_tree_shown(self, event: CodeTree.Shown) -> None:
        """Show the entry of a code."""
        self._wanted_code = event.code
        self.session.report(f"{event.code}: choose it again to code with it")
        self.show_texts()

    def on_code_tree_chosen(self, event: CodeTree.Chosen) -> None:
        """Code with a code of the tree."""
        self.view.focus()
        self.perform(f"code:{event.code}")

    # Codes to choose from

    def choose_codes(self, title: str, then: Callable[[list[str]], Any]) -> None:
        """Ask for codes, and go on with them."""
        book, session = self.session.book, self.session
        styles = CodeStyles(book)

        def search(typed: str) -> list[Choice]:
            recent = [*session.recent_codes, *(code for code in session.number_codes)]
            found = search_codes(book, typed, recent=recent)
            return [Choice(one.id, f"{one.id}  {one.name}", one.definition, styles.colour(one.id)) for one in found]

        self.ask(ChoiceList(title, search, has_marks=True), then, at_mark=True)

    # Other processes

    def look_for_changes(self) -> None:
        """Show what others have decided or edited meanwhile, unless words are being selected."""
        if self.words is not None or self.app.screen is not self:
            return
        text = self.session.transcript
        self.note_shown_end()
        note_span_as_read(self.session, self.view.span_on_screen())
        store_progress(self.session)
        try:
            has_changed = refresh_and_report(self.session)
        except QualcodeError as error:
            self.session.report(str(error), is_refused=True)
            has_changed = True
        if self.session.transcript is not text:
            self.show_transcript()
            self.fetch_suggestions()
        elif has_changed:
            self.show_session()

    def fetch_suggestions(self) -> None:
        """Show the suggestions that are stored, and have them made anew in another process."""
        session = self.session
        if session.is_adjudication or session.options.changed:
            return
        if self.process:
            self.process.stop()
        self.is_fetching = True
        name, study = "" if session.walks_study else session.transcript.id, session.study
        self.process = SuggestionProcess(study.root, name, coder=session.coder, options=session.options)
        self._load_suggestions(self.process)

    @work(thread=True, exit_on_error=False)
    def _load_suggestions(self, process: SuggestionProcess) -> None:
        name, study = process.transcript, self.session.study
        # Those that are stored may be learnt from the decisions of others.
        if name and not self.session.is_blind:
            stored = list(list_shown_suggestions(study, name).rows())
            self.app.call_from_thread(self.take_suggestions, process, SuggestionResult(name, stored))
        self.app.call_from_thread(self.take_suggestions, process, process.wait(), is_last=True)

    def take_suggestions(self, process: SuggestionProcess, result: SuggestionResult, *, is_last: bool = False) -> None:
        """Show suggestions, unless another transcript was opened meanwhile."""
        if process is not self.process:
            return
        if is_last:
            self.process, self.is_fetching = None, False
        if result.problem:
            self.session.report(f"no suggestions: {result.problem}", is_refused=True)
        elif is_last or result.rows:
            wanted = self.session.options.code, self.session.options.min_score
            # What was stored may have been made with other options.
            if (is_last or wanted == (None, None)) and (news := set_suggestions(self.session, result.rows)):
                self.session.report(f"{news}: n goes to the next one")
        self.show_session()

    def open_other(self, transcript: str) -> None:
        """Open another transcript."""
        store_progress(self.session)
        open_transcript(self.session, transcript)
        self.session.report(f"{transcript}: {len(self.session.spans.sentences):,} sentences")
