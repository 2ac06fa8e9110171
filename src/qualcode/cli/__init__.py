"""The command line: a group that imports a command only when it is called, and the one place for errors."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

TASKS: dict[str, dict[str, tuple[str, str]]] = {
    "Set up": {
        "init": ("study_commands", "Create a study in a folder."),
        "status": ("study_commands", "Show the numbers of the study and each coder's progress."),
        "check": ("study_commands", "List the problems of the study's files."),
        "completion": ("completion", "Print the script for completion in a shell: bash, zsh or fish."),
        "pseudonymise": ("pseudonym_commands", "Replace names by pseudonyms throughout the study, or undo it."),
    },
    "Read": {
        "show": ("reading.reading_commands", "Show a transcript to read, with its codes in the margin."),
        "search": ("reading.reading_commands", "Search transcripts for words, with the words around them."),
        "quotes": ("reading.quotes_commands", "Find quotes by codes, attributes and words, with citations."),
        "transcripts": ("transcript_commands", "List transcripts and their speakers; add and remove files."),
        "segments": ("transcript_commands", "List the segments (units of analysis)."),
        "cases": ("reading.reading_commands", "List the cases with their transcripts and attributes."),
        "codebook": ("codebook.codebook_commands", "Show, edit, compare and export the codebook."),
    },
    "Code": {
        "review": ("keyboard.review_command", "Read and code a transcript on the full screen."),
        "code": ("decisions.code_command", "Code a quote, what a search finds, or the rows of a table."),
        "edit": ("keyboard.edit_command", "Edit your codings as marks in the text, in your editor."),
        "codings": ("coding_commands", "List codings (coded segments) with their quotes."),
        "retract": ("decisions.decision_commands", "Retract codings of yours."),
        "done": ("coding_commands", "Mark transcripts as finished."),
        "memo": ("coding_commands", "Write a memo on the study, a transcript, a passage, a code or a coding."),
        "memos": ("reading.reading_commands", "List and search memos."),
        "update": ("update_commands", "Follow codings through edits and renames of transcripts."),
        "confirm": ("update_commands", "Record that codings still hold whose text has changed."),
    },
    "Suggestions": {
        "suggest": ("coding_commands", "Suggest codes, with the reasons."),
        "why": ("explanation_commands", "Explain a suggestion: evidence for and against, similar sentences."),
        "accept": ("decisions.decision_commands", "Turn suggestions into codings of yours, one or many."),
        "reject": ("decisions.decision_commands", "Dismiss suggestions, one or many."),
        "evaluate": ("evaluation_commands", "Evaluate suggestions by cross-validation on held-out interviews."),
        "surprises": ("evaluation_commands", "Show codings that the model finds unlikely, and coder drift."),
        "confusions": ("evaluation_commands", "Show codes that are hard to tell apart, with examples."),
    },
    "Work together": {
        "assign": ("team.assignment_commands", "Divide the transcripts among coders, some of them twice."),
        "agreement": ("team.agreement_commands", "Show how far coders agree, by code, with intervals."),
        "disagreements": ("team.disagreement_commands", "List passages that coders have coded differently."),
        "adjudicate": ("team.disagreement_commands", "Decide disagreements for the coder 'consensus'."),
        "apply": ("team.correction_command", "Read back a lead's decisions, or a coder's codes, from Excel or CSV."),
        "merge": ("team.merge_commands", "Bring in another copy of the study: folder or zip."),
        "log": ("team.history_commands", "Show who recorded what when, and what was taken back."),
        "undo": ("team.history_commands", "Take back your last action, or another one of yours."),
        "redo": ("team.history_commands", "Bring back what you have undone."),
    },
    "Count": {
        "themes": ("analysis.frequency_commands", "Count codes, families and themes."),
        "compare": ("analysis.comparison_commands", "Compare groups of cases: differences, ratios, tests."),
        "crosstab": ("analysis.comparison_commands", "Count codes by the values of an attribute, with a test."),
        "matrix": ("analysis.occurrence_commands", "Write a matrix of codes by case, transcript or unit."),
        "positions": ("analysis.occurrence_commands", "Show where in the interviews codes occur."),
        "cooccurrence": ("analysis.network_commands", "Count which codes occur together in a unit."),
        "centrality": ("analysis.network_commands", "Show how central codes are in the network."),
        "communities": ("analysis.network_commands", "Show communities of codes, and how stable they are."),
        "sequences": ("analysis.saturation_commands", "Count which code follows which, against chance."),
        "saturation": ("analysis.saturation_commands", "Show how many codes are new in each transcript."),
        "timeline": ("analysis.saturation_commands", "Show where in an interview each code is."),
        "keyness": ("analysis.word_commands", "Show words that are typical of a code or of a group."),
        "in-vivo": ("analysis.word_commands", "Show frequent phrases without a code: candidates for codes."),
    },
    "Share": {
        "network": ("analysis.network_commands", "Write the co-occurrence network: GraphML, GEXF, PNG, SVG."),
        "report": ("analysis.report_commands", "Write one HTML page with findings, pictures, quotes and method."),
        "export": ("analysis.export_commands", "Write the workbook, or training data for spaCy."),
    },
}
"""Every command by task: the module below ``qualcode.cli`` that holds it, and its line in ``--help``."""

COMMANDS = {name: entry for commands in TASKS.values() for name, entry in commands.items()}


_OTHER_NAMES = {
    "show": "cat open print read text transcript view",
    "search": "find grep kwic words",
    "quotes": "citations query quotations retrieval retrieve",
    "memos": "annotations comments notes",
    "transcripts": "add import interviews list remove speakers",
    "codebook": "codes",
    "report": "html page",
    "log": "audit blame events history",
    "undo": "revert rollback",
    "themes": "count frequencies",
    "cooccurrence": "association overlap pairs",
    "centrality": "betweenness degree",
    "communities": "clusters modularity",
    "network": "edges graph gephi pajek",
}
"""What people may type for a command."""


def _hint_for_command(word: str) -> str:
    return next((f"did you mean '{name}'?" for name, words in _OTHER_NAMES.items() if word in words.split()), "")


class LazyGroup(click.Group):
    """A group that lists its commands without importing them, so that ``--help`` is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is called."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"qualcode.cli.{COMMANDS[cmd_name][0]}"), cmd_name.replace("-", "_")
        )
        from qualcode.cli.options import add_common_options

        add_common_options(command)
        # A shell asks for completions.
        if ctx.resilient_parsing:
            from qualcode.cli.completion import add_completions

            add_completions(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that begin with what was typed, without importing the commands."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one suggest a similar name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from qualcode.errors import did_you_mean

            hint = _hint_for_command(args[0]) or did_you_mean(args[0], COMMANDS) or "see qualcode --help"
            ctx.fail(f"no command '{args[0]}' ({hint})")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by task."""
        for task, commands in TASKS.items():
            with formatter.section(task):
                formatter.write_dl([(name, line) for name, (_, line) in commands.items()])


def _print_version(ctx: click.Context, _option: click.Parameter, is_given: bool) -> None:
    if is_given:
        from qualcode.version import __version__

        click.echo(f"qualcode {__version__}")
        ctx.exit()


# With colour, click takes nothing out of what goes into a pipe: styles are made for terminals only.
@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "color": True})
@click.option(
    "-C",
    "--study",
    default=".",
    metavar="FOLDER",
    help="Folder of the study; if not given, this folder or one above it.",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the result: no notes, no progress.")
@click.pass_context
def cli(ctx: click.Context, study: str, quiet: bool) -> None:
    """Code interviews, count themes, draw their network. Nothing leaves this machine.

    See 'qualcode COMMAND --help' for the options of a command and an example.
    """
    from qualcode.cli.terminal_output import QUIET
    from qualcode.errors import command_line_names

    ctx.obj, ctx.meta[QUIET] = study, quiet
    ctx.with_resource(command_line_names())


def run(args: list[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 success, 1 problems found or refused, 2 wrong usage."""
    if not any(stream and stream.isatty() for stream in (sys.stdout, sys.stderr)):
        return _run_and_report(args)
    # Not imported above, so that --help is fast in a pipe.
    from qualcode.cli.terminal.terminal_streams import rendered_streams

    with rendered_streams():
        return _run_and_report(args)


def _run_and_report(args: list[str] | None) -> int:
    """Run a command line, show its errors, and return its exit code."""
    try:
        return _run_command(args)
    except click.NoSuchOption as error:
        error.show()
        if not error.possibilities:
            # A quote, an id or a word may begin with a dash.
            click.echo("(write -- before words that begin with a dash)", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: decisions recorded so far are kept", err=True)
        return 1
    except BrokenPipeError:
        # Python flushes stdout at exit, which would raise the error once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _show_error(error)


def _run_command(args: list[str] | None) -> int:
    """Run a command; if its coder seems to be misspelt and a person is there, ask, and run it again."""
    try:
        return _call_cli(args)
    except Exception as error:
        # Not imported above, so that --help is fast.
        from qualcode.cli.terminal_output import can_ask
        from qualcode.errors import NewCoderError

        if not isinstance(error, NewCoderError) or not can_ask():
            raise
        # Nothing is recorded before the coder is known.
        if not click.confirm(f"{error.question} Record it by '{error.name}'", err=True):
            raise
    options = {name: {"new_coder": True} for name in COMMANDS}
    return _call_cli(args, default_map=options)


def _call_cli(args: list[str] | None, **settings: Any) -> int:
    # standalone_mode would exit before the errors are handled.
    return int(cli.main(args=args, prog_name="qualcode", standalone_mode=False, **settings) or 0)


def _show_error(error: Exception) -> int:
    from qualcode.errors import QualcodeError

    if isinstance(error, QualcodeError):
        click.echo(f"qualcode: {error}" if "\n" not in str(error) else str(error), err=True)
        return error.exit_code
    # Most users cannot use a traceback, so it is shown only on request.
    if os.environ.get("QUALCODE_TRACEBACK"):
        raise error
    click.echo(
        f"qualcode: unexpected error: {type(error).__name__}: {error}\n"
        "Your files were not changed. Please report it with the traceback: set QUALCODE_TRACEBACK=1 and run again.",
        err=True,
    )
    return 1
