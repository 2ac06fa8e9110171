"""Messages on columns of a table whose meaning is not clear, with the setting that makes it clear."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qualcode.errors import format_names, quote_pattern
from qualcode.files import TableStream

_MAX_SHOWN_LENGTH = 60
"""Limit of characters of a column's name in messages: what is not a table may have a whole page there."""


def describe_question_doubt(sheet: TableStream, texts: Sequence[int], positions: Sequence[int]) -> str:
    """Return the question whether columns have answers in own words, with what to write if they have."""
    names = [sheet.columns[text] for text in sorted((*texts, *positions))]
    given = [sheet.columns[text] for text in texts]
    asked = format_names([f"'{sheet.columns[position]}'" for position in positions], limit=100)
    question = f"is {asked} an open question? It is read as an attribute. If it is one"
    if len(positions) > 1:
        question = f"are {asked} open questions? They are read as attributes. If all are"
    return (
        f"{question}, write in qualcode.yaml: {_table_entry(sheet, text=names)}; "
        f"if not: {_table_entry(sheet, text=given)}"
    )


def _table_entry(sheet: TableStream, **values: object) -> str:
    """Return the entry of a table in the settings with these values."""
    path = sheet.display_path.removeprefix("transcripts/")
    # JSON is YAML, so that any name of a column is valid.
    return f"tables: {json.dumps({path: values}, ensure_ascii=False)}"


def describe_speaker_doubt(sheet: TableStream, text: int, *, position: int) -> str:
    """Return the question whether a column names who speaks in each row, with what to write."""
    name = sheet.columns[position]
    values = {"kind": "transcript", "speaker": name, "text": sheet.columns[text]}
    return (
        f"does '{name}' name who speaks in each row? Each row is read as the answer of a respondent. If so, write in "
        f"qualcode.yaml: {_table_entry(sheet, **values)}; if not: {_table_entry(sheet, kind='answers')}"
    )


def describe_caption_doubt(sheet: TableStream, text: int, *, times: tuple[int, int]) -> str:
    """Return the question whether the rows of a survey are captions, with what to write."""
    start, end = (sheet.columns[position] for position in times)
    values = {"kind": "transcript", "text": sheet.columns[text], "time": start}
    return (
        f"are '{start}' and '{end}' the times of captions? Each row is read as the answer of a respondent. If so, "
        f"write in qualcode.yaml: {_table_entry(sheet, **values)}; if not: {_table_entry(sheet, kind='answers')}"
    )


def describe_survey_setting(sheet: TableStream) -> str:
    """Return what to write if a table that is read as turns is a survey."""
    return f"(if each row is another respondent, write {_table_entry(sheet, kind='answers')})"


def describe_interview_doubt(sheet: TableStream, position: int) -> str:
    """Return the question whether a column names interviews, with what to write."""
    name = sheet.columns[position]
    return (
        f"does each value of '{name}' name an interview? All rows are read as one. If so, write in qualcode.yaml: "
        f"{_table_entry(sheet, transcript=name)}; if not: {_table_entry(sheet, transcript='')}"
    )


def describe_unit_doubt(sheet: TableStream, position: int) -> str:
    """Return the question whether times are seconds, with what to write."""
    as_milliseconds, as_seconds = (_table_entry(sheet, per_second=number) for number in (1000, 1))
    return (
        f"are the times in '{sheet.columns[position]}' seconds? They are read so. If they are milliseconds, write in "
        f"qualcode.yaml: {as_milliseconds}; if they are seconds: {as_seconds}"
    )


def list_columns(sheet: TableStream) -> str:
    """Return the names of the columns of a table, each shortened."""
    return format_names(
        [name if len(name) <= _MAX_SHOWN_LENGTH else f"{name[:_MAX_SHOWN_LENGTH]}…" for name in sheet.columns], limit=20
    )


def settings_hint(sheet: TableStream) -> str:
    """Return how to name the columns of a table in the settings."""
    path = sheet.display_path.removeprefix("transcripts/")
    return (
        f"In qualcode.yaml: tables: {{{quote_pattern(path)}: {{id: COLUMN, text: COLUMN}}}}, "
        "or {kind: transcript, text: COLUMN} where each row is a turn (with transcript: COLUMN, which names the "
        "interview of each row, if there are several)"
    )
