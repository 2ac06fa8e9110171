"""whisper.cpp: pieces of a ``transcription``, with their ``offsets`` in milliseconds."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import Fields, Speech, objects_at, read_objects, value_at


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is whisper.cpp's."""
    return any("offsets" in item and "text" in item for item in objects_at(data, "transcription"))


def read_speech(data: Any) -> Speech:
    """Return the pieces."""
    items = [{**item, "start": value_at(item, "offsets", "from")} for item in objects_at(data, "transcription")]
    return read_objects(items, Fields(time_unit=1000))
