"""Units of analysis: turns first, then sentences; each segment is a slice of its transcript."""

from qualcode.segments.sentences import abbreviations, sentence_spans
from qualcode.segments.units import segments
from qualcode.segments.words import Words, count_words, participant_words, word_spans

__all__ = [
    "Words",
    "abbreviations",
    "count_words",
    "participant_words",
    "segments",
    "sentence_spans",
    "word_spans",
]
