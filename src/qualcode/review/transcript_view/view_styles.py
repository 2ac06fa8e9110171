"""The styles of a transcript on the screen, read from the theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from qualcode.review.transcript_view.mark_colours import MarkColours, build_mark_colours

CLASS_PREFIX = "transcript-view--"
STYLE_NAMES = ("speaker", "time", "header", "interviewer", "label", "match", "cursor", "current", "selection")
STYLE_CLASSES = {CLASS_PREFIX + name for name in STYLE_NAMES}
VIEW_CSS = """
TranscriptView {
    background: $background;
    color: $foreground;
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;

    & .transcript-view--speaker { text-style: bold; }
    & .transcript-view--time { color: $text-muted; }
    & .transcript-view--header { color: $text-muted; text-style: italic; }
    & .transcript-view--interviewer { color: $text-muted; }
    & .transcript-view--label { color: $text-muted; }
    & .transcript-view--match { background: $warning 30%; text-style: underline; }
    & .transcript-view--cursor { background: $primary 35%; text-style: bold; }
    & .transcript-view--current { text-style: bold underline; }
    & .transcript-view--selection { text-style: reverse; }
}
"""


@dataclass(frozen=True, slots=True)
class ViewStyles:
    """Styles by name, each to be added to ``base``, and those of families by colour."""

    base: Style
    named: dict[str, Style]
    make_colours: Callable[[str], MarkColours]
    families: dict[str, MarkColours]

    def colours_of(self, colour: str) -> MarkColours:
        """Return the styles of marks of a family's colour."""
        if colour not in self.families:
            self.families[colour] = self.make_colours(colour)
        return self.families[colour]


def read_view_styles(widget: Widget, *, is_dark: bool) -> ViewStyles:
    """Return the styles that the theme gives a widget and its component classes."""
    background, foreground = _solid_colours(widget, is_dark=is_dark)
    has_own_background = widget.background_colors[1].ansi is None
    base = widget.rich_style
    named = {name: _read_style(widget, name, background) for name in STYLE_NAMES}
    make = partial(
        build_mark_colours, background=background.hex6, foreground=foreground.hex6, has_tint=has_own_background
    )
    return ViewStyles(base, named, make, {})


def _solid_colours(widget: Widget, *, is_dark: bool) -> tuple[Color, Color]:
    """Return background and foreground of a widget; black or white for those that the terminal chooses."""
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    _, _, background, foreground = widget.colors
    return (
        background if background.ansi is None else black if is_dark else white,
        foreground if foreground.ansi is None else white if is_dark else black,
    )


def _read_style(widget: Widget, name: str, background: Color) -> Style:
    """Return what one class adds to the style of the text: without a colour of its own only bold, underlined ..."""
    styles = widget.get_component_styles(CLASS_PREFIX + name)
    full = widget.get_component_rich_style(CLASS_PREFIX + name)
    attributes = styles.text_style
    tint = styles.background
    return attributes + Style(
        color=full.color if styles.has_rule("color") else None,
        bgcolor=(background + tint).rich_color if tint.a > 0 and tint.ansi is None else None,
    )
