"""The sheet "Provenance": where the numbers come from, and what was changed in texts for Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualcode.errors import format_count
from qualcode.workbook.safe_text import TextChange
from qualcode.workbook.sheet_layout import Column, SheetWriter, cell_place
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    HEAD_INDENTED,
    HEAD_RIGHT,
    HEADING,
    PLAIN,
    PLAIN_INDENTED,
    TITLE,
    lined,
    linked,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_WIDTHS = (30, 14, 14, 16, 16, 14, 14, 40)
_CODERS = {
    "coder": Column("Coder", 0),
    "codings": Column("Codings", 0, COUNT, HEAD_RIGHT),
    "transcripts": Column("Transcripts", 0, COUNT, HEAD_RIGHT),
    "finished": Column("Marked as done", 0, COUNT, HEAD_RIGHT),
    "from_suggestions": Column("From suggestions", 0, COUNT, HEAD_RIGHT),
    "first": Column("First decision", 0, PLAIN_INDENTED, HEAD_INDENTED),
    "last": Column("Last decision", 0, PLAIN),
    "note": Column("Note", 0),
}
_TRANSCRIPTS = {
    "transcript": Column("Transcript", 0),
    "case": Column("Case", 0),
    "turns": Column("Turns", 0, COUNT, HEAD_RIGHT),
    "words": Column("Words", 0, COUNT, HEAD_RIGHT),
    "sha256": Column("SHA-256", 0, PLAIN_INDENTED, HEAD_INDENTED),
}
_CHANGES = (
    Column("Sheet", 0),
    Column("Cell", 0, PLAIN),
    Column("Characters", 0, COUNT, HEAD_RIGHT),
    Column("Change", 0, PLAIN_INDENTED, HEAD_INDENTED),
)
_MEANINGS = {
    "formula": "begins with = + - or @: stored as text, nothing is missing",
    "control characters": "characters that Excel cannot store: removed",
    "cut": "over Excel's limit of 32,767 characters: cut and marked",
}
_MOST_CHANGES = 50_000
"""Most cells that are listed."""


def write_provenance_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write versions, hashes and settings, who coded what and when, and the changes to texts of all other sheets."""
    changes = list(draft.cleaner.changes)
    sheet = draft.open_sheet("Provenance", widths=_WIDTHS, freeze="A2")
    sheet.append(["Where the numbers come from"], TITLE, height=24)
    for label, value in content.provenance.facts:
        sheet.append_merged(label, value, to_column=len(_WIDTHS))
    _write_rows(sheet, "Who coded what and when", content.provenance.coders, _CODERS)
    _write_rows(sheet, "Transcripts counted", content.provenance.transcripts, _TRANSCRIPTS)
    _write_changes(draft, sheet, changes)
    sheet.fit_pages(len(_WIDTHS))


def _write_rows(
    sheet: SheetWriter, title: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Column]
) -> None:
    sheet.append_blank()
    sheet.append([title], HEADING, height=20)
    if not rows:
        sheet.append(["none"], CAPTION)
        return
    sheet.append([one.title for one in columns.values()], [one.header_style for one in columns.values()])
    styles = [lined(one.style) for one in columns.values()]
    for row in rows:
        sheet.append([row[key] for key in columns], styles)


def _write_changes(draft: WorkbookDraft, sheet: SheetWriter, changes: Sequence[TextChange]) -> None:
    """Write each cell whose text is not as it was, or is stored so that Excel computes nothing."""
    sheet.append_blank()
    sheet.append(["Changes to texts for Excel"], HEADING, height=20)
    sheet.append([_count_changes(changes)], CAPTION)
    if not changes:
        return
    sheet.append([one.title for one in _CHANGES], [one.header_style for one in _CHANGES])
    plain = [lined(one.style) for one in _CHANGES]
    styles = [plain[0], linked(plain[1]), *plain[2:]]
    for change in changes[:_MOST_CHANGES]:
        row = sheet.append([change.sheet, change.cell, change.characters, _MEANINGS[change.kind]], styles)
        sheet.link(row, 2, cell_place(change.sheet, change.cell))
    if (more := len(changes) - _MOST_CHANGES) > 0:
        sheet.append([f"and {format_count(more, 'cell')} more"], CAPTION)


def _count_changes(changes: Sequence[TextChange]) -> str:
    if not changes:
        return "None: all texts are as they were."
    counts = {kind: sum(change.kind == kind for change in changes) for kind in _MEANINGS}
    return (
        "; ".join(f"{format_count(count, 'cell')}: {_MEANINGS[kind]}" for kind, count in counts.items() if count) + "."
    )
