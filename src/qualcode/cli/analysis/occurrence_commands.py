"""Commands that show where codes occur: in which cases, and at which position."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.analysis.resampling_options import resampling_options
from qualcode.cli.options import analysis_options, given_options, open_project, ungrouped_options
from qualcode.cli.terminal_output import OutputOptions, list_rows, notes_of, write_table
from qualcode.cli.text_tables import TableView

if TYPE_CHECKING:
    import pandas as pd

_BAR = " ▁▂▃▄▅▆▇█"


@click.command(epilog="Example: qualcode matrix --cells present --attributes -o codes.csv")
@click.option("--rows", type=click.Choice(["case", "transcript", "unit"]), help="What a row is (case).")
@click.option(
    "--cells",
    type=click.Choice(["codings", "present", "words", "units"]),
    help="What the cells have: codings (default), whether there is one (1 or 0), words in codings, or units.",
)
@click.option("--attributes", is_flag=True, help="Add the attributes of cases as columns.")
@ungrouped_options
@click.pass_context
def matrix(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Write a matrix with one row for each case and one column for each code, for other programs.

    A cell is empty where the coder was not asked about the code.
    """
    project = open_project(ctx)
    table = project.matrix(**given_options(options))
    left_out = {"coder"} if len(options["coder"] or ()) < 2 else set()
    columns = [str(name) for name in table.columns if name not in left_out]
    if output.format == "table" and output.is_for_terminal and sum(map(len, columns)) + 2 * len(columns) > _width():
        write_table(_list_codes(table, columns), TableView(columns=columns), output, notes=notes_of(table))
    else:
        write_table(table, TableView(columns=columns), output)
    return int(project.incomplete)


def _width() -> int:
    return shutil.get_terminal_size().columns


def _list_codes(table: pd.DataFrame, columns: list[str]) -> dict[str, list[Any]]:
    """Return a matrix that is too wide for a terminal with the filled cells of each row in its last column."""
    codes = columns[columns.index("words") + 1 :]
    rows = list_rows(table)
    names = [name for name in columns if name not in codes]
    del columns[len(names) :]
    columns.append("codes")
    listed = {name: [row[name] for row in rows] for name in names}
    listed["codes"] = [", ".join(f"{code} {row[code]}" for code in codes if row[code]) for row in rows]
    return listed


@click.command(epilog="Example: qualcode positions --code challenges --bins 5")
@click.option("--bins", type=click.IntRange(1, 100), help="Number of parts of each transcript (10).")
@resampling_options
@analysis_options
@click.pass_context
def positions(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show where in the interviews codes occur: a bar for each part of the transcripts, and the mean position.

    CSV and JSON have one row for each code and part.
    """
    project = open_project(ctx)
    table = project.positions(**given_options(options))
    if output.format != "table":
        write_table(table, TableView(), output)
        return int(project.incomplete)
    groups = [str(name) for name in table.columns[: list(table.columns).index("code")]]
    rows = _join_parts(table, [*groups, "code", "coder"])
    coder = ["coder"] if len(options["coder"] or ()) > 1 else []
    columns = [*groups, *coder, "code", "units", "positions", "mean_position"]
    view = TableView(
        columns=columns,
        decimals={"mean_position": 2},
        intervals={"mean_position": ("mean_low", "mean_high")},
        raw=("positions",),
    )
    bars = "positions: from the beginning to the end of the transcripts; height: share of the units there with the code"
    write_table(rows, view, output, notes=[*notes_of(table), f"{bars}, the highest of each row is full"])
    return int(project.incomplete)


def _join_parts(table: pd.DataFrame, keys: list[str]) -> dict[str, list[Any]]:
    """Return one row for each code, with its parts as a bar."""
    lines: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in list_rows(table):
        lines.setdefault(tuple(row[key] for key in keys), []).append(row)
    names = [*keys, "mean_position", "mean_low", "mean_high"]
    columns = {name: [parts[0][name] for parts in lines.values()] for name in names}
    columns["units"] = [sum(part["units"] for part in parts) for parts in lines.values()]
    columns["positions"] = [_draw_bar([part["share_of_units"] or 0.0 for part in parts]) for parts in lines.values()]
    return columns


def _draw_bar(shares: list[float]) -> str:
    """Return a block character for each share, between vertical lines; a share above 0 is at least the lowest."""
    highest = max(shares, default=0) or 1
    blocks = (_BAR[max(1, round(share / highest * 8)) if share else 0] for share in shares)
    return f"|{''.join(blocks)}|"
