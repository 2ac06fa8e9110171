"""What every reader produces before roles are known, and how structured sources become one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qualcode.model import LabelCandidate, Role, SourceRules, UnplacedText


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader is told beside a source's bytes."""

    path: str
    """The source's path in messages."""
    rules: SourceRules = SourceRules()
    encoding: str = ""
    """The encoding that the settings give for this source; found out where empty."""

    @property
    def known(self) -> tuple[str, ...]:
        """Labels that the settings name as speakers'."""
        return (*self.rules.interviewers, *self.rules.speakers)


@dataclass(frozen=True, slots=True)
class DraftTurn:
    """A turn whose role is not yet decided."""

    speaker: str
    start: int
    end: int
    time: float | None = None
    role: Role | None = None
    """Where the source itself says it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Canonical text with its turns, header, and what fits neither."""

    text: str
    turns: tuple[DraftTurn, ...]
    header: str = ""
    unplaced: tuple[UnplacedText, ...] = ()
    notices: tuple[str, ...] = ()
    labels: tuple[LabelCandidate, ...] = ()
    """What was or could have been taken for a speaker, where that had to be found out."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One cue of captions or one row of a table: who said what, when, and on which line it stands."""

    speaker: str
    text: str
    line: int
    time: float | None = None
    role: Role | None = None


def join_utterances(blocks: Iterable[Utterance]) -> list[Utterance]:
    """Join consecutive blocks of one speaker into one, their texts with a space between."""
    joined: list[Utterance] = []
    for block in blocks:
        if joined and joined[-1].speaker == block.speaker:
            last = joined[-1]
            joined[-1] = replace(last, text=f"{last.text} {block.text}".strip())
        else:
            joined.append(block)
    return joined


def build_draft_from_utterances(
    blocks: Sequence[Utterance],
    *,
    header: str = "",
    unplaced: Sequence[UnplacedText] = (),
    notices: Sequence[str] = (),
) -> Draft:
    """Write blocks as ``Speaker: text`` paragraphs, the header above them, and note where each turn lies."""
    parts = [header] if header else []
    position = len(header) + 2 if header else 0
    spans: list[DraftTurn] = []
    for block in blocks:
        label = f"{block.speaker}: " if block.speaker else ""
        start = position + len(label)
        spans.append(DraftTurn(block.speaker, start, start + len(block.text), block.time, block.role))
        parts.append(label + block.text)
        position = start + len(block.text) + 2
    text = "\n\n".join(parts) + "\n" if parts else ""
    return Draft(text, tuple(spans), header, tuple(unplaced), tuple(notices))
