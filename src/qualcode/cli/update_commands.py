"""The command that follows codings through edits of their transcripts."""

from __future__ import annotations

import click

from qualcode.anchors import Span, find_occurrences, is_codable
from qualcode.cli.options import coder_option, open_project, output_options, transcripts_option
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.cli.text_tables import TableView
from qualcode.coding.update_plan import CodingUpdate
from qualcode.errors import OperationError, UsageError
from qualcode.model import Transcript

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
    return exit_code


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
