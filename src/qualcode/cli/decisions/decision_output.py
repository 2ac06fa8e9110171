"""Options of commands that record decisions, and what they print when it is done."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource

from qualcode.cli.decisions.batch_prompt import describe_place
from qualcode.cli.options import combine_options
from qualcode.cli.terminal.terminal_streams import make_visible
from qualcode.cli.terminal_output import print_notes
from qualcode.coding.import_tables import ImportProblemsError, ImportResult
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import UsageError, format_count
from qualcode.model import shorten_id

_MAX_PLACES = 10
"""Decisions that are shown one by one."""
OPTIONS_WITH_TABLE = ("table", "dry_run", "coder")
place_options = combine_options(
    click.option("--turn", type=int, help="Turn of the quote, counted from 0."),
    click.option("--sentence", type=int, help="Sentence in the turn, counted from 0."),
    click.option("--start", type=int, help="Offset of the first character in the transcript's text."),
    click.option("--end", type=int, help="Offset after the last character."),
)

dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would happen.")
table_option = click.option(
    "--from", "table", type=click.Path(path_type=Path), metavar="FILE", help="Import a table (CSV, Excel, JSON lines)."
)


def print_decisions(decisions: RecordedDecisions, action: str, *, coder: str | None = None) -> None:
    """Print what was decided, and how to take it back: on stderr, since stdout is for scripts."""
    _print_places(decisions, action)
    if decisions.places and action in ("coded", "accepted", "rejected"):
        is_short = len(decisions.places) <= _MAX_PLACES
        ids = " ".join(shorten_id(place.id) for place in decisions.places)
        _print_way_back(decisions, f"retract {ids}" if is_short else "", coder=coder)
    print_notes(decisions.notes)


def _print_places(decisions: RecordedDecisions, action: str) -> None:
    print_notes(f"{action} {place}" for place in decisions.places[:_MAX_PLACES])
    if (more := len(decisions.places) - _MAX_PLACES) > 0:
        print_notes([f"and {more:,} more"])


def _print_way_back(decisions: RecordedDecisions, command: str, *, coder: str | None) -> None:
    """Print the command that takes decisions back, if none is given that which undoes their action."""
    # An action has the id of its first event.
    command = command or f"undo {shorten_id(decisions.ids[0])}"
    print_notes([f"to take back: qualcode {command}{f' --coder {shlex.quote(coder)}' if coder else ''}"])


def print_result(decisions: RecordedDecisions, action: str, *, coder: str | None = None) -> None:
    """Print how many decisions there are, and which."""
    click.echo(f"{decisions.count} {action}")
    print_decisions(decisions, action, coder=coder)


def print_batch(decisions: RecordedDecisions, action: str, *, coder: str | None, dry_run: bool, is_known: bool) -> None:
    """Print the result of a batch: all its places of a dry run, the first ones otherwise, unless they are known."""
    if dry_run and decisions.places:
        click.echo("\n".join(make_visible(describe_place(place)) for place in decisions.places))
    click.echo(f"{decisions.count} {'would be ' if dry_run else ''}{action}")
    if not dry_run and not is_known:
        _print_places(decisions, action)
    if decisions.ids:
        _print_way_back(decisions, "", coder=coder)
    print_notes(() if is_known else decisions.notes)


def refuse_other_options(ctx: click.Context, allowed: tuple[str, ...], *, when: str) -> None:
    """Refuse options that would otherwise be ignored."""
    given = [
        option.opts[0]
        for option in ctx.command.params
        # Options of the program, such as -q, have no value that the command sees.
        if option.expose_value and option.param_type_name == "option" and option.name and option.name not in allowed
        if ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise UsageError(f"{', '.join(given)} cannot be used {when}")


def import_table(run: Callable[[], ImportResult]) -> ImportResult:
    """Return the result of an import, also where problems prevent it: they are listed in full."""
    try:
        return run()
    except ImportProblemsError as error:
        return error.result


def print_import_result(result: ImportResult, verb: str, *, dry_run: bool, skip: bool | None = None) -> int:
    """Print the numbers and problems of an import, and return the exit code; ``skip`` is None if there is no --skip."""
    print_notes([str(problem) for problem in (*result.notices, *result.problems)])
    print_notes(result.notes)
    parts = [f"{result.added:,} {'would be ' if dry_run else ''}{verb}"]
    if result.already_present:
        parts.append(f"{result.already_present:,} already present")
    by_coder = ", ".join(f"{name} {count:,}" for name, count in result.counts_by_coder.items())
    parts[0] += f" ({by_coder})" if by_coder else ""
    if result.problems:
        failed = f"{format_count(len(result.problems), 'row')} with problems"
        remedy = " (--skip imports the other rows)" if skip is not None else ""
        nothing = "" if result.added or skip else f", so nothing was imported{remedy}"
        parts.append(failed + (", left out" if skip else nothing))
    click.echo("; ".join(parts))
    if result.added and not dry_run:
        # Each coder's part is an action of that coder.
        names = list(result.counts_by_coder)
        print_notes(f"to take it back: qualcode undo --coder {shlex.quote(name)}" for name in names[:_MAX_PLACES])
    return int(bool(result.problems))
