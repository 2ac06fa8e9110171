"""Settings for reading sources: speakers, labels, tables, and rules for single sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from qualcode.model.transcript_parts import Role

SignalName = Literal[
    "label in turn",
    "time in turn",
    "line numbers",
    "repeated words",
    "markup",
    "recorder notice",
    "heading in turn",
    "control characters",
    "mojibake",
    "cut sentence",
    "other language",
    "uncounted words",
    "single turn",
    "large share",
    "no participant",
    "reversed roles",
    "short label",
    "sentences in header",
    "text left out",
    "slow speech",
    "repeated questions",
    "captions as answers",
]
"""Names of the signs that a source was read wrongly, as the settings accept them."""


@dataclass(frozen=True, slots=True)
class SpeakerRule:
    """Settings of one speaker's label; empty fields are detected as for any other label."""

    name: str = ""
    """The speaker's name in turns and tables; two labels of one person share a name."""
    role: Role | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class TableRule:
    """Settings for reading a table; empty fields are detected from its columns."""

    kind: Literal["", "answers", "transcript"] = ""
    """``answers``: each row is a transcript of its own; ``transcript``: each row is a turn."""
    id: str = ""
    text: tuple[str, ...] = ()
    speaker: str = ""
    time: str = ""
    sheet: str = ""
    transcript: str | None = None
    """The column that names the interview of each turn; empty if all turns are of one, ``None`` to detect it."""
    per_second: int = 0
    """How many units of a time that is a number make a second: 1000 for milliseconds."""


SourceKind = Literal["", "interview", "text"]


@dataclass(frozen=True, slots=True)
class JsonKeys:
    """Where a JSON has its speech; each is a path of keys such as ``talk.turns``."""

    items: str = ""
    """The list of objects with text; empty if the file is the list."""
    text: str = "text"
    speaker: str = ""
    time: str = ""
    per_second: int = 1
    """How many units of a time make a second."""


@dataclass(frozen=True, slots=True)
class SourceRule:
    """Settings for reading one source; empty fields are detected from its content."""

    kind: SourceKind = ""
    """``text``: it has no speakers (a job description, a diary), and all of it below its header is coded."""
    reader: str = ""
    """The name of the reader, as ``captions``."""
    accept: tuple[str, ...] = ()
    """Signals of a wrong reading that a person has looked at, and that are not reported again."""
    speakers: Mapping[str, SpeakerRule] = field(default_factory=dict)
    """Speakers of this source alone; they come before those of the study."""
    keys: JsonKeys | None = None
    """The keys of a JSON that no recogniser reads."""
    tier: tuple[str, ...] = ()
    """The tiers of an ELAN file that have the words, by type or name."""
    line_numbers: bool | None = None
    """Whether numbers in the margin count its lines, and are no words."""


@dataclass(frozen=True, slots=True)
class SourceRules:
    """Settings for reading sources: roles, speakers, labels, encodings, tables, and rules for single sources.

    Keys of ``encodings``, ``tables`` and ``sources`` are paths below ``transcripts/``, in which ``*`` matches any text.
    """

    interviewers: tuple[str, ...] = ()
    speakers: Mapping[str, SpeakerRule] = field(default_factory=dict)
    not_speakers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Regular expressions for further forms of labels, each with a group ``name``."""
    encodings: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, TableRule] = field(default_factory=dict)
    sources: Mapping[str, SourceRule] = field(default_factory=dict)
