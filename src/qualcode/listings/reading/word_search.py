"""Search for words in transcripts: a concordance with the words on either side (KWIC, keyword in context)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qualcode.errors import UnknownNameError, UsageError, format_count
from qualcode.model import Role, Transcript, Turn
from qualcode.regexes import UserRegex, regex_fault
from qualcode.segments import has_unspaced_letters
from qualcode.study.selection import Names, select_transcript_ids
from qualcode.study.study import Study
from qualcode.suggest.cues.typography import make_plain, make_plain_regex

HIT_COLUMNS = "transcript turn speaker role time start end left match right".split()

RoleChoice = Literal["participant", "interviewer", "all"]


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What is searched for, and in whose turns."""

    pattern: UserRegex
    """Matches in texts in plain form (see `make_plain`)."""
    speakers: tuple[str, ...] = ()
    role: Role | None = None
    context: int = 60
    """Characters on either side of a match."""
    wildcard: str = ""
    """What may find more, for a note."""

    def __post_init__(self) -> None:
        if self.context < 0:
            raise UsageError("context: give 0 or more characters")

    def selects(self, turn: Turn) -> bool:
        """Return whether a turn is searched; speakers are compared without regard to capitals."""
        if self.role is not None and turn.role != self.role:
            return False
        names = {turn.speaker.casefold(), turn.label.casefold()}
        return not self.speakers or any(speaker.casefold() in names for speaker in self.speakers)


def compile_words(words: str, *, regex: bool = False, case: bool = False) -> UserRegex:
    """Return the pattern of words, or of a regular expression, for texts in plain form.

    Words match whole words next to one another, whatever the space or line break between them; ``*`` stands for any
    letters. Kinds of apostrophes, quotation marks, hyphens and spaces are equal, as in cues.

    Raises
    ------
    UsageError
        If there is no word, or the regular expression has a fault.
    """
    flags = 0 if case else re.IGNORECASE
    if regex:
        if fault := regex_fault(words, flags):
            raise UsageError(f"{words}: {fault}")
        return UserRegex(make_plain_regex(words), flags, name=f"regex {words}")
    plain = re.sub(r"\*+", "*", make_plain(words).text.strip())
    if not plain.replace("*", "").strip():
        raise UsageError("give the words to search for, such as \"budget\" or 'budg*'")
    body = re.escape(plain).replace(r"\*", r"\w*").replace(r"\ ", " ")
    return UserRegex(_edge(plain[0]) + body + _edge(plain[-1]), flags, name=words)


def _edge(character: str) -> str:
    """Return the condition that a word does not continue beyond this outer character of the query."""
    # A sign may be followed by anything; in scripts without spaces, a word may begin and end at any letter.
    if not character.isalnum() or has_unspaced_letters(character, 0, 1):
        return ""
    return r"\b"


_MAX_BLANKS = 20
"""Characters of the text for one of the context, in which white space is one blank."""


def search_transcript(transcript: Transcript, query: WordQuery) -> Iterator[dict[str, Any]]:
    """Yield one row per match in a transcript, with the keys of `HIT_COLUMNS`; a match lies in one turn."""
    text = transcript.text
    for turn in filter(query.selects, transcript.turns):
        plain = make_plain(text[turn.start : turn.end])
        spans = [(0, start, end) for start, end in query.pattern.find_spans(plain.text)]
        for _, first, last in plain.locate(spans):
            start, end = turn.start + first, turn.start + last
            place = (transcript.id, turn.index, turn.speaker, turn.role, turn.time, start, end)
            # A turn may be a whole transcript with thousands of matches, so only its words nearby are looked at.
            nearby = _MAX_BLANKS * (query.context + 1)
            left = _context_before(text[max(turn.start, start - nearby) : start], query.context)
            right = _context_after(text[end : min(turn.end, end + nearby)], query.context)
            yield dict(zip(HIT_COLUMNS, (*place, left, text[start:end], right), strict=True))


def _context_before(text: str, limit: int) -> str:
    """Return the last whole words of a text, at most ``limit`` characters, with the space after them."""
    line = re.sub(r"\s+", " ", text)
    if len(line) <= limit:
        return line
    cut = line[-limit:] if limit else ""
    return cut if line[-limit - 1] == " " else cut.partition(" ")[2]


def _context_after(text: str, limit: int) -> str:
    line = re.sub(r"\s+", " ", text)
    return line if len(line) <= limit else line[: line.rfind(" ", 0, limit + 1) + 1].rstrip() or ""


def search_study(
    study: Study, query: WordQuery, transcripts: Names | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the matches in these transcripts, or in all, and a note on how many there are.

    Raises
    ------
    UnknownNameError
        If there is no such transcript, or none of them has a speaker of the query.
    """
    texts = [study.transcripts[name] for name in select_transcript_ids(study, transcripts)]
    _check_speakers_exist(texts, query)
    rows = [row for text in texts for row in search_transcript(text, query)]
    searched = f"{format_count(len(texts), 'transcript')} searched"
    if rows:
        found = len({row["transcript"] for row in rows})
        return rows, [f"{format_count(len(rows), 'hit')} in {found:,} of {searched}"]
    hint = f" (whole words; '{query.wildcard}' finds longer ones)" if query.wildcard else ""
    return [], [f"no hit in {searched}{hint}"]


def _check_speakers_exist(transcripts: Sequence[Transcript], query: WordQuery) -> None:
    names = {name for transcript in transcripts for turn in transcript.turns for name in (turn.speaker, turn.label)}
    known = {name.casefold() for name in names}
    for speaker in query.speakers:
        if speaker.casefold() not in known:
            raise UnknownNameError("speaker", speaker, names - {""})
