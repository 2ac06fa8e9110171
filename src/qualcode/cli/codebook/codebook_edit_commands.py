"""Commands that edit the codebook: rename, move, merge, split and retire codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import open_project, output_options
from qualcode.cli.terminal.terminal_streams import style
from qualcode.cli.terminal_output import OutputOptions, has_colour, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import format_count, format_names
from qualcode.study.selection import sort_naturally

if TYPE_CHECKING:
    from qualcode.coding.codebook_work.codebook_changes import CodebookChange

_COUNTS = TableView()
_MAX_NAMES = 6
"""Transcripts that are named for people; CSV and JSON have all."""
_LINE_STYLES: dict[str, dict[str, Any]] = {"+": {"fg": "green"}, "-": {"fg": "red"}, "@": {"dim": True}}
_dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would change.")


@click.command(
    short_help="Give a code, family or theme another id.",
    epilog="Example: qualcode codebook rename challenges/roi return --dry-run",
)
@click.argument("code")
@click.argument("new")
@_dry_run_option
@output_options
@click.pass_context
def rename(ctx: click.Context, code: str, new: str, dry_run: bool, output: OutputOptions) -> None:
    """Give a CODE, family or theme the id NEW (or only that last part); its codings follow."""
    _print_change(open_project(ctx).rename_code(code, new, dry_run=dry_run), output)


@click.command(
    short_help="Move a code into a family or below a code.",
    epilog="Example: qualcode codebook move challenges/roi skills --dry-run",
)
@click.argument("code")
@click.argument("to")
@_dry_run_option
@output_options
@click.pass_context
def move(ctx: click.Context, code: str, to: str, dry_run: bool, output: OutputOptions) -> None:
    """Move a CODE, with the codes below it, into the family or below the code TO; its codings follow."""
    _print_change(open_project(ctx).move_code(code, to, dry_run=dry_run), output)


@click.command(
    short_help="Count the codings of codes for another one.",
    epilog="Example: qualcode codebook merge path/reactive challenges/demand --dry-run",
)
@click.argument("codes", nargs=-1, required=True)
@click.argument("into")
@_dry_run_option
@output_options
@click.pass_context
def merge(ctx: click.Context, codes: tuple[str, ...], into: str, dry_run: bool, output: OutputOptions) -> None:
    """Remove CODES, whose codings count for the code INTO from now on."""
    _print_change(open_project(ctx).merge_codes(codes, into, dry_run=dry_run), output)


@click.command(
    short_help="Add codes to decide on the codings of one again.",
    epilog="Example: qualcode codebook split challenges/resources budget staff --dry-run",
)
@click.argument("code")
@click.argument("new", nargs=-1, required=True)
@click.option("--keep", is_flag=True, help="Keep CODE in use, and put the new codes below it.")
@_dry_run_option
@output_options
@click.pass_context
def split(
    ctx: click.Context, code: str, new: tuple[str, ...], keep: bool, dry_run: bool, output: OutputOptions
) -> None:
    """Add the codes NEW beside CODE, which is retired. Its codings stay until they are decided again.

    `qualcode codings --code CODE --recode -o again.csv` lists them; write new codes into the column new_code, and read
    the table with `qualcode code --from again.csv`.
    """
    _print_change(open_project(ctx).split_code(code, new, keep=keep, dry_run=dry_run), output)


@click.command(
    short_help="Mark a code as no longer in use.",
    epilog='Example: qualcode codebook retire challenges/demand --reason "too broad"',
)
@click.argument("code")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the date.")
@click.option("--undo", is_flag=True, help="Use the code again.")
@_dry_run_option
@output_options
@click.pass_context
def retire(ctx: click.Context, /, code: str, output: OutputOptions, **options: Any) -> None:
    """Mark a CODE as no longer in use: it is not suggested and cannot be given to text; its codings count."""
    _print_change(open_project(ctx).retire_code(code, **options), output)


COMMANDS = (rename, move, merge, split, retire)


def _print_change(change: CodebookChange, output: OutputOptions) -> None:
    """Print the change of the files, and which codings it affects: for people by coder, in CSV and JSON all rows."""
    if output.format != "table":
        write_table(change.codings, _COUNTS, output)
        return
    if output.path is None:
        is_coloured = has_colour(output)
        for line in change.diff.splitlines():
            styles = _LINE_STYLES.get(line[:1]) if is_coloured else None
            click.echo(style(line, **styles) if styles else line)
        click.echo()
    if change.rows:
        write_table(_sum_by_coder(change), _COUNTS, output, notes=())
        click.echo()
    files = f"{format_count(len(change.files), 'file')} ({', '.join(change.files)})"
    done = f"{files} changed" if change.is_written else f"{files} would change; nothing was written (--dry-run)"
    print_notes([*change.notes, done])


def _sum_by_coder(change: CodebookChange) -> dict[str, list[Any]]:
    """Return the affected codings by code and coder, with the transcripts that they are in."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in change.rows:
        groups.setdefault((row["code"], row["new_code"], row["coder"]), []).append(row)
    columns: dict[str, list[Any]] = {"code": [], "new code": [], "coder": [], "codings": [], "transcripts": []}
    for key, rows in groups.items():
        transcripts = sort_naturally(row["transcript"] for row in rows)
        cells = (*key, sum(row["codings"] for row in rows), format_names(transcripts, limit=_MAX_NAMES))
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    # Where codings keep their code (split, retire), the column says nothing.
    if columns["code"] == columns["new code"]:
        del columns["new code"]
    return columns
