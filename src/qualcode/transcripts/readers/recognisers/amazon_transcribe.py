"""Amazon Transcribe: ``results`` have words with speakers as ``items``, and the same talk as ``transcripts``."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    Speech,
    join_words,
    objects_at,
    read_items,
    read_objects,
    text_at,
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Amazon Transcribe's."""
    return bool(objects_at(data, "results", "transcripts") and objects_at(data, "results", "items"))


def read_speech(data: Any) -> Speech:
    """Return the items if they name speakers, else the transcripts."""
    transcripts = objects_at(data, "results", "transcripts")
    texts = [text_at(transcript, "transcript") for transcript in transcripts]
    speech = Speech(join_words(read_items(objects_at(data, "results", "items"))), texts)
    return speech if speech.has_speakers else read_objects(transcripts, Fields(text=("transcript",)))
