"""Disagreements one after another on a terminal: one key each to accept a reading, all codes, none or another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.prompts.suggestion_prompt import ask_for_code, find_context, is_terminal
from qualcode.cli.terminal.terminal_streams import make_visible, style
from qualcode.cli.terminal_output import OutputOptions, page_width, print_notes
from qualcode.errors import QualcodeError, UsageError, format_count
from qualcode.listings.agreement.disagreement_rows import CODES_BY
from qualcode.model import format_seconds
from qualcode.study.readings.passages import CONSENSUS
from qualcode.tables import list_records

if TYPE_CHECKING:
    from qualcode.project import Project

_KEYS = {"a": "all", "n": "none", "o": "another code", "m": "note", "s": "skip", "u": "undo", "q": "quit"}
_SKIP_KEYS = {"s", " ", "\r", "\n"}


@dataclass
class _Adjudication:
    """The disagreements, the position in them, and the note that goes with the next decision."""

    project: Project
    rows: Sequence[Mapping[str, Any]]
    coders: Sequence[str]
    coder: str | None
    position: int = 0
    decided: dict[int, str] = field(default_factory=dict)
    """The id of the decision at each position, in the order of decisions."""
    note: str = ""


def review_disagreements(
    project: Project, *, coder: str | None, code: Sequence[str] | None, transcripts: Sequence[str] | None
) -> None:
    """Ask about one disagreement after another until the adjudicator quits; each answer is recorded at once.

    Raises
    ------
    UsageError
        If there is no terminal to ask on.
    """
    if not is_terminal():
        raise UsageError("without an ID it asks on a terminal: in scripts give ID and DECISION, or --from FILE")
    table = project.disagreements(code=code, transcripts=transcripts)
    print_notes(table.attrs["notes"])
    coders = [str(name).removeprefix(CODES_BY) for name in table.columns if str(name).startswith(CODES_BY)]
    review = _Adjudication(project, list_records(table), coders, coder)
    while review.position < len(review.rows) and _ask(review):
        pass
    count = len(review.decided)
    click.echo(f"\n{count:,} decided, {format_count(len(review.rows) - count, 'disagreement')} left")


def _describe(review: _Adjudication) -> Iterator[str]:
    """Yield the lines of a passage: where it is, the text in its turn, and every reading with its key."""
    row, width = review.rows[review.position], page_width(OutputOptions()) - 4
    time = "" if row["time"] is None else format_seconds(row["time"])
    speaker = ", ".join(filter(None, [row["speaker"], time]))
    yield f"\n{review.position + 1:,}/{len(review.rows):,}  {row['transcript']} turn {row['turn']} ({speaker})"
    question, before, after = find_context(review.project, row)
    text = " ".join(row["text"].split())
    for part, styles in (
        (question, {"dim": True}),
        (before, {"dim": True}),
        (text, {"bold": True}),
        (after, {"dim": True}),
    ):
        yield from (f"    {style(line, **styles)}" for line in wrap(make_visible(part), width))
    for number, name in enumerate(review.coders, 1):
        yield f"    {number} {name}: {row[f'{CODES_BY}{name}'] or 'no code'}"
    if row["agreed"]:
        yield f"      all: {row['agreed']}"


def _ask(review: _Adjudication) -> bool:
    """Ask about one passage until it is decided or left; return whether to go on."""
    click.echo("\n".join(_describe(review)))
    numbers = {str(number): name for number, name in enumerate(review.coders, 1)}
    keys = ", ".join([f"{next(iter(numbers))}-{len(numbers)} as this coder", *(f"{k} {v}" for k, v in _KEYS.items())])
    before = review.position
    while review.position == before:
        click.echo(f"    [{keys}] ", nl=False)
        key = click.getchar()
        key = "s" if key in _SKIP_KEYS else key
        click.echo(numbers.get(key) or _KEYS.get(key) or f"no such key: {key!r}")
        if key == "q":
            return False
        try:
            if key in numbers:
                _decide(review, numbers[key])
            else:
                _act(review, key)
        except QualcodeError as error:
            click.echo(f"    {error}", err=True)
    return True


def _act(review: _Adjudication, key: str) -> None:
    """Do what a key says."""
    if key == "m":
        review.note = click.prompt("    note", default="", show_default=False).strip()
    elif key == "s":
        review.position += 1
    elif key == "u":
        _undo(review)
    elif key == "o":
        codes = {code.id: code.name for code in review.project.codebook.codes if not code.retired}
        if code := ask_for_code(codes):
            _decide(review, code)
    elif key in "an":
        _decide(review, _KEYS[key])


def _decide(review: _Adjudication, decision: str) -> None:
    row = review.rows[review.position]
    recorded = review.project.adjudicate(row["id"], decision, note=review.note, coder=review.coder)
    print_notes(f"    {note}" for note in recorded.notes)
    # Somebody else may have decided so in the meantime.
    if recorded.ids:
        review.decided[review.position] = recorded.ids[0]
    review.position, review.note = review.position + 1, ""


def _undo(review: _Adjudication) -> None:
    """Take the latest decision back, and show its passage again."""
    if not review.decided:
        click.echo("    nothing to undo")
        return
    review.position, decision = review.decided.popitem()
    review.project.undo(decision, coder=CONSENSUS)
    click.echo("    taken back")
