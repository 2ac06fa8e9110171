"""Edits of texts that lie in several pieces, their inverse, and the mapping of offsets between old and new text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from qualcode.pseudonyms.text.name_search import NameMatch
from qualcode.transcripts import hash_text

Edit = tuple[int, int, int, str]
"""Index of the piece, start and end in it, and the new text."""
EditFinder = Callable[[Sequence[str]], list[Edit]]
"""Returns the edits of the pieces of one paragraph."""

READER_SPACE = "\x1e"
"""A piece for a space that the reader of a source inserts; it is not in the source, so no edit can remove it."""

# \r alone is a line end of old Mac files; in \r\n it must not count as a second one.
_BLANK_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_PUNCTUATION = re.compile(r"[^\w\s]*")


def build_edits(pieces: Sequence[str], matches: Iterable[NameMatch]) -> list[Edit]:
    """Return the edits that put each replacement into the first piece of its match and remove the match from all."""
    starts = [0, *accumulate(map(len, pieces))]
    return [edit for match in matches for edit in _build_match_edits(pieces, starts, match)]


def _build_match_edits(pieces: Sequence[str], starts: Sequence[int], match: NameMatch) -> Iterator[Edit]:
    first, last = _piece_index(starts, match.start), _piece_index(starts, match.end - 1)
    start, end = match.start - starts[first], match.end - starts[last]
    if first == last:
        yield first, start, end, match.replacement
        return
    tail = ""
    if READER_SPACE in pieces[first:last]:  # punctuation after the name must not be separated by that space
        punctuation = _PUNCTUATION.match(pieces[last], end)
        tail = punctuation[0] if punctuation else ""
    yield first, start, len(pieces[first]), match.replacement + tail
    yield from ((index, 0, len(pieces[index]), "") for index in range(first + 1, last))
    yield last, 0, end + len(tail), ""


def _piece_index(starts: Sequence[int], offset: int) -> int:
    return bisect_right(starts, offset) - 1


def apply_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> list[str]:
    """Return the pieces after edits that do not overlap."""
    edited = list(pieces)
    # From the end, so that the offsets of earlier edits stay valid.
    for index, start, end, text in sorted(edits, reverse=True):
        edited[index] = edited[index][:start] + text + edited[index][end:]
    return edited


def _invert_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield the edits of the new pieces that restore the old ones, in order."""
    shifts = [0] * len(pieces)
    for index, start, end, text in sorted(edits):
        new_start = start + shifts[index]
        yield index, new_start, new_start + len(text), pieces[index][start:end]
        shifts[index] += len(text) - (end - start)


def build_undo_edits(pieces: Sequence[str], edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that restore the words of a paragraph when it is read again after edits.

    Pieces that are blank after the edits are not numbered, since some formats lose them; their words are restored in
    the piece before them.
    """
    new_pieces = apply_edits(pieces, edits)
    numbers = [0, *accumulate(bool(piece.strip()) for piece in new_pieces)]
    undo: list[Edit] = []
    space = ""
    for index, start, end, text in _invert_edits(pieces, edits):
        if pieces[index] == READER_SPACE:
            space = " "
        elif new_pieces[index].strip():
            undo.append((numbers[index + 1] - 1, start, end, text))
            space = ""
        elif text:
            # There is an edit before it: the first piece of a match has the pseudonym, so it is not blank.
            undo[-1] = (*undo[-1][:3], undo[-1][3] + space + text)
            space = ""
    return undo


def renumber_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> list[Edit]:
    """Return undo edits, which number only pieces that are not blank, with the indices of all pieces."""
    indices = [index for index, piece in enumerate(pieces) if piece.strip()]
    return [(indices[number], start, end, text) for number, start, end, text in edits]


def hash_pieces(pieces: Iterable[str]) -> str:
    """Return a short hash of the pieces of a paragraph that are not blank."""
    # The unit separator keeps the limits of pieces: undo edits are numbered by piece.
    return hash_text("\x1f".join(piece for piece in pieces if piece.strip()))[:16]


def _find_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the parts of a text that blank lines separate."""
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


@dataclass(frozen=True)
class OffsetMap:
    """Edits of a text (start, end, new text), in order, that map offsets of the old text to offsets of the new one."""

    edits: tuple[tuple[int, int, str], ...] = ()

    def apply(self, text: str) -> str:
        """Return the new text."""
        return "".join(self._parts(text))

    def _parts(self, text: str) -> Iterator[str]:
        copied = 0
        for start, end, new in self.edits:
            yield text[copied:start]
            yield new
            copied = end
        yield text[copied:]

    def invert(self, text: str) -> OffsetMap:
        """Return the map from the new text back to the old one."""
        inverse = [
            (start + shift, start + shift + len(new), text[start:end])
            for (start, end, new), shift in zip(self.edits, self._shifts, strict=False)
        ]
        return OffsetMap(tuple(inverse))

    def map_start(self, offset: int) -> int:
        """Return the new start of a span; a start inside a name is mapped to the start of its pseudonym."""
        return self._map_offset(offset, inside=0)

    def map_end(self, offset: int) -> int:
        """Return the new end of a span; an end inside a name is mapped to the end of its pseudonym."""
        return self._map_offset(offset, inside=1)

    def _map_offset(self, offset: int, *, inside: int) -> int:
        # An end at the start of a name is before that name's edit, a start at it is not.
        index = bisect_right(self._starts, offset - inside) - 1
        if index < 0:
            return offset
        start, end, new = self.edits[index]
        shift = self._shifts[index]
        if start < offset < end:
            return start + shift + inside * len(new)
        if offset == start:
            return start + shift
        return offset + shift + len(new) - (end - start)

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [start for start, _, _ in self.edits]

    @cached_property
    def _shifts(self) -> Sequence[int]:
        """By how many characters each edit is moved by the edits before it."""
        return [0, *accumulate(len(new) - (end - start) for start, end, new in self.edits)]


def build_offset_map(text: str, find_edits: EditFinder) -> OffsetMap:
    """Return the edits of a whole text, found in each of its blocks between blank lines."""
    return OffsetMap(
        tuple(
            (block_start + start, block_start + end, new)
            for block_start, block_end in _find_blocks(text)
            if block_start < block_end
            for _, start, end, new in find_edits([text[block_start:block_end]])
        )
    )
