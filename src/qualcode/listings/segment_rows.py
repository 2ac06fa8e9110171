"""Segments: split from overview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from qualcode.errors import Problem, UnknownNameError
from qualcode.model import Transcript, Unit
from qualcode.segments import segment_transcript
from qualcode.study.study import Study

SEGMENT_COLUMNS = "transcript turn segment start end speaker role text".split()


def segment_rows(
    study: Study, transcripts: Iterable[Transcript], unit: Unit, *, interviewers: bool
) -> Iterator[dict[str, Any]]:
    """Yield a line a segment; interviewers' only if asked for."""
    for transcript in transcripts:
        for one in segment_transcript(transcript, unit=unit, abbreviations=study.abbreviations):
            if interviewers or one.role == "participant":
                said = transcript.text[one.start : one.end]
                yield dict(
                    zip(
                        SEGMENT_COLUMNS,
                        (transcript.id, one.turn, one.index, one.start, one.end, one.speaker, one.role, said),
                        strict=True,
                    )
                )


def stream_selected_transcripts(study: Study, wanted: Sequence[str], failed: list[Problem]) -> Iterator[Transcript]:
    """Yield the transcripts that names or patterns such as ``S*`` choose, keeping none; a name without one is told."""
    missed = set(wanted)
    for transcript in study.stream_transcripts(problems=failed):
        fitting = [name for name in wanted if transcript.id == name or fnmatchcase(transcript.id, name)]
        missed.difference_update(fitting)
        if fitting or not wanted:
            yield transcript
    if missed:
        raise UnknownNameError("transcript", min(missed), study.sources_and_problems[0])
