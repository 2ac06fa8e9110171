"""Files whose events belong into another ledger, as the conflict copies that synced folders leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import msgspec

from qualcode.files import read_bytes, read_lines
from qualcode.ledger.store import STUDY_MEMO_FILE, ledger_name

_OWN_SUFFIXES = (".torn", ".lock")
"""Endings of files that are put beside ledgers on purpose."""


class _Owner(msgspec.Struct):
    """What of an event names its ledger; all else is skipped, since ledgers may be long."""

    coder: str
    transcript: str = ""


_decoder = msgspec.json.Decoder(_Owner)


def find_misplaced_ledgers(folder: Path) -> Iterator[Path]:
    """Yield the files that hold events of other ledgers only, whatever their names are.

    Raises
    ------
    OperationError
        If a file cannot be read.
    """
    for path in sorted(folder.rglob("*.jsonl*")) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name.endswith(_OWN_SUFFIXES) or not path.is_file():
            continue
        # Events on no transcript may be in any ledger.
        is_of_study = path.name.startswith(STUDY_MEMO_FILE)
        owners = [owner for owner in _read_owners(path) if owner.transcript or is_of_study]
        names = {_fold(ledger_name(owner.coder, owner.transcript)) for owner in owners}
        if names and _fold(path.relative_to(folder).as_posix()) not in names:
            yield path


def _fold(name: str) -> str:
    # Some systems change the Unicode form of file names, or ignore capitals.
    return normalize("NFC", name).casefold()


def _read_owners(path: Path) -> list[_Owner]:
    try:
        return _decoder.decode_lines(read_bytes(path))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [owner for line in read_lines(path) if (owner := _decode(line))]


def _decode(line: bytes) -> _Owner | None:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
