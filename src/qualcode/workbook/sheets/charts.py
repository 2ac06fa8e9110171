"""Native Excel charts of frequencies and saturation, which read cells of their sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter

from qualcode.files import remove_forbidden_characters
from qualcode.model import Family, family_of
from qualcode.workbook.sheet_layout import SheetWriter, cell_range
from qualcode.workbook.sheets.count_captions import list_coders, select_coder
from qualcode.workbook.styles import INK, LINE, PALE, rgb
from qualcode.workbook.workbook_content import WorkbookContent, full_code_name

CHART_COLUMNS = 11
_DEFAULT_COLOUR = "5B7C94"
_GROUP_COLOURS = ("1F4259", "C0703A", "7C9A5E", "8A5A83", "B08B2E", "8FA3B3")
MOST_GROUPS = len(_GROUP_COLOURS)
"""Most groups whose bars can be told apart."""


@dataclass(frozen=True)
class BarChartData:
    """Content of one chart: labels with their numbers, most frequent first."""

    title: str
    axis_title: str
    colour: str
    bars: Sequence[tuple[str, int]]

    @property
    def height_in_rows(self) -> int:
        """Number of sheet rows that the chart covers."""
        return 8 + round(1.5 * len(self.bars))


def build_charts(content: WorkbookContent) -> list[BarChartData]:
    """Return one chart for each family with codes, of the first coder's frequencies."""
    coders = list_coders(content.themes)
    if not coders:
        return []
    frame = select_coder(content.themes, coders[0])
    codes = frame[frame["level"] == "code"]
    coder = f"coder {coders[0]}" + (f", first of {len(coders)} coders" if len(coders) > 1 else "")
    # Titles are not cells, so `SheetWriter` does not clean them.
    axis_title = remove_forbidden_characters(f"Units ({content.unit}) with the code")[0]
    return [
        BarChartData(
            remove_forbidden_characters(f"{family.name or family.id} ({coder})")[0],
            axis_title,
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
    rows = codes[codes["code"].str.startswith(f"{family}/")]
    bars = [
        (full_code_name(content.codebook, code), int(units))
        for code, units in zip(rows["code"], rows["units"], strict=True)
    ]
    return sorted(bars, key=lambda bar: -bar[1])


def bar_rows(charts: Sequence[BarChartData]) -> Iterator[tuple[str, int] | None]:
    """Yield the rows of cells that the charts read, with an empty row after those of each chart."""
    for chart in charts:
        yield from chart.bars
        yield None


def add_charts(
    worksheet: Any, charts: Sequence[BarChartData], *, row: int, column: int, value_column: int
) -> list[str]:
    """Add charts below each other, the first at a cell, and return the ranges they cover.

    Their numbers begin in the same row in ``value_column``, with the labels in the column before it.
    """
    first, top, covered = row, row, []
    for data in charts:
        last = first + len(data.bars) - 1
        chart = _bar_chart(worksheet, data, (first, last), value_column)
        chart.anchor = _anchor(top, column, data.height_in_rows)
        worksheet.add_chart(chart)
        covered.append(cell_range((top, column), (top + data.height_in_rows - 1, column + CHART_COLUMNS - 1)))
        # Charts are taller than their data, so data and charts are counted separately.
        first, top = last + 2, top + data.height_in_rows + 1
    return covered


def _anchor(row: int, column: int, height_in_rows: int) -> TwoCellAnchor:
    """Return an anchor at a fixed position, which a filter that hides rows does not move."""
    start = AnchorMarker(col=column - 1, row=row - 1)
    return TwoCellAnchor(
        editAs="absolute", _from=start, to=AnchorMarker(col=column - 1 + CHART_COLUMNS, row=row - 1 + height_in_rows)
    )


def _bar_chart(worksheet: Any, data: BarChartData, rows: tuple[int, int], value_column: int) -> Any:
    chart: Any = BarChart()
    chart.type, chart.gapWidth, chart.legend = "bar", 45, None
    chart.visible_cells_only = False  # a filter on the table must not remove bars
    chart.title = _title(data.title, size=13, bold=True)
    chart.series.append(_series(worksheet, data, rows, value_column))
    _format_category_axis(chart.x_axis)
    _format_value_axis(chart.y_axis, data.axis_title)
    return chart


def _series(worksheet: Any, data: BarChartData, rows: tuple[int, int], value_column: int) -> Any:
    first, last = rows
    values = Reference(worksheet, min_col=value_column, min_row=first, max_row=last)
    labels = Reference(worksheet, min_col=value_column - 1, min_row=first, max_row=last)
    series: Any = Series(values, title=data.axis_title)
    # openpyxl's set_categories refers to labels as numbers.
    series.cat = AxDataSource(strRef=StrRef(f=str(labels)))
    series.graphicalProperties = GraphicalProperties(solidFill=data.colour)
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    series.dLbls.txPr = _rich_text(9, INK)
    return series


def _format_category_axis(axis: Any) -> None:
    """Show every label, the first at the top."""
    # Without delete=False, Excel hides the axes of charts written by openpyxl 3.1.
    axis.delete, axis.tickLblSkip, axis.majorTickMark = False, 1, "none"
    axis.scaling.orientation = "maxMin"
    axis.txPr = _rich_text(10, INK)
    axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))


