"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from qualcode.cli.terminal_output import print_notes
from qualcode.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])

_ANALYSIS_OPTIONS = (
    click.option("--unit", metavar="UNIT", help="sentence, turn, paragraph, exchange, window:3 or transcript."),
    click.option("--coder", multiple=True, metavar="NAME", help="Whose codings; more than one are kept apart."),
    click.option("--code", multiple=True, metavar="ID", help="Only this code (and those below), family or theme."),
    click.option("--transcripts", multiple=True, metavar="ID", help="Only these transcripts; 'S*' works too."),
)
_COUNTING_OPTIONS = (
    click.option(
        "--by", multiple=True, metavar="ATTRIBUTE", help="Group by a column of cases.csv, case or transcript."
    ),
    click.option(
        "--universe",
        type=click.Choice(["asked", "all"]),
        help="Count over transcripts the coder has finished or begun (asked), or over all.",
    ),
)
_LEVEL_OPTION = click.option(
    "--level", "levels", multiple=True, type=click.Choice(["code", "family", "theme"]), help="Which lines to show."
)
_TABLE_OPTIONS = (
    click.option(
        "--format", "shape", type=click.Choice(["table", "csv", "json"]), help="How to write the result.", default=None
    ),
    click.option(
        "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file."
    ),
)

coder_option = click.option("--coder", metavar="NAME", help="Who decides; the study's coder if not given.")


def combine_options(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return one decorator for several options, in their order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


table_options = combine_options(*_TABLE_OPTIONS)
analysis_options = combine_options(*_ANALYSIS_OPTIONS, *_COUNTING_OPTIONS, _LEVEL_OPTION, *_TABLE_OPTIONS)
export_options = combine_options(*_ANALYSIS_OPTIONS, *_COUNTING_OPTIONS)
listing_options = combine_options(*_ANALYSIS_OPTIONS[1:], *_TABLE_OPTIONS)


def open_project(ctx: click.Context) -> Project:
    """Open the study that the command line names."""
    return Project(ctx.obj)


def report_unread_sources(project: Project) -> int:
    """Say which sources cannot be read, and return the exit code that this makes."""
    print_notes(project.unread)
    return int(bool(project.unread))


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """Keep the options that were given."""
    return {name: value for name, value in options.items() if value not in (None, ())}
