"""Otter: ``transcripts``, by themselves or of a ``speech``; speakers are listed apart, starts count samples."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    Speech,
    objects_at,
    read_objects,
    speaker_names,
    text_at,
    value_at,
)

_FIELDS = Fields(
    text=("transcript",),
    speaker=("speaker", "speaker_name", "speaker_id", "speaker_model_label", "label"),
    start=("start_offset",),
    # Otter samples audio at 16 kHz.
    time_unit=16_000,
)
"""A speaker whom nobody has named in Otter has only the label of a voice."""


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Otter's."""
    return any("start_offset" in item and "transcript" in item for item in objects_at(_speech(data), "transcripts"))


def read_speech(data: Any) -> Speech:
    """Return the transcripts."""
    names = speaker_names(objects_at(_speech(data), "speakers"))
    transcripts = objects_at(_speech(data), "transcripts")
    return read_objects(transcripts, _FIELDS, names=names, other_texts=[text_at(data, "text")])


def _speech(data: Any) -> Any:
    return value_at(data, "speech") or data
