"""Append-only files of lines: one write under a file lock, flushed to disk; an incomplete last line is set aside."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from qualcode.errors import FileWriteError
from qualcode.files.atomic_writer import write_error
from qualcode.files.file_reader import read_bytes
from qualcode.files.private_cache import create_folder

_LOCK_TIMEOUT = 20.0
"""Seconds to wait for another process that is writing the same file."""


_BLOCK = 4096
"""Bytes that are read at once from the end of a file."""


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a file without line ends or byte-order mark, with an incomplete last line if there is one."""
    content = read_bytes(path).removeprefix(codecs.BOM_UTF8)
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def append_lines(
    path: Path, lines: Sequence[bytes], *, lock: Path, is_complete: Callable[[bytes], bool]
) -> Path | None:
    """Append lines in one write under a file lock and flush them to disk.

    ``is_complete`` tells whether a last line without line end is complete all the same. If it is not, the line is
    moved to ``<path>.torn``, which is returned; nothing before it is changed.

    Raises
    ------
    OperationError
        If the file cannot be written, or another process has held the lock for too long.
    """
    with hold_lock(lock, path=path):
        try:
            return _append_bytes(path, b"".join(line + b"\n" for line in lines), is_complete)
        except OSError as error:
            raise write_error(path, error) from None


@contextmanager
def hold_lock(lock: Path, *, path: Path) -> Iterator[None]:
    """Hold the lock file of ``path`` while the block runs.

    Raises
    ------
    OperationError
        If the lock file cannot be written, or another process has held it for too long.
    """
    from filelock import FileLock, Timeout

    file_lock = FileLock(lock, timeout=_LOCK_TIMEOUT, mode=0o600)
    try:
        create_folder(lock.parent)
        file_lock.acquire()
    except Timeout:
        raise FileWriteError(
            f"{path}: another process has been writing it for {_LOCK_TIMEOUT:.0f} seconds; try again"
        ) from None
    except OSError as error:
        raise write_error(path, error) from None
    try:
        yield
    finally:
        file_lock.release()


def _append_bytes(path: Path, content: bytes, is_complete: Callable[[bytes], bool]) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab+", buffering=0) as stream:
        torn_path, prefix = _repair_last_line(stream.fileno(), path, is_complete)
        _write_whole(stream.fileno(), prefix + content)
    return torn_path


def _write_whole(handle: int, content: bytes) -> None:
    """Append all of a content and flush it to disk, or nothing of it if the disk is full."""
    size = os.fstat(handle).st_size
    remaining = memoryview(content)
    try:
        # One write, unless the system takes less: after a crash, only the last line in the file can be incomplete.
        while remaining:
            remaining = remaining[os.write(handle, remaining) :]
        # Once the command returns, a power failure must not lose the decision.
        os.fsync(handle)
    except OSError:
        # Under the lock, so nobody has written after it.
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise


def _read_last_line(handle: int) -> bytes:
    """Return what follows the last line end: read from the end, since a ledger may be long and is appended to often."""
    start, tail = os.fstat(handle).st_size, b""
    while start and b"\n" not in tail:
        size = min(_BLOCK, start)
        start -= size
        tail = _read_at(handle, start, size) + tail
    return tail.rpartition(b"\n")[2]


def _read_at(handle: int, start: int, size: int) -> bytes:
    os.lseek(handle, start, os.SEEK_SET)
    found = b""
    while len(found) < size and (piece := os.read(handle, size - len(found))):
        found += piece
    return found


def _repair_last_line(handle: int, path: Path, is_complete: Callable[[bytes], bool]) -> tuple[Path | None, bytes]:
    """Set an incomplete last line aside; return the path it was moved to and the line end that is missing."""
    last_line = _read_last_line(handle)
    if not last_line:
        return None, b""
    if is_complete(last_line):
        return None, b"\n"
    torn_path = path.with_name(path.name + ".torn")
    with open(torn_path, "ab") as stream:
        stream.write(last_line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    # Only after the copy is on disk: a crash between the two steps loses nothing.
    os.ftruncate(handle, os.fstat(handle).st_size - len(last_line))
    return torn_path, b""
