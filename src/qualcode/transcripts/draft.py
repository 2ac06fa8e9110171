"""Drafts: what a reader returns before roles are known, and how utterances are joined to one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from qualcode.errors import OperationError
from qualcode.files import unify_line_ends
from qualcode.model import LabelCandidate, Role, SourceRule, SourceRules, UnplacedText

ONE_TURN = "the whole text is read as one participant's turn (if several people speak, name them in the source)"
"""What notices say of a source in which no speaker is found."""


MAX_LINES = 100_000
"""Limit of the lines with text, paragraphs or captions of a transcript: a hundred hours of speech. They are read and
checked in up to 5 seconds."""

Line = TypeVar("Line")


def limit_lines(lines: Iterable[Line], path: str) -> list[Line]:
    """Return the lines, paragraphs or captions of a transcript as a list.

    Raises
    ------
    OperationError
        If there are too many.
    """
    limited = list(islice(lines, MAX_LINES + 1))
    if len(limited) > MAX_LINES:
        raise OperationError(
            f"{path}: over the limit of {MAX_LINES:,} lines or paragraphs for one transcript: split the source"
        )
    return limited


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options of a reader: the source's path, the rules in the settings, and the encoding."""

    path: str
    """The source's path in messages."""
    rules: SourceRules = SourceRules()
    encoding: str = ""
    """The encoding that the settings give for this source; detected if empty."""
    source: SourceRule = SourceRule()
    """What the settings say of this source alone."""

    @property
    def known(self) -> tuple[str, ...]:
        """The labels of speakers in the settings."""
        return (*self.rules.interviewers, *self.rules.speakers)


@dataclass(frozen=True, slots=True)
class DraftTurn:
    """A turn before its role is known; start and end are offsets in code points."""

    speaker: str
    start: int
    end: int
    time: float | None = None
    role: Role | None = None
    """The role, if the source has it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical text with its turns, its header, and lines that are neither."""

    text: str
    turns: tuple[DraftTurn, ...]
    header: str = ""
    unplaced: tuple[UnplacedText, ...] = ()
    notices: tuple[str, ...] = ()
    labels: tuple[LabelCandidate, ...] = ()
    """Labels that are or might be speakers, if the reader had to detect them."""
    not_words: tuple[tuple[int, int], ...] = ()
    """Spans inside turns that are no spoken words and are not counted."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One caption or one row of a table: speaker, text, line, and time if known."""

    speaker: str
    text: str
    line: int
    time: float | None = None
    role: Role | None = None
    begins_turn: bool = False
    """Whether another speaker begins, though the one before may have the same name or none."""


def join_utterances(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Return utterances with consecutive ones of one speaker joined into one, their texts separated by a space."""
    joined: list[Utterance] = []
    for utterance in utterances:
        if joined and joined[-1].speaker == utterance.speaker and not utterance.begins_turn:
            last = joined[-1]
            joined[-1] = replace(last, text=f"{last.text} {utterance.text}".strip())
        else:
            joined.append(utterance)
    return joined


def build_draft_from_utterances(
    utterances: Sequence[Utterance],
    *,
    header: str = "",
    unplaced: Sequence[UnplacedText] = (),
    notices: Sequence[str] = (),
) -> Draft:
    """Return a draft whose text has the header and each utterance as a paragraph ``Speaker: text``."""
    parts = [header] if header else []
    # The offsets must agree with the join below, which puts two characters between paragraphs.
    position = len(header) + 2 if header else 0
    turns: list[DraftTurn] = []
    for utterance in utterances:
        label = f"{utterance.speaker}: " if utterance.speaker else ""
        start = position + len(label)
        end = start + len(utterance.text)
        turns.append(DraftTurn(utterance.speaker, start, end, utterance.time, utterance.role))
        parts.append(label + utterance.text)
        position = end + 2
    text = unify_line_ends("\n\n".join(parts) + "\n" if parts else "")
    return Draft(text, tuple(turns), header, tuple(unplaced), tuple(notices))
