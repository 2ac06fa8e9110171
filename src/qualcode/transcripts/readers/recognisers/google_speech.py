"""Google Speech-to-Text, versions 1 and 2: ``results`` with ``alternatives``, whose words may name speakers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

_WORDS = Fields(
    text=("word",),
    speaker=("speakerLabel", "speaker_label", "speakerTag", "speaker_tag"),
    start=("startTime", "start_time", "startOffset", "start_offset"),
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Google's."""
    return any("transcript" in best or "word" in word for best, word in _first_words(data))


def _first_words(data: Any) -> list[tuple[JsonObject, JsonObject]]:
    return [(best, next(iter(objects_at(best, "words")), {})) for best in _best_alternatives(data)]


def read_speech(data: Any) -> Speech:
    """Return the words if they name speakers, else the transcript of each result."""
    best = _best_alternatives(data)
    texts = [" ".join(text_at(one, "transcript") for one in best)]
    speech = Speech(join_words(read_words(map(_with_speaker, _spoken_words(best)), _WORDS)), texts)
    if speech.has_speakers:
        return speech
    passages = [
        {"text": text_at(one, "transcript"), "start": _start(one)} for one in best if text_at(one, "transcript")
    ]
    return read_objects(passages, Fields()) if passages else speech


def _spoken_words(alternatives: Sequence[JsonObject]) -> list[JsonObject]:
    """Return all words once: with speakers, the last result of version 1 repeats the words of all others."""
    lists = [objects_at(one, "words") for one in alternatives]
    last = lists[-1] if lists else []
    words = [word for words in lists[:-1] for word in words]
    is_repeated = len(lists) > 1 and [text_at(word, "word") for word in last[: len(words)]] == [
        text_at(word, "word") for word in words
    ]
    return [*last] if is_repeated and any(map(_speaker, last)) else [*words, *last]


def _with_speaker(word: JsonObject) -> JsonObject:
    # 0 means that the speaker is not known.
    return word if _speaker(word) else {key: value for key, value in word.items() if key not in _WORDS.speaker}


def _speaker(word: JsonObject) -> Any:
    return next((word[key] for key in _WORDS.speaker if word.get(key) not in (None, "", 0, "0")), None)


def _start(alternative: JsonObject) -> Any:
    word = next(iter(objects_at(alternative, "words")), {})
    return next((word[key] for key in _WORDS.start if key in word), None)


def _best_alternatives(data: Any) -> list[JsonObject]:
    """Return the first alternative of each result; the others are less likely readings of the same words."""
    return [best for result in _results(data) for best in objects_at(result, "alternatives")[:1]]


def _results(data: Any) -> Sequence[JsonObject]:
    # The response may be that of a long operation, or of a batch with the results of each file.
    data = value_at(data, "response") or data
    results = value_at(data, "results")
    if not isinstance(results, Mapping):
        return objects_at(data, "results")
    files = [file for file in results.values() if isinstance(file, Mapping)]
    found = (
        objects_at(file, *keys)
        for file in files
        for keys in (("transcript", "results"), ("inlineResult", "transcript", "results"))
    )
    return next(filter(None, found), [])
