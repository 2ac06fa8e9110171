"""What is counted over: the units of all asked transcripts, their words, their cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.model import Segment, Transcript, Unit
from qualcode.segments import Words, abbreviations, participant_words, segments

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Universe:
    """The table of units, with all transcripts laid end to end on one line of code points.

    ``unit_start``, ``unit_end`` (units,), ``turn_start``, ``turn_end`` (participants' turns,) and ``word_start``,
    ``word_end`` (words,) are places on that line, both ends rising; a transcript's own offset begins at its ``base``
    (transcripts,). ``in_case`` is transcripts x cases, ``asked`` transcripts x families: false where the coder has
    not been asked, which is not the same as not coded.
    """

    unit: Unit
    transcripts: tuple[str, ...]
    cases: tuple[str, ...]
    families: tuple[str, ...]
    base: Ints
    unit_transcript: Ints
    unit_start: Ints
    unit_end: Ints
    unit_speaker: tuple[str, ...]
    turn_start: Ints
    turn_end: Ints
    word_start: Ints
    word_end: Ints
    transcript_words: Ints
    in_case: Flags
    asked: Flags

    @property
    def unit_words(self) -> Ints:
        """How many participants' words each unit has."""
        first, last = self.words_of(self.unit_start, self.unit_end)
        return last - first

    def touched(self, start: Ints, end: Ints) -> Flags:
        """Return which spans of the line touch a participant's turn."""
        first, last = np.searchsorted(self.turn_end, start, "right"), np.searchsorted(self.turn_start, end, "left")
        return last > first

    def words_of(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the range of participants' words (by their number) that each span of the line touches."""
        return np.searchsorted(self.word_end, start, "right"), np.searchsorted(self.word_start, end, "left")


def universe(
    transcripts: Sequence[Transcript],
    *,
    unit: Unit,
    cases: Mapping[str, Collection[str]],
    asked: Mapping[str, Collection[str]],
    families: Sequence[str],
    short: Collection[str] = abbreviations("en"),
) -> Universe:
    """Lay out the units of transcripts that only participants speak in.

    ``cases`` gives the cases of each transcript, ``asked`` the families that the coder was asked about there.
    """
    units = [_participants_units(transcript, unit, short) for transcript in transcripts]
    words = [participant_words(transcript) for transcript in transcripts]
    base = _bases(transcripts)
    names = sorted({case for transcript in transcripts for case in cases[transcript.id]})
    return Universe(
        unit=unit,
        transcripts=tuple(transcript.id for transcript in transcripts),
        cases=tuple(names),
        families=tuple(families),
        base=base,
        unit_transcript=np.repeat(np.arange(len(units)), [len(found) for found in units]).astype(np.int64),
        unit_start=_laid([[segment.start for segment in found] for found in units], base),
        unit_end=_laid([[segment.end for segment in found] for found in units], base),
        unit_speaker=_speakers(units),
        turn_start=_laid([[turn.start for turn in found.participants] for found in transcripts], base),
        turn_end=_laid([[turn.end for turn in found.participants] for found in transcripts], base),
        word_start=_laid([found.starts for found in words], base),
        word_end=_laid([found.ends for found in words], base),
        transcript_words=_lengths(words),
        in_case=_flags([cases[transcript.id] for transcript in transcripts], names),
        asked=_flags([asked[transcript.id] for transcript in transcripts], families),
    )


def _participants_units(transcript: Transcript, unit: Unit, short: Collection[str]) -> list[Segment]:
    return [found for found in segments(transcript, unit=unit, short=short) if found.role == "participant"]


def _laid(places: Sequence[Sequence[int]], base: Ints) -> Ints:
    """Return each transcript's places, laid end to end."""
    parts = [np.asarray(found, dtype=np.int64) + start for found, start in zip(places, base, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _bases(transcripts: Sequence[Transcript]) -> Ints:
    lengths = np.array([len(transcript.text) + 1 for transcript in transcripts], dtype=np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)[:-1]]) if len(lengths) else lengths


def _speakers(units: Sequence[Sequence[Segment]]) -> tuple[str, ...]:
    return tuple(segment.speaker for found in units for segment in found)


def _lengths(words: Sequence[Words]) -> Ints:
    return np.array([len(found.starts) for found in words], dtype=np.int64)


def _flags(rows: Sequence[Collection[str]], columns: Sequence[Any]) -> Flags:
    place = {name: position for position, name in enumerate(columns)}
    flags = np.zeros((len(rows), len(columns)), dtype=bool)
    for number, names in enumerate(rows):
        flags[number, [place[name] for name in names if name in place]] = True
    return flags
