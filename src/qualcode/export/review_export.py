"""Workbooks and tables that people fill in: codings to review, transcripts to code."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.coding.corrections.correction import DECISIONS
from qualcode.errors import OperationError, UsageError, format_count, name_for_interface
from qualcode.export.cleaned_workbook import save_cleaned
from qualcode.export.review_instructions import coding_lines, review_lines
from qualcode.files import fill_atomically, guard_cell
from qualcode.listings.review.code_choices import colour_codes, label_code, list_usable_codes
from qualcode.listings.review.coding_sheet_rows import CODING_TITLES, CodingRequest, CodingRows, coding_sheet_rows
from qualcode.listings.review.review_sheet_rows import REVIEW_TITLES, ReviewRequest, ReviewRows, review_rows
from qualcode.model import format_seconds
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.workbook import CleaningCounts
    from qualcode.workbook.review import CodeChoice

_Row = Mapping[str, Any]
Written = tuple[Path, list[str], int]
"""A path that was written, notes, and the number of rows."""


def check_replaceable(paths: Iterable[Path], *, replace: bool) -> None:
    """Refuse to replace files that somebody may have filled in.

    Raises
    ------
    OperationError
        If there is one of the files.
    """
    existing = next((path for path in paths if not replace and path.exists()), None)
    if existing is not None:
        allow = name_for_interface("--yes replaces it", "replace=True replaces it")
        raise OperationError(f"{existing}: there is a file, and somebody may have filled it in ({allow})")


def export_review(study: Study, path: Path, request: ReviewRequest) -> Written:
    """Write a coder's codings for a lead to decide on; return path, notes and the number of rows.

    Raises
    ------
    UsageError
        If the path ends neither in .xlsx nor in .csv.
    """
    is_table = _is_table(path)
    review = review_rows(study, request)
    if is_table:
        notes = _write_table(path, REVIEW_TITLES, review.rows)
    else:
        notes = save_cleaned(path, lambda temporary: _write_review(study, review, temporary))
    return path, [*review.notes, *notes], review.codings + review.suggestions


def export_coding(study: Study, path: Path, request: CodingRequest) -> Written:
    """Write transcripts for a coder to code; return path, notes and the number of rows.

    Raises
    ------
    UsageError
        If the path ends neither in .xlsx nor in .csv.
    """
    is_table = _is_table(path)
    coding = coding_sheet_rows(study, request)
    # Rows are followed through later edits by the text that they were made from.
    study.text_versions.save_texts(study.transcripts[name] for name in coding.transcripts)
    if is_table:
        notes = _write_table(path, CODING_TITLES, coding.rows)
    else:
        notes = save_cleaned(path, lambda temporary: _write_coding(study, coding, temporary))
    rows = sum(bool(row["Version"]) for row in coding.rows)
    return path, [*coding.notes, *notes], rows


def _is_table(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in {".xlsx", ".csv"}:
        raise UsageError(f"{path}: end the name in .xlsx (a workbook to fill in) or .csv (its table alone)")
    return suffix == ".csv"


def _write_review(study: Study, review: ReviewRows, path: Path) -> CleaningCounts:
    from qualcode.workbook.review import ReviewContent, write_review_workbook

    latest = max(study.last_decision_times.values(), default="")
    content = ReviewContent(
        title=f"Review of codings: {study.name}",
        instructions=list(review_lines(study, review, latest=latest)),
        choices=list(_code_choices(study)),
        titles=REVIEW_TITLES,
        rows=review.rows,
        hidden=review.unused,
        changed=latest,
        colours=colour_codes(study.codebook),
        decisions=DECISIONS,
        has_probabilities=review.has_probabilities,
    )
    return write_review_workbook(content, path)


def _write_coding(study: Study, coding: CodingRows, path: Path) -> CleaningCounts:
    from qualcode.workbook.review import CodingContent, write_coding_workbook

    # The coder's own time: that of others would tell that they have decided something.
    latest = study.last_decision_times.get(coding.coder, "")
    content = CodingContent(
        title=f"Coding: {study.name}",
        instructions=list(coding_lines(study, coding, latest=latest)),
        choices=list(_code_choices(study)),
        titles=CODING_TITLES,
        rows=coding.rows,
        hidden=coding.hidden,
        changed=latest,
    )
    return write_coding_workbook(content, path)


def _code_choices(study: Study) -> Iterator[CodeChoice]:
    from qualcode.workbook.review import CodeChoice

    colours = colour_codes(study.codebook)
    for code in list_usable_codes(study.codebook):
        label = label_code(study.codebook, code.id)
        yield CodeChoice(label, code.name, code.definition, code.include, code.exclude, colours.get(code.id, ""))


def _write_table(path: Path, titles: Sequence[str], rows: Iterable[_Row]) -> list[str]:
    """Write rows as CSV that a spreadsheet can open, and return notes on what was changed in texts."""
    guarded = 0

    def guard(cell: Any) -> Any:
        nonlocal guarded
        safe = guard_cell(cell) if isinstance(cell, str) else cell
        guarded += safe != cell
        return safe

    def write(temporary: Path) -> None:
        # With a byte-order mark, or Excel would not read UTF-8.
        with temporary.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
            writer.writerow(titles)
            writer.writerows([guard(_format_cell(title, row[title])) for title in titles] for row in rows)

    fill_atomically(path, write)
    return [f"{format_count(guarded, 'cell')} like a formula: an apostrophe in front"] if guarded else []


def _format_cell(title: str, value: Any) -> Any:
    if title != "Time" or value is None:
        return value
    return format_seconds(value)
