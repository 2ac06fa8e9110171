"""Suggestions one after another on a terminal: one key each to accept, reject, skip, code otherwise or undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import click

from qualcode.cli.terminal_output import OutputOptions, page_width, print_notes
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import QualcodeError, UsageError, format_count
from qualcode.model import format_seconds
from qualcode.project import Project

_CONTEXT_LENGTH = 160
"""Characters of the turn that are shown on either side of a sentence."""

_KEYS = {
    "a": "accept",
    "r": "reject",
    "s": "skip",
    "o": "another code",
    "u": "undo",
    "q": "quit",
}
_SKIP_KEYS = {"s", " ", "\r", "\n"}


@dataclass
class _Tally:
    """What was decided so far, and the codings that can be undone, the latest last."""

    rejected: int = 0
    codings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.codings):,} coded, {self.rejected:,} rejected"


def review_suggestions(project: Project, suggestions: Sequence[Mapping[str, Any]], *, coder: str | None) -> None:
    """Ask about one suggestion after another until the coder quits; each answer is recorded at once.

    Raises
    ------
    UsageError
        If there is no terminal to ask on.
    """
    if not is_terminal():
        raise UsageError("--interactive asks on a terminal: leave it out in pipes and scripts")
    tally = _Tally()
    number = 0
    for number, row in enumerate(suggestions, 1):
        click.echo("\n".join(_describe(project, row, f"{number:,}/{len(suggestions):,}")))
        if not _ask(project, row, tally, coder=coder):
            break
    click.echo(f"{tally}; {number:,} of {format_count(len(suggestions), 'suggestion')} shown")


def is_terminal() -> bool:
    """Return whether a person can read and answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _describe(project: Project, row: Mapping[str, Any], position: str) -> Iterator[str]:
    """Yield the lines of a suggestion: where it is, the sentence in its turn, the reason."""
    width = page_width(OutputOptions()) - 4
    time = "" if row.get("time") is None else format_seconds(row["time"])
    speaker = ", ".join(filter(None, [row["speaker"], time]))
    place = f"{row['transcript']} turn {row['turn']}" + (f" ({speaker})" if speaker else "")
    yield f"\n{position}  {place}  {click.style(row['code'], bold=True)}  {row['score']:.2f}"
    before, after = _context(project.text(row["transcript"]), row["start"], row["end"])
    before = before.removeprefix(f"{row['speaker']}:").strip()
    quote = " ".join(row["quote"].split())
    for text, style in ((before, {"dim": True}), (quote, {"bold": True}), (after, {"dim": True})):
        yield from (f"    {click.style(line, **style)}" for line in wrap(text, width))
    yield from (f"    {line}" for line in wrap(f"why: {row['why']}", width, subsequent_indent="  "))


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the words of the same line before and after a span; a line of canonical text is in one turn."""
    before, after = text[:start].rpartition("\n")[2], text[end:].partition("\n")[0]
    # From the first and to the last whole word.
    if len(before) > _CONTEXT_LENGTH:
        before = "…" + before[-_CONTEXT_LENGTH:].partition(" ")[2]
    if len(after) > _CONTEXT_LENGTH:
        after = after[:_CONTEXT_LENGTH].rpartition(" ")[0] + "…"
    return before.strip(), after.strip()


def _ask(project: Project, row: Mapping[str, Any], tally: _Tally, *, coder: str | None) -> bool:
    """Ask until the suggestion is decided or skipped; return whether to go on with the next one."""
    keys = ", ".join(f"{key} {meaning}" for key, meaning in _KEYS.items())
    while True:
        click.echo(f"    [{keys}] ", nl=False)
        key = click.getchar()
        click.echo(_KEYS.get(key, "skip" if key in _SKIP_KEYS else ""))
        if key == "q":
            return False
        if key in _SKIP_KEYS:
            return True
        try:
            if _act(project, row, tally, key, coder=coder):
                return True
        except QualcodeError as error:
            # A code that does not exist, or an edited transcript: nothing was recorded, and the next one may be fine.
            click.echo(f"    {error}", err=True)


def _act(project: Project, row: Mapping[str, Any], tally: _Tally, key: str, *, coder: str | None) -> bool:
    """Do what a key says; return whether the suggestion is decided."""
    if key == "a":
        accepted = _print_notes(project.accept(row["id"], coder=coder))
        tally.codings += accepted.ids
        return True
    if key == "r":
        tally.rejected += _print_notes(project.reject(row["id"], coder=coder)).count
        return True
    if key == "o" and (code := click.prompt("    code", default="", show_default=False).strip()):
        coded = project.code(row["transcript"], code, row["quote"], start=row["start"], end=row["end"], coder=coder)
        tally.codings += _print_notes(coded).ids
    if key == "u" and tally.codings:
        retracted = _print_notes(project.retract(tally.codings.pop(), coder=coder))
        click.echo(f"    retracted {', '.join(map(str, retracted.places))}")
    return False


def _print_notes(decisions: RecordedDecisions) -> RecordedDecisions:
    print_notes(f"    {note}" for note in decisions.notes)
    return decisions
