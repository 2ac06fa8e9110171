"""Replacing in texts that lie in several pieces, with exact ways back and forth between old and new places."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from qualcode.pseudonyms.text.name_search import NameMatch

Edit = tuple[int, int, int, str]
"""In which piece, from where, to where, and the words that come there."""
EditFinder = Callable[[Sequence[str]], list[Edit]]
"""What is to be changed in the pieces of one paragraph."""

READER_SPACE = "\x1e"
"""A piece that stands for a space which only the reader of a source adds; no edit can take it out."""

_BLANK = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")
_PUNCTUATION = re.compile(r"[^\w\s]*")


def build_edits(pieces: Sequence[str], hits: Iterable[NameMatch]) -> list[Edit]:
    """Return the edits that put a pseudonym into the first piece of each name and take the name out of all."""
    starts = [0, *accumulate(map(len, pieces))]
    return [edit for hit in hits for edit in _build_match_edits(pieces, starts, hit)]


def _build_match_edits(pieces: Sequence[str], starts: Sequence[int], hit: NameMatch) -> Iterator[Edit]:
    first, last = _piece_index(starts, hit.start), _piece_index(starts, hit.end - 1)
    begin, end = hit.start - starts[first], hit.end - starts[last]
    if first == last:
        yield first, begin, end, hit.replacement
        return
    tail = ""
    if READER_SPACE in pieces[first:last]:  # what follows the name must not be parted from the pseudonym by that space
        mark = _PUNCTUATION.match(pieces[last], end)
        tail = mark[0] if mark else ""
    yield first, begin, len(pieces[first]), hit.replacement + tail
    yield from ((between, 0, len(pieces[between]), "") for between in range(first + 1, last))
    yield last, 0, end + len(tail), ""


def _piece_index(starts: Sequence[int], place: int) -> int:
    return bisect_right(starts, place) - 1


def apply_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> list[str]:
    """Return the pieces after edits, which are in order and do not overlap."""
    done = list(pieces)
    for piece, start, end, text in sorted(edits, reverse=True):
        done[piece] = done[piece][:start] + text + done[piece][end:]
    return done


def invert_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits of the new pieces that bring the old ones back."""
    shifts = [0] * len(pieces)
    back: list[Edit] = []
    for piece, start, end, text in sorted(edits):
        begin = start + shifts[piece]
        back.append((piece, begin, begin + len(text), pieces[piece][start:end]))
        shifts[piece] += len(text) - (end - start)
    return back


def build_undo_edits(pieces: Sequence[str], edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that bring back the words of a paragraph when it is read again after edits.

    Pieces that have no words left are not counted then, since some formats lose them; their words come back in the
    piece before.
    """
    new = apply_edits(pieces, edits)
    number = [0, *accumulate(bool(one.strip()) for one in new)]
    back: list[Edit] = []
    space = ""
    for piece, start, end, words in invert_edits(pieces, edits):
        if pieces[piece] == READER_SPACE:
            space = " "
        elif new[piece].strip():
            back.append((number[piece + 1] - 1, start, end, words))
            space = ""
        elif words:
            back[-1] = _extend_edit(back[-1], space + words)
            space = ""
    return back


def _extend_edit(edit: Edit, words: str) -> Edit:
    piece, start, end, before = edit
    return piece, start, end, before + words


def renumber_edits(pieces: Sequence[str], edits: Iterable[Edit]) -> list[Edit]:
    """Return a way back with its pieces counted as they are, those without words among them."""
    held = [index for index, piece in enumerate(pieces) if piece.strip()]
    return [(held[piece], start, end, words) for piece, start, end, words in edits]


def hash_pieces(pieces: Iterable[str]) -> str:
    """Return a short hash of the pieces of a paragraph that have any words."""
    words = "\x1f".join(piece for piece in pieces if piece.strip())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a text that blank lines separate begin and end."""
    start = 0
    for blank in _BLANK.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def build_text_edits(text: str, change: EditFinder) -> list[tuple[int, int, str]]:
    """Return the edits of a whole text, which is changed part by part."""
    return [
        (start + first, start + last, words)
        for start, end in find_blocks(text)
        if start < end
        for _, first, last, words in change([text[start:end]])
    ]


@dataclass(frozen=True)
class OffsetMap:
    """The edits of a text in order, by which places of the old text become places of the new one."""

    edits: tuple[tuple[int, int, str], ...] = ()

    def apply(self, text: str) -> str:
        """Return the new text."""
        return "".join(self._parts(text))

    def _parts(self, text: str) -> Iterator[str]:
        place = 0
        for start, end, words in self.edits:
            yield text[place:start]
            yield words
            place = end
        yield text[place:]

    def invert(self, text: str) -> OffsetMap:
        """Return the edits of the new text that bring the old one back."""
        turned = [
            (start + moved, start + moved + len(words), text[start:end])
            for (start, end, words), moved in zip(self.edits, self._shifts, strict=False)
        ]
        return OffsetMap(tuple(turned))

    def map_start(self, place: int) -> int:
        """Return where a span begins now; one that began inside a name begins with its pseudonym."""
        return self._map_offset(place, inside=0)

    def map_end(self, place: int) -> int:
        """Return where a span ends now; one that ended inside a name ends with its pseudonym."""
        return self._map_offset(place, inside=1)

    def _map_offset(self, place: int, *, inside: int) -> int:
        index = bisect_right(self._starts, place - inside) - 1
        if index < 0:
            return place
        start, end, words = self.edits[index]
        moved = self._shifts[index]
        if start < place < end:
            return start + moved + inside * len(words)
        if place == start:
            return start + moved
        return place + moved + len(words) - (end - start)

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [start for start, _, _ in self.edits]

    @cached_property
    def _shifts(self) -> Sequence[int]:
        """By how much each edit's place has moved because of those before it."""
        return [0, *accumulate(len(words) - (end - start) for start, end, words in self.edits)]


def build_offset_map(text: str, change: EditFinder) -> OffsetMap:
    """Return how a text is shifted by a change of its parts."""
    return OffsetMap(tuple(build_text_edits(text, change)))
