"""The server of the review in the browser: on this machine only, with a secret in its address."""

from __future__ import annotations

import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence

from qualcode.errors import OperationError, UsageError
from qualcode.review.browser.access_rule import LOOPBACK, AccessRule


def serve_review(command: Sequence[str], *, port: int | None, announce: Callable[[str], object]) -> None:
    """Serve what a command shows in a terminal to browsers on this machine, until Ctrl+C ends it.

    Each tab of a browser runs the command once; it ends with the tab. ``announce`` is called with the address when it
    can be opened.

    Parameters
    ----------
    command
        The words of a command that runs a Textual application.
    port
        Port to listen on; a free one if None.

    Raises
    ------
    OperationError
        If the package textual-serve is missing, or the port is in use.
    """
    try:
        from qualcode.review.browser.browser_app import run_app
    except ImportError as error:
        raise OperationError(
            f"to review in the browser, install its server (no module '{error.name}'): pip install 'qualcode[serve]'"
        ) from None
    with _listen(port) as listener:
        rule = AccessRule(listener.getsockname()[1])
        run_app(_to_command_line(command), listener, rule, announce=announce)


def _listen(port: int | None) -> socket.socket:
    """Return a socket that listens on a port of this machine, which no other machine reaches."""
    if port is not None and not 0 < port < 65_536:
        raise UsageError(f"port {port}: give a number from 1 to 65535, or none for a port that is free")
    try:
        return socket.create_server((LOOPBACK, port or 0))
    except OSError as error:
        raise OperationError(
            f"port {port}: {error.strerror}; name another one, or none for a port that is free"
        ) from None


def _to_command_line(command: Sequence[str]) -> str:
    """Return the text by which a shell of this system runs the command, without staying beside it."""
    return subprocess.list2cmdline(command) if sys.platform == "win32" else f"exec {shlex.join(command)}"
