"""Append-only files of lines: one write under a lock, flushed to disk; a torn tail is set aside."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qualcode.errors import OperationError

_LOCK_TIMEOUT = 20.0
"""Seconds to wait for another process that is writing the same file."""


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a file without their ends or a byte-order mark; a torn last line is among them."""
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def append_lines(
    path: Path, lines: Sequence[bytes], *, lock: Path, is_complete: Callable[[bytes], bool]
) -> Path | None:
    """Append lines in one write under a file lock and flush them to disk.

    ``whole`` tells whether an unfinished last line is in truth complete (only its line end is missing).
    A torn one is moved to ``<path>.torn``, which is returned; nothing before it is touched.
    """
    with hold_lock(lock, path=path):
        try:
            return _append_bytes(path, b"".join(line + b"\n" for line in lines), is_complete)
        except OSError as error:
            raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None


@contextmanager
def hold_lock(lock: Path, *, path: Path) -> Iterator[None]:
    """Hold the lock of a file; where another process has it for too long, refuse."""
    from filelock import FileLock, Timeout

    held = FileLock(lock, timeout=_LOCK_TIMEOUT)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
    except Timeout:
        raise OperationError(
            f"{path}: another process has been writing it for {_LOCK_TIMEOUT:.0f} seconds; try again"
        ) from None
    except OSError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None
    try:
        yield
    finally:
        held.release()


def _append_bytes(path: Path, content: bytes, whole: Callable[[bytes], bool]) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab+") as stream:
        aside, prefix = _repair_last_line(stream.fileno(), path, whole)
        stream.write(prefix + content)
        stream.flush()
        os.fsync(stream.fileno())
    return aside


def _repair_last_line(handle: int, path: Path, whole: Callable[[bytes], bool]) -> tuple[Path | None, bytes]:
    """Look at the last line: nothing to do, an end to add, or a torn tail to set aside."""
    tail = path.read_bytes().rpartition(b"\n")[2]
    if not tail:
        return None, b""
    if whole(tail):
        return None, b"\n"
    aside = path.with_name(path.name + ".torn")
    with open(aside, "ab") as stream:
        stream.write(tail + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.ftruncate(handle, os.fstat(handle).st_size - len(tail))
    return aside, b""
