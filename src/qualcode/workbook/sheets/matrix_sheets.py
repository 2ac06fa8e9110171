"""The sheets "Case x code" and "Segments": rows with a column for each code, and sums that follow the filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from qualcode.model import Codebook, family_of
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.sheet_tables import count_shown, finish_table, share_shown, sum_shown, table_styles, wrap_notes
from qualcode.workbook.sheets.count_captions import cell_value
from qualcode.workbook.sheets.pair_sheet import vertical_head_height
from qualcode.workbook.styles import (
    BLANK,
    CAPTION,
    COUNT,
    DURATION,
    HEAD_INDENTED,
    HEAD_RIGHT,
    LIVE,
    LIVE_COUNT,
    LIVE_SHARE,
    PAIR_COUNT,
    SECONDS_PER_DAY,
    TEXT_INDENTED,
    TITLE,
    VERTICAL_HEAD,
    Style,
    build_colour_scale,
    derive_style,
    linked,
    swatch,
)
from qualcode.workbook.workbook_content import CodeColumns, WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_CODE_WIDTH = 6.0
_COLUMNS = {
    "case": Column("Case", 12),
    "transcript": Column("Transcript", 12),
    "turn": Column("Turn", 7, COUNT, HEAD_RIGHT),
    "speaker": Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
    "time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "text": Column("Text", 70, TEXT_INDENTED, HEAD_INDENTED),
    "words": Column("Words", 8, COUNT, HEAD_RIGHT),
    "start": Column("Start", 9, COUNT, HEAD_RIGHT),
    "end": Column("End", 9, COUNT, HEAD_RIGHT),
}
_COUNT = derive_style(PAIR_COUNT, vertical="top")
_CODE = Column("", _CODE_WIDTH, _COUNT, VERTICAL_HEAD)
_LINKED_COUNT = linked(_COUNT)
_SMALL_SHARE = derive_style(LIVE_SHARE, size=9, horizontal="center")
_SMALL_COUNT = derive_style(LIVE_COUNT, size=9, horizontal="center")
_PRESENT = "has "
"""Before a code's id in the title of a column of 0 and 1; titles of a table must differ."""


def write_case_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write cases x codes: codings, then 1 where there is any and 0 where there is none."""
    if (table := content.cases) is None:
        return
    codes = [*table.codes, *(f"{_PRESENT}{code}" for code in table.codes)]
    present = (table.frame[list(table.codes)] > 0).astype("Int64")  # what is missing stays so
    frame = pd.concat([table.frame, present.set_axis(codes[len(table.codes) :], axis=1)], axis=1)
    notes = [
        f"Coder {content.coder}. First the codings of each case by code, then 1 where there is any and 0 where there "
        "is none; empty where the coder was not asked.",
        "The green rows follow the filter of the table: filter by an attribute to see its sums and shares.",
    ]
    sheet = _open_matrix(draft, "Case x code", "Cases and codes", notes, CodeColumns(frame, codes), content)
    for row in _records(frame):
        number = sheet.append(*_case_row(row, table.codes, codes, is_linked=content.has_links))
        draft.places["case", str(row["case"])] = sheet.place(number)
        _link_counts(draft, sheet, row, table.codes, content)
    _finish_matrix(sheet, "Case x code", frame, codes[: len(table.codes)])


def write_segment_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write one row for each unit of analysis with 1 where it has a code and 0 where not."""
    if (table := content.segments) is None:
        return
    notes = [
        f"Coder {content.coder}. Every segment ({content.unit}) of participants that was counted: 1 where a coding "
        "overlaps it, 0 where none does, empty where the coder was not asked. Made for pivot tables.",
        "The green rows follow the filter of the table.",
    ]
    sheet = _open_matrix(draft, "Segments", "Segments and codes", notes, table, content)
    styles = table_styles(_columns(table, 0))
    for row in _records(table.frame):
        sheet.append([_cell(key, value) for key, value in row.items()], styles)
    _finish_matrix(sheet, "Segments", table.frame, ())


