"""The universe of counts: the units of analysis of all transcripts, their words, and the cases they belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.case_parts import CaseParts, UnitSlice, build_case_parts, cut_slices, find_counted_turns
from qualcode.model import Segment, Transcript, Turn, Unit
from qualcode.segments import (
    SentenceRules,
    find_participant_words,
    get_sentence_rules,
    has_unspaced_letters,
    segment_transcript,
)

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Universe:
    """The units of analysis of all transcripts, with offsets in the concatenation of their texts.

    ``unit_start``, ``unit_end`` (units,), ``turn_start``, ``turn_end`` (counted turns,) and ``word_start``,
    ``word_end`` (participants' words,) are code points of the concatenated text, starts and ends both ascending; a
    transcript's own text begins at its ``transcript_offset`` (transcripts,). ``asked_families`` is transcripts x
    families: false if the coder was not asked to code the family there, which is not the same as "not coded".

    A *part* is the text of the same cases in one transcript: all of it, or in a focus group the turns of one case. A
    *member* is a case in a part (``member_part``, ``member_case``); groups are masks over members. A *slice* is the
    text of one unit that belongs to one part: the whole unit, unless several parts speak in it.
    """

    unit: Unit
    transcripts: tuple[str, ...]
    cases: tuple[str, ...]
    families: tuple[str, ...]
    transcript_offset: Ints
    unit_transcript: Ints
    unit_start: Ints
    unit_end: Ints
    unit_speaker: tuple[str, ...]
    turn_start: Ints
    turn_end: Ints
    turn_part: Ints
    word_start: Ints
    word_end: Ints
    transcript_words: Ints
    part_transcript: Ints
    member_part: Ints
    member_case: Ints
    slice_start: Ints
    slice_end: Ints
    slice_unit: Ints
    slice_part: Ints
    asked_families: Flags
    silent_transcripts: tuple[str, ...] = ()
    """Transcripts without a participant's word: no part of the universe, since nobody was asked there."""
    silent_cases: tuple[str, ...] = ()
    """Cases without a word in any transcript: no part of the universe either."""
    has_unspaced_words: bool = False
    """Whether some words are single letters of a script without white space between words."""

    @property
    def all_members(self) -> Flags:
        """Mask of the group of all cases, shape (members,)."""
        return np.ones(len(self.member_part), dtype=bool)

    @property
    def unit_words(self) -> Ints:
        """Number of participants' words of each unit, shape (units,)."""
        first, last = self.word_ranges(self.unit_start, self.unit_end)
        return last - first

    @cached_property
    def word_part(self) -> Ints:
        """The part of each participants' word, shape (words,)."""
        # One part a transcript, the usual case: words need not be searched for in turns.
        if len(self.part_transcript) == len(self.transcripts):
            return np.repeat(np.arange(len(self.transcripts)), self.transcript_words)
        turn = np.searchsorted(self.turn_start, self.word_start, "right") - 1
        return self.turn_part[turn]

    def touches_participant(self, start: Ints, end: Ints) -> Flags:
        """Return which spans of the concatenated text touch a participant's turn, shape (spans,)."""
        first, last = self.turn_ranges(start, end)
        return last > first

    def turn_ranges(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return first and last (exclusive) number of the participants' turns that each span touches."""
        # Ranges are half-open: a span that ends where a turn starts does not touch it.
        return np.searchsorted(self.turn_end, start, "right"), np.searchsorted(self.turn_start, end, "left")

    def word_ranges(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return first and last (exclusive) number of the participants' words that each span touches."""
        return np.searchsorted(self.word_end, start, "right"), np.searchsorted(self.word_start, end, "left")


def build_universe(
    transcripts: Sequence[Transcript],
    *,
    unit: Unit,
    cases: Mapping[str, Collection[str]],
    asked_families: Mapping[str, Collection[str]],
    families: Sequence[str],
    sentence_rules: SentenceRules = get_sentence_rules("en"),
) -> Universe:
    """Return the universe of the units in which participants speak; who says no word in a transcript is left out.

    ``cases`` gives for each transcript the cases of all turns that have none of their own, ``asked_families`` the
    families that the coder was asked to code there.
    """
    everyone = transcripts
    turns_of = {transcript.id: find_counted_turns(transcript) for transcript in everyone}
    transcripts = [transcript for transcript in everyone if turns_of[transcript.id]]
    turns = [turns_of[transcript.id] for transcript in transcripts]
    units = [_counted_segments(transcript, turns_of[transcript.id], unit, sentence_rules) for transcript in transcripts]
    words = [find_participant_words(transcript) for transcript in transcripts]
    parts = build_case_parts(transcripts, turns, cases=cases)
    offsets = _transcript_offsets(transcripts)
    return Universe(
        unit=unit,
        transcripts=tuple(transcript.id for transcript in transcripts),
        families=tuple(families),
        transcript_offset=offsets,
        turn_start=_concatenate_offsets([[turn.start for turn in row] for row in turns], offsets),
        turn_end=_concatenate_offsets([[turn.end for turn in row] for row in turns], offsets),
        word_start=_concatenate_offsets([row.starts for row in words], offsets),
        word_end=_concatenate_offsets([row.ends for row in words], offsets),
        transcript_words=_ints([len(row.starts) for row in words]),
        asked_families=_membership_mask([asked_families[transcript.id] for transcript in transcripts], families),
        silent_transcripts=tuple(name for name, counted in turns_of.items() if not counted),
        silent_cases=tuple(sorted(_all_cases(everyone, cases) - {case for row in parts.part_cases for case in row})),
        has_unspaced_words=any(map(_has_unspaced_words, transcripts)),
        **_unit_columns(units, cut_slices(turns, units, parts), offsets),
        **_member_columns(parts),
    )


def _all_cases(transcripts: Sequence[Transcript], cases: Mapping[str, Collection[str]]) -> set[str]:
    """Return the cases of all participants' turns, and of transcripts without any."""
    found: set[str] = set()
    for transcript in transcripts:
        turn_cases = {turn.case for turn in transcript.participant_turns} or {""}
        found |= turn_cases - {""}
        found.update(cases[transcript.id] if "" in turn_cases else ())
    return found


def _has_unspaced_words(transcript: Transcript) -> bool:
    turns = transcript.participant_turns
    # Few texts have such letters at all.
    return has_unspaced_letters(transcript.text, 0, len(transcript.text)) and any(
        has_unspaced_letters(transcript.text, turn.start, turn.end) for turn in turns
    )


def _unit_columns(
    units: Sequence[Sequence[Segment]], slices: Sequence[UnitSlice] | None, offsets: Ints
) -> dict[str, Any]:
    """Return the columns of units and of their slices."""
    start = _concatenate_offsets([[segment.start for segment in row] for row in units], offsets)
    end = _concatenate_offsets([[segment.end for segment in row] for row in units], offsets)
    transcript = _repeat_numbers(units)
    columns = (start, end, np.arange(len(start)), transcript) if slices is None else _sort_slices(slices, offsets)
    return {
        "unit_transcript": transcript,
        "unit_start": start,
        "unit_end": end,
        "unit_speaker": tuple(segment.speaker for row in units for segment in row),
        **dict(zip(("slice_start", "slice_end", "slice_unit", "slice_part"), columns, strict=True)),
    }


def _sort_slices(slices: Sequence[UnitSlice], offsets: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return start, end, unit and part of slices, starts and ends both ascending."""
    transcript, first, last, part, unit = _ints(slices).reshape(-1, 5).T
    start, end = first + offsets[transcript], last + offsets[transcript]
    # Windows overlap, and so do their slices: the order of units is not that of slices.
    order = np.lexsort((end, start))
    return start[order], end[order], unit[order], part[order]


def _member_columns(parts: CaseParts) -> dict[str, Any]:
    """Return the cases, and the columns of parts, turns and members."""
    names = sorted({case for cases in parts.part_cases for case in cases})
    number = {name: position for position, name in enumerate(names)}
    return {
        "cases": tuple(names),
        "turn_part": _ints(parts.turn_part),
        "part_transcript": _ints(parts.part_transcript),
        "member_part": _repeat_numbers(parts.part_cases),
        "member_case": _ints([number[name] for cases in parts.part_cases for name in cases]),
    }


def _counted_segments(
    transcript: Transcript, turns: Sequence[Turn], unit: Unit, sentence_rules: SentenceRules
) -> list[Segment]:
    """Return the units of a transcript that touch one of its counted turns."""
    segments = segment_transcript(transcript, unit=unit, sentence_rules=sentence_rules)
    segments = [segment for segment in segments if segment.role == "participant"]
    if unit.name not in {"exchange", "window"} and len(turns) == len(transcript.participant_turns):
        return segments  # none is empty
    spoken = [turn for turn in turns if turn.start < turn.end]
    return [segment for segment in segments if _touches(segment, spoken)]


def _touches(segment: Segment, turns: Sequence[Turn]) -> bool:
    """Return whether a unit has words of one of the turns; a question may have an empty turn as its answer."""
    following = bisect_right(turns, segment.start, key=attrgetter("end"))
    return following < len(turns) and turns[following].start < segment.end


def _ints(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


def _repeat_numbers(rows: Sequence[Collection[Any]]) -> Ints:
    """Return the number of each row, once for each of its items."""
    return np.repeat(np.arange(len(rows)), [len(row) for row in rows]).astype(np.int64)


def _concatenate_offsets(rows: Sequence[Sequence[int]], offsets: Ints) -> Ints:
    """Return the positions in each transcript as positions in the concatenated text."""
    shifted = [np.asarray(row, dtype=np.int64) + offset for row, offset in zip(rows, offsets, strict=True)]
    return np.concatenate(shifted) if shifted else np.zeros(0, dtype=np.int64)


def _transcript_offsets(transcripts: Sequence[Transcript]) -> Ints:
    """Return where each transcript begins; they are one code point apart, so that no span can touch two."""
    lengths = _ints([len(transcript.text) + 1 for transcript in transcripts])
    return np.cumsum(lengths) - lengths


def _membership_mask(rows: Sequence[Collection[str]], columns: Sequence[str]) -> Flags:
    """Return rows x columns: true where the row contains the column's name."""
    return np.array([[name in row for name in columns] for row in rows], dtype=bool).reshape(len(rows), len(columns))
