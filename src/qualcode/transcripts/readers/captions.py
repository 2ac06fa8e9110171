"""WebVTT and SubRip captions of Teams, Zoom and others: each line is part of a cue, a comment, or reported."""

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

# Wider than WebVTT: old Teams has unpadded and negative times, as 0:0:-6.-820.
_STAMP = r"(?:-?\d{1,6}:){1,2}-?\d{1,6}(?:[.,]-?\d{1,9})?"
_TIMING = re.compile(rf"^[ \t]*(?P<start>{_STAMP})[ \t]*-->[ \t]*(?P<end>{_STAMP})(?:[ \t].*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]*)>")
# Tags of WebVTT and SubRip, times inside a cue (<00:01.000>), and position codes ({\an8}).
_MARKUP = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\d+\s*")
_COMMENT = re.compile(r"^NOTE(?:[ \t]|$)")
_WEBEX = re.compile(r'\d+ "(?P<name>[^"]+)" \(\d+\)\s*')
"""A cue's identifier in Webex, which names the speaker: 1 "Ann Lee" (2684267520)."""
_STYLING = re.compile(r"^(?:STYLE|REGION)[ \t]*$")


@dataclass(frozen=True, slots=True)
class _Caption:
    time: float
    line: int
    lines: tuple[str, ...]
    name: str = ""
    """The speaker, where the cue's identifier names one."""


_Voice = tuple[_Caption, str | None, str]
"""A caption, the speaker of one part of it (``None`` if it names none), and the words of that part."""


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a caption file."""
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    draft = read_captions(decoded.text, rules=options.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_captions(text: str, *, rules: SourceRules = SourceRules()) -> Draft:
    """Return the draft of captions; consecutive cues of one speaker are joined to one turn."""
    lines = text.split("\n")
    cues, rest = _split_captions(lines)
    header, unplaced = _comments(rest, first=cues[0].line if cues else len(lines) + 1)
    voices = _find_voices(cues, rules, _collapse_spaces)
    # A label without words is left out here, and reported below if it may be words itself.
    utterances, notices = _build_utterances([voice for voice in voices if voice[2].strip()])
    unplaced = sorted([*unplaced, *_unplaced_labels(voices, utterances)], key=lambda piece: piece.line)
    if not cues:
        notices = ["no captions were found: the transcript is empty"]
    return build_draft_from_utterances(join_utterances(utterances), header=header, unplaced=unplaced, notices=notices)


def caption_rows(text: str, *, rules: SourceRules = SourceRules(), max_captions: int = 8) -> list[tuple[str, str, str]]:
    """Return captions as rows (time, speaker, words) of an NVivo transcript: Timespan, Speaker, Content.

    Consecutive cues of one speaker are one row, with ``---`` between them; after ``max_captions`` a new row begins,
    so that a long speech has more than one time. Times are whole seconds. A second row with the same time gets half
    a second more, since NVivo accepts no time twice.
    """
    cues, _ = _split_captions(text.split("\n"))
    utterances, _ = _build_utterances([voice for voice in _find_voices(cues, rules, _join_lines) if voice[2].strip()])
    rows: list[tuple[str, str, str]] = []
    for speaker, group in groupby(utterances, key=lambda utterance: utterance.speaker):
        same = list(group)
        for first in range(0, len(same), max_captions):
            time = format_time(same[first].time or 0.0)
            latest = rows[-1][0] if rows else ""
            words = "---".join(utterance.text for utterance in same[first : first + max_captions])
            rows.append((f"{time}.5" if time == latest else time, speaker, words))
    return rows


def format_time(time: float) -> str:
    """Return seconds as hh:mm:ss."""
    whole = max(0, int(time))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _find_voices(cues: list[_Caption], rules: SourceRules, clean: Callable[[str], str]) -> list[_Voice]:
    """Return the parts of cues with their speakers; their text is what ``clean`` returns."""
    labels = find_speakers(_label_candidates(cues), rules=rules)
    return [(cue, name, text) for cue in cues for name, text in _split_voices(cue, labels, clean)]


def _unplaced_labels(voices: list[_Voice], utterances: list[Utterance]) -> Iterator[UnplacedText]:
    """Yield labels without words in any cue: they may be words themselves."""
    speakers = {utterance.speaker for utterance in utterances}
    for cue, name, text in voices:
        if name and not text.strip() and name not in speakers:
            yield UnplacedText(cue.line, name)


def _split_captions(lines: list[str]) -> tuple[list[_Caption], list[tuple[int, str]]]:
    """Return the cues, and the other lines with their numbers (from 1)."""
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
            # Blank lines are kept, since they end a comment or style block.
            rest.append((position + 1, ""))
        position += 1
    return cues, rest


def _is_caption_id(lines: list[str], position: int) -> bool:
    """Tell whether a line is a cue's identifier: any line below a blank one, elsewhere only a number."""
    if position + 1 >= len(lines) or _TIMING.match(lines[position + 1]) is None:
        return False
    # Other lines above the times may be words of the cue before, which must not be lost.
    return position == 0 or not lines[position - 1].strip() or _NUMBER.fullmatch(lines[position]) is not None


