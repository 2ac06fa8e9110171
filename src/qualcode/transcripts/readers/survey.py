"""Tables: a survey, each row of which is a transcript, or a conversation, each row of which is a turn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

from qualcode.errors import OperationError, format_count, format_names
from qualcode.files import MAX_SOURCE_SIZE, TableOptions, TableStream, open_table_stream
from qualcode.model import TableRule, UnplacedText
from qualcode.model.xml_text import unescape_html
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.file_type import OLE_SIGNATURE, check_file_type
from qualcode.transcripts.labels.speaker_labels import clean_text, role_of
from qualcode.transcripts.readers.columns.column_messages import describe_survey_setting
from qualcode.transcripts.readers.columns.column_statistics import row_id
from qualcode.transcripts.readers.columns.survey_columns import ColumnLayout, detect_layout
from qualcode.transcripts.readers.columns.table_times import parse_time_cell
from qualcode.transcripts.readers.recognisers.chat_log import join_table_log

QUESTION = "Question"
"""The speaker of the questions, where a survey has several columns of answers."""

_TEXT_TABLES = frozenset({".csv", ".tsv", ".txt"})
# Some tables of oral histories have HTML entities; the semicolon is required, so that "R&D &copy it" is unchanged.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a survey: its id, its draft, and the attributes of its case."""

    row: str
    draft: Draft
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class SurveyTable:
    """A table with the meaning of its columns."""

    sheet: TableStream
    layout: ColumnLayout
    notices: tuple[str, ...]
    questions: tuple[str, ...]
    """The questions of the columns: their names, or the wordings that the table has below them."""
    interviewers: tuple[str, ...] = ()
    """The interviewers that the settings name."""


def open_table(stream: BinaryIO, options: ReadOptions) -> SurveyTable:
    """Return a table with the meaning of its columns.

    Raises
    ------
    OperationError
        The file is not a table, or it is not clear what its columns are.
    """
    _check_is_text(stream, options.path)
    rule = _find_table_rule(options)
    is_nvivo = PurePath(options.path).suffix.lower() == ".txt"  # NVivo separates by tabs and does not quote
    table_options = TableOptions(options.encoding, rule.sheet, "\t" if is_nvivo else "", has_quoted_cells=not is_nvivo)
    sheet, questions = _split_question_rows(open_table_stream(stream, display_path=options.path, options=table_options))
    layout = detect_layout(sheet, rule, questions, rules=options.rules)
    notices = (*sheet.notices, _layout_notice(sheet, layout), *layout.doubts, *_blank_row_notices(sheet, layout))
    return SurveyTable(sheet, layout, notices, questions, options.rules.interviewers)


def _check_is_text(stream: BinaryIO, path: str) -> None:
    """Raise if a file with the suffix of a text table begins as an archive; only then is the whole of it read."""
    if PurePath(path).suffix.lower() in _TEXT_TABLES and (head := stream.read(8)).startswith(
        (b"PK\x03\x04", OLE_SIGNATURE)
    ):
        check_file_type(head + stream.read(MAX_SOURCE_SIZE), path=path, expected="table")


def _split_question_rows(sheet: TableStream) -> tuple[TableStream, tuple[str, ...]]:
    """Return a table without the two rows that Qualtrics writes below the names, and the questions in the first."""
    head = list(islice(sheet.rows(), 2))
    # The second of these rows has JSON in each cell: {"ImportId":"QID1"}.
    if len(head) < 2 or not all(cell.startswith('{"ImportId"') for cell in head[1][1]):
        return sheet, sheet.columns
    questions = tuple(clean_text(cell) or name for cell, name in zip(head[0][1], sheet.columns, strict=True))
    notice = f"lines {head[0][0]} and {head[1][0]} have the questions that Qualtrics exports: not read as answers"
    return replace(sheet, first_line=head[1][0] + 1, notices=(*sheet.notices, notice)), questions


def _find_table_rule(options: ReadOptions) -> TableRule:
    path = options.path.removeprefix("transcripts/")
    return next((rule for name, rule in options.rules.tables.items() if fnmatchcase(path, name)), TableRule())


