"""The sheet "Co-occurrence": codes x codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qualcode.model import Codebook
from qualcode.workbook.sheet_layout import cell_range, consecutive_ranges
from qualcode.workbook.sheets.count_captions import base_notes
from qualcode.workbook.styles import (
    BOLD,
    CAPTION,
    GREY,
    HEAD,
    PAIR_COUNT,
    TEXT,
    TITLE,
    VERTICAL_HEAD,
    build_colour_scale,
    derive_style,
    lined,
)
from qualcode.workbook.workbook_content import WorkbookContent, is_nested
from qualcode.workbook.workbook_draft import WorkbookDraft

_NO_PAIR_STYLE = derive_style(PAIR_COUNT, fill=GREY)
_HEADER_ROW = 4
_LABEL_COLUMNS = 2


def write_cooccurrence_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write in how many units each pair of codes occurs; the diagonal is not part of the colour scale."""
    codes = [str(code) for code in content.matrix.columns]
    names = [_code_name(content.codebook, code) for code in codes]
    widths = [28, 36, *[6.5] * len(codes)]
    sheet = draft.open_sheet("Co-occurrence", widths=widths, freeze=f"C{_HEADER_ROW + 1}")
    sheet.append(["Co-occurrence of codes"], TITLE, height=24)
    for line in _sheet_notes(content):
        sheet.append([line], CAPTION)
    sheet.append(
        ["Code", "Name", *names], [HEAD, HEAD, *[VERTICAL_HEAD] * len(codes)], height=vertical_head_height(names)
    )
    for code, name, counts in zip(codes, names, content.matrix.to_numpy().tolist(), strict=True):
        styles = [_NO_PAIR_STYLE if is_nested(code, other) else PAIR_COUNT for other in codes]
        sheet.append([code, name, *counts], [lined(TEXT), lined(BOLD), *styles])
    _finish_matrix(sheet.worksheet, codes)


def _sheet_notes(content: WorkbookContent) -> list[str]:
    base = " ".join(base_notes(content.themes))
    return [
        f"Number of units of analysis ({content.unit}) in which both codes occur. {base}",
        "Grey cells are outside the colour scale: units with the code itself (diagonal), and a code with its parent.",
    ]


def _code_name(book: Codebook, code: str) -> str:
    return book.by_id[code].name if code in book.by_id else code


def vertical_head_height(names: Iterable[str]) -> float:
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
