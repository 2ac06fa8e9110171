"""Commands on the study as a whole: init, status, check."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from qualcode.cli.options import open_project, table_options
from qualcode.cli.terminal_output import format_csv, format_json, infer_format, write_output, write_problems
from qualcode.project import Project, StudyStatus


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", default="", help="The study's name; the folder's if not given.")
@click.option("--coder", default="", metavar="NAME", help="Whose decisions are recorded and counted.")
def init(folder: Path, name: str, coder: str) -> None:
    """Begin a study in FOLDER: settings, a first codebook, folders for transcripts and codings.

    Nothing that is there is overwritten.
    """
    project = Project.init(folder, name=name, coder=coder)
    root = project.study.root
    click.echo(f"{root} is a study now.")
    click.echo("Next: put interviews into transcripts/, write codes into codebooks/, then 'qualcode check'.", err=True)


@click.command()
@table_options
@click.pass_context
def status(ctx: click.Context, shape: str | None, output: Path | None) -> None:
    """Show where the study stands, coder by coder."""
    found = open_project(ctx).status()
    wanted = shape or infer_format(output)
    if wanted == "json":
        write_output(format_json([asdict(found)]), output, summary="status")
    elif wanted == "csv":
        keys = ("coder", "codings", "transcripts", "done", "orphaned", "latest")
        write_output(format_csv(found.coders, keys), output, summary="status")
    else:
        write_output(_format_status(found), output, summary="status")


def _format_status(found: StudyStatus) -> str:
    lines = [
        f"{found.name} ({found.root})",
        f"  {_format_count(found.transcripts, 'transcript')} of {_format_count(found.cases, 'case')}",
        f"  {_format_count(found.turns, 'turn')} of participants, {_format_count(found.words, 'word')}",
        f"  {_format_count(found.codes, 'code')} in {_format_count(found.families, 'family')} (codebook {found.codebook})",
        f"  {_format_count(found.codings, 'coding')} by {_format_count(len(found.coders), 'coder')}"
        + (f", {found.orphaned:,} more orphaned" if found.orphaned else ""),
    ]
    lines += [
        f"    {one['coder']}: {_format_count(one['codings'], 'coding')} in {_format_count(one['transcripts'], 'transcript')}, "
        f"{one['done']} finished"
        for one in found.coders
    ]
    if found.errors or found.notices:
        said = f"{_format_count(found.errors, 'problem')} and {_format_count(found.notices, 'notice')}"
        lines.append(f"  {said}: see 'qualcode check'")
    return "\n".join(lines)


def _format_count(count: int, word: str) -> str:
    if count == 1:
        return f"1 {word}"
    return f"{count:,} {word[:-1]}ies" if word.endswith("y") else f"{count:,} {word}s"


@click.command()
@table_options
@click.pass_context
def check(ctx: click.Context, shape: str | None, output: Path | None) -> int:
    """List all that is wrong with settings, codebook, sources, cases and ledgers; exit 1 if anything is.

    Notices are things to know; they alone leave the exit code at 0.
    """
    problems = open_project(ctx).check()
    write_problems(problems, output_format=shape, output=output)
    return int(any(problem.level == "error" for problem in problems))
