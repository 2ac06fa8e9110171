"""Tables that are transcripts: a row a turn, with columns for speaker, text and perhaps time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from qualcode.model import Unplaced
from qualcode.transcripts.draft import Block, Draft, assemble
from qualcode.transcripts.labels import TIME, seconds, tidy
from qualcode.transcripts.parts import Part, Row, line

_NAMES = {
    "time": ["time", "timespan", "timestamp", "timecode", "start"],
    "speaker": ["speaker", "name", "who", "participant", "person", "role"],
    "text": ["text", "content", "transcript", "utterance", "speech", "words"],
}

Columns = Mapping[str, int]
"""Which column holds what: ``time``, ``speaker``, ``text``."""


def transcript_tables(parts: Sequence[Part]) -> dict[int, Columns]:
    """Return the columns of each table that is a transcript; one that goes on with the last needs no heading."""
    rows = [part for part in parts if isinstance(part, Row)]
    found: dict[int, Columns] = {}
    last: tuple[int, Columns] | None = None
    for number, group in groupby(rows, key=lambda row: row.table):
        held = list(group)
        columns = _columns(held)
        if columns is None and last is not None and {len(row.cells) for row in held} == {last[0]}:
            columns = last[1]
        if columns is not None:
            found[number] = columns
            last = len(held[0].cells), columns
    return found


def _columns(rows: Sequence[Row]) -> Columns | None:
    """Return which column holds time, speaker and text; None where the table is no transcript."""
    if not rows[0].cells:
        return None
    named = {
        kind: position
        for position, cell in enumerate(rows[0].cells)
        for kind, words in _NAMES.items()
        if cell.strip().casefold() in words
    }
    if {"speaker", "text"} <= set(named):
        return named
    timed = re.fullmatch(rf"[\[(]?{TIME}[\])]?", rows[0].cells[0].strip()) is not None
    width = {len(row.cells) for row in rows}
    if width == {3} and timed:
        return {"time": 0, "speaker": 1, "text": 2}
    names = [tidy(cell) for row in rows for cell in row.cells[:1]]
    if width == {2} and len(rows) > 2 and len(set(names)) < len(names) and all(len(name) <= 40 for name in names):
        return {"speaker": 0, "text": 1}
    return None


def read_rows(parts: Sequence[Part], tables: Mapping[int, Columns]) -> Draft:
    """Read the rows of transcript tables as turns; what stands above is header, what else there is is reported.

    The names of columns are neither. A row that names no speaker goes on with the last.
    """
    blocks: list[Block] = []
    header: list[str] = []
    unplaced: list[Unplaced] = []
    for number, part in enumerate(parts, 1):
        columns = tables.get(part.table) if isinstance(part, Row) else None
        if columns is None or not isinstance(part, Row):
            text = line(part).strip()
            if text and blocks:
                unplaced.append(Unplaced(number, text))
            elif text:
                header.append(text)
        elif not _is_heading(part, columns):
            block = _block(part, columns, number, blocks[-1].speaker if blocks else "")
            blocks += [block] if block and block.text else []
            unplaced += _beside(part, columns, block, number)
    return assemble(blocks, header="\n".join(header), unplaced=unplaced)


def _beside(row: Row, columns: Columns, block: Block | None, number: int) -> list[Unplaced]:
    """Return the words of a row that are in no turn: of other columns, or all where the row has too few cells."""
    used = set(columns.values()) if block and block.text else set()
    if "time" in columns and (block is None or block.time is None):
        used -= {columns["time"]}
    text = " | ".join(cell for position, cell in enumerate(row.cells) if position not in used and cell.strip())
    return [Unplaced(number, text)] if text else []


def _is_heading(row: Row, columns: Columns) -> bool:
    cells = [row.cells[position].strip().casefold() for position in columns.values() if position < len(row.cells)]
    return bool(cells) and all(
        cell in words for cell, kind in zip(cells, columns, strict=False) for words in [_NAMES[kind]]
    )


def _block(row: Row, columns: Columns, number: int, last: str) -> Block | None:
    if len(row.cells) <= max(columns.values()):
        return None
    time = row.cells[columns["time"]].strip(" []()\t\n") if "time" in columns else ""
    stamp = seconds(time) if re.fullmatch(TIME, time) else None
    speaker = tidy(row.cells[columns["speaker"]]).rstrip(":")
    return Block(speaker or last, row.cells[columns["text"]].strip(), number, stamp)
