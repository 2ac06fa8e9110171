"""The table of segments, and a stream of the transcripts that it is cut from."""

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
    """Yield one row per segment, with the keys of `SEGMENT_COLUMNS`; interviewers' segments only if asked for."""
    for transcript in transcripts:
        for segment in segment_transcript(transcript, unit=unit, sentence_rules=study.sentence_rules):
            if interviewers or segment.role == "participant":
                yield {
                    "transcript": transcript.id,
                    "turn": segment.turn,
                    "segment": segment.index,
                    "start": segment.start,
                    "end": segment.end,
                    "speaker": segment.speaker,
                    "role": segment.role,
                    "text": transcript.text[segment.start : segment.end],
                }


def stream_selected_transcripts(study: Study, names: Sequence[str], problems: list[Problem]) -> Iterator[Transcript]:
    """Yield the transcripts with these ids or patterns such as ``S*`` (all, if none is given), keeping none of them.

    Sources that cannot be read are added to ``problems``.

    Raises
    ------
    UnknownNameError
        After the last transcript, if an id or pattern has matched none.
    """
    unmatched = set(names)
    for transcript in study.stream_transcripts(problems=problems):
        matching = [name for name in names if transcript.id == name or fnmatchcase(transcript.id, name)]
        unmatched.difference_update(matching)
        if matching or not names:
            yield transcript
    if unmatched:
        raise UnknownNameError("transcript", min(unmatched), study.sources_and_problems[0])
