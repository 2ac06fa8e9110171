"""The command that codes: one quote, or the rows of a table."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.decisions.decision_output import (
    OPTIONS_WITH_TABLE,
    dry_run_option,
    import_table,
    place_options,
    print_decisions,
    print_import_result,
    refuse_other_options,
    table_option,
)
from qualcode.cli.options import coder_option, open_project
from qualcode.errors import UsageError

_OPTIONS_WITHOUT_TABLE = ("turn", "sentence", "start", "end", "memo", "coder")


@click.command(epilog='Example: qualcode code S01 challenges/roi "nobody can tell me what it earns" --coder ana')
@click.argument("transcript", required=False)
@click.argument("code", required=False)
@click.argument("quote", required=False, default="")
@table_option
@place_options
@click.option("--memo", default="", help="A memo on the coding.")
@click.option("--skip", is_flag=True, help="With --from: import the valid rows and leave out the others.")
@dry_run_option
@coder_option
@click.pass_context
def code(ctx: click.Context, /, transcript: str | None, code: str | None, quote: str, **options: Any) -> int:
    """Code a QUOTE of a TRANSCRIPT with CODE, or import codings from a table.

    The table has the columns transcript, code and coder; quote (with turn and sentence, counted from 0, where it
    occurs more than once) or start and end; and optionally memo. Each row is checked against the transcript; if any
    fails, nothing is imported, unless --skip is given.
    """
    project = open_project(ctx)
    table, coder, memo = options["table"], options["coder"], options["memo"]
    if table is not None:
        if transcript or code:
            raise UsageError("--from takes transcript and code from the table: leave them out here")
        refuse_other_options(ctx, (*OPTIONS_WITH_TABLE, "skip"), when="with --from: the table has columns for it")
        dry_run, skip = options["dry_run"], options["skip"]
        result = import_table(lambda: project.code_from(table, coder=coder, skip=skip, dry_run=dry_run))
        return print_import_result(result, "coded", dry_run=dry_run, skip=skip)
    if not transcript or not code:
        raise UsageError("name transcript, code and quote, or a table with --from FILE")
    refuse_other_options(ctx, _OPTIONS_WITHOUT_TABLE, when="without --from")
    place = {name: options[name] for name in ("turn", "sentence", "start", "end")}
    coded = project.code(transcript, code, quote, coder=coder, memo=memo, **place)
    click.echo(coded.id)
    print_decisions(coded, "coded", coder=coder)
    return 0
