"""Commands on codings in edited transcripts: update, confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from qualcode.anchors import Span, find_occurrences, format_word_diff, is_codable
from qualcode.cli.options import coder_option, open_project, output_options, transcripts_option
from qualcode.cli.terminal_output import OutputOptions, list_rows, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.coding.update_plan import CodingUpdate
from qualcode.errors import OperationError, UsageError
from qualcode.model import Transcript, shorten_id
from qualcode.study.selection import require_coder

if TYPE_CHECKING:
    from qualcode.project import Project

_UPDATE = TableView(columns=("transcript", "code", "coder", "status", "why", "shown"), stretch=("shown",))
_STOP_ANSWER = "q"
"""Answer after which no more questions are asked."""
_CONTEXT_LENGTH = 60
"""Characters of context shown on either side of a place."""


@click.command(epilog="Example: qualcode update --interactive")
@transcripts_option
@click.option("--write", is_flag=True, help="Record the new places; without it they are only shown.")
@click.option("--interactive", is_flag=True, help="Ask about each coding without a certain place, then record.")
@click.option("--all", "every", is_flag=True, help="Also list codings that only moved.")
@click.option("--renamed", multiple=True, metavar="OLD=NEW", help="A transcript that has a new id.")
@coder_option
@output_options
@click.pass_context
def update(
    ctx: click.Context,
    transcripts: tuple[str, ...] | None,
    write: bool,
    interactive: bool,
    every: bool,
    renamed: tuple[str, ...],
    coder: str | None,
    output: OutputOptions,
) -> int:
    """Follow codings through edits, renames and moves of their transcripts.

    Lists codings whose text changed, and how, and codings that were not found; with --all, and in CSV and JSON, also
    those that only moved. Nothing is guessed, and nothing is recorded without --write. Exit 1 if codings were not
    found.
    """
    project = open_project(ctx)
    choose = _SpanPrompt() if interactive else None
    try:
        codings = project.update(
            transcripts,
            write=write or interactive,
            choose=choose,
            renamed=dict(map(_parse_rename, renamed)),
            coder=coder,
        )
    except click.Abort:
        raise OperationError(
            "interrupted, nothing was recorded; to record your answers so far, answer q at the next question"
        ) from None
    exit_code = int(bool((codings["status"] == "orphaned").any()))
    if output.format == "table":
        # A column for people only; CSV and JSON have difference and quote separately.
        codings["shown"] = [
            change or quote for change, quote in zip(codings["difference"], codings["quote"], strict=True)
        ]
        codings = codings if every else codings[codings["status"].isin(["orphaned", "changed"])]
    write_table(codings, _UPDATE, output)
    if interactive and not (choose and choose.is_finished):
        _ask_to_confirm(project, transcripts, coder=coder)
    return exit_code


_CHANGED = TableView(columns=("id", "transcript", "turn", "code", "shown"), stretch=("shown",), short_ids=("id",))


@click.command(epilog="Examples: qualcode confirm; qualcode confirm 7q2m9x; qualcode confirm --all --transcripts S07")
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Confirm all of yours whose text has changed.")
@click.option("--transcripts", multiple=True, metavar="ID", help="Only those in these transcripts.")
@click.option("--dry-run", is_flag=True, help="Only show what would be confirmed.")
@coder_option
@output_options
@click.pass_context
def confirm(
    ctx: click.Context,
    ids: tuple[str, ...],
    every: bool,
    transcripts: tuple[str, ...],
    dry_run: bool,
    coder: str | None,
    output: OutputOptions,
) -> None:
    """Record that codings of yours still hold whose text has changed: they are anchored, with the new quote.

    Without IDS and --all, it lists those whose text has changed, with the change.
    """
    if ids and every:
        raise UsageError("--all confirms all: leave out the ids")
    project = open_project(ctx)
    selected = transcripts or None
    if not ids and not every:
        _list_changed(project, selected, coder=coder, output=output)
        return
    confirmed = project.confirm(ids or None, transcripts=selected, coder=coder, dry_run=dry_run)
    click.echo(f"{confirmed.count} {'would be ' if dry_run else ''}confirmed")
    print_notes([*(f"holds: {place}" for place in confirmed.places), *confirmed.notes])


def _list_changed(
    project: Project, transcripts: Sequence[str] | None, *, coder: str | None, output: OutputOptions
) -> None:
    rows = _changed_codings(project, transcripts, coder=coder)
    columns = {name: [row[name] for row in rows] for name in ("id", "transcript", "turn", "code", "quote", "was")}
    if output.format == "table":
        columns["shown"] = [format_word_diff(row["was"], row["quote"]) for row in rows]
    hint = "to confirm them: qualcode confirm ID..., or --all; what no longer holds: qualcode retract ID"
    write_table(columns, _CHANGED, output, notes=[hint] if rows else ["no coding of yours has a changed text"])


def _changed_codings(project: Project, transcripts: Sequence[str] | None, *, coder: str | None) -> list[dict[str, Any]]:
    name = require_coder(project.study, coder, verb="confirm")
    if name not in project.study.coders:
        return []
    return list_rows(project.codings(coder=name, transcripts=transcripts, status="changed"))


def _ask_to_confirm(project: Project, transcripts: Sequence[str] | None, *, coder: str | None) -> None:
    """Ask for each coding of the coder's with changed text whether it still holds, and record the answers."""
    present = [name for name in transcripts or () if name in project.study.transcripts] or None
    confirmed: list[str] = []
    retracted: list[str] = []
    rows = _changed_codings(project, present, coder=coder)
    for number, row in enumerate(rows, 1):
        answer = _ask_whether_it_holds(row, f"{number} of {len(rows)}")
        if answer == _STOP_ANSWER:
            break
        if answer in {"y", "r"}:
            (confirmed if answer == "y" else retracted).append(row["id"])
    if confirmed:
        print_notes([f"{project.confirm(confirmed, coder=coder).count} confirmed"])
    if retracted:
        print_notes([f"{project.retract(retracted, coder=coder).count} retracted"])


