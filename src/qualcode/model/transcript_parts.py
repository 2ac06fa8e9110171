"""Transcripts and their parts: turns, labels, cases, units of analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

Role = Literal["interviewer", "participant"]

UnitName = Literal["sentence", "turn", "paragraph", "exchange", "window", "transcript"]

SamplingUnit = Literal["transcripts", "cases"]

UNIT_NAMES: tuple[UnitName, ...] = get_args(UnitName)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted contribution: ``text[start:end]`` of its transcript, without the label."""

    index: int
    speaker: str
    role: Role
    start: int
    end: int
    time: float | None = None
    """Seconds from the beginning of the recording, if the source has times."""
    case: str = ""
    """The case of this speaker, if several cases speak in one transcript."""
    label: str = ""
    """The speaker's label in the source, if the settings give another name."""


@dataclass(frozen=True, slots=True)
class LabelCandidate:
    """Text in the form of a speaker's label, with the decision whether it is one."""

    text: str
    is_speaker: bool
    why: str
    shape: str
    count: int
    start: int
    """Offset of its first occurrence in the canonical text."""


@dataclass(frozen=True, slots=True)
class UnplacedText:
    """Text of a source that is neither turn nor header, with its line number."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """The participant or site that transcripts belong to, with its attributes from ``cases.csv``."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    transcripts: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    """Labels of its speakers, if other cases speak in the same transcripts."""


@dataclass(frozen=True)
class Transcript:
    """One source's canonical text (no BOM, ``\\n`` only). All offsets are code points, ranges are half-open."""

    id: str
    path: str
    text: str
    sha256: str
    turns: tuple[Turn, ...]
    header: str = ""
    unplaced: tuple[UnplacedText, ...] = ()
    notices: tuple[str, ...] = ()
    case: Case | None = None
    """The case defined by the source itself: a respondent of a table, with the other columns as attributes."""
    labels: tuple[LabelCandidate, ...] = ()
    """Candidates for speakers' labels, if the reader has to recognise labels in the text."""
    reader: str = ""
    """The name of the reader, as in the settings: text, captions, table, docx ..."""
    not_words: tuple[tuple[int, int], ...] = ()
    """Spans inside turns that are no spoken words, such as codes of a transcription convention."""

    @cached_property
    def participant_turns(self) -> tuple[Turn, ...]:
        """The turns that are coded and counted."""
        # Cached, since every count and every listing asks for it; this is why the class has no slots.
        return tuple(turn for turn in self.turns if turn.role == "participant")

    @cached_property
    def spoken_text(self) -> str:
        """The text in which words are counted: of the same length, with spaces in place of what is no spoken word."""
        if not self.not_words:
            return self.text
        characters = list(self.text)
        for start, end in self.not_words:
            characters[start:end] = " " * (end - start)
        return "".join(characters)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of analysis by name; ``size`` is the number of turns of a window."""

    name: UnitName = "sentence"
    size: int = 0

    def __str__(self) -> str:
        return f"window:{self.size}" if self.name == "window" else self.name


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit of analysis: the slice ``text[start:end]`` of its transcript, never a copy."""

    transcript: str
    turn: int
    index: int
    start: int
    end: int
    speaker: str
    role: Role


def format_seconds(seconds: float) -> str:
    """Return a time of a recording for people, as h:mm:ss.

    >>> format_seconds(3725.9)
    '1:02:05'
    """
    whole = max(0, int(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
