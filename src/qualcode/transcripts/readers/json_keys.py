"""JSON that no recogniser reads: the settings name its keys, or the refusal proposes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualcode.errors import OperationError, format_names
from qualcode.model import JsonKeys
from qualcode.transcripts.readers.speech import Fields, JsonObject, Speech, read_objects

_SPEAKER_WORDS = ("speak", "name", "author", "who", "role", "person", "participant", "user", "sender", "from")
_TIME_WORDS = ("start", "begin", "time", "offset", "from", "stamp")
_MAX_DEPTH = 8
"""Depth to which lists are searched for; exports are not nested deeper."""


_MAX_ITEMS = 20
"""Items of a list in which lists are searched for; the others are like them."""


def read_keys(data: Any, keys: JsonKeys, *, path: str) -> Speech:
    """Return the speech at the keys that the settings name.

    Raises
    ------
    OperationError
        There is no list of objects at ``items``, or no text in them.
    """
    items = [item for value in _values_at(data, keys.items) for item in _flatten(value) if isinstance(item, Mapping)]
    if not items:
        hint = f"write: {propose_keys(data, path=path)}"
        raise OperationError(
            f"{path}: no objects at '{keys.items}', which 'keys' in qualcode.yaml names as items: {hint}"
        )
    names = Fields((keys.text,), (keys.speaker,), (keys.time,), keys.per_second or 1)
    speech = read_objects([_with_values(item, keys) for item in items], names)
    if not any(piece.text for piece in speech.pieces):
        known = format_names([str(key) for key in items[0]], limit=20)
        raise OperationError(
            f"{path}: no text at '{keys.text}', which 'keys' in qualcode.yaml names (there are: {known})"
        )
    return speech


def _with_values(item: JsonObject, keys: JsonKeys) -> JsonObject:
    """Return an object with the values at the paths of keys under these paths as keys of their own."""
    found = {name: _values_at(item, name) for name in (keys.text, keys.speaker, keys.time) if name}
    values = {name: values[0] for name, values in found.items() if values}
    texts = [text for value in found.get(keys.text, ()) for text in _flatten(value) if isinstance(text, str)]
    return {**item, **values, keys.text: " ".join(texts) or None}


def _values_at(data: Any, path: str) -> list[Any]:
    """Return the values at a path such as ``talk.turns.0.text``; in lists without a number, those of each item."""
    values = [data]
    for key in filter(None, path.split(".")):
        values = [found for value in values for found in _step(value, key)]
    return values


def _step(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from [value[key]] if key in value else []
    elif isinstance(value, list) and key.isdecimal():
        yield from value[int(key[:9]) :][:1]
    elif isinstance(value, list):
        for item in value:
            yield from _step(item, key)


def _flatten(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item)
    else:
        yield value


def propose_keys(data: Any, *, path: str) -> str:
    """Return the setting that would read a JSON: its likely keys, or where none are likely, words in their place."""
    items, objects = max(_lists(data), key=lambda found: _text_size(found[1]), default=("LIST", []))
    values: dict[str, list[Any]] = {}
    for item in objects:
        for key, value in item.items():
            values.setdefault(str(key), []).append(value)
    sizes = {key: sum(len(value) for value in found if isinstance(value, str)) for key, found in values.items()}
    text = max(sizes, key=lambda key: sizes[key], default="KEY")
    keys: dict[str, str] = {"items": items, "text": text}
    speaker = _find_key(values, _SPEAKER_WORDS, {text}, is_speaker=True)
    time = _find_key(values, _TIME_WORDS, {text, speaker}, is_speaker=False)
    keys |= ({"speaker": speaker} if speaker else {}) | ({"time": time} if time else {})
    source = path.removeprefix("transcripts/")
    return (
        f"sources: {json.dumps({source: {'keys': keys}}, ensure_ascii=False)} (and per_second: 1000 if times are in ms)"
    )


def _lists(data: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Sequence[JsonObject]]]:
    """Yield the lists of objects in a JSON with their paths."""
    if isinstance(data, list) and depth < _MAX_DEPTH:
        if objects := [item for item in data if isinstance(item, Mapping)]:
            yield path, objects
            # Paths go through lists, so the lists in each item are one.
            for item in objects[:_MAX_ITEMS]:
                yield from _lists(item, path, depth + 1)
    elif isinstance(data, Mapping) and depth < _MAX_DEPTH:
        for key, value in data.items():
            yield from _lists(value, f"{path}.{key}" if path else str(key), depth + 1)


def _text_size(objects: Sequence[JsonObject]) -> int:
    return sum(len(value) for item in objects for value in item.values() if isinstance(value, str))


def _find_key(values: Mapping[str, Sequence[Any]], words: Sequence[str], used: set[str], *, is_speaker: bool) -> str:
    """Return the first key whose name has one of the words; speakers are short texts or numbers that come back."""
    for word in words:
        for key, found in values.items():
            simple = [value for value in found if isinstance(value, str | int | float)]
            is_name = len(Counter(map(str, simple))) < max(2, len(simple)) and all(len(str(one)) < 60 for one in simple)
            if word in key.casefold() and key not in used and simple and (is_name or not is_speaker):
                return key
    return ""
