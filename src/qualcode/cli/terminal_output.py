"""Results on stdout or in a file as table, CSV or JSON; notes and messages on stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.terminal.terminal_streams import LINE_START, make_visible, show_in_pager
from qualcode.cli.text_tables import TableColumns, TableView, count_rows, format_table, hides_intervals, is_missing
from qualcode.errors import Problem, UsageError, format_count
from qualcode.files import fill_atomically, guard_cell, write_atomically

if TYPE_CHECKING:
    import pandas as pd

QUIET = "qualcode.quiet"
"""Key of what notes need to know of the command line."""
_ROWS_PER_WRITE = 1000

_BAR_WIDTH = 36


@dataclass(frozen=True)
class OutputOptions:
    """Where a result goes and in which format."""

    given_format: str | None = None
    path: Path | None = None
    with_notes: bool = False
    has_pager: bool = True
    """Whether what is longer than the screen goes through the pager."""
    csv_safe: bool | None = None
    """Whether CSV has an apostrophe before what a spreadsheet would take for a formula; None if not said."""

    def __post_init__(self) -> None:
        is_json = (self.given_format or (self.path.suffix.lower() if self.path else "")).endswith("json")
        if self.with_notes and not is_json:
            raise UsageError("--with-notes goes with JSON: add --format json, or end --output in .json")

    @property
    def format(self) -> str:
        """``table``, ``csv`` or ``json``: as given, or else by the suffix of the file.

        Raises
        ------
        UsageError
            If the suffix is not that of a format.
        """
        if self.given_format or self.path is None:
            return self.given_format or "table"
        suffix = self.path.suffix.lower().lstrip(".")
        if suffix in {"csv", "json"}:
            return suffix
        if suffix in {"txt", ""}:
            return "table"
        raise UsageError(f"--output {self.path}: add --format table, csv or json, or end the name in .csv or .json")

    @property
    def is_document(self) -> bool:
        """Whether the file is one in which people write, by its suffix: Markdown or Word; few commands have them."""
        suffix = self.path.suffix.lower() if self.path and not self.given_format else ""
        return suffix in {".md", ".docx"}

    @property
    def is_csv_safe(self) -> bool:
        """Whether CSV is safe for spreadsheets: as said, or else for a file that a person on a terminal asks for."""
        return self.path is not None and sys.stdout.isatty() if self.csv_safe is None else self.csv_safe

    @property
    def is_for_terminal(self) -> bool:
        """Whether people read the result in a terminal: it goes neither to a file nor into a pipe."""
        return self.path is None and sys.stdout.isatty()


def notes_of(table: pd.DataFrame) -> list[str]:
    """Return the notes that a DataFrame carries."""
    return list(table.attrs.get("notes", ()))


def write_table(
    table: pd.DataFrame | TableColumns, view: TableView, output: OutputOptions, *, notes: Sequence[str] | None = None
) -> None:
    """Write a table and print its notes: those of the DataFrame if no others are given."""
    if notes is None:
        notes = [] if isinstance(table, Mapping) else notes_of(table)
    columns = _columns(table)
    if output.format == "table":
        write_text_tables([(columns, view)], output, notes=notes)
        return
    notes = [] if is_quiet() and not output.with_notes else notes
    if output.format == "csv":
        table_csv = _CsvLines(output)
        text = "".join(table_csv.lines(_iterate_rows(columns), list(columns)))
        notes = [*notes, *table_csv.notes()]
    else:
        rows = list(_iterate_rows(columns))
        text = format_json({"rows": rows, "notes": list(notes)} if output.with_notes else rows)
    write_output(text, output.path, summary=f"{count_rows(columns):,} lines")
    print_notes(notes)


_HIDDEN_INTERVALS = "intervals are not shown here: a wider terminal shows them, and --format csv has them"


def write_text_tables(
    tables: Sequence[tuple[TableColumns, TableView]], output: OutputOptions, *, notes: Sequence[str]
) -> None:
    """Write tables for people, one after the other, and notes below them."""
    notes = [] if is_quiet() else notes
    width = shutil.get_terminal_size().columns if output.is_for_terminal else None
    colour = has_colour(output)
    if notes and any(hides_intervals(columns, view, width=width) for columns, view in tables):
        notes = [*notes, _HIDDEN_INTERVALS]
    text = "\n\n".join(format_table(columns, view, width=width, has_colour=colour) for columns, view in tables)
    if output.is_for_terminal:
        write_pages(text, output, notes=notes, summary="")
        return
    # Notes follow a table that people read; in CSV and JSON they go to stderr, so that stdout can be parsed.
    if notes and output.path is None:
        click.echo("\n".join([text, "", *notes]))
        return
    write_output(text, output.path, summary=f"{sum(count_rows(columns) for columns, _ in tables):,} lines")
    print_notes(notes)


def stream_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], output: OutputOptions, *, notes: Sequence[str] = ()
) -> None:
    """Write rows one by one in the format that `write_table` has: for tables that are too large for memory.

    ``notes`` are read when the last row has been taken.
    """
    table_csv = _CsvLines(output)
    lines = table_csv.lines(rows, columns) if output.format == "csv" else _stream_json_lines(rows)
    if output.with_notes:
        lines = _stream_with_notes(lines, notes)
    if output.path is None:
        while (batch := "".join(islice(lines, _ROWS_PER_WRITE))) and _write_stdout(batch):
            pass
    else:
        written = 0

        def fill(path: Path) -> None:
            nonlocal written
            with open(path, "w", encoding="utf-8", newline="") as file:
                for line in lines:
                    # Pieces are counted, not characters.
                    written += file.write(line) and 1

        fill_atomically(output.path, fill)
        row_count = written - (3 if output.with_notes else 1)  # the header or the closing bracket, and the notes
        print_notes([f"{output.path}: {row_count:,} lines"])
    print_notes([*notes, *table_csv.notes()])


def _write_stdout(text: str) -> bool:
    """Write to stdout; return whether the other end still reads (after ``| head`` it does not, which is no error)."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


