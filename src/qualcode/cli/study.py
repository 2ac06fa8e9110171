"""Commands on the study as a whole: init, status, check."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from qualcode.cli.options import opened, table_options
from qualcode.cli.rendering import csv_of, emit, json_of, shape_of, show_problems
from qualcode.project import Project, Status


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
    found = opened(ctx).status()
    wanted = shape or shape_of(output)
    if wanted == "json":
        emit(json_of([asdict(found)]), output, what="status")
    elif wanted == "csv":
        keys = ("coder", "codings", "transcripts", "done", "orphaned", "latest")
        emit(csv_of(found.coders, keys), output, what="status")
    else:
        emit(_sentences(found), output, what="status")


def _sentences(found: Status) -> str:
    lines = [
        f"{found.name} ({found.root})",
        f"  {_many(found.transcripts, 'transcript')} of {_many(found.cases, 'case')}",
        f"  {_many(found.turns, 'turn')} of participants, {_many(found.words, 'word')}",
        f"  {_many(found.codes, 'code')} in {_many(found.families, 'family')} (codebook {found.codebook})",
        f"  {_many(found.codings, 'coding')} by {_many(len(found.coders), 'coder')}"
        + (f", {found.orphaned:,} more orphaned" if found.orphaned else ""),
    ]
    lines += [
        f"    {one['coder']}: {_many(one['codings'], 'coding')} in {_many(one['transcripts'], 'transcript')}, "
        f"{one['done']} finished"
        for one in found.coders
    ]
    if found.errors or found.notices:
        said = f"{_many(found.errors, 'problem')} and {_many(found.notices, 'notice')}"
        lines.append(f"  {said}: see 'qualcode check'")
    return "\n".join(lines)


def _many(count: int, word: str) -> str:
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
    problems = opened(ctx).check()
    show_problems(problems, shape=shape, output=output)
    return int(any(problem.level == "error" for problem in problems))
