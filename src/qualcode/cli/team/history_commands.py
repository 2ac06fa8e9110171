"""Commands on what was recorded: log, undo, redo."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.options import (
    coder_option,
    given_options,
    names_option,
    open_project,
    output_options,
    transcripts_option,
)
from qualcode.cli.terminal_output import OutputOptions, list_rows, notes_of, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.coding.history.undo_events import TakenBack
from qualcode.errors import format_count

_LOG = TableView(
    columns=("action", "at", "coder", "event", "events", "transcript", "code", "undone", "origin", "quote", "text"),
    stretch=("quote", "text"),
    short_ids=("action", "undone"),
)
_SHOWN_ACTIONS = 20
"""Rows that a terminal shows if no other limit is given."""


@click.command(epilog="Examples: qualcode log --coder ana --since 2026-01; qualcode log --format csv -o log.csv")
@names_option("--coder", metavar="NAME", help="Only what this coder recorded.")
@names_option("--code", metavar="ID", help="Only on this code (with the codes below it), family or theme.")
@transcripts_option
@click.option("--since", metavar="DATE", help="Only from the beginning of this date on: 2026-01, 2026-01-31 (UTC).")
@click.option("--until", metavar="DATE", help="Only until the end of this date.")
@names_option(
    "--event",
    type=click.Choice(["apply", "retract", "reject", "move", "memo", "done"]),
    help="Only this kind: apply is to code or accept, move to update or confirm.",
)
@click.option("--events", "every_event", is_flag=True, help="One row per event, as in CSV and JSON.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the last N (on a terminal 20).")
@click.option("--all", "every", is_flag=True, help="All, also on a terminal.")
@output_options
@click.pass_context
def log(
    ctx: click.Context,
    /,
    output: OutputOptions,
    every_event: bool,
    limit: int | None,
    every: bool,
    **options: Any,
) -> None:
    """Show who recorded what when, the latest first, and what was taken back.

    One row is an action, what one command recorded, with its number of events; 'qualcode undo ACTION' takes it back.
    CSV and JSON have one row per event.
    """
    project = open_project(ctx)
    is_table = output.format == "table"
    shown = limit if limit or every or not output.is_for_terminal else _SHOWN_ACTIONS
    # One more, to say that there are more.
    wanted = shown + 1 if shown and not limit else shown
    table = project.log(**given_options(options), actions=is_table and not every_event, limit=wanted)
    notes = notes_of(table)
    if shown and len(table) > shown:
        table, notes = table.iloc[:shown], [*notes, f"the last {shown:,} are shown: --all shows all"]
    if not is_table:
        write_table(table, TableView(), output, notes=notes)
        return
    rows = [{**row, "at": str(row["at"])[:16].replace("T", " ")} for row in list_rows(table)]
    if rows and not every_event and all(row["events"] == 1 for row in rows):
        rows = [{name: cell for name, cell in row.items() if name != "events"} for row in rows]
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else table.columns)}
    write_table(columns, _without_empty(columns), output, notes=notes)


def _without_empty(columns: dict[str, list[Any]]) -> TableView:
    """Return the view without columns that say nothing in these rows."""
    optional = ("undone", "origin", "quote", "text", "transcript", "code")
    names = [name for name in _LOG.columns if name in columns and (name not in optional or any(columns[name]))]
    return TableView(columns=names, stretch=_LOG.stretch, short_ids=[one for one in _LOG.short_ids if one in names])


_action_argument = click.argument("action", default="")
_dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would change.")


@click.command(epilog="Examples: qualcode undo --dry-run; qualcode undo 7q2m9x --coder ana")
@_action_argument
@_dry_run_option
@coder_option
@click.pass_context
def undo(ctx: click.Context, action: str, dry_run: bool, coder: str | None) -> None:
    """Take back your last action, or the ACTION with an id that 'log' shows (its last six characters will do).

    An import of 500 codings is one action. The ledger keeps what is undone, and 'redo' brings it back.
    """
    done = open_project(ctx).undo(action, coder=coder, dry_run=dry_run)
    _print_taken_back(done, "undone", dry_run=dry_run)


@click.command(epilog="Example: qualcode redo")
@_action_argument
@_dry_run_option
@coder_option
@click.pass_context
def redo(ctx: click.Context, action: str, dry_run: bool, coder: str | None) -> None:
    """Bring back what your last undo took back, or what the ACTION did that was undone."""
    done = open_project(ctx).redo(action, coder=coder, dry_run=dry_run)
    _print_taken_back(done, "redone", dry_run=dry_run)


def _print_taken_back(done: TakenBack, verb: str, *, dry_run: bool) -> None:
    click.echo(f"{format_count(done.count, 'event')} {'would be ' if dry_run else ''}{verb}")
    print_notes(done.shown_lines)
    print_notes(done.notes)
