"""NVivo's tables of transcripts, which are .txt like any other text."""

from __future__ import annotations

import re

_COLUMNS = re.compile(rb"\W{0,4}timespan\W{1,3}speaker\W{1,3}content\W", re.IGNORECASE)


def is_nvivo(path: str, head: bytes) -> bool:
    """Tell whether a .txt begins with NVivo's line of columns: Timespan, Speaker, Content, with tabs between."""
    plain = head.replace(b"\0", b"")  # NVivo writes UTF-16 as well
    return path.lower().endswith(".txt") and b"\t" in plain and _COLUMNS.match(plain) is not None
