"""Results on stdout as table, CSV or JSON; all else on stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.errors import Problem, UsageError
from qualcode.files import fill_atomically, write_atomically

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, Sequence[Any]]

_BATCH_LINES = 1000
"""Lines that are written to stdout at once."""

_MIN_COLUMN_WIDTH = 16
"""To which a column of text is cut at the most."""

_MAX_TABLE_WIDTH = 400
"""Columns of text to which a table is cut where it does not go to a terminal."""


@dataclass(frozen=True)
class TableView:
    """How a table shows a frame: which columns, and how some of them are written."""

    columns: Sequence[str] = ()
    percent: Sequence[str] = ("share_of_cases", "jaccard")
    decimals: Mapping[str, int] = field(default_factory=lambda: {"per_1000_words": 2, "score": 2})
    stretch: Sequence[str] = ()
    """Columns that are cut where the line would be too long, each to the same width at the most."""


def write_table(
    table: pd.DataFrame | Columns,
    view: TableView,
    *,
    output_format: str | None,
    output: Path | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Write a table in the shape asked for, to stdout or a file, and what is to be said about it."""
    wanted = output_format or infer_format(output)
    columns = _to_columns(table)
    text = _FORMATTERS[wanted](columns, view)
    if wanted == "table" and notes and output is None:
        click.echo(text.rstrip("\n"))
        click.echo("\n".join(["", *notes]))
        return
    write_output(text, output, summary=f"{_count_rows(columns):,} lines")
    print_notes(notes)


def stream_rows(
    rows: Iterable[Mapping[str, Any]], keys: Sequence[str], *, output_format: str, output: Path | None = None
) -> None:
    """Write rows as CSV or JSON one by one, as `write_table` would write them all: for more than memory should hold."""
    lines = _csv_lines(rows, keys) if output_format == "csv" else _json_lines(rows)
    if output is None:
        while (batch := "".join(islice(lines, _BATCH_LINES))) and _write_stdout(batch):
            pass
        return
    written = 0

    def fill(path: Path) -> None:
        nonlocal written
        with open(path, "w", encoding="utf-8", newline="") as file:
            for line in lines:
                written += file.write(line) and 1

    fill_atomically(output, fill)
    print_notes([f"{output}: {written - (1 if output_format == 'csv' else 2):,} lines"])


def _write_stdout(text: str) -> bool:
    """Write to stdout; tell whether anybody still listens there (``| head`` soon does not, which is no error)."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _csv_lines(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[str]:
    import csv
    import io

    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for cells in chain([keys], (row.values() for row in rows)):
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what ``json.dumps(list(rows), indent=1)`` makes, piece by piece, and much faster than it."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    before = "["
    for row in rows:
        yield before + "\n {\n" + ",\n".join(f'  "{key}": {encode(cell)}' for key, cell in row.items()) + "\n }"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _to_columns(table: pd.DataFrame | Columns) -> Columns:
    if isinstance(table, Mapping):
        return table
    return {str(name): table[name].tolist() for name in table.columns}


def _count_rows(columns: Columns) -> int:
    return max(map(len, columns.values()), default=0)


def write_output(text: str, output: Path | None, *, summary: str) -> None:
    """Write a result to stdout, or to a file and say so."""
    if output is None:
        _write_stdout(text if text.endswith("\n") else text + "\n")
    else:
        write_atomically(output, text if text.endswith("\n") else text + "\n")
        print_notes([f"{output}: {summary}"])


def print_notes(notes: Sequence[str]) -> None:
    """Say something beside the result."""
    for line in notes:
        click.echo(line, err=True)


def infer_format(output: Path | None) -> str:
    """Return the shape that the ending of a file's name asks for; a table where there is no file."""
    if output is None:
        return "table"
    suffix = output.suffix.lower().lstrip(".")
    if suffix in {"csv", "json"}:
        return suffix
    if suffix in {"txt", ""}:
        return "table"
    raise UsageError(f"--output {output}: say --format table, csv or json, or end the name in .csv or .json")


