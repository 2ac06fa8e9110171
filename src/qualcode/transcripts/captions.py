"""WebVTT and SubRip captions of Teams, Zoom and others; every line is a cue, a comment, or reported."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from qualcode.files import decode
from qualcode.model import Rules, Unplaced
from qualcode.transcripts.draft import Block, Draft, Told, assemble, join_cues
from qualcode.transcripts.labels import LABEL, seconds, speakers, tidy

_STAMP = r"(?:-?\d{1,6}:){1,2}-?\d{1,6}(?:[.,]-?\d{1,9})?"
_TIMING = re.compile(rf"^[ \t]*(?P<start>{_STAMP})[ \t]*-->[ \t]*(?P<end>{_STAMP})(?:[ \t].*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]*)>")
_MARKUP = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\d+\s*")
_COMMENT = re.compile(r"^NOTE(?:[ \t]|$)")
_WEBEX = re.compile(r'\d+ "(?P<name>[^"]+)" \(\d+\)\s*')
"""A cue's id in Webex, which names the speaker there: 1 "Ann Lee" (2684267520)."""
_STYLING = re.compile(r"^(?:STYLE|REGION)[ \t]*$")


@dataclass(frozen=True, slots=True)
class _Cue:
    time: float
    line: int
    lines: tuple[str, ...]
    name: str = ""
    """Who speaks, where the cue's id says it."""


_Voice = tuple[_Cue, str | None, str]


