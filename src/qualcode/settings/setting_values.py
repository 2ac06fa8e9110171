"""Values that are written in settings and in command-line options: units and names of coders."""

from __future__ import annotations

import re
from unicodedata import normalize

from qualcode.errors import UsageError, did_you_mean
from qualcode.model import UNIT_NAMES, Unit

_CODER_NAME = re.compile(r"[^\W_][\w .@+-]*")
_WINDOWS_DEVICE_NAME = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that no file or folder can have on Windows."""


def parse_unit(text: str) -> Unit:
    """Return the unit of a text such as ``sentence``, ``turn``, or ``window:3`` for three turns.

    Raises
    ------
    UsageError
        If there is no such unit, or a window has no number of turns from 1 to 1000.
    """
    normalised = text.strip().lower()
    name, _, size = normalised.partition(":")
    for unit in UNIT_NAMES:
        if normalised == unit != "window":
            return Unit(unit)
    if name == "window":
        if size.isdecimal() and len(size) < 10 and 1 <= int(size) <= 1000:
            return Unit("window", int(size))
        raise UsageError(f"unit '{text}': give the number of turns, as in window:3")
    known = [unit if unit != "window" else "window:3" for unit in UNIT_NAMES]
    raise UsageError(f"no unit '{text}' ({did_you_mean(name, known) or 'known: ' + ', '.join(known)})")


def validate_coder(name: str) -> str:
    """Return a coder's name in Unicode form NFC.

    Raises
    ------
    UsageError
        If the name is reserved or cannot be that of a folder on every system.
    """
    name = normalize("NFC", name)
    # Windows drops a space or full stop at the end of the name of a folder.
    if not _CODER_NAME.fullmatch(name) or name.endswith((" ", ".")) or len(name) > 80:
        raise UsageError(
            f"coder '{name}': a name begins with a letter or digit and has letters, digits, spaces and . _ - + @ only"
        )
    if name.casefold() == "consensus":
        raise UsageError(f"coder '{name}': this name is reserved for codings that several coders agreed on")
    if name.casefold() in {"all", "none", "both", "neither"}:
        raise UsageError(f"coder '{name}': this name is reserved, since it is a decision on a disagreement")
    if _WINDOWS_DEVICE_NAME.fullmatch(name):
        raise UsageError(f"coder '{name}': Windows reserves this name, so no folder can have it")
    return name
