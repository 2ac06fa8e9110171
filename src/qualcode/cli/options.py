"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.terminal_output import QUIET, OutputOptions, can_ask, print_notes, show_progress
from qualcode.errors import OperationError, format_names
from qualcode.study.next_step import describe_missing_sources

if TYPE_CHECKING:
    from qualcode.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])

_NEW_CODER = "qualcode.new_coder"
"""Key of what `open_project` needs to know of the options of a command."""
UNITS_HELP = "Unit of analysis: sentence, turn, paragraph, exchange, window:3 or transcript."


class DefaultCommandGroup(click.Group):
    """A group that runs its command ``list`` unless another of its commands is named."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before ids and options; after ``--`` all words are ids."""
        if not args and ctx.resilient_parsing:
            return super().parse_args(ctx, args)  # a shell asks for completions: offer the commands
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def names_option(*declarations: str, **settings: Any) -> Callable[[Command], Command]:
    """Return an option that may be repeated; a command gets None if it is not given, as the parameter's default is."""
    return click.option(*declarations, multiple=True, callback=lambda _, __, names: names or None, **settings)


sheets_option = names_option(
    "--sheets",
    metavar="NAME",
    help="Only these sheets of the workbook (repeatable, or joined by commas), as quotes,case-x-code; or all.",
)
as_of_option = click.option(
    "--as-of", metavar="DATE", help="Only decisions recorded until the end of this date (2026-01, 2026-01-31 ...; UTC)."
)
_ANALYSIS = (
    click.option("--unit", metavar="UNIT", help=UNITS_HELP),
    names_option(
        "--coder",
        metavar="NAME",
        help="Whose codings; several coders are shown separately. ana@2026-01: as of that date.",
    ),
    names_option("--code", metavar="ID", help="Only this code (with the codes below it), family or theme."),
    as_of_option,
)
transcripts_filter = names_option(
    "--transcripts", metavar="ID", help="Only these transcripts; patterns like 'S*' work."
)
universe_option = click.option(
    "--universe",
    type=click.Choice(["asked", "all"]),
    help="Count over the transcripts that the coder has marked as done, or coded in (asked), or over all.",
)
_COUNTING = (
    names_option("--by", metavar="ATTRIBUTE", help="Group by a column of cases.csv, by case or by transcript."),
    universe_option,
)
_LEVEL = names_option("--level", type=click.Choice(["code", "family", "theme"]), help="Which rows to show.")
_OUTPUT = (
    click.option(
        "--format", "output_format", type=click.Choice(["table", "csv", "json"]), help="Format of the result."
    ),
    click.option(
        "--output",
        "-o",
        "output_path",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write the result to a file; its suffix (.csv, .json) sets the format. - is stdout.",
    ),
    click.option(
        "--with-notes",
        is_flag=True,
        help="With JSON: write {rows, notes}, with the notes on what was counted and left out.",
    ),
    click.option(
        "--csv-safe/--no-csv-safe",
        default=None,
        help="In CSV, put an apostrophe before what a spreadsheet would take for a formula; on for -o FILE.csv on a "
        "terminal.",
    ),
    click.option("--no-pager", is_flag=True, help="Do not use the pager (variable PAGER) for a long result."),
)


new_coder_option = click.option(
    "--new-coder",
    is_flag=True,
    expose_value=False,
    callback=lambda ctx, _, is_given: ctx.meta.__setitem__(_NEW_CODER, is_given),
    help="The coder is new here, though the name is like another one.",
)


def coder_option(command: Command) -> Command:
    """Add --coder, and --new-coder, which `open_project` reads."""
    coder = click.option("--coder", metavar="NAME", help="Who decides; if not given, the study's coder.")
    return combine_options(coder, new_coder_option)(command)


