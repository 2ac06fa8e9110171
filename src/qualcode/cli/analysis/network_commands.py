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
    combine_options,
    confirm_replacing,
    given_options,
    names_option,
    network_options,
    open_project,
    pair_options,
    replace_option,
)
from qualcode.cli.terminal_output import OutputOptions, notes_of, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError
from qualcode.model import EDGE_WEIGHTS

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.project import Project

_PAIRS = "code_a code_b count jaccard count_a count_b".split()
_TESTS = "expected_permutation direction p_permutation q_permutation".split()


@click.command(epilog="Example: qualcode cooccurrence --unit sentence --unit turn --unit overlap")
@click.option("--zeros", is_flag=True, help="Also pairs that never occur together.")
@click.option("--significance", is_flag=True, help="Test each pair: more or less often together than by chance.")
@pair_options
@click.pass_context
def cooccurrence(ctx: click.Context, /, output: OutputOptions, zeros: bool, significance: bool, **options: Any) -> int:
    """Count how often two codes occur together, and measure and test how closely.

    CSV and JSON (--format) have more measures than the table: cosine, conditional shares, lift, NPMI, phi and others.
    """
    project = open_project(ctx)
    table = project.cooccurrence(zeros=zeros, significance=significance, **given_options(options))
    columns = [*_PAIRS[:3], *_TESTS] if significance else _PAIRS
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
        decimals={"expected_permutation": 1},
    )


_FILES = {
    "graphml": ".graphml",
    "gexf": ".gexf",
    "pajek": ".net",
    "json": ".json",
    "edges_csv": ".csv",
    "png": ".png",
    "svg": ".svg",
    "pdf": ".pdf",
}
"""Options that name files, and the suffixes of these."""
_OTHER_KINDS = {
    "difference_by": ("by", "measure", "backbone", "significance"),
    "two_mode": ("by", "min_count", "measure", "backbone", "significance"),
    "ego": ("by", "backbone", "code"),
}
"""Options for other kinds of networks, with those that they do not go with."""
_min_count_option = click.option(
    "--min-count", type=click.IntRange(1), help="Only edges with at least this many units."
)
_measure_option = click.option(
    "--measure", type=click.Choice(EDGE_WEIGHTS), help="What the weight of an edge is (default count)."
)
_seed_option = click.option("--seed", type=click.IntRange(0), help="Seed of the random generator (default 0).")


@click.command(epilog="Example: qualcode network --png network.png --gexf network.gexf")
@_min_count_option
@_measure_option
@click.option(
    "--backbone",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="LEVEL",
    help="Only edges that stand out among those of a code (disparity filter), as 0.05.",
)
@click.option("--significance", is_flag=True, help="Test each edge: more or less often together than by chance.")
@names_option(
    "--difference-by", metavar="ATTRIBUTE", help="How the network differs between groups of this column of cases.csv."
)
@click.option("--two-mode", is_flag=True, help="The network of codes and cases.")
@click.option("--ego", metavar="CODE", help="Only this code, the codes that it is linked with, and their links.")
@click.option("--title", default="", help="Title of the picture.")
@combine_options(
    *(
        click.option(f"--{name.replace('_', '-')}", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
        for name in _FILES
    )
)
@replace_option
@network_options
@click.pass_context
def network(ctx: click.Context, /, output: OutputOptions, yes: bool, **options: Any) -> int:
    """Build the co-occurrence network, and write it for other programs and as a picture.

    Without a file its edges are listed. With --by, or several coders, there is one network each, and their names
    are added to the file names. --gexf is for Gephi, --pajek for Pajek, --json for D3 and networkx (node-link).
    """
    named = {name: path for name in _FILES if (path := options.pop(name)) is not None}
    files = [require_suffix(path, name, _FILES[name]) for name, path in named.items()]
    title = options.pop("title")
    if options["two_mode"] and {"png", "svg", "pdf"} & named.keys():
        raise UsageError("--two-mode: has no picture of codes and cases; write --graphml or --gexf")
    project = open_project(ctx)
    graphs, edges = _build_graphs(project, {name: value for name, value in options.items() if value})
    suffixes = _file_name_suffixes(graphs)
    targets = [[path.with_stem(path.stem + suffix) for path in files] for suffix in suffixes]
    replaced = confirm_replacing((target for row in targets for target in row), confirmed=yes)
    for (labels, graph), row in zip(graphs.items(), targets, strict=True):
        for target in row:
            written = project.save_network(graph, target, title=": ".join(filter(None, [title, *labels])))
            nodes = "nodes" if options["two_mode"] else "codes"
            size = f"{graph.number_of_nodes()} {nodes}, {graph.number_of_edges()} edges"
            print_notes([f"{written}: {size}{' (replaced)' if target in replaced else ''}", *written.notes])
    if not files or output.path or output.given_format:
        write_table(edges, _edge_view(edges, options), output)
    else:
        print_notes(notes_of(edges))
    return int(project.incomplete)


Graphs = dict[tuple[str, ...], Any]


def _build_graphs(project: Project, options: dict[str, Any]) -> tuple[Graphs, pd.DataFrame]:
    """Return the networks that the options ask for, and the table of their edges."""
    kinds = [kind for kind in _OTHER_KINDS if kind in options]
    for kind in kinds:
        wrong = [name for name in (*_OTHER_KINDS, *_OTHER_KINDS[kind]) if name in options and name != kind]
        if wrong:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in wrong)
            raise UsageError(f"{names}: not with --{kind.replace('_', '-')}")
    value: Any = options.pop(kinds[0]) if kinds else None
    if kinds == ["difference_by"]:
        table = project.network_difference(by=value, **options)
        return project.difference_graphs(table), table
    graphs: Graphs = project.networks(**options) if not kinds else {}
    if kinds:
        graphs[()] = project.case_network(**options) if kinds == ["two_mode"] else project.ego(value, **options)
    return graphs, project.edges(graphs)


