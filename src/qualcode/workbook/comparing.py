"""The sheet Themes by group: groups side by side, a block an attribute and coder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl import Workbook

from qualcode.workbook.cleaning import Cleaner
from qualcode.workbook.content import Content
from qualcode.workbook.counting import coders_of, of_coder, spread, value
from qualcode.workbook.sheet import Sheet, Value, area, runs
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
    of_level,
    on,
    shades,
)

_MEASURES = (
    ("share_of_cases", "Share of cases", SHARE),
    ("per_1000_words", "Per 1,000 words", RATE),
    ("units", "Units", COUNT),
)
_LABELS = 3
_EDGE = {style: on(style, edge=True) for style in (SHARE, RATE, COUNT, HEAD_RIGHT)}


@dataclass(frozen=True)
class _Block:
    attribute: str
    coder: str
    unit: str
    groups: Sequence[str]
    sizes: Mapping[str, str]
    rows: Sequence[tuple[str, str, str]]
    """Level, id and name."""
    counts: Mapping[tuple[str, str, str], Mapping[str, Any]]
    """By level, id and group."""


def write_groups(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write for each attribute what share of cases, rate and units every group has, so that groups can be compared."""
    blocks = [block for attribute, frame in content.groups.items() for block in _blocks(attribute, frame)]
    most = max((len(block.groups) for block in blocks), default=0)
    alone = len(blocks) == 1
    sheet = Sheet(
        book,
        "Themes by group",
        cleaner=cleaner,
        widths=[8, 29, 38, *[13.0] * (len(_MEASURES) * most)],
        freeze="D6" if alone else "D3",
    )
    sheet.append(["How often codes, families and themes occur, by group"], TITLE, height=24)
    sheet.append([_explained(blocks)], CAPTION)
    for block in blocks:
        head, last = _write_block(sheet, block, first=block is blocks[0])
        if alone:
            sheet.inner.auto_filter.ref = area((head, 1), (last, _LABELS + len(_MEASURES) * len(block.groups)))
            sheet.inner.print_title_rows = f"{head - 1}:{head}"


def _explained(blocks: Sequence[_Block]) -> str:
    if not blocks:
        return "No attribute of the cases was compared."
    return (
        "Groups differ in size, so compare shares and rates; units are the counts behind them. Only codes are shaded."
    )


def _blocks(attribute: str, frame: pd.DataFrame) -> Iterator[_Block]:
    """Yield a block a coder; the attribute's column is the first, whatever it is called."""
    values = [str(held) or "(blank)" for held in frame.iloc[:, 0]]
    counts = frame.iloc[:, 1:]
    for coder in coders_of(counts):
        mine = counts["coder"] == coder
        groups = [group for group, kept in zip(values, mine, strict=True) if kept]
        yield _block(attribute, coder, groups, of_coder(counts, coder))


def _block(attribute: str, coder: str, groups: Sequence[str], frame: pd.DataFrame) -> _Block:
    lines: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    cases: dict[str, list[int]] = {}
    for group, line in zip(groups, lines, strict=True):
        cases.setdefault(group, []).append(int(line["universe_cases"]))
    return _Block(
        attribute,
        coder,
        ", ".join(dict.fromkeys(frame["unit"])),
        list(cases),
        {group: spread(numbers) for group, numbers in cases.items()},
        list(dict.fromkeys((line["level"], line["code"], line["name"]) for line in lines)),
        {(line["level"], line["code"], group): line for group, line in zip(groups, lines, strict=True)},
    )


def _write_block(sheet: Sheet, block: _Block, *, first: bool) -> tuple[int, int]:
    """Write one attribute's comparison; return the rows of its header and its last line."""
    if not first:
        sheet.blank()
    sheet.append([f"By {block.attribute} (unit of analysis: {block.unit}; coder {block.coder})"], HEADING, height=20)
    styles = [HEAD] * _LABELS + _across([HEAD_RIGHT] * len(_MEASURES), len(block.groups))
    sheet.append(_measure_heads(block), [on(style, across="left", wrap=False) for style in styles])
    head = sheet.append(["Level", "Code", "Name", *_group_heads(block)], styles)
    for row in block.rows:
        sheet.append(_line(block, row), _line_styles(block, row[0]))
    _shade(sheet.inner, block, head)
    return head, sheet.rows


def _across(styles: Sequence[Style], groups: int) -> list[Style]:
    return [_EDGE[style] if position == 0 else style for style in styles for position in range(groups)]


def _measure_heads(block: _Block) -> Sequence[Value]:
    return [None] * _LABELS + [
        title if position == 0 else None for _, title, _ in _MEASURES for position in range(len(block.groups))
    ]


def _group_heads(block: _Block) -> list[str]:
    return [f"{group}\n{_cases(block.sizes[group])}" for group in block.groups] * len(_MEASURES)


def _cases(number: str) -> str:
    return f"{number} case" if number == "1" else f"{number} cases"


def _line(block: _Block, row: tuple[str, str, str]) -> list[Value]:
    level, code, _ = row
    found = [block.counts.get((level, code, group), {}) for group in block.groups]
    return [*row, *(value(line[key]) if line else None for key, _, _ in _MEASURES for line in found)]


def _line_styles(block: _Block, level: str) -> list[Style]:
    measured = _across([style for _, _, style in _MEASURES], len(block.groups))
    return [of_level(style, level) for style in (PLAIN, TEXT, TEXT, *measured)]


def _shade(inner: Any, block: _Block, head: int) -> None:
    """Shade the shares and the rates of codes; families and themes would outshine them."""
    coded = runs(head + position for position, row in enumerate(block.rows, 1) if row[0] == "code")
    wide = len(block.groups)
    for measure in range(2):
        left = _LABELS + 1 + measure * wide
        ranges = [area((start, left), (end, left + wide - 1)) for start, end in coded]
        if ranges:
            inner.conditional_formatting.add(" ".join(ranges), shades())
