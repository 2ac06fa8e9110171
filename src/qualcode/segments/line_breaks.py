"""Line ends that end a sentence: before items of lists, after headings, between the lines of a list without bullets.

Any other single line end is white space, since text may be wrapped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qualcode.segments.sentence_languages import LANGUAGES

_MARKER = re.compile(
    r"""(?P<sign>[*·+]|o(?=\t)) [ \t]+ (?=\S)         # bullets that never begin a line of prose
      | (?P<dash>[-–—]) [ \t]+ (?=\S)                 # as a list only if another line begins with one
      | \(? (?P<number>\d{1,2}|[a-z](?=\))) [.)] [ \t]+ (?=\S)   # as a list only in ascending order
    """,
    re.VERBOSE,
)
_CANDIDATE = re.compile(r"[^\s.!?…;,][ \t]*\n[ \t]*\S|\n[ \t]*(?:[*·+–—(-]|\d|o\t)")
"""What every text has in which a line end may end a sentence: an unfinished line, a bullet or a number."""
_FINAL_MARK = re.compile(r"[.!?…:;,。！？؟।][)\]}\"'”’»›“‘*_]*\Z")
_MIN_WIDTH = 40
"""Characters: narrower text is not wrapped by a program."""
_HEADING_WORDS = 10
"""Words of a heading at most."""
_HEADING_ROOM = 25
"""Characters that stay free behind a heading at least; a wrapped line is filled with words."""
_TITLE_WORDS = 4
"""Words of a heading at most, where the text is too narrow to show whether it is wrapped."""
_OPENERS = frozenset(word for language in LANGUAGES.values() for word in language.openers.split())
_ITEM_WORDS = 6
"""Words of a line at most, in a list without bullets; 4 if its lines do not begin with a capital letter or digit."""


@dataclass(frozen=True, slots=True)
class LineBreaks:
    """Lines that begin a sentence, and full stops of item numbers."""

    starts: dict[int, int] = field(default_factory=dict)
    """By the offset of such a line: where its words begin, behind the bullet."""
    numbers: frozenset[int] = frozenset()
    """Offsets of full stops behind item numbers, which end no sentence."""


NO_LINE_BREAKS = LineBreaks()


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    words_start: int
    text: str
    marker: re.Match[str] | None
    """Its bullet or number, if it looks like one."""

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def is_finished(self) -> bool:
        return _FINAL_MARK.search(self.text) is not None

    @property
    def begins_anew(self) -> bool:
        """Whether it begins like a sentence: with a capital letter, a digit or a quotation mark."""
        return not self.text[:1].islower()


def find_line_breaks(text: str, start: int, end: int) -> LineBreaks:
    """Return the line breaks of ``text[start:end]`` that end a sentence."""
    if _CANDIDATE.search(text, start, end) is None:
        return NO_LINE_BREAKS
    lines = list(_read_lines(text, start, end))
    items = _find_items(lines)
    width = max((len(line.text) for line in lines), default=0)
    starts: dict[int, int] = {}
    for block in _split_blocks(lines):
        is_list = _is_plain_list(block)
        first_item = next((number for number, line in enumerate(block) if line.start in items), len(block))
        for number, line in enumerate(block):
            if (
                line.start in items
                or is_list
                or (number and _is_new(block, number, items, width, has_item=first_item < number))
            ):
                starts[line.start] = items.get(line.start, line.words_start)
    stops = (line.marker.end("number") for line in lines if line.start in items and line.marker)
    return LineBreaks(starts, frozenset(stop for stop in stops if stop >= 0 and text[stop] == "."))


def _read_lines(text: str, start: int, end: int) -> Iterator[_Line]:
    position = start
    for line in text[start:end].removesuffix("\n").split("\n"):
        words_start = position + len(line) - len(line.lstrip(" \t"))
        yield _Line(position, words_start, line.strip(" \t"), _MARKER.match(text, words_start, end))
        position += len(line) + 1


def _split_blocks(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Yield the runs of lines without a blank line between them."""
    block: list[_Line] = []
    for line in lines:
        if line.text:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _find_items(lines: Sequence[_Line]) -> dict[int, int]:
    """Return the lines that begin an item of a list, each with the start of its words; a number is one of them."""
    dashes = Counter(line.marker["dash"] for line in lines if line.marker)
    items: dict[int, int] = {}
    last_number = 0
    for line in lines:
        marker = line.marker
        if marker is None:
            continue
        if marker["number"]:
            item = marker["number"]
            number = int(item) if item.isdecimal() else ord(item) - ord("a") + 1
            if number in {1, last_number + 1}:
                last_number = number
                items[line.start] = line.words_start
        elif marker["sign"] or dashes[marker["dash"]] > 1:
            items[line.start] = marker.end()
    return items


def _is_plain_list(block: Sequence[_Line]) -> bool:
    """Return whether three or more short lines without full stops are a list, as in an answer of single words."""
    begin_anew = all(line.begins_anew for line in block)
    # A full stop behind the last item is no sign of prose if each line begins like a sentence.
    unfinished = block[:-1] if begin_anew else block
    if len(block) < 3 or any(line.is_finished for line in unfinished) or any(line.marker for line in block):
        return False
    most = _ITEM_WORDS if begin_anew else 4
    return all(len(line.words) <= most for line in block)


def _is_new(block: Sequence[_Line], number: int, items: dict[int, int], width: int, *, has_item: bool) -> bool:
    """Return whether a line begins a sentence, though the line before has no full stop and it has no bullet itself.

    ``has_item``: whether an item of a list is above it in its block.
    """
    before, line = block[number - 1], block[number]
    is_above_item = number + 1 < len(block) and block[number + 1].start in items
    if is_above_item and line.begins_anew and line.words_start == line.start and before.start in items:
        return True  # the heading of the next list
    if number == 1 and line.begins_anew and not before.is_finished and _is_title(block, width):
        return True
    # A line is wrapped where its next word has no room; a sentence that goes on begins in lower case.
    room = width - len(before.text) - len(line.words[0])
    if before.is_finished or not line.begins_anew or width < _MIN_WIDTH or room <= 0:
        return before.text.endswith(":") and line.begins_anew and room > _HEADING_ROOM
    if has_item:
        return line.words_start == line.start  # not indented, so it does not belong to the item
    is_first = number == 1 or block[number - 2].is_finished
    return is_first and len(before.words) <= _HEADING_WORDS and room >= _HEADING_ROOM


def _is_title(block: Sequence[_Line], width: int) -> bool:
    """Return whether the first line is a heading by its letters: in capitals, or like a title in narrow text."""
    line, following = block[:2]
    if line.marker or len(line.words) > _HEADING_WORDS:
        return False
    if line.text.isupper():
        # Shorter ones are abbreviations.
        return len(line.text) > 3 and not following.text.isupper() and not following.words[0].isupper()
    # Narrow text of more lines may be wrapped by hand.
    has_room = len(block) == 2 or width - len(line.text) > len(following.words[0])
    is_longer = len(following.text) > len(line.text) and following.text[0].isupper() and line.text[0].isupper()
    if width >= _MIN_WIDTH or len(line.words) > _TITLE_WORDS or not (is_longer and has_room):
        return False
    # A name may be wrapped ("We asked Bob" above "Dylan to play"), but who begins like a sentence writes no title.
    has_title_case = all(word[0].isupper() for word in line.words if len(word) > 3)
    return line.words[0].casefold() not in _OPENERS and (has_title_case or line.words[-1].islower())
