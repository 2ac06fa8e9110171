"""Which column of a table is what: as the settings say, else by its name, and never by two guesses at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from qualcode.errors import Refused, did_you_mean, listed
from qualcode.files import Sheet
from qualcode.model import TableRule

Kind = Literal["answers", "transcript"]


def _names(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in words.split(","))


IDS = _names(
    "id, case, case id, caseid, case no, respondent, respondent id, respondentid, response id, responseid, participant,"
    "participant id, participantid, participant no, comment id, record, record id, row id, uuid, guid, key, interview,"
    "interview id, interviewee, subject, subject id, user id, number, no, nr, pid, rid"
)
TEXTS = _names(
    "text, answer, answers, response, responses, comment, comments, freetext, free text, verbatim, verbatims, quote,"
    "fft answer, transcript, words, content, utterance, message, feedback, open answer, open response, antwort,"
    "reponse, respuesta"
)
SPEAKERS = _names("speaker, speaker name, speaker id, speaker label, speakers, spoken by, talker, voice, who")
TIMES = _names("time, timestamp, time stamp, timespan, timecode, start, start time, starttime, begin, from, onset")
_SPOKEN = _names("transcript, words, content, utterance")
"""Texts that are a row's part of a conversation, where nothing names the rows."""

_WORDY = 25
"""Mean characters of the cells of a column that people have written into."""

_LONGEST = 60
"""Characters of a column's name in messages: what is no table may have a whole page there."""


@dataclass
class Facts:
    """What is in the columns of a table, gathered in one pass."""

    rows: int
    filled: list[int]
    length: list[int]
    twice: dict[int, tuple[int, str]]
    """By column, of those that may name the rows: line and cell of the first that is blank or there already."""

    def mean(self, column: int) -> float:
        """Return the mean length of a column's cells that are not blank."""
        return self.length[column] / max(1, self.filled[column])


@dataclass(frozen=True)
class Layout:
    """Positions of a table's columns by what they are; -1 where there is none."""

    kind: Kind
    texts: tuple[int, ...]
    id: int = -1
    speaker: int = -1
    time: int = -1
    others: tuple[int, ...] = ()
    """Columns with words in them that are none of these."""
    blanks: bool = False
    """Whether a row may be without any text."""


def row_id(cell: str) -> str:
    """Return the id of a row from its cell: spaces single, letters composed, as ids of transcripts are."""
    tidied = " ".join(cell.split())
    return tidied if tidied.isascii() else normalize("NFC", tidied)


def lay_out(sheet: Sheet, rule: TableRule, questions: Sequence[str]) -> Layout:
    """Return what the columns of a table are; refuse with what to write into the settings where it is not clear."""
    told = {part: _told(sheet, name) for part, name in _wanted(rule)}
    named = [position for position in range(len(sheet.columns)) if _is_id(sheet, position)]
    facts = gather(sheet, {told["id"]} if "id" in told else {0, *named})
    texts = tuple(_told(sheet, name) for name in rule.text)
    speaker = told.get("speaker", _named(sheet, SPEAKERS))
    time = told.get("time", _named(sheet, TIMES))
    by_name = texts or _texts_by_name(sheet, facts, questions)
    kind = rule.kind or _kind(sheet, facts, speaker, by_name, named)
    if kind == "transcript":
        return _conversation(sheet, facts, by_name or _texts_by_shape(sheet, facts, ()), speaker, time)
    row = told.get("id", next((position for position in named if position not in facts.twice), -1))
    if row in facts.twice or (row < 0 and named and by_name):
        raise _not_unique(sheet, facts, named[0] if row < 0 else row)
    if row < 0 and by_name and 0 not in facts.twice and 0 not in by_name:
        row = 0  # nothing is called an id, but the first column names each row
    found = by_name or (_texts_by_shape(sheet, facts, (row,)) if row >= 0 else ())
    if row < 0 or not found:
        raise _unclear(sheet)
    blanks = all(facts.filled[position] < facts.rows for position in found)
    return Layout("answers", found, row, speaker, -1, _others(sheet, facts, {*found, row, speaker}), blanks)


def _wanted(rule: TableRule) -> list[tuple[str, str]]:
    return [(part, name) for part in ("id", "speaker", "time") if (name := getattr(rule, part))]


