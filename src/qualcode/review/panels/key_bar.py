"""Lines of keys that can be clicked: the number keys with their codes, and the keys of the mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget


class KeyBar(Widget):
    """One line of keys with what they do; a click does it."""

    can_focus = False

    @dataclass
    class Pressed(Message):
        """A click on a key."""

        action: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[tuple[str, str, str]] = ()

    def show_keys(self, entries: Sequence[tuple[str, str, str]]) -> None:
        """Show entries of key, word and action; those without room are left out."""
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def render(self) -> Text:
        """Return the line."""
        line = Text(no_wrap=True, overflow="ellipsis")
        for key, word, _ in self._fitting():
            line.append(" ")
            line.append(key, "bold reverse" if len(key) == 1 and key.isdecimal() else "bold")
            line.append(f" {word} " if key.isdecimal() else f" {word}")
        return line

    def _fitting(self) -> list[tuple[str, str, str]]:
        left, fitting = self.size.width, []
        for entry in self._entries:
            left -= _width(*entry)
            if left < 0:
                break
            fitting.append(entry)
        return fitting

    def on_click(self, event: events.Click) -> None:
        """Report the key that was clicked."""
        place = 0
        for entry in self._fitting():
            place += _width(*entry)
            if event.x < place:
                self.post_message(self.Pressed(entry[2]))
                return


def _width(key: str, word: str, _action: str) -> int:
    return cell_len(key) + cell_len(word) + (3 if key.isdecimal() else 2)
