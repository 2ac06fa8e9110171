"""Times that f4 and its kin write into the text, #00:00:05-3#: they are times of turns, not words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qualcode.transcripts.draft import DraftTurn
from qualcode.transcripts.labels.label_shapes import F4_TIME
from qualcode.transcripts.labels.speaker_labels import parse_seconds

_STAMP = re.compile(rf"#({F4_TIME})#")
_TIMESTAMP_AT_LINE_END = re.compile(rf"#({F4_TIME})#[^\S\n]*(?=\n|\Z)")


def assign_times(text: str, spans: Iterable[DraftTurn]) -> list[DraftTurn]:
    """Give each turn the time that stands at its beginning or end; one with times at the ends of lines is cut there."""
    spans = list(spans)
    if "#" not in text or not _STAMP.search(text):
        return spans
    return [piece for span in spans for piece in _split_turn(text, span)]


def inline_timestamp_notices(text: str, spans: Sequence[DraftTurn]) -> tuple[str, ...]:
    """Say how many times stand between the words of turns, and are counted as words."""
    found = [stamp[0] for span in spans for stamp in _STAMP.finditer(text, span.start, span.end)]
    if not found:
        return ()
    return (f"{len(found)} times stand inside sentences and are counted as words (the first: {found[0]})",)


def _split_turn(text: str, span: DraftTurn) -> list[DraftTurn]:
    pieces: list[DraftTurn] = []
    start, time = _after_stamp(text, span)
    for stamp in _TIMESTAMP_AT_LINE_END.finditer(text, start, span.end):
        if said := text[start : stamp.start()].rstrip():
            own = parse_seconds(stamp[1]) if time is None else time
            pieces.append(replace(span, start=start, end=start + len(said), time=own))
        start, time = _skip_spaces(text, stamp.end(), span.end), None
    if start < span.end or not pieces:
        pieces.append(replace(span, start=start, time=time))
    return pieces


def _after_stamp(text: str, span: DraftTurn) -> tuple[int, float | None]:
    """Return where the words of a turn begin, and its time where that stands before them."""
    stamp = _STAMP.match(text, span.start, span.end)
    if stamp is None:
        return span.start, span.time
    time = parse_seconds(stamp[1]) if span.time is None else span.time
    return _skip_spaces(text, stamp.end(), span.end), time


def _skip_spaces(text: str, start: int, end: int) -> int:
    """Return where the next word begins."""
    while start < end and text[start].isspace():
        start += 1
    return start