def _payload_end(lines: list[str], position: int) -> int:
    """Return the position where a cue's text ends: at a blank line, or at the next cue if no blank line is there."""
    while position < len(lines) and lines[position].strip():
        if _TIMING.match(lines[position]) or (_is_caption_id(lines, position) and lines[position].strip().isdigit()):
            break
        position += 1
    return position


def _comments(rest: list[tuple[int, str]], *, first: int) -> tuple[str, list[UnplacedText]]:
    """Return the header (title and comments above the first cue), and the lines that are no part of cue or header."""
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
        # A comment between cues is reported with its line: it may be about what is said there.
        elif mode != "style" and number < first and (mode == "header" or _COMMENT.match(line)):
            header.append(_COMMENT.sub("", line).strip())
            mode = "header"
        elif mode != "style":
            unplaced.append(UnplacedText(number, line.strip()))
    return "\n".join(filter(None, header)), unplaced


def _label_candidates(cues: list[_Caption]) -> Iterator[str]:
    """Yield the words before a colon in the lines of cues."""
    for cue in cues:
        for line in () if cue.name else cue.lines:
            # Without a space after it, a colon is no evidence of a speaker.
            if (match := LABEL.match(_strip_markup(line))) and match["name"] and not match["tight"]:
                yield match["name"]


def _build_utterances(voices: list[_Voice]) -> tuple[list[Utterance], list[str]]:
    """Return an utterance per voice, and the notices on cues without a speaker.

    Some recorders name the speaker in every cue: there, a cue without a name has no known speaker. Others name the
    speaker only when it changes: there, a cue without a name has the speaker of the cue before it.
    """
    is_named_in_each = any(name is not None and name == before for (_, before, _), (_, name, _) in pairwise(voices))
    utterances: list[Utterance] = []
    speaker = ""
    for cue, name, text in voices:
        speaker = name if name is not None else "" if is_named_in_each else speaker
        utterances.append(Utterance(speaker, text, cue.line, cue.time))
    unnamed = [utterance.line for utterance in utterances if not utterance.speaker]
    return utterances, _speaker_notices(unnamed, len(utterances))


def _speaker_notices(unnamed: list[int], cues: int) -> list[str]:
    if not unnamed:
        return []
    if len(unnamed) == cues:
        return ["no caption names its speaker: the whole text is read as one participant's turn"]
    first = f"the first at line {unnamed[0]}"
    return [f"no speaker in {len(unnamed)} of {cues} captions ({first}): counted as a participant's"]


def _split_voices(
    cue: _Caption, labels: Collection[str], clean: Callable[[str], str]
) -> Iterator[tuple[str | None, str]]:
    """Yield (speaker, words) of each voice in a cue; the speaker is ``None`` where the cue names none."""
    whole = "\n".join(cue.lines)
    pieces = _VOICE.split(whole)
    if len(pieces) > 1:
        yield cue.name or None, clean(_strip_markup(pieces[0]))
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            yield clean_text(html.unescape(name)), clean(_strip_markup(text))
        return
    speaker: str | None = cue.name or None
    texts: list[str] = []
    for line in map(_strip_markup, cue.lines):
        match = LABEL.match(line)
        if match and not cue.name and clean_text(match["name"]) in labels:
            yield speaker, " ".join(texts)
            speaker, texts = clean_text(match["name"]), [clean(line[match.end() :])]
        else:
            texts.append(clean(line))
    yield speaker, " ".join(filter(None, texts))


def _strip_markup(line: str) -> str:
    # Tags first: an escaped <b> is text, not a tag.
    return html.unescape(_MARKUP.sub("", line))


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def _join_lines(text: str) -> str:
    return text.replace("\n", " ")
