"""The meaning of the columns of a table: by the settings, else by name, else by the length of cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from qualcode.errors import OperationError, did_you_mean, format_names
from qualcode.files import TableStream
from qualcode.model import SourceRules, TableRule
from qualcode.transcripts.readers.columns.column_messages import (
    describe_caption_doubt,
    describe_interview_doubt,
    describe_question_doubt,
    describe_speaker_doubt,
    describe_unit_doubt,
    list_columns,
    settings_hint,
)
from qualcode.transcripts.readers.columns.column_statistics import (
    ColumnStatistics,
    collect_statistics,
    normalise_name,
    row_id,
    split_names,
)
from qualcode.transcripts.readers.columns.open_questions import OpenColumns, find_open_columns
from qualcode.transcripts.readers.columns.table_interviews import find_interview_column
from qualcode.transcripts.readers.columns.table_speakers import SpeakerColumn, find_speaker_column
from qualcode.transcripts.readers.columns.table_times import (
    TimeColumns,
    are_captions,
    detect_time_unit,
    find_paired_times,
    find_time_columns,
    measure_times,
)
from qualcode.transcripts.readers.columns.text_columns import (
    CONVERSATION_NAMES,
    find_texts_by_length,
    find_texts_by_name,
)

TableKind = Literal["answers", "transcript"]


ID_NAMES = split_names(
    "id, case, case id, caseid, case no, respondent, respondent id, respondentid, response id, responseid, participant,"
    "participant id, participantid, participant no, comment id, record, record id, row id, uuid, guid, key, interview,"
    "interview id, interviewee, subject, subject id, user id, number, no, nr, pid, rid"
)
_ROW_NUMBERS = split_names(
    "id, key, no, nr, number, row id, uuid, guid, rid, record, record id, segment id, cue id, caption id, line id,"
    "turn id, utterance id, sentence id, subtitle id, chunk id, message id, msg id, entry id, event id, post id"
)
"""Names of ids that rows of captions may have as well; others name respondents."""
_INDEX_NAMES = frozenset({"", "index", "unnamed 0", "row", "row number", "x"})
"""Names that programs give to the numbers of rows; most leave them without a name."""
_MAX_INDEX_ROWS = 2000
_QUESTION_NAMES = split_names(
    "question, questions, interviewer question, prompt, frage, fragen, pregunta, pergunta, domanda, vraag, fråga,"
    "问题, 質問"
)
"""Names of columns whose cells are questions."""


@dataclass(frozen=True)
class ColumnLayout:
    """Positions of a table's columns by their meaning; -1 where there is none."""

    kind: TableKind
    texts: tuple[int, ...]
    id: int = -1
    speaker: int = -1
    time: int = -1
    others: tuple[int, ...] = ()
    """Other columns that have a name or any words."""
    has_blank_rows: bool = False
    """Whether a row may be without any text."""
    interview: int = -1
    """The column that names the interview of each turn."""
    per_second: int = 1
    """How many units of a time that is a number make a second."""
    question: int = -1
    """The column of the interviewer's question to which each row is the answer."""
    is_speaker_inferred: bool = False
    """Whether the names in the column of speakers made it one, not its own name."""
    doubts: tuple[str, ...] = ()
    """Notices on what is not certain, each with what to write."""


