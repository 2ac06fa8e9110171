"""Rev: ``monologues`` of one speaker each, whose ``elements`` are words, spaces and punctuation."""

from __future__ import annotations

from typing import Any

from qualcode.transcripts.readers.speech import (
    Fields,
    JsonObject,
    Speech,
    objects_at,
    read_objects,
    speaker_names,
    text_at,
    value_at,
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Rev's."""
    return any(objects_at(monologue, "elements") for monologue in objects_at(data, "monologues"))


def read_speech(data: Any) -> Speech:
    """Return the monologues."""
    names = speaker_names(objects_at(data, "speakers"))
    return read_objects(map(_join_elements, objects_at(data, "monologues")), Fields(), names=names)


def _join_elements(monologue: JsonObject) -> JsonObject:
    elements = objects_at(monologue, "elements")
    text = "".join(text_at(element, "value") for element in elements)
    # A monologue has no time of its own.
    return {"speaker": monologue.get("speaker"), "text": text, "start": value_at(next(iter(elements), None), "ts")}
