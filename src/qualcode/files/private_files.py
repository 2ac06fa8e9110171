"""Files that only their owner can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files.atomic_writer import fill_with_permissions

_OTHERS_PERMISSIONS = 0o077


def is_private(path: Path) -> bool:
    """Tell whether only its owner can read or change a file; Windows has no such mark, so there it always holds."""
    return os.name == "nt" or path.stat().st_mode & _OTHERS_PERMISSIONS == 0


def write_private(path: Path, content: str | bytes) -> Path:
    """Write a whole file that only its owner can read, beside its place, and move it there."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    return fill_with_permissions(path, lambda temporary: _write_and_flush(temporary, raw), permissions=0o600)


def _write_and_flush(path: Path, raw: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())


def create_private_folder(beside: Path) -> Path:
    """Make a folder beside a file that only its owner can enter."""
    try:
        return Path(tempfile.mkdtemp(prefix=f".{beside.name}-", dir=beside.parent))
    except OSError as error:
        raise OperationError(f"{beside.parent}: cannot be written ({error.strerror or error})") from None
