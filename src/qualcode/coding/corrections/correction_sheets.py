"""Corrections read from a workbook or a CSV table; a sheet is known by the titles of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualcode.coding.corrections.correction import (
    CodingDecision,
    Correction,
    CorrectionRow,
    Corrections,
    NewCoding,
    PassageDecision,
    SegmentCodes,
)
from qualcode.coding.corrections.filled_tables import (
    CODE_FIELDS,
    FilledRow,
    FilledSheet,
    SheetHeader,
    SheetKind,
    compute_rows,
    find_header,
    formula_titles,
    is_filled,
    open_csv_sheet,
    open_workbook_sheets,
    restore_comments,
)
from qualcode.coding.corrections.review_rows import review_check
from qualcode.errors import OperationError, UsageError, did_you_mean, format_names, name_for_interface
from qualcode.files import open_binary, remove_forbidden_characters
from qualcode.files.tables.table_cells import WorkbookCells, cell_text

_STATED = ("quote", "code", "coder", "check", "transcript", "turn", "score", "why", "maker")
_YES = frozenset({"yes", "y", "x", "true", "1", "done", "✓", "✔"})


def read_correction_sheets(path: Path) -> Corrections:
    """Return what a workbook or a CSV table asks for.

    Raises
    ------
    UsageError
        If the file is of another type.
    OperationError
        If it cannot be read, or no sheet has the columns of corrections.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        with open_binary(path) as stream:
            return _read_sheets(path, open_workbook_sheets(WorkbookCells(stream, display_path=str(path))))
    if suffix in {".csv", ".tsv"}:
        return _read_sheets(path, [open_csv_sheet(path)])
    raise UsageError(f"{path}: corrections are read from .xlsx, .csv and .docx: save the file as one of them")


def _read_sheets(path: Path, sheets: Iterable[FilledSheet]) -> Corrections:
    items: list[Correction] = []
    unclear: list[CorrectionRow] = []
    read, skipped = [], []
    coders: dict[str, None] = {}
    for sheet in sheets:
        rows = iter(sheet.rows)
        header, problem = find_header(sheet, rows)
        if problem:
            unclear.append(problem)
        if header is None:
            skipped.append(sheet.title)
            continue
        read.append(sheet.title)
        for item in _read_rows(sheet, header, _collect_coders(header, rows, coders)):
            (unclear if isinstance(item, CorrectionRow) else items).append(item)  # type: ignore[arg-type]
    if not read and not unclear:
        export = name_for_interface("'qualcode export --for review'", "Project.export_review()")
        raise OperationError(
            f"{path}: nothing to read back: no sheet has the columns Id and Decision (a review), Quote and Code (new "
            "codings), Code 1, Start and End (coding), or Id, Decision and Decided by (disagreements): "
            f"{export} writes one"
        )
    names = [f"'{name}'" for name in skipped]
    notes = [f"sheets without decisions, not read: {format_names(names)}"] if names and read != [""] else []
    return Corrections(path.name, items, unclear, notes, tuple(coders))


