"""Amazon Transcribe: ``results`` have words with speakers as ``items``, and the same talk as ``transcripts``."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
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
    speech = Speech(join_words(read_items(_labelled_items(data))), texts)
    return speech if speech.has_speakers else read_objects(transcripts, Fields(text=("transcript",)))


def _labelled_items(data: Any) -> list[JsonObject]:
    """Return the words with speakers; older files, and those with a channel a speaker, name them apart, by start."""
    segments = objects_at(data, "results", "speaker_labels", "segments")
    labels = {
        item.get("start_time"): item.get("speaker_label") for one in segments for item in objects_at(one, "items")
    }
    items = objects_at(data, "results", "items")
    for channel in objects_at(data, "results", "channel_labels", "channels"):
        labels |= {item.get("start_time"): channel.get("channel_label") for item in objects_at(channel, "items")}
    return [
        {"speaker_label": labels.get(item.get("start_time")) or item.get("channel_label"), **item}
        if item.get("type") != "punctuation"
        else item
        for item in items
    ]
