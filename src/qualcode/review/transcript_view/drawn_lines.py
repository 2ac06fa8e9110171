"""One line of a transcript as it is drawn: sign of the cursor, bars, text, labels."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from qualcode.model import Transcript, format_seconds
from qualcode.review.transcript_view.mark_labels import LABEL_GAP, Label
from qualcode.review.transcript_view.mark_rows import LANES, NO_LANE, PlacedMark
from qualcode.review.transcript_view.text_cells import has_single_cells, make_visible_text, shorten_text
from qualcode.review.transcript_view.text_layout import Line, TextLayout
from qualcode.review.transcript_view.view_styles import ViewStyles

TEXT_LEFT = 2 + LANES
"""Columns before the text: the sign of the cursor, the bars, a blank."""
_CURSOR_SIGN = "►"
_BARS = {"coding": "▌", "suggestion": "│", "unsaved": "!"}
_FIRST_BARS = {**_BARS, "coding": "▄", "suggestion": "┌"}
"""On the first line of a mark below another one, where the bars would look like one."""
_MORE = "+"
_PLAIN, _BOLD = Style.null(), Style(bold=True)

Span = tuple[int, int]
StyledSpan = tuple[int, int, Style]
Hit = tuple[int, int, str]
"""Columns from and before which a click is on the mark with this id."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line as segments for the screen, and what can be clicked on it."""

    strip: Strip
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Highlights:
    """What is emphasised: the current unit, the selected words, the current mark, the matches of a search."""

    cursor: Span = (0, 0)
    selection: Span | None = None
    current: str = ""
    matches: Sequence[Span] = ()
    """Sorted, and none in another."""


@dataclass(frozen=True, slots=True)
class ViewContent:
    """What lines are drawn from, apart from marks."""

    transcript: Transcript
    layout: TextLayout
    styles: ViewStyles
    highlights: Highlights
    width: int


def draw_line(view: ViewContent, row: int, marks: Sequence[PlacedMark], labels: Sequence[Label]) -> DrawnLine:
    """Return one line of the screen with the marks that are on it and the labels that are beside it."""
    base, layout = view.styles.base, view.layout
    bars, bar_hits = _draw_bars(view, row, marks)
    text = list(_draw_text(view, row, marks))
    fill = " " * (layout.width + 1 - sum(cell_len(segment.text) for segment in text))
    beside, label_hits = _draw_labels(view, labels)
    sign = _CURSOR_SIGN if _begins_here(view.highlights.cursor, layout.lines[row]) else " "
    segments = [Segment(sign, base + _BOLD), *bars, Segment(" ", base), *text, Segment(fill, base), *beside]
    return DrawnLine(Strip(segments).adjust_cell_length(view.width, base), (*bar_hits, *label_hits))


def _begins_here(cursor: Span, line: Line) -> bool:
    return line.kind == "text" and cursor[0] < cursor[1] and line.start <= cursor[0] < line.end


def _draw_bars(view: ViewContent, row: int, marks: Sequence[PlacedMark]) -> tuple[list[Segment], list[Hit]]:
    """Return the cells of the lanes; where marks have no lane, the last one shows a sign for more."""
    styles = view.styles
    lanes = {one.lane: one for one in marks if one.lane != NO_LANE}
    others = [one for one in marks if one.lane == NO_LANE]
    segments: list[Segment] = []
    hits: list[Hit] = []
    for lane in range(LANES):
        is_more = bool(others) and lane == LANES - 1
        one = others[0] if is_more else lanes.get(lane)
        if one is None:
            segments.append(Segment(" ", styles.base))
            continue
        style = styles.named["label"] if is_more else styles.colours_of(one.mark.colour).bar
        emphasis = _BOLD if one.mark.id == view.highlights.current else _PLAIN
        sign = _MORE if is_more else _bar_sign(one, row)
        segments.append(Segment(sign, styles.base + style + emphasis))
        hits.append((1 + lane, 2 + lane, one.mark.id))
    return segments, hits


def _bar_sign(one: PlacedMark, row: int) -> str:
    signs = _FIRST_BARS if one.is_below_other and row == one.first_row else _BARS
    return signs[one.mark.kind]


