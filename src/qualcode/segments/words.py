"""Words: runs of characters between white space that contain a letter or a digit; single letters in some scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qualcode.model import Transcript, Turn

_NON_SPACE_RUN = re.compile(r"\S+")

# Letters of scripts that put no white space between words: ideographs and kana, Thai, Lao, Khmer, Burmese.
_UNSPACED_LETTERS = (
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
    "\u1780-\u17b3\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
)
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED_LETTERS}]")
# A letter, or what else has no white space in it.
_PIECE = re.compile(rf"[{_UNSPACED_LETTERS}]|[^\s{_UNSPACED_LETTERS}]+")


@dataclass(frozen=True, slots=True)
class WordOffsets:
    """Starts and ends of the words in participants' turns, in code points of the canonical text."""

    starts: list[int]
    ends: list[int]


def word_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each word in ``text[start:end]``."""
    pattern = _PIECE if has_unspaced_letters(text, start, end) else _NON_SPACE_RUN
    for run in pattern.finditer(text, start, end):
        first, last = run.span()
        # The first character decides for nearly all words, and faster.
        if text[first].isalnum() or any(map(str.isalnum, text[first:last])):
            yield first, last


def has_unspaced_letters(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` has letters of a script without white space between words.

    Each of them counts as one word, as in the word counts of word processors.
    """
    return not text.isascii() and _UNSPACED_LETTER.search(text, start, end) is not None


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
