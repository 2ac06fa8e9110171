"""Tables that people fill in: sheets of a workbook or a CSV table, known by the titles of their columns."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from qualcode.coding.corrections.correction import CorrectionRow
from qualcode.errors import OperationError, Problem
from qualcode.files import is_guarded, read_text, unguard_cell
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
CODE_FIELDS = ("code 1", "code 2", "code 3")
SheetKind = Literal["review", "new codings", "coding", "disagreements"]
FILLED_FIELDS = {
    "review": ("decision", "new code", "comment"),
    "new codings": ("transcript", "case", "quote", "code", "comment"),
    "coding": (*CODE_FIELDS, "memo", "done"),
    "disagreements": ("decision", "note"),
}
"""Columns that people fill in, by kind of sheet."""


@dataclass(frozen=True)
class FilledSheet:
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
class SheetHeader:
    """The columns of a table: the position of each by its title in lower case."""

    kind: SheetKind
    row: int
    columns: Mapping[str, int]
    titles: Sequence[str]

    def cell(self, values: Sequence[Any], title: str) -> Any:
        """Return the cell of a column in a row; None if there is none."""
        position = self.columns.get(title)
        return None if position is None or position >= len(values) else values[position]

    def text(self, values: Sequence[Any], title: str) -> str:
        """Return the cell of a column as text without spaces around it."""
        return cell_text(self.cell(values, title)).strip()


@dataclass(frozen=True)
class FilledRow:
    """One row of a table below its header."""

    sheet: FilledSheet
    header: SheetHeader
    number: int
    values: Sequence[Any]

    def text(self, title: str) -> str:
        """Return a cell as text without spaces around it."""
        return self.header.text(self.values, title)

    def stated_text(self, title: str) -> str:
        """Return a cell that only verifies the row: empty if the spreadsheet made a number or a date of its text."""
        value = self.header.cell(self.values, title)
        return value.strip() if isinstance(value, str) else ""

    def number_in(self, title: str) -> int | None:
        """Return the whole number in a cell; None if it has none."""
        text = self.text(title)
        return int(text) if text.isdecimal() and len(text) < 12 else None

    def place(self, title: str = "") -> str:
        """Return where a cell of the row is."""
        position = self.header.columns.get(title)
        return self.sheet.place(self.number, position, title=self.header.titles[position] if position else title)

    def first_filled(self) -> str:
        """Return the title of the first column that is filled in; empty if none is."""
        return next((title for title in FILLED_FIELDS[self.header.kind] if self.text(title)), "")

    def unclear(self, title: str, message: str) -> CorrectionRow:
        """Return the report on a cell that is not understood."""
        return CorrectionRow(self.place(title), "unclear", message=message)


def open_workbook_sheets(cells: WorkbookCells) -> Iterator[FilledSheet]:
    """Yield the sheets of a workbook, hidden ones too."""
    for title in cells.titles:

        def compute(title: str = title) -> Iterator[tuple[int, Sequence[Any]]]:
            return cells.rows(title, has_formulas=False)

        yield FilledSheet(title, cells.rows(title, has_formulas=True), compute)


def open_csv_sheet(path: Path) -> FilledSheet:
    """Return a CSV table, without the apostrophes that guard its cells against formulas."""
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
    return FilledSheet("", list(unguarded))


def find_header(
    sheet: FilledSheet, rows: Iterator[tuple[int, Sequence[Any]]]
) -> tuple[SheetHeader | None, CorrectionRow | None]:
    """Return the header of a table, and what is wrong with one; the rows are consumed up to it."""
    for number, values in islice(rows, _HEADER_ROWS):
        titles = [_normalise_title(value) for value in values]
        kind = _kind_of(set(titles))
        if kind is None:
            if missing := _find_missing_title(set(titles)):
                message = f"row {number} has no column {missing}: put it back, or write the review again"
                return None, CorrectionRow(sheet.place(number), "unclear", message=message)
            continue
        twice = [title for title in FILLED_FIELDS[kind] if titles.count(title) > 1]
        if twice:
            message = f"two columns are named '{twice[0]}': give one of them another name"
            return None, CorrectionRow(sheet.place(number), "unclear", message=message)
        columns = {title: titles.index(title) for title in dict.fromkeys(titles) if title}
        return SheetHeader(kind, number, columns, [cell_text(value).strip() for value in values]), None
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


def is_filled(header: SheetHeader, values: Sequence[Any]) -> bool:
    """Return whether a row has anything that people fill in."""
    titles = FILLED_FIELDS[header.kind] if header.kind != "coding" else (*FILLED_FIELDS["coding"], "had")
    positions = (header.columns.get(title) for title in titles)
    return any(
        position is not None and position < len(values) and values[position] not in {None, ""} for position in positions
    )


def formula_titles(row: FilledRow) -> list[str]:
    """Return the columns to fill in that have a formula in a row."""
    if row.sheet.compute is None:
        return []
    return [title for title in FILLED_FIELDS[row.header.kind] if row.text(title).startswith("=")]


def restore_comments(row: FilledRow, results: Sequence[Any]) -> Sequence[Any]:
    """Return the results of a row, with comments that are no formula but begin like one as they were typed."""
    values = list(results)
    for title in ("comment", "memo", "note"):
        position = row.header.columns.get(title, len(values))
        if position < len(values) and values[position] in {None, ""}:
            values[position] = row.values[position]
    return values


def compute_rows(sheet: FilledSheet, numbers: set[int]) -> Mapping[int, Sequence[Any]]:
    """Return the rows with these numbers with the results of their formulas; the sheet is read again for them."""
    if not numbers or sheet.compute is None:
        return {}
    return {number: values for number, values in sheet.compute() if number in numbers}
