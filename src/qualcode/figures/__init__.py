"""Figures for a report: the co-occurrence network, drawn with matplotlib."""

from qualcode.figures.figure_files import write_figure
from qualcode.figures.network_figure import draw_network

__all__ = ["draw_network", "write_figure"]
