"""The sheet "Themes by group": groups in adjacent columns, one block for each attribute and coder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range, consecutive_ranges
from qualcode.workbook.sheet_tables import add_table
from qualcode.workbook.sheets.charts import MOST_GROUPS, add_group_chart
from qualcode.workbook.sheets.count_captions import cell_value, format_count, list_coders, select_coder
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    HEAD,
    HEAD_RIGHT,
    HEADING,
    PLAIN,
    RATE,
    SHARE,
    TEXT,
    TITLE,
    Style,
    build_colour_scale,
    derive_style,
    level_style,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_MEASURES = (
    ("share_of_cases", "Share of cases", "share", SHARE),
    ("codings_per_1000_words", "Codings per 1,000 words", "rate", RATE),
    ("units", "Units", "units", COUNT),
)
"""Keys, headings, words in titles of columns, which must differ, and styles."""
_LABEL_COLUMNS = 3
# Derived once: styles are compared by identity, so each new one would need a new template cell.
_EDGE_STYLES = {style: derive_style(style, has_left_border=True) for style in (SHARE, RATE, COUNT, HEAD_RIGHT)}


@dataclass(frozen=True)
class _GroupBlock:
    attribute: str
    coder: str
    unit: str
    groups: Sequence[str]
    case_counts: Mapping[str, str]
    """Such as "4 cases", by group."""
    rows: Sequence[tuple[str, str, str]]
    """Level, id and name."""
    counts: Mapping[tuple[str, str, str], Mapping[str, Any]]
    """By level, id and group."""


def write_group_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write share of cases, rate and units of every group, for each attribute."""
    blocks = [block for attribute, frame in content.groups.items() for block in _blocks(attribute, frame)]
    max_groups = max((len(block.groups) for block in blocks), default=0)
    is_single = len(blocks) == 1
    sheet = draft.open_sheet(
        "Themes by group",
        widths=[8, 29, 38, *[14.0] * (len(_MEASURES) * max_groups)],
        freeze="D6" if is_single else "D3",
    )
    sheet.append(["Frequency of codes, families and themes by group"], TITLE, height=24)
    sheet.append([_sheet_note(blocks)], CAPTION)
    columns = _LABEL_COLUMNS + len(_MEASURES) * max_groups
    for block in blocks:
        head = _write_block(sheet, block, first=block is blocks[0])
        add_table(sheet, f"By {block.attribute}", (head, sheet.row_count))
        _add_chart(sheet, block, head, columns + 2)
        # Excel allows one range of title rows in a sheet.
        if is_single:
            sheet.worksheet.print_title_rows = f"{head - 1}:{head}"
    sheet.fit_pages(columns)
    sheet.worksheet.print_title_cols = "A:C"
    sheet.worksheet.print_area = cell_range((1, 1), (sheet.row_count, columns))


def _sheet_note(blocks: Sequence[_GroupBlock]) -> str:
    if not blocks:
        return "No case attribute was compared. To compare groups of cases, export with --by ATTRIBUTE."
    return "Groups differ in size: compare shares and rates, not units. The colour scale covers codes only."


def _blocks(attribute: str, frame: pd.DataFrame) -> Iterator[_GroupBlock]:
    """Yield one block for each coder; the attribute's column is the first, whatever its name."""
    counts = frame.iloc[:, 1:]
    for coder in list_coders(counts):
        groups = [str(value) or "(blank)" for value in frame.loc[counts["coder"] == coder].iloc[:, 0]]
        yield _block(attribute, coder, groups, select_coder(counts, coder))


def _block(attribute: str, coder: str, groups: Sequence[str], frame: pd.DataFrame) -> _GroupBlock:
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    cases: dict[str, list[int]] = {}
    for group, row in zip(groups, rows, strict=True):
        cases.setdefault(group, []).append(int(row["universe_cases"]))
    return _GroupBlock(
        attribute,
        coder,
        ", ".join(dict.fromkeys(frame["unit"])),
        list(cases),
        {group: format_count(numbers, "case") for group, numbers in cases.items()},
        list(dict.fromkeys((row["level"], row["code"], row["name"]) for row in rows)),
        {(row["level"], row["code"], group): row for group, row in zip(groups, rows, strict=True)},
    )


def _write_block(sheet: SheetWriter, block: _GroupBlock, *, first: bool) -> int:
    """Write one block and return the number of its header row."""
    if not first:
        sheet.append_blank()
    sheet.append([f"By {block.attribute} (unit of analysis: {block.unit}; coder {block.coder})"], HEADING, height=20)
    styles = [HEAD] * _LABEL_COLUMNS + _repeat_styles([HEAD_RIGHT] * len(_MEASURES), len(block.groups))
    sheet.append(_measure_heads(block), [derive_style(style, horizontal="left", wrap=False) for style in styles])
    titles = ["Level", "Code", "Name", *_group_heads(block)]
    head = sheet.append_header(Column(title, 0, TEXT, style) for title, style in zip(titles, styles, strict=True))
    for row in block.rows:
        sheet.append(_row_values(block, row), _row_styles(block, row[0]))
    _add_colour_scale(sheet.worksheet, block, head)
    return head


def _add_chart(sheet: SheetWriter, block: _GroupBlock, head: int, column: int) -> None:
    """Add bars of the shares of codes by group, beside the block."""
    codes = sum(level == "code" for level, _, _ in block.rows)
    if codes and len(block.groups) <= MOST_GROUPS:
        # The codes are the first rows, and shares the first measure.
        shares = (_LABEL_COLUMNS + 1, _LABEL_COLUMNS + len(block.groups))
        add_group_chart(
            sheet,
            f"Share of cases by {block.attribute}",
            block.groups,
            rows=(head + 1, head + codes),
            columns=shares,
            place=(head, column),
        )


def _repeat_styles(styles: Sequence[Style], groups: int) -> list[Style]:
    return [_EDGE_STYLES[style] if position == 0 else style for style in styles for position in range(groups)]


def _measure_heads(block: _GroupBlock) -> Sequence[CellValue]:
    return [None] * _LABEL_COLUMNS + [
        title if position == 0 else None for _, title, _, _ in _MEASURES for position in range(len(block.groups))
    ]


def _group_heads(block: _GroupBlock) -> list[str]:
    return [f"{group}, {block.case_counts[group]}: {word}" for _, _, word, _ in _MEASURES for group in block.groups]


def _row_values(block: _GroupBlock, row: tuple[str, str, str]) -> list[CellValue]:
    level, code, _ = row
    counts = [block.counts.get((level, code, group), {}) for group in block.groups]
    return [*row, *(cell_value(count[key]) if count else None for key, *_ in _MEASURES for count in counts)]


def _row_styles(block: _GroupBlock, level: str) -> list[Style]:
    measures = _repeat_styles([style for *_, style in _MEASURES], len(block.groups))
    return [level_style(style, level) for style in (PLAIN, TEXT, TEXT, *measures)]


def _add_colour_scale(worksheet: Any, block: _GroupBlock, head: int) -> None:
    """Shade shares and rates of codes; the higher ones of families and themes would leave codes pale."""
    code_rows = consecutive_ranges(head + position for position, row in enumerate(block.rows, 1) if row[0] == "code")
    width = len(block.groups)
    for measure in range(2):
        left = _LABEL_COLUMNS + 1 + measure * width
        ranges = [cell_range((start, left), (end, left + width - 1)) for start, end in code_rows]
        if ranges:
            worksheet.conditional_formatting.add(" ".join(ranges), build_colour_scale())
