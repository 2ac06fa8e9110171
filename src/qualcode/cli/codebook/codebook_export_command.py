"""The command that writes the codebook for a paper or another tool."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qualcode.cli.options import confirm_replacing, open_project, replace_option
from qualcode.cli.terminal_output import print_notes


@click.command(
    short_help="Write it for a paper (.docx, .md) or as a table (.csv).",
    epilog="Example: qualcode codebook export codebook.docx --counts --examples 1",
)
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--counts", is_flag=True, help="With the number of codings and transcripts of each code.")
@click.option("--coder", metavar="NAME", help="Whose codings are counted; if not given, the study's coder.")
@click.option("--examples", type=click.IntRange(0), metavar="N", help="At most N examples of a code (.docx, .md).")
@click.option(
    "--csv-safe/--no-csv-safe",
    default=None,
    help="In CSV, put an apostrophe before what a spreadsheet would take for a formula; on on a terminal.",
)
@replace_option
@click.pass_context
def export(
    ctx: click.Context,
    path: Path,
    counts: bool,
    coder: str | None,
    examples: int | None,
    csv_safe: bool | None,
    yes: bool,
) -> int:
    """Write the codebook as an appendix (.docx, .md: a table or section for each family) or as a table (.csv)."""
    project = open_project(ctx)
    replaced = confirm_replacing([path], confirmed=yes)
    is_safe = sys.stdout.isatty() if csv_safe is None else csv_safe
    written = project.export_codebook(path, counts=counts, coder=coder, examples=examples, csv_safe=is_safe)
    click.echo(str(written))
    print_notes(f"{one}: an existing file was replaced" for one in replaced)
    print_notes(written.notes)
    return int((counts or coder is not None) and project.incomplete)
