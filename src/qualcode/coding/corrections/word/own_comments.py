"""The comments that `qualcode export --for word` writes for codings, and how they are known when they come back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_OWN = re.compile(r"qualcode (?P<id>\S+) (?P<check>[0-9a-f]{8,})-(?P<label>[0-9a-f]{8})(?:-(?P<memo>[0-9a-f]{8}))?")
_ID = re.compile(r"\(([^()]+)\)$")
_HASH_LENGTH = 8
_LONGEST_LABEL = 400
_MEMO_LABEL = "Memo: "


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment that shows a coding: its id, a check of what was shown of it, and its words."""

    coding: str
    check: str
    label: str
    """What names the code, as it was written; empty if a reviewer has replaced it."""
    added: str
    """What a reviewer has added to the label and the memo, or has put in their place."""

    @property
    def code(self) -> str:
        """The id of the code as it was written: that in parentheses behind its name, or else the whole label."""
        given = _ID.search(self.label)
        return given[1] if given else self.label

    @property
    def is_edited(self) -> bool:
        """Whether a reviewer has changed its words."""
        return not self.label or self.added != ""


def own_comment_lines(label: str, coding: str, check: str, *, memo: str = "") -> list[str]:
    """Return the paragraphs of the comment that shows a coding: its code, its memo, and how it is known again."""
    memo_lines = f"{_MEMO_LABEL}{memo}".splitlines() if memo else []
    hashes = "-".join([check, _hash_lines([label]), *([_hash_lines(memo_lines)] if memo else [])])
    return [label, *memo_lines, f"qualcode {coding} {hashes}"]


def find_own_comment(text: str) -> OwnComment | None:
    """Return what a comment shows if it is one that shows a coding."""
    # Not by the line: some programs join the paragraphs of a comment.
    # The last one is ours: a memo before it may quote another.
    match = max(_OWN.finditer(text), key=lambda found: found.start(), default=None)
    if match is None:
        return None
    words = f"{text[: match.start()]}\n{text[match.end() :]}"
    lines = [line for line in words.split("\n") if line.strip()]
    if match["memo"]:
        lines = _without_memo(lines, match["memo"])
    label, added = _split_label(lines[0] if lines else "", match["label"])
    return OwnComment(match["id"], match["check"], label, "\n".join([added, *lines[1:]]).strip())


def _split_label(line: str, label: str) -> tuple[str, str]:
    """Return the label at the beginning of a line, empty if it is another, and what follows it."""
    ends = range(min(len(line), _LONGEST_LABEL), 0, -1)
    end = next((end for end in ends if _hash_lines([line[:end]]) == label), 0)
    return line[:end].strip(), line[end:]


def _without_memo(lines: list[str], memo: str) -> list[str]:
    """Return lines without those of the memo that was written, wherever a reviewer added others."""
    first = next((at for at, line in enumerate(lines) if line.startswith(_MEMO_LABEL)), len(lines))
    ends = range(len(lines), first, -1)
    last = next((end for end in ends if _hash_lines(lines[first:end]) == memo), first)
    return lines[:first] + lines[last:]


def _hash_lines(lines: Sequence[str]) -> str:
    """Return a hash of words; spaces do not count, which other programs change."""
    text = " ".join(" ".join(lines).split())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