class _CsvLines:
    """Rows as lines of CSV, and how many cells were guarded against spreadsheets."""

    def __init__(self, output: OutputOptions) -> None:
        self._is_safe = output.is_csv_safe
        self._guarded = 0

    def lines(self, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
        """Yield the header, then a line for each row; cells are in the order of the columns."""
        import csv
        import io

        line = io.StringIO()
        # The csv module would end lines with CR LF; output is the same on all systems. In quotation marks, a semicolon
        # does not end a cell where spreadsheets separate cells by semicolons.
        writer = csv.writer(
            line, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC if self._is_safe else csv.QUOTE_MINIMAL
        )
        for cells in chain([columns], ([row[name] for name in columns] for row in rows)):
            writer.writerow(map(self._guard, cells) if self._is_safe else cells)
            yield line.getvalue()
            line.seek(0)
            line.truncate()

    def _guard(self, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        guarded = guard_cell(cell)
        self._guarded += guarded != cell
        return guarded

    def notes(self) -> Iterator[str]:
        """Yield a note if cells were changed."""
        if self._guarded:
            cells = format_count(self._guarded, "cell")
            yield f"{cells} like a formula: an apostrophe in front (--no-csv-safe writes them as they are)"


def _stream_json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what ``json.dumps(list(rows), indent=1)`` returns, piece by piece, and much faster."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    before = "["
    for row in rows:
        yield before + "\n {\n" + ",\n".join(f'  "{key}": {encode(cell)}' for key, cell in row.items()) + "\n }"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _stream_with_notes(lines: Iterator[str], notes: Sequence[str]) -> Iterator[str]:
    yield '{"rows": '
    yield from lines
    yield f', "notes": {json.dumps(list(notes), ensure_ascii=False)}}}\n'


def _columns(table: pd.DataFrame | TableColumns) -> TableColumns:
    if isinstance(table, Mapping):
        return table
    from qualcode.tables import list_values

    return {str(name): list_values(table[name]) for name in table.columns}


def write_output(text: str, path: Path | None, *, summary: str) -> None:
    """Write a result to stdout, or to a file with a message on what it holds."""
    if path is None:
        _write_stdout(text if text.endswith("\n") else text + "\n")
    else:
        write_atomically(path, text if text.endswith("\n") else text + "\n")
        print_notes([f"{path}: {summary}"])


def print_notes(notes: Iterable[str]) -> None:
    """Print notes to stderr, unless the command line asks for quiet."""
    for line in () if is_quiet() else notes:
        click.echo(line, err=True)


def can_ask() -> bool:
    """Return whether a person can read a question on stderr and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_quiet() -> bool:
    """Return whether the command line asks for the result alone."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(QUIET))


def show_progress(task: str, done: int, total: int) -> None:
    """Draw a progress bar on stderr, which is a terminal; it disappears with the last step."""
    filled = _BAR_WIDTH * done // total
    bar = f"{make_visible(task)}  [{'#' * filled}{'-' * (_BAR_WIDTH - filled)}]  {done}/{total}"
    sys.stderr.write(LINE_START + (bar if done < total else " " * len(bar) + LINE_START))
    sys.stderr.flush()


def _iterate_rows(columns: TableColumns) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table; missing values are None."""
    for row in zip(*columns.values(), strict=True):
        yield {name: None if is_missing(value) else value for name, value in zip(columns, row, strict=True)}


def list_rows(table: pd.DataFrame | TableColumns) -> list[dict[str, Any]]:
    """Return the rows of a table; missing values are None."""
    return list(_iterate_rows(_columns(table)))


def list_shown_rows(table: pd.DataFrame, output: OutputOptions) -> list[dict[str, Any]]:
    """Return the rows of a table with their texts as they are shown, from which the width of lines is computed."""
    rows = list_rows(table)
    if not output.is_for_terminal:
        return rows
    return [{name: make_visible(cell) if isinstance(cell, str) else cell for name, cell in row.items()} for row in rows]


def write_problems(problems: Sequence[Problem], output: OutputOptions) -> None:
    """Write problems: one line each, or as rows with the promised keys."""
    keys = ("path", "line", "column", "message", "hint", "level")
    rows = [{key: getattr(problem, key) for key in keys} for problem in problems]
    if output.format == "json":
        text = format_json({"rows": rows, "notes": []} if output.with_notes else rows)
    elif output.format == "csv":
        text = format_csv(rows, keys, output)
    else:
        text = "\n".join(map(format_problem, problems)) or "no problems found"
    write_output(text, output.path, summary=format_count(len(problems), "line"))


def format_problem(problem: Problem) -> str:
    """Return a problem as one line; notices begin with that word."""
    return f"{'' if problem.level == 'error' else 'notice: '}{problem}"


def format_json(values: Any) -> str:
    """Return rows, or any other plain values, as JSON."""
    return json.dumps(values, ensure_ascii=False, indent=1)


def format_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], output: OutputOptions) -> str:
    """Return rows as CSV with these columns."""
    return "".join(_CsvLines(output).lines(rows, columns))


_PAGE_WIDTHS = (40, 132)
"""Limits of the width of pages on a terminal; longer lines of text are hard to read."""
_FILE_PAGE_WIDTH = 100


def page_width(output: OutputOptions, *, file_width: int = _FILE_PAGE_WIDTH) -> int:
    """Return the width at which text to read is wrapped: that of the terminal, within limits."""
    if not output.is_for_terminal:
        return file_width
    lowest, highest = _PAGE_WIDTHS
    return max(lowest, min(highest, shutil.get_terminal_size().columns))


def has_colour(output: OutputOptions) -> bool:
    """Return whether the result is coloured: on a terminal and by a pager that can, unless NO_COLOR is set."""
    if not output.is_for_terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    name, options = _find_pager()
    return name in _COLOUR_PAGERS if name != "less" else not options or "r" in options.lower()


_COLOUR_PAGERS = frozenset({"bat", "cat", "most", "moar", "ov"})
"""Pagers beside less that show colours."""


def _find_pager() -> tuple[str, str]:
    """Return the name of the user's pager, and the options that are set for less."""
    name, *options = os.environ.get("PAGER", "").split() or ["less"]
    return Path(name).stem, " ".join([os.environ.get("LESS", ""), *options]).strip()


def write_pages(text: str, output: OutputOptions, *, notes: Sequence[str], summary: str) -> None:
    """Write text to read: on a terminal through the pager (variable PAGER) if it is longer than the screen."""
    if not output.is_for_terminal:
        write_output(text, output.path, summary=summary)
        print_notes(notes)
        return
    page = "\n".join([text, "", *notes]) if notes else text
    if output.has_pager and page.count("\n") + 1 >= shutil.get_terminal_size().lines:
        # With None, click sets the option that less needs for colours.
        show_in_pager(page, has_colour=None if _find_pager()[0] == "less" else has_colour(output))
    else:
        click.echo(page)
