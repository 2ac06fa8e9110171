"""CHAT transcripts (.cha) of CLAN and TalkBank: main tiers are turns, dependent tiers are reported as not placed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode.files import decode_text
from qualcode.model import Role, UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.speaker_labels import clean_text
from qualcode.transcripts.readers.chat_codes import find_codes

_TIER = re.compile(r"(?P<kind>[*%])(?P<name>[^\s:]{1,40}):[ \t]*(?P<text>.*)", re.DOTALL)
_HEADER = re.compile(r"@(?P<name>[^:\n]+?)(?::[ \t]*(?P<text>.*))?", re.DOTALL)
_BULLET = re.compile(r"(?<![ \t])[ \t]*+\x15(?=[^\x15\n]*+\x15)[^\x15\n]*?(?P<start>\d{1,12})_\d{1,12}[^\x15\n]*+\x15")
"""CLAN's time mark: start and end in milliseconds, between two control characters."""
_INTERVIEWERS = frozenset("investigator interviewer experimenter moderator facilitator researcher teacher".split())
# Headers on how CLAN shows the file, not on the talk.
_TECHNICAL = frozenset({"utf8", "begin", "end", "font", "colorwords", "window"})


@dataclass(frozen=True)
class _LogicalLine:
    """A line joined with its continuation lines."""

    number: int
    text: str


@dataclass(frozen=True)
class _Participant:
    name: str
    role: Role | None


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a CHAT transcript; words and codes of a turn are not changed."""
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    lines = list(_lines(decoded.text))
    speakers = _participants(lines)
    utterances: list[Utterance] = []
    header: list[str] = []
    unplaced: list[UnplacedText] = []
    tiers: Counter[str] = Counter()
    for line in lines:
        tier, head = _TIER.fullmatch(line.text), _HEADER.fullmatch(line.text)
        if tier and tier["kind"] == "*" and _strip_bullets(tier["text"]):
            utterances.append(_build_utterance(tier, line.number, speakers))
        # Headers below the first turn (@Comment, @Bg) are reported, since they refer to a place in the talk.
        elif head and not utterances:
            header += [] if head["name"].casefold() in _TECHNICAL else [_strip_bullets(line.text.removeprefix("@"))]
        elif not head or head["name"].casefold() not in _TECHNICAL:
            tiers.update([f"%{tier['name']}"] if tier and tier["kind"] == "%" else [])
            unplaced.append(UnplacedText(line.number, _strip_bullets(line.text)))
    notices = [*decoded.notices, *_notices(utterances, tiers)]
    draft = build_draft_from_utterances(utterances, header="\n".join(header), unplaced=unplaced, notices=notices)
    codes = [
        (turn.start + start, turn.start + end)
        for turn, utterance in zip(draft.turns, utterances, strict=True)
        for start, end in find_codes(utterance.text)
    ]
    return replace(draft, not_words=tuple(codes))


def _lines(text: str) -> Iterator[_LogicalLine]:
    """Yield lines, each with the lines below it that begin with a tab or space, which continue it."""
    parts: list[str] = []
    number = 0
    for line_number, line in enumerate(text.split("\n"), 1):
        if parts and line[:1] in {"\t", " "} and line.strip():
            parts.append(line.strip())
            continue
        if parts:
            yield _LogicalLine(number, " ".join(parts))
        parts, number = ([line.strip(" \t\ufeff")] if line.strip() else []), line_number
    if parts:
        yield _LogicalLine(number, " ".join(parts))


def _participants(lines: Sequence[_LogicalLine]) -> Mapping[str, _Participant]:
    """Return speakers by their code, from ``@Participants: CHI Ross Child, INV Ann Investigator``.

    Where two have one name, their codes are the names.
    """
    listed = next((line.text for line in lines if line.text.startswith("@Participants:")), "")
    participants: dict[str, _Participant] = {}
    for entry in listed.removeprefix("@Participants:").split(","):
        words = entry.split()
        if len(words) > 1:
            # An entry is code, name (may be missing, with _ for spaces) and role.
            role: Role | None = "interviewer" if words[-1].casefold() in _INTERVIEWERS else None
            participants[words[0]] = _Participant(" ".join(words[1:-1]).replace("_", " ") or words[0], role)
    if len({participant.name for participant in participants.values()}) == len(participants):
        return participants
    return {code: _Participant(code, participant.role) for code, participant in participants.items()}


def _build_utterance(tier: re.Match[str], number: int, speakers: Mapping[str, _Participant]) -> Utterance:
    speaker = speakers.get(tier["name"], _Participant(tier["name"], None))
    time = _BULLET.search(tier["text"])
    return Utterance(
        speaker.name, _strip_bullets(tier["text"]), number, int(time["start"]) / 1000 if time else None, speaker.role
    )


def _strip_bullets(text: str) -> str:
    return clean_text(_BULLET.sub("", text))


def _notices(utterances: Sequence[Utterance], tiers: Mapping[str, int]) -> Iterator[str]:
    if not utterances:
        yield "no main tier (*NAME:) was found: the transcript is empty"
    if tiers:
        counts = ", ".join(f"{name} {count}" for name, count in tiers.items())
        yield f"dependent tiers are not words of the transcript: {counts}"
