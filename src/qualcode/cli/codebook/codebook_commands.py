"""The command that shows the codebook, with its commands that edit, compare and export it."""

from __future__ import annotations

import click

from qualcode.cli.codebook import codebook_diff_command, codebook_edit_commands, codebook_export_command
from qualcode.cli.options import DefaultCommandGroup, open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, format_json, write_output, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import did_you_mean, format_count
from qualcode.model import Codebook

_SHOWN = ("tree", "schema")


class _CodebookGroup(DefaultCommandGroup):
    """A group that shows the codebook unless one of its commands is named."""

    default = "show"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse words that are neither a command nor what can be shown."""
        word = args[0] if args else "-"
        if word not in (*self.commands, *_SHOWN) and not word.startswith("-"):
            known = [*_SHOWN, *self.commands]
            hint = did_you_mean(word, known) or f"known: {', '.join(known)}"
            ctx.fail(f"no command '{word}' ({hint})")
        return super().parse_args(ctx, args)


@click.group(
    cls=_CodebookGroup,
    subcommand_metavar="[tree|schema] | COMMAND [ARGS]...",
    epilog="Example: qualcode codebook schema -o codebook.schema.json",
)
def codebook() -> None:
    """Show the codebook as a tree, or the JSON Schema of its files for editors; edit, compare and export it.

    Without a command it is shown, with the options of `show`. Commands that edit change the YAML files and nothing
    else in them; codings follow, and ledgers stay as they are.
    """


for _command in (*codebook_edit_commands.COMMANDS, codebook_diff_command.diff, codebook_export_command.export):
    codebook.add_command(_command)


@codebook.command(
    short_help="Show it as a tree, or its JSON Schema.", epilog="Example: qualcode codebook --format csv -o codes.csv"
)
@click.argument("what", type=click.Choice(_SHOWN), default="tree")
@output_options
@click.pass_context
def show(ctx: click.Context, what: str, output: OutputOptions) -> None:
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
            + (f"  [retired {code.retired}]" if code.retired else "")
            for code in codebook.codes
            if code.family == family.id
        ]
    if codebook.themes:
        lines.append("themes")
    lines += [f"  {theme.id}  {theme.name}: {', '.join(theme.members)}" for theme in codebook.themes]
    return "\n".join([*lines, f"codebook {codebook.version}"])
