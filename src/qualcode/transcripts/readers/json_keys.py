"""JSON that no recogniser reads: the settings name its keys, or the refusal proposes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from qualcode.errors import OperationError, format_count, format_names
from qualcode.model import JsonKeys, UnplacedText
from qualcode.transcripts.readers.columns.table_interviews import is_interview_name
from qualcode.transcripts.readers.speech import Fields, JsonObject, Speech, join_text, read_objects

_SPEAKER_WORDS = ("speak", "name", "author", "who", "role", "person", "participant", "user", "sender", "from")
_TIME_WORDS = ("start", "begin", "time", "offset", "from", "stamp")
_MIN_COPY_LENGTH = 200
"""Characters from which a text may be a copy of several turns."""
_MAX_DEPTH = 8
"""Depth to which lists are searched for; exports are not nested deeper."""


_MAX_ITEMS = 20
"""Items of a list in which lists are searched for; the others are like them."""


def read_keys(data: Any, keys: JsonKeys, *, path: str) -> Speech:
    """Return the speech at the keys that the settings name; all other texts are reported.

    Raises
    ------
    OperationError
        There is no list of objects at ``items``, or no text in them.
    """
    found = {name: _values_at(data, name) for name in _item_paths(keys)}
    items = [item for values in found.values() for item in _flatten(values) if isinstance(item, Mapping)]
    if not items:
        hint = f"write: {propose_keys(data, path=path)}"
        raise OperationError(
            f"{path}: no objects at '{keys.items}', which 'keys' in qualcode.yaml names as items: {hint}"
        )
    names = Fields((keys.text,), (keys.speaker,), (keys.time,), keys.per_second or 1)
    read = [_with_values(item, keys) for item in items]
    speech = read_objects([item for item in read if item[keys.text]], names)
    if not any(piece.text for piece in speech.pieces):
        known = format_names([str(key) for key in items[0]], limit=20)
        raise OperationError(
            f"{path}: no text at '{keys.text}', which 'keys' in qualcode.yaml names (there are: {known})"
        )
    pairs = zip(items, read, strict=True)
    silent = [", ".join(text for _, text in _texts(item)) for item, values in pairs if not values[keys.text]]
    outside = _find_outside(data, items, speech)
    unplaced = [*speech.unplaced, *(UnplacedText(1, text) for text in [*silent, *outside] if text)]
    notices = [f"{format_count(len(outside), 'text')} outside '{keys.items}' not read"] if outside else []
    notices += [*_list_notices(data, keys, path), *_unused_notices(items, keys), *_interview_notices(found)]
    return replace(speech, unplaced=unplaced, notices=[*speech.notices, *notices])


def _item_paths(keys: JsonKeys) -> list[str]:
    return [name.strip() for name in keys.items.split(",")]


def _texts(value: Any, path: str = "", skipped: Collection[int] = ()) -> Iterator[tuple[str, str]]:
    """Yield all texts with their paths, without those in objects whose identities are ``skipped``."""
    if isinstance(value, str):
        if value.strip():
            yield path, value.strip()
    elif isinstance(value, Mapping) and id(value) not in skipped:
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}" if path else str(key), skipped)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path, skipped)


def _unused_notices(items: Sequence[JsonObject], keys: JsonKeys) -> list[str]:
    """Return the notice on paths below keys of items that have texts of several words and are not read."""
    used = (keys.text, keys.speaker, keys.time)
    found = {path for item in items for path, text in _texts(item) if "." in path and len(text.split()) > 1}
    unused = sorted(path for path in found if not any(name and f"{path}.".startswith(f"{name}.") for name in used))
    return [f"not used: {format_names(unused)}"] if unused else []


def _find_outside(data: Any, items: Sequence[JsonObject], speech: Speech) -> list[str]:
    """Return the texts of several words outside the items that do not repeat what is read."""
    pieces = {_squeeze(piece.text) for piece in speech.pieces}
    spoken = "".join(_squeeze(piece.text) for piece in speech.pieces)
    texts = (text for _, text in _texts(data, skipped={id(item) for item in items}) if len(text.split()) > 1)
    squeezed = {text: _squeeze(text) for text in texts}
    return [
        text
        for text, key in squeezed.items()
        if key not in pieces and not (len(key) > _MIN_COPY_LENGTH and key in spoken)
    ]


def _list_notices(data: Any, keys: JsonKeys, path: str) -> list[str]:
    """Return the notice on other lists of objects with a text at the same key."""
    read = _item_paths(keys)
    more = [
        name
        for name, objects in _collect_lists(data).items()
        if name and _has_text(objects, keys.text) and not any(_overlap(name, one) for one in read)
    ]
    if not more:
        return []
    values = {name: value for name, value in asdict(replace(keys, items=", ".join([*read, *more]))).items() if value}
    return [f"speech at {format_names(more)} is not read: to read it too, write {_source_entry(path, values)}"]


def _overlap(name: str, other: str) -> bool:
    """Tell whether one of two paths is below the other."""
    return not other or f"{name}.".startswith(f"{other}.") or f"{other}.".startswith(f"{name}.")


def _source_entry(path: str, keys: Mapping[str, object]) -> str:
    """Return the entry of a source in the settings with these keys."""
    return f"sources: {json.dumps({path.removeprefix('transcripts/'): {'keys': keys}}, ensure_ascii=False)}"


def _has_text(objects: Sequence[JsonObject], text: str) -> bool:
    return any(any(_values_at(item, text)) for item in objects)


def _squeeze(text: str) -> str:
    return "".join(text.casefold().split())


def _interview_notices(found: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the notice that the items at one path are in several lists, which may be interviews."""
    counts = [sum(isinstance(value, list) and len(value) > 1 for value in values) for values in found.values()]
    return [_describe_interviews(f"{max(counts)} lists of items")] if max(counts) > 1 else []


