"""Corrections read from a workbook or a CSV table; a sheet is known by the titles of its columns."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from qualcode.coding.corrections.correction import (
    CodingDecision,
    Correction,
    CorrectionRow,
    Corrections,
    NewCoding,
    PassageDecision,
    SegmentCodes,
)
from qualcode.coding.corrections.review_rows import review_check
from qualcode.errors import OperationError, Problem, UsageError, did_you_mean, format_names, name_for_interface
from qualcode.files import is_guarded, open_binary, read_text, remove_forbidden_characters, unguard_cell
from qualcode.files.tables.csv_stream import CsvError, parse_csv
from qualcode.files.tables.table_cells import WorkbookCells, cell_text, name_cell

_HEADER_ROWS = 60
"""Rows of a sheet among which the titles of its columns are looked for: people write notes above a table."""
_TITLES = {
    "comments": "comment",
    "decisions": "decision",
    "new codes": "new code",
    "transcript (or case)": "transcript",
    "transcript or case": "transcript",
    "case or transcript": "transcript",
    "case (or transcript)": "transcript",
    "speaker (or case)": "speaker",
}
"""Other titles of columns."""
_CODE_COLUMNS = ("code 1", "code 2", "code 3")
SheetKind = Literal["review", "new codings", "coding", "disagreements"]
_FILLED = {
    "review": ("decision", "new code", "comment"),
    "new codings": ("transcript", "case", "quote", "code", "comment"),
    "coding": (*_CODE_COLUMNS, "memo", "done"),
    "disagreements": ("decision", "note"),
}
"""Columns that people fill in, by kind of sheet."""
_STATED = ("quote", "code", "coder", "check", "transcript", "turn", "score", "why", "maker")
_YES = frozenset({"yes", "y", "x", "true", "1", "done", "✓", "✔"})


@dataclass(frozen=True)
class _Sheet:
    """A sheet, or a whole CSV table."""

    title: str
    """Empty for a CSV table."""
    rows: Iterable[tuple[int, Sequence[Any]]]
    compute: Callable[[], Iterator[tuple[int, Sequence[Any]]]] | None = None
    """Yields the rows with the results of formulas; None where there are no formulas."""

    def place(self, row: int, column: int | None = None, *, title: str = "") -> str:
        """Return where a cell or row is: ``Review!K17``, or in a CSV table ``line 17, Decision``."""
        if not self.title:
            return f"line {row}, {title}" if title else f"line {row}"
        return f"{self.title}!{name_cell(row, column)}"


@dataclass(frozen=True)
class _Header:
    """The columns of a table: the position of each by its title in lower case."""

    kind: SheetKind
    row: int
    columns: Mapping[str, int]
    titles: Sequence[str]

    def cell(self, values: Sequence[Any], title: str) -> Any:
        position = self.columns.get(title)
        return None if position is None or position >= len(values) else values[position]

    def text(self, values: Sequence[Any], title: str) -> str:
        return cell_text(self.cell(values, title)).strip()


@dataclass(frozen=True)
class _Row:
    """One row of a table below its header."""

    sheet: _Sheet
    header: _Header
    number: int
    values: Sequence[Any]

    def text(self, title: str) -> str:
        return self.header.text(self.values, title)

    def stated_text(self, title: str) -> str:
        """Return a cell that only verifies the row: empty if the spreadsheet made a number or a date of its text."""
        value = self.header.cell(self.values, title)
        return value.strip() if isinstance(value, str) else ""

    def number_in(self, title: str) -> int | None:
        text = self.text(title)
        return int(text) if text.isdecimal() and len(text) < 12 else None

    def place(self, title: str = "") -> str:
        position = self.header.columns.get(title)
        return self.sheet.place(self.number, position, title=self.header.titles[position] if position else title)

    def first_filled(self) -> str:
        """Return the title of the first column that is filled in; empty if none is."""
        return next((title for title in _FILLED[self.header.kind] if self.text(title)), "")

    def unclear(self, title: str, message: str) -> CorrectionRow:
        return CorrectionRow(self.place(title), "unclear", message=message)


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
            return _read_sheets(path, _workbook_sheets(WorkbookCells(stream, display_path=str(path))))
    if suffix in {".csv", ".tsv"}:
        return _read_sheets(path, [_csv_sheet(path)])
    raise UsageError(f"{path}: corrections are read from .xlsx, .csv and .docx: save the file as one of them")


def _workbook_sheets(cells: WorkbookCells) -> Iterator[_Sheet]:
    for title in cells.titles:

        def compute(title: str = title) -> Iterator[tuple[int, Sequence[Any]]]:
            return cells.rows(title, has_formulas=False)

        yield _Sheet(title, cells.rows(title, has_formulas=True), compute)


def _csv_sheet(path: Path) -> _Sheet:
    try:
        rows = list(parse_csv(io.StringIO(read_text(path).text)))
    except CsvError as error:
        raise OperationError(str(Problem(str(path), error.line, 0, error.message, error.hint))) from None
    # Only columns whose cells are all as an export writes them: elsewhere an apostrophe is a word's own.
    width = max((len(cells) for _, cells in rows), default=0)
    guarded = [all(is_guarded(cells[at]) for _, cells in rows if at < len(cells)) for at in range(width)]
    unguarded = (
        (line, [unguard_cell(cell) if guarded[at] else cell for at, cell in enumerate(cells)]) for line, cells in rows
    )
    return _Sheet("", list(unguarded))


def _read_sheets(path: Path, sheets: Iterable[_Sheet]) -> Corrections:
    items: list[Correction] = []
    unclear: list[CorrectionRow] = []
    read, skipped = [], []
    coders: dict[str, None] = {}
    for sheet in sheets:
        rows = iter(sheet.rows)
        header, problem = _find_header(sheet, rows)
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
    header: _Header, rows: Iterable[tuple[int, Sequence[Any]]], coders: dict[str, None]
) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the rows of a sheet, and collect whose codings a review shows, decided on or not."""
    for number, values in rows:
        if header.kind == "review" and (coder := header.text(values, "coder")):
            coders[coder] = None
        yield number, values


