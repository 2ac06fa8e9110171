"""Commands that show what was read: segments, codebook."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import opened, table_options, tell_unread
from qualcode.cli.rendering import View, emit, json_of, shape_of, show, stream, tell
from qualcode.model import Codebook
from qualcode.project.overview import SEGMENT_COLUMNS

_SEGMENTS = View(columns=("transcript", "turn", "segment", "start", "end", "speaker", "text"), stretch=("text",))


@click.command()
@click.argument("transcripts", nargs=-1, metavar="[ID]...")
@click.option("--unit", metavar="UNIT", help="sentence, turn, paragraph, exchange, window:3 or transcript.")
@click.option("--interviewers", is_flag=True, help="Interviewers' segments too.")
@table_options
@click.pass_context
def segments(
    ctx: click.Context,
    transcripts: tuple[str, ...],
    unit: str | None,
    interviewers: bool,
    shape: str | None,
    output: Path | None,
) -> int:
    """List the units of analysis of transcripts with their place in the canonical text."""
    project = opened(ctx)
    wanted = shape or shape_of(output)
    if wanted == "table":
        found = project.segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
        show(found, _SEGMENTS, shape=shape, output=output)
        return tell_unread(project)
    rows = project.stream_segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
    stream(rows, SEGMENT_COLUMNS, shape=wanted, output=output)
    tell(project.said)
    return int(bool(project.said))


@click.command()
@click.argument("what", type=click.Choice(["tree", "schema"]), default="tree")
@table_options
@click.pass_context
def codebook(ctx: click.Context, what: str, shape: str | None, output: Path | None) -> None:
    """Show the codebook as a tree (csv, json: a line a code), or the JSON Schema of its files for editors."""
    if what == "schema":
        from qualcode.codebook.schema import json_schema

        emit(json_of(json_schema()), output, what="JSON Schema")
        return
    project = opened(ctx)
    book = project.codebook
    if (shape or shape_of(output)) != "table":
        show(project.codes(), View(), shape=shape, output=output)
    else:
        emit(_tree(book), output, what="codebook")


def _tree(book: Codebook) -> str:
    lines = []
    for family in book.families:
        lines.append(f"{family.id}  {family.name}")
        lines += [
            f"{'  ' * (code.depth + 1)}{code.id}  {code.name} ({len(code.cues)} cues)"
            for code in book.codes
            if code.family == family.id
        ]
    if book.themes:
        lines.append("themes")
    lines += [f"  {theme.id}  {theme.name}: {', '.join(theme.members)}" for theme in book.themes]
    return "\n".join([*lines, f"codebook {book.version}"])
