"""Lines of keys that can be clicked: the number keys with their codes, and the keys of the mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

Entry = tuple[str, str, str]
"""A key, the word for what it does, and the action."""


class KeyBar(Widget):
    """Lines of keys with what they do; a click does it."""

    can_focus = False

    @dataclass
    class Pressed(Message):
        """A click on a key."""

        action: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()

    def show_keys(self, entries: Sequence[Entry]) -> None:
        """Show entries of key, word and action; those without room are left out."""
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def fit_words(self, words: Sequence[str]) -> list[str]:
        """Return words as short as there is room for all of them, with numbers as their keys."""
        longest = max(map(len, words), default=1)
        tried = (shorten_apart(words, most) for most in range(longest, 3, -1))
        return next(filter(self._have_room, tried), shorten_apart(words, 3))

    def _have_room(self, words: Sequence[str]) -> bool:
        entries = [("1", word, "") for word in words]
        return sum(map(len, self._lines(entries))) == len(entries)

    def render(self) -> Text:
        """Return the lines."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, entries in enumerate(self._lines(self._entries)):
            text.append("\n" if number else "")
            for key, word, _ in entries:
                text.append(" ")
                text.append(key, "bold reverse" if len(key) == 1 and key.isdecimal() else "bold")
                text.append(f" {word} " if key.isdecimal() else f" {word}")
        return text

    def _lines(self, entries: Sequence[Entry]) -> list[list[Entry]]:
        """Return the entries that have room, by line."""
        lines: list[list[Entry]] = [[]]
        left = self.size.width
        for entry in entries:
            width = _width(*entry)
            if width > left and len(lines) < self.size.height:
                lines.append([])
                left = self.size.width
            if width > left:
                break
            left -= width
            lines[-1].append(entry)
        return lines

    def on_click(self, event: events.Click) -> None:
        """Report the key that was clicked."""
        place = 0
        lines = self._lines(self._entries)
        for entry in lines[event.y] if event.y < len(lines) else []:
            place += _width(*entry)
            if event.x < place:
                self.post_message(self.Pressed(entry[2]))
                return


def _width(key: str, word: str, _action: str) -> int:
    return cell_len(key) + cell_len(word) + (3 if key.isdecimal() else 2)


def shorten_apart(words: Sequence[str], most: int) -> list[str]:
    """Return words of at most ``most`` characters; those that would look alike lose the beginning they share.

    >>> shorten_apart(["very_long_a", "very_long_b", "fear"], 5)
    ['…a', '…b', 'fear']
    """
    groups: dict[str, list[str]] = {}
    for word in dict.fromkeys(words):
        groups.setdefault(word[:most], []).append(word)
    short = {word: start for start, group in groups.items() for word in group}
    for group in groups.values():
        if len(group) > 1 and most > 1:
            shared = _count_shared(min(group), max(group))
            ends = shorten_apart([word[shared:] for word in group], most - 1)
            # The one that is the beginning of the others keeps it.
            short.update((word, f"…{end.lstrip('…')}") for word, end in zip(group, ends, strict=True) if end)
    return [short[word] for word in words]


def _count_shared(first: str, last: str) -> int:
    """Return how many characters two words, and all between them in their order, have alike at their beginning."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(last)))
