"""What comes as .txt and is more than that: NVivo's tables of transcripts, and captions."""

from __future__ import annotations

import re

_NVIVO = re.compile(rb"\W{0,4}timespan\W{1,3}speaker\W{1,3}content\W", re.IGNORECASE)
_CAPTIONS = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:WEBVTT[ \t\r\n]|\d{1,6}\s{1,4}[\d:]{5,12}[.,]\d{3} -->)"
)


def reader_of(path: str, head: bytes) -> str:
    """Return the reader of a .txt by its first bytes: NVivo's columns with tabs, a caption's number and times."""
    if not path.lower().endswith(".txt"):
        return ""
    plain = head.replace(b"\0", b"")  # NVivo writes UTF-16 as well
    if b"\t" in plain and _NVIVO.match(plain):
        return "tables"
    return "captions" if _CAPTIONS.match(plain) else ""
