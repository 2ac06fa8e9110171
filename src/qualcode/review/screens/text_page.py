"""A page of text over the transcript, and a question with a yes or no."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class TextPage(ModalScreen[None]):
    """A text to read, left with Escape, q or Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss", "Back"),
        Binding("j,down", "scroll(1)", "Down"),
        Binding("k,up", "scroll(-1)", "Up"),
    ]

    def __init__(self, title: str, text: Text | str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Show the text in a frame."""
        frame = VerticalScroll(Static(self._text, markup=False), classes="frame page")
        frame.border_title, frame.border_subtitle = self._title, "Esc: back"
        yield frame

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_click(self) -> None:
        """Leave at a click outside the frame."""
        if not any(widget.is_mouse_over for widget in self.query(".frame")):
            self.dismiss()


class Question(ModalScreen[bool]):
    """A question that y answers with yes, n or Escape with no, and Enter with yes unless something would be lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,q", "answer(False)", "No"),
        Binding("enter", "answer_usual", "Enter"),
    ]

    def __init__(self, title: str, text: str, *, yes: str = "yes", no: str = "no", loses: bool = False) -> None:
        super().__init__()
        self._title, self._text, self._answers, self._loses = title, text, (yes, no), loses

    def compose(self) -> ComposeResult:
        """Show the question and what to press."""
        yes, no = self._answers
        frame = VerticalScroll(
            Static(self._text, markup=False, classes="question"),
            Static(f"[ y  {yes} ]", id="yes", markup=False, classes="answer"),
            Static(f"[ n  {no} ]", id="no", markup=False, classes="answer"),
            classes="frame small",
        )
        frame.border_title = self._title
        yield frame

    def action_answer(self, answer: bool) -> None:
        """Give the answer."""
        self.dismiss(answer)

    def action_answer_usual(self) -> None:
        """Give the answer that loses nothing."""
        self.dismiss(not self._loses)

    def on_click(self) -> None:
        """Answer by a click."""
        for name, answer in (("yes", True), ("no", False)):
            if self.query_one(f"#{name}").is_mouse_over:
                self.dismiss(answer)
