r"""What a terminal is sent: control characters of any text as ``\x1b`` or ``\u202e``, and the styles of this tool.

Texts of files, names and arguments could otherwise set the title of the window, write to the clipboard, hide words or
reverse their order. Files and pipes get texts as they are.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

import click

_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line end, DEL, C1
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u206f"  # change the direction of what follows; single marks, as U+200E, are left alone
    "\ufff9-\ufffb"  # annotations that hide words
    "\ud800-\udfff"  # bytes of file names that are not UTF-8
    "\U000e0000-\U000e007f"  # tags, which hide text
)
_CONTROL = re.compile(f"[{_CONTROLS}]")
# Nothing in a file can have the number, so that only the tool's own sequences are recognised.
_OWN = f"\x1b{os.urandom(8).hex()}"
_OWN_OR_CONTROL = re.compile(rf"{_OWN}(\r|\[[\d;]*m)|[{_CONTROLS}]")


def make_visible(text: str) -> str:
    r"""Return a text with control characters as escapes, which have the form that Python and JSON use.

    >>> make_visible("a\x1b[31m \u202eb")
    'a\\x1b[31m \\u202eb'
    """
    return _CONTROL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def style(text: str, **styles: Any) -> str:
    """Return a text in a style of ``click.style``, for a terminal; a style made otherwise would be shown as escapes."""
    before, after = click.style("\0", **styles).split("\0")
    return before.replace("\x1b", _OWN) + text + after.replace("\x1b", _OWN)


LINE_START = f"{_OWN}\r"
"""Goes back to the start of the line on a terminal, to draw over it."""


def render(text: str) -> str:
    """Return a text as a terminal or a pager is sent it."""
    return _OWN_OR_CONTROL.sub(_render_match, text)


def _render_match(match: re.Match[str]) -> str:
    sequence = match[1]
    if sequence is None:
        return _escape(match)
    return sequence if sequence == "\r" else f"\x1b{sequence}"


class TerminalStream:
    """A stream to a terminal through which every text passes rendered."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str | bytes) -> int:
        """Write a text rendered; click writes bytes where a shell completes a word."""
        self.stream.write(render(text if isinstance(text, str) else text.decode("utf-8", "replace")))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts rendered."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        # Bytes would reach the terminal as they are.
        if name in {"buffer", "detach"}:
            raise AttributeError(name)
        return getattr(self.stream, name)


@contextmanager
def rendered_streams() -> Iterator[None]:
    """Render what is written to stdout and stderr where they are terminals, each for itself."""
    ask = click.termui.visible_prompt_func
    # Python writes the prompt of input() past sys.stdout.
    click.termui.visible_prompt_func = lambda prompt: ask(make_visible(prompt))
    try:
        with redirect_stdout(_render_stream(sys.stdout)), redirect_stderr(_render_stream(sys.stderr)):
            try:
                yield
            except Exception:
                # Python shows a traceback after this.
                traceback.print_exc()
                raise SystemExit(1) from None
    finally:
        click.termui.visible_prompt_func = ask


def _render_stream(stream: TextIO) -> TextIO:
    if not stream.isatty() or isinstance(stream, TerminalStream):
        return stream
    return cast(TextIO, TerminalStream(stream))


def show_in_pager(text: str, *, has_colour: bool | None) -> None:
    """Show a text rendered in the user's pager; None leaves it to click whether it shows colours."""
    stream = sys.stdout
    os.environ.setdefault("LESS", "-R")  # or less shows colours as codes; click sets it only where it decides on them
    # Without a pager click writes to stdout, which would render the text once more.
    with redirect_stdout(stream.stream if isinstance(stream, TerminalStream) else stream):
        click.echo_via_pager(render(text), color=has_colour)
