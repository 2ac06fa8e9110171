"""The command that opens a transcript with its codings in the user's text editor."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from qualcode.cli.keyboard.edit_session import EditReader, edit_in_editor
from qualcode.cli.options import coder_option, confirm_replacing, names_option, open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, print_notes, write_output
from qualcode.errors import UsageError


@click.command(
    epilog="Examples: qualcode edit S02 --coder ana; qualcode edit S02 --to s02.txt; qualcode edit --from s02.txt --yes"
)
@click.argument("transcript", required=False)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Only write the text; - is stdout.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read an edited text back; - is stdin.",
)
@names_option("--code", metavar="ID", help="Only mark codings with this code, family or theme; others stay.")
@click.option("--yes", is_flag=True, help="Record the changes without asking; with --to: replace the file.")
@click.option("--dry-run", is_flag=True, help="Only show what would be recorded.")
@coder_option
@output_options
@click.pass_context
def edit(
    ctx: click.Context,
    transcript: str | None,
    target: Path | None,
    source: Path | None,
    code: tuple[str, ...] | None,
    yes: bool,
    dry_run: bool,
    coder: str | None,
    output: OutputOptions,
) -> int:
    """Edit your codings in a TRANSCRIPT as marks in a text, in your editor (variables VISUAL, EDITOR).

    In it, {words}[code] is a coding. Add, remove and move marks, or change their codes; then the changes are shown, and
    recorded if you say yes. The words of the transcript cannot be changed. Nothing typed is lost: a text that cannot
    be read is kept.
    """
    project = open_project(ctx)
    if source is not None and (transcript or target or code):
        raise UsageError("--from takes transcript and codes from the text: leave the rest out")
    if source is None and not transcript:
        raise UsageError("name the transcript to edit, or a text to read back with --from FILE")
    reader = EditReader(project, coder, output, yes, dry_run)
    if source is not None:
        # A line end tells a text from the path of a file.
        reader.read(f"{sys.stdin.read()}\n" if str(source) == "-" else source)
        return 0
    marked = project.marked_text(transcript or "", coder=coder, code=code)
    print_notes(marked.notes)
    if target is None:
        return edit_in_editor(reader, marked)
    path = None if str(target) == "-" else target
    confirm_replacing([path] if path else [], confirmed=yes, has_work=True)
    write_output(marked.text, path, summary=f"read it back with qualcode edit --from {shlex.quote(str(path))}")
    return 0
