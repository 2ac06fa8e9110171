"""The meaning of the columns of a table: by the settings, else by name, else by the length of cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from qualcode.errors import OperationError, did_you_mean, format_names
from qualcode.files import TableStream
from qualcode.model import TableRule

TableKind = Literal["answers", "transcript"]


def _names(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in words.split(","))


ID_NAMES = _names(
    "id, case, case id, caseid, case no, respondent, respondent id, respondentid, response id, responseid, participant,"
    "participant id, participantid, participant no, comment id, record, record id, row id, uuid, guid, key, interview,"
    "interview id, interviewee, subject, subject id, user id, number, no, nr, pid, rid"
)
TEXT_NAMES = _names(
    "text, answer, answers, response, responses, comment, comments, freetext, free text, verbatim, verbatims, quote,"
    "fft answer, transcript, words, content, utterance, message, feedback, open answer, open response, antwort,"
    "reponse, respuesta"
)
SPEAKER_NAMES = _names("speaker, speaker name, speaker id, speaker label, speakers, spoken by, talker, voice, who")
TIME_NAMES = _names("time, timestamp, time stamp, timespan, timecode, start, start time, starttime, begin, from, onset")
_CONVERSATION_NAMES = _names("transcript, words, content, utterance")
"""Names of texts that make a table a conversation, where no column has ids."""

_MIN_TEXT_LENGTH = 25
"""Mean characters from which the cells of a column are taken for answers in own words."""

_MAX_SHOWN_LENGTH = 60
"""Limit of characters of a column's name in messages: what is not a table may have a whole page there."""


@dataclass
class ColumnStatistics:
    """Counts of the cells in the columns of a table."""

    rows: int
    filled_cells: list[int]
    total_lengths: list[int]
    invalid_ids: dict[int, tuple[int, str]]
    """By column, of those that may have ids: line and cell of the first id that is blank or a duplicate."""

    def mean_length(self, column: int) -> float:
        """Return the mean length, in characters, of a column's cells that are not blank."""
        return self.total_lengths[column] / max(1, self.filled_cells[column])


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


def row_id(cell: str) -> str:
    """Return the id of a row from its cell: with single spaces and composed letters (NFC), as ids of transcripts."""
    tidied = " ".join(cell.split())
    return tidied if tidied.isascii() else normalize("NFC", tidied)


def detect_layout(sheet: TableStream, rule: TableRule, questions: Sequence[str]) -> ColumnLayout:
    """Return the meaning of the columns of a table.

    Raises
    ------
    OperationError
        It is not clear, ids are blank or duplicates, or a column of the settings does not exist.
    """
    configured = _configured_columns(sheet, rule)
    ids = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    # The first column is checked too: it has the ids if no column is called one and its values are unique.
    statistics = collect_statistics(sheet, {configured["id"]} if "id" in configured else {0, *ids})
    speaker = configured.get("speaker", _find_column(sheet, SPEAKER_NAMES))
    texts = tuple(_find_configured_column(sheet, name) for name in rule.text)
    texts = texts or _texts_by_name(sheet, statistics, questions)
    kind = rule.kind or _detect_kind(sheet, statistics, speaker, texts, ids)
    if kind == "transcript":
        time = configured.get("time", _find_column(sheet, TIME_NAMES))
        return _conversation_layout(sheet, statistics, texts or _texts_by_length(sheet, statistics, ()), speaker, time)
    row = configured.get("id", next((position for position in ids if position not in statistics.invalid_ids), -1))
    if row in statistics.invalid_ids or (row < 0 and ids and texts):
        raise _invalid_id_error(sheet, statistics, ids[0] if row < 0 else row)
    if row < 0 and texts and 0 not in statistics.invalid_ids and 0 not in texts:
        row = 0  # no column is called an id, but the first has a unique value in each row
    texts = texts or (_texts_by_length(sheet, statistics, (row,)) if row >= 0 else ())
    if row < 0 or not texts:
        raise _unclear_layout_error(sheet)
    has_blank_rows = all(statistics.filled_cells[position] < statistics.rows for position in texts)
    others = _others(sheet, statistics, {*texts, row, speaker})
    return ColumnLayout("answers", texts, row, speaker, -1, others, has_blank_rows)


def _configured_columns(sheet: TableStream, rule: TableRule) -> dict[str, int]:
    names = {part: getattr(rule, part) for part in ("id", "speaker", "time")}
    return {part: _find_configured_column(sheet, name) for part, name in names.items() if name}


def collect_statistics(sheet: TableStream, id_columns: Collection[int]) -> ColumnStatistics:
    """Return the counts of a table, read once; duplicates are searched for in ``id_columns`` only."""
    width = len(sheet.columns)
    statistics = ColumnStatistics(0, [0] * width, [0] * width, {})
    seen: dict[int, set[str]] = {position: set() for position in id_columns}
    for line, cells in sheet.rows():
        statistics.rows += 1
        for position, cell in enumerate(cells):
            if cell and not cell.isspace():
                statistics.filled_cells[position] += 1
                statistics.total_lengths[position] += len(cell)
        for position, known in list(seen.items()):
            name = row_id(cells[position])
            if not name or name in known:
                statistics.invalid_ids[position] = line, name
                # One invalid id decides on the column: dropping its set saves memory in a large table.
                del seen[position]
            known.add(name)
    return statistics


