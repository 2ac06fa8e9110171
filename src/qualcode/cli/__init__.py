"""The command line: a group that imports a command only when it is called, and the one place for errors."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

COMMANDS = {
    "init": ("study_commands", "Begin a study in a folder."),
    "status": ("study_commands", "Show where the study stands, coder by coder."),
    "check": ("study_commands", "List all that is wrong with the study's files."),
    "transcripts": ("transcript_commands", "List the transcripts; their speakers; add sources."),
    "segments": ("reading_commands", "List the units of analysis."),
    "codebook": ("reading_commands", "Show the codebook as a tree, or its JSON Schema."),
    "suggest": ("coding_commands", "Suggest codes, with the words that speak for them."),
    "why": ("explanation_commands", "Explain a suggestion: what speaks for it, what against, what it is like."),
    "accept": ("coding_commands", "Make suggestions codings of yours."),
    "reject": ("coding_commands", "Send suggestions away until their code's entry changes."),
    "code": ("coding_commands", "Code one span, or many from a table."),
    "codings": ("coding_commands", "List codings with their quotes."),
    "retract": ("coding_commands", "Take back codings of yours."),
    "update": ("update_commands", "Follow codings into transcripts that were edited or renamed."),
    "pseudonymise": ("pseudonym_commands", "Put pseudonyms for names all over the study, or take that back."),
    "done": ("coding_commands", "Say which transcripts you have finished."),
    "memo": ("coding_commands", "Write a memo on the study, a transcript, a code or a coding."),
    "themes": ("count_commands", "Count codes, families and themes."),
    "cooccurrence": ("count_commands", "Count which codes occur together in a unit."),
    "network": ("count_commands", "Make the co-occurrence network: GraphML, GEXF, PNG, SVG."),
    "export": ("count_commands", "Write the workbook for the research lead, or what spaCy is trained on."),
    "evaluate": ("evaluation_commands", "Judge suggestions by interviews that were not learnt from."),
    "surprises": ("evaluation_commands", "Show codings and gaps that surprise: likely slips, or drift."),
    "confusions": ("evaluation_commands", "Show codes that are hard to tell apart, with examples."),
}
"""Every command: the module below ``qualcode.cli`` that holds it, and its line in ``--help``."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is called."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"qualcode.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one gets a did-you-mean."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from qualcode.errors import did_you_mean

            hint = did_you_mean(args[0], COMMANDS) or "see qualcode --help"
            ctx.fail(f"no command '{args[0]}' ({hint})")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from qualcode.version import __version__

        click.echo(f"qualcode {__version__}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C", "--study", default=".", metavar="FOLDER", help="The study; this folder or one above it if not given."
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
@click.pass_context
def cli(ctx: click.Context, study: str) -> None:
    """Code interviews, count themes, draw their network. Nothing leaves this machine."""
    ctx.obj = study


def run(args: list[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 fine, 1 problems found or refused, 2 usage."""
    try:
        return int(cli.main(args=args, prog_name="qualcode", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was recorded so far is kept", err=True)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _show_error(error)


def _show_error(error: Exception) -> int:
    from qualcode.errors import QualcodeError

    if isinstance(error, QualcodeError):
        click.echo(f"qualcode: {error}" if "\n" not in str(error) else str(error), err=True)
        return error.exit_code
    if os.environ.get("QUALCODE_TRACEBACK"):
        raise error
    click.echo(
        f"qualcode met something it did not expect: {type(error).__name__}: {error}\n"
        "Your files are as they were. Please report it with what QUALCODE_TRACEBACK=1 in front of the command shows.",
        err=True,
    )
    return 1
