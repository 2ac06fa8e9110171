"""Commands for reading: show, search, memos, cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, get_args

import click

from qualcode.cli.options import names_option, open_project, output_options, report_unread_sources, transcripts_option
from qualcode.cli.reading.transcript_page import format_transcript
from qualcode.cli.terminal.terminal_streams import style
from qualcode.cli.terminal_output import (
    OutputOptions,
    has_colour,
    list_shown_rows,
    notes_of,
    page_width,
    print_notes,
    write_pages,
    write_table,
)
from qualcode.cli.text_tables import TableView
from qualcode.errors import format_count, shorten_text
from qualcode.listings.reading.coded_transcript import TURN_COLUMNS
from qualcode.listings.reading.memo_rows import MemoKind
from qualcode.model import format_seconds


@click.command(epilog="Examples: qualcode show S01; qualcode show S01 --turn 12-20 --code challenges")
@click.argument("transcript")
@click.option("--turn", "turns", metavar="N[-M]", help="Only this turn, or these, as 12, 12-20 or 12-.")
@names_option("--code", metavar="ID", help="Only codings of this code, family or theme.")
@names_option("--coder", metavar="NAME", help="Only codings of this coder.")
@output_options
@click.pass_context
def show(
    ctx: click.Context,
    transcript: str,
    turns: str | None,
    code: tuple[str, ...] | None,
    coder: tuple[str, ...] | None,
    output: OutputOptions,
) -> None:
    """Show a transcript to read: turns with number, speaker, role and time, and the codes in the margin.

    Coded words are underlined, without colour in [brackets]. The numbers of turns are those of 'code --turn'.
    CSV and JSON have one row per turn.
    """
    coded = open_project(ctx).transcript(transcript, turns=turns, code=code, coder=coder)
    if output.format != "table":
        rows = list(coded.rows())
        write_table(
            {name: [row[name] for row in rows] for name in TURN_COLUMNS}, TableView(), output, notes=coded.notes
        )
        return
    text = format_transcript(
        coded, width=page_width(output), has_colour=has_colour(output), for_terminal=output.is_for_terminal
    )
    write_pages(text, output, notes=coded.notes, summary=format_count(len(coded), "turn"))


@click.command(epilog="Examples: qualcode search 'budg*'; qualcode search \"no budget\" --role participant")
@click.argument("words")
@click.option("--regex", is_flag=True, help="WORDS is a regular expression.")
@click.option("--case", is_flag=True, help="Capitals must be equal.")
@click.option(
    "--role",
    type=click.Choice(["participant", "interviewer", "all"]),
    default="all",
    help="Whose turns are searched (default all).",
)
@names_option("--speaker", metavar="NAME", help="Only turns of this speaker.")
@transcripts_option
@click.option(
    "--context", type=click.IntRange(min=0), default=60, help="Characters to show on either side (default 60)."
)
@output_options
@click.pass_context
def search(ctx: click.Context, /, words: str, output: OutputOptions, **options: Any) -> int:
    """Search transcripts for WORDS, and show each place with the words around it.

    Whole words are matched next to one another, in any capitals; '*' stands for any letters, as in 'budg*'.
    CSV and JSON have turn, start and end, which 'code' takes.
    """
    project = open_project(ctx)
    hits = project.search(words, **options)
    unread = project.unread
    notes = [note for note in notes_of(hits) if note not in unread]
    if output.format == "table":
        text = "\n".join(_hit_lines(list_shown_rows(hits, output), output)) or "(none)"
        write_pages(text, output, notes=notes, summary=notes[0])
    else:
        write_table(hits, TableView(), output, notes=notes)
    return report_unread_sources(project)


def _hit_lines(hits: Sequence[Mapping[str, Any]], output: OutputOptions) -> Iterator[str]:
    """Yield a line for each match, with matches below one another.

    On a terminal, lines are below the id of their transcript and have as much context as there is room for; elsewhere
    each has the id and the whole context.
    """
    is_grouped = output.is_for_terminal
    places = [_format_place(hit, with_transcript=not is_grouped) for hit in hits]
    place_width, left_width, match_width, right_width = (
        max(map(len, texts), default=0)
        for texts in (places, *([hit[side] for hit in hits] for side in ("left", "match", "right")))
    )
    if is_grouped:
        room = max(20, page_width(output) - place_width - match_width - 4)
        left_width = min(left_width, max(room // 2, room - right_width))
        right_width = room - left_width
    transcript = ""
    for place, hit in zip(places, hits, strict=True):
        if is_grouped and hit["transcript"] != transcript:
            transcript = hit["transcript"]
            yield style(transcript, bold=True) if has_colour(output) else transcript
        left = hit["left"][-left_width:] if left_width else ""
        match = " ".join(hit["match"].split())
        marked = style(match, bold=True, underline=True) if has_colour(output) else f"[{match}]"
        yield f"{place:<{place_width}}  {left:>{left_width}}{marked}{hit['right'][:right_width]}".rstrip()


def _format_place(hit: Mapping[str, Any], *, with_transcript: bool) -> str:
    time = "" if hit["time"] is None else format_seconds(hit["time"])
    first = hit["transcript"] if with_transcript else ""
    return "  ".join(filter(None, (first, f"turn {hit['turn']}", time, hit["speaker"])))


@click.command(epilog="Examples: qualcode memos --on S01; qualcode memos budget -o memos.csv")
@click.argument("words", default="")
@names_option(
    "--on",
    metavar="ID",
    help="Only memos on this transcript, code or family (with those on its codings) or coding, or on the 'study'.",
)
@names_option("--coder", metavar="NAME", help="Only memos of this coder.")
@names_option("--kind", type=click.Choice(get_args(MemoKind)), help="Only memos on this.")
@output_options
@click.pass_context
def memos(ctx: click.Context, /, words: str, output: OutputOptions, **options: Any) -> None:
    """List memos, oldest first, with what each is on; with WORDS, those that have them in their text or quote.

    To write one: 'qualcode memo', or 'qualcode code' with --memo. -o FILE.md writes Markdown with headings.
    """
    project = open_project(ctx)
    if output.is_document and output.path is not None:
        written = project.export_memos(output.path, words=words, **options)
        print_notes([f"{written}: {format_count(written.rows or 0, 'memo')}", *written.notes])
        return
    found = project.memos(words=words, **options)
    if output.format != "table":
        write_table(found, TableView(), output)
        return
    lines = [line for row in list_shown_rows(found, output) for line in _memo_lines(row, page_width(output))]
    text = "\n".join(lines).rstrip() or "(none)"
    write_pages(text, output, notes=notes_of(found), summary=format_count(len(found), "memo"))


def _memo_lines(row: Mapping[str, Any], width: int) -> Iterator[str]:
    at = str(row["at"])[:16].replace("T", " ")
    status = f"  ({row['status']})" if row["status"] else ""
    yield from wrap(f"{at}  {row['coder']}  on {_describe_target(row)}{status}", width, subsequent_indent="    ")
    for paragraph in row["text"].splitlines():
        yield from wrap(paragraph, width, initial_indent="    ", subsequent_indent="    ") or [""]
    yield ""


def _describe_target(row: Mapping[str, Any]) -> str:
    if row["on"] in {"coding", "passage"}:
        turn = f", turn {int(row['turn'])}" if row["turn"] is not None else ""
        turn += f" ({format_seconds(row['time'])})" if row["time"] is not None else ""
        quote = f"\u201c{shorten_text(row['quote'], limit=60)}\u201d"
        return f"{row['transcript']}{turn}: {' '.join(filter(None, [row['code'], quote]))}"
    if row["on"] == "code":
        return f"code {row['code']}" + (f" ({row['name']})" if row["name"] else "")
    return f"transcript {row['transcript']}" if row["on"] == "transcript" else "the study"


@click.command(epilog="Example: qualcode cases --format csv")
@output_options
@click.pass_context
def cases(ctx: click.Context, output: OutputOptions) -> int:
    """List the cases (participants or sites): transcripts, words, codings, who has finished them, attributes."""
    project = open_project(ctx)
    write_table(project.cases(), TableView(stretch=("transcripts",)), output, notes=())
    return report_unread_sources(project)
