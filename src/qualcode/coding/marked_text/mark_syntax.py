"""The characters of marks: ``{words}[code, code]``, with numbers where marks overlap: ``{1>words}[1>code]``."""

from __future__ import annotations

import re

# Control characters other than line end and tab, and what editors may take for a line end: they would not survive.
_UNSAFE = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_UNSAFE_IN_LINES = re.compile(rf"[\n\t{_UNSAFE}]")
_TO_ESCAPE = re.compile(rf"[\\{{}}]|(?<=[0-9])>|[{_UNSAFE}]")
_TO_ESCAPE_IN_CODES = re.compile(rf"[\\{{}}\[\],;>]|[{_UNSAFE}]")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([\\{}\[\],;>])")

TOKEN = re.compile(
    r"""(?P<escape> \\u[0-9a-fA-F]{4} | \\[\\{}\[\],;>] )
      | (?P<open> \{ (?: (?P<opened> [0-9]{1,4} ) > )? )
      | (?P<close> \} (?: \[ (?: (?P<closed> [0-9]{1,4} ) > )? (?P<codes> (?: \\. | [^][{}\\] )* ) \] )? )""",
    re.VERBOSE | re.DOTALL,
)
"""What is not text: an escaped character, the beginning of a mark, its end with the codes."""

_CODE = re.compile(r"(?:\\.|[^,;\\])+", re.DOTALL)


def escape_text(text: str) -> str:
    r"""Return words of a transcript as they are written between marks.

    >>> print(escape_text("{a} 2>1"))
    \{a\} 2\>1
    """
    return _TO_ESCAPE.sub(_escape, text)


def escape_code(code: str) -> str:
    """Return a code as it is written in a mark."""
    return _TO_ESCAPE_IN_CODES.sub(_escape, code)


def escape_line(text: str) -> str:
    r"""Return a text on one line, with control characters as they are written between marks.

    >>> print(escape_line("a\nb"))
    a\u000ab
    """
    return _UNSAFE_IN_LINES.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[0]}" if " " < match[0] < "\x7f" else f"\\u{ord(match[0]):04x}"


def unescape(text: str) -> str:
    """Return what a text with escaped characters stands for."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def split_codes(codes: str) -> list[tuple[int, str]]:
    """Return the codes between the brackets of a mark, as typed, each with its position.

    >>> split_codes(" roi, work/fear")
    [(1, 'roi'), (6, 'work/fear')]
    """
    found = []
    for match in _CODE.finditer(codes):
        name = match[0].strip()
        if name:
            found.append((match.start() + match[0].index(name), unescape(name)))
    return found
