"""Sheets of tables that analyses return: comparison of groups, saturation, agreement, disagreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.sheet_tables import finish_table, wrap_notes
from qualcode.workbook.sheets.charts import add_saturation_chart
from qualcode.workbook.sheets.count_captions import cell_value
from qualcode.workbook.styles import (
    CAPTION,
    COUNT,
    DURATION,
    FAIR,
    FILL_IN,
    FILL_IN_HEAD,
    GOOD,
    HEAD_INDENTED,
    HEAD_RIGHT,
    P_VALUE,
    PLAIN,
    POOR,
    RATE,
    SECONDS_PER_DAY,
    SHARE_FINE,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    build_level_rule,
    level_style,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_COMPARISON = {
    "level": Column("Level", 8, PLAIN),
    "code": Column("Code", 29, TEXT),
    "name": Column("Name", 38, TEXT),
    "attribute": Column("Attribute", 16, TEXT_INDENTED, HEAD_INDENTED),
    "group_a": Column("Group a", 16, TEXT),
    "group_b": Column("Group b", 16, TEXT),
    "cases_a": Column("Cases a", 8, COUNT, HEAD_RIGHT),
    "universe_cases_a": Column("of cases a", 10, COUNT, HEAD_RIGHT),
    "cases_b": Column("Cases b", 8, COUNT, HEAD_RIGHT),
    "universe_cases_b": Column("of cases b", 10, COUNT, HEAD_RIGHT),
    "share_a": Column("Share a", 9, SHARE_FINE, HEAD_RIGHT),
    "share_b": Column("Share b", 9, SHARE_FINE, HEAD_RIGHT),
    "difference": Column("Difference", 10, SHARE_FINE, HEAD_RIGHT),
    "difference_low": Column("Difference, lower limit", 12, SHARE_FINE, HEAD_RIGHT),
    "difference_high": Column("Difference, upper limit", 12, SHARE_FINE, HEAD_RIGHT),
    "q": Column("q (shares)", 9, P_VALUE, HEAD_RIGHT),
    "rate_a": Column("Codings per 1,000 words, a", 11, RATE, HEAD_RIGHT),
    "rate_b": Column("Codings per 1,000 words, b", 11, RATE, HEAD_RIGHT),
    "rate_ratio": Column("Ratio of rates", 9, RATE, HEAD_RIGHT),
    "rate_ratio_low": Column("Ratio, lower limit", 9, RATE, HEAD_RIGHT),
    "rate_ratio_high": Column("Ratio, upper limit", 9, RATE, HEAD_RIGHT),
    "rate_q": Column("q (rates)", 9, P_VALUE, HEAD_RIGHT),
    "reason": Column("Not tested", 30, TEXT_INDENTED, HEAD_INDENTED),
}
_SATURATION = {
    "position": Column("Position", 9, COUNT, HEAD_RIGHT),
    "transcript": Column("Transcript", 24, TEXT_INDENTED, HEAD_INDENTED),
    "codes": Column("Codes", 9, COUNT, HEAD_RIGHT),
    "new": Column("New codes", 9, COUNT, HEAD_RIGHT),
    "cumulative": Column("Codes so far", 9, COUNT, HEAD_RIGHT),
    "expected": Column("Mean of all orders", 11, RATE, HEAD_RIGHT),
    "low": Column("Random orders, from", 14, COUNT, HEAD_RIGHT),
    "high": Column("Random orders, to", 14, COUNT, HEAD_RIGHT),
    "run_new": Column("New in the run", 9, COUNT, HEAD_RIGHT),
    "run_share": Column("Share of the base", 10, SHARE_FINE, HEAD_RIGHT),
}
_AGREEMENT = {
    "level": Column("Level", 8, PLAIN),
    "code": Column("Code", 29, TEXT),
    "name": Column("Name", 38, TEXT),
    "units": Column("Units", 9, COUNT, HEAD_RIGHT),
    "coded": Column("Coded by each", 34, TEXT_INDENTED, HEAD_INDENTED),
    "percent": Column("Percent agreement", 11, SHARE_FINE, HEAD_RIGHT),
    "krippendorff_alpha": Column("Krippendorff's alpha", 14, RATE, HEAD_RIGHT),
    "krippendorff_alpha_low": Column("alpha, lower limit", 10, RATE, HEAD_RIGHT),
    "krippendorff_alpha_high": Column("alpha, upper limit", 10, RATE, HEAD_RIGHT),
    "cohen_kappa": Column("Cohen's kappa", 10, RATE, HEAD_RIGHT),
    "gwet_ac1": Column("Gwet's AC1", 10, RATE, HEAD_RIGHT),
    "prevalence_index": Column("Prevalence index", 11, RATE, HEAD_RIGHT),
    "bias_index": Column("Bias index", 10, RATE, HEAD_RIGHT),
    "undefined": Column("Not defined", 44, TEXT_INDENTED, HEAD_INDENTED),
}
_PASSAGE = {
    "transcript": Column("Transcript", 12),
    "turn": Column("Turn", 6, COUNT, HEAD_RIGHT),
    "speaker": Column("Speaker", 14, TEXT_INDENTED, HEAD_INDENTED),
    "time": Column("Time", 9, DURATION, HEAD_RIGHT),
    "text": Column("Text", 62, TEXT_INDENTED, HEAD_INDENTED),
    "agreed": Column("Codes of all", 26),
}
_DECISION = {
    "decision": Column("Decision", 26, FILL_IN, FILL_IN_HEAD),
    "note": Column("Note", 30, FILL_IN, FILL_IN_HEAD),
    "decided_by": Column("Decided by", 12),
    "id": Column("Id", 14, TEXT_INDENTED, HEAD_INDENTED),
    "check": Column("Check", 14, PLAIN),
}
_CODES_WIDTH = 26


def write_comparison_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write how groups of cases differ; differences that are beyond chance have a background."""
    if content.comparison is not None:
        sheet = _write_sheet(draft, "Comparison", "Groups of cases compared", content.comparison, _COMPARISON)
        for key in ("q", "rate_q"):
            _mark(sheet, _COMPARISON, key, [("lessThanOrEqual", ["0.05"], GOOD)])


