"""Characters that .xlsx writes as ``_xHHHH_``: control characters, and the underscore before such letters."""

from __future__ import annotations

import re

# ECMA-376, part 1, 22.9.2.19 (ST_Xstring).
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDS_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def unescape_cell(text: str) -> str:
    """Return the text of a cell with the characters that its escapes stand for.

    >>> unescape_cell("a_x000D_b"), unescape_cell("_x005F_x000D_")
    ('a\\rb', '_x000D_')
    """
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    # A character beyond U+FFFF is two escapes.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape_cell(text: str) -> str:
    """Return a text as a cell has it, so that letters such as ``_x000D_`` are not read as a character.

    >>> escape_cell("_x000D_"), unescape_cell(escape_cell("_x000D_"))
    ('_x005F_x000D_', '_x000D_')
    """
    return _NEEDS_ESCAPE.sub("_x005F_", text) if "_x" in text else text
