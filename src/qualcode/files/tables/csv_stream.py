"""CSV parsed as a stream of rows, each with the line that it begins on; the delimiter is detected."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, TextIO

from qualcode.errors import OperationError, Problem
from qualcode.files.encoding_detection import Encoding

NumberedRow = tuple[int, Sequence[str]]

MAX_LINE_LENGTH = 10_000_000
"""Characters of one line: a longer one is not part of a table, and would fill the memory."""

csv.field_size_limit(MAX_LINE_LENGTH)  # Python's default of 128 kB is less than one interview in a cell

_SEPARATOR_LINE = re.compile(r"""\s*"?sep=([,;\t])"?[,;\t ]*\n""", re.IGNORECASE)
"""A first line that names the delimiter of the table, for Excel."""

_QUOTED_CELL = re.compile(r'"[^"\n]*"')


class CsvError(Exception):
    """Text that is not CSV, with the line on which the row begins."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.message = f"not a table that can be read: {message}"
        self.hint = hint


def csv_rows(
    stream: BinaryIO, encoding: Encoding, *, display_path: str, delimiter: str = "", has_quoted_cells: bool = True
) -> Iterator[NumberedRow]:
    """Yield the rows of a table as ``parse_csv`` does, decoded block by block.

    Raises
    ------
    OperationError
        If the text is not CSV.
    """
    stream.seek(encoding.start)
    text = io.TextIOWrapper(stream, encoding.name)  # all line ends become \n
    try:
        yield from parse_csv(text, delimiter=delimiter, has_quoted_cells=has_quoted_cells)
    except CsvError as error:
        raise OperationError(str(Problem(display_path, error.line, 0, error.message, error.hint))) from None
    finally:
        if not stream.closed:  # the file may be closed before a generator that was not exhausted
            # Else the wrapper would close the stream, which is read more than once.
            text.detach()


def parse_csv(text: TextIO, *, delimiter: str = "", has_quoted_cells: bool = True) -> Iterator[NumberedRow]:
    """Yield the rows that are not blank, the header first, each with the line that it begins on (from 1).

    Without ``delimiter`` it is detected in the first line. Without ``has_quoted_cells`` a quotation mark is a character
    like others, and a row ends with its line.

    Raises
    ------
    CsvError
        If a line is too long, or quotation marks are not as CSV has them.
    """
    lines = _read_lines(text)
    first, line = _read_first_line(lines)
    separator = _SEPARATOR_LINE.match(first)
    reader = csv.reader(
        chain([] if separator else [first], lines),
        delimiter=delimiter or (separator[1] if separator else detect_delimiter(first)),
        quoting=csv.QUOTE_MINIMAL if has_quoted_cells else csv.QUOTE_NONE,
        # Otherwise an open quotation mark would make one cell of the rest of the file, without an error.
        strict=True,
    )
    first_line = line = line + bool(separator)
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line, row
            line = first_line + reader.line_num
    except csv.Error as error:
        raise CsvError(line, str(error), "is a quotation mark left open?") from None


def _read_first_line(lines: Iterator[str]) -> tuple[str, int]:
    """Return the first line that is not blank, and its number."""
    number = 1
    for number, line in enumerate(lines, 1):
        if line.strip():
            return line.removeprefix("\ufeff"), number
    return "", number


def _read_lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(MAX_LINE_LENGTH):
        number += 1
        if len(line) == MAX_LINE_LENGTH:
            raise CsvError(number, f"a line of over {MAX_LINE_LENGTH:,} characters")
        yield line


def detect_delimiter(header: str) -> str:
    """Return the most frequent of comma, semicolon and tab outside quotation marks."""
    return max(",;\t", key=_QUOTED_CELL.sub("", header).count)


def ragged_row_message(cell_count: int, column_count: int) -> str:
    """Return the message on a row whose number of cells is not that of the columns."""
    cells = f"{cell_count} {'cell' if cell_count == 1 else 'cells'}"
    columns = f"{column_count} {'column' if column_count == 1 else 'columns'}"
    return f"{cells}, but the first line names {columns}"
