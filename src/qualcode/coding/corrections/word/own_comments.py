"""The comments that `qualcode export --for word` writes for codings, and how they are known when they come back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_OWN = re.compile(r"qualcode (?P<id>\S+)(?: (?P<check>[0-9a-f]+)-(?P<text>[0-9a-f]+))?")
_HASH_LENGTH = 8
MEMO_LABEL = "Memo: "


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment that shows a coding: its id, a check of what was shown of it, and its other words."""

    coding: str
    check: str
    text: str
    is_edited: bool
    """Whether a reviewer has changed its words."""

    @property
    def label(self) -> str:
        """Its first line, which names the code."""
        return self.text.partition("\n")[0]


def own_comment_lines(label: str, coding: str, check: str, *, memo: str = "") -> list[str]:
    """Return the paragraphs of the comment that shows a coding: its code, its memo, and how it is known again."""
    lines = [label, *(f"{MEMO_LABEL}{memo}".splitlines() if memo else ())]
    return [*lines, f"qualcode {coding} {check}-{_hash_lines(lines)}"]


def find_own_comment(text: str) -> OwnComment | None:
    """Return what a comment shows if it is one that shows a coding."""
    lines = text.split("\n")
    found = [(at, match) for at, line in enumerate(lines) if (match := _OWN.fullmatch(line.strip()))]
    if not found:
        return None
    at, match = found[0]
    others = [line for number, line in enumerate(lines) if number != at and line.strip()]
    is_edited = match["text"] is not None and _hash_lines(others) != match["text"]
    return OwnComment(match["id"], match["check"] or "", "\n".join(others), is_edited)


def _hash_lines(lines: Sequence[str]) -> str:
    """Return a hash of words; spaces do not count, which other programs change."""
    text = " ".join(" ".join(lines).split())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
