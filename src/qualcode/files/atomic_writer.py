"""Whole files, written beside their place and moved into it, so that a crash leaves the old one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qualcode.errors import OperationError


def fill_atomically(path: Path, fill: Callable[[Path], object]) -> Path:
    """Let ``fill`` write a temporary file in the same folder, which is made if need be, then move it to ``path``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None
    return fill_with_permissions(path, fill, permissions=0o666 & ~_umask())


def fill_with_permissions(path: Path, fill: Callable[[Path], object], *, permissions: int) -> Path:
    """Let ``fill`` write a temporary file, which only its owner can read, then give it its rights and its place."""
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None
    os.close(handle)
    temporary = Path(name)
    try:
        fill(temporary)
        os.chmod(temporary, permissions)
        os.replace(temporary, path)
    except PermissionError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror}); is it open in another program?") from None
    except OSError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Write text (UTF-8, line ends as given) or bytes as a whole file."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    return fill_atomically(path, lambda temporary: temporary.write_bytes(raw))


def copy_without_overwrite(source: Path, path: Path) -> None:
    """Copy a file to where none is yet, whole or not at all; one that is there is never touched."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as folder:
            temporary = Path(folder) / "copy"
            shutil.copyfile(source, temporary)
            os.chmod(temporary, 0o666 & ~_umask())
            _move_without_overwrite(temporary, path)
    except FileExistsError:
        raise OperationError(f"{path}: there is such a file already; it is left as it is") from None
    except OSError as error:
        raise OperationError(f"{path}: cannot be written ({error.strerror or error})") from None


def _move_without_overwrite(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # unlike a move it fails where there is such a file
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(temporary, path)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
