"""Segmentation of transcripts into units of analysis, sentences and words."""

from qualcode.segments.sentences import get_abbreviations, sentence_spans
from qualcode.segments.units import segment_transcript
from qualcode.segments.words import WordOffsets, count_turn_words, count_words, find_participant_words, word_spans

__all__ = [
    "WordOffsets",
    "count_turn_words",
    "count_words",
    "find_participant_words",
    "get_abbreviations",
    "segment_transcript",
    "sentence_spans",
    "word_spans",
]
