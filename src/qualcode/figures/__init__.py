"""Figures for a report, drawn with matplotlib from plain values: charts, heat maps, curves, networks."""

from qualcode.figures.agreement_figure import Dot, draw_agreement
from qualcode.figures.figure_files import write_figure
from qualcode.figures.heat_map import HeatRow, draw_heat_map
from qualcode.figures.network_figure import draw_network
from qualcode.figures.row_chart import ChartRow, Mark, RowAxis, draw_row_chart
from qualcode.figures.saturation_figure import Curve, draw_saturation
from qualcode.figures.timeline_figure import TimelineAxis, TimelineRow, draw_timeline

__all__ = [
    "ChartRow",
    "Curve",
    "Dot",
    "HeatRow",
    "Mark",
    "RowAxis",
    "TimelineAxis",
    "TimelineRow",
    "draw_agreement",
    "draw_heat_map",
    "draw_network",
    "draw_row_chart",
    "draw_saturation",
    "draw_timeline",
    "write_figure",
]