def _open_matrix(
    draft: WorkbookDraft, name: str, title: str, notes: Sequence[str], table: CodeColumns, content: WorkbookContent
) -> SheetWriter:
    """Open a sheet, and write its title, the sums that follow the filter, and the header."""
    columns = _columns(table, content.name_width)
    notes = wrap_notes(notes, columns)
    labels = len(columns) - len(table.codes)
    head = len(notes) + 5
    # The text of a segment is wide: frozen, it would leave no room for codes.
    frozen = "B" if next(iter(table.frame)) == "case" and "text" not in table.frame else "A"
    sheet = draft.open_sheet(name, widths=[column.width for column in columns], freeze=f"{frozen}{head + 1}")
    sheet.append([title], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    _append_live_rows(sheet, table, labels, (head + 1, head + len(table.frame)))
    _append_colours(sheet, table, labels, content.codebook)
    sheet.append_header(columns, height=max(vertical_head_height(table.codes), 45))
    return sheet


def _columns(table: CodeColumns, name_width: float) -> list[Column]:
    codes = set(table.codes)
    return [
        Column(key, _CODE.width, _CODE.style, _CODE.header_style) if key in codes else _label_column(key, name_width)
        for key in map(str, table.frame)
    ]


def _label_column(key: str, name_width: float = 0) -> Column:
    """Return the column of a label, or of an attribute."""
    column = _COLUMNS.get(key, Column(key, 15, TEXT_INDENTED, HEAD_INDENTED))
    return replace(column, width=name_width) if key in {"case", "transcript"} else column


def _append_live_rows(sheet: SheetWriter, table: CodeColumns, labels: int, rows: tuple[int, int]) -> None:
    """Write how many rows the filter shows, and of each code the sum and, of 0 and 1, the share of the rows shown."""
    if table.frame.empty:
        sheet.append_blank()
        sheet.append_blank()
        return
    sums: list[CellValue] = []
    shares: list[CellValue] = []
    for position, code in enumerate(table.codes):
        values = [int(value) for value in table.frame[code] if not pd.isna(value)]
        sums.append(sum_shown(labels + position + 1, rows, values))
        is_binary = code.startswith(_PRESENT) or "text" in table.frame
        shares.append(share_shown(labels + position + 1, rows, values) if is_binary else None)
    blank: list[CellValue] = [None] * (labels - 2)
    shown = ["Rows shown", count_shown(1, rows), *blank]
    styles = [LIVE, LIVE_COUNT, *[LIVE] * len(blank)]
    sheet.append([*shown, *sums], [*styles, *[_SMALL_COUNT] * len(sums)])
    sheet.append(["Share of them", None, *blank, *shares], [*styles, *[_SMALL_SHARE] * len(shares)])


def _append_colours(sheet: SheetWriter, table: CodeColumns, labels: int, book: Codebook) -> None:
    """Write a thin row with the colours of the codes' families."""
    families = {family.id: family.colour for family in book.families}
    colours = [families.get(family_of(code.removeprefix(_PRESENT)), "") for code in table.codes]
    swatches = {colour: swatch(colour) for colour in colours}
    styles = [*[BLANK] * labels, *(swatches[colour] for colour in colours)]
    sheet.append([None] * len(styles), styles, height=6)


def _records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    return (dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None))


def _case_row(
    row: dict[str, Any], counted: Sequence[str], codes: Sequence[str], *, is_linked: bool
) -> tuple[list[CellValue], list[Style]]:
    values = [_cell(key, value) for key, value in row.items()]
    links = set(counted) if is_linked else set()
    code_styles = [
        _LINKED_COUNT if code in links and row[code] is not pd.NA and row[code] else _COUNT for code in codes
    ]
    labels = [_label_column(key) for key in list(row)[: len(row) - len(codes)]]
    return values, [*table_styles(labels), *code_styles]


def _link_counts(
    draft: WorkbookDraft, sheet: SheetWriter, row: dict[str, Any], codes: Sequence[str], content: WorkbookContent
) -> None:
    """Link the number of codings to the first quote of the code in the case."""
    first = list(row).index(codes[0]) + 1 if codes else 0
    if content.has_links:
        draft.links.extend(
            (sheet, sheet.row_count, first + position, ("cell", code, str(row["case"])))
            for position, code in enumerate(codes)
            if row[code] is not pd.NA and row[code]
        )


def _cell(key: str, value: Any) -> CellValue:
    if value is None or pd.isna(value):
        return None
    if key == "time":
        return float(value) / SECONDS_PER_DAY
    return cell_value(value)


def _finish_matrix(sheet: SheetWriter, name: str, frame: pd.DataFrame, shaded: Sequence[str]) -> None:
    """Make the rows a table, and shade counts."""
    finish_table(sheet, name, sheet.header_row)
    if shaded and len(frame):
        first = list(frame.columns).index(shaded[0]) + 1
        cells = cell_range((sheet.header_row + 1, first), (sheet.row_count, first + len(shaded) - 1))
        sheet.worksheet.conditional_formatting.add(cells, build_colour_scale())
