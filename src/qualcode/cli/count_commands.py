"""Commands that count: themes, cooccurrence, network, export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import analysis_options, combine_options, export_options, given_options, open_project
from qualcode.cli.terminal_output import TableView, print_notes, write_table
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

_THEMES = ("code name codings units transcripts cases share_of_cases words per_1000_words").split()
_PAIRS = "code_a code_b count jaccard count_a count_b".split()
_FILE_FORMATS = ("graphml", "gexf", "png", "svg", "pdf")


def _table_view(
    found: pd.DataFrame, columns: list[str], options: dict[str, Any], *, stretch: Sequence[str]
) -> TableView:
    groups = found.columns[: len(options["by"])]  # not their names: the column of an attribute "name" is "case_name"
    several = ["coder"] if len(options["coder"]) > 1 else []
    return TableView(columns=(*groups, *several, *columns), stretch=stretch)


@click.command()
@analysis_options
@click.pass_context
def themes(ctx: click.Context, /, shape: str | None, output: Path | None, **options: Any) -> int:
    """Count codes, families and themes: codings, units, transcripts, cases, words covered; zeros kept."""
    project = open_project(ctx)
    found = project.themes(**given_options(options))
    write_table(
        found,
        _table_view(found, _THEMES, options, stretch=("name",)),
        output_format=shape,
        output=output,
        notes=project.said,
    )
    return int(project.incomplete)


@click.command()
@click.option("--zeros", is_flag=True, help="Also pairs that never occur together.")
@analysis_options
@click.pass_context
def cooccurrence(ctx: click.Context, /, shape: str | None, output: Path | None, zeros: bool, **options: Any) -> int:
    """Count in how many units each pair of codes occurs together, with Jaccard."""
    project = open_project(ctx)
    found = project.cooccurrence(zeros=zeros, **given_options(options))
    write_table(
        found, _table_view(found, _PAIRS, options, stretch=()), output_format=shape, output=output, notes=project.said
    )
    return int(project.incomplete)


@click.command()
@click.option("--min-count", type=click.IntRange(1), default=1, help="Only edges with at least so many units.")
@click.option("--title", default="", help="Title of the picture.")
@combine_options(
    *(
        click.option(f"--{kind}", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
        for kind in _FILE_FORMATS
    )
)
@analysis_options
@click.pass_context
def network(ctx: click.Context, /, shape: str | None, output: Path | None, **options: Any) -> int:
    """Make the co-occurrence network and write it as GraphML or GEXF (for Gephi) and as a picture.

    Without a file its edges are listed. With --by, or several coders, there is one network each, and their names
    are put into the files' names.
    """
    files = [_require_suffix(path, kind) for kind in _FILE_FORMATS if (path := options.pop(kind)) is not None]
    title = options.pop("title")
    project = open_project(ctx)
    graphs = project.networks(**given_options(options))
    for (labels, graph), name in zip(graphs.items(), _file_name_suffixes(graphs), strict=True):
        for path in files:
            named = path.with_stem(path.stem + name)
            written = project.save_network(graph, named, title=": ".join(filter(None, [title, *labels])))
            print_notes([f"{written}: {graph.number_of_nodes()} codes, {graph.number_of_edges()} edges"])
    if not files or output or shape:
        found = project.edges(graphs)
        write_table(found, TableView(), output_format=shape, output=output, notes=project.said)
    else:
        print_notes(project.said)
    return int(project.incomplete)


def _require_suffix(path: Path, kind: str) -> Path:
    if path.suffix.lower() != f".{kind}":
        raise UsageError(f"--{kind} {path}: the name has to end in .{kind}")
    return path


def _file_name_suffixes(groups: Iterable[tuple[str, ...]]) -> list[str]:
    """Return what each group adds to a file's name; no two the same, so that no file takes another's place."""
    names: list[str] = []
    for labels in groups:
        name = "".join(f"-{_replace_unsafe_characters(label)}" for label in labels)
        while name.casefold() in map(str.casefold, names):
            name += "_"
        names.append(name)
    return names


def _replace_unsafe_characters(label: str) -> str:
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in label)


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "shape",
    type=click.Choice(["xlsx", "spacy"]),
    default="xlsx",
    help="The workbook, or a folder for spaCy.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="PATH", help="Where to; the same as PATH.")
@click.option("--suggestions", is_flag=True, help="Also a sheet of what is suggested and not decided yet.")
@export_options
@click.pass_context
def export(ctx: click.Context, /, path: Path | None, shape: str, output: Path | None, **options: Any) -> int:
    """Write the workbook: overview, codebook, themes, themes by group, co-occurrence, quotes, charts.

    --by names the attributes to group by; without it those with two to six values are taken.

    --format spacy -o FOLDER writes what a coder has coded in finished transcripts as material to train a spaCy
    pipeline on (--unit sentence or turn), which 'suggest --spacy-model' then takes.
    """
    if path and output:
        raise UsageError("PATH and --output are the same: give one of them")
    where = path or output
    if shape == "spacy" and where is None:
        raise UsageError("say where the training material goes: -o FOLDER")
    if shape == "spacy" and options["suggestions"]:
        raise UsageError("--suggestions is a sheet of the workbook: --format spacy has none")
    project = open_project(ctx)
    choice = given_options(options)
    if shape == "spacy":
        del choice["suggestions"]
    written = (
        project.export_spacy(where, **choice)
        if shape == "spacy" and where
        else project.export(where or Path("study.xlsx"), **choice)
    )
    click.echo(str(written))
    print_notes(project.said)
    return int(project.incomplete)
