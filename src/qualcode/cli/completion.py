"""Completion in the shell: the script that turns it on, and the names of the study that it offers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

import click
from click.shell_completion import CompletionItem, get_completion_class

from qualcode.errors import QualcodeError

if TYPE_CHECKING:
    from qualcode.study.study import Study

_VARIABLE = "_QUALCODE_COMPLETE"
"""Environment variable by which the script of a shell asks for completions; click derives it from the name."""


@click.command(epilog="Example: qualcode completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which a SHELL completes commands, options, codes, transcripts, coders, units and columns.

    Put it where your shell reads it: ~/.bashrc, ~/.zshrc, or ~/.config/fish/completions/qualcode.fish.
    """
    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(ctx.find_root().command, {}, "qualcode", _VARIABLE).source())


def _list_codes(study: Study) -> Iterable[str]:
    book = study.codebook_and_problems[0]
    return [*_list_families(study), *book.by_id, *(theme.id for theme in book.themes)]


def _list_families(study: Study) -> Iterable[str]:
    return [family.id for family in study.codebook_and_problems[0].families]


def _list_transcripts(study: Study) -> Iterable[str]:
    # Names of files: no text is read, so the rows of tables are missing.
    return study.sources_and_problems[0]


def _list_coders(study: Study) -> Iterable[str]:
    # Names of folders: no ledger is read.
    folders = study.codings_folder.iterdir() if study.codings_folder.is_dir() else ()
    return sorted(folder.name for folder in folders if folder.is_dir() and not folder.name.startswith("."))


def _list_units(_study: Study) -> Iterable[str]:
    from qualcode.model import UNIT_NAMES

    return ["window:3" if name == "window" else name for name in UNIT_NAMES]


def _list_columns(study: Study) -> Iterable[str]:
    """Return the columns of the table of cases; those of surveys would have to be read from their sources."""
    cases = study.case_table.cases_and_problems[0]
    return [*dict.fromkeys(name for case in cases for name in case.attributes), "case", "transcript"]


def _list_cases(study: Study) -> Iterable[str]:
    """Return the cases of the table, or without one the transcripts, each of which is a case."""
    return [case.id for case in study.case_table.cases_and_problems[0]] or _list_transcripts(study)


def _list_makers(_study: Study) -> Iterable[str]:
    from importlib.metadata import entry_points

    from qualcode.suggest.makers.maker_plugins import ENTRY_POINT_GROUP
    from qualcode.suggest.suggestion_request import BUILTIN_MAKERS

    return [*BUILTIN_MAKERS, *sorted(entry_points(group=ENTRY_POINT_GROUP).names)]


def _list_speakers(study: Study) -> Iterable[str]:
    """Return the speakers that the settings name; for others the texts would have to be read."""
    rules = study.settings.rules
    return dict.fromkeys([*rules.speakers, *rules.interviewers])


def _list_targets(study: Study) -> Iterable[str]:
    return [*_list_transcripts(study), *_list_codes(study), "study"]


_NAMES: dict[str, Callable[[Study], Iterable[str]]] = {
    "adjudicate": _list_coders,
    "by": _list_columns,
    "cases": _list_cases,
    "code": _list_codes,
    "codes": _list_codes,
    "into": _list_codes,
    "rows": _list_columns,
    "to": _list_codes,
    "coder": _list_coders,
    "difference_by": _list_columns,
    "ego": _list_codes,
    "families": _list_families,
    "learn_from": _list_coders,
    "maker": _list_makers,
    "on": _list_targets,
    "second": _list_coders,
    "speaker": _list_speakers,
    "transcript": _list_transcripts,
    "transcript_ids": _list_transcripts,
    "transcripts": _list_transcripts,
    "unit": _list_units,
    "within": _list_codes,
}
"""What to offer for an option or argument, by its name in all commands."""
_OPTIONS_WITHOUT_TRANSCRIPT = ("words", "regex", "table")
"""Options of ``code`` with which its first argument is a code."""


class _StudyNames(click.types.StringParamType):
    """A text that is a name of the study."""

    def __init__(self, list_names: Callable[[Study], Iterable[str]]) -> None:
        self._list_names = list_names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with what was typed; none outside a study."""
        from qualcode.study.source_files import find_study_root
        from qualcode.study.study import Study

        try:
            study = Study(find_study_root(Path(ctx.find_root().params.get("study") or ".")))
            names = list(self._choose_list(ctx, param)(study))
        # A shell would print the message between what the user types.
        except (QualcodeError, OSError):
            return []
        typed = normalize("NFC", incomplete)
        return [CompletionItem(_escape(name)) for name in names if name.startswith(typed)]

    def _choose_list(self, ctx: click.Context, param: click.Parameter) -> Callable[[Study], Iterable[str]]:
        has_code_first = param.name == "transcript" and any(map(ctx.params.get, _OPTIONS_WITHOUT_TRANSCRIPT))
        return _list_codes if has_code_first else self._list_names


def _escape(name: str) -> str:
    """Return a name as it is typed; bash inserts completions as they are, other shells quote them."""
    is_bash = os.environ.get(_VARIABLE, "").startswith("bash") and not _has_open_quote(os.environ.get("COMP_WORDS", ""))
    # Two backslashes: the script's "read" takes one away.
    return re.sub(r"([^\w@%+=:,./-])", r"\\\\\1", name) if is_bash else name


def _has_open_quote(line: str) -> bool:
    """Return whether a line ends inside quotation marks, where blanks are typed as they are."""
    return re.fullmatch(r"""(?:[^"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')*""", line, re.DOTALL) is None


def add_completions(command: click.Command) -> None:
    """Let the options and arguments of a command, and of those below it, offer the names of the study."""
    for parameter in command.params:
        list_names = _NAMES.get(parameter.name or "")
        if list_names is not None and parameter.type is click.STRING:
            parameter.type = _StudyNames(list_names)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        add_completions(each)
