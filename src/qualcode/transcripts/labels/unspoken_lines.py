"""Lines inside turns that nobody spoke: time stamps, notices of recorders, system lines and placeholders of chats."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qualcode.model import UnplacedText
from qualcode.model.line_numbers import line_counter
from qualcode.transcripts.draft import DraftTurn
from qualcode.transcripts.labels.label_shapes import CHAT_LINE
from qualcode.transcripts.labels.recorder_notices import find_placeholder, is_recorder_notice
from qualcode.transcripts.labels.speaker_labels import LabelMatch, blank_direction_marks, find_lines
from qualcode.transcripts.labels.time_shapes import F4_TIME, SPACE, STAMP, are_in_order, parse_seconds

_BARE = STAMP.replace("(?P<time>", "(?P<time_bare>")
_STAMP = re.compile(
    rf"""^{SPACE}*(?:
        (?=[\[(]){STAMP}(?<=[\])])(?:{SPACE}+-(?={SPACE}))?      # [00:12] words, [00:12 --> 00:15] words
        |\#(?P<time_f4>{F4_TIME})\#(?={SPACE}+\S)
        |{_BARE}(?=\s|\Z)
    ){SPACE}*""",
    re.MULTILINE | re.VERBOSE,
)
_FIRST_STAMP = re.compile(
    # At the beginning of a line it is one of the stamps above.
    rf"(?<![\n])(?=[\[(]){STAMP}(?<=[\])])(?P<time_f4>)(?P<time_bare>)(?:\s+|\Z)",
    re.VERBOSE,
)
_FIRST_TIME = re.compile(rf"{STAMP}(?:\s+|\Z)")
_MAY_HAVE_STAMP = re.compile(r"^[^\S\n]*[\[(#]?\d", re.MULTILINE)
_CHAT_LINE = re.compile(rf"^{CHAT_LINE}", re.MULTILINE | re.VERBOSE)
_MARK = "\u200e"
"""The mark of direction with which the messages of WhatsApp itself begin."""

_MIN_STAMPS = 3
"""Times without brackets, in ascending order, from which they are time stamps rather than words."""

_MIN_STAMP_SHARE = 1 / 3
"""The share of lines that begin with a time without brackets from which such times are stamps."""


_MAX_FALLS = 0.25
"""The share of times that may be earlier than the one before."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A span of the text that is in no turn: a time of the words behind it, or words that are reported."""

    start: int
    end: int
    time: float | None = None


def cut_unspoken_lines(
    text: str, turns: Sequence[DraftTurn], labels: Sequence[LabelMatch]
) -> tuple[list[DraftTurn], tuple[UnplacedText, ...], tuple[str, ...]]:
    """Return the turns without what nobody spoke, the words that were cut out, and notices.

    A turn is split where something is cut out of it, so that the canonical text stays as it is.
    """
    chat = [label for label in labels if label.shape == "chat with dates"]
    stamps, notices = _find_stamps(text, turns)
    reported = [*_recorder_cuts(text, turns), *(_chat_cuts(text, chat) if len(chat) > 1 else ())]
    cuts = sorted([*stamps, *reported], key=lambda cut: cut.start)
    unplaced = tuple(
        UnplacedText(line_counter(text)(cut.start), words)
        for cut in cuts
        if cut.time is None and (words := text[cut.start : cut.end].strip())
    )
    return _take_first_times(text, _split_turns(text, turns, cuts)), unplaced, notices


def _find_stamps(text: str, turns: Sequence[DraftTurn]) -> tuple[list[_Cut], tuple[str, ...]]:
    first = [match for turn in turns if (match := _FIRST_STAMP.match(text, turn.start, turn.end))]
    matches = first + [
        match
        for turn in turns
        if _MAY_HAVE_STAMP.search(text, turn.start, turn.end)
        for match in _STAMP.finditer(text, turn.start, turn.end)
    ]
    bare = [match for match in matches if match["time_bare"]]
    sure = [match for match in matches if not match["time_bare"]]
    if not bare or not _are_stamps(text, turns, bare):
        return [_stamp_cut(match) for match in sure], ()
    line = text.count("\n", 0, bare[0].start()) + 1
    notice = f"{len(bare)} times at the beginning of lines are read as times, not as words (the first at line {line})"
    return [_stamp_cut(match) for match in matches], (notice,)


