"""Tables: each row an answer, which is a transcript of its own, or each row a turn of one transcript."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from qualcode.errors import OperationError, format_names
from qualcode.files import MAX_SOURCE_SIZE, TableOptions, TableStream, open_table_stream
from qualcode.model import TableRule, UnplacedText
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.file_type import OLE_SIGNATURE, check_file_type
from qualcode.transcripts.labels.speaker_labels import TIME, clean_text, parse_seconds
from qualcode.transcripts.readers.survey_columns import ColumnLayout, detect_layout, row_id

QUESTION = "Question"
"""The speaker of the questions of a table with several columns of answers."""

_TEXT_TABLES = frozenset({".csv", ".tsv", ".txt"})
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_TIME = re.compile(rf"[\[(]?({TIME})[\])]?(?:\s*(?:-|–|-->|to)\s*[\[(]?{TIME}[\])]?)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a table of answers."""

    row: str
    draft: Draft
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class SurveyTable:
    """A table with what its columns are."""

    sheet: TableStream
    layout: ColumnLayout
    notices: tuple[str, ...]
    questions: tuple[str, ...]
    """What the columns ask, where the table says more of it than their names."""


def open_table(stream: BinaryIO, told: ReadOptions) -> SurveyTable:
    """Open a table and find out what its columns are."""
    _check_is_text(stream, told.path)
    rule = _find_table_rule(told)
    text = PurePath(told.path).suffix.lower() == ".txt"  # NVivo's own: tabs, and quotation marks mean nothing
    wanted = TableOptions(told.encoding, rule.sheet, "\t" if text else "", has_quoted_cells=not text)
    sheet, questions = _split_question_rows(open_table_stream(stream, display_path=told.path, options=wanted))
    layout = detect_layout(sheet, rule, questions)
    return SurveyTable(
        sheet, layout, (*sheet.notices, _layout_notice(sheet, layout), *_blank_row_notices(sheet, layout)), questions
    )


def _check_is_text(stream: BinaryIO, path: str) -> None:
    """Refuse a text of cells that is evidently none; only what begins as an archive is read for it."""
    if PurePath(path).suffix.lower() in _TEXT_TABLES and (head := stream.read(8)).startswith(
        (b"PK\x03\x04", OLE_SIGNATURE)
    ):
        check_file_type(head + stream.read(MAX_SOURCE_SIZE), path=path, expected="table")


def _split_question_rows(sheet: TableStream) -> tuple[TableStream, tuple[str, ...]]:
    """Part Qualtrics' two rows below the names, the wordings of the questions and their ids, from the answers."""
    head = list(islice(sheet.rows(), 2))
    if len(head) < 2 or not all(cell.startswith('{"ImportId"') for cell in head[1][1]):
        return sheet, sheet.columns
    questions = tuple(clean_text(cell) or name for cell, name in zip(head[0][1], sheet.columns, strict=True))
    said = f"lines {head[0][0]} and {head[1][0]} are Qualtrics' own, the wordings of the questions: they are no answers"
    return replace(sheet, first_line=head[1][0] + 1, notices=(*sheet.notices, said)), questions


def _find_table_rule(told: ReadOptions) -> TableRule:
    path = told.path.removeprefix("transcripts/")
    return next((rule for name, rule in told.rules.tables.items() if fnmatchcase(path, name)), TableRule())


def _layout_notice(sheet: TableStream, layout: ColumnLayout) -> str:
    """Return the notice on what the columns were taken for."""
    names = sheet.columns
    texts = format_names([f"'{names[position]}'" for position in layout.texts])
    others = format_names([names[position] for position in layout.others], limit=100)
    if layout.kind == "answers":
        who = f", its speaker from '{names[layout.speaker]}'" if layout.speaker >= 0 else ""
        rest = f"; attributes: {others}" if others else ""
        return f"each row is a transcript, called after '{names[layout.id]}', its text from {texts}{who}{rest}"
    who = f"'{names[layout.speaker]}' speaks" if layout.speaker >= 0 else "no column names a speaker"
    when = f", times from '{names[layout.time]}'" if layout.time >= 0 else ""
    rest = f"; not used: {others}" if others else ""
    return f"one transcript, a row a turn: text from {texts}, {who}{when}{rest}"


