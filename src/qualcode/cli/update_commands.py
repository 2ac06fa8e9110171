"""The command that follows codings into edited transcripts."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.anchors import Span, find_occurrences
from qualcode.cli.options import coder_option, open_project, table_options
from qualcode.cli.terminal_output import TableView, infer_format, write_table
from qualcode.coding.update_plan import CodingUpdate
from qualcode.errors import OperationError, UsageError

_UPDATE = TableView(columns=("transcript", "code", "coder", "status", "why", "shown"), stretch=("shown",))
_STOP_ANSWER = "q"
"""Answer after which nothing more is asked."""
_CONTEXT_LENGTH = 60
"""Letters of context shown on either side of a place."""


@click.command()
@click.argument("transcripts", nargs=-1, metavar="[ID]...")
@click.option("--write", is_flag=True, help="Record the new places; without it they are only shown.")
@click.option("--interactive", is_flag=True, help="Ask about each coding that cannot be placed for sure, then record.")
@click.option("--all", "every", is_flag=True, help="List in the table also codings whose words have only moved.")
@click.option("--renamed", multiple=True, metavar="OLD=NEW", help="A transcript that has a new id.")
@coder_option
@table_options
@click.pass_context
def update(
    ctx: click.Context,
    transcripts: tuple[str, ...],
    write: bool,
    interactive: bool,
    every: bool,
    renamed: tuple[str, ...],
    coder: str | None,
    shape: str | None,
    output: Path | None,
) -> int:
    """Follow codings into transcripts that were edited, renamed or moved.

    Shows the codings whose words were changed, and how, and those that cannot be placed; with --all, and as csv or
    json, also those that have only moved. Nothing is guessed, and nothing is recorded without --write. Exit 1 if
    codings cannot be placed.
    """
    project = open_project(ctx)
    choose = _SpanPrompt() if interactive else None
    told = dict(map(_parse_renaming, renamed))
    try:
        found = project.update(transcripts, write=write or interactive, choose=choose, renamed=told, coder=coder)
    except click.Abort:
        raise OperationError(
            "interrupted: nothing is recorded; answer q to ask no more and record what you answered"
        ) from None
    lost = bool((found["status"] == "orphaned").any())
    if (shape or infer_format(output)) == "table":
        found["shown"] = [changed or quote for changed, quote in zip(found["difference"], found["quote"], strict=True)]
        found = found if every else found[found["status"].isin(["orphaned", "changed"])]
    write_table(found, _UPDATE, output_format=shape, output=output, notes=project.said)
    return int(lost)


def _parse_renaming(said: str) -> tuple[str, str]:
    old, equals, new = said.partition("=")
    if not equals or not old or not new:
        raise UsageError(f"--renamed {said}: say --renamed OLD=NEW")
    return old, new


class _SpanPrompt:
    """Asks about one coding after another, until the answer is that it should ask no more."""

    def __init__(self) -> None:
        self.is_finished = False

    def __call__(self, step: CodingUpdate) -> Span | None:
        if self.is_finished or step.transcript is None:
            return None
        answer = _ask_for_span(step, step.transcript.text)
        self.is_finished = answer == _STOP_ANSWER
        return None if isinstance(answer, str) else answer


def _ask_for_span(step: CodingUpdate, text: str) -> Span | str:
    """Ask where a coding belongs: a number of those shown, words of the new passage, nothing, or no more questions."""
    event = step.event
    click.echo(f"\n{step.transcript.id if step.transcript else ''}  {event.code}  {event.coder}", err=True)
    click.echo(f"  was: {_on_one_line(event.before)}[{_on_one_line(event.quote)}]{_on_one_line(event.after)}", err=True)
    spans = [span for span, _ in step.location.candidates]
    for number, (span, score) in enumerate(step.location.candidates, 1):
        click.echo(f"  {number}: {_format_context(text, span)}  ({score:.2f})", err=True)
    while True:
        prompt = "  number, words of the passage, Enter to leave it, or q to ask no more"
        answer = click.prompt(prompt, default="", show_default=False, err=True).strip()
        if answer in {"", _STOP_ANSWER}:
            return answer
        if answer.isdecimal() and 1 <= int(answer) <= len(spans):
            return spans[int(answer) - 1]
        found = find_occurrences(text, answer)
        if len(found) == 1:
            return found[0]
        click.echo(
            f"  {'these words stand nowhere' if not found else f'these words stand {len(found)} times'}", err=True
        )


def _format_context(text: str, span: Span) -> str:
    start, end = span
    before, after = text[max(0, start - _CONTEXT_LENGTH) : start], text[end : end + _CONTEXT_LENGTH]
    return f"{_on_one_line(before)}[{_on_one_line(text[start:end])}]{_on_one_line(after)}"


def _on_one_line(text: str) -> str:
    """Return a text on one line; its outer spaces stay."""
    return text.replace("\n", " ")
