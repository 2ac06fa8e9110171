"""The columns of times in a table: whether its rows are captions, and how many units of its numbers make a second."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from qualcode.files import TableStream
from qualcode.transcripts.labels.speaker_labels import TIME, parse_seconds

_START_NAMES = (
    "time, timestamp, time stamp, timespan, timecode, start, start time, starttime, begin, from, onset, begin time,"
    "start timestamp, start timecode, timecode in, time in, in point, tmin, anfang, beginn, debut, début, inicio,"
    "início, inizio, in, cue in, tc in, start tc, mark in, show, show time, appears, xmin, begin offset, start offset,"
    "offset start, start point, von, startzeit, beginnzeit, entrada, tiempo inicial, temps de début, desde, van"
)
_END_NAMES = (
    "end, end time, endtime, stop, stop time, to, until, offset, end timestamp, end timecode, timecode out, time out,"
    "out point, tmax, ende, fin, fim, fine, einde, out, cue out, tc out, end tc, mark out, hide, hide time, disappears,"
    "xmax, end offset, offset end, end point, bis, endzeit, salida, saída, tiempo final, temps de fin, hasta, tot"
)
_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "sekunden": 1,
    "ms": 1000, "msec": 1000, "msecs": 1000, "millis": 1000, "millisecond": 1000, "milliseconds": 1000,
    "secondes": 1, "segundos": 1, "secondi": 1, "millisekunden": 1000, "millisecondes": 1000, "milisegundos": 1000,
}  # fmt: skip
"""How many of a unit make a second, by words at the end of a column's name, as in ``start_ms``."""

_MAX_ROWS = 200
"""Rows in which times are searched for where no column is called so."""
_MIN_ROWS, _MIN_NUMBER_ROWS = 2, 3

_UNIT_PREPOSITIONS = frozenset({"in", "en", "em"})

_PAIRED_NAMES = frozenset(
    {"in", "out", "show", "hide", "von", "bis", "van", "tot", "desde", "hasta", "entrada", "salida"}
)
"""Names of times only where the table has both a start and an end."""

_SLOWEST_SPEECH = 0.8
_FASTEST_AS_MILLISECONDS = 0.1
"""Characters in a unit of time. People speak 3 to 25 in a second, so in a thousandth of one at most 0.025."""

_DAY = 86_400
"""Seconds. No recording is longer, so larger times without a unit are not seconds."""

_TIME = re.compile(rf"[\[(]?({TIME})[\])]?(?:\s*(?:-|–|-->|to)\s*[\[(]?{TIME}[\])]?)?")
_NUMBER = re.compile(r"\d{1,13}(?:[.,]\d{1,9})?")
_FRAMES = re.compile(r"(\d{1,2}:\d\d:\d\d)[:;](?:\d\d|(\d{3}))")
"""A time code of video editors, hh:mm:ss:ff, whose frames are of unknown length; three digits are milliseconds."""


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """Positions of the columns of times, -1 where there is none; ``per_second`` is 0 where no name has a unit."""

    start: int = -1
    end: int = -1
    per_second: int = 0


@dataclass(frozen=True, slots=True)
class TimeMeasures:
    """What the cells of the columns of times show, where all of them are times."""

    rows: int
    is_ascending: bool
    has_whole_numbers: bool
    """Whether the times are numbers without a fraction, of which the unit is not known."""
    characters: int
    """Characters of the other cells, in the time of ``duration``."""
    duration: float
    latest: float


def parse_time_cell(cell: str, per_second: int = 1) -> float | None:
    """Return a time such as ``[0:45]``, ``0:00:45.5 - 0:01:02`` or ``45.5`` in seconds, ``None`` if it is none.

    Of a number, ``per_second`` make a second.
    """
    number = cell.strip()
    if match := _FRAMES.fullmatch(number):
        return parse_seconds(f"{match[1]}.{match[2] or 0}")
    if match := _TIME.fullmatch(number):
        return parse_seconds(match[1])
    return round(float(number.replace(",", ".")) / per_second, 6) if _NUMBER.fullmatch(number) else None


def find_time_columns(columns: Sequence[str]) -> TimeColumns:
    """Return the first column that is called as starts are and the first called as ends are."""
    names = [_split_unit(name) for name in columns]
    start, end = _position(names, _START_NAMES), _position(names, _END_NAMES)
    if (start < 0 or end < 0) and any(
        names[position][0] in _PAIRED_NAMES for position in (start, end) if position >= 0
    ):
        return TimeColumns()
    return TimeColumns(start, end, names[start][1] if start >= 0 else 0)


