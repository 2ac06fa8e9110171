"""Which column of a table is what: as the settings say, else by its name, and never by two guesses at once."""

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
"""Texts that are a row's part of a conversation, where nothing names the rows."""

_MIN_TEXT_LENGTH = 25
"""Mean characters of the cells of a column that people have written into."""

_MAX_SHOWN_LENGTH = 60
"""Characters of a column's name in messages: what is no table may have a whole page there."""


@dataclass
class ColumnStatistics:
    """What is in the columns of a table, gathered in one pass."""

    rows: int
    filled_cells: list[int]
    total_lengths: list[int]
    invalid_ids: dict[int, tuple[int, str]]
    """By column, of those that may name the rows: line and cell of the first that is blank or there already."""

    def mean_length(self, column: int) -> float:
        """Return the mean length of a column's cells that are not blank."""
        return self.total_lengths[column] / max(1, self.filled_cells[column])


@dataclass(frozen=True)
class ColumnLayout:
    """Positions of a table's columns by what they are; -1 where there is none."""

    kind: TableKind
    texts: tuple[int, ...]
    id: int = -1
    speaker: int = -1
    time: int = -1
    others: tuple[int, ...] = ()
    """Columns with words in them that are none of these."""
    has_blank_rows: bool = False
    """Whether a row may be without any text."""


def row_id(cell: str) -> str:
    """Return the id of a row from its cell: spaces single, letters composed, as ids of transcripts are."""
    tidied = " ".join(cell.split())
    return tidied if tidied.isascii() else normalize("NFC", tidied)


def detect_layout(sheet: TableStream, rule: TableRule, questions: Sequence[str]) -> ColumnLayout:
    """Return what the columns of a table are; refuse with what to write into the settings where it is not clear."""
    told = {part: _find_configured_column(sheet, name) for part, name in _configured_columns(rule)}
    named = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    facts = collect_statistics(sheet, {told["id"]} if "id" in told else {0, *named})
    texts = tuple(_find_configured_column(sheet, name) for name in rule.text)
    speaker = told.get("speaker", _find_column(sheet, SPEAKER_NAMES))
    time = told.get("time", _find_column(sheet, TIME_NAMES))
    by_name = texts or _texts_by_name(sheet, facts, questions)
    kind = rule.kind or _detect_kind(sheet, facts, speaker, by_name, named)
    if kind == "transcript":
        return _conversation_layout(sheet, facts, by_name or _texts_by_shape(sheet, facts, ()), speaker, time)
    row = told.get("id", next((position for position in named if position not in facts.invalid_ids), -1))
    if row in facts.invalid_ids or (row < 0 and named and by_name):
        raise _invalid_id_error(sheet, facts, named[0] if row < 0 else row)
    if row < 0 and by_name and 0 not in facts.invalid_ids and 0 not in by_name:
        row = 0  # nothing is called an id, but the first column names each row
    found = by_name or (_texts_by_shape(sheet, facts, (row,)) if row >= 0 else ())
    if row < 0 or not found:
        raise _unclear_layout_error(sheet)
    blanks = all(facts.filled_cells[position] < facts.rows for position in found)
    return ColumnLayout("answers", found, row, speaker, -1, _others(sheet, facts, {*found, row, speaker}), blanks)


def _configured_columns(rule: TableRule) -> list[tuple[str, str]]:
    return [(part, name) for part in ("id", "speaker", "time") if (name := getattr(rule, part))]


def collect_statistics(sheet: TableStream, naming: Collection[int]) -> ColumnStatistics:
    """Read a table once; of the columns ``naming`` find out whether each row has a name of its own there."""
    width = len(sheet.columns)
    facts = ColumnStatistics(0, [0] * width, [0] * width, {})
    seen: dict[int, set[str]] = {position: set() for position in naming}
    for line, cells in sheet.rows():
        facts.rows += 1
        for position, cell in enumerate(cells):
            if cell and not cell.isspace():
                facts.filled_cells[position] += 1
                facts.total_lengths[position] += len(cell)
        for position, before in list(seen.items()):
            name = row_id(cells[position])
            if not name or name in before:
                facts.invalid_ids[position] = line, name
                del seen[position]
            before.add(name)
    return facts


