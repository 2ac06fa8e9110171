"""ElevenLabs: ``words`` are words, spaces and sounds with speakers; ``text`` is the same talk."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    Speech,
    join_words,
    objects_at,
    read_objects,
    read_words,
    text_at,
)

_FIELDS = Fields(speaker=("speaker_id",))


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is ElevenLabs'."""
    words = objects_at(data, "words")
    return bool(text_at(data, "text")) and any("text" in word and "type" in word for word in words)


def read_speech(data: Any) -> Speech:
    """Return the words if they name speakers, else the text."""
    words = objects_at(data, "words")
    # Spaces are entries of the list; without them, each word needs one.
    space = "" if any(word.get("type") == "spacing" for word in words) else " "
    speech = Speech(join_words(read_words(words, _FIELDS, space=space)), [text_at(data, "text")])
    return speech if speech.has_speakers else read_objects([data], _FIELDS)
