"""Commands on codes that occur together: pairs, networks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.analysis.picture_options import require_suffix
from qualcode.cli.options import (
    analysis_options,
    combine_options,
    confirm_replacing,
    given_options,
    open_project,
    pair_options,
    replace_option,
)
from qualcode.cli.terminal_output import OutputOptions, notes_of, print_notes, write_table
from qualcode.cli.text_tables import TableView

if TYPE_CHECKING:
    import pandas as pd

_PAIRS = "code_a code_b count jaccard lift count_a count_b".split()
_TESTS = "expected_permutation direction p_permutation q_permutation".split()


@click.command(epilog="Example: qualcode cooccurrence --unit sentence --unit turn --unit overlap")
@click.option("--zeros", is_flag=True, help="Also pairs that never occur together.")
@click.option("--significance", is_flag=True, help="Test each pair: more or less often together than by chance.")
@pair_options
@click.pass_context
def cooccurrence(ctx: click.Context, /, output: OutputOptions, zeros: bool, significance: bool, **options: Any) -> int:
    """Count how often two codes occur together, and how closely: Jaccard, lift and other measures.

    The table on a terminal has the most used measures, CSV and JSON have all.
    """
    project = open_project(ctx)
    table = project.cooccurrence(zeros=zeros, significance=significance, **given_options(options))
    columns = [*_PAIRS, *(_TESTS if significance else ())]
    if len(options["unit"] or ()) > 1 and output.format == "table":
        from qualcode.tables import spread_units

        spread = ["count", "jaccard", *(["q_permutation"] if significance else [])]
        columns = ["code_a", "code_b", *(f"{name}_{unit}" for name in spread for unit in table["unit"].unique())]
        table = spread_units(table, spread)
    write_table(table, _pair_view(table, columns, options), output)
    return int(project.incomplete)


def _pair_view(table: pd.DataFrame, columns: list[str], options: dict[str, Any]) -> TableView:
    """Return how a table of pairs is shown."""
    return replace(
        count_view(table, columns, options, stretch=()),
        percent=[name for name in columns if name.startswith("jaccard")],
        p_values=[name for name in columns if name.startswith(("p_", "q_"))],
        decimals={"lift": 2, "expected_permutation": 1},
        headings={name: name.replace("_permutation", "") for name in columns},
    )


_FILE_FORMATS = ("graphml", "gexf", "png", "svg", "pdf")


@click.command(epilog="Example: qualcode network --png network.png --gexf network.gexf")
@click.option("--min-count", type=click.IntRange(1), default=1, help="Only edges with at least this many units.")
@click.option("--title", default="", help="Title of the picture.")
@combine_options(
    *(
        click.option(f"--{name}", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
        for name in _FILE_FORMATS
    )
)
@replace_option
@analysis_options
@click.pass_context
def network(ctx: click.Context, /, output: OutputOptions, yes: bool, **options: Any) -> int:
    """Build the co-occurrence network and write it as GraphML or GEXF (for Gephi) and as a picture.

    Without a file its edges are listed. With --by, or several coders, there is one network each, and their names
    are added to the file names.
    """
    files = [require_suffix(path, name) for name in _FILE_FORMATS if (path := options.pop(name)) is not None]
    title = options.pop("title")
    project = open_project(ctx)
    graphs = project.networks(**given_options(options))
    edges = project.edges(graphs)
    suffixes = _file_name_suffixes(graphs)
    targets = [[path.with_stem(path.stem + suffix) for path in files] for suffix in suffixes]
    replaced = confirm_replacing((target for row in targets for target in row), confirmed=yes)
    for (labels, graph), row in zip(graphs.items(), targets, strict=True):
        for target in row:
            written = project.save_network(graph, target, title=": ".join(filter(None, [title, *labels])))
            size = f"{graph.number_of_nodes()} codes, {graph.number_of_edges()} edges"
            print_notes([f"{written}: {size}{' (replaced)' if target in replaced else ''}", *written.notes])
    if not files or output.path or output.given_format:
        write_table(edges, TableView(), output)
    else:
        print_notes(notes_of(edges))
    return int(project.incomplete)


def _file_name_suffixes(groups: Iterable[tuple[str, ...]]) -> list[str]:
    """Return what each group adds to a file name; all are distinct, so that no file overwrites another."""
    suffixes: list[str] = []
    for labels in groups:
        suffix = "".join(f"-{_replace_unsafe_characters(label)}" for label in labels)
        # Names that differ in case only are one file on many systems.
        while suffix.casefold() in map(str.casefold, suffixes):
            suffix += "_"
        suffixes.append(suffix)
    return suffixes


def _replace_unsafe_characters(label: str) -> str:
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in label)
