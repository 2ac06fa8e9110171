"""IBM Watson: ``results`` with the times of words, and the speaker of each time in ``speaker_labels``."""

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
    value_at,
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Watson's."""
    return any("transcript" in best and "timestamps" in best for best in _best_alternatives(data)) or (
        value_at(data, "result_index") is not None and bool(_best_alternatives(data))
    )


def read_speech(data: Any) -> Speech:
    """Return the words if there are speakers, else the transcript of each result."""
    best = _best_alternatives(data)
    speakers = {label.get("from"): label.get("speaker") for label in objects_at(data, "speaker_labels")}
    words = [word for one in best for word in _words(one)]
    labelled = [{**word, "speaker": speakers.get(word["start"])} for word in words]
    speech = Speech(join_words(read_words(labelled, Fields())), [" ".join(text_at(one, "transcript") for one in best)])
    if speech.has_speakers:
        return speech
    starts = [next((word["start"] for word in _words(one)), None) for one in best]
    passages = [{"text": text_at(one, "transcript"), "start": start} for one, start in zip(best, starts, strict=True)]
    return read_objects(passages, Fields())


def _words(alternative: JsonObject) -> list[JsonObject]:
    """Return the words of an alternative, each of which is a list of its text, start and end."""
    stamps = alternative.get("timestamps")
    return [
        {"text": stamp[0], "start": stamp[1]}
        for stamp in (stamps if isinstance(stamps, list) else [])
        if isinstance(stamp, list) and len(stamp) > 1 and isinstance(stamp[1], int | float)
    ]


def _best_alternatives(data: Any) -> list[JsonObject]:
    results = objects_at(data, "results")
    return [best for result in results for best in objects_at(result, "alternatives")[:1]]
