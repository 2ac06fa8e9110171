"""Pages: the participants' turns of some transcripts as columns, which are searched for cues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from qualcode.model import Transcript
from qualcode.segments import SentenceRules, sentence_spans

Span = tuple[int, int]
CueSpan = tuple[int, int, int]
"""The number of a cue, and start and end of a match."""


@dataclass(frozen=True, slots=True)
class Page:
    """A table with a row for each participant's turn, in order; ``text`` is the text of its whole transcript."""

    transcript: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    turn: list[int] = field(default_factory=list)
    speaker: list[str] = field(default_factory=list)
    time: list[float | None] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)

    @classmethod
    def from_transcripts(cls, transcripts: Iterable[Transcript]) -> Page:
        """Return the page of these transcripts."""
        page = cls()
        for transcript in transcripts:
            for turn in transcript.participant_turns:
                page.transcript.append(transcript.id)
                page.text.append(transcript.text)
                page.turn.append(turn.index)
                page.speaker.append(turn.speaker)
                page.time.append(turn.time)
                page.start.append(turn.start)
                page.end.append(turn.end)
        return page

    def __len__(self) -> int:
        return len(self.transcript)

    def columns(self) -> dict[str, list[Any]]:
        """Return the columns by name."""
        return {column.name: getattr(self, column.name) for column in fields(self)}

    def turn_texts(self) -> list[str]:
        """Return the text of each turn."""
        return [text[start:end] for text, start, end in zip(self.text, self.start, self.end, strict=True)]

    def split_sentences(self, row: int, sentence_rules: SentenceRules) -> Iterator[Span]:
        """Yield the sentences of a turn as spans of its transcript's text."""
        return sentence_spans(self.text[row], self.start[row], self.end[row], sentence_rules=sentence_rules)


@dataclass(frozen=True, slots=True)
class PageSentence:
    """A sentence, ``text[start:end]`` of a row of a page, with the cues found in it."""

    row: int
    start: int
    end: int
    matches: Sequence[CueSpan]
    """Sorted; offsets are those of the transcript's text."""
