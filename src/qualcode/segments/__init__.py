"""Segmentation of transcripts into units of analysis, sentences and words."""

from qualcode.segments.sentence_rules import UNSPACED_END, SentenceRules, get_sentence_rules
from qualcode.segments.sentences import sentence_spans
from qualcode.segments.units import segment_transcript
from qualcode.segments.words import (
    WordOffsets,
    count_turn_words,
    count_words,
    find_participant_words,
    has_unspaced_letters,
    word_spans,
)

__all__ = [
    "UNSPACED_END",
    "SentenceRules",
    "WordOffsets",
    "count_turn_words",
    "count_words",
    "find_participant_words",
    "get_sentence_rules",
    "has_unspaced_letters",
    "segment_transcript",
    "sentence_spans",
    "word_spans",
]
