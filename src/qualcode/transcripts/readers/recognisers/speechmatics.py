"""Speechmatics: ``results`` are words and punctuation with ``alternatives``, which name the speakers."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import Speech, join_words, objects_at, read_items


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Speechmatics'."""
    return bool(read_items(objects_at(data, "results")))


def read_speech(data: Any) -> Speech:
    """Return the results."""
    return Speech(join_words(read_items(objects_at(data, "results"))))
