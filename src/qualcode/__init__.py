"""qualcode: qualitative interview coding, from transcripts to theme tables and networks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qualcode.errors import QualcodeError
    from qualcode.project import Project
    from qualcode.project.deciding import Wanted

__version__ = "0.1.0"
__all__ = ["Project", "QualcodeError", "Wanted", "__version__"]

_PLACES = {
    "Project": "qualcode.project",
    "QualcodeError": "qualcode.errors",
    "Wanted": "qualcode.project.deciding",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are asked for, so that ``qualcode --help`` pays for none of them."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'qualcode' has no attribute {name!r}")
