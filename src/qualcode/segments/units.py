"""Segmentation of a transcript into units of analysis: sentences, turns, paragraphs, exchanges, windows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from qualcode.model import Segment, Transcript, Turn, Unit, UnitName
from qualcode.segments.sentence_rules import SentenceRules, get_sentence_rules
from qualcode.segments.sentences import sentence_spans

_Span = tuple[Turn, int, int]
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


def segment_transcript(
    transcript: Transcript, *, unit: Unit = Unit(), sentence_rules: SentenceRules = get_sentence_rules("en")
) -> list[Segment]:
    """Return the segments of a transcript in its order; sentences never cross a turn.

    Empty turns are left out. Sentences, turns and paragraphs of interviewers are included, with their role. Exchanges
    and windows have the turn, speaker and role of their first participant's turn, and include the interviewer's words
    in between.
    """
    spans = _SPLITTERS[unit.name](transcript, unit, sentence_rules)
    return [
        Segment(transcript.id, turn.index, index, start, end, turn.speaker, turn.role)
        for index, (turn, start, end) in enumerate(span for span in spans if span[1] < span[2])
    ]


def _sentences(transcript: Transcript, _unit: Unit, sentence_rules: SentenceRules) -> Iterator[_Span]:
    for turn in transcript.turns:
        for start, end in sentence_spans(transcript.text, turn.start, turn.end, sentence_rules=sentence_rules):
            yield turn, start, end


def _turns(transcript: Transcript, _unit: Unit, _rules: SentenceRules) -> Iterator[_Span]:
    return ((turn, turn.start, turn.end) for turn in transcript.turns)


def _paragraphs(transcript: Transcript, _unit: Unit, _rules: SentenceRules) -> Iterator[_Span]:
    for turn in transcript.turns:
        start = turn.start
        for blank in _BLANK_LINE.finditer(transcript.text, turn.start, turn.end):
            yield turn, start, blank.start()
            start = blank.end()
        yield turn, start, turn.end


def _exchanges(transcript: Transcript, _unit: Unit, _rules: SentenceRules) -> Iterator[_Span]:
    """Yield each question with its answers; answers before the first question are a separate exchange."""
    runs = [(role, list(turns)) for role, turns in groupby(transcript.turns, key=lambda turn: turn.role)]
    for index, (role, turns) in enumerate(runs):
        if role == "participant":
            question = runs[index - 1][1] if index else turns
            yield turns[0], question[0].start, turns[-1].end


def _windows(transcript: Transcript, unit: Unit, _rules: SentenceRules) -> Iterator[_Span]:
    """Yield each run of ``unit.size`` consecutive participants' turns; a shorter transcript has one window."""
    turns: Sequence[Turn] = transcript.participant_turns
    for first in range(max(1, len(turns) - unit.size + 1) if turns else 0):
        yield turns[first], turns[first].start, turns[min(first + unit.size, len(turns)) - 1].end


def _whole_transcript(transcript: Transcript, _unit: Unit, _rules: SentenceRules) -> Iterator[_Span]:
    if transcript.participant_turns:
        # From the first turn on: a header is not part of any unit.
        yield transcript.participant_turns[0], transcript.turns[0].start, transcript.turns[-1].end


_SPLITTERS: dict[UnitName, Callable[[Transcript, Unit, SentenceRules], Iterator[_Span]]] = {
    "sentence": _sentences,
    "turn": _turns,
    "paragraph": _paragraphs,
    "exchange": _exchanges,
    "window": _windows,
    "transcript": _whole_transcript,
}