def _collect_coders(
    header: SheetHeader, rows: Iterable[tuple[int, Sequence[Any]]], coders: dict[str, None]
) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the rows of a sheet, and collect whose codings a review shows, decided on or not."""
    for number, values in rows:
        if header.kind == "review" and (coder := header.text(values, "coder")):
            coders[coder] = None
        yield number, values


def _read_rows(
    sheet: FilledSheet, header: SheetHeader, rows: Iterable[tuple[int, Sequence[Any]]]
) -> Iterator[Correction | CorrectionRow]:
    """Yield what each row asks for; rows in which nothing is filled in are left out."""
    deferred: list[FilledRow] = []
    for number, values in rows:
        if not is_filled(header, values):
            continue
        row = FilledRow(sheet, header, number, values)
        if formula_titles(row):
            deferred.append(row)
        elif (item := _READERS[header.kind](row)) is not None:
            yield item
    results = compute_rows(sheet, {row.number for row in deferred})
    # A file in which any formula has a result was computed, so a formula without one is blank.
    is_computed = any(
        results.get(row.number, ())[row.header.columns[title]] not in {None, ""}
        for row in deferred
        for title in formula_titles(row)
        if row.header.columns[title] < len(results.get(row.number, ()))
    )
    for row in deferred:
        computed = FilledRow(sheet, header, row.number, restore_comments(row, results.get(row.number, ())))
        lost = [] if is_computed else [title for title in formula_titles(row) if not computed.text(title)]
        if lost:
            message = "a formula without a stored result: type its value, or save the file in a spreadsheet"
            yield row.unclear(lost[0], message)
        elif (item := _READERS[header.kind](computed)) is not None:
            yield item


def _review_item(row: FilledRow) -> CodingDecision | CorrectionRow | None:
    first = row.first_filled()
    if not first:
        return None
    target = row.text("id")
    if not target:
        return row.unclear(first, "the row has no id, so it is not known which coding is meant")
    stated = {title: row.stated_text(title) or _number_text(row, title) for title in _STATED}
    return CodingDecision(
        row.place(first),
        target,
        row.text("decision"),
        tuple(filter(None, [row.text("new code")])),
        remove_forbidden_characters(row.text("comment"))[0],
        {title: text for title, text in stated.items() if text},
        {"new code": row.place("new code")} if row.text("new code") else {},
    )


def _number_text(row: FilledRow, title: str) -> str:
    """Return a number as text, where a number is expected or may stand for a text that looks like one."""
    value = row.header.cell(row.values, title)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return cell_text(value) if is_number and title in {"turn", "score", "transcript"} else ""


def _new_coding(row: FilledRow) -> NewCoding | CorrectionRow | None:
    first = row.first_filled()
    if not first:
        return None
    quote, code = row.text("quote"), row.text("code")
    transcript = row.text("transcript") or row.text("case")
    if not quote:
        return row.unclear("quote", "there is no quote: copy the words from the transcript")
    if not transcript:
        return row.unclear("transcript", "there is no transcript or case: write where the words are")
    if not code and not row.text("comment"):
        return row.unclear("code", "there is no code: choose one from the list, or write a comment for a memo")
    places = {"quote": row.place("quote"), "transcript": row.place("transcript" if row.text("transcript") else "case")}
    place = row.place("code" if code else "quote")
    return NewCoding(place, transcript, quote, code, row.text("comment"), turn=row.number_in("turn"), places=places)


def _passage_decision(row: FilledRow) -> PassageDecision | CorrectionRow | None:
    check = row.text("check")
    if check and check == review_check(row.text("id"), row.text("decision"), row.text("note")):
        return None  # as it was written: nobody has decided here since
    if not row.text("decision"):
        return row.unclear("note", "a note without a decision: write a coder, all, none, or codes as the decision")
    if not row.text("id"):
        return row.unclear("decision", "the row has no id, so it is not known which passage is meant")
    return PassageDecision(
        row.place("decision"), row.text("id"), row.text("decision"), row.text("note"), row.stated_text("text"), check
    )


def _segment_codes(row: FilledRow) -> SegmentCodes | CorrectionRow | None:
    first = row.first_filled()
    if not first and not row.text("had"):
        return None
    start, end = row.number_in("start"), row.number_in("end")
    if start is None or end is None:
        # The interviewer's turns have no offsets.
        message = "this row cannot be coded: it is the interviewer's, or its columns Start and End are lost"
        return row.unclear(first, message) if first else None
    done = row.text("done").casefold()
    if done and done not in _YES | {"no", "false", "0"}:
        hint = did_you_mean(done, ["yes", "no"]) or "write yes, or leave it blank"
        return row.unclear("done", f"'{done}' is not yes: {hint}")
    return SegmentCodes(
        row.place(first),
        row.text("transcript"),
        start,
        end,
        row.text("version"),
        row.stated_text("text"),
        tuple(text for title in CODE_FIELDS if (text := row.text(title))),
        tuple(name for part in row.text("had").split(";") if (name := part.strip())),
        row.text("memo"),
        done in _YES,
        row.text("coder"),
        {row.text(title): row.place(title) for title in CODE_FIELDS if row.text(title)},
    )


_READERS: Mapping[SheetKind, Callable[[FilledRow], Correction | CorrectionRow | None]] = {
    "review": _review_item,
    "new codings": _new_coding,
    "coding": _segment_codes,
    "disagreements": _passage_decision,
}
