"""One interview in its order: where each passage with a code begins and ends, in words and in seconds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from qualcode.errors import format_count
from qualcode.model import Coding, Transcript, Turn
from qualcode.segments import word_spans
from qualcode.study.coder_state import placed_codings
from qualcode.study.selection import Names, find_transcript, select_code_ids, select_counted_coders
from qualcode.study.study import Study

TIMELINE_COLUMNS = (
    "transcript role code name first_word last_word first_second last_second start end turn coder".split()
)


@dataclass(frozen=True)
class TalkPositions:
    """Where the words of all turns of a transcript begin, and how far each code point is in the talk."""

    transcript: Transcript

    @cached_property
    def word_starts(self) -> list[int]:
        """The first code point of each word of all speakers, ascending."""
        text = self.transcript.spoken_text
        return [start for turn in self.transcript.turns for start, _ in word_spans(text, turn.start, turn.end)]

    @cached_property
    def timed_turns(self) -> list[Turn]:
        """Turns with a time, in order; empty unless all turns but few have one and times ascend."""
        timed = [turn for turn in self.transcript.turns if turn.time is not None]
        ascends = all((a.time or 0) <= (b.time or 0) for a, b in pairwise(timed))
        return timed if ascends and len(timed) > 1 else []

    def words_before(self, place: int) -> int:
        """Return how many words begin before a code point."""
        return bisect_left(self.word_starts, place)

    def seconds_before(self, place: int) -> float | None:
        """Return the time of a code point, in proportion to the words between two turns with a time."""
        times = [(self.words_before(turn.start), turn.time or 0.0) for turn in self.timed_turns]
        if not times:
            return None
        word = self.words_before(place)
        number = min(max(bisect_left(times, (word + 1,)) - 1, 0), len(times) - 1)
        (first, begin) = times[number]
        if number + 1 == len(times):
            return round(begin + max(word - first, 0) * self._seconds_per_word(times), 1)
        following, end = times[number + 1]
        share = (word - first) / (following - first) if following > first else 0.0
        return round(begin + min(max(share, 0.0), 1.0) * (end - begin), 1)

    def _seconds_per_word(self, times: list[tuple[int, float]]) -> float:
        """Return the pace of the talk between the first and the last turn with a time, for the words after it."""
        (first, begin), (last, end) = times[0], times[-1]
        return (end - begin) / (last - first) if last > first else 0.0


def list_timeline(
    study: Study, transcript_id: str, *, coder: Names | None, code: Names | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row for each turn of an interviewer and each passage with a code, in the order of the talk, and notes.

    Raises
    ------
    UnknownNameError
        If there is no such transcript, coder or code.
    """
    transcript = find_transcript(study, transcript_id)
    positions = TalkPositions(transcript)
    codes = (
        set(study.codebook.expand_codes(select_code_ids(study.codebook, code))) if code else set(study.codebook.by_id)
    )
    coders = select_counted_coders(study, coder)
    codings = [
        coding
        for name in coders
        for coding in placed_codings(study, name)
        if coding.transcript == transcript.id and coding.code in codes
    ]
    rows = [*_question_rows(transcript, positions), *_coding_rows(study, codings, positions)]
    rows.sort(key=lambda row: (row["start"], row["end"], row["code"], row["coder"]))
    clock = (
        "seconds between the times of turns in proportion to words" if positions.timed_turns else "no times of turns"
    )
    return rows, [
        f"transcript {transcript.id}; coder {', '.join(coders)}; {format_count(len(codings), 'coding')} over "
        f"{format_count(len(positions.word_starts), 'word')} of all speakers; {clock}"
    ]


def _question_rows(transcript: Transcript, positions: TalkPositions) -> Iterator[dict[str, Any]]:
    for turn in transcript.turns:
        if turn.role == "interviewer" and turn.start < turn.end:
            yield _make_row(positions, turn.start, turn.end, turn=turn.index, role=turn.role)


def _coding_rows(study: Study, codings: list[Coding], positions: TalkPositions) -> Iterator[dict[str, Any]]:
    turns = positions.transcript.turns
    for coding in codings:
        turn = next((turn.index for turn in turns if turn.start <= coding.start < turn.end), None)
        row = _make_row(positions, coding.start, coding.end, turn=turn, role="participant")
        yield {**row, "code": coding.code, "name": study.codebook.by_id[coding.code].name, "coder": coding.coder}


def _make_row(positions: TalkPositions, start: int, end: int, *, turn: int | None, role: str) -> dict[str, Any]:
    return {
        "transcript": positions.transcript.id,
        "role": role,
        "code": "",
        "name": "",
        "first_word": positions.words_before(start),
        "last_word": positions.words_before(end),
        "first_second": positions.seconds_before(start),
        "last_second": positions.seconds_before(end),
        "start": start,
        "end": end,
        "turn": turn,
        "coder": "",
    }
