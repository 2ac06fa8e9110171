"""Turns of table rows: tables in documents with columns for speaker, text and perhaps time."""

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
"""The positions of the columns ``time``, ``speaker`` and ``text``."""


def find_transcript_tables(parts: Sequence[DocumentPart]) -> dict[int, ColumnPositions]:
    """Return the columns of each table that is a transcript; one that continues another needs no heading."""
    rows = [part for part in parts if isinstance(part, DocumentRow)]
    tables: dict[int, ColumnPositions] = {}
    last: tuple[int, ColumnPositions] | None = None
    for number, group in groupby(rows, key=lambda row: row.table):
        table_rows = list(group)
        columns = _detect_columns(table_rows)
        if columns is None and last is not None and {len(row.cells) for row in table_rows} == {last[0]}:
            columns = last[1]
        if columns is not None:
            tables[number] = columns
            last = len(table_rows[0].cells), columns
    return tables


def _detect_columns(rows: Sequence[DocumentRow]) -> ColumnPositions | None:
    """Return the columns of a table, ``None`` if it is not a transcript."""
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
    has_time = re.fullmatch(rf"[\[(]?{TIME}[\])]?", rows[0].cells[0].strip()) is not None
    widths = {len(row.cells) for row in rows}
    if widths == {3} and has_time:
        return {"time": 0, "speaker": 1, "text": 2}
    # Speakers are repeated; the first column of a table of facts is not.
    names = [clean_text(cell) for row in rows for cell in row.cells[:1]]
    if widths == {2} and len(rows) > 2 and len(set(names)) < len(names) and all(len(name) <= 40 for name in names):
        return {"speaker": 0, "text": 1}
    return None


def build_draft_from_tables(parts: Sequence[DocumentPart], tables: Mapping[int, ColumnPositions]) -> Draft:
    """Return a draft with the rows of transcript tables as turns; text above is header, other text is not placed.

    Column names are neither. A row without a speaker has the speaker of the row above it.
    """
    utterances: list[Utterance] = []
    header: list[str] = []
    unplaced: list[UnplacedText] = []
    for number, part in enumerate(parts, 1):
        columns = tables.get(part.table) if isinstance(part, DocumentRow) else None
        if columns is None or not isinstance(part, DocumentRow):
            text = part_text(part).strip()
            if text and utterances:
                unplaced.append(UnplacedText(number, text))
            elif text:
                header.append(text)
        # A heading may also be repeated further down in the table.
        elif not _is_heading(part, columns):
            utterance = _build_utterance(part, columns, number, utterances[-1].speaker if utterances else "")
            utterances += [utterance] if utterance and utterance.text else []
            unplaced += _unplaced_cells(part, columns, utterance, number)
    return build_draft_from_utterances(utterances, header="\n".join(header), unplaced=unplaced)


def _unplaced_cells(
    row: DocumentRow, columns: ColumnPositions, utterance: Utterance | None, number: int
) -> list[UnplacedText]:
    """Return the words of a row that are in no turn: of other columns, or all if the row has too few cells."""
    used = set(columns.values()) if utterance and utterance.text else set()
    if "time" in columns and (utterance is None or utterance.time is None):
        # A time that cannot be parsed is reported as words, so that no cell is lost.
        used -= {columns["time"]}
    text = " | ".join(cell for position, cell in enumerate(row.cells) if position not in used and cell.strip())
    return [UnplacedText(number, text)] if text else []


def _is_heading(row: DocumentRow, columns: ColumnPositions) -> bool:
    cells = [row.cells[position].strip().casefold() for position in columns.values() if position < len(row.cells)]
    return bool(cells) and all(
        cell in words for cell, kind in zip(cells, columns, strict=False) for words in [_NAMES[kind]]
    )


def _build_utterance(row: DocumentRow, columns: ColumnPositions, number: int, last_speaker: str) -> Utterance | None:
    if len(row.cells) <= max(columns.values()):
        return None
    time = row.cells[columns["time"]].strip(" []()\t\n") if "time" in columns else ""
    seconds = parse_seconds(time) if re.fullmatch(TIME, time) else None
    speaker = clean_text(row.cells[columns["speaker"]]).rstrip(":")
    return Utterance(speaker or last_speaker, row.cells[columns["text"]].strip(), number, seconds)
