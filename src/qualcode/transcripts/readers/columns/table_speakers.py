"""The column of a table that names who speaks in each row: by its name, or by the names in its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from qualcode.files import TableStream
from qualcode.model import SourceRules
from qualcode.transcripts.labels.speaker_labels import clean_text, normalise_label, role_of

_MAX_ROWS = 2000
"""Rows from which the meaning of a column is inferred."""
_MAX_NAME_LENGTH = 40
"""Mean characters up to which the cells of a column may be names."""


def _names(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in words.split(","))


_SPEAKER_NAMES = _names(
    "speaker, speaker name, speaker id, speaker label, speaker role, speakers, spoken by, talker, voice, who, who said,"
    "who spoke, said by, participant role, sprecher, sprecherin, sprechende, locuteur, locutrice, intervenant, orateur,"
    "locutor, locutora, hablante, orador, falante, parlante, oratore, spreker, talare, taler, puhuja, mówca, 发言人,"
    "说话人, 話者, 発言者, 화자"
)
"""Names of columns that have speakers."""
_SENDER_NAMES = _names(
    "sender, sender name, author, author name, from, name, user, username, user name, actor, character, display name,"
    "nickname, nick, person, absender, autor, autorin, auteur, expéditeur, remitente, nombre, nom, nome, autore"
)
"""Names of columns that have speakers if few names take turns in them."""
_ABOUT_INTERVIEWS = re.compile(r"interviewer|enumerator|conducted|collector|coder|moderator|facilitator", re.I)
"""In the name of a column: it says who interviewed the respondent of a row, not who speaks."""
_ATTRIBUTE_INTERVIEWERS = frozenset({"researcher", "q", "i"})
"""Labels of interviewers that may as well be the occupation of a respondent, or a choice."""
_ASKING = _names("interviewer, moderator, facilitator, assistant, ai, bot, chatbot, model, gpt, agent, operator, host")
_ANSWERING = _names(
    "interviewee, participant, respondent, user, human, customer, client, caller, guest, informant, student, patient"
)
"""Roles: a column that has only these, of both kinds, names speakers."""
_ROLES = _ASKING | _ANSWERING | {"system", "tool", "developer"}
_INTERVIEWERS = frozenset({"interviewer", "moderator", "facilitator"})
"""Labels of interviewers whatever the settings say."""


_Evidence = Literal["", "name", "cells", "sender"]
"""Why a column has speakers: it is called so; an interviewer is in its cells; or senders take turns in it."""


@dataclass(frozen=True, slots=True)
class SpeakerColumn:
    """The position of the column that has or may have speakers, -1 if there is none."""

    position: int = -1
    evidence: _Evidence = ""


def find_speaker_column(sheet: TableStream, rules: SourceRules, *, texts: Collection[int]) -> SpeakerColumn:
    """Return the column of speakers: one called so, or one in whose cells a few names take turns."""
    names = [_normalise_name(column) for column in sheet.columns]
    rows = [cells for _, cells in islice(sheet.rows(), _MAX_ROWS)]
    positions = [position for position in range(len(names)) if position not in texts]
    cells = {position: [clean_text(row[position]).removesuffix(":") for row in rows] for position in positions}
    found: dict[int, _Evidence] = {position: "name" for position in positions if names[position] in _SPEAKER_NAMES}
    # Beside several texts, a column with names is an attribute of respondents.
    if not found and len(texts) == 1:
        words = [row[next(iter(texts))] for row in rows]
        found = {position: _find_evidence(names[position], cells[position], words, rules) for position in positions}
    order = sorted(
        (not evidence, evidence, *_rank(cells[position], rules), position) for position, evidence in found.items()
    )
    return SpeakerColumn(order[0][-1], order[0][1]) if order and order[0][1] else SpeakerColumn()


def _normalise_name(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", spaced.casefold()))


def _rank(cells: Sequence[str], rules: SourceRules) -> tuple[bool, bool]:
    """Return the sort key of a column of speakers: those that the settings name first, then names before numbers."""
    # An id of a speaker may be beside the speaker's name, but the settings have names.
    return not any(_is_interviewer(name, rules) for name in set(cells)), all(name.isdecimal() for name in cells if name)


def _is_interviewer(name: str, rules: SourceRules) -> bool:
    rule = rules.speakers.get(name)
    return normalise_label(name) in _INTERVIEWERS or (
        (rule is not None and rule.role == "interviewer")
        or (bool(name) and role_of(name, interviewers=rules.interviewers) == "interviewer")
    )


def _find_evidence(column: str, cells: Sequence[str], words: Sequence[str], rules: SourceRules) -> _Evidence:
    """Return why a column has speakers: a few names come back in it, one of which interviews, or it has senders."""
    filled = [cell for cell in cells if cell]
    names = Counter(map(normalise_label, filled))
    if _ABOUT_INTERVIEWS.search(column) or sum(map(len, filled)) > _MAX_NAME_LENGTH * len(filled):
        return ""
    if _are_roles(names.keys()):
        return "cells"
    asking = {cell for cell in filled if _is_interviewer(cell, rules)}
    # In several interviews of one interviewer, each participant may have few rows.
    comes_back = any(names[normalise_label(cell)] > 1 for cell in asking) and 4 * len(names) <= 3 * len(filled)
    if not (1 < len(names) <= max(2, len(filled) / 2) or comes_back):
        return ""
    if len(set(map(normalise_label, asking))) < len(names) and _are_asking(asking, cells, words):
        return "cells"
    return "sender" if column in _SENDER_NAMES and len(filled) > 3 and _take_turns(filled) else ""


def _are_roles(names: Collection[str]) -> bool:
    return not _ASKING.isdisjoint(names) and not _ANSWERING.isdisjoint(names) and _ROLES.issuperset(names)


def _are_asking(names: Collection[str], cells: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether some of these names are no occupation, or half of the texts beside them are questions."""
    if not all(normalise_label(name) in _ATTRIBUTE_INTERVIEWERS for name in names):
        return True
    texts = [text for name, text in zip(cells, words, strict=True) if name in names]
    return bool(texts) and 2 * sum("?" in text or "？" in text for text in texts) >= len(texts)


def _take_turns(names: Sequence[str]) -> bool:
    changes = sum(before != after for before, after in pairwise(names))
    return 2 * changes >= len(names) - 1