def _find_header(
    sheet: _Sheet, rows: Iterator[tuple[int, Sequence[Any]]]
) -> tuple[_Header | None, CorrectionRow | None]:
    """Return the header of a table, and what is wrong with one; the rows are consumed up to it."""
    for number, values in islice(rows, _HEADER_ROWS):
        titles = [_normalise_title(value) for value in values]
        kind = _kind_of(set(titles))
        if kind is None:
            if missing := _find_missing_title(set(titles)):
                message = f"row {number} has no column {missing}: put it back, or write the review again"
                return None, CorrectionRow(sheet.place(number), "unclear", message=message)
            continue
        twice = [title for title in _FILLED[kind] if titles.count(title) > 1]
        if twice:
            message = f"two columns are named '{twice[0]}': give one of them another name"
            return None, CorrectionRow(sheet.place(number), "unclear", message=message)
        columns = {title: titles.index(title) for title in dict.fromkeys(titles) if title}
        return _Header(kind, number, columns, [cell_text(value).strip() for value in values]), None
    return None, None


def _find_missing_title(titles: set[str]) -> str:
    """Return the column without which a review cannot be read, if this is one."""
    if {"decision", "quote"} <= titles:
        return "Id, by which codings are known"
    return "Decision" if {"id", "check", "quote", "code"} <= titles else ""


def _normalise_title(value: Any) -> str:
    # A title may be broken at the end of a line, with a hyphen.
    text = cell_text(value).replace("\u00ad", "").replace("-\n", "").replace("_", " ")
    title = " ".join(text.split()).casefold().strip("*: ")
    return _TITLES.get(title, title)