def _as_json(columns: Columns, _view: TableView) -> str:
    return format_json(list(_iterate_rows(columns)))


def _as_csv(columns: Columns, _view: TableView) -> str:
    return format_csv(list(_iterate_rows(columns)), list(columns))


def _iterate_rows(columns: Columns) -> Iterator[dict[str, Any]]:
    """Yield the lines of a table; what is missing is None."""
    for row in zip(*columns.values(), strict=True):
        yield {name: None if _is_missing(value) else value for name, value in zip(columns, row, strict=True)}


def list_rows(table: pd.DataFrame | Columns) -> list[dict[str, Any]]:
    """Return the lines of a table; what is missing is None."""
    return list(_iterate_rows(_to_columns(table)))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))


def _as_table(columns: Columns, view: TableView) -> str:
    chosen = [name for name in (view.columns or columns) if name in columns]
    if not _count_rows(columns):
        return "(none)"
    cells = {name: [_format_cell(value, name, view) for value in columns[name]] for name in chosen}
    right = {name for name in chosen if all(isinstance(value, int | float | None) for value in columns[name])}
    widths = {name: max(len(name), *map(len, cells[name])) for name in chosen}
    _fit_widths(widths, view.stretch)
    lines = [_format_line({name: name for name in chosen}, widths, right)]
    lines.append("  ".join("-" * widths[name] for name in chosen))
    lines += [
        _format_line(dict(zip(chosen, row, strict=True)), widths, right) for row in zip(*cells.values(), strict=True)
    ]
    return "\n".join(lines)


def _format_cell(value: Any, name: str, view: TableView) -> str:
    if _is_missing(value):
        return ""
    if name in view.percent:
        return f"{100 * value:.1f} %" if name == "share_of_cases" else f"{value:.3f}"
    if name in view.decimals:
        return f"{value:.{view.decimals[name]}f}"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split())


def _fit_widths(widths: dict[str, int], stretch: Sequence[str]) -> None:
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else _MAX_TABLE_WIDTH
    left = limit - 2 * (len(widths) - 1) - sum(width for name, width in widths.items() if name not in stretch)
    named = sorted((name for name in stretch if name in widths), key=widths.__getitem__)
    for place, name in enumerate(named):
        widths[name] = min(widths[name], max(_MIN_COLUMN_WIDTH, left // (len(named) - place)))
        left -= widths[name]


def _format_line(cells: Mapping[str, str], widths: Mapping[str, int], right: set[str]) -> str:
    parts = []
    for name, cell in cells.items():
        width = widths[name]
        cut = cell if len(cell) <= width else cell[: width - 1] + "…"
        parts.append(cut.rjust(width) if name in right else cut.ljust(width))
    return "  ".join(parts).rstrip()


_FORMATTERS = {"json": _as_json, "csv": _as_csv, "table": _as_table}


def write_problems(problems: Sequence[Problem], *, output_format: str | None, output: Path | None = None) -> None:
    """Write problems: a line each, or as rows with the promised keys."""
    wanted = output_format or infer_format(output)
    keys = ("path", "line", "column", "message", "hint", "level")
    rows = [{key: getattr(problem, key) for key in keys} for problem in problems]
    if wanted == "json":
        text = format_json(rows)
    elif wanted == "csv":
        text = format_csv(rows, keys)
    else:
        text = "\n".join(f"{'' if one.level == 'error' else 'notice: '}{one}" for one in problems) or "all is well"
    write_output(text, output, summary=f"{len(problems)} lines")


def format_json(held: Any) -> str:
    """Return lines, or any other plain values, as JSON."""
    return json.dumps(held, ensure_ascii=False, indent=1)


def format_csv(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str:
    """Return mappings as CSV with these columns."""
    import csv
    import io

    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=keys, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
