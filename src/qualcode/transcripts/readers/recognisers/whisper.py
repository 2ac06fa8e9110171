"""Whisper and WhisperX: ``segments`` with their ``words``, of which WhisperX names the speakers; whisper.cpp."""

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
    value_at,
)


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is Whisper's: its segments have words or tokens; of whisper.cpp, offsets."""
    return bool(_cpp_pieces(data)) or any(
        "text" in segment and segment.keys() & {"words", "tokens"} for segment in objects_at(data, "segments")
    )


def read_speech(data: Any) -> Speech:
    """Return the segments; one whose words name several speakers is split among them."""
    if cpp := _cpp_pieces(data):
        return read_objects(cpp, Fields(time_unit=1000))
    segments = objects_at(data, "segments")
    speech = read_objects(segments, Fields(), other_texts=[text_at(data, "text")])
    parts = [_split(segment, piece) for segment, piece in zip(segments, speech.pieces, strict=True)]
    pieces = [part for split, piece in zip(parts, speech.pieces, strict=True) for part in split or [piece]]
    unsplit = parts.count([])
    notice = f"segments not split by speaker, since their words are not those of their text: {unsplit}"
    return replace(speech, pieces=pieces, notices=[*speech.notices, *([notice] if unsplit else [])])


def _cpp_pieces(data: Any) -> list[JsonObject]:
    """Return the pieces of a ``transcription`` of whisper.cpp, with their starts in milliseconds."""
    pieces = objects_at(data, "transcription")
    if not any("offsets" in piece and "text" in piece for piece in pieces):
        return []
    return [{**piece, "start": value_at(piece, "offsets", "from")} for piece in pieces]


def _split(segment: JsonObject, piece: SpeechPiece) -> Sequence[SpeechPiece]:
    """Return a segment by the speakers of its words; empty if it has several, but other words than its text."""
    words = read_words(objects_at(segment, "words"), Fields(text=("word",)))
    # WhisperX gives no speaker to words that it cannot align; at the beginning, the speaker of the segment is used.
    parts = join_words([replace(word, speaker=word.speaker or piece.speaker) for word in words[:1]] + words[1:])
    if len(parts) < 2:
        return [piece]
    # Splitting by other words would change the segment's text.
    is_same = "".join(part.text for part in parts).replace(" ", "") == piece.text.replace(" ", "")
    return parts if is_same else []
