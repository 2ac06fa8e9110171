"""The user's text editor, opened on a file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from qualcode.errors import OperationError

_VARIABLES = ("VISUAL", "EDITOR")
_EDITORS = ("notepad",) if os.name == "nt" else ("nano", "vi", "vim")
"""Editors to try where none is set."""
_EDITORS_WITH_LINES = frozenset("vi vim nvim nano pico emacs emacsclient joe kak mcedit micro".split())
"""Editors that go to line 12 of a file with +12."""


def find_editor() -> list[str]:
    """Return the command of the user's editor: that of the variables VISUAL or EDITOR, or else one that is installed.

    Raises
    ------
    OperationError
        If there is none, or the one that is set is not found.
    """
    for variable in _VARIABLES:
        if given := os.environ.get(variable, "").strip():
            return _check_command(given, variable)
    installed = next(filter(shutil.which, _EDITORS), None)
    if installed is None:
        raise OperationError(
            f"no text editor is found: set the variable EDITOR to yours, as EDITOR={_EDITORS[0]}; or write the text "
            "with --to FILE, edit that anywhere, and read it with --from FILE"
        )
    return [installed]


def _check_command(given: str, variable: str) -> list[str]:
    try:
        # A path with blanks may be the program alone, above all on Windows.
        command = [given] if shutil.which(given) else shlex.split(given, posix=os.name != "nt")
    except ValueError as error:
        raise OperationError(
            f"the variable {variable}, {given}, cannot be read ({error}): set it to an editor"
        ) from None
    if not shutil.which(command[0]):
        raise OperationError(
            f"the editor {command[0]} (variable {variable}) is not found: set {variable} to another one"
        )
    return command


def open_editor(command: Sequence[str], path: Path, *, line: int = 0) -> None:
    """Open a file in an editor, at a line if that is given and the editor is known to take it; wait until it is closed.

    Raises
    ------
    OperationError
        If the editor cannot be started, or ends with an error.
    """
    try:
        at_line = [f"+{line}"] if line and Path(command[0]).stem in _EDITORS_WITH_LINES else []
        code = subprocess.run([*command, *at_line, str(path)], check=False).returncode
    except OSError as error:
        raise OperationError(
            f"{command[0]} cannot be started ({error.strerror or error}); the text is in {path}"
        ) from None
    if code:
        raise OperationError(f"{command[0]} ended with code {code}: nothing was recorded; the text is kept in {path}")
