"""Bar charts that Excel draws itself, from cells of their sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from qualcode.model import Family, family_of
from qualcode.workbook.count_captions import list_coders, select_coder
from qualcode.workbook.safe_text import remove_forbidden_characters
from qualcode.workbook.sheet_layout import cell_range
from qualcode.workbook.styles import INK, LINE, PALE, rgb
from qualcode.workbook.workbook_content import WorkbookContent, full_code_name

CHART_COLUMNS = 11
_DEFAULT_COLOUR = "5B7C94"


@dataclass(frozen=True)
class BarChartData:
    """What one chart shows: labels with their numbers, most frequent first."""

    title: str
    axis_title: str
    colour: str
    bars: Sequence[tuple[str, int]]

    @property
    def height_in_rows(self) -> int:
        """Rows of the sheet that the chart covers."""
        return 8 + round(1.5 * len(self.bars))


def build_charts(content: WorkbookContent) -> list[BarChartData]:
    """Return a chart for every family with codes, of the first coder's frequencies."""
    coders = list_coders(content.themes)
    if not coders:
        return []
    frame = select_coder(content.themes, coders[0])
    codes = frame[frame["level"] == "code"]
    by = f"coder {coders[0]}" + (f", first of {len(coders)}" if len(coders) > 1 else "")
    axis = remove_forbidden_characters(f"Units ({content.unit}) with the code")[0]
    return [
        BarChartData(
            remove_forbidden_characters(f"{family.name or family.id} ({by})")[0],
            axis,
            rgb(family.colour) or _DEFAULT_COLOUR,
            bars,
        )
        for family in _families(content, codes)
        if (bars := _sorted_bars(content, codes, family.id))
    ]


def _families(content: WorkbookContent, codes: pd.DataFrame) -> Iterator[Family]:
    known = {family.id: family for family in content.codebook.families}
    for family in dict.fromkeys([*known, *map(family_of, codes["code"])]):
        yield known.get(family, Family(family, family))


def _sorted_bars(content: WorkbookContent, codes: pd.DataFrame, family: str) -> list[tuple[str, int]]:
    mine = codes[codes["code"].str.startswith(f"{family}/")]
    bars = [
        (full_code_name(content.codebook, code), int(units))
        for code, units in zip(mine["code"], mine["units"], strict=True)
    ]
    return sorted(bars, key=_descending_value)


def _descending_value(bar: tuple[str, int]) -> int:
    return -bar[1]


def bar_rows(charts: Sequence[BarChartData]) -> Iterator[tuple[str, int] | None]:
    """Yield the cells that the charts read, an empty line behind each chart's."""
    for chart in charts:
        yield from chart.bars
        yield None


def add_charts(inner: Any, charts: Sequence[BarChartData], *, row: int, column: int, value_column: int) -> list[str]:
    """Place charts below each other from a cell on; return the ranges they cover.

    Their numbers stand from the same row on in the column ``values``, the labels before it.
    """
    first, top, covered = row, row, []
    for chart in charts:
        last = first + len(chart.bars) - 1
        drawn = _bar_chart(inner, chart, (first, last), value_column)
        drawn.anchor = _anchor(top, column, chart.height_in_rows)
        inner.add_chart(drawn)
        covered.append(cell_range((top, column), (top + chart.height_in_rows - 1, column + CHART_COLUMNS - 1)))
        first, top = last + 2, top + chart.height_in_rows + 1
    return covered


def _anchor(row: int, column: int, rows_high: int) -> TwoCellAnchor:
    """Return a place that stays when rows are hidden by a filter."""
    start = AnchorMarker(col=column - 1, row=row - 1)
    return TwoCellAnchor(
        editAs="absolute", _from=start, to=AnchorMarker(col=column - 1 + CHART_COLUMNS, row=row - 1 + rows_high)
    )


def _bar_chart(inner: Any, bars: BarChartData, rows: tuple[int, int], values: int) -> Any:
    chart: Any = BarChart()
    chart.type, chart.gapWidth, chart.legend = "bar", 45, None
    chart.visible_cells_only = False
    chart.title = _title(bars.title, size=13, bold=True)
    chart.series.append(_series(inner, bars, rows, values))
    _category_axis(chart.x_axis)
    _value_axis(chart.y_axis, bars.axis_title)
    return chart


def _series(inner: Any, bars: BarChartData, rows: tuple[int, int], values: int) -> Any:
    first, last = rows
    series: Any = Series(Reference(inner, min_col=values, min_row=first, max_row=last), title=bars.axis_title)
    labels = Reference(inner, min_col=values - 1, min_row=first, max_row=last)
    series.cat = AxDataSource(strRef=StrRef(f=str(labels)))
    series.graphicalProperties = GraphicalProperties(solidFill=bars.colour)
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    series.dLbls.txPr = _rich_text(9, INK)
    return series


def _category_axis(axis: Any) -> None:
    """Show every label, the first one at the top."""
    axis.delete, axis.tickLblSkip, axis.majorTickMark = False, 1, "none"
    axis.scaling.orientation = "maxMin"
    axis.txPr = _rich_text(10, INK)
    axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))


def _value_axis(axis: Any, title: str) -> None:
    axis.delete, axis.crosses, axis.scaling.min = False, "max", 0
    axis.number_format, axis.majorTickMark = "#,##0", "none"
    axis.title = _title(title, size=10, bold=False)
    axis.txPr = _rich_text(9, PALE)
    axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E6EAED"))


def _title(text: str, *, size: int, bold: bool) -> Title:
    letters = _character_format(size, INK, bold=bold)
    run = RegularTextRun(rPr=letters, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=letters), r=[run])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _rich_text(size: int, ink: str) -> RichText:
    letters = _character_format(size, ink, bold=False)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)])


def _character_format(size: int, ink: str, *, bold: bool) -> CharacterProperties:
    return CharacterProperties(sz=100 * size, b=bold, solidFill=ink)
