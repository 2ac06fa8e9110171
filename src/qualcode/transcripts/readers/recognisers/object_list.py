"""Lists of objects with text, under the keys that programs without a module of their own use; also one text alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qualcode.errors import format_names
from qualcode.model import UnplacedText
from qualcode.transcripts.readers.columns.table_times import TimeColumns, TimeMeasures, detect_time_unit
from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
    join_words,
    objects_at,
    read_objects,
    seconds,
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
_MILLISECOND_KEYS = ("start_ms", "startMs", "startTimeMs", "start_time_ms", "offsetMs", "offset_ms", "begin_ms")
_END_KEYS = ("end", "end_time", "endTime", "stop", "to")
_UNIT_NOTICE = (
    "are the times seconds? They are read so; if they are milliseconds, name the keys of the file, with "
    "per_second: 1000, under 'sources' in qualcode.yaml"
)
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
        "user",
        "sender",
        "userName",
        "displayName",
        "role",
        "speaker_id",
        "speakerId",
    ),
    start=(
        "start",
        "start_time",
        "startTime",
        "startOffset",
        "begin",
        "time",
        "timestamp",
        "offset",
        "startDateTime",
        "ts",
    ),
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is or has a list of objects with text, or has a text itself."""
    return next(_candidates(data), None) is not None or _second_list(data) is not None


def read_speech(data: Any) -> Speech:
    """Return the first list, or the second where only that one names speakers."""
    first, second = _read(next(_candidates(data), []), data), _second_list(data)
    if second is None or first.has_speakers:
        return _with_other_lists(replace(first, other_texts=[text_at(data, "text")]), data)
    return Speech(
        # `join_words` adds no space between words.
        join_words(replace(piece, text=f" {piece.text}") for piece in second.pieces),
        list(dict.fromkeys([text_at(data, "text"), " ".join(piece.text for piece in first.pieces)])),
        [*first.unplaced, *second.unplaced],
        [*first.notices, *second.notices],
    )


def _with_other_lists(speech: Speech, data: Any) -> Speech:
    """Return speech with the texts of lists beside the one that was read, unless they repeat it."""
    spoken = _squeeze("".join(piece.text for piece in speech.pieces))
    lists = {str(key): objects_at(data, key) for key in data} if isinstance(data, Mapping) else {}
    unread = {
        key: [text for item in objects for text in _texts(item) if _squeeze(text) not in spoken]
        for key, objects in lists.items()
    }
    found = [key for key, texts in unread.items() if texts]
    if not found:
        return speech
    read = next((key for key in _LIST_KEYS if lists.get(key)), "LIST")
    notice = (
        f"speech at {format_names(found)} is not read: to read it too, name the keys of the file under 'sources' in "
        f'qualcode.yaml, with items: "{", ".join([read, *found])}"'
    )
    unplaced = [UnplacedText(1, text) for key in found for text in unread[key]]
    return replace(speech, unplaced=[*speech.unplaced, *unplaced], notices=[*speech.notices, notice])


def _texts(item: JsonObject) -> list[str]:
    texts = [text_at(item, key) for key in _FIELDS.text]
    return [" ".join(text.split()) for text in texts if len(text.split()) > 1][:1]


def _squeeze(text: str) -> str:
    return "".join(text.casefold().split())


def _read(objects: Sequence[JsonObject], data: Any) -> Speech:
    names = speaker_names(objects_at(value_at(data, "speech") or data, "speakers"))
    fields = _FIELDS
    # In lists of segments, "from" is a time.
    if any(isinstance(item.get("from"), str) and seconds(item["from"]) is None for item in objects):
        fields = replace(_FIELDS, speaker=(*_FIELDS.speaker, "from"))
    if any(key in item for item in objects for key in _MILLISECOND_KEYS):
        return read_objects(objects, replace(fields, start=_MILLISECOND_KEYS, time_unit=1000), names=names)
    per_second, is_certain = _time_unit(objects)
    speech = read_objects(objects, replace(fields, time_unit=per_second), names=names)
    return speech if is_certain else replace(speech, notices=[*speech.notices, _UNIT_NOTICE])


def _time_unit(objects: Sequence[JsonObject]) -> tuple[int, bool]:
    """Return how many units of a time make a second, and whether that is certain."""
    spans = [(_number(item, _FIELDS.start), _number(item, _END_KEYS), item) for item in objects]
    whole = [(start, end, item) for start, end, item in spans if isinstance(start, int) and isinstance(end, int)]
    if not whole or len(whole) < len(spans):
        return 1, True
    characters = sum(len(text_at(item, key)) for _, _, item in whole for key in _FIELDS.text)
    duration = sum(end - start for start, end, _ in whole)
    latest = max(end for _, end, _ in whole)
    return detect_time_unit(TimeMeasures(len(whole), True, True, characters, duration, latest), TimeColumns(0, 1))


def _number(item: JsonObject, keys: Sequence[str]) -> Any:
    return next((item[key] for key in keys if isinstance(item.get(key), int | float)), None)


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
