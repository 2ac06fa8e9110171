"""Writing of the workbook: its sheets in their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualcode.workbook.safe_text import CleaningCounts
from qualcode.workbook.sheets.codebook_sheet import write_codebook_sheet
from qualcode.workbook.sheets.cover_sheet import open_cover_sheet, write_cover_sheet
from qualcode.workbook.sheets.group_sheet import write_group_sheet
from qualcode.workbook.sheets.matrix_sheets import write_case_sheet, write_segment_sheet
from qualcode.workbook.sheets.memo_sheet import write_memo_sheet
from qualcode.workbook.sheets.pair_sheet import write_cooccurrence_sheet
from qualcode.workbook.sheets.provenance_sheet import write_provenance_sheet
from qualcode.workbook.sheets.quote_sheets import write_quote_sheets
from qualcode.workbook.sheets.suggestion_sheet import write_suggestion_sheet
from qualcode.workbook.sheets.table_sheets import (
    write_agreement_sheet,
    write_comparison_sheet,
    write_disagreement_sheet,
    write_saturation_sheet,
)
from qualcode.workbook.sheets.theme_sheet import write_theme_sheet
from qualcode.workbook.workbook_content import SHEETS, WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft
from qualcode.workbook.workbook_file import save_workbook

_WRITERS: dict[str, Callable[[WorkbookDraft, WorkbookContent], None]] = {
    "Codebook": write_codebook_sheet,
    "Themes": write_theme_sheet,
    "Themes by group": write_group_sheet,
    "Comparison": write_comparison_sheet,
    "Co-occurrence": write_cooccurrence_sheet,
    "Case x code": write_case_sheet,
    "Quotes": write_quote_sheets,
    "Memos": write_memo_sheet,
    "Segments": write_segment_sheet,
    "Saturation": write_saturation_sheet,
    "Agreement": write_agreement_sheet,
    "Disagreements": write_disagreement_sheet,
    "Suggestions": write_suggestion_sheet,
}


def write_workbook(content: WorkbookContent, path: Path) -> CleaningCounts:
    """Write the workbook to a path and return how many texts were changed for Excel."""
    draft = WorkbookDraft()
    try:
        return _write_sheets(draft, content, path)
    except BaseException:  # also if a person interrupts it
        draft.discard()
        raise


def _write_sheets(draft: WorkbookDraft, content: WorkbookContent, path: Path) -> CleaningCounts:
    cover = open_cover_sheet(draft)
    for name in SHEETS:
        if name in _WRITERS and name in content.sheets:
            _WRITERS[name](draft, content)
    # These two are written last: the cover lists the sheets, Provenance the changes to texts of all sheets.
    sheets = [*draft.book.sheetnames, "Provenance"]
    write_cover_sheet(cover, draft, content, sheets)
    write_provenance_sheet(draft, content)
    draft.link_cells()
    save_workbook(draft.book, path, title=content.title, at=content.at)
    return draft.cleaner.counts
