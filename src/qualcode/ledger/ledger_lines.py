"""Raw lines and locks of ledgers, for pseudonymisation: the only step that rewrites lines instead of appending them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from qualcode.files import hold_lock

LedgerLine = dict[str, Any]
"""A line of a ledger with all its keys, those unknown to this version included."""


@contextmanager
def lock_ledgers(folder: Path, *, locks: Path) -> Iterator[None]:
    """Hold the locks of all ledgers in a folder and its subfolders, the same locks as for appending.

    Raises
    ------
    OperationError
        If another process has one of the locks for too long.
    """
    with ExitStack() as stack:
        # Always in the same order, so that two processes cannot wait for each other's locks.
        for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else ():
            stack.enter_context(
                hold_lock(ledger_lock_path(path.relative_to(folder).as_posix(), locks=locks), path=path)
            )
        yield


def ledger_lock_path(name: str, *, locks: Path) -> Path:
    """Return the path of a ledger's lock; ``name`` is the ledger's path in the folder of ledgers."""
    # A hash, since the name has slashes and may be longer than a file name can be.
    return locks / (hashlib.sha256(name.encode()).hexdigest()[:16] + ".lock")


def decode_line(raw: bytes) -> LedgerLine | None:
    """Return a line of a ledger, or None if it is not a JSON object."""
    try:
        line = msgspec.json.decode(raw) if raw.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def encode_line(line: LedgerLine) -> bytes:
    """Return the JSON of a line, without the line end."""
    return msgspec.json.encode(line)
