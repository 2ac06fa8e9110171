"""Anchors: a span of a transcript with its quote and context, and the search for it in an edited text."""

from qualcode.anchors.alignment import Alignment, align
from qualcode.anchors.alignment_search import find_anchor_by_alignment
from qualcode.anchors.near_passages import NearPassage, find_near_passage
from qualcode.anchors.quote_anchors import (
    CONTEXT_LENGTH,
    Anchor,
    Span,
    find_normalised,
    find_occurrences,
    is_codable,
    make_anchor,
    normalise,
    turn_at,
)
from qualcode.anchors.quote_search import find_anchor_exact, find_anchor_fuzzy
from qualcode.anchors.span_fit import AnchorResult
from qualcode.anchors.tokens import WORD_MARKS, diff_sequences
from qualcode.anchors.word_diff import format_word_diff

__all__ = [
    "CONTEXT_LENGTH",
    "WORD_MARKS",
    "Alignment",
    "Anchor",
    "AnchorResult",
    "NearPassage",
    "Span",
    "align",
    "diff_sequences",
    "find_anchor_by_alignment",
    "find_anchor_exact",
    "find_anchor_fuzzy",
    "find_near_passage",
    "find_normalised",
    "find_occurrences",
    "format_word_diff",
    "is_codable",
    "make_anchor",
    "normalise",
    "turn_at",
]
