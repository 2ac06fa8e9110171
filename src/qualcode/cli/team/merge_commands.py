"""The command that brings other copies of a study into this one."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError

_MERGE = TableView(columns=("kind", "path", "message", "hint"), stretch=("message", "hint"))


@click.command(epilog="Examples: qualcode merge ../study-ben; qualcode merge ben.zip cleo.zip --write")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Do it; without it the result is only shown.")
@click.option("--tidy", is_flag=True, help="Instead: move conflict copies of ledgers in this study into the ledgers.")
@click.option("--no-sources", is_flag=True, help="Do not copy transcripts that only the copy has.")
@click.option("--force", is_flag=True, help="Also a copy that seems to be one of another study.")
@output_options
@click.pass_context
def merge(
    ctx: click.Context,
    paths: tuple[Path, ...],
    write: bool,
    tidy: bool,
    no_sources: bool,
    force: bool,
    output: OutputOptions,
) -> int:
    """Bring other copies of the study into this one: folders or zip archives.

    Decisions are added to the ledgers, and transcripts that are missing here are copied. Nothing here is overwritten,
    and nothing is written without --write. Exit 1 if something differs that a person must decide.

    Synced folders leave copies of ledgers, as 'S07 (1).jsonl', and git its markers of a conflict: --tidy moves the
    decisions into the ledgers and deletes the copies and the markers.
    """
    project = open_project(ctx)
    if tidy == bool(paths):
        raise UsageError("name the copy, a folder or a zip archive; --tidy alone is for this study")
    if tidy:
        merged = project.tidy(write=write)
    else:
        merged = project.merge(paths, write=write, sources=not no_sources, force=force)
    write_table(merged, _MERGE, output)
    return int(bool((merged["level"] == "error").any()))
