"""A transcript as lines of a screen, and where each character is on them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qualcode.model import Transcript, Turn
from qualcode.review.transcript_view.text_cells import (
    Cluster,
    find_clusters,
    has_single_cells,
    make_visible_text,
    split_word,
)

LineKind = Literal["text", "heading", "header", "blank"]

_WORD = re.compile("[^ ]+")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen: ``text[start:end]`` of a turn, or no text of a turn at all (then both are its place)."""

    kind: LineKind
    turn: int
    """Its place in the turns of the transcript."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The lines of a transcript at one width."""

    width: int
    visible: str
    """The transcript's text as it is drawn, of the same length."""
    lines: tuple[Line, ...]
    header: tuple[tuple[int, int], ...]
    """Starts and ends of the lines of the header, which is before the first turn."""
    starts: tuple[int, ...]
    """Where each line of text starts ..."""
    rows: tuple[int, ...]
    """... and which of all lines it is."""

    def find_row(self, offset: int) -> int:
        """Return the line that shows a character; of text outside turns, the line of the text that follows."""
        place = max(0, bisect_right(self.starts, offset) - 1)
        if not self.rows:
            return 0
        row = self.rows[place]
        return row if offset <= self.lines[row].end or place + 1 == len(self.rows) else self.rows[place + 1]

    def locate(self, offset: int) -> tuple[int, int]:
        """Return the line and the column in cells where a character begins."""
        row = self.find_row(offset)
        line = self.lines[row] if self.lines else Line("blank", 0, 0, 0)
        inside = min(max(offset, line.start), line.end) - line.start
        text = self.visible[line.start : line.end]
        if has_single_cells(text):
            return row, inside
        return row, sum(cells for _, end, cells in find_clusters(text) if end <= inside)

    def find_offset(self, row: int, column: int) -> int:
        """Return the character at a column of a line: the first or last of the line, if the column is outside."""
        line = self.lines[min(max(row, 0), len(self.lines) - 1)] if self.lines else Line("blank", 0, 0, 0)
        if line.start == line.end:
            return line.start
        return line.start + _find_cluster(self.clusters_of(line), column)

    def clusters_of(self, line: Line) -> list[Cluster]:
        """Return the clusters of a line's text; their places are counted from the start of the line."""
        return find_clusters(self.visible[line.start : line.end])


def _find_cluster(clusters: list[Cluster], column: int) -> int:
    used = 0
    for start, _, cells in clusters:
        used += cells
        if column < used:
            return start
    return clusters[-1][0]


def build_text_layout(transcript: Transcript, width: int) -> TextLayout:
    """Return a transcript as lines of at most ``width`` cells; single characters that are wider stay whole."""
    visible = make_visible_text(transcript.text)
    header = tuple(_header_lines(transcript, visible, width))
    has_headings = any(turn.speaker or turn.time is not None for turn in transcript.turns)
    lines = [Line("header", -1, 0, 0) for _ in header]
    for place, turn in enumerate(transcript.turns):
        if lines:
            lines.append(Line("blank", place - 1, lines[-1].end, lines[-1].end))
        if has_headings:
            lines.append(Line("heading", place, turn.start, turn.start))
        lines += _turn_lines(place, turn, transcript.text, visible, width)
    rows = tuple(row for row, line in enumerate(lines) if line.kind == "text")
    return TextLayout(width, visible, tuple(lines), header, tuple(lines[row].start for row in rows), rows)


def _header_lines(transcript: Transcript, visible: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of the text before the first turn that the reader took as the header."""
    if not (header := transcript.header.strip()) or (start := transcript.text.find(header)) < 0:
        return
    for line in re.finditer(r"[^\n]+", header):
        yield from _fill_lines(visible, start + line.start(), start + line.end(), width)


def _turn_lines(place: int, turn: Turn, text: str, visible: str, width: int) -> Iterator[Line]:
    """Yield the lines of a turn; a blank line of the source stays one, other line breaks become blanks."""
    start = turn.start
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text, turn.start, turn.end)]
    for end in dict.fromkeys([*ends, turn.end]):
        if start > turn.start:
            yield Line("blank", place, start, start)
        for first, last in _fill_lines(visible, start, end, width):
            yield Line("text", place, first, last)
        start = end


def _fill_lines(visible: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line of ``visible[start:end]``, whose last blanks may be outside the width."""
    line_start, last_end, column = start, start, 0
    for first, last, cells in _find_pieces(visible, start, end, width):
        gap = first - last_end
        if column + gap + cells > width and first > line_start:
            yield line_start, first
            line_start, column, gap = first, 0, 0
        column += gap + cells
        last_end = last
    if line_start < end:
        yield line_start, end


def _find_pieces(visible: str, start: int, end: int, width: int) -> Iterator[Cluster]:
    """Yield what no line may break, with its width in cells: words, or parts of those that are too wide."""
    is_simple = has_single_cells(visible, start, end)
    for match in _WORD.finditer(visible, start, end):
        first, last = match.span()
        if last - first <= width and (is_simple or has_single_cells(visible, first, last)):
            yield first, last, last - first
        else:
            for piece_start, piece_end, cells in split_word(match[0], width):
                yield first + piece_start, first + piece_end, cells
