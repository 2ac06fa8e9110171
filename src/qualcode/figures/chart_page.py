"""What all figures share: size in points, title and caption, lines of text, display in notebooks."""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qualcode.figures.default_style import default_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text

TEXT_COLOUR, CAPTION_COLOUR, GRID_COLOUR, MARK_COLOUR = "#222222", "#555555", "#DDDDDD", "#27566B"
MARGIN = 26.0
WIDTH = 828.0
"""Least width of a figure, in points (1/72 inch), in which everything is placed."""
_TITLE_LINE, _CAPTION_LINE = 20.0, 13.5
"""Heights of lines of title and caption."""
_TITLE_CHARACTERS, _CAPTION_CHARACTERS = 76, 152


class NotebookFigure(Figure):
    """A figure that notebooks display without pyplot, which would register every figure globally."""

    @default_style()
    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=90, facecolor="white")
        return stream.getvalue()


def make_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in points, which can measure texts."""
    figure = NotebookFigure(figsize=(width / 72, height / 72))
    FigureCanvasAgg(figure)
    return figure


def size_of(figure: Figure) -> tuple[float, float]:
    """Return width and height of a figure in points."""
    width, height = figure.get_size_inches()
    return 72 * float(width), 72 * float(height)


def add_point_axes(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Add axes between these positions, in points from the lower left corner of the figure."""
    width, height = size_of(figure)
    return figure.add_axes((left / width, bottom / height, (right - left) / width, (top - bottom) / height))


def heading_height(title: str, caption: Sequence[str], width: float) -> float:
    """Return the height that a title and a caption take, with the margin above them."""
    lines = sum(len(wrap_text(text, round(_CAPTION_CHARACTERS * width / WIDTH))) for text in caption)
    titles = len(wrap_text(title, round(_TITLE_CHARACTERS * width / WIDTH)))
    return MARGIN + titles * _TITLE_LINE + 4 + lines * _CAPTION_LINE + 4


def draw_heading(figure: Figure, title: str, caption: Sequence[str]) -> float:
    """Draw title and caption, with long lines wrapped, and return the height at which they end."""
    width, height = size_of(figure)
    y = height - MARGIN
    for line in wrap_text(title, round(_TITLE_CHARACTERS * width / WIDTH)):
        write_line(figure, MARGIN, y, line, fontsize=15, color=TEXT_COLOUR, fontweight="bold")
        y -= _TITLE_LINE
    y -= 4
    for paragraph in caption:
        for line in wrap_text(paragraph, round(_CAPTION_CHARACTERS * width / WIDTH)):
            write_line(figure, MARGIN, y, line, fontsize=9.5, color=CAPTION_COLOUR)
            y -= _CAPTION_LINE
    return y - 4


def wrap_text(text: str, characters: int) -> list[str]:
    """Return the lines of a text; Chinese, Japanese and Korean characters are twice as wide as others."""
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return textwrap.wrap(text, max(characters * len(text) // (len(text) + wide), 8)) if text else []


def write_line(figure: Figure, x: float, y: float, line: str, **style: Any) -> Text:
    """Write a line below a position in points."""
    width, height = size_of(figure)
    # A dollar sign in a name does not begin a formula.
    return figure.text(x / width, y / height, line, **{"va": "top", "parse_math": False, **style})


def text_sizes(texts: Sequence[Text | Legend]) -> Iterator[tuple[float, float]]:
    """Yield width and height of texts in points, with a little room around."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # characters that the font lacks are reported when the file is written
        for text in texts:
            figure = text.get_figure()
            extent = text.get_window_extent()
            points = 72 / (figure.dpi if figure is not None else 72)
            yield extent.width * points + 3, extent.height * points + 2
