"""A line to type: words to search, a filter, a memo, a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from qualcode.errors import QualcodeError


class _LineInput(Input):
    """A line to type, into which several lines that are pasted go as one."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(" ".join(event.text.splitlines()), *self.selection)


class TextPrompt(ModalScreen[str | None]):
    """Asks for a line of text; Enter gives it, Escape gives None.

    ``check`` raises an error on text that is not accepted: it is shown, and the text can be corrected.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(
        self, title: str, *, hint: str = "", value: str = "", check: Callable[[str], object] = lambda text: text
    ) -> None:
        super().__init__()
        self._title, self._hint, self._value, self._check = title, hint, value, check

    def again(self, value: str, hint: str) -> TextPrompt:
        """Return the same question, with a text that was typed and why it was refused."""
        return TextPrompt(self._title, hint=hint, value=value, check=self._check)

    def compose(self) -> ComposeResult:
        """Show the line with its title and a hint."""
        frame = Vertical(
            _LineInput(self._value, select_on_focus=False),
            Static(self._hint, markup=False, id="hint"),
            classes="frame low",
        )
        frame.border_title, frame.border_subtitle = self._title, "Enter: done   Esc: back"
        yield frame

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the text if it is accepted."""
        event.stop()
        try:
            self._check(event.value)
        except QualcodeError as error:
            self.query_one("#hint", Static).update(str(error))
        else:
            self.dismiss(event.value)
