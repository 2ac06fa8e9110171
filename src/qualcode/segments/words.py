"""Words: runs of characters between white space that contain a letter or a digit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qualcode.model import Transcript, Turn

_NON_SPACE_RUN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class WordOffsets:
    """Starts and ends of the words in participants' turns, in code points of the canonical text."""

    starts: list[int]
    ends: list[int]


def word_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each word in ``text[start:end]``."""
    for run in _NON_SPACE_RUN.finditer(text, start, end):
        first, last = run.span()
        # The first character decides for nearly all words, and faster.
        if text[first].isalnum() or any(map(str.isalnum, text[first:last])):
            yield first, last


def count_words(text: str) -> int:
    """Return the number of words in a text."""
    return sum(1 for _ in word_spans(text, 0, len(text)))


def count_turn_words(transcript: Transcript, turns: Iterable[Turn]) -> int:
    """Return the number of spoken words in turns of a transcript; codes of its transcription convention are none."""
    return sum(1 for turn in turns for _ in word_spans(transcript.spoken_text, turn.start, turn.end))


def find_participant_words(transcript: Transcript) -> WordOffsets:
    """Return the words of participants' turns; interviewers' words are never counted."""
    spans = [
        span
        for turn in transcript.participant_turns
        for span in word_spans(transcript.spoken_text, turn.start, turn.end)
    ]
    return WordOffsets([start for start, _ in spans], [end for _, end in spans])
