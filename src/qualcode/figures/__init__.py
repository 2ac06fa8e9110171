"""Figures for a report: the co-occurrence network and agreement by code, drawn with matplotlib."""

from qualcode.figures.agreement_figure import Dot, draw_agreement
from qualcode.figures.figure_files import write_figure
from qualcode.figures.network_figure import draw_network

__all__ = ["Dot", "draw_agreement", "draw_network", "write_figure"]
