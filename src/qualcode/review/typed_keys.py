"""Keys one after the other, so that letters typed ahead of a list or a line never count as keys of the transcript."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump

_ROUNDS = 3
"""What a key sets off: its own event, the message of a widget that it makes, the screen that this opens or closes."""
_LONGEST_WAIT = 1.0
"""Seconds after which the next key is sent, whatever the one before does."""


class TypedKeys:
    """Sends each key when what the one before has opened or closed is there."""

    def __init__(self, app: App[Any], send: Callable[[events.Key], Awaitable[None]]) -> None:
        self._app, self._send = app, send
        self._waiting: deque[events.Key] = deque()
        self._is_sending = False

    @property
    def are_handled(self) -> bool:
        """Whether all keys have done what they do."""
        return not self._is_sending

    def add(self, event: events.Key) -> None:
        """Send a key when it is its turn."""
        self._waiting.append(event)
        if not self._is_sending:
            self._is_sending = True
            self._app.run_worker(self._send_waiting(), group="keys")

    async def _send_waiting(self) -> None:
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
                await wait_for_answer(self._app)
        finally:
            self._is_sending = False


async def wait_for_answer(app: App[Any]) -> None:
    """Return when the widget with the focus, all around it, and the application have handled what was sent to them."""
    for _ in range(_ROUNDS):
        node: DOMNode | None = app.focused or app.screen
        while node is not None and app.is_running:
            await _wait_for(node)
            node = node.parent


async def _wait_for(pump: MessagePump) -> None:
    handled = asyncio.Event()
    # One that is being closed takes no messages.
    if pump.call_later(handled.set):
        try:
            await asyncio.wait_for(handled.wait(), _LONGEST_WAIT)
        except TimeoutError:
            return
