"""Edits of plain text, tables and JSON; encoding, line ends and byte-order mark stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from qualcode.errors import OperationError
from qualcode.files import BYTE_ORDER_MARKS, detect_delimiter

Span = tuple[int, int]
"""Start and end offset, half-open."""
Patch = tuple[int, int, str]
"""Start, end, and the text that replaces what is between them."""
EditFinder = Callable[[Sequence[str]], Sequence[tuple[int, int, int, str]]]
"""A function from the pieces of a paragraph to edits: index of the piece, start, end, and the new text."""

# All line ends, not only \n: they are not normalised here, since the file must stay byte for byte.
_BLANK_LINES = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_JSON_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_JSON_CHARACTER = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def decode_source(content: bytes, encoding: str) -> tuple[bytes, str, str]:
    """Return byte-order mark, text and codec of a text file, by the rules by which sources are read.

    Raises
    ------
    OperationError
        If the text is in none of the encodings that are tried.
    """
    for mark, codec in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return mark, content[len(mark) :].decode(codec), codec
    for codec in (encoding or "utf-8", "cp1252"):
        try:
            return b"", content.decode(codec), codec
        except UnicodeDecodeError:
            continue
    raise OperationError("its encoding is unknown")


def encode_source(mark: bytes, text: str, codec: str) -> bytes:
    """Return the bytes of a text in its old encoding.

    Raises
    ------
    OperationError
        If a character is not in that encoding.
    """
    try:
        return mark + text.encode(codec)
    except UnicodeEncodeError as error:
        raise OperationError(
            f"a pseudonym's '{text[error.start]}' cannot be written in {codec}, its encoding"
        ) from None


def apply_patches(text: str, patches: Iterable[Patch]) -> str:
    """Return a text with patches applied, which must not overlap."""
    parts: list[str] = []
    position = 0
    for start, end, words in sorted(patches):
        parts += [text[position:start], words]
        position = end
    return "".join([*parts, text[position:]])


def change_text(text: str, change: EditFinder, _fields: EditFinder) -> str:
    """Return plain text with its paragraphs changed, which are separated by blank lines."""
    return apply_patches(text, _text_patches(text, change))


def _text_patches(text: str, change: EditFinder) -> Iterator[Patch]:
    start = 0
    for end, next_start in [*(match.span() for match in _BLANK_LINES.finditer(text)), (len(text), len(text))]:
        if start < end:
            for _, first, last, words in change([text[start:end]]):
                yield start + first, start + last, words
        start = next_start


def change_cells(text: str, change: EditFinder, fields: EditFinder) -> str:
    """Return a CSV table with the text of each cell changed; a cell without a space is a field."""
    delimiter = detect_delimiter(text.lstrip("\r\n").partition("\n")[0])
    # No CSV parser: it returns no offsets, and writing the table again would change its quotation marks.
    cell = re.compile(rf'"((?:[^"]|"")*)"|([^"{delimiter}\r\n][^{delimiter}\r\n]*)')
    return apply_patches(text, _cell_patches(text, cell, change, fields))


def _cell_patches(text: str, cell: re.Pattern[str], change: EditFinder, fields: EditFinder) -> Iterator[Patch]:
    for match in cell.finditer(text):
        group = 1 if match[1] is not None else 2
        start = match.start(group)
        for _, first, last, words in (change if " " in match[group].strip() else fields)([match[group]]):
            yield start + first, start + last, words


def change_json_strings(text: str, change: EditFinder, _fields: EditFinder) -> str:
    """Return JSON with the text of each of its strings changed."""
    # A file of ASCII alone may have been written with escapes, so new words are escaped too.
    ascii_only = text.isascii()
    return apply_patches(
        text, (patch for match in _JSON_STRING.finditer(text) for patch in _string_patches(match, change, ascii_only))
    )


def _string_patches(match: re.Match[str], change: EditFinder, ascii_only: bool) -> Iterator[Patch]:
    raw = match[1]
    if "\\" not in raw:
        characters, offsets = raw, list(range(len(raw) + 1))
    else:
        matches = list(_JSON_CHARACTER.finditer(raw))
        characters = "".join(_unescape(character[0]) for character in matches)
        offsets = [character.start() for character in matches] + [len(raw)]
    for _, first, last, words in change([characters]):
        escaped = json.dumps(words, ensure_ascii=ascii_only)[1:-1]
        yield match.start(1) + offsets[first], match.start(1) + offsets[last], escaped


def _unescape(character: str) -> str:
    if len(character) == 1:
        return character
    try:
        return str(json.loads(f'"{character}"'))
    except ValueError:
        return " "  # not valid JSON, which its reader reports
