"""The command that writes the workbook or training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import (
    confirm_replacing,
    export_options,
    given_options,
    open_project,
    replace_option,
    sheets_option,
)
from qualcode.cli.terminal_output import print_notes
from qualcode.errors import UsageError

if TYPE_CHECKING:
    pass


@click.command(epilog="Example: qualcode export study.xlsx --by formation")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@sheets_option
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
    """Write the workbook: findings, codebook, themes, groups, co-occurrence, cases, quotes, segments, provenance.

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
        if selected.pop("sheets", None):
            raise UsageError("--sheets chooses sheets of the workbook: leave it out with --as spacy")
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
