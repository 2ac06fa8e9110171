"""A transcript as text to read: numbered turns, wrapped, with its codes in the right margin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from unicodedata import combining, east_asian_width

from qualcode.cli.terminal.terminal_colours import terminal_colour
from qualcode.cli.terminal.terminal_streams import make_visible, style
from qualcode.errors import format_count
from qualcode.listings.reading.coded_transcript import CodedSpan, CodedTranscript, CodedTurn
from qualcode.model import Turn, family_of, format_seconds

_MIN_MARGIN, _MAX_MARGIN = 16, 36

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths of the parts of a line, in columns of the terminal."""

    gutter: int
    text: int
    margin: int
    has_colour: bool
    for_terminal: bool
    family_colours: dict[str, int]
    with_coders: bool

    def colour_of(self, code: str) -> int | None:
        return self.family_colours.get(family_of(code))

    def show(self, text: str) -> str:
        return make_visible(text) if self.for_terminal else text

    def style(self, text: str, **styles: int | bool | None) -> str:
        return style(text, **styles) if self.has_colour and text else text


@dataclass(frozen=True, slots=True)
class _Place:
    """A coded span of a turn with all its codes; its number stands beside its closing bracket."""

    start: int
    end: int
    spans: tuple[CodedSpan, ...]
    number: str


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character to print, with its offset in the text of the turn and its coded place."""

    character: str
    offset: int
    place: _Place | None = None


def format_transcript(
    coded: CodedTranscript, *, width: int, has_colour: bool = False, for_terminal: bool = False
) -> str:
    """Return a transcript as lines of at most ``width`` columns; a word or an id that is longer is broken, not cut.

    Coded words are underlined in the colour of the family, without colour in square brackets. Their codes are in the
    margin beside the line in which they begin. For a terminal control characters are visible.
    """
    layout = _make_layout(coded, width, has_colour=has_colour, for_terminal=for_terminal)
    lines = [*_head_lines(coded, layout), ""]
    for turn in coded.turns:
        lines += [*_turn_lines(turn, layout), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


def _make_layout(coded: CodedTranscript, width: int, *, has_colour: bool, for_terminal: bool) -> _Layout:
    gutter = max((len(str(turn.turn.index)) for turn in coded.turns), default=1) + 2
    colours = {family.id: terminal_colour(family.colour) for family in coded.codebook.families if family.colour}
    with_coders = len(coded.coders) > 1
    labels = [_label(span, with_coders) for turn in coded.turns for span in turn.spans()]
    # Room for the number of a place.
    longest = max(map(_cell_width, map(make_visible, labels)), default=0) + 2
    margin = min(longest, max(_MIN_MARGIN, min(_MAX_MARGIN, width // 3))) if labels else 0
    text = max(20, width - gutter - (margin + 4 if margin else 0))
    return _Layout(gutter, text, margin, has_colour, for_terminal, colours, with_coders)


def _label(span: CodedSpan, with_coders: bool) -> str:
    return f"{span.code} {', '.join(span.coders)}" if with_coders else span.code


def _head_lines(coded: CodedTranscript, layout: _Layout) -> Iterator[str]:
    codings = len({coding.id for turn in coded.turns for coding in turn.codings})
    coders = f" by {', '.join(coded.coders)}" if coded.coders else ""
    turns = format_count(len(coded.transcript.turns), "turn")
    shown = turns if coded.is_whole else f"{len(coded.turns):,} of {turns}"
    yield f"{layout.style(coded.id, bold=True)}  {shown}, {format_count(codings, 'coding')}{coders}"
    yield layout.style(coded.transcript.path, dim=True)
    if coded.is_whole and coded.transcript.header.strip():
        yield ""
        for line in coded.transcript.header.strip().splitlines():
            parts = wrap(layout.show(line), layout.gutter + layout.text)
            yield from (layout.style(part, dim=True) for part in parts or [""])


def _turn_lines(coded: CodedTurn, layout: _Layout) -> Iterator[str]:
    turn = coded.turn
    yield layout.style(str(turn.index).rjust(layout.gutter - 2), bold=True) + "  " + _speaker_line(turn, layout)
    places = _find_places(coded.spans())
    pending: list[str] = []
    letters = _mark_letters(coded.text, places, layout)
    before = -1
    for line in _fill_lines(coded.text, letters, layout.text):
        last = line[-1].offset if line else before
        pending += [text for place in places if before < place.start <= last for text in _margin_lines(place, layout)]
        is_coded = any(place.start <= last and line[0].offset < place.end for place in places) if line else False
        yield _join_line(line, pending.pop(0) if pending else "", layout, is_coded=is_coded)
        before = last
    for text in pending:
        yield _join_line((), text, layout, is_coded=False)


def _speaker_line(turn: Turn, layout: _Layout) -> str:
    role = "" if turn.role == turn.speaker.casefold() else turn.role
    speaker = layout.style(turn.speaker or "(no name)", bold=turn.role == "participant")
    time = "" if turn.time is None else format_seconds(turn.time)
    return "  ".join(filter(None, (speaker, layout.style(role, dim=True), layout.style(time, dim=True))))


def _find_places(spans: Sequence[CodedSpan]) -> list[_Place]:
    """Return the coded places of a turn in the order of their starts, numbered where there are several."""
    groups = [(key, tuple(same)) for key, same in groupby(spans, key=lambda span: (span.start, span.end))]
    return [
        _Place(start, end, same, str(number) if len(groups) > 1 else "")
        for number, ((start, end), same) in enumerate(groups, 1)
    ]


def _mark_letters(text: str, places: Sequence[_Place], layout: _Layout) -> list[_Letter]:
    letters = []
    for offset, character in enumerate(text):
        # The place that began last is drawn where several overlap.
        place = next((each for each in reversed(places) if each.start <= offset < each.end), None)
        opened = "[" * sum(each.start == offset for each in places)
        # The innermost place is closed first.
        closed = "".join(f"]{each.number}" for each in reversed(places) if each.end == offset + 1)
        # White space becomes a blank below.
        shown = character if character.isspace() else layout.show(character)
        marked = shown if layout.has_colour else opened + shown + closed
        letters += [_Letter(each, offset, place) for each in marked]
    return letters


def _fill_lines(text: str, letters: Sequence[_Letter], width: int) -> Iterator[list[_Letter]]:
    """Yield the lines of a text; a blank line of the source stays one, other line breaks become blanks."""
    line: list[_Letter] = []
    used = 0
    is_paragraph_end = False
    for is_space, group in groupby(letters, key=lambda letter: letter.character.isspace()):
        run = list(group)
        if is_space:
            is_paragraph_end = sum(letter.character == "\n" for letter in run) > 1
            continue
        size = _cell_width(letter.character for letter in run)
        if line and is_paragraph_end:
            yield line
            yield []
            line, used = [], 0
        elif line and used + 1 + size > width:
            yield line
            line, used = [], 0
        if line:
            offset = run[0].offset - 1
            place = line[-1].place if line[-1].place is run[0].place else None
            line.append(_Letter(" ", offset, place))
            used += 1
        for piece in _break_word(run, width) if size > width else [run]:
            if used + (piece_size := _cell_width(letter.character for letter in piece)) > width and line:
                yield line
                line, used = [], 0
            line += piece
            used += piece_size
    if line:
        yield line


def _break_word(word: Sequence[_Letter], width: int) -> Iterator[list[_Letter]]:
    piece: list[_Letter] = []
    for letter in word:
        if piece and _cell_width(each.character for each in [*piece, letter]) > width:
            yield piece
            piece = []
        piece.append(letter)
    yield piece


def _cell_width(text: Iterable[str]) -> int:
    """Return how many columns of a terminal a text takes: two for wide characters, none for accents."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _margin_lines(place: _Place, layout: _Layout) -> Iterator[str]:
    """Yield the lines of the margin for a place: each code, and its coders beside it or below."""
    for span in place.spans:
        before = "… " if span.is_continued else ""
        number = f"{place.number} " if place.number and not layout.has_colour else ""
        parts = [f"{before}{number}{span.code}", ", ".join(span.coders) if layout.with_coders else ""]
        label = " ".join(filter(None, parts))
        for part in [label] if _cell_width(label) <= layout.margin else parts:
            indent = "  " if part is parts[1] else ""
            for line in wrap(layout.show(part), layout.margin, initial_indent=indent, subsequent_indent="  "):
                yield layout.style(line, fg=layout.colour_of(span.code))


def _join_line(letters: Sequence[_Letter], margin: str, layout: _Layout, *, is_coded: bool) -> str:
    text = "".join(_style_run(run, layout) for run in _same_place_runs(letters))
    if not layout.margin:
        return " " * layout.gutter + text
    fill = " " * max(0, layout.text - _cell_width(letter.character for letter in letters))
    bar = layout.style("|", dim=True) if is_coded or margin else " "
    return f"{' ' * layout.gutter}{text}{fill}  {bar} {margin}"


def _same_place_runs(letters: Sequence[_Letter]) -> Iterator[list[_Letter]]:
    for _, run in groupby(letters, key=lambda letter: letter.place):
        yield list(run)


def _style_run(run: Sequence[_Letter], layout: _Layout) -> str:
    text = "".join(letter.character for letter in run)
    if (place := run[0].place) is None:
        return text
    return layout.style(text, fg=layout.colour_of(place.spans[0].code), underline=True)
