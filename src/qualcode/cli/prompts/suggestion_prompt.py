"""Suggestions one after another on a terminal: one key each to accept, reject, skip, code otherwise or undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.terminal.terminal_streams import make_visible, style
from qualcode.cli.terminal_output import OutputOptions, page_width, print_notes
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import QualcodeError, UsageError, format_count, format_names, shorten_text
from qualcode.model import format_seconds

if TYPE_CHECKING:
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
_MAX_CODES = 12
"""Codes that are listed where several fit what was typed."""


@dataclass
class _Review:
    """The suggestions, the position in them, and the decisions that can be undone, the latest last."""

    project: Project
    rows: Sequence[Mapping[str, Any]]
    coder: str | None
    position: int = 0
    furthest: int = 0
    history: list[tuple[int, str, str]] = field(default_factory=list)
    """Position, action and id of the coding or rejection."""

    def record(self, decisions: RecordedDecisions, action: str) -> None:
        """Print the notes of decisions, and remember them."""
        print_notes(f"    {note}" for note in decisions.notes)
        self.history += [(self.position, action, name) for name in decisions.ids]

    def summarise(self) -> str:
        """Return the numbers of what was decided and shown."""
        actions = [action for _, action, _ in self.history]
        done = f"{actions.count('coded'):,} coded, {actions.count('rejected'):,} rejected"
        return f"{done}; {self.furthest:,} of {format_count(len(self.rows), 'suggestion')} shown"


def review_suggestions(project: Project, suggestions: Sequence[Mapping[str, Any]], *, coder: str | None) -> None:
    """Ask about one suggestion after another until the coder quits; each answer is recorded at once.

    Raises
    ------
    UsageError
        If there is no terminal to ask on.
    """
    if not is_terminal():
        raise UsageError("--interactive asks on a terminal: leave it out in pipes and scripts")
    review = _Review(project, suggestions, coder)
    is_open = bool(suggestions)
    while is_open:
        if review.position < len(suggestions):
            click.echo("\n".join(_describe(review)))
            review.furthest = max(review.furthest, review.position + 1)
        else:
            click.echo("\nall suggestions are shown")
        is_open = _ask(review)
    click.echo(review.summarise())


def is_terminal() -> bool:
    """Return whether a person can read and answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _describe(review: _Review) -> Iterator[str]:
    """Yield the lines of a suggestion: where it is, the question, the sentence in its turn, the reason."""
    row, width = review.rows[review.position], page_width(OutputOptions()) - 4
    time = "" if row.get("time") is None else format_seconds(row["time"])
    speaker = ", ".join(filter(None, [row["speaker"], time]))
    place = f"{row['transcript']} turn {row['turn']}" + (f" ({speaker})" if speaker else "")
    number = f"{review.position + 1:,}/{len(review.rows):,}"
    yield f"\n{number}  {place}  {style(row['code'], bold=True)}  {row['score']:.2f}"
    question, before, after = find_context(review.project, row)
    quote = " ".join(row["quote"].split())
    for text, styles in (
        (question, {"dim": True}),
        (before, {"dim": True}),
        (quote, {"bold": True}),
        (after, {"dim": True}),
    ):
        yield from (f"    {style(line, **styles)}" for line in wrap(make_visible(text), width))
    yield from (f"    {line}" for line in wrap(make_visible(f"why: {row['why']}"), width, subsequent_indent="  "))


def find_context(project: Project, row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the question above a turn, and the words of the turn before and after the sentence."""
    first = max(0, row["turn"] - 1)
    *above, turn = project.transcript(row["transcript"], turns=f"{first}-{row['turn']}").turns
    question = next((f"{one.turn.speaker}: {one.text}" for one in above if one.turn.role == "interviewer"), "")
    start, end = row["start"] - turn.turn.start, row["end"] - turn.turn.start
    before, after = turn.text[:start].strip(), turn.text[end:].strip()
    # From the first and to the last whole word.
    if len(before) > _CONTEXT_LENGTH:
        before = "…" + before[-_CONTEXT_LENGTH:].partition(" ")[2]
    return shorten_text(question, limit=2 * _CONTEXT_LENGTH), before, shorten_text(after, limit=_CONTEXT_LENGTH)


def _ask(review: _Review) -> bool:
    """Ask until the position changes; return whether to go on."""
    is_over = review.position >= len(review.rows)
    keys = ", ".join(f"{key} {meaning}" for key, meaning in _KEYS.items() if not is_over or key in "uq")
    before = review.position
    while review.position == before:
        click.echo(f"    [{keys}] ", nl=False)
        key = click.getchar()
        key = "s" if key in _SKIP_KEYS else key
        click.echo(_KEYS[key] if key in _KEYS and (not is_over or key in "uq") else f"no such key: {key!r}")
        if key == "q":
            return False
        try:
            _act(review, key, is_over=is_over)
        except QualcodeError as error:
            # A code that does not exist, or an edited transcript: nothing was recorded, and the next one may be fine.
            click.echo(f"    {error}", err=True)
    return True


def _act(review: _Review, key: str, *, is_over: bool) -> None:
    """Do what a key says."""
    if key == "u":
        _undo(review)
    elif not is_over and key in _KEYS:
        row = review.rows[review.position]
        if key == "a":
            review.record(review.project.accept(row["id"], coder=review.coder), "coded")
        elif key == "r":
            review.record(review.project.reject(row["id"], coder=review.coder), "rejected")
        elif key == "o":
            _code_otherwise(review, row)
        review.position += key in "ars"


def _undo(review: _Review) -> None:
    """Take the latest decision back, and show its suggestion again."""
    if not review.history:
        click.echo("    nothing to undo")
        return
    position, action, name = review.history.pop()
    retracted = review.project.retract(name, coder=review.coder)
    what = "rejection of " if action == "rejected" else ""
    click.echo(f"    retracted {what}{', '.join(map(str, retracted.places))}")
    review.position = position


def _code_otherwise(review: _Review, row: Mapping[str, Any]) -> None:
    """Ask for a code and code the sentence with it."""
    code = ask_for_code({code.id: code.name for code in review.project.codebook.codes if not code.retired})
    if not code:
        return
    coded = review.project.code(
        row["transcript"], code, row["quote"], start=row["start"], end=row["end"], coder=review.coder
    )
    click.echo(f"    coded {coded.places[0]}")
    review.record(coded, "coded")


def ask_for_code(codes: Mapping[str, str]) -> str:
    """Ask for a code, of which a part is enough if only one has it, until one is found; empty for none."""
    while True:
        prompt = "    code, or a part of its id or name (Enter for none)"
        typed = click.prompt(prompt, default="", show_default=False).strip()
        found = [name for name, title in codes.items() if typed.casefold() in f"{name} {title}".casefold()]
        if not typed or typed in codes:
            return str(typed)
        if len(found) == 1:
            return found[0]
        click.echo(f"    {format_names(found, limit=_MAX_CODES) if found else 'no code has it'}")
