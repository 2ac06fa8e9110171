"""The sheets "Quotes": one row for each coding, the quotes of a code together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate, chain, count, islice
from typing import Any

from qualcode.workbook.sheet_layout import MAX_LINKS, MAX_ROWS, CellValue, Column, SheetWriter
from qualcode.workbook.sheet_tables import append_shown, finish_table, table_styles
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    DURATION,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    SECONDS_PER_DAY,
    TEXT_INDENTED,
    TITLE,
    linked,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_HEADER_ROW = 4
_TECHNICAL_COLUMNS = 4
"""Status, start, end and id, which are not printed."""
_ORDER = (
    "Sorted by code, then transcript: the quotes of a code are one block. To see some of them, use the arrows of the "
    "header."
)


def write_quote_sheets(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write one row for each coding, in as many sheets as Excel's limit of rows requires."""
    for name, rows, size in _divide_quotes(content):
        _write_quote_sheet(draft, name, rows, content=content, size=size)


def _divide_quotes(content: WorkbookContent) -> Iterator[tuple[str, Iterable[Mapping[str, Any]], int]]:
    """Yield name, quotes and their number for each sheet; the quotes must be read before the next sheet."""
    quotes, most = iter(content.quotes), MAX_ROWS - _HEADER_ROW
    for number in count(1):
        # The first sheet is written even without quotes; a further one only if there is a row for it.
        first = next(quotes, None)
        if first is None and number > 1:
            return
        rows = chain([] if first is None else [first], islice(quotes, most - 1))
        size = min(max(content.quote_count - (number - 1) * most, 0), most)
        yield "Quotes" if number == 1 else f"Quotes {number}", rows, size


def _nested_levels(content: WorkbookContent) -> int:
    return max((code.depth for code in content.codebook.codes), default=0)


def _write_quote_sheet(
    draft: WorkbookDraft, name: str, quotes: Iterable[Mapping[str, Any]], *, content: WorkbookContent, size: int
) -> None:
    children = _nested_levels(content)
    columns = _quote_columns(children, content.name_width)
    sheet = draft.open_sheet(name, widths=[column.width for column in columns], freeze=f"A{_HEADER_ROW + 1}")
    sheet.append(["Quotes"], TITLE, height=24)
    sheet.append([_ORDER], CAPTION)
    append_shown(sheet, "Codings", count=size, column=len(columns))
    head = sheet.append_header(columns)
    places = _QuotePlaces(draft, content, [column.title for column in columns].index("Quote") + 1)
    plain = table_styles(columns)
    with_link = [linked(plain[0]), *plain[1:]]
    for quote in quotes:
        is_linked = quote["case"] in places.cases and sheet.row_count < MAX_LINKS
        row = sheet.append(_quote_row(quote, children), with_link if is_linked else plain)
        places.add(sheet, row, quote, is_linked=is_linked)
    finish_table(sheet, name, head, printed=len(columns) - _TECHNICAL_COLUMNS)


class _QuotePlaces:
    """Where quotes are, for links to them, and which cases they lead to."""

    def __init__(self, draft: WorkbookDraft, content: WorkbookContent, column: int) -> None:
        self._draft, self._column = draft, column
        self._memo_targets = {memo["target"] for memo in content.memos if memo["on"] == "coding"}
        self.cases: Collection[str] = content.listed_cases

    def add(self, sheet: SheetWriter, row: int, quote: Mapping[str, Any], *, is_linked: bool) -> None:
        """Record the place of a quote, if it is the first of its code or of a code and a case, or if it has a memo."""
        keys = [key for key in self._keys(quote) if key not in self._draft.places]
        if keys:
            self._draft.places.update(dict.fromkeys(keys, sheet.place(row, self._column)))
        if is_linked:
            self._draft.links.append((sheet, row, 1, ("case", quote["case"])))

    def _keys(self, quote: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        # The quotes of a code are also those of its family and of the codes above it.
        for code in accumulate(quote["code"].split("/"), "{}/{}".format):
            yield "code", code
            if self.cases:
                yield "cell", code, quote["case"]
        if quote["id"] in self._memo_targets:
            yield "quote", quote["id"]


def _quote_columns(children: int, name_width: float) -> list[Column]:
    nested_columns = [Column("Child" if depth == 1 else f"Child {depth}", 16) for depth in range(1, children + 1)]
    return [
        Column("Case", name_width),
        Column("Transcript", name_width),
        Column("Turn", 6, COUNT, HEAD_RIGHT),
        Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
        Column("Time", 9, DURATION, HEAD_RIGHT),
        Column("Quote", 92 - 2 * name_width, TEXT_INDENTED, HEAD_INDENTED),
        Column("Family", 14),
        Column("Code", 18),
        *nested_columns,
        Column("Code name", 26),
        Column("Coder", 14),
        Column("Memo", 26),
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
