"""Append-only files of lines: one write under a file lock, flushed to disk; an incomplete last line is set aside."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files.atomic_writer import write_error
from qualcode.files.file_reader import read_bytes
from qualcode.files.private_cache import create_folder

_LOCK_TIMEOUT = 20.0
"""Seconds to wait for another process that is writing the same file."""


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
        raise OperationError(
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
    with open(path, "ab+") as stream:
        torn_path, prefix = _repair_last_line(stream.fileno(), path, is_complete)
        # One write: after a crash, only the last line in the file can be incomplete.
        stream.write(prefix + content)
        # Once the command returns, a power failure must not lose the decision.
        stream.flush()
        os.fsync(stream.fileno())
    return torn_path


def _repair_last_line(handle: int, path: Path, is_complete: Callable[[bytes], bool]) -> tuple[Path | None, bytes]:
    """Set an incomplete last line aside; return the path it was moved to and the line end that is missing."""
    last_line = read_bytes(path).rpartition(b"\n")[2]
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