def detect_layout(
    sheet: TableStream, rule: TableRule, questions: Sequence[str], *, rules: SourceRules = SourceRules()
) -> ColumnLayout:
    """Return the meaning of the columns of a table; ``rules`` are those for speakers.

    Raises
    ------
    OperationError
        It is not clear, ids are blank or duplicates, or a column of the settings does not exist.
    """
    configured = _configured_columns(sheet, rule)
    ids = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    # The first column is checked too: it has the ids if no column is called one and its values are unique.
    statistics = collect_statistics(sheet, {configured["id"]} if "id" in configured else {0, *ids})
    texts = tuple(_find_configured_column(sheet, name) for name in rule.text)
    texts = texts or find_texts_by_name(sheet, statistics, questions)
    speaker = SpeakerColumn()
    if "speaker" not in configured:
        spoken = texts or find_texts_by_length(sheet, statistics, ())
        speaker = find_speaker_column(sheet, rules, texts=spoken)
        # Who names a column of ids means a survey.
        is_shown = "id" not in configured and _is_certain(speaker, sheet, statistics, texts=spoken)
        if speaker.evidence == "name" or is_shown:
            configured["speaker"] = speaker.position
    question = _find_question(sheet, statistics, configured, texts)
    if question >= 0 and rule.kind != "answers":
        return _interview_layout(sheet, statistics, texts, question)
    kind = rule.kind or ("transcript" if rule.transcript else _detect_kind(sheet, statistics, configured, texts, ids))
    if kind == "transcript":
        # What is doubtful in a survey is certain among turns.
        configured |= {"speaker": speaker.position} if speaker.evidence else {}
        texts = texts or find_texts_by_length(sheet, statistics, ())
        layout = _conversation_layout(sheet, statistics, rule, configured, texts)
        return replace(layout, is_speaker_inferred=speaker.evidence in ("cells", "sender") and not rule.kind)
    layout = _answer_layout(sheet, statistics, rule, configured, texts, questions=questions)
    if rule.kind or "speaker" in configured:
        return layout
    return replace(layout, doubts=(*layout.doubts, *_kind_doubts(sheet, layout, speaker)))


def _kind_doubts(sheet: TableStream, layout: ColumnLayout, speaker: SpeakerColumn) -> Iterator[str]:
    """Yield the questions whether the rows of a survey are turns."""
    if speaker.evidence:
        yield describe_speaker_doubt(sheet, layout.texts[0], position=speaker.position)
    times, _ = find_paired_times(sheet)
    if times.start >= 0 and len(layout.texts) == 1:
        yield describe_caption_doubt(sheet, layout.texts[0], times=(times.start, times.end))


def _find_question(
    sheet: TableStream, statistics: ColumnStatistics, configured: Mapping[str, int], texts: Sequence[int]
) -> int:
    """Return the column of questions in a table of one interview: each row has another question and its answer."""
    if configured or len(texts) != 1:
        return -1
    called = [position for position, name in enumerate(sheet.columns) if normalise_name(name) in _QUESTION_NAMES]
    ids = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    names = {normalise_name(sheet.columns[position]) for position in ids if position not in statistics.invalid_ids}
    if len(called) != 1 or not names <= {*_ROW_NUMBERS, "question id", "question no"}:
        return -1
    cells = [cells[called[0]].strip() for _, cells in sheet.rows()]
    has_questions = 2 * sum(cell.endswith(("?", "？", "؟")) for cell in cells) > len(cells)
    return called[0] if has_questions and len(set(cells)) == len(cells) else -1


def _interview_layout(
    sheet: TableStream, statistics: ColumnStatistics, texts: Sequence[int], question: int
) -> ColumnLayout:
    others = _others(sheet, statistics, {*texts, question})
    return ColumnLayout("transcript", tuple(texts), others=others, question=question)


def _is_certain(
    speaker: SpeakerColumn, sheet: TableStream, statistics: ColumnStatistics, *, texts: Sequence[int]
) -> bool:
    """Tell whether the cells of a column show that it has speakers.

    They do not if another column has ids of respondents, or, beside senders, of any rows.
    """
    if not speaker.evidence:
        return False
    others = [position for position in range(len(sheet.columns)) if position not in (speaker.position, *texts)]
    ids = [position for position in others if _is_id(sheet, position) and position not in statistics.invalid_ids]
    names = {normalise_name(sheet.columns[position]) for position in ids}
    if speaker.evidence == "cells":
        return names <= _ROW_NUMBERS
    return not ids and any(normalise_name(sheet.columns[position]) in CONVERSATION_NAMES for position in texts)