def _blank_row_notices(sheet: TableStream, layout: ColumnLayout) -> list[str]:
    """Return the notice on rows that have no text at all."""
    if layout.kind == "transcript" or not layout.has_blank_rows:
        return []
    lines = [line for line, cells in sheet.rows() if not any(cells[position].strip() for position in layout.texts)]
    return [f"{len(lines)} rows without a text are left out (the first at line {lines[0]})"] if lines else []


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read a table that is one transcript."""
    table = open_table(io.BytesIO(content), told)
    if table.layout.kind == "answers":
        raise OperationError(
            f"{told.path}: each row of this table is a transcript of its own: it is not one transcript"
        )
    return read_conversation(table)


# A row a transcript


def read_answers(table: SurveyTable, *, row_filter: Callable[[int], bool] | None = None) -> Iterator[Answer]:
    """Yield the rows that have any answer, in their order; the first carries what is to be said of the table.

    ``rows`` tells by their numbers, counted from 0, which of them are wanted.
    """
    sheet, layout = table.sheet, table.layout
    blocks_of = _single_text_draft if len(layout.texts) == 1 else _several_texts_draft
    notices = list(table.notices)
    number = -1
    for _, cells in sheet.rows():
        if row_filter is not None and any(cells[position].strip() for position in layout.texts):
            number += 1
            if not row_filter(number):
                notices = []
                continue
        row = row_id(cells[layout.id])
        speaker = (clean_text(cells[layout.speaker]) if layout.speaker >= 0 else "") or row
        draft = blocks_of(table, cells, speaker, tuple(notices))
        if draft is None:
            continue
        notices = []
        yield Answer(row, draft, {sheet.columns[position]: cells[position].strip() for position in layout.others})
    if notices:
        raise OperationError(f"{sheet.display_path}: no row has a text: {'; '.join(notices)}")


def _single_text_draft(
    table: SurveyTable, cells: Sequence[str], speaker: str, notices: tuple[str, ...]
) -> Draft | None:
    """Return a row with one text: the cell as it is."""
    text = cells[table.layout.texts[0]]
    end = len(text.rstrip())
    if not end:
        return None
    start = len(text) - len(text.lstrip())
    return Draft(text, (DraftTurn(speaker, start, end, None, "participant"),), notices=notices)


def _several_texts_draft(
    table: SurveyTable, cells: Sequence[str], speaker: str, notices: tuple[str, ...]
) -> Draft | None:
    """Return a row with several texts: what each column asks, and what its cell answers."""
    blocks: list[Utterance] = []
    for position in table.layout.texts:
        if said := cells[position].strip():
            blocks.append(Utterance(QUESTION, table.questions[position], 1, None, "interviewer"))
            blocks.append(Utterance(speaker, said, 1, None, "participant"))
    return build_draft_from_utterances(blocks, notices=notices) if blocks else None


# A row a turn


def read_conversation(table: SurveyTable) -> Draft:
    """Return a table as one transcript: rows are turns, and a row that names no speaker goes on with the last."""
    sheet, layout = table.sheet, table.layout
    blocks: list[Utterance] = []
    unplaced: list[UnplacedText] = []
    timeless: list[int] = []
    speaker, held = "", 0
    for line, cells in sheet.rows():
        said, name, time = _turn(layout, cells)
        speaker = name or speaker
        held += len(said)
        if held > MAX_SOURCE_SIZE:
            raise OperationError(
                f"{sheet.display_path}:{line}: over the limit of {MAX_SOURCE_SIZE:,} characters for one transcript"
            )
        if said:
            blocks.append(Utterance(speaker, said, line, time))
        elif name:
            unplaced.append(UnplacedText(line, name))
        if time is None and layout.time >= 0 and cells[layout.time].strip():
            timeless.append(line)
    notices = [*table.notices]
    if timeless:
        notices.append(f"the times of {len(timeless)} rows cannot be read (the first at line {timeless[0]})")
    if not blocks:
        notices.append("no row has a text: the transcript is empty")
    return build_draft_from_utterances(blocks, unplaced=unplaced, notices=notices)


def _turn(layout: ColumnLayout, cells: Sequence[str]) -> tuple[str, str, float | None]:
    """Return words, speaker and time of a row."""
    said = _decode_entities(cells[layout.texts[0]]).strip()
    name = clean_text(_decode_entities(cells[layout.speaker])).removesuffix(":").rstrip() if layout.speaker >= 0 else ""
    return said, name, parse_time_cell(cells[layout.time]) if layout.time >= 0 else None


def _decode_entities(cell: str) -> str:
    """Return a cell with its HTML entities as characters; those without a semicolon are no entities."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), cell) if "&" in cell else cell


def parse_time_cell(cell: str) -> float | None:
    """Return the seconds of a time such as ``[0:45]``, ``0:00:45.5 - 0:01:02`` or ``45.5``."""
    number = cell.strip()
    if found := _TIME.fullmatch(number):
        return parse_seconds(found[1])
    return float(number) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", number) else None
