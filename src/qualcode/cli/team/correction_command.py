"""The command that reads corrections back from a workbook, a table or a Word file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualcode.cli.options import coder_option, open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, notes_of, write_table
from qualcode.cli.text_tables import TableView
from qualcode.coding.corrections.correction_report import CorrectionProblemsError
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

_CORRECTIONS = TableView(
    columns=("place", "status", "decision", "transcript", "quote", "code", "new_code", "comment", "coder", "message"),
    stretch=("quote", "comment", "message"),
)


@click.command(epilog="Examples: qualcode apply review.xlsx --coder lea; qualcode apply review.xlsx --coder lea --yes")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--yes", is_flag=True, help="Record the corrections; without it they are only shown.")
@click.option("--skip", is_flag=True, help="With --yes: leave out what has a problem, and record the others.")
@click.option("--transcript", metavar="ID", help="Which transcript a Word file is of, if its name does not tell.")
@coder_option
@output_options
@click.pass_context
def apply(
    ctx: click.Context,
    path: Path | None,
    yes: bool,
    skip: bool,
    transcript: str | None,
    coder: str | None,
    output: OutputOptions,
) -> int:
    """Read back what a lead has decided, or a coder has coded, in a file of 'export --for review' or '--for coding'.

    Rows may be sorted, filtered, hidden, deleted or added. Each decision is shown with its sheet and cell: new (would
    be recorded), unchanged, conflict (the study has something else there now), or unclear (not understood). With --yes
    all are recorded as one action, which 'undo' takes back; if any has a problem nothing is, unless --skip is given.

    From a Word file (S01.docx) the comments are read: a code, CODE: REMARK, or a remark alone on a participant's words;
    and answers to the comments of 'export --for word': keep, reject, recode: CODE, or a remark.

    Decisions on your own codings change these. Decisions on the codings of others count for the coder 'consensus'.
    """
    project = open_project(ctx)
    if path is None:
        raise UsageError("name the file that came back: a workbook (.xlsx), a table (.csv) or a Word file (.docx)")
    try:
        table = project.apply(path, coder=coder, transcript=transcript, write=yes, skip=skip)
    except CorrectionProblemsError as error:
        table = error.table
    is_worth_reading = (table["status"] != "unchanged") | (table["message"] != "")
    shown = table[is_worth_reading] if output.format == "table" else table
    write_table(shown, _CORRECTIONS, output, notes=[*notes_of(table), *_next_step(table, yes=yes, skip=skip)])
    return int(bool(table["status"].isin(["conflict", "unclear"]).any()))


def _next_step(table: pd.DataFrame, *, yes: bool, skip: bool) -> list[str]:
    has_new = bool((table["status"] == "new").any())
    has_problems = bool(table["status"].isin(["conflict", "unclear"]).any())
    if yes and has_problems and not skip:
        return ["nothing was recorded: correct the file, or record the others with --yes --skip"]
    return ["nothing was recorded yet: --yes records it"] if has_new and not yes else []
