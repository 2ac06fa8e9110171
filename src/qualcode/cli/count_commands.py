"""Commands that count and export: themes, cooccurrence, network, export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import (
    analysis_options,
    combine_options,
    confirm_replacing,
    export_options,
    given_options,
    open_project,
    replace_option,
)
from qualcode.cli.terminal_output import OutputOptions, notes_of, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

_THEMES = "code name codings units transcripts cases share_of_cases words codings_per_1000_words".split()
_PAIRS = "code_a code_b count jaccard count_a count_b".split()
_FILE_FORMATS = ("graphml", "gexf", "png", "svg", "pdf")


def _table_view(
    table: pd.DataFrame, columns: list[str], options: dict[str, Any], *, stretch: Sequence[str]
) -> TableView:
    groups = table.columns[: len(options["by"] or ())]  # not by name: the column of an attribute "name" is "case_name"
    coder = ["coder"] if len(options["coder"] or ()) > 1 else []
    return TableView(columns=(*groups, *coder, *columns), stretch=stretch, headings={"words": "words_coded"})


def _theme_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns to show; a code's own codings only where some code has others below it."""
    codes = table[table["level"] == "code"]
    own = ["own_codings"] if (codes["codings"] != codes["own_codings"]).any() else []
    after = _THEMES.index("codings") + 1
    return [*_THEMES[:after], *own, *_THEMES[after:]]


@click.command(epilog="Example: qualcode themes --by formation --level code")
@analysis_options
@click.pass_context
def themes(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Count codes, families and themes: codings, units, transcripts, cases and words, with zeros.

    A theme is a set of codes that you group; it is present where any of its codes is.
    """
    project = open_project(ctx)
    table = project.themes(**given_options(options))
    write_table(table, _table_view(table, _theme_columns(table), options, stretch=("name",)), output)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode cooccurrence --unit window:3")
@click.option("--zeros", is_flag=True, help="Also pairs that never occur together.")
@analysis_options
@click.pass_context
def cooccurrence(ctx: click.Context, /, output: OutputOptions, zeros: bool, **options: Any) -> int:
    """Count the units in which two codes occur together, with the Jaccard index."""
    project = open_project(ctx)
    table = project.cooccurrence(zeros=zeros, **given_options(options))
    write_table(table, _table_view(table, _PAIRS, options, stretch=()), output)
    return int(project.incomplete)


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


def require_suffix(path: Path, file_format: str) -> Path:
    """Return the path of a file if its suffix is that of the option that names it."""
    if path.suffix.lower() != f".{file_format}":
        raise UsageError(f"--{file_format} {path}: the name must end in .{file_format}")
    return path


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


@click.command(epilog="Example: qualcode export study.xlsx --by formation")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--as",
    "target_format",
    type=click.Choice(["xlsx", "spacy"]),
    default="xlsx",
    help="The workbook, or a folder with training data for spaCy.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="PATH", help="Where to write; same as PATH.")
@click.option("--suggestions", is_flag=True, help="Also a sheet of suggestions that are not decided yet.")
@replace_option
@export_options
@click.pass_context
def export(
    ctx: click.Context, /, path: Path | None, target_format: str, output: Path | None, yes: bool, **options: Any
) -> int:
    """Write the workbook: overview, codebook, themes, themes by group, co-occurrence, quotes, charts.

    --by names the attributes to group by; if not given, those with two to six values.

    --as spacy -o FOLDER writes a coder's codings in finished transcripts as training data for a spaCy pipeline
    (--unit sentence or turn), which 'suggest --spacy-model' can use once it is trained.
    """
    if path and output:
        raise UsageError("PATH and --output are the same: give one of them")
    target = path or output
    project = open_project(ctx)
    selected = given_options(options)
    if target_format == "spacy":
        if target is None:
            raise UsageError("name the folder for the training data: -o FOLDER")
        if selected.pop("suggestions"):
            raise UsageError("--suggestions adds a sheet to the workbook: leave it out with --as spacy")
        if selected.pop("by", None):
            raise UsageError("--by is for tables: training data is not grouped")
        replaced = confirm_replacing([target / "train.spacy"], confirmed=yes)
        written = project.export_spacy(target, **selected)
    else:
        target = target or Path("study.xlsx")
        replaced = confirm_replacing([target], confirmed=yes)
        written = project.export(target, **selected)
    click.echo(str(written))
    print_notes(f"{one}: an existing file was replaced" for one in replaced)
    print_notes(written.notes)
    return int(project.incomplete)
