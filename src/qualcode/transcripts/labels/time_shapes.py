"""Forms of times in transcripts as regular expressions: clocks, ranges, frames, and times in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

SPACE = r"[^\S\n]"
"""White space in a line. A run of it is never given back (`*+`, `++`), as trying all its parts takes quadratic time."""

# Three digits, since m:ss has over 99 minutes in a long recording.
_NUMBER = r"\d{1,3}"
TIME = rf"{_NUMBER}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?"
"""A time in recordings: m:ss, h:mm:ss, with or without fractions."""

TEAMS_TIME = rf"{_NUMBER}:\d{{1,2}}:\d{{1,2}}(?:\.\d{{1,3}})?"
"""A time in old Word files of Teams: 0:0:1.250."""

F4_TIME = rf"{_NUMBER}:\d{{2}}:\d{{2}}(?:-\d{{1,3}})?"
"""A time in files of f4 and similar programs, between number signs: #00:00:05-3#, #00:00:05#."""

_FRAMES = r"\d{2}[:;]\d{2}[:;]\d{2}[:;]\d{2}"
"""A time with frames, as video editors write it: 00:00:03:12."""

_UNITS = {
    3600: "hours|hour|hrs|hr|h|stunden|stunde|std|heures|heure|horas|hora|ore|ora|uren|uur|timer|time|timmar|timme",
    60: "minutes|minute|minuten|minutos|minuto|minuti|minuut|minutter|minutt|minuter|minut|mins|min|m",
    1: "seconds|second|sekunden|sekunde|secondes|seconde|segundos|segundo|secondi|secondo|seconden|sekunder|sekund|secs"
    "|sec|sek|seg|s",
}
"""Words for units of time in several languages by their seconds; longer words first."""

_PART = rf"{_NUMBER}{SPACE}?(?:{'|'.join(_UNITS.values())})\b\.?"
_THEN = rf"{SPACE}*+,?{SPACE}*+(?:(?:and|und|et|y|e|en|og|och){SPACE}++)?"
# The words are written once, since compiling them takes longer than reading a transcript.
TIME_IN_WORDS = rf"(?i:(?:{_PART}(?:{_THEN}(?=\d)|(?!\w))){{1,3}})(?<![\s,])"
"""A time in words: 0 minutes 3 seconds, 1 Stunde 2 Minuten, 1h 2m 3s."""

ANY_TIME = rf"(?:{TIME_IN_WORDS}|{_FRAMES}|{TIME})"
"""A time in any form but that of f4."""

_ARROW = rf"{SPACE}*+(?:--?>|[-–—→]|to|bis){SPACE}*+"
TIME_END = rf"(?:{_ARROW}{TIME})?"
"""The second half of a range of times, if there is one."""

STAMP = rf"[\[(]?(?P<time>{ANY_TIME})(?:{_ARROW}(?:{_FRAMES}|{TIME}))?[\])]?"
"""A time or a range of times, with or without brackets."""

_MAX_DIGITS = 15
"""Digits of a number that are read: a file may have a number of a million digits, which no recording has."""

_PART_IN_WORDS = re.compile(rf"({_NUMBER}){SPACE}?(?:({_UNITS[3600]})|({_UNITS[60]})|({_UNITS[1]}))\b", re.IGNORECASE)


def are_in_order(times: Sequence[float], *, max_falls: float = 0) -> bool:
    """Tell whether times rise; some may be equal, as turns within one second are, and a share of them may fall."""
    pairs = list(pairwise(times))
    rises, falls = sum(one < after for one, after in pairs), sum(one > after for one, after in pairs)
    return falls <= max_falls * len(pairs) and 3 * rises >= len(pairs)


def parse_seconds(time: str) -> float:
    """Return the seconds of a time such as 1:05, 00:01:05.250, 00:01:05-3 (f4), 0:0:-6.-820 (old Teams), 1 min 5 s."""
    # The quick tests come first, since captions have many times.
    if time.upper() != time.lower():
        return _seconds_in_words(time)
    if ";" in time or time.count(":") > 2:
        time = time.replace(";", ":").rpartition(":")[0]  # the number of frames in a second is not known
    if "-" in time and re.fullmatch(F4_TIME, time):
        # f4 writes the fraction of a second after a hyphen.
        time = time.replace("-", ".")
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        whole, _, fraction = part.partition(".")
        # Old Teams writes a minus before the seconds and again before their fraction.
        sign = -1 if "-" in part else 1
        digits = fraction.lstrip("-")
        total = total * 60 + sign * (abs(int(whole[:_MAX_DIGITS] or 0)) + float(f".{digits[:_MAX_DIGITS]}0"))
    return round(total, 3)


def _seconds_in_words(time: str) -> float:
    parts = _PART_IN_WORDS.findall(time)
    return float(
        sum(
            int(number) * factor for number, *units in parts for factor, unit in zip(_UNITS, units, strict=True) if unit
        )
    )
