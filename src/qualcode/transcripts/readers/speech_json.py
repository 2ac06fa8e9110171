"""JSON of recognisers and recorders: Whisper, whisper.cpp, WhisperX, Otter, and lists of who said what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qualcode.errors import OperationError, format_names
from qualcode.files import decode_text
from qualcode.model import UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances, join_utterances
from qualcode.transcripts.labels.speaker_labels import clean_text
from qualcode.transcripts.readers.speech_words import join_words_by_speaker
from qualcode.transcripts.readers.survey import parse_time_cell

_LIST_KEYS = (
    "segments",
    "transcription",
    "utterances",
    "transcripts",
    "turns",
    "cues",
    "chunks",
    "transcript",
    "results",
)
"""Keys below which recognisers list what was said, in the order of trust."""
_TEXT_KEYS = ("text", "transcript", "content", "utterance", "sentence", "words", "quote")
_SPEAKER_KEYS = ("speaker", "speaker_name", "speakerName", "speaker_label", "speakerLabel", "name", "speaker_id")
_OTTER_SPEAKER_KEYS = ("speaker_model_label", "label")
"""Whose voice it is, where nobody has told Otter the name."""
_START_KEYS = ("start", "start_time", "startTime", "begin", "time", "timestamp", "offset")
_MOST_VALUES = 3_000_000
"""Values of a JSON: each takes a hundred bytes of memory and more."""
_BROKEN_CHARACTERS = re.compile("[\ud800-\udfff\0]")
_OTTER_SAMPLE_RATE = 16_000
"""Otter counts its ``start_offset`` in samples of the recording."""

SUPPORTED_FORMATS = (
    "understood are Whisper's 'segments', whisper.cpp's 'transcription', Otter's 'transcripts', "
    "and a list of objects with 'text', and if known 'speaker' and 'start'"
)

JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class _SpeechPart:
    """What one object says."""

    speaker: str | None
    text: str
    time: float | None


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read the JSON of a recogniser; consecutive pieces of one speaker are one turn."""
    decoded = decode_text(content, path=told.path, encoding=told.encoding)
    held, halves = _parse_json(decoded.text, told.path)
    pieces = _choose_pieces(held, told.path)
    names = _speaker_names(held)
    said = [_convert_to_seconds(one, held) for piece in pieces for one in _speech_parts(piece, names)]
    blocks = [
        Utterance(one.speaker or "", one.text, number, one.time) for number, one in enumerate(said, 1) if one.text
    ]
    notices = [*decoded.notices, *_notices(said, halves), *_unused_key_notices(pieces)]
    return build_draft_from_utterances(
        join_utterances(blocks), unplaced=_unplaced(held, pieces, blocks), notices=notices
    )


def _parse_json(text: str, path: str) -> tuple[Any, int]:
    """Return what the JSON holds, and how many characters in it were broken."""
    if sum(map(text.count, ",[{")) > _MOST_VALUES:
        raise OperationError(f"{path}: over {_MOST_VALUES:,} values: more than a recording has")
    try:
        return _replace_broken_characters(_json_lines(text) or json.loads(text))
    except json.JSONDecodeError as error:
        raise OperationError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise OperationError(
            f"{path}: not JSON that can be read: it is nested too deep, or has a number too long"
        ) from None


