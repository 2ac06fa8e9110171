"""Commands that compare groups of cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.analysis.picture_options import Pictures, picture_options
from qualcode.cli.analysis.resampling_options import permutations_option, resampling_options
from qualcode.cli.options import analysis_options, given_options, open_project
from qualcode.cli.terminal_output import OutputOptions, notes_of, write_table, write_text_tables
from qualcode.cli.text_tables import TableColumns, TableView, is_missing
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.tables import CrosstabCells

_COMPARED = (
    "code group_a group_b share_a share_b difference cohens_h cramers_v p q rate_a rate_b rate_ratio rate_p rate_q "
    "reason"
).split()
_OF_PAIRS = set(_COMPARED) - {"code", "cramers_v", "p", "q", "rate_p", "rate_q", "reason"}
"""Columns that only a comparison of two groups has."""


@click.command(epilog="Example: qualcode compare --by group --level code")
@click.option("--reference", metavar="VALUE", help="Compare each group with this one; else each with each.")
@permutations_option
@resampling_options
@picture_options
@analysis_options
@click.pass_context
def compare(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Compare groups of cases, code by code: differences, ratios, tests and effect sizes.

    The largest differences of shares are first. CSV and JSON have more columns: ratios, and all intervals.
    """
    project = open_project(ctx)
    table = project.compare(**{"by": (), **given_options(options)})
    pictures.write(project, table)
    view = _comparison_view(table, options)
    write_table(table, view, output)
    return int(project.incomplete)


def _comparison_view(table: pd.DataFrame, options: dict[str, Any]) -> TableView:
    """Return how a comparison is shown; of a single pair the groups are in the headings."""
    left_out = {"attribute"} if len(options["by"]) == 1 else set()
    if table["group_b"].all():
        left_out.add("cramers_v")  # shown for more than two groups, of which there is no h
    pairs = set(zip(table["group_a"], table["group_b"], strict=True))
    headings = {}
    if not table["group_b"].any():
        left_out |= _OF_PAIRS  # all groups together only
    elif len(pairs) == 1:
        left_out |= {"group_a", "group_b"}
        groups = dict(zip("ab", next(iter(pairs)), strict=True))
        headings = {f"{name}_{side}": f"{name}_{groups[side]}" for name in ("share", "rate") for side in "ab"}
    columns = [name for name in ("attribute", *_COMPARED) if name not in left_out]
    view = count_view(table, columns, {**options, "by": ()}, stretch=("reason",))
    return replace(view, headings={**view.headings, **headings})


@click.command(epilog="Example: qualcode crosstab --by maturity --level code --cells cases")
@click.option("--rows", metavar="ATTRIBUTE", help="The values of another attribute as rows, in the place of codes.")
@click.option(
    "--cells",
    type=click.Choice(["cases", "share", "codings", "units", "words", "rate"]),
    help="What the cells of a table with a column for each value have (share). Without it CSV and JSON have a row for "
    "each code and value, with all counts.",
)
@permutations_option
@resampling_options
@picture_options
@analysis_options
@click.pass_context
def crosstab(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Show codes by the values of an attribute, with the cases of each value and a test.

    Of ordered values (numbers, or an order in qualcode.yaml) the trend is tested, of others whether they differ.
    """
    is_table = output.format == "table"
    cells = options.pop("cells")
    project = open_project(ctx)
    if pictures.paths and cells and not is_table:
        raise UsageError("--cells: a picture has all counts to choose from; name its column with --draw")
    table = project.crosstab(**{"by": (), "cells": None if is_table else cells, **given_options(options)})
    pictures.write(project, table)
    if is_table:
        tables = _lay_out_crosstabs(table, cells or "share", coders=len(options["coder"] or ()))
        write_text_tables(tables, output, notes=notes_of(table))
    else:
        write_table(table, TableView(), output)
    return int(project.incomplete)


def _lay_out_crosstabs(
    table: pd.DataFrame, cells: CrosstabCells, *, coders: int
) -> list[tuple[TableColumns, TableView]]:
    """Return a wide table for each attribute, with its view."""
    from qualcode.tables import spread_values

    tables: list[tuple[TableColumns, TableView]] = []
    for attribute in dict.fromkeys(table["attribute"]):
        wide = spread_values(table[table["attribute"] == attribute], cells)
        columns = _format_cells(wide, cells)
        left_out = {"name", "level", "unit", "test", *(("coder",) if coders < 2 else ())}
        if cells not in {"share", "cases"}:
            left_out |= {"trend", *_TESTS}  # they are of shares of cases
        elif wide["trend"].isna().all():
            left_out.add("trend")
        view = TableView(
            columns=[name for name in columns if name not in left_out],
            decimals={"cramers_v": 2, "trend": 2},
            p_values=("p", "q"),
            right_aligned=[name for name in columns if name not in _LINE],
            headings={"code": attribute},
        )
        tables.append((columns, view))
    return tables


_LINE = ("code", "name", "level", "unit", "coder")
_TESTS = ("test", "cramers_v", "trend", "p", "q")


def _format_cells(table: pd.DataFrame, cells: CrosstabCells) -> dict[str, list[Any]]:
    """Return the columns of a wide crosstab with the cells as they are shown; the row of cases has whole numbers."""
    from qualcode.tables import list_values

    columns = {str(name): list_values(table[name]) for name in table.columns}
    is_base = [level == "base" for level in columns["level"]]
    return {
        name: values
        if name in (*_LINE, *_TESTS)
        else [_format_cell(*cell, cells) for cell in zip(values, is_base, strict=True)]
        for name, values in columns.items()
    }


def _format_cell(value: Any, is_base: bool, cells: str) -> str:
    if is_missing(value):
        return ""
    if is_base or cells not in ("share", "rate"):
        return f"{value:.0f}"
    return f"{100 * value:.1f} %" if cells == "share" else f"{value:.2f}"
