"""The table of transcripts: one row per transcript with its size and the progress of its coding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qualcode.model import Transcript
from qualcode.segments import count_turn_words, segment_transcript
from qualcode.study.study import Study

TRANSCRIPT_COLUMNS = (
    "transcript case path turns participant_turns sentences words speakers interviewers unplaced codings done".split()
)


def transcript_rows(study: Study, transcript_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield one row per transcript, with the keys of `TRANSCRIPT_COLUMNS`."""
    codings = Counter(coding.transcript for coding in study.codings if coding.status != "orphaned")
    finished_by = coders_by_finished_transcript(study)
    for name in transcript_ids:
        progress = {"codings": codings[name], "done": ", ".join(sorted(finished_by.get(name, ())))}
        yield {**_transcript_row(study, study.transcripts[name]), **progress}


def coders_by_finished_transcript(study: Study) -> Mapping[str, set[str]]:
    """Return who has finished each transcript; one that nobody has finished is missing."""
    finished_by: dict[str, set[str]] = {}
    for entry in study.ledger_state.finished:
        finished_by.setdefault(entry.transcript, set()).add(entry.coder)
    return finished_by


def _transcript_row(study: Study, transcript: Transcript) -> dict[str, Any]:
    segments = segment_transcript(transcript, sentence_rules=study.sentence_rules)
    return {
        "transcript": transcript.id,
        "case": ", ".join(case.id for case in study.cases_of[transcript.id]),
        "path": transcript.path,
        "turns": len(transcript.turns),
        "participant_turns": len(transcript.participant_turns),
        "sentences": sum(segment.role == "participant" for segment in segments),
        "words": count_turn_words(transcript, transcript.participant_turns),
        "speakers": "; ".join(dict.fromkeys(turn.speaker or "?" for turn in transcript.participant_turns)),
        "interviewers": "; ".join(
            dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role == "interviewer")
        ),
        "unplaced": len(transcript.unplaced),
    }
