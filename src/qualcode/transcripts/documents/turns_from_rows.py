"""Tables that are transcripts: a row a turn, with columns for speaker, text and perhaps time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from qualcode.model import UnplacedText
from qualcode.transcripts.documents.document_parts import DocumentPart, DocumentRow, part_text
from qualcode.transcripts.draft import Draft, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.speaker_labels import TIME, clean_text, parse_seconds

_NAMES = {
    "time": ["time", "timespan", "timestamp", "timecode", "start"],
    "speaker": ["speaker", "name", "who", "participant", "person", "role"],
    "text": ["text", "content", "transcript", "utterance", "speech", "words"],
}

ColumnPositions = Mapping[str, int]
"""Which column holds what: ``time``, ``speaker``, ``text``."""


def find_transcript_tables(parts: Sequence[DocumentPart]) -> dict[int, ColumnPositions]:
    """Return the columns of each table that is a transcript; one that goes on with the last needs no heading."""
    rows = [part for part in parts if isinstance(part, DocumentRow)]
    found: dict[int, ColumnPositions] = {}
    last: tuple[int, ColumnPositions] | None = None
    for number, group in groupby(rows, key=lambda row: row.table):
        held = list(group)
        columns = _detect_columns(held)
        if columns is None and last is not None and {len(row.cells) for row in held} == {last[0]}:
            columns = last[1]
        if columns is not None:
            found[number] = columns
            last = len(held[0].cells), columns
    return found


def _detect_columns(rows: Sequence[DocumentRow]) -> ColumnPositions | None:
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
    names = [clean_text(cell) for row in rows for cell in row.cells[:1]]
    if width == {2} and len(rows) > 2 and len(set(names)) < len(names) and all(len(name) <= 40 for name in names):
        return {"speaker": 0, "text": 1}
    return None


def build_draft_from_tables(parts: Sequence[DocumentPart], tables: Mapping[int, ColumnPositions]) -> Draft:
    """Read the rows of transcript tables as turns; what stands above is header, what else there is is reported.

    The names of columns are neither. A row that names no speaker goes on with the last.
    """
    blocks: list[Utterance] = []
    header: list[str] = []
    unplaced: list[UnplacedText] = []
    for number, part in enumerate(parts, 1):
        columns = tables.get(part.table) if isinstance(part, DocumentRow) else None
        if columns is None or not isinstance(part, DocumentRow):
            text = part_text(part).strip()
            if text and blocks:
                unplaced.append(UnplacedText(number, text))
            elif text:
                header.append(text)
        elif not _is_heading(part, columns):
            block = _build_utterance(part, columns, number, blocks[-1].speaker if blocks else "")
            blocks += [block] if block and block.text else []
            unplaced += _unplaced_cells(part, columns, block, number)
    return build_draft_from_utterances(blocks, header="\n".join(header), unplaced=unplaced)


def _unplaced_cells(
    row: DocumentRow, columns: ColumnPositions, block: Utterance | None, number: int
) -> list[UnplacedText]:
    """Return the words of a row that are in no turn: of other columns, or all where the row has too few cells."""
    used = set(columns.values()) if block and block.text else set()
    if "time" in columns and (block is None or block.time is None):
        used -= {columns["time"]}
    text = " | ".join(cell for position, cell in enumerate(row.cells) if position not in used and cell.strip())
    return [UnplacedText(number, text)] if text else []


def _is_heading(row: DocumentRow, columns: ColumnPositions) -> bool:
    cells = [row.cells[position].strip().casefold() for position in columns.values() if position < len(row.cells)]
    return bool(cells) and all(
        cell in words for cell, kind in zip(cells, columns, strict=False) for words in [_NAMES[kind]]
    )


def _build_utterance(row: DocumentRow, columns: ColumnPositions, number: int, last: str) -> Utterance | None:
    if len(row.cells) <= max(columns.values()):
        return None
    time = row.cells[columns["time"]].strip(" []()\t\n") if "time" in columns else ""
    stamp = parse_seconds(time) if re.fullmatch(TIME, time) else None
    speaker = clean_text(row.cells[columns["speaker"]]).rstrip(":")
    return Utterance(speaker or last, row.cells[columns["text"]].strip(), number, stamp)