def _describe_interviews(what: str) -> str:
    """Return the notice that a JSON may have several interviews, with what to do."""
    return f"{what} are read as one transcript: if each is an interview, save each as a file of its own"


def find_interviews(data: Any) -> list[str]:
    """Return the notice that the objects of a list, such as lines of JSON, name several interviews."""
    for objects in _collect_lists(data).values():
        for key in dict.fromkeys(str(key) for item in objects[:_MAX_ITEMS] for key in item):
            if is_interview_name(key):
                values = [str(item[key]) for item in objects if isinstance(item.get(key), str | int)]
                if len(set(values)) > 1 and 2 * len(set(values)) <= len(values):
                    return [_describe_interviews(f"the {len(set(values))} values of '{key}'")]
    return []


def _with_values(item: JsonObject, keys: JsonKeys) -> JsonObject:
    """Return an object with the values at the paths of keys under these paths as keys of their own."""
    found = {name: _values_at(item, name) for name in (keys.text, keys.speaker, keys.time) if name}
    values = {name: values[0] for name, values in found.items() if values}
    return {**item, **values, keys.text: " ".join(filter(None, map(_item_text, found.get(keys.text, ())))) or None}


def _item_text(value: Any) -> str:
    return join_text(value) or " ".join(text for text in _flatten(value) if isinstance(text, str))


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
    lists = _collect_lists(data)
    items = max(lists, key=lambda name: _text_size(lists[name]), default="LIST")
    objects = lists.get(items, [])
    values: dict[str, list[Any]] = {}
    for item in objects:
        for key, value in item.items():
            values.setdefault(str(key), []).append(value)
    sizes = {key: sum(len(value) for value in found if isinstance(value, str)) for key, found in values.items()}
    text = max(sizes, key=lambda key: sizes[key], default="KEY")
    # Parts of one talk may be in lists beside each other.
    parent = items.rpartition(".")[0]
    beside = [name for name in lists if name and name.rpartition(".")[0] == parent]
    parts = [name for name in beside if _has_text(lists[name], text)]
    for name in set(parts) - {items}:
        for key in values:
            values[key] += [item[key] for item in lists[name] if key in item]
    keys: dict[str, str] = {"items": ", ".join(parts) if items in parts else items, "text": text}
    speaker = _find_key(values, _SPEAKER_WORDS, {text}, is_speaker=True)
    time = _find_key(values, _TIME_WORDS, {text, speaker}, is_speaker=False)
    keys |= ({"speaker": speaker} if speaker else {}) | ({"time": time} if time else {})
    return f"{_source_entry(path, keys)} (and per_second: 1000 if times are in ms)"


def _collect_lists(data: Any) -> dict[str, list[JsonObject]]:
    """Return the objects of the lists in a JSON by the paths of the lists, in the order of the file."""
    lists: dict[str, list[JsonObject]] = {}
    for path, objects in _lists(data):
        lists.setdefault(path, []).extend(objects)
    return lists


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
            if word in key.casefold() and key not in used and simple and (is_name or not is_speaker or word == "speak"):
                return key
    return ""
