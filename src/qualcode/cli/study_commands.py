"""Commands on the study as a whole: init, status, check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import as_of_option, open_project, output_options
from qualcode.cli.terminal_output import (
    OutputOptions,
    format_csv,
    format_json,
    write_output,
    write_problems,
)
from qualcode.errors import format_count
from qualcode.study.readings.passages import CONSENSUS

if TYPE_CHECKING:
    from qualcode.listings.status import StudyStatus

_BAR_LENGTH = 20
_CODER_COLUMNS = "coder codings transcripts done orphaned latest assigned assigned_done note".split()


@click.command(epilog="Example: qualcode init my-study --coder ana")
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="Name of the study; if not given, that of the folder.")
@click.option("--coder", default="", metavar="NAME", help="Whose decisions are recorded and counted by default.")
def init(folder: Path, name: str, coder: str) -> None:
    """Create a study in FOLDER: settings, a first codebook, folders for transcripts and codings.

    Existing files are never overwritten.
    """
    from qualcode.project import Project

    root = Project.init(folder, name=name, coder=coder).study.root
    click.echo(f"created a study in {root}")
    click.echo(
        "Next: add interviews with 'qualcode transcripts add FILE...', and write your codes into codebooks/ in place of"
        " the example there. 'qualcode status' says what comes next.",
        err=True,
    )


@click.command(epilog="Example: qualcode status")
@as_of_option
@output_options
@click.pass_context
def status(ctx: click.Context, as_of: str | None, output: OutputOptions) -> None:
    """Show how many transcripts, codes and codings there are, and how far each coder is."""
    study_status = open_project(ctx).status(as_of=as_of)
    if output.format == "json":
        rows = [asdict(study_status)]
        text = format_json({"rows": rows, "notes": []} if output.with_notes else rows)
    elif output.format == "csv":
        text = format_csv(study_status.coders, _CODER_COLUMNS, output)
    else:
        text = _format_status(study_status)
    write_output(text, output.path, summary="status")


def _describe_assigned(row: Mapping[str, Any]) -> str:
    """Return how far a coder is with what was assigned, with a bar; empty if nothing was."""
    if not row["assigned"]:
        return ""
    filled = round(_BAR_LENGTH * row["assigned_done"] / row["assigned"])
    bar = "#" * filled + "-" * (_BAR_LENGTH - filled)
    return f"; of {row['assigned']:,} assigned {row['assigned_done']:,} finished [{bar}]"


def _format_status(status: StudyStatus) -> str:
    people = sum(bool(row["latest"]) and row["coder"] != CONSENSUS for row in status.coders)
    lines = [
        f"{status.name} ({status.root})",
        f"  {format_count(status.transcripts, 'transcript')} of {format_count(status.cases, 'case')}",
        f"  {format_count(status.turns, 'turn')} of participants, {format_count(status.words, 'word')}",
        f"  {format_count(status.codes, 'code')} in {format_count(status.families, 'family')}"
        f" (codebook {status.codebook})",
        f"  {format_count(status.codings, 'coding')} by {format_count(people, 'coder')}"
        + (f", and {status.orphaned:,} orphaned" if status.orphaned else ""),
    ]
    if status.as_of:
        lines[-1] += f", decided until the end of {status.as_of} (UTC)"
    for row in status.coders:
        codings, transcripts = format_count(row["codings"], "coding"), format_count(row["transcripts"], "transcript")
        lines.append(f"    {row['coder']}: {codings} in {transcripts}, {row['done']} finished{_describe_assigned(row)}")
    if status.errors or status.notices:
        errors, notices = format_count(status.errors, "problem"), format_count(status.notices, "notice")
        lines.append(f"  {errors} and {notices}: see 'qualcode check'")
    if status.next:
        lines.append(f"  next: {status.next}")
    return "\n".join(lines)


@click.command(epilog="Example: qualcode check")
@output_options
@click.pass_context
def check(ctx: click.Context, output: OutputOptions) -> int:
    """List the problems of settings, codebook, sources, cases and ledgers; exit 1 if there are any.

    Notices are worth knowing but not wrong: with notices alone the exit code is 0.
    """
    problems = open_project(ctx).check()
    write_problems(problems, output)
    return int(any(problem.level == "error" for problem in problems))
