"""Options that name pictures to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError

if TYPE_CHECKING:
    pass


def require_suffix(path: Path, file_format: str) -> Path:
    """Return the path of a file if its suffix is that of the option that names it."""
    if path.suffix.lower() != f".{file_format}":
        raise UsageError(f"--{file_format} {path}: the name must end in .{file_format}")
    return path
