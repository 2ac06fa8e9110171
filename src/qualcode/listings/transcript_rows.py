"""Transcripts: split from overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from qualcode.model import Transcript
from qualcode.segments import count_words, segment_transcript
from qualcode.study.study import Study

TRANSCRIPT_COLUMNS = (
    "transcript case path turns participant_turns sentences words speakers interviewers unplaced codings done".split()
)


def transcript_rows(study: Study, chosen: list[str]) -> Iterator[dict[str, Any]]:
    """Yield a line a transcript: its shape and where its coding stands."""
    codings = Counter(coding.transcript for coding in study.codings if coding.status != "orphaned")
    done: dict[str, set[str]] = {}
    for entry in study.ledger_state.finished:
        done.setdefault(entry.transcript, set()).add(entry.coder)
    for name in chosen:
        progress = {"codings": codings[name], "done": ", ".join(sorted(done.get(name, ())))}
        yield {**_transcript_row(study, study.transcripts[name]), **progress}


def _transcript_row(study: Study, transcript: Transcript) -> dict[str, Any]:
    text = transcript.text
    speakers = dict.fromkeys(turn.speaker or "?" for turn in transcript.participant_turns)
    interviewers = dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role == "interviewer")
    return {
        "transcript": transcript.id,
        "case": ", ".join(case.id for case in study.cases_of[transcript.id]),
        "path": transcript.path,
        "turns": len(transcript.turns),
        "participant_turns": len(transcript.participant_turns),
        "sentences": sum(
            one.role == "participant" for one in segment_transcript(transcript, abbreviations=study.abbreviations)
        ),
        "words": sum(count_words(text[turn.start : turn.end]) for turn in transcript.participant_turns),
        "speakers": "; ".join(speakers),
        "interviewers": "; ".join(interviewers),
        "unplaced": len(transcript.unplaced),
    }