def _json_lines(text: str) -> list[Any]:
    """Return the objects of a file with one a line; nothing where it is not that."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return []
    try:
        return [json.loads(line) for line in lines]
    except (RecursionError, ValueError):
        return []


def _replace_broken_characters(held: Any) -> tuple[Any, int]:
    """Replace halves of surrogate pairs and NUL, which JSON can write but no file of text can hold; count them."""
    if isinstance(held, str):
        mended = held if held.isascii() and "\0" not in held else _BROKEN_CHARACTERS.sub("\ufffd", held)
        return mended, 0 if mended == held else len(_BROKEN_CHARACTERS.findall(held))
    if isinstance(held, list):
        ones = [_replace_broken_characters(one) for one in held]
        return [one for one, _ in ones], sum(halves for _, halves in ones)
    if isinstance(held, dict):
        keys, values = _replace_broken_characters(list(held)), _replace_broken_characters(list(held.values()))
        return dict(zip(keys[0], values[0], strict=True)), keys[1] + values[1]
    return held, 0


def _choose_pieces(held: Any, path: str) -> Sequence[JsonObject]:
    """Return what names speakers: the larger objects, else the words if they are the same."""
    words = join_words_by_speaker(held)
    try:
        pieces = _find_pieces(held, path)
    except OperationError:
        if words:
            return words
        raise
    named = not words or any(_speaker(piece, {}) for piece in pieces)
    return pieces if named or _letters(pieces) != _letters(words) else words


def _letters(pieces: Sequence[JsonObject]) -> str:
    return "".join(_text(piece).replace(" ", "") for piece in pieces)


def _text(piece: JsonObject) -> str:
    return next((" ".join(piece[key].split()) for key in _TEXT_KEYS if isinstance(piece.get(key), str)), "")


def _find_pieces(held: Any, path: str) -> Sequence[JsonObject]:
    """Return the objects that say something: the list itself, or the first below a known key."""
    for value in _lists(held):
        if value and all(isinstance(one, Mapping) for one in value) and any(_has_words(one) for one in value):
            return value
    if isinstance(held, Mapping) and isinstance(held.get("text"), str) and held["text"].strip():
        return [held]
    raise _unknown_format_error(held, path)


def _lists(held: Any) -> Iterator[Sequence[Any]]:
    if isinstance(held, list):
        yield held
    elif isinstance(held, Mapping):
        yield from (held[key] for key in _LIST_KEYS if isinstance(held.get(key), list))
        for key in ("speech", "result", "results", "transcript", "transcription", "data", "response"):
            if isinstance(held.get(key), Mapping):
                yield from _lists(held[key])


def _unknown_format_error(held: Any, path: str) -> OperationError:
    keys = f" among {format_names([str(key) for key in held])}" if isinstance(held, Mapping) and held else ""
    return OperationError(f"{path}: this JSON has no list of what was said{keys}; {SUPPORTED_FORMATS}")


def _has_words(piece: JsonObject) -> bool:
    return any(isinstance(piece.get(key), str) for key in _TEXT_KEYS)


def _speech_parts(piece: JsonObject, names: Mapping[str, str]) -> Iterator[_SpeechPart]:
    """Yield what an object says, each stretch of one speaker by itself where its words name several (WhisperX)."""
    text, speaker, time = _text(piece), _speaker(piece, names), _time(piece)
    parts = _split_by_speaker(piece.get("words"), speaker, names)
    same = "".join(part.text for part in parts).replace(" ", "") == text.replace(" ", "")
    if len(parts) > 1 and same:
        yield from parts
    else:
        yield _SpeechPart(speaker, text, time)


def _split_by_speaker(words: Any, first: str | None, names: Mapping[str, str]) -> list[_SpeechPart]:
    """Return the stretches of words by their speakers; a word that names none goes on with the one before."""
    if not isinstance(words, list):
        return []
    parts: list[_SpeechPart] = []
    for word in words:
        if not isinstance(word, Mapping) or not isinstance(word.get("word"), str):
            return []
        speaker = _speaker(word, names) or (parts[-1].speaker if parts else first)
        text = " ".join(word["word"].split())
        if parts and speaker == parts[-1].speaker:
            parts[-1] = _SpeechPart(speaker, f"{parts[-1].text} {text}", parts[-1].time)
        else:
            parts.append(_SpeechPart(speaker, text, _time(word)))
    return parts


def _speaker(piece: JsonObject, names: Mapping[str, str]) -> str | None:
    """Return who speaks, None where the object does not say; numbers are looked up among the speakers' names."""
    keys = (*_SPEAKER_KEYS, *(_OTTER_SPEAKER_KEYS if "start_offset" in piece else ()))
    value = next((piece[key] for key in keys if piece.get(key) not in (None, "")), None)
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("speaker_name") or value.get("id")
    if value is None or isinstance(value, list | Mapping | bool):
        return None
    name = clean_text(str(value))
    return names.get(name) or (f"Speaker {name}" if name.isdecimal() else name)