def _ask_whether_it_holds(row: Mapping[str, Any], position: str) -> str:
    click.echo(f"\n{row['transcript']}  {row['code']}  {shorten_id(row['id'])}  ({position})", err=True)
    click.echo(f"  {_on_one_line(format_word_diff(row['was'], row['quote']))}", err=True)
    prompt = "  does it still hold? y to confirm, r to retract, Enter to leave it, or q to stop asking"
    try:
        while (answer := click.prompt(prompt, default="", show_default=False, err=True).strip().lower()) not in {
            "",
            "y",
            "r",
            _STOP_ANSWER,
        }:
            pass
    except click.Abort:
        raise OperationError("interrupted: the new places are recorded, no answer on changed texts is") from None
    return answer


def _parse_rename(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not equals or not old or not new:
        raise UsageError(f"--renamed {text}: write --renamed OLD=NEW")
    return old, new


class _SpanPrompt:
    """Asks about one coding after another until the user answers ``q``."""

    def __init__(self) -> None:
        self.is_finished = False

    def __call__(self, update: CodingUpdate) -> Span | None:
        if self.is_finished or update.transcript is None:
            return None
        answer = _ask_for_span(update, update.transcript)
        self.is_finished = answer == _STOP_ANSWER
        return None if isinstance(answer, str) else answer


def _ask_for_span(update: CodingUpdate, transcript: Transcript) -> Span | str:
    """Ask where a coding belongs; return its span, or an answer that gives none."""
    event, text = update.event, transcript.text
    click.echo(f"\n{transcript.id}  {event.code}  {event.coder}", err=True)
    click.echo(f"  was: {_on_one_line(event.before)}[{_on_one_line(event.quote)}]{_on_one_line(event.after)}", err=True)
    spans = [span for span, _ in update.location.candidates]
    for number, (span, score) in enumerate(update.location.candidates, 1):
        click.echo(f"  {number}: {_format_context(text, span)}  ({score:.2f})", err=True)
    while True:
        prompt = "  a number, words of the passage, Enter to skip, or q to stop asking"
        answer = click.prompt(prompt, default="", show_default=False, err=True).strip()
        if answer in {"", _STOP_ANSWER}:
            return answer
        if answer.isdecimal() and len(answer) < 10 and 1 <= int(answer) <= len(spans):
            return spans[int(answer) - 1]
        # Anything else than a number is searched for as words of the passage, if they are unique in the transcript.
        occurrences = [span for span in find_occurrences(text, answer) if is_codable(transcript, *span)]
        if len(occurrences) == 1:
            return occurrences[0]
        click.echo(f"  found {len(occurrences)} times in participants' words: give words that occur once", err=True)


def _format_context(text: str, span: Span) -> str:
    start, end = span
    before, after = text[max(0, start - _CONTEXT_LENGTH) : start], text[end : end + _CONTEXT_LENGTH]
    return f"{_on_one_line(before)}[{_on_one_line(text[start:end])}]{_on_one_line(after)}"


def _on_one_line(text: str) -> str:
    """Return a text on one line, with its outer spaces."""
    return text.replace("\n", " ")
