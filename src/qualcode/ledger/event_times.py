"""Lines of ledgers whose time is none, so that they cannot be counted as of a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from qualcode.files import read_bytes, read_lines

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)


class _Time(msgspec.Struct):
    """The time of an event; all else is skipped, since ledgers may be long."""

    at: str | None = None


_decoder = msgspec.json.Decoder(_Time)


def find_invalid_times(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield the ledger, line and time of each event whose time is not one in UTC, as 2026-01-31T14:30:05.250Z.

    Lines that are no events are left out.

    Raises
    ------
    OperationError
        If a ledger cannot be read.
    """
    for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else ():
        try:
            # A whole file at once is fast; line by line is needed only to find the lines.
            if all(map(_is_valid, _decoder.decode_lines(read_bytes(path)))):
                continue
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        for number, line in enumerate(read_lines(path), 1):
            if (found := _decode(line)) and found.at is not None and not _is_valid(found):
                yield path, number, found.at


def _is_valid(time: _Time) -> bool:
    if time.at is None:
        return True
    try:
        return bool(_TIME.fullmatch(time.at) and datetime.fromisoformat(time.at))
    except ValueError:
        return False


def _decode(line: bytes) -> _Time | None:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
