"""Rows of a CSV table of any size as a stream, each with the line that it begins on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from qualcode.errors import Refused
from qualcode.files.blocks import Encoding
from qualcode.files.csvs import delimiter_of

if TYPE_CHECKING:
    from _csv import Reader

Row = tuple[int, Sequence[str]]

LONGEST = 10_000_000
"""Characters of one line: more is no line of a table, and must not fill the memory."""

_SEPARATOR = re.compile(r"""\s*"?sep=([,;\t])"?[,;\t ]*\n""", re.IGNORECASE)


def csv_rows(
    stream: BinaryIO, encoding: Encoding, *, shown: str, delimiter: str = "", quotes: bool = True
) -> Iterator[Row]:
    """Yield the rows of a table, the one with the names of columns first; blank ones are left out.

    Where ``delimiter`` is not given it is found in the first line; without ``quotes`` a quotation mark is a
    character like others, and a row ends with its line.
    """
    stream.seek(encoding.start)
    text = io.TextIOWrapper(stream, encoding.name)  # all line ends become \n
    try:
        lines = _lines(text, shown)
        first, above = _first(lines)
        said = _SEPARATOR.match(first)  # the line by which Excel is told what stands between cells
        between = delimiter or (said[1] if said else delimiter_of(first))
        below = chain([] if said else [first], lines)
        if quotes:
            reader = csv.reader(below, delimiter=between, strict=True)
        else:
            reader = csv.reader(below, delimiter=between, quoting=csv.QUOTE_NONE, strict=True)
        yield from _parsed(reader, above + bool(said), shown)
    finally:
        if not stream.closed:  # a reader that was left half-way may outlive the file
            text.detach()


def _first(lines: Iterator[str]) -> tuple[str, int]:
    """Return the first line that is not blank, and the number of blank ones above it."""
    above = 0
    for line in lines:
        if line.strip():
            return line.removeprefix("\ufeff"), above
        above += 1
    return "", above


def _lines(text: io.TextIOWrapper, shown: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST):
        number += 1
        if len(line) == LONGEST:
            raise Refused(f"{shown}:{number}: not a table that can be read: a line of over {LONGEST:,} characters")
        yield line


def _parsed(reader: Reader, above: int, shown: str) -> Iterator[Row]:
    line = above + 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line, row
            line = above + reader.line_num + 1
    except csv.Error as error:
        said = f"not a table that can be read: {error} (is a quotation mark left open?)"
        raise Refused(f"{shown}:{line}: {said}") from None