def find_paired_times(sheet: TableStream) -> tuple[TimeColumns, bool]:
    """Return the first two adjacent columns that may be start and end of captions, and whether they are clock's times.

    In each of the first rows, the end is after the start and before the start of the next row.
    """
    rows = [cells for _, cells in islice(sheet.rows(), _MAX_ROWS)]
    for start in range(len(sheet.columns) - 1):
        texts = [(cells[start], cells[start + 1]) for cells in rows]
        has_clock = all(":" in text for pair in texts for text in pair)
        if len(rows) < (_MIN_ROWS if has_clock else _MIN_NUMBER_ROWS):
            continue
        times = [tuple(map(parse_time_cell, pair)) for pair in texts]
        flat = [time for pair in times for time in pair if time is not None]
        if len(flat) == 2 * len(rows) and flat == sorted(flat) and all(first != last for first, last in times):
            return TimeColumns(start, start + 1), has_clock
    return TimeColumns(), False


def _split_unit(column: str) -> tuple[str, int]:
    # startMs is written as one word.
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).casefold())
    unit = _UNITS.get(words[-1], 0) if len(words) > 1 else 0
    words = words[:-1] if unit else words
    # "Start time in milliseconds"
    return " ".join(words[:-1] if unit and len(words) > 1 and words[-1] in _UNIT_PREPOSITIONS else words), unit


def _position(names: Sequence[tuple[str, int]], known: str) -> int:
    wanted = {name.strip() for name in known.split(",")}
    # A name without a unit first: "start, end, time (ms)" has two.
    order = sorted(range(len(names)), key=lambda position: names[position][1] != 0)
    return next((position for position in order if names[position][0] in wanted), -1)


def measure_times(sheet: TableStream, times: TimeColumns, *, group: int = -1) -> TimeMeasures | None:
    """Return what the times of a table show; ``None`` if there are none, or a cell is not a time.

    Starts ascend if they do for each value of the column ``group``.
    """
    rows = list(_read_times(sheet, times, group)) if times.start >= 0 else []
    if not rows or any(row is None for row in rows):
        return None
    measured = [row for row in rows if row is not None]
    pairs = [(before, row) for before, row in pairwise(measured) if before.group == row.group]
    if times.end >= 0:
        spoken = [(row.characters, row.end - row.start) for row in measured]
    else:
        # A row without its end lasts until the next one begins.
        spoken = [(before.characters, row.start - before.start) for before, row in pairs]
    return TimeMeasures(
        rows=len(measured),
        is_ascending=all(before.start <= row.start for before, row in pairs)
        and all(row.start <= row.end for row in measured),
        has_whole_numbers=all(row.is_whole for row in measured),
        characters=sum(characters for characters, _ in spoken),
        duration=sum(duration for _, duration in spoken),
        latest=max(row.end for row in measured),
    )


@dataclass(frozen=True, slots=True)
class _TimedRow:
    group: str
    start: float
    end: float
    is_whole: bool
    characters: int


def _read_times(sheet: TableStream, times: TimeColumns, group: int) -> Iterator[_TimedRow | None]:
    """Yield the times of each row; ends with ``None`` at the first row with a cell that is not a time."""
    used = {times.start, times.end}
    for _, cells in sheet.rows():
        texts = [cells[times.start], cells[times.end] if times.end >= 0 else cells[times.start]]
        start, end = map(parse_time_cell, texts)
        if start is None or end is None:
            yield None
            return
        characters = sum(len(cell.strip()) for position, cell in enumerate(cells) if position not in used)
        key = cells[group].strip() if group >= 0 else ""
        yield _TimedRow(key, start, end, all(text.strip().isdecimal() for text in texts), characters)


def are_captions(measures: TimeMeasures | None, times: TimeColumns) -> bool:
    """Tell whether the rows of a table are captions: each with its times, in their order."""
    return measures is not None and measures.is_ascending and (times.end >= 0 or measures.rows > 1)


def detect_time_unit(measures: TimeMeasures | None, times: TimeColumns) -> tuple[int, bool]:
    """Return how many units of the times make a second, and whether that is certain.

    Whole numbers are milliseconds if at a number a second nobody would speak so slowly.
    """
    if times.per_second or measures is None or not measures.has_whole_numbers:
        return times.per_second or 1, True
    if measures.duration <= 0:
        return 1, measures.latest < _DAY
    speed = measures.characters / measures.duration
    is_slow = speed < _FASTEST_AS_MILLISECONDS
    # Without ends, long pauses look like slow speech; only times of more than a day prove the unit.
    if is_slow and (times.end >= 0 or measures.latest > _DAY):
        return 1000, True
    return 1, speed > _SLOWEST_SPEECH if times.end >= 0 else not is_slow
