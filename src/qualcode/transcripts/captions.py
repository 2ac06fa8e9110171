"""WebVTT and SubRip captions of Teams, Zoom and others; every line is a cue, a comment, or reported."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from qualcode.files import decode
from qualcode.model import Unplaced
from qualcode.transcripts.draft import Block, Draft, Told, assemble, join_cues
from qualcode.transcripts.labels import LABEL, seconds, speakers, tidy

_STAMP = r"(?:-?\d+:){1,2}-?\d+(?:[.,]-?\d+)?"
_TIMING = re.compile(rf"^[ \t]*(?P<start>{_STAMP})[ \t]*-->[ \t]*(?P<end>{_STAMP})(?:[ \t].*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]*)>")
_MARKUP = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_COMMENT = re.compile(r"^NOTE(?:[ \t]|$)")
_STYLING = re.compile(r"^(?:STYLE|REGION)[ \t]*$")


@dataclass(frozen=True, slots=True)
class _Cue:
    time: float
    line: int
    lines: tuple[str, ...]


_Voice = tuple[_Cue, str | None, str]


def read(content: bytes, told: Told) -> Draft:
    """Read a source of captions."""
    decoded = decode(content, path=told.shown, encoding=told.encoding)
    draft = read_captions(decoded.text, known=told.known)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_captions(text: str, *, known: Collection[str] = ()) -> Draft:
    """Read captions; consecutive cues of one speaker join into one turn."""
    lines = text.split("\n")
    cues, rest = _split(lines)
    header, unplaced = _comments(rest, first=cues[0].line if cues else len(lines) + 1)
    labels = speakers(_candidates(cues), known=known)
    voices = [(cue, name, said) for cue in cues for name, said in _voices(cue, labels) if said]
    blocks, notices = _blocks(voices)
    if not cues:
        notices = ["no cues were found: the transcript is empty"]
    return assemble(join_cues(blocks), header=header, unplaced=unplaced, notices=notices)


def _split(lines: list[str]) -> tuple[list[_Cue], list[tuple[int, str]]]:
    """Part the lines into cues and the rest, which keeps its line numbers (from 1)."""
    cues: list[_Cue] = []
    rest: list[tuple[int, str]] = []
    position = 0
    while position < len(lines):
        if timing := _TIMING.match(lines[position]):
            end = _payload_end(lines, position + 1)
            cues.append(_Cue(seconds(timing["start"]), position + 1, tuple(lines[position + 1 : end])))
            position = end
            continue
        if lines[position].strip() and not _is_cue_id(lines, position):
            rest.append((position + 1, lines[position]))
        elif not lines[position].strip():
            rest.append((position + 1, ""))
        position += 1
    return cues, rest


def _is_cue_id(lines: list[str], position: int) -> bool:
    return position + 1 < len(lines) and _TIMING.match(lines[position + 1]) is not None


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
        for line in cue.lines:
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


def _voices(cue: _Cue, labels: Collection[str]) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, words) for each voice of a cue; None where the cue does not name one."""
    whole = "\n".join(cue.lines)
    pieces = _VOICE.split(whole)
    if len(pieces) > 1:
        yield None, _words(pieces[0])
        yield from (
            (tidy(html.unescape(name)), _words(said)) for name, said in zip(pieces[1::2], pieces[2::2], strict=True)
        )
        return
    name: str | None = None
    said: list[str] = []
    for line in cue.lines:
        match = LABEL.match(_plain(line))
        if match and match["name"] and tidy(match["name"]) in labels:
            yield name, " ".join(said)
            name, said = tidy(match["name"]), [tidy(_plain(line)[match.end() :])]
        else:
            said.append(_words(line))
    yield name, " ".join(filter(None, said))


def _plain(line: str) -> str:
    return html.unescape(_MARKUP.sub("", line))


def _words(text: str) -> str:
    return " ".join(_plain(text).split())
