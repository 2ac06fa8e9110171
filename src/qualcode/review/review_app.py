"""The application: the review's screen, and the palette of its actions."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.filter import LineFilter

from qualcode.review.control_characters import ControlCharacterFilter
from qualcode.review.review_actions import find_action
from qualcode.review.review_screen import ReviewScreen
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.typed_keys import TypedKeys
from qualcode.settings.review_keys import REVIEW_KEYS, keys_of

THEMES = {"dark": "textual-dark", "light": "textual-light"}
_TERMINAL_SECONDS = 5.0


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and sys.__stdin__.isatty()


class ReviewActions(Provider):
    """All actions of the mode, by what they do, with their keys; and all codes to code with."""

    def _commands(self) -> Iterator[tuple[str, str, partial[None]]]:
        screen = self.screen
        if isinstance(screen, ReviewScreen):
            for one in REVIEW_KEYS:
                if screen.mode in one.modes:
                    keys = ", ".join(keys_of(screen.keys, one.action, screen.mode))
                    yield one.help, f"{one.group}: {keys}", partial(screen.perform, one.action)

    async def discover(self) -> Hits:
        """Yield all actions."""
        for text, help_text, call in self._commands():
            yield DiscoveryHit(text, call, help=help_text)

    async def search(self, query: str) -> Hits:
        """Yield the actions that fit what was typed."""
        matcher = self.matcher(query)
        for text, help_text, call in self._commands():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), call, help=help_text)


class ReviewApp(App[None]):
    """The full-screen review of a session."""

    TITLE = "qualcode review"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {ReviewActions}
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, session: ReviewSession) -> None:
        super().__init__()
        self.session = session
        self._visible = ControlCharacterFilter()
        self.typed_keys = TypedKeys(self, super().on_event)
        if theme := THEMES.get(session.options.theme):
            self.theme = theme

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through before the terminal gets it."""
        return [*super().get_line_filters(), self._visible]

    def on_mount(self) -> None:
        """Show the review."""
        self.push_screen(ReviewScreen(self.session, find_action))
        # So that the terminal is as before when the program is ended from outside, or its window is closed.
        if sys.platform != "win32":  # which has no such signals
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.exit)
        if _has_terminal():
            self.set_interval(_TERMINAL_SECONDS, self.leave_without_terminal)

    def leave_without_terminal(self) -> None:
        """Leave if the terminal is gone, as after a lost connection: reading from it would never end."""
        if not _has_terminal():
            self.exit()

    async def action_quit(self) -> None:
        """Leave by a key of the application as by the one of the review, which asks if something is not saved."""
        for screen in self.screen_stack:
            if isinstance(screen, ReviewScreen):
                screen.perform("quit")

    async def on_event(self, event: events.Event) -> None:
        """Handle keys one after the other, and all else at once."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.typed_keys.add(event)
        else:
            await super().on_event(event)
