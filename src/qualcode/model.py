"""The nouns of the program, all frozen: transcripts and their parts, codes, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

Role = Literal["interviewer", "participant"]
UnitName = Literal["sentence", "turn", "paragraph", "exchange", "window", "transcript"]
CueKind = Literal["phrase", "exact", "regex", "pattern"]
CodingStatus = Literal["anchored", "moved", "changed", "orphaned"]

UNIT_NAMES: tuple[UnitName, ...] = get_args(UnitName)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted contribution: ``text[start:end]`` of its transcript, label excluded."""

    index: int
    speaker: str
    role: Role
    start: int
    end: int
    time: float | None = None
    """Seconds from the beginning of the recording, where the source says it."""
    case: str = ""
    """The case of this speaker, where several cases speak in one transcript."""
    label: str = ""
    """What the source calls the speaker, where the settings give another name."""


@dataclass(frozen=True, slots=True)
class LabelCandidate:
    """Words in the shape of a speaker's label, which were taken for one or not."""

    text: str
    is_speaker: bool
    why: str
    shape: str
    count: int
    start: int
    """Where it first stands in the canonical text."""


@dataclass(frozen=True, slots=True)
class UnplacedText:
    """A piece of a source that is neither turn nor header, with the line it stands on."""

    line: int
    text: str


@dataclass(frozen=True)
class Transcript:
    """One source's canonical text (no BOM, ``\\n`` only); every offset is a code point, half-open."""

    id: str
    path: str
    text: str
    sha256: str
    turns: tuple[Turn, ...]
    header: str = ""
    unplaced: tuple[UnplacedText, ...] = ()
    notices: tuple[str, ...] = ()
    case: Case | None = None
    """The case that the source itself brings: a respondent with the other columns of a table as attributes."""
    labels: tuple[LabelCandidate, ...] = ()
    """What was or could have been taken for a speaker, where a reader has to find that out."""

    @cached_property
    def participant_turns(self) -> tuple[Turn, ...]:
        """The turns that are coded and counted."""
        return tuple(turn for turn in self.turns if turn.role == "participant")


@dataclass(frozen=True, slots=True)
class SpeakerRule:
    """What the settings say of a speaker's label; what is empty is found out as for any other label."""

    name: str = ""
    """The speaker's name in turns and tables: two labels of one person have one name."""
    role: Role | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class TableRule:
    """How the settings say that a table is read; what is empty is found out from its columns."""

    kind: Literal["", "answers", "transcript"] = ""
    """``answers``: each row is a transcript of its own; ``transcript``: each row is a turn."""
    id: str = ""
    text: tuple[str, ...] = ()
    speaker: str = ""
    time: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class SourceRules:
    """How sources are to be read: what the settings say of roles, speakers, labels, encodings and tables.

    ``encodings`` and ``tables`` are by the source's path below ``transcripts/``, in which ``*`` stands for anything.
    """

    interviewers: tuple[str, ...] = ()
    speakers: Mapping[str, SpeakerRule] = field(default_factory=dict)
    not_speakers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Regular expressions of further shapes of labels, each with a group ``name``."""
    encodings: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, TableRule] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Case:
    """The participant or site that transcripts belong to, with its attributes from ``cases.csv``."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    transcripts: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    """Labels of its speakers in those transcripts, where other cases speak there too."""


@dataclass(frozen=True, slots=True)
class Example:
    """A quote that shows what a code is, or in a counterexample what it is not."""

    quote: str
    transcript: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for a code (or, with ``unless``, against it) wherever they stand in a sentence."""

    kind: CueKind
    value: str
    """The phrase, exact text or regular expression; a token pattern as JSON."""
    weight: float = 0.5
    unless: bool = False


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where in the user's files a thing is written."""

    path: str
    line: int
    column: int


def family_of(code: str) -> str:
    """Return the family of a code by its id: the first part."""
    return code.partition("/")[0]


def is_in_subtree(code: str, above: str) -> bool:
    """Tell whether a code is another one, is nested in it, or belongs to it as its family (by their ids).

    >>> lies_in("challenges/roi/tools", "challenges/roi"), lies_in("challenges/roi-2", "challenges/roi")
    (True, False)
    """
    return code == above or code.startswith(f"{above}/")


@dataclass(frozen=True, slots=True)
class Code:
    """One code of the codebook; ``id`` is ``family/code`` or ``family/code/child``."""

    id: str
    name: str
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    cues: tuple[Cue, ...] = ()
    colour: str = ""
    formerly: tuple[str, ...] = ()
    entry_hash: str = ""
    """Hash of what the entry says: a rejected suggestion stays rejected until this changes."""
    former_hashes: tuple[str, ...] = ()
    """What that hash would be under each former id: a new name alone is no change."""
    location: FileLocation = FileLocation("", 0, 0)

    @property
    def family(self) -> str:
        """The first part of the id."""
        return family_of(self.id)

    @property
    def depth(self) -> int:
        """How many codes stand above this one within its family."""
        return self.id.count("/") - 1


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of codes: it occurs where any member does (union, never sum)."""

    id: str
    name: str
    members: tuple[str, ...]
    """Ids of codes, all resolved: members of member themes and children of parent codes included."""
    definition: str = ""
    colour: str = ""
    location: FileLocation = FileLocation("", 0, 0)


@dataclass(frozen=True, slots=True)
class Family:
    """A set of codes kept in one file of the codebook; it counts as a theme over all its codes."""

    id: str
    name: str
    definition: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Codebook:
    """All families, codes and themes of the study; ``version`` is a hash of what they say."""

    families: tuple[Family, ...] = ()
    codes: tuple[Code, ...] = ()
    themes: tuple[Theme, ...] = ()
    version: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by their present id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def former_ids(self) -> Mapping[str, str]:
        """Former ids and the present id of the code that took their place."""
        return {old: code.id for code in self.codes for old in code.formerly}

    def current_id(self, code: str) -> str:
        """Return the present id of a code as a ledger knows it (itself when it was never renamed)."""
        return self.former_ids.get(code, code)

    def subtree_ids(self, code: str) -> Iterator[str]:
        """Yield the id of a code and of every code nested in it."""
        return (other.id for other in self.codes if is_in_subtree(other.id, code))

    def expand_codes(self, wanted: Iterable[str]) -> frozenset[str]:
        """Return the codes that ids of codes (with those below), families and themes stand for."""
        names = frozenset(wanted)
        members = {member for theme in self.themes if theme.id in names for member in theme.members}
        return frozenset(members.union(*map(self.subtree_ids, names)))


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on one span by one coder, proved by its quote."""

    id: str
    transcript: str
    start: int
    end: int
    status: CodingStatus
    quote: str
    code: str
    coder: str
    at: str
    memo: str = ""
    maker: str = ""
    """What suggested it, where a suggestion was accepted; empty for a reading of one's own."""
    was: str = ""
    """The words that were coded, where an edit of the transcript has changed them since."""


@dataclass(frozen=True, slots=True)
class Memo:
    """A dated note by a coder on a transcript, a span, a code, a coding or the study."""

    id: str
    text: str
    coder: str
    at: str
    transcript: str = ""
    start: int = 0
    end: int = 0
    code: str = ""
    target: str = ""


SamplingUnit = Literal["transcripts", "cases"]