def combine_options(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return one decorator for several options, in their order."""

    def decorate(command: Command) -> Command:
        # Decorators apply from the last to the first; reversed, the options have the given order in --help.
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def transcripts_option(command: Command) -> Command:
    """Add ids of transcripts as arguments and as --transcripts; the command gets both as ``transcripts``."""

    @wraps(command)
    def with_transcripts(
        *args: Any, transcript_ids: tuple[str, ...], transcripts: tuple[str, ...] | None, **options: Any
    ) -> Any:
        return command(*args, transcripts=(*transcript_ids, *(transcripts or ())) or None, **options)

    argument = click.argument("transcript_ids", nargs=-1, metavar="[ID]...")
    decorated: Command = combine_options(argument, transcripts_filter)(with_transcripts)  # type: ignore[assignment]
    return decorated


def add_common_options(command: click.Command) -> None:
    """Add the options of the program to a command, so that they may be given on either side of its name."""
    if not any(option.name == "study_folder" for option in command.params):
        command.params += [
            click.Option(
                ["-C", "--study", "study_folder"],
                metavar="FOLDER",
                expose_value=False,
                callback=lambda ctx, _, folder: setattr(ctx, "obj", folder or ctx.obj),
                help="Folder of the study, as before the command.",
            ),
            click.Option(
                ["-q", "--quiet"],
                is_flag=True,
                expose_value=False,
                callback=lambda ctx, _, is_given: ctx.meta.update({QUIET: is_given or ctx.meta.get(QUIET, False)}),
                help="Only the result: no notes, no progress.",
            ),
        ]
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        add_common_options(part)


def output_options(command: Command) -> Command:
    """Add --format, --output and --with-notes, which the command gets as one argument ``output``."""

    @wraps(command)
    def with_output(
        *args: Any,
        output_format: str | None,
        output_path: Path | None,
        with_notes: bool,
        no_pager: bool,
        csv_safe: bool | None,
        **options: Any,
    ) -> Any:
        path = None if output_path == Path("-") else output_path
        output = OutputOptions(output_format, path, with_notes, not no_pager, csv_safe)
        return command(*args, output=output, **options)

    decorated: Command = combine_options(*_OUTPUT)(with_output)  # type: ignore[assignment]
    return decorated


def analysis_options(command: Command) -> Command:
    """Add the options of commands that count, with those for output."""
    return combine_options(*_ANALYSIS, *_COUNTING, _LEVEL)(transcripts_option(output_options(command)))


def unitless_options(command: Command) -> Command:
    """Add the options of commands that count, but not in units of analysis, with those for output."""
    return combine_options(*_ANALYSIS[1:], *_COUNTING, _LEVEL)(transcripts_option(output_options(command)))


_PAIR_UNITS_HELP = f"{UNITS_HELP[:-1]}; overlap (passages that share text); stanza:3 (a turn and the two before it)."


def pair_options(command: Command) -> Command:
    """Add the options of commands that count pairs by several units, with those for output."""
    units = names_option("--unit", metavar="UNIT", help=f"{_PAIR_UNITS_HELP} Several are shown side by side.")
    return combine_options(units, *_ANALYSIS[1:], *_COUNTING, _LEVEL)(transcripts_option(output_options(command)))


def ungrouped_options(command: Command) -> Command:
    """Add the options of commands that count without groups, with those for output."""
    return combine_options(*_ANALYSIS, *_COUNTING[1:], _LEVEL)(transcripts_option(output_options(command)))


def network_options(command: Command) -> Command:
    """Add the options of commands on networks, with those for output."""
    unit = click.option("--unit", metavar="UNIT", help=_PAIR_UNITS_HELP)
    return combine_options(unit, *_ANALYSIS[1:], *_COUNTING, _LEVEL)(transcripts_option(output_options(command)))


def listing_options(command: Command) -> Command:
    """Add the options that select codings, with those for output."""
    return combine_options(*_ANALYSIS[1:])(transcripts_option(output_options(command)))


export_options = combine_options(*_ANALYSIS, transcripts_filter, *_COUNTING)


replace_option = click.option("--yes", is_flag=True, help="Replace files that exist without asking.")


def confirm_replacing(paths: Iterable[Path], *, confirmed: bool, has_work: bool = False) -> list[Path]:
    """Return which of the files exist and will be replaced; on a terminal ask first, unless that is confirmed.

    Where nobody can be asked, files that may have somebody's work in them (``has_work``) are not replaced.
    """
    existing = [path for path in paths if path.exists()]
    names = format_names([str(path) for path in existing])
    if not existing or confirmed:
        return existing
    if has_work and not can_ask():
        raise OperationError(f"{names} exists, and somebody may have filled it in: name another file, or add --yes")
    question = f"{names} exists: replace it?" if len(existing) == 1 else f"replace {names}?"
    if can_ask() and not click.confirm(question, err=True):
        raise OperationError("nothing was written: name another file")
    return existing


def open_project(ctx: click.Context) -> Project:
    """Open the study that the command line names."""
    # Not imported above, so that a shell gets its completions fast.
    from qualcode.project import Project

    # On a terminal only: a log file would fill with copies of the progress bar.
    has_progress = sys.stderr.isatty() and not ctx.meta.get(QUIET)
    project = Project(ctx.obj, report_progress=show_progress) if has_progress else Project(ctx.obj)
    if ctx.meta.get(_NEW_CODER):
        project.allow_new_coders()
    return project


def report_unread_sources(project: Project) -> int:
    """Print which sources cannot be read, and return the exit code: 1 if there are any; without sources, what to do."""
    unread = project.unread
    print_notes(unread)
    if not project.study.sources_and_problems[0]:
        print_notes([describe_missing_sources(project.study)])
    return int(bool(unread))


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}