def _normalise_name(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def _find_configured_column(sheet: TableStream, name: str) -> int:
    """Return the position of a column that the settings name."""
    # The exact name first, since two columns may differ only in capitals or marks.
    for same in (str, _normalise_name):
        positions = [position for position, column in enumerate(sheet.columns) if same(column) == same(name)]
        if len(positions) == 1:
            return positions[0]
    hint = did_you_mean(name, sheet.columns) or f"columns: {_list_columns(sheet)}"
    raise OperationError(f"{sheet.display_path}:1: no column '{name}', which 'tables' in qualcode.yaml names ({hint})")


def _find_column(sheet: TableStream, names: Collection[str]) -> int:
    return next((position for position, column in enumerate(sheet.columns) if _normalise_name(column) in names), -1)


def _is_id(sheet: TableStream, position: int) -> bool:
    name = _normalise_name(sheet.columns[position])
    return name in ID_NAMES or name.endswith(" id")


def _detect_kind(
    sheet: TableStream, statistics: ColumnStatistics, speaker: int, texts: Sequence[int], ids: Sequence[int]
) -> TableKind:
    """Return the kind of a table where the settings do not give it: one with a speaker's column is a conversation.

    One with a text such as "utterance", and no ids, is a conversation too.
    """
    if speaker >= 0:
        return "transcript"
    is_spoken = any(_normalise_name(sheet.columns[position]) in _CONVERSATION_NAMES for position in texts)
    has_ids = ids or not (0 in statistics.invalid_ids or _normalise_name(sheet.columns[0]) in TIME_NAMES)
    return "transcript" if (is_spoken and not has_ids) or not statistics.rows else "answers"


def _texts_by_name(sheet: TableStream, statistics: ColumnStatistics, questions: Sequence[str]) -> tuple[int, ...]:
    """Return the column called "text", "answer" ...; else those with long cells whose names end so or are questions."""
    columns = [(position, _normalise_name(column)) for position, column in enumerate(sheet.columns)]
    exact = sorted(
        (position for position, name in columns if name in TEXT_NAMES),
        key=lambda position: statistics.total_lengths[position],
        reverse=True,
    )
    if exact:
        lengths = [statistics.total_lengths[position] for position in exact]
        # Two such columns of similar length are ambiguous; the lengths of all columns may still decide.
        return tuple(exact[:1]) if len(exact) == 1 or lengths[0] > 2 * lengths[1] else ()
    likely = [position for position, name in columns if name.split()[-1:] and name.split()[-1] in TEXT_NAMES]
    likely += [position for position, question in enumerate(questions) if question.endswith("?")]
    return tuple(sorted({position for position in likely if statistics.mean_length(position) >= _MIN_TEXT_LENGTH}))


def _texts_by_length(sheet: TableStream, statistics: ColumnStatistics, excluded: Collection[int]) -> tuple[int, ...]:
    """Return the columns whose cells are at least twice as long, in the mean, as those of all others."""
    positions = [position for position in range(len(sheet.columns)) if position not in excluded]
    means = {position: statistics.mean_length(position) for position in positions}
    longest = max(means.values(), default=0.0)
    texts = tuple(position for position, mean in means.items() if mean >= longest / 2)
    # With a column between the thresholds the choice would be arbitrary: the settings must name the columns.
    is_clear = all(mean <= longest / 4 for position, mean in means.items() if position not in texts)
    return texts if is_clear and longest >= _MIN_TEXT_LENGTH else ()


def _conversation_layout(
    sheet: TableStream, statistics: ColumnStatistics, texts: Sequence[int], speaker: int, time: int
) -> ColumnLayout:
    if not texts:
        raise _unclear_layout_error(sheet)
    if len(texts) > 1:
        names = format_names([sheet.columns[position] for position in texts])
        raise OperationError(
            f"{sheet.display_path}:1: {len(texts)} columns of text ({names}), but a conversation has one: name it. "
            f"{_settings_hint(sheet)}"
        )
    others = _others(sheet, statistics, {*texts, speaker, time})
    return ColumnLayout("transcript", tuple(texts), -1, speaker, time, others)


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
        f"{sheet.display_path}:{line}: {fault}: correct it, or name another column as id. {_settings_hint(sheet)}"
    )


def _unclear_layout_error(sheet: TableStream) -> OperationError:
    fault = f"not clear which column has the ids and which the text (columns: {_list_columns(sheet)}): name them"
    return OperationError(f"{sheet.display_path}:1: {fault}. {_settings_hint(sheet)}")


def _list_columns(sheet: TableStream) -> str:
    return format_names(
        [name if len(name) <= _MAX_SHOWN_LENGTH else f"{name[:_MAX_SHOWN_LENGTH]}…" for name in sheet.columns], limit=20
    )


def _settings_hint(sheet: TableStream) -> str:
    path = sheet.display_path.removeprefix("transcripts/")
    return (
        f'In qualcode.yaml: tables: {{"{path}": {{id: COLUMN, text: COLUMN}}}}, '
        "or {kind: transcript, text: COLUMN} where each row is a turn"
    )