def _edge_view(table: pd.DataFrame, options: dict[str, Any]) -> TableView:
    """Return how edges are shown: with the weight if it is another measure, and with tests if asked for."""
    if options["difference_by"]:
        return _difference_view(table, options)
    more = [options["measure"]] if options["measure"] else []
    more += [name for name in (*_TESTS, "disparity") if name in table]
    columns = ["network", "code_a", "code_b", "code", "case", "count", "jaccard", *more, "share", "unit", "coder"]
    return TableView(
        columns=list(dict.fromkeys(columns)),
        decimals={"lift": 2, "expected_permutation": 1, **dict.fromkeys(("npmi", "phi", "cosine", "share"), 3)},
        p_values=["p_permutation", "q_permutation", "disparity"],
    )


def _difference_view(table: pd.DataFrame, options: dict[str, Any]) -> TableView:
    """Return how differences are shown; where there are two groups only, their names are headings."""
    shares = ["share_1", "share_2", "difference", "difference_low", "difference_high"]
    tests = ["p_permutation", "q_permutation"]
    pairs = sorted(set(zip(table["group_1"], table["group_2"], strict=True)))
    headings = {"difference_low": "low", "difference_high": "high", "p_permutation": "p", "q_permutation": "q"}
    if len(pairs) == 1:
        headings |= dict(zip(shares, pairs[0], strict=False))
    labels = [*(["coder"] if len(options["coder"] or ()) > 1 else []), "code_a", "code_b"]
    groups = ["group_1", "group_2"] if len(pairs) > 1 else []
    columns = [*labels, *groups, *shares, *tests]
    return TableView(columns=columns, decimals=dict.fromkeys(shares, 4), p_values=tests, headings=headings)


@click.command(epilog="Example: qualcode centrality --unit turn --measure npmi")
@_min_count_option
@_measure_option
@click.option("--replicates", type=click.IntRange(100), help="Resamples of transcripts (default 2000).")
@click.option("--confidence", type=click.FloatRange(0.5, 0.999), help="Level of the intervals (default 0.95).")
@_seed_option
@network_options
@click.pass_context
def centrality(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show how central each code is in the network, with intervals over transcripts.

    CSV and JSON have the intervals of all measures, the table on a terminal that of the strength.
    """
    project = open_project(ctx)
    table = project.centrality(**given_options(options))
    columns = "code units degree strength strength_low strength_high betweenness closeness".split()
    view = count_view(table, columns, options, stretch=())
    decimals = dict.fromkeys(("strength", "strength_low", "strength_high", "closeness"), 2) | {"betweenness": 3}
    write_table(table, replace(view, decimals=decimals), output)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode communities --unit turn")
@_min_count_option
@_measure_option
@click.option("--replicates", type=click.IntRange(10), help="Resamples of transcripts (default 200).")
@_seed_option
@network_options
@click.pass_context
def communities(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show which codes form communities in the network, and how stable these are over transcripts.

    Stability is the share of resamples in which a code is in one community with the others of its community.
    """
    project = open_project(ctx)
    table = project.communities(**given_options(options))
    view = count_view(table, "community size code units stability".split(), options, stretch=())
    write_table(table, replace(view, decimals={"stability": 2}), output)
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
