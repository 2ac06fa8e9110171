"""The styles of a transcript on the screen, read from the theme."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from qualcode.model.colour_contrast import TEXT_CONTRAST
from qualcode.review.transcript_view.mark_colours import MarkColours, Surface, build_mark_colours, fit_seen_colour

CLASS_PREFIX = "transcript-view--"
_SYSTEMS = {"standard": ColorSystem.STANDARD, "windows": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}
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
    & .transcript-view--match { background: $warning 30%; color: $foreground; text-style: underline; }
    & .transcript-view--cursor { background: $primary 35%; color: $foreground; text-style: bold; }
    & .transcript-view--current { text-style: bold underline; }
    & .transcript-view--selection { text-style: reverse; }
}
"""


_FEW_COLOURS = {
    "cursor": Style(color="#ffffff", bgcolor="#000080", bold=True),
    "match": Style(color="#000000", bgcolor="#808000", underline=True),
}
"""Backgrounds for terminals with 16 colours, which show these as white, blue, black and yellow."""


@dataclass(frozen=True, slots=True)
class ViewStyles:
    """Styles by name, each to be added to ``base``, and those of families by colour."""

    base: Style
    named: dict[str, Style]
    surface: Surface
    families: dict[str, MarkColours] = field(default_factory=dict)

    def colours_of(self, colour: str) -> MarkColours:
        """Return the styles of marks of a family's colour."""
        if colour not in self.families:
            self.families[colour] = build_mark_colours(colour, self.surface)
        return self.families[colour]


def read_view_styles(widget: Widget) -> ViewStyles:
    """Return the styles that the theme gives a widget and its component classes, with colours that can be read."""
    surface = _read_surface(widget)
    named = {name: _read_style(widget, name, surface) for name in STYLE_NAMES}
    if surface.system == ColorSystem.STANDARD and surface.is_coloured:
        named |= _FEW_COLOURS
    base = widget.rich_style + _readable(widget.colors[3], surface)
    texts = [style.color.triplet.hex for style in (base, named["interviewer"]) if style.color and style.color.triplet]
    return ViewStyles(base, named, replace(surface, texts=texts or surface.texts))


def _read_surface(widget: Widget) -> Surface:
    """Return what a widget is drawn on; colours that the terminal chooses are taken as black and white."""
    app, (_, _, background, foreground) = widget.app, widget.colors
    dark, light = ("#000000", "#ffffff") if app.current_theme.dark else ("#ffffff", "#000000")
    return Surface(
        dark if background.ansi is not None else background.hex6,
        [light if foreground.ansi is not None else foreground.hex6],
        _SYSTEMS.get(app.console.color_system or "", ColorSystem.TRUECOLOR),
        is_coloured=not app.no_color,
        is_known=background.ansi is None,
    )


def _read_style(widget: Widget, name: str, surface: Surface) -> Style:
    """Return what one class adds to the style of the text: without a colour of its own only bold, underlined ..."""
    styles = widget.get_component_styles(CLASS_PREFIX + name)
    full = widget.get_component_rich_style(CLASS_PREFIX + name)
    added = styles.text_style
    if styles.background.a > 0 and styles.background.ansi is None:
        background = Color.parse(surface.background) + styles.background
        surface = replace(surface, background=background.hex6)
        added += Style(bgcolor=background.rich_color)
    if full.color is None or not styles.has_rule("color"):
        return added
    return added + _readable(Color.from_rich_color(full.color), surface)


def _readable(colour: Color, surface: Surface) -> Style:
    """Return a colour of text, changed as far as its contrast needs; one that the terminal chooses stays."""
    if colour.ansi is not None:
        return Style(color=colour.rich_color)
    return Style(color=fit_seen_colour(colour.hex6, surface, TEXT_CONTRAST))
