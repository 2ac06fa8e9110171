"""The command that writes the report, one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qualcode.cli.options import confirm_replacing, export_options, given_options, open_project, replace_option
from qualcode.cli.terminal_output import print_notes


@click.command(epilog="Example: qualcode report report.html --by formation")
@click.argument("path", type=click.Path(path_type=Path), default="report.html")
@click.option("--quotes", type=click.IntRange(0), metavar="N", help="Most quotes of each code, 0 for none.")
@click.option(
    "--pseudonymised",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="KEY",
    help="Write nothing if a name of this key file is left in the study or in the page.",
)
@replace_option
@export_options
@click.pass_context
def report(ctx: click.Context, /, path: Path, yes: bool, **options: Any) -> int:
    """Write one HTML page for readers: findings, pictures, quotes by code, codebook, method, checklists.

    The page needs no other file and no network. --by names the attributes whose groups are compared; if not given,
    those with two to six values.
    """
    project = open_project(ctx)
    replaced = confirm_replacing([path], confirmed=yes)
    written = project.report(path, **given_options(options))
    click.echo(str(written))
    print_notes(f"{one}: an existing file was replaced" for one in replaced)
    print_notes(written.notes)
    return int(project.incomplete)
