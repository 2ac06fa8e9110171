"""Rows of a CSV table of any size as a stream, each with the line that it begins on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from qualcode.errors import OperationError
from qualcode.files.encoding_detection import Encoding
from qualcode.files.tables.csv_table import detect_delimiter

if TYPE_CHECKING:
    from _csv import Reader

NumberedRow = tuple[int, Sequence[str]]

MAX_LINE_LENGTH = 10_000_000
"""Characters of one line: more is no line of a table, and must not fill the memory."""

_SEPARATOR_LINE = re.compile(r"""\s*"?sep=([,;\t])"?[,;\t ]*\n""", re.IGNORECASE)


def csv_rows(
    stream: BinaryIO, encoding: Encoding, *, display_path: str, delimiter: str = "", has_quoted_cells: bool = True
) -> Iterator[NumberedRow]:
    """Yield the rows of a table, the one with the names of columns first; blank ones are left out.

    Where ``delimiter`` is not given it is found in the first line; without ``quotes`` a quotation mark is a
    character like others, and a row ends with its line.
    """
    stream.seek(encoding.start)
    text = io.TextIOWrapper(stream, encoding.name)  # all line ends become \n
    try:
        lines = _read_lines(text, display_path)
        first, above = _first_line(lines)
        said = _SEPARATOR_LINE.match(first)  # the line by which Excel is told what stands between cells
        between = delimiter or (said[1] if said else detect_delimiter(first))
        below = chain([] if said else [first], lines)
        if has_quoted_cells:
            reader = csv.reader(below, delimiter=between, strict=True)
        else:
            reader = csv.reader(below, delimiter=between, quoting=csv.QUOTE_NONE, strict=True)
        yield from _number_rows(reader, above + bool(said), display_path)
    finally:
        if not stream.closed:  # a reader that was left half-way may outlive the file
            text.detach()


def _first_line(lines: Iterator[str]) -> tuple[str, int]:
    """Return the first line that is not blank, and the number of blank ones above it."""
    above = 0
    for line in lines:
        if line.strip():
            return line.removeprefix("\ufeff"), above
        above += 1
    return "", above


def _read_lines(text: io.TextIOWrapper, shown: str) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE_LENGTH):
        number += 1
        if len(line) == MAX_LINE_LENGTH:
            raise OperationError(
                f"{shown}:{number}: not a table that can be read: a line of over {MAX_LINE_LENGTH:,} characters"
            )
        yield line


def _number_rows(reader: Reader, above: int, shown: str) -> Iterator[NumberedRow]:
    line = above + 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line, row
            line = above + reader.line_num + 1
    except csv.Error as error:
        said = f"not a table that can be read: {error} (is a quotation mark left open?)"
        raise OperationError(f"{shown}:{line}: {said}") from None
