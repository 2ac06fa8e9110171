"""An edit of marks on a terminal: the editor, what was changed, the question whether to record it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from qualcode.cli.keyboard.text_editor import find_editor, open_editor
from qualcode.cli.terminal_output import OutputOptions, can_ask, notes_of, print_notes, write_table
from qualcode.cli.text_tables import TableView
from qualcode.coding.marked_text.edit_context import EditProblemsError
from qualcode.coding.marked_text.edit_file import EditFile
from qualcode.errors import OperationError, QualcodeError, format_count
from qualcode.project import Project

if TYPE_CHECKING:
    from qualcode.coding.marked_text.marked_codings import MarkedText

CHANGES = TableView(columns=("line", "change", "quote", "code", "was", "memo"), stretch=("quote", "was", "memo"))

Answer = Literal["yes", "no", "edit"]


@dataclass(frozen=True)
class EditReader:
    """Reads edited texts back, and records what was changed if a person says so."""

    project: Project
    coder: str | None
    output: OutputOptions
    yes: bool = False
    dry_run: bool = False

    def read(self, text: Path | str, *, choices: tuple[Answer, ...] = ("yes", "no")) -> Answer:
        """Show what a text, or that of a file, changes, record it unless somebody says no, and return what was decided.

        Raises
        ------
        EditProblemsError
            If it cannot be recorded.
        """
        table = self.project.edit_from(text, coder=self.coder, dry_run=True)
        if not len(table):
            print_notes(notes_of(table))
            return "yes"
        write_table(table, CHANGES, self.output)
        answer = self._decide(choices)
        if answer == "yes":
            table = self.project.edit_from(text, coder=self.coder)
            print_notes([f"recorded: {format_count(len(table), 'change')}", *notes_of(table)[-1:]])
        return answer

    def _decide(self, choices: tuple[Answer, ...]) -> Answer:
        if self.yes and not self.dry_run:
            return "yes"
        if self.dry_run or not can_ask():
            print_notes(["nothing was recorded: --yes records it"])
            return "no"
        return ask_for("Record these changes?", choices)


def ask_for(question: str, choices: tuple[Answer, ...]) -> Answer:
    """Ask until the answer is one of the choices, or its first letter."""
    shown = ", ".join(f"[{choice[0]}]{choice[1:]}" for choice in choices)
    while True:
        given = click.prompt(f"{question} {shown}", err=True).strip().casefold()
        for choice in choices:
            if given and choice.startswith(given):
                return choice


def edit_in_editor(reader: EditReader, marked: MarkedText) -> int:
    """Open a marked text in the user's editor until it is recorded or left for later, and return the exit code.

    Raises
    ------
    OperationError
        If there is no editor, or an earlier edit is in the way and nobody can be asked.
    """
    editor = find_editor()
    file = EditFile.of(reader.project.study, marked.transcript, marked.coder)
    if not _goes_on(file, marked.text):
        file.write(marked.text)
    try:
        return _edit_until_decided(reader, file, editor)
    except click.Abort:
        print_notes([_describe_kept(file)])
        raise


def _edit_until_decided(reader: EditReader, file: EditFile, editor: Sequence[str]) -> int:
    line = 0
    while True:
        open_editor(editor, file.path, line=line)
        if not file.read().strip():
            file.remove()
            print_notes(["the text is empty: nothing was recorded"])
            return 0
        answer, code, line = _read_or_explain(reader, file)
        if answer == "yes":
            file.remove()
        elif answer == "no":
            print_notes([_describe_kept(file)])
        if answer != "edit":
            return code


def _describe_kept(file: EditFile) -> str:
    return f"what you typed is kept in {file.path}: 'qualcode edit' goes on with it"


def _goes_on(file: EditFile, text: str) -> bool:
    """Return whether an earlier edit that was not recorded is opened; another one gets a new name."""
    if not file.has_other(text):
        return False
    if not can_ask():
        raise OperationError(
            f"{file.path} is an edit that was not recorded: read it with --from {shlex.quote(str(file.path))}, or "
            "delete it to begin again"
        )
    if click.confirm(f"{file.path} is an edit that was not recorded. Go on with it?", default=True, err=True):
        return True
    print_notes([f"it is kept as {file.set_aside()}"])
    return False


def _read_or_explain(reader: EditReader, file: EditFile) -> tuple[Answer, int, int]:
    """Read an edit back, or say why not; return what to do next, the exit code, and the line of the first problem."""
    try:
        return reader.read(file.path, choices=("yes", "no", "edit")), 0, 0
    except QualcodeError as error:
        click.echo(str(error), err=True)
        answer: Answer = ask_for("Open the editor again?", ("edit", "no")) if can_ask() else "no"
        return answer, error.exit_code, error.problems[0].line if isinstance(error, EditProblemsError) else 0
