"""Results that are no DataFrames, together with their notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from qualcode.errors import Problem

T = TypeVar("T")


class NotedList(list[T]):
    """A list with notes on what it holds and what it leaves out."""

    def __init__(self, items: Iterable[T] = (), notes: Iterable[str] = ()) -> None:
        super().__init__(items)
        self.notes = list(notes)


class ProblemList(NotedList[Problem]):
    """Problems in the user's files; a notebook displays them as a table."""

    def _repr_html_(self) -> str:
        from qualcode.files import display_html
        from qualcode.tables import make_frame, notes_html, table_html

        if not self:
            return display_html("<p>no problems found</p>", notes_html(self.notes))
        rows = [
            {"level": problem.level, "place": problem.place, "message": problem.message, "hint": problem.hint}
            for problem in self
        ]
        return table_html(make_frame(rows, ("level", "place", "message", "hint")), self.notes)


class NotedStream(Generic[T]):
    """An iterator over items that are not kept; its notes are complete when the last item has been taken."""

    def __init__(self, items: Iterator[T], notes: list[str]) -> None:
        self._items = items
        self.notes = notes

    def __iter__(self) -> Iterator[T]:
        return self._items

    def __next__(self) -> T:
        return next(self._items)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file or folder that was written; it can be used wherever a path can."""

    path: Path
    notes: tuple[str, ...] = ()
    rows: int | None = None
    """Number of rows, where it is a table."""

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)
