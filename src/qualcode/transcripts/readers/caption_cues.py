"""Cues of WebVTT and SubRip captions: their times and lines, apart from comments, numbers and stray text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from qualcode.errors import OperationError
from qualcode.files import parse_json
from qualcode.model.xml_text import unescape_html
from qualcode.transcripts.labels.label_shapes import RECOGNISER_NAME
from qualcode.transcripts.labels.speaker_labels import clean_text, parse_seconds

# Wider than WebVTT: old Teams has unpadded and negative times, as 0:0:-6.-820.
_STAMP = r"(?:-?\d{1,6}:){1,2}-?\d{1,6}(?:[.,]-?\d{1,9})?"
_TIMING = re.compile(rf"^[ \t]*(?P<start>{_STAMP})[ \t]*-->[ \t]*(?P<end>{_STAMP})(?:[ \t].*)?$")
_CONSOLE = re.compile(rf"^[ \t]*\[(?P<start>{_STAMP})[ \t]*-->[ \t]*(?P<end>{_STAMP})\][ \t]*(?P<words>\S.*)?$")
"""Times and words on one line, as Whisper prints them."""

_SBV = re.compile(r"^(?P<start>\d{1,3}:\d\d:\d\d\.\d{3}),(?P<end>\d{1,3}:\d\d:\d\d\.\d{3})$")
"""Times of YouTube's .sbv."""

_NUMBER = re.compile(r"\s*\d+\s*")
COMMENT = re.compile(r"^NOTE(?:[ \t]|$)")
STYLING = re.compile(r"^(?:STYLE|REGION)[ \t]*$")
_WEBEX = re.compile(r'\d+ "(?P<name>[^"]*)" \(\d+\)\s*')
"""A cue's identifier in Webex, which names the speaker: 1 "Ann Lee" (2684267520)."""

# Tags of WebVTT and SubRip, times inside a cue (<00:01.000>), and position codes ({\an8}).
# The counts are limits for a line with thousands of tags that nothing closes.
_MARKUP = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^>]{0,200})?>|<\d[\d:.]{0,99}>|\{\\[^}]{0,200}\}", re.IGNORECASE
)
_WORD_TIMES = re.compile(r"<c(?:[.\s][^>]{0,200})?>|<\d[\d:.]{0,99}>")

_SPEAKER = re.compile(rf"(?:[^\s:]+ ){{0,3}}[^\s:]+[:：] \S|[\[(<]{RECOGNISER_NAME}[\])>]")

_JSON_KEYS = (("speakerName", "spokenText"),)
"""Keys of speaker and words in captions whose text is JSON, as the transcripts that Microsoft Graph exports."""

_JSON_START = re.compile(r"\[?\s*\{\s*\"\w+\"\s*:")

_MIN_STRAY = 2
"""Cues followed by a blank line and words, from which words below a blank line are the layout of the file."""

_ROLLING_SHARE = 0.5
"""The share of cues that begin with the lines of the cue before from which captions are rolling."""
_GROWN_SHARE = 0.4
"""The share of cues that begin with the whole cue before from which captions grow; each grows once or more."""

_VOICE_TAG = re.compile(r"<v[.\s][^>]{0,200}>")
_SHOWN_AGAIN = 0.1
"""Seconds: a cue that is on the screen for less, and has no new line, only moves lines up."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: its time in seconds, its end as written, the number of the line with its times, and its lines."""

    time: float
    end: str
    line: int
    lines: tuple[str, ...]
    name: str = ""
    """The speaker, where the cue's identifier or its JSON names one."""
    has_no_name: bool = False
    """Whether the cue's identifier or its JSON has an empty name, as that of a speaker who is not known."""


_Lines = list[tuple[int, str]]


def split_cues(lines: list[str], *, path: str = "") -> tuple[list[Cue], _Lines]:
    """Return the cues, and the other lines with their numbers (from 1).

    Raises
    ------
    OperationError
        If the text of cues is JSON without words.
    """
    joined = _join_numbers(lines)
    cues, rest, gaps = _split(joined, with_gaps=False)
    if gaps >= _MIN_STRAY or (gaps and joined is not lines):
        cues, rest, _ = _split(joined, with_gaps=True)
    cues = [_read_json(cue, path) for cue in cues]
    # Where no cue has a name, the empty ones say nothing.
    return cues if any(cue.name for cue in cues) else [replace(cue, has_no_name=False) for cue in cues], rest


