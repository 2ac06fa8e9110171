"""Frozen data classes: transcripts and their parts, cases, the codebook, codings and memos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

Role = Literal["interviewer", "participant"]
UnitName = Literal["sentence", "turn", "paragraph", "exchange", "window", "transcript"]
CueKind = Literal["phrase", "exact", "regex", "pattern"]
CodingStatus = Literal["anchored", "moved", "changed", "orphaned"]
SamplingUnit = Literal["transcripts", "cases"]

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

UNIT_NAMES: tuple[UnitName, ...] = get_args(UnitName)

ReportProgress = Callable[[str, int, int], None]
"""Is called with the name of a long task, the number of steps done, and the number of all steps."""


def ignore_progress(_task: str, _done: int, _total: int) -> None:
    """Report no progress."""


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
    keys: JsonKeys | None = None
    """The keys of a JSON that no recogniser reads."""
    tier: tuple[str, ...] = ()
    """The tiers of an ELAN file that have the words, by type or name."""


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
    """Labels of its speakers, if other cases speak in the same transcripts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A quote that belongs to a code, or as a counterexample does not."""

    quote: str
    transcript: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A search term: evidence for a code (with ``unless``, against it) wherever it matches in a sentence."""

    kind: CueKind
    value: str
    """The phrase, exact text or regular expression; a token pattern as JSON."""
    weight: float = 0.5
    unless: bool = False


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Position of an entry in the user's files; line and column count from 1, 0 means unknown."""

    path: str
    line: int
    column: int


def family_of(code: str) -> str:
    """Return the family of a code: the first part of its id."""
    return code.partition("/")[0]


def is_in_subtree(code: str, above: str) -> bool:
    """Return whether a code is ``above`` itself, is nested in it, or belongs to it as its family (by their ids).

    >>> is_in_subtree("challenges/roi/tools", "challenges/roi"), is_in_subtree("challenges/roi-2", "challenges/roi")
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
    """Hash of the entry's content: a rejected suggestion stays rejected until it changes."""
    former_hashes: tuple[str, ...] = ()
    """That hash under each former id: renaming a code does not count as a change."""
    location: FileLocation = FileLocation("", 0, 0)

    @property
    def family(self) -> str:
        """The first part of the id."""
        return family_of(self.id)

    @property
    def depth(self) -> int:
        """Number of codes above this one in its family."""
        return self.id.count("/") - 1


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of codes: it occurs wherever any member does (union, not sum)."""

    id: str
    name: str
    members: tuple[str, ...]
    """Ids of codes, including those of member themes and children of parent codes."""
    definition: str = ""
    colour: str = ""
    location: FileLocation = FileLocation("", 0, 0)


@dataclass(frozen=True, slots=True)
class Family:
    """A category of codes, one file of the codebook; it is counted as a theme of all its codes."""

    id: str
    name: str
    definition: str = ""
    colour: str = ""
    formerly: tuple[str, ...] = ()


def _find_current_id(name: str, current: Mapping[str, str], former: Mapping[str, str]) -> str:
    """Return the current id that a former one leads to, by its longest part that is a former id, again and again."""
    found, seen = name, set[str]()
    while found not in current and found not in seen:
        seen.add(found)
        parts = found.split("/")
        ids = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        above = next((one for one in ids if one in former), "")
        if not above:
            return name
        found = former[above] + found[len(above) :]
    return current.get(found, name)


@dataclass(frozen=True)
class Codebook:
    """All families, codes and themes of the study; ``version`` is a hash of their content."""

    families: tuple[Family, ...] = ()
    codes: tuple[Code, ...] = ()
    themes: tuple[Theme, ...] = ()
    version: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by current id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def former_ids(self) -> Mapping[str, str]:
        """Current ids of codes and families by the former ids that they list."""
        entries: tuple[Family | Code, ...] = (*self.families, *self.codes)
        return {old: entry.id for entry in entries for old in entry.formerly}

    @cached_property
    def _current_ids(self) -> dict[str, str]:
        """Current ids by all ids: those in use, and what `current_id` has found."""
        return {name: name for name in (*(family.id for family in self.families), *self.by_id)}

    def current_id(self, name: str) -> str:
        """Return the current id of a code or family, which may be given by a former one.

        Codes follow the codes above them and their family: if f/p was renamed to f/q, f/p/k is f/q/k, unless f/p/k is
        itself listed as a former id. Unknown ids are returned as they are.
        """
        if name not in self._current_ids:
            found = _find_current_id(name, self._current_ids, self.former_ids)
            if found == name:
                return name  # not kept: there is no end of unknown ids
            self._current_ids[name] = found
        return self._current_ids[name]

    def subtree_ids(self, code: str) -> Iterator[str]:
        """Yield the id of a code and of every code nested in it."""
        return (other.id for other in self.codes if is_in_subtree(other.id, code))

    def expand_codes(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of all codes in these codes (with nested ones), families and themes."""
        names = frozenset(ids)
        # Families need no case of their own: their ids are prefixes of the ids of their codes.
        members = {member for theme in self.themes if theme.id in names for member in theme.members}
        return frozenset(members.union(*map(self.subtree_ids, names)))


@dataclass(frozen=True, slots=True)
class Coding:
    """One code on one span of a transcript by one coder, with the span's text as ``quote``."""

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
    """The maker of the accepted suggestion; empty if the coder coded the span directly."""
    was: str = ""
    """The text that was coded, if an edit of the transcript has changed it since."""


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
