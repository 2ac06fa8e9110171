"""Deepgram: ``results`` have ``utterances`` if they were asked for; ``channels`` have words and the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
    SpeechPiece,
    join_words,
    objects_at,
    read_objects,
    read_words,
    text_at,
)

_FIELDS = Fields(text=("transcript",))
# "word" is in lower case and without punctuation.
_WORD_FIELDS = Fields(text=("punctuated_word", "word"))


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Deepgram's."""
    return bool(_best_alternatives(data))


def read_speech(data: Any) -> Speech:
    """Return the utterances, else the words, else the text of each channel."""
    channels = _best_alternatives(data)
    texts = [" ".join(text_at(channel, "transcript") for channel in channels)]
    if utterances := objects_at(data, "results", "utterances"):
        if len(channels) > 1 and not any("speaker" in utterance for utterance in utterances):
            utterances = [{**one, "speaker": f"Channel {one.get('channel', 0)}"} for one in utterances]
        return read_objects(utterances, _FIELDS, other_texts=texts)
    words = [read_words(objects_at(channel, "words"), _WORD_FIELDS) for channel in channels]
    if len(words) > 1 and not any(word.speaker for channel in words for word in channel):
        return Speech(_merge_channels(words), texts) if any(words) else read_objects(_name_channels(channels), _FIELDS)
    joined = [word for channel in words for word in channel]
    return Speech(join_words(joined), texts) if joined else read_objects(channels, _FIELDS)


def _merge_channels(channels: Sequence[Sequence[SpeechPiece]]) -> list[SpeechPiece]:
    """Return the words of channels in order of time, joined to pieces; each channel has a speaker."""
    named = [replace(word, speaker=f"Channel {number}") for number, channel in enumerate(channels) for word in channel]
    return join_words(sorted(named, key=lambda word: word.start or 0.0))


def _name_channels(channels: Sequence[JsonObject]) -> list[JsonObject]:
    return [{**channel, "speaker": f"Channel {number}"} for number, channel in enumerate(channels)]


def _best_alternatives(data: Any) -> list[JsonObject]:
    channels = objects_at(data, "results", "channels")
    # Alternatives are other transcriptions of the same audio, the most confident first.
    return [best for channel in channels for best in objects_at(channel, "alternatives")[:1]]
