"""The column of a table of turns that names the interview of each row, where the table has several."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from qualcode.files import TableStream

_INTERVIEWS = frozenset(
    name.strip()
    for name in (
        "transcript, interview, session, file, filename, recording, audio, audio file, video, conversation, dialogue,"
        "dialog, call, meeting, document, doc, focus group, discussion, episode, chat, thread, talk, gespräch,"
        "entretien, entrevista, intervista, interviews, transcripts, group discussion, datei, fichier, archivo"
    ).split(",")
)
"""Names of columns whose values name interviews."""

_SUFFIXES = frozenset({"id", "ids", "no", "nr", "num", "number", "name", "code", "key", "title", "ref"})
"""Words behind such a name that do not change its meaning: ``interview_id``, ``File name``."""


def _is_interview_name(column: str) -> bool:
    words = re.findall(r"[^\W_]+", column.casefold())
    # transcriptId is written as one word.
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).casefold()
    candidates = [words, re.findall(r"[^\W_]+", parts)]
    return any(
        " ".join(found) in _INTERVIEWS
        or (found[-1:] and found[-1] in _SUFFIXES and " ".join(found[:-1]) in _INTERVIEWS)
        for found in candidates
    )


def find_interview_column(
    sheet: TableStream, ids: Collection[int], *, used: Collection[int], speaker: int
) -> tuple[int, Sequence[int]]:
    """Return the position of the column that names the interview of each row, and positions of doubtful ones.

    A column is one by its name and its values, each of several rows; or, of the columns ``ids``, if there is a speaker
    who speaks below several values, each of which has several speakers and stands in adjacent rows. Others of ``ids``
    whose values are repeated are doubtful.
    """
    positions = [position for position in range(len(sheet.columns)) if position not in used]
    named = [position for position in positions if _is_interview_name(sheet.columns[position])]
    candidates = [*named, *(position for position in positions if position in ids and position not in named)]
    if not candidates:
        return -1, ()
    values = _read_values(sheet, [*candidates, *([speaker] if speaker >= 0 else [])])
    repeated = [position for position in candidates if 1 < len(set(values[position])) < len(values[position])]
    speakers = values[speaker] if speaker >= 0 else []
    for position in repeated:
        is_often = 2 * len(set(values[position])) <= len(values[position])
        if (position in named and is_often) or _separates_talks(values[position], speakers):
            return position, ()
    return -1, repeated


def _read_values(sheet: TableStream, positions: Sequence[int]) -> dict[int, list[str]]:
    """Return the cells of columns; a blank one has the value above it, as where cells are merged."""
    values: dict[int, list[str]] = {position: [] for position in positions}
    for _, cells in sheet.rows():
        for position, column in values.items():
            column.append(cells[position].strip() or (column[-1] if column else ""))
    return values


def _separates_talks(values: Sequence[str], speakers: Sequence[str]) -> bool:
    blocks = list(_blocks(values, speakers))
    where: dict[str, set[str]] = defaultdict(set)
    for value, names in blocks:
        for name in names:
            where[name].add(value)
    is_adjacent = len({value for value, _ in blocks}) == len(blocks)
    return (
        is_adjacent and all(len(names) > 1 for _, names in blocks) and any(len(found) > 1 for found in where.values())
    )


def _blocks(values: Sequence[str], speakers: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each run of one value with the speakers in it."""
    for value, rows in groupby(zip(values, speakers, strict=False), key=lambda row: row[0]):
        yield value, {speaker for _, speaker in rows}