def _normalise_name(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def _find_configured_column(sheet: TableStream, name: str) -> int:
    """Return the position of a column that the settings name."""
    for same in (str, _normalise_name):
        found = [position for position, column in enumerate(sheet.columns) if same(column) == same(name)]
        if len(found) == 1:
            return found[0]
    hint = did_you_mean(name, sheet.columns) or f"there are: {_list_columns(sheet)}"
    raise OperationError(f"{sheet.display_path}:1: no column '{name}', as the settings say ({hint})")


def _find_column(sheet: TableStream, names: Collection[str]) -> int:
    return next((position for position, column in enumerate(sheet.columns) if _normalise_name(column) in names), -1)


def _is_id(sheet: TableStream, position: int) -> bool:
    name = _normalise_name(sheet.columns[position])
    return name in ID_NAMES or name.endswith(" id")


def _detect_kind(
    sheet: TableStream, facts: ColumnStatistics, speaker: int, texts: Sequence[int], named: Sequence[int]
) -> TableKind:
    """Return how a table is read whose settings do not say it: who speaks, or what is said, makes a conversation."""
    if speaker >= 0:
        return "transcript"
    spoken = [position for position in texts if _normalise_name(sheet.columns[position]) in _CONVERSATION_NAMES]
    nameless = not named and (0 in facts.invalid_ids or _normalise_name(sheet.columns[0]) in TIME_NAMES)
    return "transcript" if (spoken and nameless) or not facts.rows else "answers"


def _texts_by_name(sheet: TableStream, facts: ColumnStatistics, questions: Sequence[str]) -> tuple[int, ...]:
    """Return the column that is called text, answer ...; else those whose names end so or ask, if they are wordy."""
    columns = [(position, _normalise_name(column)) for position, column in enumerate(sheet.columns)]
    exact = sorted(
        (position for position, name in columns if name in TEXT_NAMES),
        key=lambda position: facts.total_lengths[position],
        reverse=True,
    )
    if exact:
        clear = len(exact) == 1 or facts.total_lengths[exact[0]] > 2 * facts.total_lengths[exact[1]]
        return tuple(exact[:1]) if clear else ()
    asked = [position for position, name in columns if name.split()[-1:] and name.split()[-1] in TEXT_NAMES]
    asked += [position for position, question in enumerate(questions) if question.endswith("?")]
    return tuple(sorted({position for position in asked if facts.mean_length(position) >= _MIN_TEXT_LENGTH}))


def _texts_by_shape(sheet: TableStream, facts: ColumnStatistics, others: Collection[int]) -> tuple[int, ...]:
    """Return the columns with by far the longest cells."""
    means = {position: facts.mean_length(position) for position in range(len(sheet.columns)) if position not in others}
    longest = max(means.values(), default=0.0)
    found = tuple(position for position, mean in means.items() if mean >= longest / 2)
    clear = all(mean <= longest / 4 for position, mean in means.items() if position not in found)
    return found if clear and longest >= _MIN_TEXT_LENGTH else ()


def _conversation_layout(
    sheet: TableStream, facts: ColumnStatistics, texts: Sequence[int], speaker: int, time: int
) -> ColumnLayout:
    if not texts:
        raise _unclear_layout_error(sheet)
    if len(texts) > 1:
        names = format_names([sheet.columns[position] for position in texts])
        raise OperationError(f"{sheet.display_path}:1: a transcript has one column of text, not {len(texts)} ({names})")
    used = {*texts, speaker, time}
    return ColumnLayout("transcript", tuple(texts), -1, speaker, time, _others(sheet, facts, used))


def _others(sheet: TableStream, facts: ColumnStatistics, used: Collection[int]) -> tuple[int, ...]:
    return tuple(
        position
        for position in range(len(sheet.columns))
        if position not in used and (position not in sheet.unnamed_positions or facts.filled_cells[position])
    )


def _invalid_id_error(sheet: TableStream, facts: ColumnStatistics, position: int) -> OperationError:
    line, name = facts.invalid_ids[position]
    column = sheet.columns[position]
    if not name:
        said = f"the row has no id: column '{column}' is blank"
    else:
        first = next(at for at, cells in sheet.rows() if row_id(cells[position]) == name)
        said = f"column '{column}' names two rows '{name}' (the other at line {first})"
    return OperationError(
        f"{sheet.display_path}:{line}: {said}: mend it, or name another column as id. {_settings_hint(sheet)}"
    )


def _unclear_layout_error(sheet: TableStream) -> OperationError:
    said = f"which column names the row, and which has the text? Columns: {_list_columns(sheet)}"
    return OperationError(f"{sheet.display_path}:1: {said}. {_settings_hint(sheet)}")


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