def write_saturation_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write new codes by transcript, with a chart of their number so far."""
    if content.saturation is not None:
        title = "Saturation: new codes by transcript"
        sheet = _write_sheet(draft, "Saturation", title, content.saturation, _SATURATION)
        add_saturation_chart(sheet, list(_SATURATION))


def write_agreement_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write the agreement of coders; alpha has the colour of its level."""
    if content.agreement is not None:
        sheet = _write_sheet(draft, "Agreement", "Agreement of coders", content.agreement, _AGREEMENT)
        levels = [
            ("greaterThanOrEqual", ["0.8"], GOOD),
            ("between", ["0.667", "0.8"], FAIR),
            ("lessThan", ["0.667"], POOR),
        ]
        _mark(sheet, _AGREEMENT, "krippendorff_alpha", levels)


def write_disagreement_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write the passages that coders have coded differently, with a column for each coder."""
    if (table := content.disagreements) is None:
        return
    # One column for each coder: those that are neither of the passage nor of the decision.
    coders = {
        str(name): Column(str(name).removeprefix("codes_"), _CODES_WIDTH)
        for name in table.columns
        if str(name).startswith("codes_")
    }
    title = "Passages that coders have coded differently"
    passage = {**_PASSAGE, "transcript": Column("Transcript", content.name_width)}
    _write_sheet(draft, "Disagreements", title, table, {**passage, **coders, **_DECISION})


def _write_sheet(
    draft: WorkbookDraft, name: str, title: str, table: pd.DataFrame, columns: Mapping[str, Column]
) -> SheetWriter:
    notes = wrap_notes([*table.attrs.get("methods", ()), *table.attrs["notes"]], columns.values())
    sheet = draft.open_sheet(name, widths=[column.width for column in columns.values()], freeze=f"A{len(notes) + 3}")
    sheet.append([title], TITLE, height=24)
    for note in notes:
        sheet.append([note], CAPTION)
    head = sheet.append_header(columns.values())
    for row in table.to_dict("records"):
        level = str(row.get("level", "code"))
        values = [_cell(key, row[key]) for key in columns]
        sheet.append(values, [level_style(column.style, level) for column in columns.values()])
    finish_table(sheet, name, head, labels=3)
    return sheet


def _mark(
    sheet: SheetWriter, columns: Mapping[str, Column], key: str, levels: Sequence[tuple[str, list[str], str]]
) -> None:
    """Colour the cells of a column by their level: operator, limits and colour of each."""
    column = list(columns).index(key) + 1
    if sheet.row_count > sheet.header_row:
        cells = cell_range((sheet.header_row + 1, column), (sheet.row_count, column))
        for operator, limits, colour in levels:
            sheet.worksheet.conditional_formatting.add(cells, build_level_rule(operator, limits, colour))


def _cell(key: str, value: object) -> CellValue:
    if key == "time":
        return None if pd.isna(value) else float(value) / SECONDS_PER_DAY  # type: ignore[call-overload, arg-type]
    return cell_value(value)
