"""What is counted over: the units of all asked transcripts, their words, and whose they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence.case_parts import CaseParts, UnitSlice, build_case_parts, cut_slices
from qualcode.model import Segment, Transcript, Unit
from qualcode.segments import WordOffsets, find_participant_words, get_abbreviations, segment_transcript

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Universe:
    """The table of units, with all transcripts laid end to end on one line of code points.

    ``unit_start``, ``unit_end`` (units,), ``turn_start``, ``turn_end`` (participants' turns,) and ``word_start``,
    ``word_end`` (words,) are places on that line, both ends rising; a transcript's own offset begins at its ``base``
    (transcripts,). ``asked`` is transcripts x families: false where the coder has not been asked, which is not the
    same as not coded.

    A *part* is what the same cases say in one transcript: all of it, or in a focus group the turns of one case. A
    *member* is a case in a part, (``member_part``, ``member_case``); groups are masks over members. A *slice*
    is what a unit has of one part: the unit itself, unless several parts speak in it.
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

    @property
    def all_members(self) -> Flags:
        """The group of all cases, shape (members,)."""
        return np.ones(len(self.member_part), dtype=bool)

    @property
    def unit_words(self) -> Ints:
        """How many participants' words each unit has."""
        first, last = self.word_ranges(self.unit_start, self.unit_end)
        return last - first

    @cached_property
    def word_part(self) -> Ints:
        """The part that each participants' word is of, shape (words,)."""
        if len(self.part_transcript) == len(self.transcripts):
            return np.repeat(np.arange(len(self.transcripts)), self.transcript_words)
        turn = np.searchsorted(self.turn_start, self.word_start, "right") - 1
        return self.turn_part[turn]

    def touches_participant(self, start: Ints, end: Ints) -> Flags:
        """Return which spans of the line touch a participant's turn."""
        first, last = self.turn_ranges(start, end)
        return last > first

    def turn_ranges(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the range of participants' turns (by their number) that each span of the line touches."""
        return np.searchsorted(self.turn_end, start, "right"), np.searchsorted(self.turn_start, end, "left")

    def word_ranges(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the range of participants' words (by their number) that each span of the line touches."""
        return np.searchsorted(self.word_end, start, "right"), np.searchsorted(self.word_start, end, "left")


def build_universe(
    transcripts: Sequence[Transcript],
    *,
    unit: Unit,
    cases: Mapping[str, Collection[str]],
    asked_families: Mapping[str, Collection[str]],
    families: Sequence[str],
    abbreviations: Collection[str] = get_abbreviations("en"),
) -> Universe:
    """Lay out the units of transcripts that only participants speak in.

    ``cases`` gives for each transcript the cases of all turns that have none of their own, ``asked`` the families
    that the coder was asked about there.
    """
    units = [_participant_segments(transcript, unit, abbreviations) for transcript in transcripts]
    words = [find_participant_words(transcript) for transcript in transcripts]
    parts = build_case_parts(transcripts, cases)
    base = _transcript_offsets(transcripts)
    return Universe(
        unit=unit,
        transcripts=tuple(transcript.id for transcript in transcripts),
        families=tuple(families),
        transcript_offset=base,
        turn_start=_concatenate_offsets(
            [[turn.start for turn in found.participant_turns] for found in transcripts], base
        ),
        turn_end=_concatenate_offsets([[turn.end for turn in found.participant_turns] for found in transcripts], base),
        word_start=_concatenate_offsets([found.starts for found in words], base),
        word_end=_concatenate_offsets([found.ends for found in words], base),
        transcript_words=_word_counts(words),
        asked_families=_membership_mask([asked_families[transcript.id] for transcript in transcripts], families),
        **_unit_columns(units, cut_slices(transcripts, units, parts), base),
        **_member_columns(parts),
    )


def _unit_columns(units: Sequence[Sequence[Segment]], cut: Sequence[UnitSlice] | None, base: Ints) -> dict[str, Any]:
    """Return the columns of units and of their slices."""
    start = _concatenate_offsets([[segment.start for segment in found] for found in units], base)
    end = _concatenate_offsets([[segment.end for segment in found] for found in units], base)
    numbered = _repeat_numbers(units)
    whole = (start, end, np.arange(len(start)), numbered)
    columns = dict(
        zip(("start", "end", "unit", "part"), whole if cut is None else _sort_slices(cut, base), strict=True)
    )
    return {
        "unit_transcript": numbered,
        "unit_start": start,
        "unit_end": end,
        "unit_speaker": tuple(segment.speaker for found in units for segment in found),
        **{f"slice_{name}": column for name, column in columns.items()},
    }


def _sort_slices(found: Sequence[UnitSlice], base: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return start, end, unit and part of slices, both ends rising."""
    transcript, first, last, part, unit = _ints(found).reshape(-1, 5).T
    start, end = first + base[transcript], last + base[transcript]
    order = np.lexsort((end, start))  # windows overlap, and so do their slices
    return start[order], end[order], unit[order], part[order]


def _member_columns(parts: CaseParts) -> dict[str, Any]:
    """Return the cases, and the columns of parts, of their turns and of their members."""
    names = sorted({case for held in parts.part_cases for case in held})
    place = {name: position for position, name in enumerate(names)}
    return {
        "cases": tuple(names),
        "turn_part": _ints(parts.turn_part),
        "part_transcript": _ints(parts.part_transcript),
        "member_part": _repeat_numbers(parts.part_cases),
        "member_case": _ints([place[name] for held in parts.part_cases for name in held]),
    }


def _participant_segments(transcript: Transcript, unit: Unit, short: Collection[str]) -> list[Segment]:
    return [
        found for found in segment_transcript(transcript, unit=unit, abbreviations=short) if found.role == "participant"
    ]


def _ints(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


def _repeat_numbers(held: Sequence[Collection[Any]]) -> Ints:
    """Return the number of each collection, once for each of its members."""
    return np.repeat(np.arange(len(held)), [len(found) for found in held]).astype(np.int64)


def _concatenate_offsets(places: Sequence[Sequence[int]], base: Ints) -> Ints:
    """Return each transcript's places, laid end to end."""
    parts = [np.asarray(found, dtype=np.int64) + start for found, start in zip(places, base, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _transcript_offsets(transcripts: Sequence[Transcript]) -> Ints:
    lengths = np.array([len(transcript.text) + 1 for transcript in transcripts], dtype=np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)[:-1]]) if len(lengths) else lengths


def _word_counts(words: Sequence[WordOffsets]) -> Ints:
    return np.array([len(found.starts) for found in words], dtype=np.int64)


def _membership_mask(rows: Sequence[Collection[str]], columns: Sequence[Any]) -> Flags:
    place = {name: position for position, name in enumerate(columns)}
    flags = np.zeros((len(rows), len(columns)), dtype=bool)
    for number, names in enumerate(rows):
        flags[number, [place[name] for name in names if name in place]] = True
    return flags