def _answer_layout(
    sheet: TableStream,
    statistics: ColumnStatistics,
    rule: TableRule,
    configured: Mapping[str, int],
    texts: tuple[int, ...],
    *,
    questions: Sequence[str],
) -> ColumnLayout:
    ids = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    row = configured.get("id", next((position for position in ids if position not in statistics.invalid_ids), -1))
    if row in statistics.invalid_ids or (row < 0 and ids and texts):
        raise _invalid_id_error(sheet, statistics, ids[0] if row < 0 else row)
    is_index = _is_index(sheet)
    if row < 0 and (texts or (is_index and not ids)) and 0 not in statistics.invalid_ids and 0 not in texts:
        row = 0  # no column is called an id, but the first has a unique value in each row
    by_length = () if texts or row < 0 else find_texts_by_length(sheet, statistics, (row,))
    if row < 0 or not (texts or by_length):
        raise _unclear_layout_error(sheet)
    speaker = configured.get("speaker", -1)
    others = _others(sheet, statistics, {*texts, *by_length, row, speaker, 0 if is_index else row})
    # If a person named the columns of text, the others are not questions.
    found = OpenColumns((), ()) if rule.text else find_open_columns(sheet, others, questions)
    if by_length:
        texts = tuple(sorted({*by_length, *found.sure}))
        found = OpenColumns((), found.doubtful)
    others = tuple(position for position in others if position not in texts)
    has_blank_rows = all(statistics.filled_cells[position] < statistics.rows for position in texts)
    unclear = sorted((*found.sure, *found.doubtful))
    doubts = (describe_question_doubt(sheet, texts, unclear),) if unclear else ()
    return ColumnLayout("answers", texts, row, speaker, -1, others, has_blank_rows, doubts=doubts)


def _configured_columns(sheet: TableStream, rule: TableRule) -> dict[str, int]:
    """Return the columns that the settings name."""
    names = {part: getattr(rule, part) for part in ("id", "speaker", "time", "transcript")}
    return {part: _find_configured_column(sheet, name) for part, name in names.items() if name}


def _find_configured_column(sheet: TableStream, name: str) -> int:
    """Return the position of a column that the settings name."""
    # The exact name first, since two columns may differ only in capitals or marks.
    for same in (str, normalise_name):
        positions = [position for position, column in enumerate(sheet.columns) if same(column) == same(name)]
        if len(positions) == 1:
            return positions[0]
    hint = did_you_mean(name, sheet.columns) or f"columns: {list_columns(sheet)}"
    raise OperationError(f"{sheet.display_path}:1: no column '{name}', which 'tables' in qualcode.yaml names ({hint})")


def _is_id(sheet: TableStream, position: int) -> bool:
    name = normalise_name(sheet.columns[position])
    return name in ID_NAMES or name.endswith(" id")


def _is_index(sheet: TableStream) -> bool:
    """Return whether the first column has the numbers of the rows, which say nothing of a respondent."""
    if 0 not in sheet.unnamed_positions and normalise_name(sheet.columns[0]) not in _INDEX_NAMES:
        return False
    cells = [cells[0].strip().removesuffix(".0") for _, cells in islice(sheet.rows(), _MAX_INDEX_ROWS)]
    numbers = [int(cell[:9]) for cell in cells if cell.isdecimal()]
    # Rows may have been deleted, or sorted, or two tables joined.
    return len(numbers) == len(cells) > 0 and min(numbers) <= 1


def _detect_kind(
    sheet: TableStream,
    statistics: ColumnStatistics,
    configured: Mapping[str, int],
    texts: Sequence[int],
    ids: Sequence[int],
) -> TableKind:
    """Return the kind of a table where the settings do not give it: one with a speaker's column is a conversation.

    One with a text such as "utterance", and no ids, is a conversation too, and so is one of captions.
    """
    if "speaker" in configured or not statistics.rows:
        return "transcript"
    is_spoken = any(normalise_name(sheet.columns[position]) in CONVERSATION_NAMES for position in texts)
    times = _find_times(sheet)
    has_ids = bool(ids) or not (0 in statistics.invalid_ids or times.start == 0 or _is_index(sheet))
    if is_spoken and not has_ids:
        return "transcript"
    return "transcript" if "id" not in configured and _has_captions(sheet, times, ids) else "answers"


