"""Whole files written to a temporary file first and then moved, so that a crash leaves the old file intact."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qualcode.errors import FileWriteError, OperationError
from qualcode.files.private_cache import cache_folder_of, create_folder


def fill_atomically(path: Path, fill: Callable[[Path], object]) -> Path:
    """Call ``fill`` with a temporary path in the same folder, which is created if missing, and move it to ``path``.

    Raises
    ------
    OperationError
        If the file or its folder cannot be written. The old file is unchanged, also if ``fill`` raises.
    """
    try:
        create_folder(path.parent)
    except OSError as error:
        raise write_error(path, error) from None
    # mkstemp creates private files, but this one gets the permissions of an ordinary new file.
    permissions = 0o600 if cache_folder_of(path.parent) else 0o666 & ~_umask()
    return fill_with_permissions(path, fill, permissions=permissions)


def fill_with_permissions(path: Path, fill: Callable[[Path], object], *, permissions: int) -> Path:
    """Call ``fill`` with a temporary path that only the owner can read, set its permissions, and move it to ``path``.

    Raises
    ------
    OperationError
        If the file cannot be written.
    """
    try:
        # Same folder: a move between file systems is not atomic. Same suffix: some writers choose the format by it.
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise write_error(path, error) from None
    # Windows cannot replace a file that is open.
    os.close(handle)
    temporary = Path(name)
    try:
        fill(temporary)
        os.chmod(temporary, permissions)
        os.replace(temporary, path)
    except PermissionError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror}); is it open in another program?") from None
    except OSError as error:
        raise write_error(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_error(path: Path, error: OSError) -> FileWriteError:
    """Return the error of a path that cannot be written."""
    return FileWriteError(f"{path}: cannot be written ({error.strerror or error})")


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Write a whole file: bytes, or text as UTF-8 with its line ends unchanged.

    Raises
    ------
    OperationError
        If the file cannot be written.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    return fill_atomically(path, lambda temporary: temporary.write_bytes(raw))


def copy_without_overwrite(source: Path, path: Path) -> None:
    """Copy a whole file to a path that does not exist yet.

    Raises
    ------
    OperationError
        If the path exists or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as folder:
            temporary = Path(folder) / "copy"
            shutil.copyfile(source, temporary)
            os.chmod(temporary, 0o666 & ~_umask())
            _move_without_overwrite(temporary, path)
    except FileExistsError:
        raise OperationError(f"{path}: the file already exists; it was not changed") from None
    except OSError as error:
        raise write_error(path, error) from None


def _move_without_overwrite(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # fails if the path exists, which os.replace does not
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        # Not atomic: a file that another process creates in between would be replaced.
        os.replace(temporary, path)


def _umask() -> int:
    # The umask can be read only by setting it.
    current = os.umask(0)
    os.umask(current)
    return current
