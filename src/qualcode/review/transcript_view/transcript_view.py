"""The widget that shows a transcript: turns, wrapped, with bars and labels of its marks beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qualcode.model import Transcript
from qualcode.review.transcript_view.drawn_lines import TEXT_LEFT, DrawnLine, Highlights, Span, ViewContent, draw_line
from qualcode.review.transcript_view.mark_labels import Label, arrange_labels, label_width
from qualcode.review.transcript_view.mark_rows import MarkRows, place_marks
from qualcode.review.transcript_view.marks import Mark
from qualcode.review.transcript_view.text_layout import build_text_layout
from qualcode.review.transcript_view.view_styles import STYLE_CLASSES, VIEW_CSS, ViewStyles, read_view_styles
from qualcode.review.transcript_view.whole_words import find_word, grow_to_words

_EMPTY = Transcript("", "", "", "", ())
_MARGIN = 3
"""Lines that stay visible above and below the current unit."""
_LABELLED_ROWS = 100
"""Lines of a long turn whose labels are arranged at once; below them marks that continue have a label again."""
_WIDEST_TEXT = 100
"""Longer lines are hard to read."""


class TranscriptView(ScrollView, can_focus=True):
    """A transcript with marks. It draws only the lines on the screen, and keeps them until they change."""

    ALLOW_SELECT = False  # words are selected by the widget's own rules
    COMPONENT_CLASSES: ClassVar[set[str]] = STYLE_CLASSES
    DEFAULT_CSS = VIEW_CSS

    cursor: reactive[Span] = reactive((0, 0), repaint=False, init=False)
    """The current unit."""
    selection: reactive[Span | None] = reactive(None, repaint=False, init=False)
    """The selected words."""
    current_mark: reactive[str] = reactive("", repaint=False, init=False)
    """The id of the mark whose words are emphasised and whose label is first."""
    are_marks_shown: reactive[bool] = reactive(True, repaint=False, init=False)

    @dataclass
    class Clicked(Message):
        """A click in the text, at this character."""

        offset: int

    @dataclass
    class Selected(Message):
        """Whole words that were selected with the mouse."""

        start: int
        end: int

    @dataclass
    class MarkClicked(Message):
        """A click on the bar or label of a mark."""

        mark_id: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._transcript = _EMPTY
        self._layout = build_text_layout(_EMPTY, 0)
        self._marks: tuple[Mark, ...] = ()
        self._mark_rows = MarkRows()
        self._matches: tuple[Span, ...] = ()
        self._styles: ViewStyles | None = None
        self._lines: dict[int, DrawnLine] = {}
        self._labels: dict[int, dict[int, list[Label]]] = {}
        self._shown_height = 0
        self._drag_start: int | None = None
        self._is_dragged = False

    def show_transcript(self, transcript: Transcript) -> None:
        """Show another text from its start, without marks, cursor, selection and matches."""
        self._transcript, self._marks, self._matches = transcript, (), ()
        self.set_reactive(TranscriptView.cursor, (0, 0))
        self.set_reactive(TranscriptView.selection, None)
        self.set_reactive(TranscriptView.current_mark, "")
        self._wrap_text()
        self.scroll_to(y=0, animate=False, force=True)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Replace all marks."""
        self._marks = tuple(marks)
        self._mark_rows = place_marks(self._marks, self._layout)
        self._redraw()

    def set_matches(self, spans: Sequence[Span]) -> None:
        """Replace the matches of a search."""
        self._matches = tuple(sorted(spans))
        self._redraw()

    def span_on_screen(self) -> Span:
        """Return the start and end of the text that is visible now."""
        first = self.scroll_offset.y
        lines = self._layout.lines[first : first + self.scrollable_content_region.height]
        texts = [line for line in lines if line.kind == "text"]
        return (texts[0].start, texts[-1].end) if texts else (0, 0)

    def is_overlong(self, span: Span) -> bool:
        """Return whether a span has more lines than the screen."""
        return len(self._rows_of_span(*span)) > self.scrollable_content_region.height > 0

    def scroll_inside_cursor(self, step: int) -> bool:
        """Scroll half a screen towards the end (1) or start (-1) of a unit longer than it, unless that is on it."""
        rows, height, top = (
            self._rows_of_span(*self.cursor),
            self.scrollable_content_region.height,
            self.scroll_offset.y,
        )
        wanted = top + step * max(1, height // 2)
        distance = min(max(wanted, rows.start), rows.stop - height) - top
        if not self.is_overlong(self.cursor) or distance * step <= 0:
            return False
        self.scroll_to(y=top + distance, animate=False, force=True)
        return True

    def scroll_to_cursor_end(self) -> None:
        """Scroll to the end of a unit that is longer than the screen."""
        if self.is_overlong(self.cursor):
            end = self._rows_of_span(*self.cursor).stop
            self.scroll_to(y=end - self.scrollable_content_region.height, animate=False, force=True)

    # Changes

    def watch_cursor(self, old: Span, new: Span) -> None:
        """Draw the lines of the former and the new unit, and scroll to the new one."""
        self._redraw_spans([old, new])
        self._scroll_to_span(new)

    def watch_selection(self, old: Span | None, new: Span | None) -> None:
        """Draw the lines of the former and the new selection."""
        self._redraw_spans([span for span in (old, new) if span])

    def watch_current_mark(self, old: str, new: str) -> None:
        """Draw the turns of the former and the new mark, since labels change their order."""
        for name in (old, new):
            if placed := self._mark_rows.placed.get(name):
                self._labels.clear()
                self._redraw_rows(self._rows_of_turns(self._turns_of_rows(placed.first_row, placed.last_row)))

    def watch_are_marks_shown(self) -> None:
        """Draw all lines with or without marks."""
        self._redraw()

    def notify_style_update(self) -> None:
        """Read the styles again when the theme has changed."""
        super().notify_style_update()
        self._styles = None
        self._lines.clear()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        # Not on_resize: a widget in a container that was hidden may get its size without that event (Textual 8.2).
        is_changed = super()._size_updated(size, virtual_size, container_size, layout)
        if is_changed:
            self.call_later(self._fit_size)
        return is_changed

    def _fit_size(self) -> None:
        """Wrap the text for the new width; the cursor, or the text that was on top, stays on the screen."""
        layout, top = self._layout, self.scroll_offset.y
        row = layout.find_row(self.cursor[0])
        # A widget that was hidden until now has no lines.
        follows_cursor = self.cursor[0] < self.cursor[1] and (not layout.rows or top <= row < top + self._shown_height)
        if self._text_width() != layout.width:
            offset = self.cursor[0] if follows_cursor else layout.find_offset(top, 0)
            self._wrap_text()
            above = row - top if follows_cursor else 0
            self.scroll_to(y=self._layout.find_row(offset) - above, animate=False, force=True)
        self._shown_height = self.scrollable_content_region.height
        if follows_cursor:
            self._scroll_to_span(self.cursor)

    def _text_width(self) -> int:
        width = self.scrollable_content_region.width
        return max(1, min(_WIDEST_TEXT, width - TEXT_LEFT - 2 - label_width(width))) if width else 0

    def _wrap_text(self) -> None:
        """Make the lines anew; a widget that is hidden has no width and waits until it has one."""
        width = self._text_width()
        self._layout = build_text_layout(self._transcript if width else _EMPTY, width)
        self._mark_rows = place_marks(self._marks, self._layout)
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._layout.lines))
        self._redraw()

    def _redraw(self) -> None:
        self._lines.clear()
        self._labels.clear()
        self.refresh()

    def _redraw_rows(self, rows: range) -> None:
        for row in rows:
            self._lines.pop(row, None)
        self.refresh_lines(rows.start, len(rows))

    def _redraw_spans(self, spans: Iterable[Span]) -> None:
        for start, end in spans:
            self._redraw_rows(self._rows_of_span(start, end))

    def _rows_of_span(self, start: int, end: int) -> range:
        first = self._layout.find_row(start)
        return range(first, max(first, self._layout.find_row(end - 1)) + 1)

    def _turns_of_rows(self, first: int, last: int) -> range:
        return range(self._layout.lines[first].turn, self._layout.lines[last].turn + 1)

    def _rows_of_turns(self, turns: range) -> range:
        """Return the lines of text of turns; empty ones have none."""
        first, last = self._transcript.turns[turns.start], self._transcript.turns[turns.stop - 1]
        return self._rows_of_span(first.start, last.end)

    def _scroll_to_span(self, span: Span) -> None:
        """Scroll as little as needed to show a span with some lines around it; of one that is too long, its start."""
        height = self.scrollable_content_region.height
        if not height or span[0] >= span[1]:
            return
        rows = self._rows_of_span(*span)
        margin = max(0, min(_MARGIN, (height - len(rows)) // 2))
        lowest, highest = rows.stop + margin - height, rows.start - margin
        top = self.scroll_offset.y
        self.scroll_to(y=min(max(top, lowest), highest), animate=False, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        row = self.scroll_offset.y + y
        if row >= len(self._layout.lines):
            return Strip.blank(self.scrollable_content_region.width, self.rich_style)
        return self._draw_row(row).strip

    def _draw_row(self, row: int) -> DrawnLine:
        if row not in self._lines:
            marks = self._mark_rows.find_marks(row, row) if self.are_marks_shown else []
            labels = self._labels_of(row) if marks else []
            self._lines[row] = draw_line(self._content(), row, marks, labels)
        return self._lines[row]

    def _content(self) -> ViewContent:
        if self._styles is None:
            self._styles = read_view_styles(self)
        highlights = Highlights(self.cursor, self.selection, self.current_mark, self._matches)
        width = self.scrollable_content_region.width
        return ViewContent(self._transcript, self._layout, self._styles, highlights, width)

    def _labels_of(self, row: int) -> list[Label]:
        """Return the labels beside a line; those of a turn, or of a part of a long one, are arranged at once."""
        line = self._layout.lines[row]
        if line.kind != "text" or not (width := label_width(self.scrollable_content_region.width)):
            return []
        turn = self._rows_of_turns(range(line.turn, line.turn + 1))
        first = row - (row - turn.start) % _LABELLED_ROWS
        if first not in self._labels:
            rows = range(first, min(first + _LABELLED_ROWS, turn.stop))
            marks = self._mark_rows.find_marks(rows.start, rows.stop - 1)
            self._labels[first] = arrange_labels(marks, rows, width=width, current=self.current_mark)
        return self._labels[first].get(row, [])

    # Mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select words."""
        self._is_dragged = False
        self._drag_start = self._offset_at(event) if event.button == 1 and not self._mark_at(event) else None
        if self._drag_start is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select the words between the button's press and the mouse; beyond the edge the text scrolls."""
        if self._drag_start is None:
            return
        if event.y < 0 or event.y >= self.size.height:
            self.scroll_relative(y=1 if event.y > 0 else -1, animate=False)
        self._is_dragged = self._is_dragged or self._offset_at(event) != self._drag_start
        if self._is_dragged:
            self.selection = self._words_until(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report the words that were selected."""
        self.release_mouse()
        if self._is_dragged:
            self._select(self._words_until(event))
        self._drag_start = None

    def on_click(self, event: events.Click) -> None:
        """Report a click on a mark or in the text; a double click selects a word."""
        if self._is_dragged or not self._layout.rows:
            return
        if mark_id := self._mark_at(event):
            self.post_message(self.MarkClicked(mark_id))
        elif event.chain == 2:
            self._select(find_word(self._transcript.text, self._offset_at(event)))
        else:
            self.post_message(self.Clicked(self._offset_at(event)))

    def _select(self, span: Span) -> None:
        """Select words and report them; blanks alone are no words."""
        has_words = bool(self._transcript.text[slice(*span)].strip())
        self.selection = span if has_words else None
        if has_words:
            self.post_message(self.Selected(*span))

    def _words_until(self, event: events.MouseEvent) -> Span:
        """Return the words from the button's press to the mouse."""
        here = self._offset_at(event)
        first, last = sorted((here if self._drag_start is None else self._drag_start, here))
        return grow_to_words(self._transcript.text, first, last + 1)

    def _offset_at(self, event: events.MouseEvent) -> int:
        """Return the character at the mouse, or the nearest one of the line."""
        return self._layout.find_offset(self.scroll_offset.y + event.y, event.x - TEXT_LEFT)

    def _mark_at(self, event: events.MouseEvent) -> str:
        row = self.scroll_offset.y + event.y
        if not 0 <= row < len(self._layout.lines):
            return ""
        hits = self._draw_row(row).hits
        return next((mark_id for start, end, mark_id in hits if start <= event.x < end), "")
