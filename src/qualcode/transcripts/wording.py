"""Text formats changed in their words alone: encoding, line ends, byte-order mark and all else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from qualcode.errors import Refused
from qualcode.files import MARKS

Span = tuple[int, int]
Patch = tuple[int, int, str]
Change = Callable[[Sequence[str]], Sequence[tuple[int, int, int, str]]]
"""Given the pieces of a paragraph, returns edits: which piece, from where, to where, and what comes there."""

_BLANK = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def undressed(content: bytes, encoding: str) -> tuple[bytes, str, str]:
    """Return byte-order mark, text and codec of a text file, by the rules that sources are read by."""
    for mark, named in MARKS:
        if content.startswith(mark):
            return mark, content[len(mark) :].decode(named), named
    for named in (encoding or "utf-8", "cp1252"):
        try:
            return b"", content.decode(named), named
        except UnicodeDecodeError:
            continue
    raise Refused("its encoding is not known")


def dressed(mark: bytes, text: str, codec: str) -> bytes:
    """Return the bytes of a text in its old encoding."""
    try:
        return mark + text.encode(codec)
    except UnicodeEncodeError as error:
        raise Refused(f"a pseudonym's '{text[error.start]}' cannot be written in {codec}, its encoding") from None


def patched(text: str, patches: Iterable[Patch]) -> str:
    """Return a text with its patches, which do not overlap."""
    parts: list[str] = []
    place = 0
    for start, end, words in sorted(patches):
        parts += [text[place:start], words]
        place = end
    return "".join([*parts, text[place:]])


def changed_text(text: str, change: Change, _fields: Change) -> str:
    """Return plain text with the parts between its blank lines changed."""
    return patched(text, _in_parts(text, change))


def _in_parts(text: str, change: Change) -> Iterator[Patch]:
    start = 0
    for end, begin in [*((blank.start(), blank.end()) for blank in _BLANK.finditer(text)), (len(text), len(text))]:
        if start < end:
            for _, first, last, words in change([text[start:end]]):
                yield start + first, start + last, words
        start = begin


def changed_cells(text: str, change: Change, fields: Change) -> str:
    """Return a table with the words of each cell changed; a cell without a space is a field."""
    delimiter = max(",;\t", key=text.lstrip("\r\n").partition("\n")[0].count)
    cell = re.compile(rf'"((?:[^"]|"")*)"|([^"{delimiter}\r\n][^{delimiter}\r\n]*)')
    return patched(text, _in_cells(text, cell, change, fields))


def _in_cells(text: str, cell: re.Pattern[str], change: Change, fields: Change) -> Iterator[Patch]:
    for match in cell.finditer(text):
        group = 1 if match[1] is not None else 2
        start = match.start(group)
        for _, first, last, words in (change if " " in match[group].strip() else fields)([match[group]]):
            yield start + first, start + last, words


def changed_strings(text: str, change: Change, _fields: Change) -> str:
    """Return JSON with the words of each of its strings changed."""
    ascii_only = text.isascii()
    return patched(text, (patch for match in _STRING.finditer(text) for patch in _in_string(match, change, ascii_only)))


def _in_string(match: re.Match[str], change: Change, ascii_only: bool) -> Iterator[Patch]:
    raw = match[1]
    if "\\" not in raw:
        characters, places = raw, list(range(len(raw) + 1))
    else:
        atoms = list(_ESCAPE.finditer(raw))
        characters = "".join(_unescaped(atom[0]) for atom in atoms)
        places = [atom.start() for atom in atoms] + [len(raw)]
    for _, first, last, words in change([characters]):
        said = json.dumps(words, ensure_ascii=ascii_only)[1:-1]
        yield match.start(1) + places[first], match.start(1) + places[last], said


def _unescaped(atom: str) -> str:
    if len(atom) == 1:
        return atom
    try:
        return str(json.loads(f'"{atom}"'))
    except ValueError:
        return " "  # no JSON: its reader says so