def gather(sheet: Sheet, naming: Collection[int]) -> Facts:
    """Read a table once; of the columns ``naming`` find out whether each row has a name of its own there."""
    width = len(sheet.columns)
    facts = Facts(0, [0] * width, [0] * width, {})
    seen: dict[int, set[str]] = {position: set() for position in naming}
    for line, cells in sheet.rows():
        facts.rows += 1
        for position, cell in enumerate(cells):
            if cell and not cell.isspace():
                facts.filled[position] += 1
                facts.length[position] += len(cell)
        for position, before in list(seen.items()):
            name = row_id(cells[position])
            if not name or name in before:
                facts.twice[position] = line, name
                del seen[position]
            before.add(name)
    return facts


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def _told(sheet: Sheet, name: str) -> int:
    """Return the position of a column that the settings name."""
    for same in (str, _plain):
        found = [position for position, column in enumerate(sheet.columns) if same(column) == same(name)]
        if len(found) == 1:
            return found[0]
    hint = did_you_mean(name, sheet.columns) or f"there are: {_shown(sheet)}"
    raise Refused(f"{sheet.shown}:1: no column '{name}', as the settings say ({hint})")


def _named(sheet: Sheet, names: Collection[str]) -> int:
    return next((position for position, column in enumerate(sheet.columns) if _plain(column) in names), -1)


def _is_id(sheet: Sheet, position: int) -> bool:
    name = _plain(sheet.columns[position])
    return name in IDS or name.endswith(" id")


def _kind(sheet: Sheet, facts: Facts, speaker: int, texts: Sequence[int], named: Sequence[int]) -> Kind:
    """Return how a table is read whose settings do not say it: who speaks, or what is said, makes a conversation."""
    if speaker >= 0:
        return "transcript"
    spoken = [position for position in texts if _plain(sheet.columns[position]) in _SPOKEN]
    nameless = not named and (0 in facts.twice or _plain(sheet.columns[0]) in TIMES)
    return "transcript" if (spoken and nameless) or not facts.rows else "answers"


def _texts_by_name(sheet: Sheet, facts: Facts, questions: Sequence[str]) -> tuple[int, ...]:
    """Return the column that is called text, answer ...; else those whose names end so or ask, if they are wordy."""
    columns = [(position, _plain(column)) for position, column in enumerate(sheet.columns)]
    exact = sorted(
        (position for position, name in columns if name in TEXTS),
        key=lambda position: facts.length[position],
        reverse=True,
    )
    if exact:
        clear = len(exact) == 1 or facts.length[exact[0]] > 2 * facts.length[exact[1]]
        return tuple(exact[:1]) if clear else ()
    asked = [position for position, name in columns if name.split()[-1:] and name.split()[-1] in TEXTS]
    asked += [position for position, question in enumerate(questions) if question.endswith("?")]
    return tuple(sorted({position for position in asked if facts.mean(position) >= _WORDY}))


def _texts_by_shape(sheet: Sheet, facts: Facts, others: Collection[int]) -> tuple[int, ...]:
    """Return the columns with by far the longest cells."""
    means = {position: facts.mean(position) for position in range(len(sheet.columns)) if position not in others}
    longest = max(means.values(), default=0.0)
    found = tuple(position for position, mean in means.items() if mean >= longest / 2)
    clear = all(mean <= longest / 4 for position, mean in means.items() if position not in found)
    return found if clear and longest >= _WORDY else ()


def _conversation(sheet: Sheet, facts: Facts, texts: Sequence[int], speaker: int, time: int) -> Layout:
    if not texts:
        raise _unclear(sheet)
    if len(texts) > 1:
        names = listed([sheet.columns[position] for position in texts])
        raise Refused(f"{sheet.shown}:1: a transcript has one column of text, not {len(texts)} ({names})")
    used = {*texts, speaker, time}
    return Layout("transcript", tuple(texts), -1, speaker, time, _others(sheet, facts, used))


def _others(sheet: Sheet, facts: Facts, used: Collection[int]) -> tuple[int, ...]:
    return tuple(
        position
        for position in range(len(sheet.columns))
        if position not in used and (position not in sheet.unnamed or facts.filled[position])
    )


def _not_unique(sheet: Sheet, facts: Facts, position: int) -> Refused:
    line, name = facts.twice[position]
    column = sheet.columns[position]
    if not name:
        said = f"the row has no id: column '{column}' is blank"
    else:
        first = next(at for at, cells in sheet.rows() if row_id(cells[position]) == name)
        said = f"column '{column}' names two rows '{name}' (the other at line {first})"
    return Refused(f"{sheet.shown}:{line}: {said}: mend it, or name another column as id. {_hint(sheet)}")


def _unclear(sheet: Sheet) -> Refused:
    said = f"which column names the row, and which has the text? Columns: {_shown(sheet)}"
    return Refused(f"{sheet.shown}:1: {said}. {_hint(sheet)}")


def _shown(sheet: Sheet) -> str:
    return listed([name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…" for name in sheet.columns], most=20)


def _hint(sheet: Sheet) -> str:
    path = sheet.shown.removeprefix("transcripts/")
    return (
        f'In qualcode.yaml: tables: {{"{path}": {{id: COLUMN, text: COLUMN}}}}, '
        "or {kind: transcript, text: COLUMN} where each row is a turn"
    )