def _layout_notice(sheet: TableStream, layout: ColumnLayout) -> str:
    """Return the notice on the meaning of the columns."""
    names = sheet.columns
    texts = format_names([f"'{names[position]}'" for position in layout.texts])
    others = format_names([names[position] for position in layout.others], limit=100)
    if layout.kind == "answers":
        speaker = f", speaker from '{names[layout.speaker]}'" if layout.speaker >= 0 else ""
        rest = f"; attributes: {others}" if others else ""
        return f"each row is a transcript: id from '{names[layout.id]}', text from {texts}{speaker}{rest}"
    speaker = f"speaker from '{names[layout.speaker]}'" if layout.speaker >= 0 else "no column for the speaker"
    if layout.is_speaker_inferred:
        speaker += f" {describe_survey_setting(sheet)}"
    if layout.question >= 0:
        speaker = f"the interviewer's questions from '{names[layout.question]}' {describe_survey_setting(sheet)}"
    time = f", time from '{names[layout.time]}'" if layout.time >= 0 else ""
    unit = f" ({layout.per_second:,} make a second)" if time and layout.per_second != 1 else ""
    rest = f"; not used: {others}" if others else ""
    interview = f"; each value of '{names[layout.interview]}' is a transcript" if layout.interview >= 0 else ""
    return f"each row is a turn: text from {texts}, {speaker}{time}{unit}{interview}{rest}"


def _blank_row_notices(sheet: TableStream, layout: ColumnLayout) -> list[str]:
    """Return the notice on rows without text."""
    if layout.kind == "transcript" or not layout.has_blank_rows:
        return []
    lines = [line for line, cells in sheet.rows() if not any(cells[position].strip() for position in layout.texts)]
    return [f"{format_count(len(lines), 'row')} without text left out (the first at line {lines[0]})"] if lines else []


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a table that is one transcript.

    Raises
    ------
    OperationError
        The table is a survey, each row of which is a transcript.
    """
    table = open_table(io.BytesIO(content), options)
    if table.layout.kind == "answers" or table.layout.interview >= 0:
        rows = "each row" if table.layout.kind == "answers" else "each interview"
        raise OperationError(
            f"{options.path}: {rows} of this table is a transcript: name one of them, as in 'survey#ID'"
        )
    return next(draft for _, draft in read_conversations(table))


# Surveys: each row is a transcript


def read_answers(table: SurveyTable, *, row_filter: Callable[[int], bool] | None = None) -> Iterator[Answer]:
    """Yield the rows that have text, in their order; the first has the notices on the table.

    ``row_filter`` selects rows by their numbers, counted from 0 over the rows that have text.
    """
    sheet, layout = table.sheet, table.layout
    build_draft = _single_text_draft if len(layout.texts) == 1 else _several_texts_draft
    notices = list(table.notices)
    number = -1
    for _, cells in sheet.rows():
        if row_filter is not None and any(cells[position].strip() for position in layout.texts):
            number += 1
            # The notices belong to the first row: of several processes, only the one that reads it may report them.
            if not row_filter(number):
                notices = []
                continue
        row = row_id(cells[layout.id])
        speaker = (clean_text(cells[layout.speaker]) if layout.speaker >= 0 else "") or row
        draft = build_draft(table, cells, speaker, tuple(notices))
        if draft is None:
            continue
        notices = []
        yield Answer(row, draft, {sheet.columns[position]: cells[position].strip() for position in layout.others})
    # Notices are left only if no row had text.
    if notices:
        raise OperationError(f"{sheet.display_path}: no row has text: {'; '.join(notices)}")


def _single_text_draft(
    table: SurveyTable, cells: Sequence[str], speaker: str, notices: tuple[str, ...]
) -> Draft | None:
    """Return the draft of a row with one text: the unchanged cell."""
    text = cells[table.layout.texts[0]]
    end = len(text.rstrip())
    if not end:
        return None
    start = len(text) - len(text.lstrip())
    return Draft(text, (DraftTurn(speaker, start, end, None, "participant"),), notices=notices)


def _several_texts_draft(
    table: SurveyTable, cells: Sequence[str], speaker: str, notices: tuple[str, ...]
) -> Draft | None:
    """Return the draft of a row with several texts: each column's question with the cell as its answer."""
    utterances: list[Utterance] = []
    for position in table.layout.texts:
        if text := cells[position].strip():
            utterances.append(Utterance(QUESTION, table.questions[position], 1, None, "interviewer"))
            utterances.append(Utterance(speaker, text, 1, None, "participant"))
    return build_draft_from_utterances(utterances, notices=notices) if utterances else None


