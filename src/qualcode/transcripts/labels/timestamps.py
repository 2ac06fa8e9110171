"""Timestamps of f4 and similar programs in the text, #00:00:05-3#, read as times of turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qualcode.transcripts.draft import DraftTurn
from qualcode.transcripts.labels.time_shapes import F4_TIME, parse_seconds

_TIMESTAMP = re.compile(rf"#({F4_TIME})#")
_TIMESTAMP_AT_LINE_END = re.compile(rf"#({F4_TIME})#[^\S\n]*(?=\n|\Z)")


def assign_times(text: str, turns: Iterable[DraftTurn]) -> list[DraftTurn]:
    """Return turns with the time at their beginning or end; a turn is split at timestamps at the ends of lines."""
    turns = list(turns)
    if "#" not in text or not _TIMESTAMP.search(text):
        return turns
    return [part for turn in turns for part in _split_turn(text, turn)]


def inline_timestamp_notices(text: str, turns: Sequence[DraftTurn]) -> tuple[str, ...]:
    """Return a notice on timestamps inside turns, which are counted as words, if there are any."""
    stamps = [stamp[0] for turn in turns for stamp in _TIMESTAMP.finditer(text, turn.start, turn.end)]
    if not stamps:
        return ()
    subject = "1 timestamp is" if len(stamps) == 1 else f"{len(stamps)} timestamps are"
    return (f"{subject} inside sentences and counted as words (the first: {stamps[0]})",)


def _split_turn(text: str, turn: DraftTurn) -> list[DraftTurn]:
    parts: list[DraftTurn] = []
    start, time = _after_timestamp(text, turn)
    for stamp in _TIMESTAMP_AT_LINE_END.finditer(text, start, turn.end):
        if words := text[start : stamp.start()].rstrip():
            # f4 writes the time at which the words end; it is used where no time precedes them.
            part_time = parse_seconds(stamp[1]) if time is None else time
            parts.append(replace(turn, start=start, end=start + len(words), time=part_time))
        start, time = _skip_spaces(text, stamp.end(), turn.end), None
    # A label without words keeps its empty turn.
    if start < turn.end or not parts:
        parts.append(replace(turn, start=start, time=time))
    return parts


def _after_timestamp(text: str, turn: DraftTurn) -> tuple[int, float | None]:
    """Return the offset at which the words of a turn begin, and the time before them, if there is one."""
    stamp = _TIMESTAMP.match(text, turn.start, turn.end)
    if stamp is None:
        return turn.start, turn.time
    time = parse_seconds(stamp[1]) if turn.time is None else turn.time
    return _skip_spaces(text, stamp.end(), turn.end), time


def _skip_spaces(text: str, start: int, end: int) -> int:
    """Return the offset of the next character that is not white space."""
    while start < end and text[start].isspace():
        start += 1
    return start
