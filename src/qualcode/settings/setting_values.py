"""Words that settings and options share: units and coders' names."""

from __future__ import annotations

import re
from unicodedata import normalize

from qualcode.errors import UsageError, did_you_mean
from qualcode.model import UNIT_NAMES, Unit

_CODER_NAME = re.compile(r"[^\W_][\w .@+-]*")
_WINDOWS_DEVICE_NAME = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""What no folder can be called on Windows."""


def parse_unit(text: str) -> Unit:
    """Return the unit that a word names: ``sentence``, ``turn``, ..., ``window:3`` for three turns."""
    wanted = text.strip().lower()
    name, _, size = wanted.partition(":")
    for unit in UNIT_NAMES:
        if wanted == unit != "window":
            return Unit(unit)
    if name == "window":
        if size.isdecimal() and 1 <= int(size) <= 1000:
            return Unit("window", int(size))
        raise UsageError(f"unit '{text}': say how many turns a window has, as in window:3")
    known = [unit if unit != "window" else "window:3" for unit in UNIT_NAMES]
    raise UsageError(f"no unit '{text}' ({did_you_mean(name, known) or 'known: ' + ', '.join(known)})")


def validate_coder(name: str) -> str:
    """Return a coder's name, composed, if it can name a folder on every system; refuse it with a sentence if not."""
    name = normalize("NFC", name)
    if not _CODER_NAME.fullmatch(name) or name.endswith((" ", ".")) or len(name) > 80:
        raise UsageError(
            f"coder '{name}': a name begins with a letter or digit and has letters, digits, spaces and . _ - + @ only"
        )
    if name.casefold() == "consensus":
        raise UsageError(f"coder '{name}': this name is kept for what several coders have agreed on")
    if _WINDOWS_DEVICE_NAME.fullmatch(name):
        raise UsageError(f"coder '{name}': Windows keeps this name for itself, so no folder can be called so")
    return name
