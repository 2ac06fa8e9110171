"""What stands above the talk: front matter, titles, 'Key: value' lines, and lines that say who is spoken with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qualcode.transcripts.labels.label_shapes import HEADER_KEYS, NAMING_KEYS, NOT_SPEAKERS
from qualcode.transcripts.labels.speaker_labels import LabelMatch, compile_label_shapes, match_label, normalise_label

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANK = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_MOST_TITLES = 3
"""Lines that may stand above the first 'Key: value' line of a header."""

_MOST_HEADER_LABELS = 20
"""Labels that may stand above the talk."""

_ENDS = (".", "?", "!", "…")


def find_body_start(text: str) -> int:
    """Return where the text begins after front matter or a header of 'Key: value' lines with a date or such."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    lead = list(_header_lines(text, start))
    ends = [end for key, end in lead if key in HEADER_KEYS]
    if not ends:
        return start
    blank = _BLANK.search(text, ends[-1])
    if blank and lead[-1][1] >= blank.start() and text[blank.end() :].strip():
        return blank.start()  # the lines below the date in the same block belong to the header too
    return ends[-1]


def _header_lines(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield key and end of every line above the first that somebody says: titles, then 'Key: value' lines."""
    seen: set[str] = set()
    titles = 0
    for match in _LINE.finditer(text, start):
        found = match_label(match[0], 0, compile_label_shapes())
        if found is None:
            key, more = "", not seen and titles < _MOST_TITLES
            titles += 1
        else:
            key = _header_key(found, match[0])
            more = key != "" and (key in NOT_SPEAKERS or key not in seen)
        if not more:
            return
        seen |= {key} - {""}
        yield key, match.end()


def _header_key(label: LabelMatch, line: str) -> str:
    """Return the key of a header's line, or nothing where the line is a turn of the interview."""
    if label.shape != "colon" or label.time is not None:
        return ""
    key, value = normalise_label(label.speaker), line[label.end :].strip()
    said = not value or len(value) > 120 or value.endswith(_ENDS)
    return "" if said and key not in NOT_SPEAKERS else key


def drop_header_labels(text: str, labels: Sequence[LabelMatch]) -> Sequence[LabelMatch]:
    """Leave out labels above the talk that only say who it is with ("Interviewee: P1")."""
    times = Counter(normalise_label(label.speaker) for label in labels)
    others = sum(many > 1 for many in times.values())
    last = 0
    for number, (label, after) in enumerate(pairwise(labels[:_MOST_HEADER_LABELS]), 1):
        value = text[label.end : after.start].strip()
        if "\n" in value or not value or value.endswith(_ENDS) or label.time is not None:
            break
        key, name = normalise_label(label.speaker), normalise_label(value)
        known = name in times and name != key
        if times[key] == 1 and (known or (key in NAMING_KEYS and others > 1 and _is_name(value))):
            last = number
    return labels[last:]


def header_notices(text: str, start: int, labels: Sequence[LabelMatch]) -> list[str]:
    """Say where lines above the talk begin with the labels of several who speak in it: they may be turns."""
    names = {normalise_label(label.speaker) for label in labels}
    above = [
        (text.count("\n", 0, match.start()) + 1, found.speaker)
        for match in _LINE.finditer(text, 0, start)
        if (found := match_label(match[0], 0, compile_label_shapes())) and normalise_label(found.speaker) in names
    ]
    if len({normalise_label(speaker) for _, speaker in above}) < 2:
        return []
    said = f"lines above the talk begin as its turns do (the first at line {above[0][0]}), and are read as header"
    return [f"{said}: if they were said, move the lines with date and such above them"]


def _is_name(value: str) -> bool:
    return not value[0].islower() and len(value.split()) <= 4
