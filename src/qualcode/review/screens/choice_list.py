"""Lists to choose from by typing a few letters: codes, transcripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

_LIST_KEYS = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+k": -1, "pagedown": 8, "pageup": -8}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: its id, the line that shows it, and a text about it."""

    id: str
    line: str
    text: str = ""
    colour: str = ""


class ChoiceList(ModalScreen[list[str] | None]):
    """A list that is narrowed by typing; Enter chooses the lines marked by Tab, or else the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("tab", "mark", "Mark", priority=True),
    ]

    def __init__(
        self, title: str, search: Callable[[str], Sequence[Choice]], *, has_marks: bool = False, start: str = ""
    ) -> None:
        super().__init__()
        self._title, self._search, self._has_marks, self._start = title, search, has_marks, start
        self._shown: Sequence[Choice] = ()
        self._marked: dict[str, None] = {}

    def compose(self) -> ComposeResult:
        """Show the line to type in, the list, and the text about the highlighted line."""
        frame = Vertical(
            Input(placeholder="type a few letters", select_on_focus=False),
            OptionList(markup=False),
            Static(markup=False, id="about"),
            classes="frame list",
        )
        marks = "Tab: several   " if self._has_marks else ""
        frame.border_title, frame.border_subtitle = self._title, f"Enter: choose   {marks}Esc: back"
        yield frame

    def on_mount(self) -> None:
        """Fill the list; keys go to the line to type in."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._fill("")
        if self._start in (ids := [choice.id for choice in self._shown]):
            self.query_one(OptionList).highlighted = ids.index(self._start)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._fill(event.value)

    def _fill(self, typed: str) -> None:
        self._shown = self._search(typed)
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(Option(self._line(choice)) for choice in self._shown)
        choices.highlighted = 0 if self._shown else None
        if not self._shown:
            self.query_one("#about", Static).update("nothing fits: type other letters, or press Esc")

    def _line(self, choice: Choice) -> Text:
        sign = "* " if choice.id in self._marked else "  "
        return Text.assemble(sign, ("█ ", choice.colour) if choice.colour else "", choice.line, no_wrap=True)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the text about the highlighted line."""
        if event.option_index < len(self._shown):
            self.query_one("#about", Static).update(self._shown[event.option_index].text)

    def on_key(self, event: events.Key) -> None:
        """Move in the list while typing."""
        choices = self.query_one(OptionList)
        if (step := _LIST_KEYS.get(event.key)) and self._shown:
            event.stop()
            event.prevent_default()
            choices.highlighted = max(0, min((choices.highlighted or 0) + step, len(self._shown) - 1))

    def action_mark(self) -> None:
        """Mark the highlighted line, or take its mark back; the next letters are those of another one."""
        choices = self.query_one(OptionList)
        place = choices.highlighted
        if not self._has_marks or place is None or place >= len(self._shown):
            return
        choice = self._shown[place]
        if choice.id in self._marked:
            del self._marked[choice.id]
        else:
            self._marked[choice.id] = None
        choices.replace_option_prompt_at_index(place, self._line(choice))
        self.query_one(Input).action_select_all()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose what is marked, or else the highlighted line."""
        event.stop()
        self._choose(self.query_one(OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose a line by a click."""
        event.stop()
        self._choose(event.option_index)

    def _choose(self, place: int | None) -> None:
        chosen = list(self._marked)
        if not chosen and place is not None and place < len(self._shown):
            chosen = [self._shown[place].id]
        if chosen:
            self.dismiss(chosen)
