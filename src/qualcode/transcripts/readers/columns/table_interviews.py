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


_PARTS = frozenset(
    name.strip()
    for name in (
        "question, chapter, topic, section, part, item, theme, segment, paragraph, turn, prompt, scene, block,"
        "exchange, task, page, line, row, sentence, utterance, subtitle, caption, cue, clip, message, step,"
        "frage, kapitel, thema, abschnitt, pregunta, tema, capítulo, chapitre, sujet, speaker, code, tag, q"
    ).split(",")
)
"""Names of columns whose values name parts of an interview, or speakers."""

_OWNERS = frozenset(
    name.strip()
    for name in (
        "participant, respondent, interviewee, subject, case, informant, person, pid, group, household, dyad, patient,"
        "client, student, teilnehmer, participante, enquêté"
    ).split(",")
)
"""Names of columns whose values name those who are interviewed."""


_GENERIC_LABELS = frozenset(
    "participant respondent interviewee informant subject p r b customer client patient user befragte".split()
)
"""Labels of speakers that name nobody."""


def _is_called(column: str, names: Collection[str]) -> bool:
    """Tell whether a column is called one of these names, also with words such as "id" behind it."""
    # transcriptId is written as one word.
    for spaced in (column, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)):
        words = re.findall(r"[^\W_]+", spaced.casefold())
        if " ".join(words) in names or (words[-1:] and words[-1] in _SUFFIXES and " ".join(words[:-1]) in names):
            return True
    return False


def is_interview_name(name: str) -> bool:
    """Tell whether a column, or a key of JSON, is called as those that name interviews."""
    return _is_called(name, _INTERVIEWS)


def find_interview_column(
    sheet: TableStream, ids: Collection[int], *, used: Collection[int], speaker: int
) -> tuple[int, Sequence[int]]:
    """Return the position of the column that names the interview of each row, and positions of doubtful ones.

    A column is one by its name and its values, each of several rows; or, of the columns ``ids``, if there is a speaker
    who speaks below several values, each of which has several speakers and stands in adjacent rows, and which is
    called as those who are interviewed, or has a speaker of its own for each value. Others of ``ids`` whose values are
    repeated are doubtful.
    """
    positions = [position for position in range(len(sheet.columns)) if position not in used]
    named = [position for position in positions if is_interview_name(sheet.columns[position])]
    candidates = [*named, *(position for position in positions if position in ids and position not in named)]
    if not candidates:
        return -1, ()
    values = _read_values(sheet, [*candidates, *([speaker] if speaker >= 0 else [])])
    repeated = [position for position in candidates if 1 < len(set(values[position])) < len(values[position])]
    speakers = values[speaker] if speaker >= 0 else []
    for position in repeated:
        if _is_called(sheet.columns[position], _PARTS):
            continue
        is_often = 2 * len(set(values[position])) <= len(values[position])
        has_owners = _is_called(sheet.columns[position], _OWNERS)
        if (position in named and is_often) or _separates_talks(values[position], speakers, has_owners=has_owners):
            return position, ()
    return -1, [position for position in repeated if not _is_called(sheet.columns[position], _PARTS)]


def _read_values(sheet: TableStream, positions: Sequence[int]) -> dict[int, list[str]]:
    """Return the cells of columns; a blank one has the value above it, as where cells are merged."""
    values: dict[int, list[str]] = {position: [] for position in positions}
    for _, cells in sheet.rows():
        for position, column in values.items():
            column.append(cells[position].strip() or (column[-1] if column else ""))
    return values


def _separates_talks(values: Sequence[str], speakers: Sequence[str], *, has_owners: bool) -> bool:
    """Tell whether each value has adjacent rows with several speakers, one of whom is in several.

    Unless the values name those who are interviewed, each has a speaker of its own: else they may be questions.
    """
    blocks = list(_blocks(values, speakers))
    where: dict[str, set[str]] = defaultdict(set)
    for value, names in blocks:
        for name in names:
            where[name].add(value)
    if len({value for value, _ in blocks}) < len(blocks) or not any(len(found) > 1 for found in where.values()):
        return False
    # Labels such as "Participant" are of another person in each interview, unless it is one answer.
    generic = _GENERIC_LABELS if len(values) > 2 * len(blocks) else ()
    own = [any(len(where[name]) == 1 or name.casefold() in generic for name in names) for _, names in blocks]
    return all(len(names) > 1 for _, names in blocks) and (has_owners or all(own))


def _blocks(values: Sequence[str], speakers: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each run of one value with the speakers in it."""
    for value, rows in groupby(zip(values, speakers, strict=False), key=lambda row: row[0]):
        yield value, {speaker for _, speaker in rows}
