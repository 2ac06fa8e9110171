"""Commands on sources: the list of transcripts, their speakers, and adding new ones."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import open_project, report_unread_sources, table_options
from qualcode.cli.terminal_output import TableView, print_notes, write_table

_TRANSCRIPTS = TableView(
    columns=("transcript", "case", "turns", "participant_turns", "sentences", "words", "speakers", "codings", "done"),
    stretch=("speakers",),
)
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
_ADDED_SOURCES = TableView(
    columns=("transcript", "status", "transcripts", "turns", "speakers", "words", "unplaced", "notices"),
    stretch=("notices",),
)


class ListingGroup(click.Group):
    """A group that lists, as its command ``list`` does, unless another of its commands is called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``list`` before ids and options; after ``--`` all words are ids."""
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=ListingGroup, subcommand_metavar="[ID]... | COMMAND [ARGS]...")
def transcripts() -> None:
    """List transcripts (those of these ids), show their speakers, or add sources.

    Without a command the transcripts are listed, with the options of `list`. An id that is a command's name is written
    behind two dashes: qualcode transcripts -- speakers
    """


@transcripts.command("list")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@table_options
@click.pass_context
def list_(ctx: click.Context, ids: tuple[str, ...], shape: str | None, output: Path | None) -> int:
    """List transcripts: turns, sentences and words of participants, who has finished them."""
    project = open_project(ctx)
    write_table(project.transcripts(ids), _TRANSCRIPTS, output_format=shape, output=output)
    return report_unread_sources(project)


@transcripts.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--each", is_flag=True, help="A line for each transcript that a label is in.")
@click.option("--rejected", is_flag=True, help="What looks like a label but was left in the text, and why.")
@table_options
@click.pass_context
def speakers(
    ctx: click.Context, ids: tuple[str, ...], each: bool, rejected: bool, shape: str | None, output: Path | None
) -> int:
    """List the labels of speakers: who each stands for, why it was taken for one, and likely slips."""
    project = open_project(ctx)
    found = project.speakers(ids, each=each, rejected=rejected)
    view = _REJECTED_LABELS if rejected else _SPEAKERS_BY_TRANSCRIPT if each else _SPEAKERS
    write_table(found, view, output_format=shape, output=output)
    if not rejected and (left := project.speakers(ids, rejected=True)["label"].tolist()):
        print_notes([f"not taken for speakers: {len(left)} labels (see --rejected)"])
    return report_unread_sources(project)


@transcripts.command()
@click.argument("transcript", metavar="ID")
@click.option("--most", type=click.IntRange(min=1), default=8, help="Cues of captions in one row at most.")
@table_options
@click.pass_context
def rows(ctx: click.Context, transcript: str, most: int, shape: str | None, output: Path | None) -> None:
    """Show a transcript as a table for NVivo: Timespan, Speaker, Content; cues of one speaker in a row."""
    write_table(
        open_project(ctx).rows(transcript, most=most),
        TableView(stretch=("Content",)),
        output_format=shape,
        output=output,
    )


@transcripts.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--encoding", metavar="ENC", default="", help="Their encoding; it is written into qualcode.yaml.")
@click.option("--into", metavar="FOLDER", default="", help="A folder below transcripts/.")
@click.option("--dry-run", is_flag=True, help="Read them and say what they are; copy nothing.")
@table_options
@click.pass_context
def add(
    ctx: click.Context,
    files: tuple[Path, ...],
    encoding: str,
    into: str,
    dry_run: bool,
    shape: str | None,
    output: Path | None,
) -> None:
    """Copy sources into transcripts/ and say what each was read as; nothing there is overwritten."""
    project = open_project(ctx)
    write_table(
        project.add(files, encoding=encoding, into=into, dry_run=dry_run),
        _ADDED_SOURCES,
        output_format=shape,
        output=output,
    )
