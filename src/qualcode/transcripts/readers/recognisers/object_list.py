"""Lists of objects with text, under the keys that programs without a module of their own use; also one text alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
    join_words,
    objects_at,
    read_objects,
    speaker_names,
    text_at,
    value_at,
)

_LIST_KEYS = (
    "segments", "transcription", "utterances", "transcripts", "turns", "cues", "chunks", "transcript", "results",
    "sentences", "entries", "messages", "monologues", "captions", "dialogue", "conversation", "items",
)  # fmt: skip
"""Keys of lists, in order of preference."""
_WRAPPER_KEYS = ("speech", "result", "results", "transcript", "transcription", "data", "response")
"""Keys of objects that may contain such a list."""
_SECOND_LIST_KEYS = ("speakers", "words")
"""Keys of lists that repeat the same speech: read where they name speakers and the list itself does not."""
_FIELDS = Fields(
    text=(
        "text",
        "transcript",
        "content",
        "utterance",
        "sentence",
        "words",
        "quote",
        "word",
        "body",
        "spokenText",
        "raw_text",
    ),
    speaker=(
        "speaker",
        "speaker_name",
        "speakerName",
        "speakerDisplayName",
        "speaker_label",
        "speakerLabel",
        "name",
        "author",
        "role",
        "speaker_id",
        "speakerId",
    ),
    start=("start", "start_time", "startTime", "startOffset", "begin", "time", "timestamp", "offset", "startDateTime"),
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is or has a list of objects with text, or has a text itself."""
    return next(_candidates(data), None) is not None or _second_list(data) is not None


def read_speech(data: Any) -> Speech:
    """Return the first list, or the second where only that one names speakers."""
    first, second = _read(next(_candidates(data), []), data), _second_list(data)
    if second is None or first.has_speakers:
        return replace(first, other_texts=[text_at(data, "text")])
    return Speech(
        # `join_words` adds no space between words.
        join_words(replace(piece, text=f" {piece.text}") for piece in second.pieces),
        list(dict.fromkeys([text_at(data, "text"), " ".join(piece.text for piece in first.pieces)])),
        [*first.unplaced, *second.unplaced],
        [*first.notices, *second.notices],
    )


def _read(objects: Sequence[JsonObject], data: Any) -> Speech:
    names = speaker_names(objects_at(value_at(data, "speech") or data, "speakers"))
    return read_objects(objects, _FIELDS, names=names)


def _candidates(data: Any) -> Iterator[Sequence[JsonObject]]:
    """Yield the lists of objects with text, in order of preference, then the object that has all the text."""
    for objects in _lists(data):
        if any(isinstance(item.get(key), str) for item in objects for key in _FIELDS.text):
            yield objects
    if text_at(data, "text").strip():
        yield [data]


def _second_list(data: Any) -> Speech | None:
    speeches = (_read(objects_at(data, key), data) for key in _SECOND_LIST_KEYS)
    return next((speech for speech in speeches if any(piece.text and piece.speaker for piece in speech.pieces)), None)


def _lists(data: Any) -> Iterator[Sequence[JsonObject]]:
    yield objects_at(data)
    yield from (objects_at(data, key) for key in _LIST_KEYS)
    for key in _WRAPPER_KEYS:
        if isinstance(inner := value_at(data, key), Mapping):
            yield from _lists(inner)
