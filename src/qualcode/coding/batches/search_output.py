"""The output of grep, ripgrep and the like: lines of files with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files import read_bytes

_COLOURS = re.compile(r"\x1b\[[0-9;]*[mK]")
_NUMBER = re.compile(r"(?:^|(?<=:))(\d+):")
_COLUMN = re.compile(r"(\d+):")
_CONTEXT = re.compile(r"(?:^|-)\d+-")
"""The number of a line that is printed only because it is near a hit (``grep -C 2``)."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """One way to read a line of output."""

    path: str
    """Name of the file; empty if there is none."""
    number: int
    """Number of the line, from 1."""
    column: int | None
    """First byte of the hit in the line, from 1, if it is given."""
    text: str
    """The words that are printed: the line, or the hit alone."""
    repetition: int = 0
    """How many equal lines of output are above, as for a word that comes twice in its line."""
    repetitions: int = 1
    """How many equal lines of output there are."""


def read_output_lines(output: str | Path | Sequence[str]) -> list[str]:
    """Return the lines of a text, of a file or of the standard input (``Path("-")``).

    Programs print the bytes of files as they are, so each line is decoded by itself.

    Raises
    ------
    OperationError
        If the file cannot be read, or is not text.
    """
    if isinstance(output, Path):
        content = read_bytes(output)
        if b"\0" in content:
            raise OperationError(f"{output}: not lines of text, as grep -n or rg -n print them")
        lines = [_decode(line) for line in content.split(b"\n")]
    else:
        lines = output.split("\n") if isinstance(output, str) else list(output)
    return [_COLOURS.sub("", line).rstrip("\r\n") for line in lines]


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def list_readings(line: str, *, repeated: tuple[int, int] = (0, 1)) -> Iterator[LineReading]:
    """Yield the ways to read a line of output: a file's name may have colons and numbers, and so may the words.

    ``repeated`` is how many equal lines are above, and how many there are in all.
    """
    for number in _NUMBER.finditer(line):
        path, rest = line[: number.start()].removesuffix(":"), line[number.end() :]
        yield LineReading(path, int(number[1]), None, rest, *repeated)
        if column := _COLUMN.match(rest):
            yield LineReading(path, int(number[1]), int(column[1]), rest[column.end() :], *repeated)


def find_context_path(line: str) -> str | None:
    """Return the file of a line that is printed as the context of a hit; None if the line does not have that form."""
    number = _CONTEXT.search(line)
    return line[: number.start()] if number else None
