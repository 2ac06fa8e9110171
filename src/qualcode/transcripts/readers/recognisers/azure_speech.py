"""Azure Speech: ``recognizedPhrases`` of batch transcription, or ``phrases`` of fast transcription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
    objects_at,
    read_objects,
    text_at,
)

_TICKS = 10_000_000
"""Units of ``offsetInTicks`` per second."""


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Azure's."""
    return bool(_phrases(data) or objects_at(data, "combinedRecognizedPhrases") or objects_at(data, "combinedPhrases"))


def read_speech(data: Any) -> Speech:
    """Return the phrases in order of time, else the whole text of each channel."""
    combined = [
        _text(item) for key in ("combinedRecognizedPhrases", "combinedPhrases") for item in objects_at(data, key)
    ]
    phrases = _phrases(data)
    if not phrases:
        return read_objects([{"text": text} for text in combined], Fields())
    channels = {phrase.get("channel") for phrase in phrases}
    items = [_item(phrase, has_channels=len(channels) > 1) for phrase in phrases]
    return read_objects(sorted(items, key=_order), Fields(), other_texts=[" ".join(combined)])


def _phrases(data: Any) -> list[JsonObject]:
    """Return the phrases with words; of noise, no words were recognised."""
    phrases = [*objects_at(data, "recognizedPhrases"), *objects_at(data, "phrases")]
    return [phrase for phrase in phrases if _text(phrase)]


def _item(phrase: JsonObject, *, has_channels: bool) -> JsonObject:
    speaker = phrase.get("speaker")
    # Where no speakers were asked for, each speaker may have a channel.
    name = f"Channel {phrase.get('channel')}" if speaker is None and has_channels else speaker
    return {"text": _text(phrase), "speaker": name, "start": _start(phrase)}


def _start(phrase: JsonObject) -> Any:
    for key, per_second in (("offsetInTicks", _TICKS), ("offsetMilliseconds", 1000)):
        if isinstance(value := phrase.get(key), int | float):
            return value / per_second
    return phrase.get("offset")


def _order(item: JsonObject) -> float:
    return item["start"] if isinstance(item["start"], int | float) else 0.0


def _text(phrase: JsonObject) -> str:
    """Return the words of a phrase as they are shown: with punctuation, else as they were recognised."""
    readings: Iterable[JsonObject] = (phrase, *objects_at(phrase, "nBest")[:1])
    keys = ("display", "text", "itn", "lexical")
    return next((text for reading in readings for key in keys if (text := text_at(reading, key).strip())), "")
