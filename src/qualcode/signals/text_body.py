"""The text of a transcript's turns at its offsets, and examples of what was found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qualcode.model import SourceRules, Transcript
from qualcode.segments import SentenceRules, get_sentence_rules

_MAX_EXAMPLE = 60
"""Characters of an example in a message."""
_MAX_LINE = 10 * _MAX_EXAMPLE
"""Characters of a line that are looked at: a line may have a million, and as many examples."""


@dataclass(frozen=True, slots=True)
class Example:
    """One place of a transcript that a signal found, with what stands there."""

    start: int
    """Offset in the canonical text (code points)."""
    text: str
    label: str = ""
    """The label of a speaker that a setting should name, if the example has one."""


@dataclass(frozen=True)
class Reading:
    """A transcript as it was read, with the rules in the settings that it was read by."""

    transcript: Transcript
    rules: SourceRules
    sentence_rules: SentenceRules = get_sentence_rules("en")
    """How sentences are cut in the study."""

    @cached_property
    def body(self) -> str:
        """The canonical text with line ends in place of all that is not in a turn: offsets are the same.

        What the reader knows to be no words, as codes of CHAT, is blank.
        """
        text, parts, position = self.transcript.spoken_text, [], 0
        for turn in self.transcript.turns:
            parts += ["\n" * (turn.start - position), text[turn.start : turn.end]]
            position = max(position, turn.end)
        return "".join(parts)

    @cached_property
    def turn_words(self) -> tuple[int, ...]:
        """The number of words of each turn: runs between white space, which is exact enough for shares and fast."""
        text = self.transcript.text
        return tuple(len(text[turn.start : turn.end].split()) for turn in self.transcript.turns)

    def find_all(self, pattern: re.Pattern[str]) -> Iterator[Example]:
        """Yield an example for each match of a pattern in the turns."""
        for match in pattern.finditer(self.body):
            yield self.make_example(match.start(), match.end())

    def make_example(self, start: int, end: int, *, label: str = "") -> Example:
        """Return an example with the words from ``start``, at least to ``end`` and then to the end of the line."""
        last = max(start, end) + _MAX_LINE
        line_end = self.transcript.text.find("\n", end, last)
        line = self.transcript.text[start : line_end if line_end >= 0 else last].strip()
        shown = line if len(line) <= _MAX_EXAMPLE else line[: _MAX_EXAMPLE - 1] + "…"
        return Example(start, " ".join(shown.split()), label)