def _join_numbers(lines: list[str]) -> list[str]:
    """Return lines with the numbers of cues directly above their times, if blank lines are between them in a file."""
    moves: list[tuple[int, int]] = []
    last = -1
    for position, line in enumerate(lines):
        if _match_times(line):
            if not moves and (last < 0 or position - last < 2 or not _NUMBER.fullmatch(lines[last])):
                return lines  # the first cue shows how a file is written
            if last < position - 1 and _NUMBER.fullmatch(lines[last]):
                moves.append((last, position - 1))
        if line.strip():
            last = position
    joined = [*lines] if moves else lines
    for number, above in moves:
        joined[number], joined[above] = "", lines[number]
    return joined


def _split(lines: list[str], *, with_gaps: bool) -> tuple[list[Cue], _Lines, int]:
    """Return cues, other lines, and how many cues have words below a blank line, which are theirs ``with_gaps``."""
    cues: list[Cue] = []
    rest: _Lines = []
    position = gaps = 0
    while position < len(lines):
        if timing := _match_times(lines[position]):
            # Blank lines between times and words are no end of a cue.
            end = _payload_end(lines, _skip_gap(lines, position + 1))
            while (following := _skip_gap(lines, end)) > end:
                gaps += 1
                if not with_gaps:
                    break
                end = _payload_end(lines, following)
            webex = _WEBEX.fullmatch(lines[position - 1]) if position else None
            payload = (timing.groupdict().get("words") or "", *lines[position + 1 : end])
            start, stop = parse_seconds(timing["start"]), timing["end"]
            name = clean_text(webex["name"]) if webex else ""
            has_no_name = webex is not None and not name
            cues.append(Cue(start, stop, position + 1, tuple(filter(str.strip, payload)), name, has_no_name))
            position = end
            continue
        if not lines[position].strip():
            # Blank lines are kept, since they end a comment or style block.
            rest.append((position + 1, ""))
        elif not _is_identifier(lines, position):
            rest.append((position + 1, lines[position]))
        position += 1
    return cues, rest, gaps


def _match_times(line: str) -> re.Match[str] | None:
    if "-->" in line:
        return _TIMING.match(line) or _CONSOLE.match(line)
    return _SBV.match(line) if line[:1].isdigit() and "," in line else None


def _skip_gap(lines: list[str], position: int) -> int:
    """Return the position of the words below blank lines; ``position`` itself if no words of the cue follow."""
    first = position
    while first < len(lines) and not lines[first].strip():
        first += 1
    return first if first < len(lines) and not _is_structure(lines, first) else position


def _is_structure(lines: list[str], position: int) -> bool:
    """Tell whether a line below a blank one is a cue's identifier or times (valid or not), a comment, or a style."""
    line = lines[position]
    is_broken_cue = any("->" in text for text in lines[position : position + 2])
    is_comment = COMMENT.match(line) or STYLING.match(line)
    return is_broken_cue or bool(is_comment) or bool(_match_times(line)) or _is_identifier(lines, position)


def _is_identifier(lines: list[str], position: int) -> bool:
    """Tell whether a line is a cue's identifier: any line below a blank one, elsewhere only a number."""
    if position + 1 >= len(lines) or _match_times(lines[position + 1]) is None:
        return False
    # Other lines above the times may be words of the cue before, which must not be lost.
    return position == 0 or not lines[position - 1].strip() or _NUMBER.fullmatch(lines[position]) is not None


def _payload_end(lines: list[str], position: int) -> int:
    """Return the position where a cue's text ends: at an empty line, or at the next cue if no empty line is there."""
    start = position
    # A line with only spaces is part of a cue: YouTube's captions have such lines.
    while position < len(lines) and lines[position]:
        is_below_blank = position > start and not lines[position - 1].strip()
        if _match_times(lines[position]) or (
            _is_identifier(lines, position) and (is_below_blank or lines[position].strip().isdigit())
        ):
            break
        position += 1
    return position


def _read_json(cue: Cue, path: str) -> Cue:
    """Return a cue with the speaker and words of its JSON, if its text is that."""
    text = "\n".join(cue.lines).strip()
    if not _JSON_START.match(text):
        return cue
    try:
        data = parse_json(text)
    except ValueError:
        data = None
    for speaker, words in _JSON_KEYS:
        if isinstance(data, dict) and isinstance(data.get(words), str):
            name = clean_text(str(data.get(speaker) or ""))
            has_no_name = speaker in data and not name
            return replace(cue, lines=tuple(data[words].splitlines()), name=name, has_no_name=has_no_name)
    raise OperationError(
        f"{path}:{cue.line + 1}: captions with JSON instead of words, and without the key spokenText: "
        "export the captions as plain .vtt"
    )