def _draw_labels(view: ViewContent, labels: Iterable[Label]) -> tuple[list[Segment], list[Hit]]:
    styles, column = view.styles, TEXT_LEFT + view.layout.width + 1
    segments: list[Segment] = []
    hits: list[Hit] = []
    for label in labels:
        if segments:
            segments.append(Segment(LABEL_GAP, styles.base))
            column += len(LABEL_GAP)
        mark, size = label.mark, cell_len(label.text)
        style = styles.named["label"] if mark is None else styles.colours_of(mark.colour).label
        is_current = mark is not None and mark.id == view.highlights.current
        segments.append(Segment(label.text, styles.base + style + (_BOLD if is_current else _PLAIN)))
        if mark is not None:
            hits.append((column, column + size, mark.id))
        column += size
    return segments, hits


def _draw_text(view: ViewContent, row: int, marks: Sequence[PlacedMark]) -> Iterator[Segment]:
    """Yield the segments of a line's own text."""
    layout, styles = view.layout, view.styles
    line = layout.lines[row]
    if line.kind == "heading":
        yield from _draw_heading(view.transcript, line, layout.width, styles)
    elif line.kind == "header":
        start, end = layout.header[row]
        yield Segment(layout.visible[start:end].rstrip(), styles.base + styles.named["header"])
    elif line.kind == "text":
        is_interviewer = view.transcript.turns[line.turn].role == "interviewer"
        plain = styles.base + styles.named["interviewer"] if is_interviewer else styles.base
        end = line.start + len(layout.visible[line.start : line.end].rstrip(" "))
        spans = _clip_spans(_emphasised_spans(view, line, marks), line.start, end)
        for first, last in _split_at(spans, layout, line, end):
            covering = (style for start, stop, style in spans if start <= first < stop)
            yield Segment(layout.visible[first:last], sum(covering, plain))


def _draw_heading(transcript: Transcript, line: Line, width: int, styles: ViewStyles) -> Iterator[Segment]:
    """Yield the speaker, the role of interviewers and the time, as far as a turn has them."""
    turn = transcript.turns[line.turn]
    is_interviewer = turn.role == "interviewer"
    role = turn.role if is_interviewer and turn.speaker and turn.speaker.casefold() != turn.role else ""
    time = "" if turn.time is None else format_seconds(turn.time)
    after = "".join(f"  {part}" for part in (role, time) if part)
    has_speakers = any(other.speaker for other in transcript.turns)
    unknown = turn.role if is_interviewer else "(no name)" if has_speakers else ""
    shown = shorten_text(make_visible_text(turn.speaker) or unknown, max(1, width - len(after)))
    yield Segment(shown, styles.base + styles.named["speaker"])
    rest = after if shown else time
    yield Segment(shorten_text(rest, max(0, width - cell_len(shown))), styles.base + styles.named["time"])


def _emphasised_spans(view: ViewContent, line: Line, marks: Sequence[PlacedMark]) -> Iterator[StyledSpan]:
    """Yield spans with what they add to the style of the text; later ones win."""
    highlights, styles = view.highlights, view.styles
    for one in marks:
        if one.mark.kind != "suggestion":
            yield one.mark.start, one.mark.end, styles.colours_of(one.mark.colour).tint
    yield *highlights.cursor, styles.named["cursor"]
    first = max(0, bisect_left(highlights.matches, (line.start, 0)) - 1)
    for start, end in highlights.matches[first : bisect_left(highlights.matches, (line.end, 0))]:
        yield start, end, styles.named["match"]
    for one in marks:
        if one.mark.id == highlights.current:
            yield one.mark.start, one.mark.end, styles.named["current"]
    if highlights.selection:
        yield *highlights.selection, styles.named["selection"]


def _clip_spans(spans: Iterable[StyledSpan], start: int, end: int) -> list[StyledSpan]:
    return [
        (max(first, start), min(last, end), style) for first, last, style in spans if max(first, start) < min(last, end)
    ]


def _split_at(spans: Sequence[StyledSpan], layout: TextLayout, line: Line, end: int) -> Iterator[Span]:
    """Yield the pieces of a line that have one style each; characters that share cells stay together."""
    bounds = {line.start, end, *(bound for start, stop, _ in spans for bound in (start, stop))}
    if not has_single_cells(layout.visible, line.start, end):
        bounds &= {line.start + start for start, _, _ in layout.clusters_of(line)} | {end}
    ordered = sorted(bounds)
    yield from pairwise(ordered)
