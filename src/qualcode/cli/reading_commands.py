"""Commands that show what was read: segments, codebook."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import open_project, report_unread_sources, table_options
from qualcode.cli.terminal_output import (
    TableView,
    format_json,
    infer_format,
    print_notes,
    stream_rows,
    write_output,
    write_table,
)
from qualcode.listings.segment_rows import SEGMENT_COLUMNS
from qualcode.model import Codebook

_SEGMENTS = TableView(columns=("transcript", "turn", "segment", "start", "end", "speaker", "text"), stretch=("text",))


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
    project = open_project(ctx)
    wanted = shape or infer_format(output)
    if wanted == "table":
        found = project.segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
        write_table(found, _SEGMENTS, output_format=shape, output=output)
        return report_unread_sources(project)
    rows = project.stream_segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
    stream_rows(rows, SEGMENT_COLUMNS, output_format=wanted, output=output)
    print_notes(project.said)
    return int(bool(project.said))


@click.command()
@click.argument("what", type=click.Choice(["tree", "schema"]), default="tree")
@table_options
@click.pass_context
def codebook(ctx: click.Context, what: str, shape: str | None, output: Path | None) -> None:
    """Show the codebook as a tree (csv, json: a line a code), or the JSON Schema of its files for editors."""
    if what == "schema":
        from qualcode.codebook.codebook_schema import json_schema

        write_output(format_json(json_schema()), output, summary="JSON Schema")
        return
    project = open_project(ctx)
    book = project.codebook
    if (shape or infer_format(output)) != "table":
        write_table(project.codes(), TableView(), output_format=shape, output=output)
    else:
        write_output(_format_codebook_tree(book), output, summary="codebook")


def _format_codebook_tree(book: Codebook) -> str:
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
