"""Whose words a transcript holds, where one case speaks in it or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.model import Case, Transcript


@dataclass(frozen=True, slots=True)
class TranscriptCases:
    """The cases of one transcript, and those of them whose words are all that no other case claims."""

    cases: tuple[Case, ...]
    default_cases: tuple[Case, ...]
    is_claimed: bool
    """Whether a case claims the transcript or any turn of it; if not, it is a case of its own."""


def find_transcript_cases(transcripts: Mapping[str, Transcript], cases: Sequence[Case]) -> dict[str, TranscriptCases]:
    """Return whose words each transcript holds.

    A turn that is given to a case is of that case alone. All others are of the cases that claim the transcript
    without saying who their speakers are; if there is none, of a case of the transcript's own name.
    """
    claiming: dict[str, list[Case]] = {}
    for case in cases:
        for name in case.transcripts:
            claiming.setdefault(name, []).append(case)
    named = {case.id: case for case in cases}
    return {name: _transcript_cases(one, claiming.get(name, []), named) for name, one in transcripts.items()}


def _transcript_cases(transcript: Transcript, claiming: Sequence[Case], named: Mapping[str, Case]) -> TranscriptCases:
    speaking = dict.fromkeys(turn.case for turn in transcript.participant_turns)
    own = [named.get(name, Case(name)) for name in speaking if name]
    rest = [case for case in claiming if not own or not (case.speakers or case.id in speaking)]
    if not rest and ("" in speaking or not own):
        rest = [named.get(transcript.id, Case(transcript.id))]
    return TranscriptCases(_without_duplicates([*claiming, *own, *rest]), tuple(rest), bool(claiming or own))


def _without_duplicates(cases: Iterable[Case]) -> tuple[Case, ...]:
    return tuple({case.id: case for case in cases}.values())


def cases_at(transcript: Transcript, shares: TranscriptCases, start: int, end: int) -> list[str]:
    """Return the cases whose words a span touches; all of the transcript's, where it touches no participant's."""
    touched = [turn.case for turn in transcript.participant_turns if turn.start < end and start < turn.end]
    found = {name for case in touched for name in ([case] if case else [other.id for other in shares.default_cases])}
    return [case.id for case in shares.cases if case.id in found or not found]
