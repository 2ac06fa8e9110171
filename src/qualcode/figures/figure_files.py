"""Figures as PNG, SVG and PDF files that are the same for the same numbers."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from qualcode.figures.default_style import default_style

_SVG_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "qualcode"}
"""Texts stay texts, and the same figure gives the same file."""


def render_svg(figure: Figure) -> str:
    """Return a figure as the SVG element of a page, with its texts as text."""
    stream = io.StringIO()
    with default_style(), warnings.catch_warnings(), mpl.rc_context(_SVG_SETTINGS):
        warnings.simplefilter("ignore")
        figure.savefig(stream, format="svg", metadata={"Date": None}, facecolor="white")
    # Without the declarations before it, which a page may not have.
    svg = stream.getvalue()
    return svg[svg.index("<svg") :]


def write_figure(figure: Figure, path: Path) -> str:
    """Write a figure as PNG, SVG or PDF, by the path's suffix, and return a warning or an empty string.

    The warning says that the font lacks characters of the names. Text in SVG stays text, and files are reproducible.
    """
    kind = path.suffix.lower().lstrip(".")
    # No dates, so that the same graph gives the same file.
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with (
        default_style(),
        warnings.catch_warnings(record=True) as caught,
        # Without a fixed salt, ids in SVG files are random and the same graph gives different files.
        mpl.rc_context(_SVG_SETTINGS),
    ):
        warnings.simplefilter("always")
        figure.savefig(path, format=kind, dpi=160, metadata=metadata, facecolor="white")
    # Text in SVG is drawn by the viewer, with fonts of its own.
    if kind != "svg" and any("missing from" in str(warning.message) for warning in caught):
        return "the font lacks some characters of the names, which show as boxes: save as .svg instead"
    return ""
