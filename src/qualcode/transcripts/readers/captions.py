"""WebVTT and SubRip captions of Teams, Zoom and others; every line is a cue, a comment, or reported."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from qualcode.files import decode_text
from qualcode.model import SourceRules, UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances, join_utterances
from qualcode.transcripts.labels.speaker_labels import LABEL, clean_text, find_speakers, parse_seconds

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
class _Caption:
    time: float
    line: int
    lines: tuple[str, ...]
    name: str = ""
    """Who speaks, where the cue's id says it."""


_Voice = tuple[_Caption, str | None, str]


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read a source of captions."""
    decoded = decode_text(content, path=told.path, encoding=told.encoding)
    draft = read_captions(decoded.text, rules=told.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_captions(text: str, *, rules: SourceRules = SourceRules()) -> Draft:
    """Read captions; consecutive cues of one speaker join into one turn."""
    lines = text.split("\n")
    cues, rest = _split_captions(lines)
    header, unplaced = _comments(rest, first=cues[0].line if cues else len(lines) + 1)
    heard = _find_voices(cues, rules, _collapse_spaces)
    blocks, notices = _build_utterances([voice for voice in heard if voice[2].strip()])
    unplaced = sorted([*unplaced, *_unplaced_labels(heard, blocks)], key=lambda one: one.line)
    if not cues:
        notices = ["no cues were found: the transcript is empty"]
    return build_draft_from_utterances(join_utterances(blocks), header=header, unplaced=unplaced, notices=notices)


def caption_rows(text: str, *, rules: SourceRules = SourceRules(), max_captions: int = 8) -> list[tuple[str, str, str]]:
    """Return captions as the rows (time, speaker, words) of an NVivo transcript: Timespan, Speaker, Content.

    Consecutive cues of one speaker are one row, with ``---`` between them, but never more than ``most``, so that
    a long speech keeps times. Times are whole seconds; a second row in the same one is half a second later,
    since NVivo takes no time twice.
    """
    cues, _ = _split_captions(text.split("\n"))
    blocks, _ = _build_utterances([voice for voice in _find_voices(cues, rules, _join_lines) if voice[2].strip()])
    rows: list[tuple[str, str, str]] = []
    for speaker, group in groupby(blocks, key=lambda block: block.speaker):
        same = list(group)
        for first in range(0, len(same), max_captions):
            time = format_time(same[first].time or 0.0)
            latest = rows[-1][0] if rows else ""
            words = "---".join(block.text for block in same[first : first + max_captions])
            rows.append((f"{time}.5" if time == latest else time, speaker, words))
    return rows


def format_time(time: float) -> str:
    """Return seconds as hh:mm:ss."""
    whole = max(0, int(time))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _find_voices(cues: list[_Caption], rules: SourceRules, words: Callable[[str], str]) -> list[_Voice]:
    """Return who says what in the cues, the words as ``words`` leaves them."""
    labels = find_speakers(_candidates(cues), rules=rules)
    return [(cue, name, said) for cue in cues for name, said in _split_voices(cue, labels, words)]


def _unplaced_labels(heard: list[_Voice], blocks: list[Utterance]) -> Iterator[UnplacedText]:
    """Yield the labels of those who say nothing in any cue: they may be words."""
    speaking = {block.speaker for block in blocks}
    for cue, name, said in heard:
        if name and not said.strip() and name not in speaking:
            yield UnplacedText(cue.line, name)


def _split_captions(lines: list[str]) -> tuple[list[_Caption], list[tuple[int, str]]]:
    """Part the lines into cues and the rest, which keeps its line numbers (from 1)."""
    cues: list[_Caption] = []
    rest: list[tuple[int, str]] = []
    position = 0
    while position < len(lines):
        if timing := _TIMING.match(lines[position]):
            end = _payload_end(lines, position + 1)
            webex = _WEBEX.fullmatch(lines[position - 1]) if position else None
            name = clean_text(webex["name"]) if webex else ""
            cues.append(_Caption(parse_seconds(timing["start"]), position + 1, tuple(lines[position + 1 : end]), name))
            position = end
            continue
        if lines[position].strip() and not _is_caption_id(lines, position):
            rest.append((position + 1, lines[position]))
        elif not lines[position].strip():
            rest.append((position + 1, ""))
        position += 1
    return cues, rest


def _is_caption_id(lines: list[str], position: int) -> bool:
    """Tell whether a line is a cue's id: what it says, if a blank line is above it, else only a number."""
    if position + 1 >= len(lines) or _TIMING.match(lines[position + 1]) is None:
        return False
    return position == 0 or not lines[position - 1].strip() or _NUMBER.fullmatch(lines[position]) is not None


def _payload_end(lines: list[str], position: int) -> int:
    """Return where a cue's text ends: a blank line, or the next cue where the blank line is missing."""
    while position < len(lines) and lines[position].strip():
        if _TIMING.match(lines[position]) or (_is_caption_id(lines, position) and lines[position].strip().isdigit()):
            break
        position += 1
    return position


def _comments(rest: list[tuple[int, str]], *, first: int) -> tuple[str, list[UnplacedText]]:
    """Return the header (title and comments above the first cue) and all lines that fit nowhere."""
    header: list[str] = []
    unplaced: list[UnplacedText] = []
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
            unplaced.append(UnplacedText(number, line.strip()))
    return "\n".join(filter(None, header)), unplaced


def _candidates(cues: list[_Caption]) -> Iterator[str]:
    for cue in cues:
        for line in () if cue.name else cue.lines:
            if (match := LABEL.match(_strip_markup(line))) and match["name"] and not match["tight"]:
                yield match["name"]


def _build_utterances(voices: list[_Voice]) -> tuple[list[Utterance], list[str]]:
    """Return one block a voice.

    Some recorders name the speaker in every cue; there a cue without a name is by nobody known. Where a
    name stands only when the speaker changes, a cue without one goes on with the speaker before it.
    """
    every_cue = any(name is not None and name == before for (_, before, _), (_, name, _) in pairwise(voices))
    blocks: list[Utterance] = []
    speaker = ""
    for cue, name, said in voices:
        speaker = name if name is not None else "" if every_cue else speaker
        blocks.append(Utterance(speaker, said, cue.line, cue.time))
    return blocks, _speaker_notices([block.line for block in blocks if not block.speaker], len(blocks))


def _speaker_notices(lines: list[int], cues: int) -> list[str]:
    if not lines:
        return []
    if len(lines) == cues:
        return ["no cue names its speaker: the whole text is read as one participant's turn"]
    return [f"{len(lines)} of {cues} cues name no speaker (the first at line {lines[0]}): counted as a participant's"]


def _split_voices(
    cue: _Caption, labels: Collection[str], words: Callable[[str], str]
) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, words) for each voice of a cue; None where the cue does not name one."""
    whole = "\n".join(cue.lines)
    pieces = _VOICE.split(whole)
    if len(pieces) > 1:
        yield cue.name or None, words(_strip_markup(pieces[0]))
        for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
            yield clean_text(html.unescape(name)), words(_strip_markup(said))
        return
    speaker: str | None = cue.name or None
    held: list[str] = []
    for line in map(_strip_markup, cue.lines):
        match = LABEL.match(line)
        if match and not cue.name and clean_text(match["name"]) in labels:
            yield speaker, " ".join(held)
            speaker, held = clean_text(match["name"]), [words(line[match.end() :])]
        else:
            held.append(words(line))
    yield speaker, " ".join(filter(None, held))


def _strip_markup(line: str) -> str:
    return html.unescape(_MARKUP.sub("", line))


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def _join_lines(text: str) -> str:
    return text.replace("\n", " ")
