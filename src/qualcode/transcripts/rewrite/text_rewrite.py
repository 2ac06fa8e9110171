"""Text formats changed in their words alone: encoding, line ends, byte-order mark and all else stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from qualcode.errors import OperationError
from qualcode.files import BYTE_ORDER_MARKS

Span = tuple[int, int]
Patch = tuple[int, int, str]
EditFinder = Callable[[Sequence[str]], Sequence[tuple[int, int, int, str]]]
"""Given the pieces of a paragraph, returns edits: which piece, from where, to where, and what comes there."""

_BLANK = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def decode_source(content: bytes, encoding: str) -> tuple[bytes, str, str]:
    """Return byte-order mark, text and codec of a text file, by the rules that sources are read by."""
    for mark, named in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return mark, content[len(mark) :].decode(named), named
    for named in (encoding or "utf-8", "cp1252"):
        try:
            return b"", content.decode(named), named
        except UnicodeDecodeError:
            continue
    raise OperationError("its encoding is not known")


def encode_source(mark: bytes, text: str, codec: str) -> bytes:
    """Return the bytes of a text in its old encoding."""
    try:
        return mark + text.encode(codec)
    except UnicodeEncodeError as error:
        raise OperationError(
            f"a pseudonym's '{text[error.start]}' cannot be written in {codec}, its encoding"
        ) from None


def apply_patches(text: str, patches: Iterable[Patch]) -> str:
    """Return a text with its patches, which do not overlap."""
    parts: list[str] = []
    place = 0
    for start, end, words in sorted(patches):
        parts += [text[place:start], words]
        place = end
    return "".join([*parts, text[place:]])


def change_text(text: str, change: EditFinder, _fields: EditFinder) -> str:
    """Return plain text with the parts between its blank lines changed."""
    return apply_patches(text, _text_patches(text, change))


def _text_patches(text: str, change: EditFinder) -> Iterator[Patch]:
    start = 0
    for end, begin in [*((blank.start(), blank.end()) for blank in _BLANK.finditer(text)), (len(text), len(text))]:
        if start < end:
            for _, first, last, words in change([text[start:end]]):
                yield start + first, start + last, words
        start = begin


def change_cells(text: str, change: EditFinder, fields: EditFinder) -> str:
    """Return a table with the words of each cell changed; a cell without a space is a field."""
    delimiter = max(",;\t", key=text.lstrip("\r\n").partition("\n")[0].count)
    cell = re.compile(rf'"((?:[^"]|"")*)"|([^"{delimiter}\r\n][^{delimiter}\r\n]*)')
    return apply_patches(text, _cell_patches(text, cell, change, fields))


def _cell_patches(text: str, cell: re.Pattern[str], change: EditFinder, fields: EditFinder) -> Iterator[Patch]:
    for match in cell.finditer(text):
        group = 1 if match[1] is not None else 2
        start = match.start(group)
        for _, first, last, words in (change if " " in match[group].strip() else fields)([match[group]]):
            yield start + first, start + last, words


def change_json_strings(text: str, change: EditFinder, _fields: EditFinder) -> str:
    """Return JSON with the words of each of its strings changed."""
    ascii_only = text.isascii()
    return apply_patches(
        text, (patch for match in _STRING.finditer(text) for patch in _string_patches(match, change, ascii_only))
    )


def _string_patches(match: re.Match[str], change: EditFinder, ascii_only: bool) -> Iterator[Patch]:
    raw = match[1]
    if "\\" not in raw:
        characters, places = raw, list(range(len(raw) + 1))
    else:
        atoms = list(_ESCAPE.finditer(raw))
        characters = "".join(_unescape(atom[0]) for atom in atoms)
        places = [atom.start() for atom in atoms] + [len(raw)]
    for _, first, last, words in change([characters]):
        said = json.dumps(words, ensure_ascii=ascii_only)[1:-1]
        yield match.start(1) + places[first], match.start(1) + places[last], said


def _unescape(atom: str) -> str:
    if len(atom) == 1:
        return atom
    try:
        return str(json.loads(f'"{atom}"'))
    except ValueError:
        return " "  # no JSON: its reader says so
