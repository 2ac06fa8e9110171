"""Deepgram: ``results`` have ``utterances`` if they were asked for; ``channels`` have words and the whole text."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
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
        return read_objects(utterances, _FIELDS, other_texts=texts)
    words = [word for channel in channels for word in read_words(objects_at(channel, "words"), _WORD_FIELDS)]
    return Speech(join_words(words), texts) if words else read_objects(channels, _FIELDS)


def _best_alternatives(data: Any) -> list[JsonObject]:
    channels = objects_at(data, "results", "channels")
    # Alternatives are other transcriptions of the same audio, the most confident first.
    return [best for channel in channels for best in objects_at(channel, "alternatives")[:1]]
