"""The review of the small study in a test: run without a terminal, with suggestions that no model makes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from qualcode.project import Project
from qualcode.review import ReviewOptions, review_screen
from qualcode.review.review_app import ReviewApp
from qualcode.review.review_screen import ReviewScreen
from qualcode.review.session.hit_lists.hit_sources import LIST_MAKERS
from qualcode.review.session.opened_transcripts import start_session
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.suggestion_process import SuggestionResult
from qualcode.review.typed_keys import wait_for_answer
from qualcode.study.study import Study
from qualcode.suggest import Suggestions
from qualcode.suggest.shown_suggestions import list_shown_suggestions, save_shown_suggestions
from screens import run_app, screen_text

Proposed = tuple[str, str, str, float]
"""Transcript, quote, code and score of a suggestion."""
_NEVER = 1e9
_CHARACTERS = {"space": " ", "enter": "\r", "tab": "\t"}

EARNS, GONE, FEAR = "Nobody can tell me what it earns.", "The budget is gone.", "They fear it."
PROPOSED: tuple[Proposed, ...] = (
    ("A", EARNS, "work/money/roi", 0.8),
    ("A", GONE, "work/money", 0.6),
    ("A", FEAR, "work/fear", 0.5),
    ("C", GONE, "work/money", 0.7),
)
"""The suggestions for the small study: three in A, on its first three sentences, and one in C."""


def store_suggestions(study: Study, proposed: Iterable[Proposed]) -> None:
    """Store suggestions as if they had been shown; ids are their numbers, from 1 on."""
    rows: list[tuple[Any, ...]] = []
    for number, (name, quote, code, score) in enumerate(proposed, 1):
        text = study.transcripts[name].text
        start = text.index(quote)
        span = (start, start + len(quote))
        rows.append((f"{number:010x}", name, 1, *span, "P", None, quote, code, score, "cues", f"cue for {code}", "v"))
    save_shown_suggestions(study, Suggestions.from_rows(rows))


class StoredSuggestions:
    """In place of the process that suggests: returns what is stored, at once."""

    def __init__(self, root: Path, transcript: str, *, coder: str, options: ReviewOptions) -> None:
        self.root, self.transcript, self.coder = root, transcript, coder

    def wait(self) -> SuggestionResult:
        """Return what is stored for the transcript, or for all."""
        study = Project(self.root).study
        names = [self.transcript] if self.transcript else list(study.transcripts)
        return SuggestionResult(
            self.transcript, [row for name in names for row in list_shown_suggestions(study, name).rows()]
        )

    def stop(self) -> None:
        """Nothing runs."""


@dataclass
class Review:
    """A review that runs: its keys, and what can be seen of it."""

    app: ReviewApp
    pilot: Pilot[None]

    @property
    def screen(self) -> ReviewScreen:
        """The screen with the transcript, whatever is over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ReviewScreen))

    @property
    def session(self) -> ReviewSession:
        """The session that is shown."""
        return self.app.session

    @property
    def text(self) -> str:
        """What is on the screen."""
        return screen_text(self.app)

    async def press(self, keys: str) -> None:
        """Press keys, which stand between blanks; a word after ``:`` is typed letter by letter."""
        for key in keys.split():
            self.send(*(key[1:] if key[0] == ":" and len(key) > 1 else [key]))
        await self.handle_keys()
        await self.pilot.pause()

    def send(self, *keys: str) -> None:
        """Send keys as a terminal does, without waiting for the answer to each as `Pilot.press` does."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            event = events.Key(name, key if len(key) == 1 else _CHARACTERS.get(key))
            event.set_sender(self.app)
            self.app.post_message(event)

    async def handle_keys(self) -> None:
        """Wait until all keys have done what they do."""
        await asyncio.sleep(0)
        await wait_for_answer(self.app)
        while not self.app.typed_keys.are_handled and self.app.is_running:
            await asyncio.sleep(0)

    async def suggest(self) -> None:
        """Wait for the suggestions."""
        self.screen.fetch_suggestions()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def state(self) -> dict[str, Any]:
        """Return what a coder sees of a review, in short."""
        session, screen = self.session, self.screen
        text = session.transcript.text
        words = screen.words.span if screen.words else session.selection
        page = self.app.screen.query(".frame") if self.app.screen is not screen else ()
        return {
            "transcript": session.transcript.id,
            "sentence": session.index,
            "mark": next((mark.code for mark in session.marks if mark.id == session.current_mark), ""),
            "kind": next((mark.kind for mark in session.marks if mark.id == session.current_mark), ""),
            "words": text[slice(*words)] if words else "",
            "mode": screen.mode,
            "codings": [(one.code, one.quote) for one in session.codings if one.coder == session.coder],
            "open": [row["code"] for row in session.open_suggestions],
            "memos": [memo.text for memo in session.memos],
            "message": session.message,
            "page": next((str(frame.border_title) for frame in page), ""),
            "listed": [choice.id for choice in getattr(self.app.screen, "_shown", ())],
            "typed": next((box.value for box in self.app.screen.query(Input)), ""),
            "runs": self.app._exit is False,
        }


def chosen_line(review: Review) -> str:
    """Return the highlighted line of a list."""
    lines = review.app.screen.query_one(OptionList)
    return str(lines.get_option_at_index(lines.highlighted or 0).prompt)


def start_app(root: Path, transcript: str = "A", **options: Any) -> ReviewApp:
    """Return the application on a study, as the command makes it."""
    session = start_session(Project(root), ReviewOptions(transcript, **{"coder": "ana", **options}))
    if session.is_adjudication or session.options.changed:
        LIST_MAKERS["disagreement" if session.is_adjudication else "changed"](session)
    return ReviewApp(session)


def run_review(
    root: Path,
    steps: Callable[[Review], Awaitable[None]],
    *,
    proposed: Sequence[Proposed] = PROPOSED,
    size: tuple[int, int] = (80, 24),
    **options: Any,
) -> None:
    """Run the application on a study with stored suggestions, and with it the steps of a test."""
    if proposed:
        store_suggestions(Project(root).study, proposed)

    async def run(app: ReviewApp, pilot: Pilot[None]) -> None:
        review = Review(app, pilot)
        await review.suggest()
        await steps(review)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(review_screen, "SuggestionProcess", StoredSuggestions)
        # What timers do is called by the tests.
        patched.setattr(review_screen, "_REFRESH_SECONDS", _NEVER)
        patched.setattr(review_screen, "_SUGGESTION_DELAY", _NEVER)
        run_app(start_app(root, **options), run, size=size)