def read(content: bytes, told: Told) -> Draft:
    """Read a source of captions."""
    decoded = decode(content, path=told.shown, encoding=told.encoding)
    draft = read_captions(decoded.text, rules=told.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_captions(text: str, *, rules: Rules = Rules()) -> Draft:
    """Read captions; consecutive cues of one speaker join into one turn."""
    lines = text.split("\n")
    cues, rest = _split(lines)
    header, unplaced = _comments(rest, first=cues[0].line if cues else len(lines) + 1)
    heard = _heard(cues, rules, _words)
    blocks, notices = _blocks([voice for voice in heard if voice[2].strip()])
    unplaced = sorted([*unplaced, *_silent(heard, blocks)], key=lambda one: one.line)
    if not cues:
        notices = ["no cues were found: the transcript is empty"]
    return assemble(join_cues(blocks), header=header, unplaced=unplaced, notices=notices)


def cue_rows(text: str, *, rules: Rules = Rules(), most: int = 8) -> list[tuple[str, str, str]]:
    """Return captions as the rows (time, speaker, words) of an NVivo transcript: Timespan, Speaker, Content.

    Consecutive cues of one speaker are one row, with ``---`` between them, but never more than ``most``, so that
    a long speech keeps times. Times are whole seconds; a second row in the same one is half a second later,
    since NVivo takes no time twice.
    """
    cues, _ = _split(text.split("\n"))
    blocks, _ = _blocks([voice for voice in _heard(cues, rules, _kept) if voice[2].strip()])
    rows: list[tuple[str, str, str]] = []
    for speaker, group in groupby(blocks, key=lambda block: block.speaker):
        same = list(group)
        for first in range(0, len(same), most):
            time = clock(same[first].time or 0.0)
            latest = rows[-1][0] if rows else ""
            words = "---".join(block.text for block in same[first : first + most])
            rows.append((f"{time}.5" if time == latest else time, speaker, words))
    return rows


def clock(time: float) -> str:
    """Return seconds as hh:mm:ss."""
    whole = max(0, int(time))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _heard(cues: list[_Cue], rules: Rules, words: Callable[[str], str]) -> list[_Voice]:
    """Return who says what in the cues, the words as ``words`` leaves them."""
    labels = speakers(_candidates(cues), rules=rules)
    return [(cue, name, said) for cue in cues for name, said in _voices(cue, labels, words)]


def _silent(heard: list[_Voice], blocks: list[Block]) -> Iterator[Unplaced]:
    """Yield the labels of those who say nothing in any cue: they may be words."""
    speaking = {block.speaker for block in blocks}
    for cue, name, said in heard:
        if name and not said.strip() and name not in speaking:
            yield Unplaced(cue.line, name)


def _split(lines: list[str]) -> tuple[list[_Cue], list[tuple[int, str]]]:
    """Part the lines into cues and the rest, which keeps its line numbers (from 1)."""
    cues: list[_Cue] = []
    rest: list[tuple[int, str]] = []
    position = 0
    while position < len(lines):
        if timing := _TIMING.match(lines[position]):
            end = _payload_end(lines, position + 1)
            webex = _WEBEX.fullmatch(lines[position - 1]) if position else None
            name = tidy(webex["name"]) if webex else ""
            cues.append(_Cue(seconds(timing["start"]), position + 1, tuple(lines[position + 1 : end]), name))
            position = end
            continue
        if lines[position].strip() and not _is_cue_id(lines, position):
            rest.append((position + 1, lines[position]))
        elif not lines[position].strip():
            rest.append((position + 1, ""))
        position += 1
    return cues, rest


def _is_cue_id(lines: list[str], position: int) -> bool:
    """Tell whether a line is a cue's id: what it says, if a blank line is above it, else only a number."""
    if position + 1 >= len(lines) or _TIMING.match(lines[position + 1]) is None:
        return False
    return position == 0 or not lines[position - 1].strip() or _NUMBER.fullmatch(lines[position]) is not None


def _payload_end(lines: list[str], position: int) -> int:
    """Return where a cue's text ends: a blank line, or the next cue where the blank line is missing."""
    while position < len(lines) and lines[position].strip():
        if _TIMING.match(lines[position]) or (_is_cue_id(lines, position) and lines[position].strip().isdigit()):
            break
        position += 1
    return position


def _comments(rest: list[tuple[int, str]], *, first: int) -> tuple[str, list[Unplaced]]:
    """Return the header (title and comments above the first cue) and all lines that fit nowhere."""
    header: list[str] = []
    unplaced: list[Unplaced] = []
    mode = ""
    for number, line in rest:
        if not line:
            mode = ""
        elif number == 1 and line.startswith("WEBVTT"):
            header += [line.removeprefix("WEBVTT").strip(" -")]
            mode = "header"
        elif _STYLING.match(line):
            mode = "style"
        elif mode != "style" and number < first and (mode == "header" or _COMMENT.match(line)):
            header.append(_COMMENT.sub("", line).strip())
            mode = "header"
        elif mode != "style":
            unplaced.append(Unplaced(number, line.strip()))
    return "\n".join(filter(None, header)), unplaced


def _candidates(cues: list[_Cue]) -> Iterator[str]:
    for cue in cues:
        for line in () if cue.name else cue.lines:
            if (match := LABEL.match(_plain(line))) and match["name"] and not match["tight"]:
                yield match["name"]


def _blocks(voices: list[_Voice]) -> tuple[list[Block], list[str]]:
    """Return one block a voice.

    Some recorders name the speaker in every cue; there a cue without a name is by nobody known. Where a
    name stands only when the speaker changes, a cue without one goes on with the speaker before it.
    """
    every_cue = any(name is not None and name == before for (_, before, _), (_, name, _) in pairwise(voices))
    blocks: list[Block] = []
    speaker = ""
    for cue, name, said in voices:
        speaker = name if name is not None else "" if every_cue else speaker
        blocks.append(Block(speaker, said, cue.line, cue.time))
    return blocks, _nameless([block.line for block in blocks if not block.speaker], len(blocks))


def _nameless(lines: list[int], cues: int) -> list[str]:
    if not lines:
        return []
    if len(lines) == cues:
        return ["no cue names its speaker: the whole text is read as one participant's turn"]
    return [f"{len(lines)} of {cues} cues name no speaker (the first at line {lines[0]}): counted as a participant's"]


def _voices(cue: _Cue, labels: Collection[str], words: Callable[[str], str]) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, words) for each voice of a cue; None where the cue does not name one."""
    whole = "\n".join(cue.lines)
    pieces = _VOICE.split(whole)
    if len(pieces) > 1:
        yield cue.name or None, words(_plain(pieces[0]))
        for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
            yield tidy(html.unescape(name)), words(_plain(said))
        return
    speaker: str | None = cue.name or None
    held: list[str] = []
    for line in map(_plain, cue.lines):
        match = LABEL.match(line)
        if match and not cue.name and tidy(match["name"]) in labels:
            yield speaker, " ".join(held)
            speaker, held = tidy(match["name"]), [words(line[match.end() :])]
        else:
            held.append(words(line))
    yield speaker, " ".join(filter(None, held))


def _plain(line: str) -> str:
    return html.unescape(_MARKUP.sub("", line))


def _words(text: str) -> str:
    return " ".join(text.split())


def _kept(text: str) -> str:
    return text.replace("\n", " ")
