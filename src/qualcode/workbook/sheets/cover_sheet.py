"""The sheet "Overview": findings, a list of the sheets, and what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualcode.errors import format_count
from qualcode.workbook.sheet_colours import build_data_bar
from qualcode.workbook.sheet_layout import CellValue, SheetWriter, cell_range
from qualcode.workbook.sheets.count_captions import cell_value
from qualcode.workbook.styles import (
    BOLD,
    CAPTION,
    COUNT,
    COUNT_LEFT,
    COVER_BAND,
    COVER_FIGURE,
    COVER_LABEL,
    COVER_TITLE,
    HEAD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    PLAIN,
    PLAIN_INDENTED,
    SHARE,
    TEXT,
    Style,
    derive_style,
    lined,
    linked,
)
from qualcode.workbook.workbook_content import SHEETS, WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_WIDTHS = (36, 24, 24, 22, 22)
_LAST = len(_WIDTHS)
_BULLET = derive_style(TEXT, indent=1)
_SUBHEADING = derive_style(BOLD, wrap=False)


def open_cover_sheet(draft: WorkbookDraft) -> SheetWriter:
    """Return the first sheet; it is written last, because it lists the others."""
    return draft.open_sheet("Overview", widths=_WIDTHS, freeze="A3")


def write_cover_sheet(
    sheet: SheetWriter, draft: WorkbookDraft, content: WorkbookContent, sheets: Sequence[str]
) -> None:
    """Write title, findings, the sheets of the workbook, and what was counted."""
    cover = content.cover
    sheet.append([content.title], COVER_TITLE, height=34)
    sheet.append([cover.subtitle], CAPTION)
    if cover.figures:
        sheet.append_blank()
        _write_figures(sheet, cover.figures[:_LAST])
    _write_findings(sheet, draft, content)
    _write_sheet_list(sheet, draft, content, sheets)
    sheet.append_blank()
    for label, value in cover.counted:
        _write_line(sheet, label, value)
    _write_changes(sheet, draft)


def _write_band(sheet: SheetWriter, text: str) -> None:
    sheet.append_blank()
    sheet.append([text, *[None] * (_LAST - 1)], COVER_BAND, height=22)


def _write_figures(sheet: SheetWriter, figures: Sequence[tuple[str, str]]) -> None:
    sheet.append([number for number, _ in figures], COVER_FIGURE, height=32)
    sheet.append([label for _, label in figures], COVER_LABEL, height=20)


def _write_findings(sheet: SheetWriter, draft: WorkbookDraft, content: WorkbookContent) -> None:
    cover = content.cover
    if not cover.findings and not cover.themes:
        return
    _write_band(sheet, "Findings")
    if cover.themes:
        _write_themes(sheet, draft, content)
    for kind, target, sentences in cover.findings:
        sheet.append_blank()
        _write_link(sheet, draft, kind, target)
        for sentence in sentences:
            sheet.append_merged(f"•  {sentence}", None, to_column=_LAST, style=_BULLET)


def _write_link(sheet: SheetWriter, draft: WorkbookDraft, text: str, target: str) -> None:
    """Write a heading with a link to the sheet that shows more, if the workbook has it."""
    has_sheet = ("sheet", target) in draft.places
    row = sheet.append([text, f"see {target}" if has_sheet else None], [_SUBHEADING, linked(PLAIN)])
    if has_sheet:
        draft.links.append((sheet, row, 2, ("sheet", target)))


def _write_themes(sheet: SheetWriter, draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write the codes of most cases, with bars of their shares."""
    _write_link(sheet, draft, "Codes of most cases", "Themes")
    sheet.append(
        ["Code", "Cases with the code", "Share of cases", "95 % interval", "Codings"],
        [HEAD, HEAD, HEAD_RIGHT, HEAD_INDENTED, HEAD_RIGHT],
    )
    first = sheet.row_count + 1
    for row in content.cover.themes:
        values = [row["name"], f"{row['cases']:,} of {format_count(row['universe_cases'], 'case')}"]
        share = cell_value(row["share_of_cases"])
        number = sheet.append([*values, share, _interval(row), row["codings"]], _theme_styles(row, content))
        if content.has_links and row["codings"]:
            draft.links.append((sheet, number, _LAST, ("code", row["code"])))
    sheet.worksheet.conditional_formatting.add(cell_range((first, 3), (sheet.row_count, 3)), build_data_bar())


def _theme_styles(row: Mapping[str, Any], content: WorkbookContent) -> list[Style]:
    codings = lined(COUNT)
    styles = [lined(style) for style in (TEXT, PLAIN, SHARE, PLAIN_INDENTED)]
    return [*styles, linked(codings) if content.has_links and row["codings"] else codings]


def _interval(row: Mapping[str, Any]) -> str:
    low, high = cell_value(row["share_low"]), cell_value(row["share_high"])
    return "" if isinstance(low, str) or isinstance(high, str) else f"{100 * low:.0f}–{100 * high:.0f} %"  # type: ignore[operator]


def _write_sheet_list(sheet: SheetWriter, draft: WorkbookDraft, content: WorkbookContent, names: Sequence[str]) -> None:
    _write_band(sheet, "Sheets")
    for name in names[1:]:
        row = sheet.append_merged(name, _describe(name), to_column=_LAST, label_style=linked(PLAIN))
        draft.links.append((sheet, row, 1, ("sheet", name)))
    if content.cover.left_out:
        sheet.append_blank()
        sheet.append(["Not in this workbook"], _SUBHEADING)
        for name, reason in content.cover.left_out:
            sheet.append_merged(name, reason, to_column=_LAST)


def _describe(name: str) -> str:
    """Return what a sheet shows; further sheets of quotes have a number."""
    return SHEETS.get(name) or "more of the sheet before it"


def _write_line(sheet: SheetWriter, label: str, value: CellValue) -> None:
    if value != "":
        sheet.append_merged(label, value, to_column=_LAST, style=COUNT_LEFT if isinstance(value, int) else TEXT)
    elif label:
        sheet.append([label, *[None] * (_LAST - 1)], COVER_BAND, height=22)
    else:
        sheet.append_blank()


def _write_changes(sheet: SheetWriter, draft: WorkbookDraft) -> None:
    """Write how many texts were changed for Excel; Provenance lists their cells."""
    counts = draft.cleaner.counts
    texts = [
        (counts.formulas, "beginning with = + - or @, stored as text"),
        (counts.truncated, "cut at Excel's limit of 32,767 characters"),
    ]
    changes = [f"{format_count(count, 'cell')} {meaning}" for count, meaning in texts if count]
    if counts.control_characters:
        changes.append(f"{format_count(counts.control_characters, 'character')} removed that Excel cannot store")
    text = f"{'; '.join(changes)} (listed in Provenance)" if changes else "none"
    sheet.append_merged("Changes to texts for Excel", text, to_column=_LAST)
