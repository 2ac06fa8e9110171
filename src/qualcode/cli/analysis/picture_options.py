"""Options that name pictures to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError

if TYPE_CHECKING:
    pass


def require_suffix(path: Path, option: str, suffix: str = "") -> Path:
    """Return the path of a file if its suffix is that of the option that names it, which is the option's name."""
    expected = suffix or f".{option}"
    if path.suffix.lower() != expected:
        raise UsageError(f"--{option.replace('_', '-')} {path}: the name must end in {expected}")
    return path