def _stamp_cut(match: re.Match[str]) -> _Cut:
    return _Cut(match.start(), match.end(), parse_seconds(match["time"] or match["time_f4"] or match["time_bare"]))


def _are_stamps(text: str, turns: Sequence[DraftTurn], matches: Sequence[re.Match[str]]) -> bool:
    """Tell whether times without brackets ascend and begin many lines; in a sentence, a time may begin a line."""
    times = [parse_seconds(match["time_bare"]) for match in matches]
    lines = sum(1 for turn in turns for _ in find_lines(text, turn.start, turn.end))
    return len(times) >= _MIN_STAMPS and are_in_order(times) and len(times) >= _MIN_STAMP_SHARE * lines


def _recorder_cuts(text: str, turns: Sequence[DraftTurn]) -> Iterator[_Cut]:
    """Yield the lines that are a notice of the recorder; the line with or below a label is speech."""
    for turn in turns:
        start = text.find("\n", turn.start, turn.end) if turn.speaker else turn.start
        if start >= 0:
            for line in find_lines(text, start, turn.end):
                if is_recorder_notice(line[0]):
                    yield _Cut(*line.span())


def _chat_cuts(text: str, labels: Sequence[LabelMatch]) -> Iterator[_Cut]:
    """Yield dated lines of a chat without a sender, with the lines that continue them, and places of media."""
    visible = blank_direction_marks(text)
    messages = {label.start for label in labels}
    dated = [match.start() for match in _CHAT_LINE.finditer(visible)] + [len(text)]
    yield from (_Cut(start, end) for start, end in pairwise(dated) if start not in messages and start > labels[0].start)
    for label in labels:
        end = visible.find("\n", label.end)
        message = visible[label.end : end if end >= 0 else len(text)]
        span = find_placeholder(message)
        # What the program writes itself, as "Voice call", begins with a mark of direction.
        if _MARK in text[label.start : label.end].rpartition(":")[2] and (not span or span[0]):
            yield _Cut(label.end, dated[bisect_right(dated, label.start)])
        elif span:
            yield _Cut(label.end + span[0], label.end + span[1])


def _split_turns(text: str, turns: Sequence[DraftTurn], cuts: Sequence[_Cut]) -> list[DraftTurn]:
    if not cuts:
        return list(turns)
    starts = [cut.start for cut in cuts]
    parts: list[DraftTurn] = []
    for turn in turns:
        # A cut before the turn may be its time: that on the line of its first word.
        inside = cuts[bisect_left(starts, turn.start) : bisect_left(starts, max(turn.end, turn.start + 1))]
        parts += _split_turn(text, turn, inside) if inside else [turn]
    return parts


def _split_turn(text: str, turn: DraftTurn, cuts: Sequence[_Cut]) -> Iterator[DraftTurn]:
    start, time = turn.start, turn.time
    for cut in (*cuts, _Cut(turn.end, turn.end)):
        words = text[start : cut.start]
        first = start + len(words) - len(words.lstrip())
        if words.strip():
            yield replace(turn, start=first, end=start + len(words.rstrip()), time=time)
            time = None
        start, time = max(start, cut.end), time if cut.time is None else cut.time


def _take_first_times(text: str, turns: list[DraftTurn]) -> list[DraftTurn]:
    """Return turns with the time at their beginning as their time, if nearly all of three or more begin with one."""
    matches = [_FIRST_TIME.match(text, turn.start, turn.end) for turn in turns]
    times = [parse_seconds(match["time"]) for match in matches if match]
    spoken = sum(turn.start < turn.end for turn in turns)
    # Where two recordings are in one file, the times begin again.
    is_ordered = are_in_order(times, max_falls=_MAX_FALLS)
    if len(times) < _MIN_STAMPS or len(times) < 0.9 * spoken or not is_ordered:
        return turns
    return [
        replace(turn, start=match.end(), time=parse_seconds(match["time"]) if turn.time is None else turn.time)
        if match
        else turn
        for turn, match in zip(turns, matches, strict=True)
    ]
