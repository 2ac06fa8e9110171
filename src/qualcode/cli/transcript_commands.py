"""Commands on sources: list transcripts, their speakers and segments, add and remove files."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import (
    UNITS_HELP,
    DefaultCommandGroup,
    open_project,
    output_options,
    report_unread_sources,
    transcripts_option,
)
from qualcode.cli.terminal_output import OutputOptions, print_notes, stream_rows, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import format_count
from qualcode.listings.segment_rows import SEGMENT_COLUMNS

_TRANSCRIPTS = TableView(
    columns=("transcript", "case", "turns", "participant_turns", "sentences", "words", "speakers", "codings", "done"),
    stretch=("speakers",),
)
_COUNTED_WORDS = "turns are everybody's; sentences, words and speakers are the participants' only"
_SPEAKERS = TableView(
    columns=("label", "speaker", "role", "case", "turns", "words", "transcripts", "first", "line", "why", "slip_of"),
    stretch=("why",),
)
_SPEAKERS_BY_TRANSCRIPT = TableView(
    columns=("transcript", "label", "speaker", "role", "case", "turns", "words", "line", "why", "slip_of"),
    stretch=("why",),
)
_REJECTED_LABELS = TableView(
    columns=("transcript", "label", "times", "transcripts", "first", "line", "shape", "why"), stretch=("why",)
)
_ADDED = TableView(
    columns=("transcript", "status", "format", "turns", "speakers", "words", "signals"),
    stretch=("speakers", "signals"),
)
_SEGMENTS = TableView(columns=("transcript", "turn", "segment", "start", "end", "speaker", "text"), stretch=("text",))


@click.group(
    cls=DefaultCommandGroup,
    subcommand_metavar="[ID]... | COMMAND [ARGS]...",
    epilog="Example: qualcode transcripts 'S*' --format csv",
)
def transcripts() -> None:
    """List transcripts (all, or those with these ids), show their speakers, add or remove files.

    Without a command the transcripts are listed, with the options of `list`. If an id is also the name of a command,
    write it after two dashes: qualcode transcripts -- speakers
    """


@transcripts.command("list", epilog="Example: qualcode transcripts list S01 S02")
@transcripts_option
@output_options
@click.pass_context
def list_(ctx: click.Context, transcripts: tuple[str, ...] | None, output: OutputOptions) -> int:
    """List transcripts: turns, sentences and words of participants, and who has finished them."""
    project = open_project(ctx)
    # Unread sources are reported once, by the function that also sets the exit code.
    write_table(
        project.transcripts(transcripts), _TRANSCRIPTS, output, notes=[_COUNTED_WORDS] if output.is_for_terminal else ()
    )
    return report_unread_sources(project)


@transcripts.command(epilog="Example: qualcode transcripts speakers --rejected")
@transcripts_option
@click.option("--each", is_flag=True, help="One row for each transcript that a label is in.")
@click.option("--rejected", is_flag=True, help="Show what looks like a label but was left in the text, and why.")
@output_options
@click.pass_context
def speakers(
    ctx: click.Context, transcripts: tuple[str, ...] | None, each: bool, rejected: bool, output: OutputOptions
) -> int:
    """List speaker labels: who each stands for, why it was taken as a label, and likely typos."""
    project = open_project(ctx)
    view = _REJECTED_LABELS if rejected else _SPEAKERS_BY_TRANSCRIPT if each else _SPEAKERS
    table = project.speakers(transcripts, each=each, rejected=rejected)
    # Sources that cannot be read are reported below with the exit code.
    unread = project.unread
    signals = [note for note in table.attrs["notes"] if note not in unread]
    write_table(table, view, output, notes=signals)
    if not rejected and (count := len(project.speakers(transcripts, rejected=True))):
        print_notes([f"not taken as speakers: {format_count(count, 'label')} (see --rejected)"])
    return report_unread_sources(project)


@transcripts.command(epilog="Example: qualcode transcripts rows S01 -o S01.csv")
@click.argument("transcript", metavar="ID")
@click.option("--most", type=click.IntRange(min=1), default=8, help="Maximum number of captions joined into one row.")
@output_options
@click.pass_context
def rows(ctx: click.Context, transcript: str, most: int, output: OutputOptions) -> None:
    """Show a transcript as an NVivo table: Timespan, Speaker, Content; captions of one speaker are joined."""
    write_table(open_project(ctx).rows(transcript, most=most), TableView(stretch=("Content",)), output)


@transcripts.command(epilog="Example: qualcode transcripts add ~/interviews/*.docx --dry-run")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--encoding", metavar="ENC", default="", help="Their encoding; it is written into qualcode.yaml.")
@click.option("--into", metavar="FOLDER", default="", help="A folder below transcripts/.")
@click.option("--accept", multiple=True, metavar="SIGNAL", help="Do not report this sign of a wrong reading again.")
@click.option("--skip", is_flag=True, help="Leave out files that cannot be added, and add the others.")
@click.option("--dry-run", is_flag=True, help="Only show how they would be read; copy nothing.")
@output_options
@click.pass_context
def add(
    ctx: click.Context,
    files: tuple[Path, ...],
    encoding: str,
    into: str,
    accept: tuple[str, ...],
    skip: bool,
    dry_run: bool,
    output: OutputOptions,
) -> None:
    """Copy files into transcripts/ and show how each is read; nothing there is overwritten.

    Of a folder, all files below it are added that can be transcripts.
    """
    added = open_project(ctx).add(files, encoding=encoding, into=into, accept=accept, skip=skip, dry_run=dry_run)
    write_table(added, _ADDED, output)


@transcripts.command(epilog="Example: qualcode transcripts remove S01 --yes")
@click.argument("transcripts", nargs=-1, required=True, metavar="ID...")
@click.option("--yes", is_flag=True, help="Also transcripts with codings, finished marks or memos.")
@output_options
@click.pass_context
def remove(ctx: click.Context, transcripts: tuple[str, ...], yes: bool, output: OutputOptions) -> None:
    """Move transcripts out of the study, into the folder removed/, from which you can add them again.

    Their codings stay in the ledger, without a source: they are listed as orphaned and not counted. cases.csv is not
    changed.
    """
    write_table(open_project(ctx).remove(transcripts, confirmed=yes), TableView(), output)


@click.command(epilog="Example: qualcode segments S01 --unit turn --format csv")
@transcripts_option
@click.option("--unit", metavar="UNIT", help=UNITS_HELP)
@click.option("--interviewers", is_flag=True, help="Also the interviewers' segments.")
@output_options
@click.pass_context
def segments(
    ctx: click.Context, transcripts: tuple[str, ...] | None, unit: str | None, interviewers: bool, output: OutputOptions
) -> int:
    """List the segments (units of analysis) of transcripts with their offsets in the text."""
    project = open_project(ctx)
    if output.format == "table":
        table = project.segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
        write_table(table, _SEGMENTS, output, notes=())
        return report_unread_sources(project)
    stream = project.stream_segments(unit=unit, transcripts=transcripts, interviewers=interviewers)
    stream_rows(stream, SEGMENT_COLUMNS, output, notes=stream.notes)
    return int(bool(stream.notes))