def _find_times(sheet: TableStream, *, speaker: int = -1) -> TimeColumns:
    """Return the columns of times: by their names, else a start and an end that the clock's times in them show."""
    # A column "from" may have senders.
    times = find_time_columns(["" if position == speaker else name for position, name in enumerate(sheet.columns)])
    if times.start >= 0:
        return times
    paired, has_clock = find_paired_times(sheet)
    return paired if has_clock else times


def _has_captions(sheet: TableStream, times: TimeColumns, ids: Sequence[int]) -> bool:
    """Tell whether the rows of a table without speakers are captions: never where ids name respondents."""
    if times.start < 0:
        return False
    interview, _ = find_interview_column(sheet, (), used=(times.start, times.end), speaker=-1)
    names = {normalise_name(sheet.columns[position]) for position in ids if position != interview}
    if not names <= _ROW_NUMBERS or (ids and times.end < 0 and interview < 0):
        return False
    return are_captions(measure_times(sheet, times, group=interview), times)


def _conversation_layout(
    sheet: TableStream,
    statistics: ColumnStatistics,
    rule: TableRule,
    configured: Mapping[str, int],
    texts: Sequence[int],
) -> ColumnLayout:
    if not texts:
        raise _unclear_layout_error(sheet)
    if len(texts) > 1:
        names = format_names([sheet.columns[position] for position in texts])
        raise OperationError(
            f"{sheet.display_path}:1: {len(texts)} columns of text ({names}), but a conversation has one: name it. "
            f"{settings_hint(sheet)}"
        )
    speaker = configured.get("speaker", -1)
    times = _find_times(sheet, speaker=speaker)
    times = replace(times, start=configured.get("time", times.start))
    ids = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    used = {*texts, speaker, times.start, times.end}
    if rule.transcript is None:
        interview, unclear = find_interview_column(sheet, ids, used=used, speaker=speaker)
    else:
        interview, unclear = configured.get("transcript", -1), ()
    measures = measure_times(sheet, times, group=interview)
    per_second, is_certain = (rule.per_second, True) if rule.per_second else detect_time_unit(measures, times)
    doubts = [describe_interview_doubt(sheet, position) for position in unclear]
    doubts += [] if is_certain else [describe_unit_doubt(sheet, times.start)]
    others = _others(sheet, statistics, {*texts, speaker, times.start, interview})
    layout = ColumnLayout("transcript", tuple(texts), -1, speaker, times.start, others)
    return replace(layout, interview=interview, per_second=per_second, doubts=tuple(doubts))


def _others(sheet: TableStream, statistics: ColumnStatistics, used: Collection[int]) -> tuple[int, ...]:
    return tuple(
        position
        for position in range(len(sheet.columns))
        if position not in used and (position not in sheet.unnamed_positions or statistics.filled_cells[position])
    )


def _invalid_id_error(sheet: TableStream, statistics: ColumnStatistics, position: int) -> OperationError:
    line, name = statistics.invalid_ids[position]
    column = sheet.columns[position]
    if not name:
        fault = f"no id in column '{column}'"
    else:
        first = next(number for number, cells in sheet.rows() if row_id(cells[position]) == name)
        fault = f"duplicate id '{name}' in column '{column}' (first at line {first})"
    return OperationError(
        f"{sheet.display_path}:{line}: {fault}: correct it, or name another column as id. {settings_hint(sheet)}"
    )


def _unclear_layout_error(sheet: TableStream) -> OperationError:
    fault = f"not clear which column has the ids and which the text (columns: {list_columns(sheet)}): name them"
    return OperationError(f"{sheet.display_path}:1: {fault}. {settings_hint(sheet)}")
