"""Control characters as visible signs: a text of the study must not steer the terminal."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from qualcode.review.transcript_view.text_cells import make_visible_text


class ControlCharacterFilter(LineFilter):
    """Replaces control characters in whatever is drawn: names, memos, reasons, messages, file names."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments of a line without control characters."""
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [
            segment
            if segment.control or segment.text.isprintable()
            else Segment(make_visible_text(segment.text), segment.style)
            for segment in segments
        ]
