"""The question before a batch of decisions is recorded: what it holds, with numbers and examples."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

import click

from qualcode.cli.terminal.terminal_streams import make_visible
from qualcode.cli.terminal_output import can_ask, print_notes
from qualcode.cli.text_tables import TableView, format_table
from qualcode.coding.decided_places import DecidedPlace
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import OperationError, UsageError, format_count

_NUMBERS = TableView(
    columns=("code", "count", "transcripts", "lowest", "highest"),
    headings={"lowest": "lowest score", "highest": "highest score"},
    decimals={"lowest": 2, "highest": 2},
)
_EXAMPLES = 12
"""Places that are shown as examples, for all codes together."""
_EXAMPLES_BY_SCORE = 3
"""Examples of a code if they have scores: highest, middle and lowest."""
_TERMINAL = "CONIN$" if os.name == "nt" else "/dev/tty"

yes_option = click.option("--yes", is_flag=True, help="Record what a selection finds without asking.")


class BatchPrompt:
    """Asks a person whether to record a batch; where nobody can answer, ``--yes`` must be given."""

    def __init__(self, verb: str, noun: str, *, yes: bool) -> None:
        self._verb, self._noun, self._yes = verb, noun, yes
        self.has_asked = False

    def __call__(self, planned: RecordedDecisions) -> bool:
        """Show what would be recorded, and return whether to record it."""
        if self._yes:
            return True
        what = format_count(planned.count, self._noun)
        click.echo("\n".join(preview_batch(planned.places)), err=True)
        print_notes(planned.notes)
        self.has_asked = True
        answer = _ask(f"{self._verb} {what}? [y/N] ")
        if answer is None:
            raise UsageError(f"nothing was recorded: add --yes to {self._verb} {what}, or --dry-run to list all")
        if not answer:
            raise OperationError("nothing was recorded")
        return True


def preview_batch(places: Sequence[DecidedPlace]) -> Iterator[str]:
    """Yield the lines that show the numbers of a batch by code, and some of its places."""
    by_code: defaultdict[str, list[DecidedPlace]] = defaultdict(list)
    for place in places:
        by_code[place.code].append(place)
    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else None
    yield format_table(_count(by_code), _NUMBERS, width=width)
    examples = [place for code in list(by_code)[:_EXAMPLES] for place in _choose_examples(by_code[code], len(by_code))]
    yield "examples:" if len(examples) < len(places) else ""
    for line in (make_visible(describe_place(place)) for place in examples):
        yield from wrap(line, width, subsequent_indent="      ") if width else [line]
    if (more := len(places) - len(examples)) > 0:
        yield f"and {more:,} more"


def _count(by_code: dict[str, list[DecidedPlace]]) -> dict[str, list[Any]]:
    """Return the table of numbers by code, with the range of scores where there are scores."""
    groups = list(by_code.values())
    table: dict[str, list[Any]] = {
        "code": list(by_code),
        "count": [len(group) for group in groups],
        "transcripts": [len({place.transcript for place in group}) for group in groups],
    }
    scores = [[place.score for place in group if place.score is not None] for group in groups]
    if any(scores):
        table |= {"lowest": [min(one, default=None) for one in scores]}
        table |= {"highest": [max(one, default=None) for one in scores]}
    return table


def _choose_examples(places: Sequence[DecidedPlace], codes: int) -> list[DecidedPlace]:
    """Return places of one code from the first to the last at equal distances; those with scores by score."""
    count = max(1, _EXAMPLES // codes)
    if all(place.score is not None for place in places):
        places, count = sorted(places, key=lambda place: -(place.score or 0)), min(count, _EXAMPLES_BY_SCORE)
    if len(places) <= count:
        return list(places)
    step = (len(places) - 1) / max(1, count - 1)
    return [places[round(number * step)] for number in range(count)]


def describe_place(place: DecidedPlace) -> str:
    """Return a line on a place: its score, or the words that were searched for between those around them."""
    if place.in_context is not None:
        before, words, after = place.in_context
        line = " ".join(f"{before}[{words}]{after}".split())
        return f"  {place.describe_position()}: {line}"
    score = "" if place.score is None else f"{place.score:.2f}  "
    return f"  {score}{place}"


def _ask(question: str) -> bool | None:
    """Return the answer of a person, also where stdin is a pipe with data; None if there is nobody."""
    if can_ask():
        return _is_yes(click.prompt(question, default="", show_default=False, prompt_suffix="", err=True))
    if not sys.stderr.isatty():
        return None
    try:
        with open(_TERMINAL, encoding="utf-8", errors="replace") as terminal:
            click.echo(question, nl=False, err=True)
            return _is_yes(terminal.readline())
    except OSError:  # a job without a terminal of its own
        return None


def _is_yes(answer: str) -> bool:
    return answer.strip().lower() in {"y", "yes"}
