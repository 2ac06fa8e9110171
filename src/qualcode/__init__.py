"""qualcode: qualitative interview coding, from transcripts to theme tables and networks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qualcode.version import __version__

if TYPE_CHECKING:
    from qualcode.coding.quote_location import QuoteLocation
    from qualcode.errors import QualcodeError
    from qualcode.project import Project

__all__ = ["Project", "QualcodeError", "QuoteLocation", "__version__"]

_PUBLIC_NAMES = {
    "Project": "qualcode.project",
    "QualcodeError": "qualcode.errors",
    "QuoteLocation": "qualcode.coding.quote_location",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``qualcode --help`` stays fast."""
    if name in _PUBLIC_NAMES:
        return getattr(import_module(_PUBLIC_NAMES[name]), name)
    raise AttributeError(f"module 'qualcode' has no attribute {name!r}")
