"""The cases of a transcript: the participants or sites whose turns it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.model import Case, Transcript


@dataclass(frozen=True, slots=True)
class TranscriptCases:
    """The cases of one transcript."""

    cases: tuple[Case, ...]
    default_cases: tuple[Case, ...]
    """The cases of the turns that have no case of their own."""
    is_claimed: bool
    """Whether a case lists the transcript or has a turn of it; if not, the transcript is a case of its own."""


def find_transcript_cases(transcripts: Mapping[str, Transcript], cases: Sequence[Case]) -> dict[str, TranscriptCases]:
    """Return the cases of each transcript, by its id.

    A turn with a case belongs to that case alone. All others belong to the cases that list the transcript but not
    their speakers; if there is none, to a case of the transcript's own name.
    """
    listing: dict[str, list[Case]] = {}
    for case in cases:
        for name in case.transcripts:
            listing.setdefault(name, []).append(case)
    by_id = {case.id: case for case in cases}
    return {
        name: _transcript_cases(transcript, listing.get(name, []), by_id) for name, transcript in transcripts.items()
    }


def _transcript_cases(transcript: Transcript, listing: Sequence[Case], by_id: Mapping[str, Case]) -> TranscriptCases:
    """Return the cases of a transcript; ``listing`` are the cases that list it."""
    turn_case_ids = dict.fromkeys(turn.case for turn in transcript.participant_turns)
    turn_cases = [by_id.get(name, Case(name)) for name in turn_case_ids if name]
    # A case that names its speakers has only their turns, so the other turns must not count for it too.
    default = [case for case in listing if not turn_cases or not (case.speakers or case.id in turn_case_ids)]
    if not default and ("" in turn_case_ids or not turn_cases):
        default = [by_id.get(transcript.id, Case(transcript.id))]
    cases = _without_duplicates([*listing, *turn_cases, *default])
    return TranscriptCases(cases, tuple(default), bool(listing or turn_cases))


def _without_duplicates(cases: Iterable[Case]) -> tuple[Case, ...]:
    return tuple({case.id: case for case in cases}.values())


def cases_at(transcript: Transcript, shares: TranscriptCases, start: int, end: int) -> list[str]:
    """Return the ids of the cases whose turns a span overlaps; of all cases if it overlaps no participant's turn."""
    # Most transcripts have one case, and there may be 100,000 codings.
    if len(shares.cases) < 2:
        return [case.id for case in shares.cases]
    case_ids = {turn.case for turn in transcript.participant_turns if turn.start < end and start < turn.end}
    if "" in case_ids:
        case_ids = (case_ids - {""}).union(case.id for case in shares.default_cases)
    return [case.id for case in shares.cases if case.id in case_ids or not case_ids]
