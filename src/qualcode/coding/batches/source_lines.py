"""Lines of a source file, and the places of their words in the transcript that is read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from qualcode.anchors import Span
from qualcode.coding.batches.search_output import LineReading
from qualcode.errors import OperationError, format_count
from qualcode.files import BYTE_ORDER_MARKS, decode_text, read_bytes, unify_line_ends
from qualcode.model import Transcript
from qualcode.study.study import Study
from qualcode.transcripts import encoding_of

_BETWEEN_TAGS = re.compile(r"[^<>]+(?=<|$)")
_LABEL = re.compile(r"[^:]{1,80}:\s+")


class UnplacedLineError(OperationError):
    """A line of output has no certain place in a transcript; ``hint`` is what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class SourceLines:
    """The lines of one source as programs such as grep count them, and their places in its transcript."""

    def __init__(self, study: Study, transcript: Transcript) -> None:
        content = read_bytes(study.root / transcript.path)
        encoding = encoding_of(study.settings.rules, transcript.path)
        self._text = decode_text(content, path=transcript.path, encoding=encoding).text
        self._has_mark = any(content.startswith(mark) for mark, _ in BYTE_ORDER_MARKS)
        if not self._has_mark and b"\r" in content.replace(b"\r\n", b""):
            raise UnplacedLineError(f"{transcript.path} has line ends (CR) that other programs do not count")
        # Programs convert what has a byte-order mark to UTF-8, and print all else as it is.
        self._codec = "utf-8" if self._has_mark else encoding or _find_codec(content)
        self._lines = self._text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._transcript = transcript
        self._is_canonical = unify_line_ends(self._text) == transcript.text

    def find_hit(self, reading: LineReading) -> Span | None:
        """Return the span of a hit in the source's text, the whole line if nothing less is known.

        None if the line with this number does not have these words.

        Raises
        ------
        UnplacedLineError
            If the words come more than once in the line, so that it is not known which ones are meant.
        """
        if not 1 <= reading.number <= len(self._lines):
            return None
        line, start = self._lines[reading.number - 1], self._starts[reading.number - 1]
        text = reading.text.removeprefix("\ufeff")
        # Programs differ in whether a byte-order mark counts.
        if reading.column is not None and not (self._has_mark and reading.number == 1):
            first = len(line.encode(self._codec, "replace")[: reading.column - 1].decode(self._codec, "ignore"))
            span = _find_at(line, text, first)
        else:
            span = (0, len(line)) if text == line else _find_part(line, reading, text)
        return span and (start + span[0], start + span[1])

    def place(self, hit: Span) -> list[Span]:
        """Return the spans of the transcript's text that have the words of a span of the source's text, in one line.

        Where the text was converted, a piece of the line is placed if it comes as often in the transcript as in the
        source: the third time in the one is the third time in the other.
        """
        if self._is_canonical:
            return [hit]
        return [
            (place + max(hit[0] - start, 0), place + min(hit[1] - start, len(piece)))
            for start, piece, place in self._placed_pieces(hit)
            if start < hit[1] and hit[0] < start + len(piece)
        ]

    def _placed_pieces(self, hit: Span) -> Iterator[tuple[int, str, int]]:
        """Yield pieces of the line of a span: offset in the source, words, offset in the transcript."""
        number = self._text.count("\n", 0, hit[0])
        line, start = self._lines[number], self._starts[number]
        chunks = [(start, line)]
        if (place := self._find_same(start, line)) is None:
            chunks = [(start + chunk.start(), chunk[0]) for chunk in _BETWEEN_TAGS.finditer(line)]
        for offset, chunk in chunks:
            label = _LABEL.match(chunk)
            for piece_offset in (offset, offset + label.end()) if label else (offset,):
                piece = chunk[piece_offset - offset :]
                place = self._find_same(piece_offset, piece)
                if place is not None:
                    yield piece_offset, piece, place
                    break

    def _find_same(self, offset: int, piece: str) -> int | None:
        """Return the offset in the transcript of words at an offset in the source, if there is no doubt."""
        piece_in_source = _occurrences(piece.strip(), self._text)
        piece_in_transcript = _occurrences(piece.strip(), self._transcript.text)
        first = offset + len(piece) - len(piece.lstrip())
        if not piece.strip() or first not in piece_in_source or len(piece_in_source) != len(piece_in_transcript):
            return None
        return piece_in_transcript[piece_in_source.index(first)] - (first - offset)


def _find_at(line: str, text: str, first: int) -> Span | None:
    """Return the span of a hit that begins at a character of a line: the hit if that is what was printed."""
    if text == line:
        # Where the hit ends is not known: its sentence is that of its first letter.
        return (first, first + 1) if line[first : first + 1].strip() else None
    return (first, first + len(text)) if text and line.startswith(text, first) else None


def _find_part(line: str, reading: LineReading, text: str) -> Span | None:
    """Return the span of a part of a line: the second one if it is printed the second time, and comes so often."""
    places = _occurrences(text, line) if text.strip() else []
    if not places:
        return None
    if len(places) != reading.repetitions:
        raise UnplacedLineError(
            f"the words come {format_count(len(places), 'time')} in the line, and are printed "
            f"{format_count(reading.repetitions, 'time')}",
            "print whole lines, or columns as well",
        )
    return places[reading.repetition], places[reading.repetition] + len(text)


def _occurrences(words: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(words), text)] if words else []


def _find_codec(content: bytes) -> str:
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
