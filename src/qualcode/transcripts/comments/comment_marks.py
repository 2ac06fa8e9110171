"""Places of comments in the text of a Word document: marks in its XML, which its reader carries into the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.transcripts.documents.docx import attribute_name, local_name

_MARKS = {"commentRangeStart": "start", "commentRangeEnd": "end", "commentReference": "reference"}
# Noncharacters, which no program writes into a document; XML allows these two.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_UNSETTLED = re.compile(f"[{_OPEN}{_CLOSE}]")
SEPARATOR = "\n\n"
"""What stands between two paragraphs or rows of a document in its text."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a comment starts, ends, or has its reference: the comment's id."""

    kind: str
    comment: str


def insert_marks(body: Any) -> list[Mark]:
    """Replace what places comments in a body by text, which `split_marks` finds again; return what it was, in order."""
    for element in body.iter("{*}t"):
        if element.text and _UNSETTLED.search(element.text):
            element.text = _UNSETTLED.sub("", element.text)
    _settle_marks(body)
    marks = []
    for element in list(body.iter(*(f"{{*}}{name}" for name in _MARKS))):
        marks.append(Mark(_MARKS[local_name(element)], element.get(attribute_name(element, "id"), "")))
        element.tag = attribute_name(element, "t")
        element.text = f"{_OPEN}{len(marks) - 1}{_CLOSE}"
    return marks


def _settle_marks(body: Any) -> None:
    """Move marks out of deleted text, and those between paragraphs into the next one, or that before if they end."""
    before: Any = None
    waiting: list[Any] = []
    for element in list(body.iter("{*}p", *(f"{{*}}{name}" for name in _MARKS))):
        if local_name(element) == "p":
            for mark in waiting:
                _insert_first(element, mark)
            before, waiting = element, []
            continue
        deleted = [parent for parent in element.iterancestors() if _is_deleted(parent)]
        if deleted:
            deleted[-1].addprevious(element)
        if next(element.iterancestors("{*}p"), None) is not None:
            continue
        if local_name(element) == "commentRangeStart" or before is None:
            waiting.append(element)
        else:
            before.append(element)


def _insert_first(paragraph: Any, mark: Any) -> None:
    has_properties = len(paragraph) > 0 and local_name(paragraph[0]) == "pPr"
    paragraph.insert(1 if has_properties else 0, mark)


def _is_deleted(element: Any) -> bool:
    name = local_name(element)
    return name in {"del", "moveFrom"} or (name == "tr" and element.find("{*}trPr/{*}del") is not None)


def split_marks(parts: Sequence[str], marks: Sequence[Mark]) -> tuple[str, dict[str, dict[str, int]], list[int]]:
    """Return the text of parts without marks, the offsets of each comment's marks, and the offsets of the parts."""
    pieces: list[str] = []
    offsets: dict[str, dict[str, int]] = {}
    starts: list[int] = []
    position = 0
    for part in parts:
        starts.append(position)
        for piece, mark in _split(part):
            pieces.append(piece)
            position += len(piece)
            if mark is not None and mark < len(marks):
                # Of two marks of one kind, which only a damaged file has, the first counts.
                offsets.setdefault(marks[mark].comment, {}).setdefault(marks[mark].kind, position)
        pieces.append(SEPARATOR)
        position += len(SEPARATOR)
    return "".join(pieces), offsets, starts


def _split(part: str) -> Iterator[tuple[str, int | None]]:
    position = 0
    for match in _MARK.finditer(part):
        yield part[position : match.start()], int(match[1])
        position = match.end()
    yield part[position:], None