def _speaker_names(held: Any) -> dict[str, str]:
    """Return names of speakers by their ids, from Otter's list of them."""
    speech = held.get("speech", held) if isinstance(held, Mapping) else None
    listed = speech.get("speakers") if isinstance(speech, Mapping) else None
    return {
        clean_text(str(one.get("id", one.get("speaker_id")))): clean_text(str(one.get("speaker_name") or one["name"]))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping) and (one.get("speaker_name") or one.get("name"))
    }


def _time(piece: JsonObject) -> float | None:
    """Return the start in seconds; milliseconds and samples where the key says so."""
    offsets = piece.get("offsets")
    if isinstance(offsets, Mapping):
        return _scale_time(offsets.get("from"), 1000)
    if "start_offset" in piece:
        return _scale_time(piece["start_offset"], _OTTER_SAMPLE_RATE)
    value = next((piece[key] for key in _START_KEYS if piece.get(key) is not None), None)
    return _scale_time(value[0] if isinstance(value, list) and value else value, 1)


def _convert_to_seconds(said: _SpeechPart, held: Any) -> _SpeechPart:
    """Return what was said with its time in seconds: AssemblyAI, known by its ``audio_url``, counts milliseconds."""
    if said.time is None or not isinstance(held, Mapping) or "audio_url" not in held:
        return said
    return replace(said, time=said.time / 1000)


def _scale_time(value: Any, unit: int) -> float | None:
    if isinstance(value, str):
        return parse_time_cell(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return round(value / unit, 3)


def _unplaced(held: Any, pieces: Sequence[JsonObject], blocks: Sequence[Utterance]) -> list[UnplacedText]:
    """Return pieces that have no text, and the whole text beside the pieces where it has other words than they."""
    wordless = [
        UnplacedText(number, ", ".join(value for value in piece.values() if isinstance(value, str) and value.strip()))
        for number, piece in enumerate(pieces, 1)
        if not _has_words(piece)
    ]
    found = [one for one in wordless if one.text]
    whole = held.get("text") if isinstance(held, Mapping) and pieces != [held] else None
    spoken = "".join("".join(block.text.split()) for block in blocks)
    if isinstance(whole, str) and "".join(whole.split()) not in {"", spoken}:
        found.append(UnplacedText(1, whole.strip()))
    return found


def _notices(said: Sequence[_SpeechPart], halves: int) -> Iterator[str]:
    if halves:
        yield f"{halves} broken characters (half of a pair, or NUL) are read as \ufffd"
    words = [one for one in said if one.text]
    nameless = sum(one.speaker is None for one in words)
    if not words:
        yield "nothing is said: the transcript is empty"
    elif nameless == len(words):
        yield "nothing names a speaker: the whole text is read as one participant's turn"
    elif nameless:
        yield f"{nameless} of {len(words)} pieces name no speaker: counted as a participant's"


def _unused_key_notices(pieces: Sequence[JsonObject]) -> Iterator[str]:
    """Yield the notice on keys with words that are neither what was said nor who said it nor when."""
    known = {*_SPEAKER_KEYS, *_OTTER_SPEAKER_KEYS, *_START_KEYS}
    keys: dict[str, None] = {}
    for piece in pieces:
        said = next((key for key in _TEXT_KEYS if isinstance(piece.get(key), str)), "")
        worded = (key for key, value in piece.items() if isinstance(value, str) and len(value.split()) > 1)
        keys |= dict.fromkeys(key for key in worded if said and key not in {said, *known})
    if keys:
        yield f"not used: {format_names(list(keys))}"
