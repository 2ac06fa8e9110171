"""Sentences, words and turns of a transcript: where a cursor and the ends of a selection can go."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qualcode.anchors import Span
from qualcode.model import Transcript
from qualcode.segments import SentenceRules, segment_transcript, word_spans


@dataclass(frozen=True)
class TextSpans:
    """The spans of participants' sentences, turns and words, in the order of the text."""

    transcript: Transcript
    sentences: Sequence[Span]
    """Sentences of participants; a transcript may have none."""

    @cached_property
    def words(self) -> Sequence[Span]:
        """Words of participants."""
        text = self.transcript.text
        return [word for turn in self.transcript.participant_turns for word in word_spans(text, turn.start, turn.end)]

    def sentence_at(self, offset: int) -> int:
        """Return the index of the sentence at an offset, or else of the last one before it."""
        return max(0, bisect_right(self.sentences, offset, key=lambda span: span[0]) - 1)

    def sentence_of_turn(self, index: int, step: int) -> int:
        """Return the index of the first sentence of the next turn (``step`` 1) or of this or the one before (-1)."""
        starts = [self.sentence_at_or_after(turn.start) for turn in self.transcript.participant_turns]
        firsts = sorted({start for start in starts if start < len(self.sentences)})
        place = bisect_right(firsts, index) if step > 0 else bisect_left(firsts, index) - 1
        return firsts[place] if 0 <= place < len(firsts) else index

    def sentence_at_or_after(self, offset: int) -> int:
        """Return the index of the first sentence that begins at an offset or after it."""
        return bisect_left(self.sentences, offset, key=lambda span: span[0])

    def word_edge(self, offset: int, step: int, *, is_end: bool) -> int:
        """Return the start or end of the word before (``step`` -1) or after an edge at an offset."""
        edges = [word[is_end] for word in self.words]
        place = bisect_right(edges, offset) if step > 0 else bisect_left(edges, offset) - 1
        return edges[place] if 0 <= place < len(edges) else offset

    def turn_span(self, offset: int) -> Span:
        """Return the participant's turn at an offset, or else the nearest one before it."""
        # Where nobody is a participant, the mouse can select all the same.
        turns = self.transcript.participant_turns or self.transcript.turns
        place = max(0, bisect_right(turns, offset, key=lambda turn: turn.start) - 1)
        return turns[place].start, turns[place].end


def find_text_spans(transcript: Transcript, rules: SentenceRules) -> TextSpans:
    """Return the spans of a transcript."""
    segments = segment_transcript(transcript, sentence_rules=rules)
    return TextSpans(transcript, [(one.start, one.end) for one in segments if one.role == "participant"])
