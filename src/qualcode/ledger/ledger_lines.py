"""Ledgers rewritten line by line, only where names are replaced, since quotes hold them; else lines are appended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from qualcode.files import hold_lock

LedgerLine = dict[str, Any]
"""A line of a ledger as it is written: keys that this version does not know are among it."""


@contextmanager
def lock_ledgers(folder: Path, *, locks: Path) -> Iterator[None]:
    """Hold the locks of all ledgers below a folder, as an append would."""
    with ExitStack() as stack:
        for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else ():
            stack.enter_context(
                hold_lock(ledger_lock_path(path.relative_to(folder).as_posix(), locks=locks), path=path)
            )
        yield


def ledger_lock_path(name: str, *, locks: Path) -> Path:
    """Return the lock of a ledger by its path below the folder of ledgers."""
    return locks / (hashlib.sha256(name.encode()).hexdigest()[:16] + ".lock")


def decode_line(raw: bytes) -> LedgerLine | None:
    """Return a line of a ledger, or None where it is no event."""
    try:
        line = msgspec.json.decode(raw) if raw.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return line if isinstance(line, dict) else None


def encode_line(line: LedgerLine) -> bytes:
    """Return a line as ledgers have it."""
    return msgspec.json.encode(line)