def _format_value_axis(axis: Any, title: str) -> None:
    # Categories run downwards, so the maximum is at the bottom; bars that do not begin at 0 exaggerate differences.
    axis.delete, axis.crosses, axis.scaling.min = False, "max", 0
    axis.number_format, axis.majorTickMark = "#,##0", "none"
    axis.title = _title(title, size=10, bold=False)
    axis.txPr = _rich_text(9, PALE)
    axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E6EAED"))


def _title(text: str, *, size: int, bold: bool) -> Title:
    characters = _character_format(size, INK, bold=bold)
    run = RegularTextRun(rPr=characters, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=characters), r=[run])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _rich_text(size: int, colour: str) -> RichText:
    characters = _character_format(size, colour, bold=False)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=characters), endParaRPr=characters)])


def _character_format(size: int, colour: str, *, bold: bool) -> CharacterProperties:
    return CharacterProperties(sz=100 * size, b=bold, solidFill=colour)


def add_saturation_chart(sheet: SheetWriter, keys: Sequence[str]) -> None:
    """Add a line of the codes found so far to the right of a table, by transcript, with the mean of all orders.

    ``keys`` are the keys of the table's columns: the chart reads its cells.
    """
    first, last = sheet.header_row + 1, sheet.row_count
    if last <= first:
        return
    chart: Any = LineChart()
    chart.title, chart.height, chart.width = _title("Codes found so far", size=13, bold=True), 9, 20
    for key, colour in (("cumulative", _DEFAULT_COLOUR), ("expected", "C0703A")):
        column = keys.index(key) + 1
        series: Any = Series(
            Reference(sheet.worksheet, min_col=column, min_row=first, max_row=last), title=sheet.titles[column - 1]
        )
        series.smooth, series.graphicalProperties = False, GraphicalProperties(ln=LineProperties(solidFill=colour))
        chart.series.append(series)
    labels = Reference(sheet.worksheet, min_col=keys.index("position") + 1, min_row=first, max_row=last)
    chart.set_categories(labels)
    chart.legend.position = "b"
    chart.x_axis.delete, chart.y_axis.delete, chart.y_axis.scaling.min = False, False, 0
    chart.x_axis.title = _title("Transcripts read", size=10, bold=False)
    chart.y_axis.title = _title("Codes", size=10, bold=False)
    sheet.worksheet.add_chart(chart, f"{get_column_letter(len(keys) + 2)}{first}")
    # The chart covers 19 rows and about 11 columns of the usual width.
    chart_cells = cell_range((first, len(keys) + 2), (first + 19, len(keys) + 13))
    sheet.worksheet.print_area = [cell_range((1, 1), (last, len(keys))), chart_cells]


def add_group_chart(
    sheet: SheetWriter, title: str, groups: Sequence[str], *,
    rows: tuple[int, int], columns: tuple[int, int], place: tuple[int, int],
) -> None:  # fmt: skip
    """Add bars of the shares of each code, one for each group, which read the cells of a table.

    Parameters
    ----------
    rows, columns
        First and last row of the codes, whose names are in the column before the shares, and of the groups' shares.
    place
        Row and column where the chart begins; it is as high as the rows.
    """
    chart: Any = BarChart()
    chart.type, chart.gapWidth, chart.visible_cells_only = "bar", 40, False
    chart.title = _title(remove_forbidden_characters(title)[0], size=13, bold=True)
    labels = AxDataSource(
        strRef=StrRef(f=str(Reference(sheet.worksheet, min_col=columns[0] - 1, min_row=rows[0], max_row=rows[1])))
    )
    for group, colour, column in zip(groups, _GROUP_COLOURS, range(columns[0], columns[1] + 1), strict=False):
        values = Reference(sheet.worksheet, min_col=column, min_row=rows[0], max_row=rows[1])
        series: Any = Series(values, title=remove_forbidden_characters(group)[0])
        series.cat, series.graphicalProperties = labels, GraphicalProperties(solidFill=colour)
        chart.series.append(series)
    chart.legend.position = "t"
    _format_category_axis(chart.x_axis)
    _format_value_axis(chart.y_axis, "Share of cases")
    chart.y_axis.number_format, chart.y_axis.scaling.max = "0%", 1
    chart.anchor = _anchor(*place, max(rows[1] - rows[0] + 6, 12))
    sheet.worksheet.add_chart(chart)
