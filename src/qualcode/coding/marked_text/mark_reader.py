"""Marks read from a text that somebody has edited: the words without marks, the marks, and what does not parse."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from qualcode.anchors import Span
from qualcode.coding.marked_text.mark_syntax import TOKEN, split_codes, unescape
from qualcode.errors import shorten_text


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as typed. ``span`` is that of its words in the text without marks; other offsets are in the file."""

    span: Span
    codes: tuple[tuple[int, str], ...]
    """Its codes as typed, each with its offset."""
    offset: int
    end_offset: int


@dataclass(frozen=True, slots=True)
class MarkProblem:
    """What is wrong at an offset of the file, and what to do."""

    offset: int
    message: str
    hint: str = ""


@dataclass
class MarkedWords:
    """The words without marks, the marks, and problems; collected in one pass."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    problems: list[MarkProblem] = field(default_factory=list)
    pieces: list[Span] = field(default_factory=list)
    """Offsets in the text at which unmarked words begin, with their offsets in the file."""

    def file_offset(self, offset: int) -> int:
        """Return the offset in the file of an offset in the text without marks."""
        if not self.pieces:
            return 0
        start, file_start = self.pieces[max(0, bisect_right(self.pieces, offset, key=itemgetter(0)) - 1)]
        return file_start + offset - start


@dataclass(frozen=True, slots=True)
class _Opening:
    number: str
    position: int
    offset: int


def read_marks(content: str, start: int = 0) -> MarkedWords:
    """Return the words and marks of a marked text that begins at an offset; all problems, none raised."""
    words = MarkedWords()
    parts: list[str] = []
    is_open: list[_Opening] = []
    length, at = 0, start

    def add_words(piece: str, offset: int) -> None:
        nonlocal length
        if piece:
            words.pieces.append((length, offset))
            parts.append(piece)
            length += len(piece)

    for token in TOKEN.finditer(content, start):
        add_words(content[at : token.start()], at)
        at = token.end()
        if token["escape"]:
            add_words(unescape(token[0]), token.start())
        elif token["open"]:
            is_open.append(_open_mark(token, length, is_open, words.problems))
        elif mark := _close_mark(token, length, is_open, words.problems):
            words.marks.append(mark)
    add_words(content[at:], at)
    for opening in is_open:
        words.problems.append(
            MarkProblem(opening.offset, f"{_show_opening(opening.number)} has no end", "write }[CODE] after the words")
        )
    words.text = "".join(parts)
    return words


def _open_mark(token: re.Match[str], length: int, is_open: Sequence[_Opening], problems: list[MarkProblem]) -> _Opening:
    number = token["opened"] or ""
    if number and any(other.number == number for other in is_open):
        problems.append(
            MarkProblem(token.start(), f"mark {number} begins here again before it has ended", "use another number")
        )
    return _Opening(number, length, token.start())


def _close_mark(token: re.Match[str], length: int, is_open: list[_Opening], problems: list[MarkProblem]) -> Mark | None:
    """Return the mark that ends here; its beginning is no longer open, also if it has a problem."""
    number = token["closed"] or ""
    opening = next((one for one in reversed(is_open) if one.number == number), None)
    if opening is not None:
        is_open.remove(opening)
    if token["codes"] is None:
        problem = "no codes directly after }", "write }[CODE]; a brace that is part of the text is \\}"
    elif opening is None:
        problem = f"this end of a mark has no {_show_opening(number)} before it", "write it, or remove the end"
    elif opening.position == length:
        problem = "a mark without words", "remove { and }[...], or put them around words"
    elif not (codes := split_codes(token["codes"])):
        problem = "a mark without a code", "write one between [ and ], or remove the mark"
    else:
        first = token.start("codes")
        placed = tuple((first + position, name) for position, name in codes)
        return Mark((opening.position, length), placed, opening.offset, token.start())
    problems.append(MarkProblem(token.start(), *problem))
    return None


def _show_opening(number: str) -> str:
    return f"{{{number}>" if number else "{"


def show_words(text: str) -> str:
    """Return words of a text in quotation marks, shortened for a message."""
    return f"\u201c{shorten_text(text, limit=60)}\u201d"
