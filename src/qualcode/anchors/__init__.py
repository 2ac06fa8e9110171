"""The one way to anchor: a quote proves its span, and is found again in a text that has changed."""

from qualcode.anchors.alignment import Alignment, align
from qualcode.anchors.difference import difference
from qualcode.anchors.fitting import Found
from qualcode.anchors.following import follow
from qualcode.anchors.quotes import (
    CONTEXT,
    Anchor,
    Span,
    anchor,
    codable,
    fold,
    occurrences,
    turn_at,
)
from qualcode.anchors.seeking import find_again, seek
from qualcode.anchors.tokens import MARKS

__all__ = [
    "CONTEXT",
    "MARKS",
    "Alignment",
    "Anchor",
    "Found",
    "Span",
    "align",
    "anchor",
    "codable",
    "difference",
    "find_again",
    "fold",
    "follow",
    "occurrences",
    "seek",
    "turn_at",
]
