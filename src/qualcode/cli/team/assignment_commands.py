"""The command that divides the work among coders."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.options import given_options, names_option, open_project, output_options, transcripts_option
from qualcode.cli.terminal_output import OutputOptions, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError


@click.command(epilog="Example: qualcode assign --coder ana --coder ben --overlap 20% --by group --write")
@transcripts_option
@names_option("--coder", metavar="NAME", help="Who is to code; if not given, the coders in qualcode.yaml.")
@click.option("--overlap", metavar="N", help="Transcripts that several code: a number or a share (default 20%).")
@click.option("--readers", type=int, help="How many coders code each of these (default 2).")
@names_option("--by", metavar="ATTRIBUTE", help="Represent the values of an attribute of cases in proportion.")
@click.option("--seed", type=int, help="Seed of the draw (default 0).")
@click.option("--replace", is_flag=True, help="Draw transcripts again that are assigned already.")
@click.option("--write", is_flag=True, help="Write assignments.csv; without it, only show what would be in it.")
@click.option("--list", "listed", is_flag=True, help="Only show the assignments of now, and what is done.")
@output_options
@click.pass_context
def assign(ctx: click.Context, /, output: OutputOptions, listed: bool, **options: Any) -> int:
    """Divide transcripts among coders: some are coded by several, for agreement, the others by one each.

    The result is a table, assignments.csv, which you may edit. 'qualcode status' shows how far each coder is.
    """
    project = open_project(ctx)
    selected = {name: value for name, value in given_options(options).items() if value is not False}
    if listed and selected:
        raise UsageError("--list shows the assignments of now: leave the other options out")
    table = project.assignments() if listed else project.assign(**selected)
    write_table(table, TableView(), output)
    if not listed and not options["write"]:
        print_notes(["nothing was written: --write does it"])
    return int(project.incomplete)