def _kind_of(titles: set[str]) -> SheetKind | None:
    if {"id", "decision"} <= titles:
        return "disagreements" if "decided by" in titles else "review"
    if {"code 1", "start", "end"} <= titles:
        return "coding"
    # Sheets of quotes and memos have an id or a coder: what they show exists already.
    is_new = {"quote", "code"} <= titles and titles & {"transcript", "case"} and not titles & {"id", "coder", "status"}
    return "new codings" if is_new else None


def _read_rows(
    sheet: _Sheet, header: _Header, rows: Iterable[tuple[int, Sequence[Any]]]
) -> Iterator[Correction | CorrectionRow]:
    """Yield what each row asks for; rows in which nothing is filled in are left out."""
    deferred: list[_Row] = []
    for number, values in rows:
        if not _is_filled(header, values):
            continue
        row = _Row(sheet, header, number, values)
        if _formula_titles(row):
            deferred.append(row)
        elif (item := _READERS[header.kind](row)) is not None:
            yield item
    results = _compute(sheet, {row.number for row in deferred})
    # A file in which any formula has a result was computed, so a formula without one is blank.
    is_computed = any(
        results.get(row.number, ())[row.header.columns[title]] not in {None, ""}
        for row in deferred
        for title in _formula_titles(row)
        if row.header.columns[title] < len(results.get(row.number, ()))
    )
    for row in deferred:
        computed = _Row(sheet, header, row.number, _restore_comments(row, results.get(row.number, ())))
        lost = [] if is_computed else [title for title in _formula_titles(row) if not computed.text(title)]
        if lost:
            message = "a formula without a stored result: type its value, or save the file in a spreadsheet"
            yield row.unclear(lost[0], message)
        elif (item := _READERS[header.kind](computed)) is not None:
            yield item


def _is_filled(header: _Header, values: Sequence[Any]) -> bool:
    titles = _FILLED[header.kind] if header.kind != "coding" else (*_FILLED["coding"], "had")
    positions = (header.columns.get(title) for title in titles)
    return any(
        position is not None and position < len(values) and values[position] not in {None, ""} for position in positions
    )


def _formula_titles(row: _Row) -> list[str]:
    if row.sheet.compute is None:
        return []
    return [title for title in _FILLED[row.header.kind] if row.text(title).startswith("=")]


def _restore_comments(row: _Row, results: Sequence[Any]) -> Sequence[Any]:
    """Return the results of a row, with comments that are no formula but begin like one as they were typed."""
    values = list(results)
    for title in ("comment", "memo", "note"):
        position = row.header.columns.get(title, len(values))
        if position < len(values) and values[position] in {None, ""}:
            values[position] = row.values[position]
    return values


def _compute(sheet: _Sheet, numbers: set[int]) -> Mapping[int, Sequence[Any]]:
    """Return the rows with these numbers with the results of their formulas; the sheet is read again for them."""
    if not numbers or sheet.compute is None:
        return {}
    return {number: values for number, values in sheet.compute() if number in numbers}


def _review_item(row: _Row) -> CodingDecision | CorrectionRow | None:
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


def _number_text(row: _Row, title: str) -> str:
    """Return a number as text, where a number is expected or may stand for a text that looks like one."""
    value = row.header.cell(row.values, title)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return cell_text(value) if is_number and title in {"turn", "score", "transcript"} else ""


def _new_coding(row: _Row) -> NewCoding | CorrectionRow | None:
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


def _passage_decision(row: _Row) -> PassageDecision | CorrectionRow | None:
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


def _segment_codes(row: _Row) -> SegmentCodes | CorrectionRow | None:
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
        tuple(text for title in _CODE_COLUMNS if (text := row.text(title))),
        tuple(name for part in row.text("had").split(";") if (name := part.strip())),
        row.text("memo"),
        done in _YES,
        row.text("coder"),
        {row.text(title): row.place(title) for title in _CODE_COLUMNS if row.text(title)},
    )


_READERS: Mapping[SheetKind, Callable[[_Row], Correction | CorrectionRow | None]] = {
    "review": _review_item,
    "new codings": _new_coding,
    "coding": _segment_codes,
    "disagreements": _passage_decision,
}
