"""The widget that draws a transcript: what is on the screen, and what keys and mouse change of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.pilot import Pilot

from builders import transcript_of
from qualcode.model import Transcript, Turn
from qualcode.model.colour_contrast import contrast
from qualcode.review.transcript_view.mark_colours import seen_colour
from qualcode.review.transcript_view.marks import Mark, MarkKind
from qualcode.review.transcript_view.transcript_view import TranscriptView
from screens import compare_screen, run_app, screen_text

TEXT = """\
I: What was hard at the beginning, and what is hard now?

P: Nobody can tell me what it earns. The budget is gone, and I wait for an answer every single week. They fear it.

I: And the others?

Q: 日本語の文章です。 Legal says [no] to \x1b[31mred\x1b[0m words. Cafe\u0301 and naïve.
"""

Span = tuple[int, int]


def interview() -> Transcript:
    made = transcript_of(TEXT)
    times = (0.0, 12.0, 3751.0, None)
    turns = [
        Turn(turn.index, turn.speaker, turn.role, turn.start, turn.end, time)
        for turn, time in zip(made.turns, times, strict=True)
    ]
    return Transcript("T", made.path, made.text, made.sha256, tuple(turns))


def long_interview(turns: int = 60) -> Transcript:
    return transcript_of("\n".join(f"{'IP'[number % 2]}: This is turn {number}." for number in range(turns)))


def span_of(transcript: Transcript, quote: str) -> Span:
    start = transcript.text.index(quote)
    return start, start + len(quote)


def mark_of(transcript: Transcript, quote: str, label: str, *, kind: MarkKind = "coding", **values: Any) -> Mark:
    start, end = span_of(transcript, quote)
    return Mark(label, start, end, f"work/{label}", label, values.pop("colour", "#D55E00"), kind, **values)


def interview_marks(transcript: Transcript) -> list[Mark]:
    sentence = "The budget is gone, and I wait for an answer every single week."
    return [
        mark_of(transcript, "Nobody can tell me what it earns.", "Return"),
        mark_of(transcript, sentence, "Money", colour="#0072B2"),
        mark_of(transcript, sentence, "Patience", kind="suggestion", score=0.834, colour="#009E73"),
        mark_of(transcript, "They fear it.", "Fear", kind="unsaved", note="not saved"),
        *(mark_of(transcript, "Legal says [no]", f"Rule {number}") for number in range(1, 6)),
    ]


class ViewApp(App[None]):
    """The widget alone, with all messages that it sent."""

    def __init__(self, transcript: Transcript | None = None, marks: Sequence[Mark] = ()) -> None:
        super().__init__()
        self.transcript = transcript or interview()
        self.marks = marks
        self.received: list[Message] = []

    def compose(self) -> ComposeResult:
        yield TranscriptView()

    def on_mount(self) -> None:
        self.view.show_transcript(self.transcript)
        self.view.set_marks(self.marks)

    @property
    def view(self) -> TranscriptView:
        return self.query_one(TranscriptView)

    def keep(self, message: Message) -> None:
        self.received.append(message)

    on_transcript_view_clicked = on_transcript_view_selected = on_transcript_view_mark_clicked = keep

    @property
    def rows(self) -> list[str]:
        return screen_text(self).splitlines()

    def row_of(self, text: str) -> int:
        return next(row for row, line in enumerate(self.rows) if text in line)

    def place_of(self, text: str) -> tuple[int, int]:
        """Return column and line of a text on the screen."""
        row = self.row_of(text)
        return self.rows[row].index(text), row

    def style_of(self, text: str, *, at: int = 0) -> Style:
        """Return the style of one character of a text on the screen."""
        column, row = self.place_of(text)
        segments = self.screen._compositor.render_strips()[row].crop(column + at, column + at + 1)
        return next(segment.style for segment in segments if segment.style is not None)


Check = Callable[[ViewApp, Pilot[Any]], Awaitable[None]]


def run_view(check: Check, app: ViewApp | None = None, *, size: tuple[int, int] = (80, 24)) -> None:
    run_app(app or ViewApp(), check, size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
def test_screen_has_text_bars_and_labels(size: tuple[int, int], is_screen_update: bool) -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "The budget is gone, and I wait for an answer every single week.")
        app.view.current_mark = "Patience"
        await pilot.pause()
        compare_screen(app, f"transcript_view_{size[0]}x{size[1]}", is_update=is_screen_update)

    transcript = interview()
    run_view(check, ViewApp(transcript, interview_marks(transcript)), size=size)


def test_marks_that_are_hidden_leave_the_lines_as_they_are() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        shown = app.rows
        app.view.are_marks_shown = False
        await pilot.pause()
        hidden = app.rows
        assert [line[5:40].rstrip() for line in shown] == [line[5:40].rstrip() for line in hidden]
        assert not any(sign in line for line in hidden for sign in ("▌", "│", "Money"))
        app.view.are_marks_shown = True
        await pilot.pause()
        assert app.rows == shown

    transcript = interview()
    run_view(check, ViewApp(transcript, interview_marks(transcript)))


def test_cursor_has_a_sign_and_is_bold_on_a_background() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        plain = app.style_of("Nobody")
        app.view.cursor = span_of(app.transcript, "Nobody can tell me what it earns.")
        await pilot.pause()
        assert app.rows[app.row_of("Nobody")].startswith("►")
        assert app.style_of("Nobody").bold
        assert app.style_of("Nobody").bgcolor != plain.bgcolor
        assert app.style_of("The budget") == plain
        app.view.cursor = span_of(app.transcript, "And the others?")
        await pilot.pause()
        assert app.style_of("Nobody") == plain
        assert "►" not in app.rows[app.row_of("Nobody")]

    run_view(check)


def test_selection_is_reverse_also_where_the_cursor_is() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "Nobody can tell me what it earns.")
        app.view.selection = span_of(app.transcript, "tell me")
        await pilot.pause()
        assert [bool(app.style_of(word).reverse) for word in ("can", "tell", "what")] == [False, True, False]
        app.view.selection = None
        await pilot.pause()
        assert not app.style_of("tell").reverse

    run_view(check)


def test_words_of_the_current_mark_are_underlined_and_its_label_is_bold() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        for current, other in (("Return", "Money"), ("Money", "Return")):
            app.view.current_mark = current
            await pilot.pause()
            assert (app.style_of(current).bold, app.style_of(other).bold) == (True, None)
        assert (app.style_of("The budget").underline, app.style_of("Nobody").underline) == (True, None)

    transcript = interview()
    run_view(check, ViewApp(transcript, interview_marks(transcript)))


def test_matches_of_a_search_are_underlined() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        # The line ends before "gone".
        app.view.set_matches([span_of(app.transcript, "fear"), span_of(app.transcript, "is gone")])
        await pilot.pause()
        assert [bool(app.style_of(word).underline) for word in ("budget", "gone", "fear")] == [False, True, True]
        app.view.set_matches([])
        await pilot.pause()
        assert not app.style_of("gone").underline

    run_view(check)


def test_text_with_markup_and_control_characters_is_drawn_as_it_is() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        assert "[no] to ␛[31mred␛[0m words." in " ".join(line[5:].strip() for line in app.rows)

    run_view(check)


def test_headings_have_what_is_known_of_a_turn() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        headings = [line.strip() for line in app.rows if line and "words" not in line]
        assert headings == ["Interviewer", "interviewer  0:00:01", "(no name)", "An  interviewer"]

    speakers = ("Interviewer", "", "", "An")
    turns = [
        Turn(place, speaker, "participant" if place == 2 else "interviewer", 6 * place, 6 * place + 5, time)
        for place, (speaker, time) in enumerate(zip(speakers, (None, 1.0, None, None), strict=True))
    ]
    run_view(check, ViewApp(Transcript("T", "T.txt", "words " * 4, "0", tuple(turns))))


def test_headings_without_any_speaker_are_times() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        assert [line.strip() for line in app.rows] == ["0:00:01", "words"]

    run_view(check, ViewApp(Transcript("T", "T.txt", "words", "0", (Turn(0, "", "participant", 0, 5, 1.0),))))


def test_cursor_is_scrolled_to_with_lines_around_it() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "This is turn 40.")
        await pilot.pause()
        assert app.row_of("This is turn 40.") == 20  # the last of 24 lines is 23
        app.view.cursor = span_of(app.transcript, "This is turn 20.")
        await pilot.pause()
        assert app.row_of("This is turn 20.") == 3

    run_view(check, ViewApp(long_interview()))


def test_unit_longer_than_the_screen_shows_its_start() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, app.transcript.text[app.transcript.turns[2].start :].strip())
        await pilot.pause()
        assert app.rows[0].startswith("►")

    text = "I: Why?\nP: Yes.\nP2: " + "a long story " * 200
    run_view(check, ViewApp(transcript_of(text)), size=(80, 10))


def test_resize_wraps_anew_and_keeps_the_cursor_on_the_screen() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "This is turn 40.")
        await pilot.pause()
        await pilot.resize_terminal(70, 24)
        await pilot.pause()
        assert app.row_of("This is turn 40.") == 20  # as before
        for size in ((40, 12), (25, 6), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert any(line.startswith("►") for line in app.rows)

    run_view(check, ViewApp(long_interview()))


def test_resize_without_a_cursor_keeps_the_text_that_was_on_top() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.scroll_to(y=61, animate=False)
        await pilot.pause()
        start, _ = app.view.span_on_screen()
        await pilot.resize_terminal(30, 30)
        await pilot.pause()
        assert app.view.span_on_screen()[0] == start

    run_view(check, ViewApp(long_interview()))


def test_span_on_screen_is_the_text_that_is_visible() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        turns = app.transcript.turns
        # Heading, text and a blank line each.
        assert app.view.span_on_screen() == (turns[0].start, turns[1].end)
        app.view.scroll_to(y=3, animate=False)
        assert app.view.span_on_screen() == (turns[1].start, turns[2].end)

    run_view(check, ViewApp(long_interview()), size=(80, 6))


def test_widget_that_is_hidden_first_shows_text_and_cursor_later() -> None:
    class HiddenApp(ViewApp):
        def compose(self) -> ComposeResult:
            with Container() as container:
                container.display = False
                yield TranscriptView()

    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "This is turn 40.")
        app.view.current_mark = "x"
        await pilot.pause()
        app.query_one(Container).display = True
        await pilot.pause()
        await pilot.pause()
        assert app.rows[app.row_of("This is turn 40.")].startswith("►▌")

    transcript = long_interview()
    run_view(check, HiddenApp(transcript, [mark_of(transcript, "This is turn 40.", "x")]))


def test_next_transcript_is_shown_from_its_start_without_the_marks_of_the_first() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = span_of(app.transcript, "This is turn 40.")
        app.view.selection = app.view.cursor
        app.view.current_mark = "x"
        app.view.set_matches([app.view.cursor])
        await pilot.pause()
        app.view.show_transcript(interview())
        await pilot.pause()
        assert app.row_of("What was hard") == 1
        assert (app.view.cursor, app.view.current_mark) == ((0, 0), "")
        assert repr(app.view.selection) == "None"
        assert not any("▌" in line or "►" in line for line in app.rows)

    transcript = long_interview()
    run_view(check, ViewApp(transcript, [mark_of(transcript, "This is turn 0.", "x")]))


def test_transcript_without_turns_is_an_empty_screen() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        app.view.cursor = (0, 5)
        app.view.current_mark = "x"
        app.view.selection = (0, 3)
        await pilot.click(TranscriptView, offset=(10, 3))
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert (screen_text(app).strip(), app.view.span_on_screen(), app.received) == ("", (0, 0), [])

    run_view(check, ViewApp(Transcript("T", "T.txt", "", "0", ()), [Mark("x", 0, 3, "f/x", "x", "#000000")]))


def test_click_reports_the_character() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        await pilot.click(offset=app.place_of("earns"))
        await pilot.pause()
        assert app.received == [TranscriptView.Clicked(app.transcript.text.index("earns"))]

    run_view(check)


def test_double_click_selects_the_word() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        column, row = app.place_of("earns.")
        await pilot.click(offset=(column + 2, row), times=2)
        await pilot.pause()
        assert app.view.selection == span_of(app.transcript, "earns")
        assert app.received[-1] == TranscriptView.Selected(*span_of(app.transcript, "earns"))

    run_view(check)


def test_double_click_on_a_blank_selects_nothing() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        column, row = app.place_of(" earns.")
        await pilot.click(offset=(column, row), times=2)
        await pilot.pause()
        assert app.view.selection is None
        assert [type(message) for message in app.received] == [TranscriptView.Clicked]

    run_view(check)


def test_drag_selects_whole_words_forwards_and_backwards() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        (left, row), (right, last) = app.place_of("can tell"), app.place_of("earns")
        for start, end in (((left + 1, row), (right + 1, last)), ((right + 1, last), (left + 1, row))):
            app.received.clear()
            await pilot.mouse_down(offset=start)
            await pilot.hover(offset=end)
            assert app.view.selection == span_of(app.transcript, "can tell me what it earns")
            await pilot.mouse_up(offset=end)
            await pilot.pause()
            assert app.received == [TranscriptView.Selected(*span_of(app.transcript, "can tell me what it earns"))]

    run_view(check)


def test_click_on_a_bar_or_label_reports_the_mark() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        row = app.row_of("Nobody")
        await pilot.click(offset=(1, row))
        await pilot.click(offset=app.place_of("Money"))
        await pilot.click(offset=(3, app.row_of("Legal")))  # the sign for more than three marks
        await pilot.pause()
        assert app.received == [TranscriptView.MarkClicked(name) for name in ("Return", "Money", "Rule 4")]

    transcript = interview()
    run_view(check, ViewApp(transcript, interview_marks(transcript)))


def test_drag_from_a_bar_selects_nothing() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        column, row = app.place_of("earns")
        await pilot.mouse_down(offset=(1, row))
        await pilot.hover(offset=(column, row))
        assert app.view.selection is None

    transcript = interview()
    run_view(check, ViewApp(transcript, interview_marks(transcript)))


def test_drag_beyond_the_edge_scrolls() -> None:
    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        view = app.view
        await pilot.mouse_down(TranscriptView, offset=(10, 4))
        await pilot.hover("#below", offset=(10, 0))
        await pilot.pause()
        assert view.scroll_offset.y > 0

    class TwoPartApp(ViewApp):
        CSS = "TranscriptView { height: 1fr; } #below { height: 3; }"

        def compose(self) -> ComposeResult:
            yield TranscriptView()
            yield Container(id="below")

    run_view(check, TwoPartApp(long_interview()))


def read_contrast(style: Style, system: ColorSystem) -> float:
    """Return the contrast of a character as a terminal shows it."""
    colours = [colour.name for colour in (style.color, style.bgcolor) if colour is not None]
    fore, back = (seen_colour(colour, system) for colour in colours)
    return contrast(fore, back)


SYSTEMS = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT, "standard": ColorSystem.STANDARD}


@pytest.mark.slow
@pytest.mark.parametrize("colours", SYSTEMS)
def test_text_is_readable_in_every_theme_and_terminal(colours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", colours)

    async def check(app: ViewApp, pilot: Pilot[Any]) -> None:
        assert app.console.color_system == colours
        app.view.set_matches([span_of(app.transcript, "fear")])
        app.view.cursor = span_of(app.transcript, "Nobody can tell me what it earns.")
        for theme in app.available_themes.values():
            app.theme = theme.name
            await pilot.pause()
            texts = ("What was hard", "Nobody", "The budget", "fear", "Return", "Money", "0:00:12")
            styles = {text: app.style_of(text) for text in texts}
            dim = [text for text, style in styles.items() if read_contrast(style, SYSTEMS[colours]) < 4.5]
            assert theme.ansi or dim == [], theme.name

    transcript = interview()
    question = mark_of(transcript, "What was hard at the beginning", "Question")
    run_view(check, ViewApp(transcript, [question, *interview_marks(transcript)]))
