"""Commands on what coders have coded differently: disagreements, adjudicate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qualcode.cli.decisions.decision_output import dry_run_option, import_table, print_import_result, table_option
from qualcode.cli.options import coder_option, given_options, listing_options, names_option, open_project
from qualcode.cli.prompts.adjudication_prompt import review_disagreements
from qualcode.cli.terminal_output import OutputOptions, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError
from qualcode.listings.agreement.disagreement_rows import CODES_BY

_SHOWN = ("id", "speaker", "time", "text")


@click.command(epilog="Example: qualcode disagreements --code challenges -o disagreements.csv")
@click.option("--all", "decided", is_flag=True, help="Also those that are decided already, with the decision.")
@listing_options
@click.pass_context
def disagreements(ctx: click.Context, /, output: OutputOptions, decided: bool, **options: Any) -> int:
    """List passages that coders have coded differently, with the text and every reading.

    Passages are units of analysis in transcripts that two coders have marked as done. To decide: 'qualcode
    adjudicate', or fill in the column 'decision' of the CSV and give it to 'qualcode adjudicate --from'.
    """
    project = open_project(ctx)
    table = project.disagreements(decided=decided, **given_options(options))
    notes = table.attrs["notes"]
    readings = [name for name in table.columns if str(name).startswith(CODES_BY)]
    columns = (*_SHOWN, *readings, "agreed", *(("decision", "note") if decided else ()))
    headings = {name: str(name).removeprefix(CODES_BY) for name in readings}
    if output.format == "table":
        # So that one sees at a glance who has used no code.
        table = table.replace({name: {"": "–"} for name in readings}).rename(columns=headings)
        columns = tuple(headings.get(name, name) for name in columns)
    write_table(table, TableView(columns=columns, stretch=("text", "note")), output, notes=notes)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode adjudicate --coder lead")
@click.argument("passage", required=False, metavar="[ID]")
@click.argument("decision", required=False)
@click.option("--note", default="", help="The reason.")
@names_option("--code", metavar="ID", help="Without an ID: only disagreements on this code, family or theme.")
@names_option("--transcripts", metavar="ID", help="Without an ID: only these transcripts; patterns like 'S*' work.")
@table_option
@dry_run_option
@coder_option
@click.pass_context
def adjudicate(
    ctx: click.Context,
    passage: str | None,
    decision: str | None,
    note: str,
    code: tuple[str, ...] | None,
    transcripts: tuple[str, ...] | None,
    table: Path | None,
    dry_run: bool,
    coder: str | None,
) -> int:
    """Decide disagreements: one after another at the keyboard, one by its ID, or those of a table.

    DECISION is a coder, whose reading is accepted; 'all' or 'none' of the disputed codes; or ids of codes, separated
    by semicolons. It is recorded for the coder 'consensus' ('qualcode themes --coder consensus'); the coders' own
    codings stay as they are.
    """
    project = open_project(ctx)
    if table is not None:
        if passage or code or transcripts or note:
            raise UsageError("--from takes passages, decisions and notes from the table: leave the others out")
        result = import_table(lambda: project.adjudicate_from(table, coder=coder, dry_run=dry_run))
        return print_import_result(result, "decided", dry_run=dry_run)
    if dry_run:
        raise UsageError("--dry-run is for tables: use it with --from")
    if passage is None:
        review_disagreements(project, coder=coder, code=code, transcripts=transcripts)
        return int(project.incomplete)
    if decision is None:
        raise UsageError("name the decision as well: a coder, all, none, or ids of codes")
    if code or transcripts:
        raise UsageError("--code and --transcripts select what is asked one after another: leave them out with an ID")
    decided = project.adjudicate(passage, decision, note=note, coder=coder)
    click.echo(f"{decided.count} decided")
    if decided.count:
        print_notes([*map(str, decided.places), *decided.notes, "to take it back: qualcode undo --coder consensus"])
    else:
        print_notes(["it was decided so already, or all coders have coded it so"])
    return 0
