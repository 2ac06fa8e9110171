"""AssemblyAI: ``utterances`` if speakers were asked for, ``words``, and the whole ``text``; times in milliseconds."""

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

_FIELDS = Fields(time_unit=1000)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is AssemblyAI's."""
    return isinstance(data, dict) and "audio_url" in data and ("utterances" in data or "words" in data)


def read_speech(data: Any) -> Speech:
    """Return the utterances, else the words if they name speakers or there is no text, else the text."""
    if utterances := objects_at(data, "utterances"):
        return read_objects(utterances, _FIELDS, other_texts=[text_at(data, "text")])
    speech = Speech(join_words(read_words(objects_at(data, "words"), _FIELDS)), [text_at(data, "text")])
    return speech if speech.has_speakers or not text_at(data, "text") else read_objects([data], _FIELDS)