def strip_markup(line: str) -> str:
    """Return a line without tags, with HTML entities decoded."""
    # Tags first: an escaped <b> is text, not a tag.
    return unescape_html(_MARKUP.sub("", line))


def drop_shown_lines(cues: list[Cue]) -> tuple[list[Cue], bool]:
    """Return cues without the lines of the cue before with which they begin, if captions are rolling, and whether so.

    Rolling captions move a line up when the next one comes, so that each is in two or three cues.
    """
    if not _may_roll(cues):
        return cues, False
    shown = [[strip_markup(line).split() for line in cue.lines] for cue in cues]
    has_word_times = any(_WORD_TIMES.search(line) for cue in cues for line in cue.lines)
    # A line that names its speaker is one of its own, not a line shown again.
    if not has_word_times and any(_SPEAKER.match(" ".join(words)) for lines in shown for words in lines[:1]):
        return cues, False
    counts = [
        0,
        *(_count_shown(before, after, cue) for (before, after), cue in zip(pairwise(shown), cues[1:], strict=True)),
    ]
    sizes = [sum(map(len, lines)) for lines in shown]
    repeats = sum(map(bool, counts))
    is_rolling = repeats >= max(2.0, _ROLLING_SHARE * (len(cues) - 1))
    if not is_rolling or not any(0 < count < size for count, size in zip(counts, sizes, strict=True)):
        return cues, False
    return [_without_words(cue, count, size) for cue, count, size in zip(cues, counts, sizes, strict=True)], True


def drop_grown_cues(cues: list[Cue]) -> tuple[list[Cue], bool]:
    """Return cues without those that the next one repeats with more words, as live captions with names grow."""
    # A quick test, since few captions grow.
    lines = [cue.lines[0] if cue.lines else "" for cue in cues]
    if sum(after.startswith(before.removesuffix("</v>")) for before, after in pairwise(lines)) < _min_grown(cues):
        return cues, False
    texts = [(_voice_of(cue), [word for line in cue.lines for word in strip_markup(line).split()]) for cue in cues]
    is_repeated = [
        before[0] == after[0] and 0 < len(before[1]) < len(after[1]) and after[1][: len(before[1])] == before[1]
        for before, after in pairwise(texts)
    ]
    if sum(is_repeated) < _min_grown(cues):
        return cues, False
    kept: list[Cue] = []
    time: float | None = None
    for cue, is_old in zip(cues, [*is_repeated, False], strict=True):
        time = cue.time if time is None else time
        if not is_old:
            kept.append(replace(cue, time=time))
            time = None
    return kept, True


def _min_grown(cues: list[Cue]) -> float:
    return max(2.0, _GROWN_SHARE * (len(cues) - 1))


def _voice_of(cue: Cue) -> str:
    """Return what names the speaker of a cue: its name, or its tag of a voice."""
    voice = _VOICE_TAG.search(cue.lines[0]) if cue.lines else None
    return cue.name or (voice[0] if voice else "")


def _may_roll(cues: list[Cue]) -> bool:
    """Tell in little time whether some cues begin with a whole line of the cue before, and none has tags of voices."""
    if any("<v" in line for cue in cues[:2] for line in cue.lines):
        return False
    pairs = ((before.lines, after.lines[0].strip()) for before, after in pairwise(cues) if after.lines)
    return sum(any(first.startswith(line.strip()) for line in lines) for lines, first in pairs) > 1


def _count_shown(before: list[list[str]], after: list[list[str]], cue: Cue) -> int:
    """Return the number of words at the beginning of a cue that are the last lines of the cue before."""
    # Words with times are new.
    old = next((number for number, line in enumerate(cue.lines) if _WORD_TIMES.search(line)), len(after))
    limit = sum(map(len, after[:old])) if old < len(after) else sum(map(len, after))
    words = [word for line in after for word in line]
    for first in range(len(before)):
        last_lines = [word for line in before[first:] for word in line]
        if last_lines and len(last_lines) <= limit and words[: len(last_lines)] == last_lines:
            return len(last_lines)
    return 0


def _without_words(cue: Cue, count: int, size: int) -> Cue:
    if not count or (count == size and parse_seconds(cue.end) - cue.time > _SHOWN_AGAIN):
        return cue  # said again: it has a time of its own
    words = [word for line in cue.lines for word in strip_markup(line).split()]
    return replace(cue, lines=(html.escape(" ".join(words[count:]), quote=False),))
