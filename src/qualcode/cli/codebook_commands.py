"""The command that shows the codebook."""

from __future__ import annotations

import click

from qualcode.cli.options import open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, format_json, write_output, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import format_count
from qualcode.model import Codebook


@click.command(epilog="Example: qualcode codebook schema -o codebook.schema.json")
@click.argument("what", type=click.Choice(["tree", "schema"]), default="tree")
@output_options
@click.pass_context
def codebook(ctx: click.Context, what: str, output: OutputOptions) -> None:
    """Show the codebook as a tree (CSV and JSON: one row per code), or the JSON Schema of its files for editors."""
    if what == "schema":
        from qualcode.codebook.codebook_schema import json_schema

        write_output(format_json(json_schema()), output.path, summary="JSON Schema")
        return
    project = open_project(ctx)
    codebook = project.codebook
    if output.format != "table":
        write_table(project.codes(), TableView(), output)
    else:
        write_output(_format_codebook_tree(codebook), output.path, summary="codebook")


def _format_codebook_tree(codebook: Codebook) -> str:
    lines = []
    for family in codebook.families:
        lines.append(f"{family.id}  {family.name}")
        lines += [
            f"{'  ' * (code.depth + 1)}{code.id}  {code.name} ({format_count(len(code.cues), 'cue')})"
            for code in codebook.codes
            if code.family == family.id
        ]
    if codebook.themes:
        lines.append("themes")
    lines += [f"  {theme.id}  {theme.name}: {', '.join(theme.members)}" for theme in codebook.themes]
    return "\n".join([*lines, f"codebook {codebook.version}"])
