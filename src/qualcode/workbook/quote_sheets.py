"""The sheets "Co-occurrence", "Quotes" and "Memos"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from qualcode.model import Codebook
from qualcode.workbook.count_captions import base_notes
from qualcode.workbook.safe_text import TextCleaner
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range, consecutive_ranges
from qualcode.workbook.styles import (
    BOLD,
    CAPTION,
    COUNT,
    DURATION,
    GREY,
    HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    SECONDS_PER_DAY,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    Style,
    build_colour_scale,
    derive_style,
)
from qualcode.workbook.workbook_content import WorkbookContent, is_nested

MAX_ROWS = 1_048_576
"""Excel's limit for the rows of a sheet."""

# Zeros are shown as dots, so that the pairs that occur are easy to see.
_PAIR_STYLE = Style(wrap=False, horizontal="center", vertical="center", number_format='#,##0;-#,##0;"·"')
_NO_PAIR_STYLE = derive_style(_PAIR_STYLE, fill=GREY)
_LINK = derive_style(PLAIN, colour="0563C1")
_VERTICAL_HEAD = derive_style(HEAD, rotation=90, horizontal="center", vertical="bottom")
_HEADER_ROW = 4
_LABEL_COLUMNS = 2


def write_cooccurrence_sheet(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write in how many units each pair of codes occurs; the diagonal is not part of the colour scale."""
    codes = [str(code) for code in content.matrix.columns]
    names = [_code_name(content.codebook, code) for code in codes]
    widths = [28, 36, *[6.5] * len(codes)]
    sheet = SheetWriter(book, "Co-occurrence", cleaner=cleaner, widths=widths, freeze=f"C{_HEADER_ROW + 1}")
    sheet.append(["Co-occurrence of codes"], TITLE, height=24)
    for line in _sheet_notes(content):
        sheet.append([line], CAPTION)
    sheet.append(
        ["Code", "Name", *names], [HEAD, HEAD, *[_VERTICAL_HEAD] * len(codes)], height=_vertical_head_height(names)
    )
    for code, name, counts in zip(codes, names, content.matrix.to_numpy().tolist(), strict=True):
        styles = [_NO_PAIR_STYLE if is_nested(code, other) else _PAIR_STYLE for other in codes]
        sheet.append([code, name, *counts], [TEXT, BOLD, *styles])
    _finish_matrix(sheet.worksheet, codes)


def _sheet_notes(content: WorkbookContent) -> list[str]:
    base = " ".join(base_notes(content.themes))
    return [
        f"Number of units of analysis ({content.unit}) in which both codes occur. {base}",
        "Grey cells are outside the colour scale: units with the code itself (diagonal), and a code with its parent.",
    ]


def _code_name(book: Codebook, code: str) -> str:
    return book.by_id[code].name if code in book.by_id else code


def _vertical_head_height(names: Iterable[str]) -> float:
    """Return the height in points for vertical names on two lines."""
    longest = max((len(name) for name in names), default=0)
    return float(min(max(30, 6 * min(longest, 27) + 12), 240))


def _finish_matrix(worksheet: Any, codes: Sequence[str]) -> None:
    worksheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    ranges = [cells for row, code in enumerate(codes, _HEADER_ROW + 1) for cells in _pair_ranges(row, code, codes)]
    if ranges:
        worksheet.conditional_formatting.add(" ".join(ranges), build_colour_scale())


def _pair_ranges(row: int, code: str, codes: Sequence[str]) -> list[str]:
    """Return the ranges of one row whose cells are pairs of codes."""
    columns = (column for column, other in enumerate(codes, _LABEL_COLUMNS + 1) if not is_nested(code, other))
    return [cell_range((row, start), (row, end)) for start, end in consecutive_ranges(columns)]


def write_quote_sheets(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write one row for each coding, in as many sheets as Excel's limit of rows requires, and behind them the memos."""
    # A memo on a coding is linked to its row.
    targets = {memo["target"] for memo in content.memos if memo["on"] == "coding"}
    places: dict[str, str] = {}
    for title, rows in _divide_quotes(content):
        places |= _write_quote_sheet(book, title, rows, content=content, cleaner=cleaner, targets=targets)
    if content.memos:
        _write_memo_sheet(book, content, places, cleaner)


def _divide_quotes(content: WorkbookContent) -> Iterator[tuple[str, Iterable[Sequence[CellValue]]]]:
    """Yield the title and the rows of each sheet; the rows must be read before the next sheet."""
    children = _nested_levels(content)
    rows = (_quote_row(quote, children) for quote in content.quotes)
    for number in count(1):
        # The first sheet is written even without quotes; a further one only if there is a row for it.
        first = next(rows, None)
        if first is None and number > 1:
            return
        # Two rows less than the limit: the header, and the row that was taken to see whether there is one.
        sheet_rows = chain([] if first is None else [first], islice(rows, MAX_ROWS - 2))
        yield "Quotes" if number == 1 else f"Quotes {number}", sheet_rows


def _nested_levels(content: WorkbookContent) -> int:
    return max((code.depth for code in content.codebook.codes), default=0)


def _write_quote_sheet(
    book: Workbook,
    title: str,
    rows: Iterable[Sequence[CellValue]],
    *,
    content: WorkbookContent,
    cleaner: TextCleaner,
    targets: Collection[str],
) -> dict[str, str]:
    """Write a sheet, and return where the quotes of some codings are, by id."""
    columns, places = _quote_columns(_nested_levels(content)), {}
    sheet = SheetWriter(book, title, cleaner=cleaner, widths=[column.width for column in columns], freeze="A2")
    sheet.append_header(columns)
    styles = [column.style for column in columns]
    quote_column = [column.title for column in columns].index("Quote") + 1
    for row in rows:
        number = sheet.append(row, styles)
        if row[-1] in targets:
            places[str(row[-1])] = f"'{title}'!{_cell_name(number, quote_column)}"
    _finish_table(sheet, len(columns))
    return places


def _cell_name(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"


def _finish_table(sheet: SheetWriter, columns: int) -> None:
    """Add a filter, and repeat the header on printed pages."""
    sheet.worksheet.auto_filter.ref = cell_range((1, 1), (sheet.row_count, columns))
    sheet.worksheet.print_title_rows = "1:1"


def _quote_columns(children: int) -> list[Column]:
    nested_columns = [Column("Child" if depth == 1 else f"Child {depth}", 16) for depth in range(1, children + 1)]
    return [
        Column("Case", 9),
        Column("Transcript", 12),
        Column("Turn", 6, COUNT, HEAD_RIGHT),
        Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
        Column("Time", 9, DURATION, HEAD_RIGHT),
        Column("Quote", 70),
        Column("Family", 14),
        Column("Code", 18),
        *nested_columns,
        Column("Code name", 26),
        Column("Coder", 14),
        Column("Memo", 30),
        Column("Status", 10, PLAIN),
        Column("Start", 9, COUNT, HEAD_RIGHT),
        Column("End", 9, COUNT, HEAD_RIGHT),
        Column("Id", 30, TEXT_INDENTED, HEAD_INDENTED),
    ]


def _quote_row(quote: Mapping[str, Any], children: int) -> list[CellValue]:
    return [
        quote["case"],
        quote["transcript"],
        quote["turn"],
        quote["speaker"],
        None if quote["time"] is None else quote["time"] / SECONDS_PER_DAY,
        quote["quote"],
        *_code_path_cells(quote["code"], children),
        quote["name"],
        quote["coder"],
        quote["memo"],
        quote["status"],
        quote["start"],
        quote["end"],
        quote["id"],
    ]


def _code_path_cells(code: str, children: int) -> Iterator[CellValue]:
    """Yield family, code and nested codes in columns; deeper levels than the codebook has stay in the last column."""
    parts = code.split("/", 1 + children)
    yield from parts
    yield from [None] * (2 + children - len(parts))


_MEMO_FIELDS = {
    "on": Column("On", 11, PLAIN),
    "transcript": Column("Transcript", 12),
    "turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "quote": Column("Quote", 50, TEXT_INDENTED, HEAD_INDENTED),
    "code": Column("Code", 24),
    "name": Column("Code name", 24),
    "text": Column("Memo", 70),
    "coder": Column("Coder", 14),
    "at": Column("Written (UTC)", 17, PLAIN),
    "status": Column("Status", 14),
    "id": Column("Id", 30),
}


def _write_memo_sheet(
    book: Workbook, content: WorkbookContent, places: Mapping[str, str], cleaner: TextCleaner
) -> None:
    """Write one row for each memo; ``places`` are those of the quotes of codings, by id."""
    columns = _MEMO_FIELDS.values()
    sheet = SheetWriter(book, "Memos", cleaner=cleaner, widths=[column.width for column in columns], freeze="A2")
    sheet.append_header(columns)
    for memo in content.memos:
        place = places.get(memo["target"])
        styles = [_LINK if place and key == "on" else one.style for key, one in _MEMO_FIELDS.items()]
        row = sheet.append([_memo_cell(memo, key) for key in _MEMO_FIELDS], styles)
        if place:
            # In a short cell, since LibreOffice does not wrap a link; write-only sheets write links behind their rows.
            sheet.worksheet._hyperlinks.append(Hyperlink(ref=_cell_name(row, 1), location=place))
    _finish_table(sheet, len(_MEMO_FIELDS))


def _memo_cell(memo: Mapping[str, Any], key: str) -> CellValue:
    value: CellValue = memo[key]
    if key == "time" and isinstance(value, float):
        return value / SECONDS_PER_DAY
    return str(value)[:16].replace("T", " ") if key == "at" else value