# Conversations: each row is a turn


@dataclass
class _Conversation:
    """The turns of one interview, and what is not read of it."""

    utterances: list[Utterance] = field(default_factory=list)
    unplaced: list[UnplacedText] = field(default_factory=list)
    untimed: list[int] = field(default_factory=list)
    speaker: str = ""
    size: int = 0


def read_conversations(table: SurveyTable) -> Iterator[tuple[str, Draft]]:
    """Yield the name and draft of each interview of a table; the name is empty where the table is one.

    A row without a speaker, or without the name of its interview, has that of the row above it. The first draft has the
    notices on the table.

    Raises
    ------
    OperationError
        An interview is too large, or the first row does not name its interview.
    """
    sheet, layout = table.sheet, table.layout
    conversations: dict[str, _Conversation] = {} if layout.interview >= 0 else {"": _Conversation()}
    name = ""
    for line, cells in sheet.rows():
        if layout.interview >= 0:
            name = row_id(cells[layout.interview]) or name
            if not name:
                column = sheet.columns[layout.interview]
                raise OperationError(f"{sheet.display_path}:{line}: no interview in column '{column}': name it")
        conversation = conversations.setdefault(name, _Conversation())
        _add_turn(conversation, layout, line, cells)
        # An interview is one transcript and must fit into memory, unlike a table of answers.
        if conversation.size > MAX_SOURCE_SIZE:
            raise OperationError(
                f"{sheet.display_path}:{line}: over the limit of {MAX_SOURCE_SIZE:,} characters: split the table"
            )
    notices = table.notices
    for name, conversation in conversations.items():
        yield name, _conversation_draft(conversation, notices, interviewers=table.interviewers)
        notices = ()


def _add_turn(conversation: _Conversation, layout: ColumnLayout, line: int, cells: Sequence[str]) -> None:
    """Add a row to the interview that it belongs to."""
    text, name, time = _parse_turn(layout, cells)
    conversation.speaker = name or conversation.speaker
    conversation.size += len(text)
    if layout.question >= 0 and (question := _decode_entities(cells[layout.question]).strip()):
        conversation.utterances.append(Utterance(QUESTION, question, line, None, "interviewer"))
    if text:
        conversation.utterances.append(Utterance(conversation.speaker, text, line, time))
    # No cell may be lost, so a name without words is reported.
    elif name:
        conversation.unplaced.append(UnplacedText(line, name))
    if time is None and layout.time >= 0 and cells[layout.time].strip():
        conversation.untimed.append(line)


def _conversation_draft(
    conversation: _Conversation, table_notices: Sequence[str], *, interviewers: Collection[str]
) -> Draft:
    notices = [*table_notices]
    if untimed := conversation.untimed:
        notices.append(f"time not readable in {format_count(len(untimed), 'row')} (the first at line {untimed[0]})")
    if not conversation.utterances:
        notices.append("no row has text: the transcript is empty")
    utterances, unplaced, more = conversation.utterances, conversation.unplaced, list[str]()
    # Roles of the settings come first.
    if not any(role_of(one.speaker, interviewers=interviewers) == "interviewer" for one in utterances):
        utterances, system, more = join_table_log(utterances)
        unplaced = [*unplaced, *system]
    return build_draft_from_utterances(utterances, unplaced=unplaced, notices=[*notices, *more])


def _parse_turn(layout: ColumnLayout, cells: Sequence[str]) -> tuple[str, str, float | None]:
    """Return words, speaker and time of a row."""
    text = _decode_entities(cells[layout.texts[0]]).strip()
    name = clean_text(_decode_entities(cells[layout.speaker])).removesuffix(":").rstrip() if layout.speaker >= 0 else ""
    return text, name, parse_time_cell(cells[layout.time], layout.per_second) if layout.time >= 0 else None


def _decode_entities(cell: str) -> str:
    """Return a cell with its HTML entities as characters; ``&`` without a semicolon is not an entity."""
    return _ENTITY.sub(lambda entity: unescape_html(entity[0]), cell) if "&" in cell else cell
