"""The table in which one coder codes transcripts in a spreadsheet, without seeing anything of the other coders."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from qualcode.errors import OperationError, UsageError, format_count, name_option
from qualcode.listings.review.code_choices import label_code
from qualcode.listings.team.assignment_rows import load_assignments
from qualcode.model import Coding, Segment, Transcript, Turn, Unit
from qualcode.segments import segment_transcript
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import Names, require_coder, select_transcript_ids, select_unit
from qualcode.study.study import Study

CODE_TITLES = ("Code 1", "Code 2", "Code 3")
CODING_TITLES = (
    "Transcript",
    "Turn",
    "Speaker",
    "Time",
    "Text",
    *CODE_TITLES,
    "Memo",
    "Done",
    "Had",
    "Start",
    "End",
    "Version",
    "Coder",
)
"""Titles of the columns, which are also the keys of the rows."""
HAD_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class CodingRequest:
    """Who is to code which transcripts; None means the study's coder and unit, and the transcripts left to code."""

    coder: str | None = None
    transcripts: Names | None = None
    unit: str | None = None


@dataclass(frozen=True)
class CodingRows:
    """The rows for one coder, and what belongs to them."""

    coder: str
    unit: Unit
    transcripts: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    """With the keys `CODING_TITLES`, by transcript and place; those without a version are an interviewer's turns."""
    hidden: frozenset[str]
    """Titles of columns that are empty in all rows."""
    notes: Sequence[str]


def coding_sheet_rows(study: Study, request: CodingRequest) -> CodingRows:
    """Return the segments of the transcripts that a coder is to code, with this coder's own codes.

    Raises
    ------
    MissingCoderError, UsageError, NewCoderError
        If no coder is named, or the name is not valid or like that of another one; or if units overlap.
    UnknownNameError
        If there is no such transcript.
    OperationError
        If the coder has finished all transcripts.
    """
    coder = require_coder(study, request.coder, verb="code")
    if coder == CONSENSUS:
        raise UsageError(f"{CONSENSUS}: it follows from what coders have coded: name one with {name_option('coder')}")
    unit = select_unit(study, request.unit)
    if unit.name == "window":
        see = name_option("unit", "turn")
        raise UsageError(f"unit '{unit}': windows overlap, so each text would have several rows: choose one, as {see}")
    names, notes = _select_transcripts(study, request.transcripts, coder)
    maker = _RowMaker(study, coder, unit)
    rows = [row for name in names for row in maker.rows(study.transcripts[name])]
    if maker.crowded:
        notes.append(
            f"{format_count(maker.crowded, 'segment')} with more than {len(CODE_TITLES)} of {coder}'s codes: the "
            "others are not shown, and stay as they are"
        )
    hidden = frozenset(() if any(row["Time"] is not None for row in rows) else ("Time",))
    return CodingRows(coder, unit, names, rows, hidden, notes)


def _select_transcripts(study: Study, given: Names | None, coder: str) -> tuple[list[str], list[str]]:
    """Return the transcripts to code: those that are named, or else those assigned, or all, that are not finished."""
    if given is not None:
        return select_transcript_ids(study, given), []
    assigned = {one.transcript for one in load_assignments(study) if one.coder == coder}
    candidates = [name for name in study.transcripts if name in assigned or not assigned]
    finished = finished_families(study, coder)
    left = [name for name in candidates if name not in finished]
    kind = "assigned to" if assigned else "to be coded by"
    notes = [f"{format_count(len(left), 'transcript')} {kind} {coder}"]
    if len(left) < len(candidates):
        count = format_count(len(candidates) - len(left), "transcript")
        again = f"to see or change finished ones, name them with {name_option('transcripts')}"
        if not left:
            raise OperationError(f"{coder} has finished {'all' if len(candidates) > 1 else 'the'} {count}: {again}")
        notes.append(f"{count} left out, which {coder} has finished: {again}")
    return left, notes


class _RowMaker:
    """Makes the rows of one coder."""

    def __init__(self, study: Study, coder: str, unit: Unit) -> None:
        self.crowded = 0
        self._study, self._coder, self._unit = study, coder, unit
        self._codings: dict[str, list[Coding]] = {}
        for coding in placed_codings(study, coder):
            self._codings.setdefault(coding.transcript, []).append(coding)
        families = {family.id for family in study.codebook.families}
        self._finished = {name for name, read in finished_families(study, coder).items() if families <= read}

    def rows(self, transcript: Transcript) -> Iterator[dict[str, Any]]:
        """Yield the participants' segments, and the turns of others where they are said."""
        segments = [
            segment
            for segment in segment_transcript(transcript, unit=self._unit, sentence_rules=self._study.sentence_rules)
            if segment.role == "participant"
        ]
        codes = _codes_by_segment(segments, self._codings.get(transcript.id, ()))
        turns = [turn for turn in transcript.turns if turn.role != "participant" and not _is_within(segments, turn)]
        parts: list[Segment | Turn] = [*segments, *turns]
        for part in sorted(parts, key=attrgetter("start")):
            if isinstance(part, Turn):
                yield self._cells(transcript, part, part)
            else:
                yield self._segment_cells(transcript, part, codes.get(part.index, []))

    def _segment_cells(self, transcript: Transcript, segment: Segment, codes: Sequence[str]) -> dict[str, Any]:
        self.crowded += len(codes) > len(CODE_TITLES)
        # Only codes that are shown: what the coder does not see, the coder cannot have taken away.
        shown = codes[: len(CODE_TITLES)]
        labels = (label_code(self._study.codebook, code) for code in shown)
        return self._cells(transcript, segment, transcript.turns[segment.turn]) | {
            **dict(zip(CODE_TITLES, labels, strict=False)),
            "Done": "yes" if transcript.id in self._finished else "",
            "Had": HAD_SEPARATOR.join(shown),
            "Start": segment.start,
            "End": segment.end,
            "Version": transcript.sha256,
            "Coder": self._coder,
        }

    @staticmethod
    def _cells(transcript: Transcript, part: Segment | Turn, turn: Turn) -> dict[str, Any]:
        cells: dict[str, Any] = dict.fromkeys(CODING_TITLES, "")
        return cells | {
            "Transcript": transcript.id,
            "Turn": turn.index,
            "Speaker": part.speaker,
            "Time": turn.time,
            "Text": transcript.text[part.start : part.end],
            "Start": None,
            "End": None,
        }


def _is_within(segments: Sequence[Segment], turn: Turn) -> bool:
    """Return whether a segment includes the turn, as an exchange includes its question."""
    before = bisect_right(segments, turn.start, key=attrgetter("start")) - 1
    return before >= 0 and turn.end <= segments[before].end


def _codes_by_segment(segments: Sequence[Segment], codings: Iterable[Coding]) -> dict[int, list[str]]:
    """Return the distinct codes of the codings that overlap each segment, in the order of the text."""
    found: dict[int, dict[str, None]] = {}
    for coding in codings:
        first = bisect_right(segments, coding.start, key=attrgetter("end"))
        last = bisect_left(segments, coding.end, lo=first, key=attrgetter("start"))
        for segment in segments[first:last]:
            found.setdefault(segment.index, {})[coding.code] = None
    return {index: list(codes) for index, codes in found.items()}
