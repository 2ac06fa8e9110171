"""JSON of speech recognisers: parsed, read by the module of its recogniser, and joined to turns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from qualcode.errors import OperationError, format_count
from qualcode.files import decode_text, parse_json
from qualcode.model import UnplacedText
from qualcode.transcripts.draft import (
    ONE_TURN,
    Draft,
    ReadOptions,
    Utterance,
    build_draft_from_utterances,
    join_utterances,
)
from qualcode.transcripts.labels.speaker_labels import role_of
from qualcode.transcripts.readers.json_keys import find_interviews, read_keys
from qualcode.transcripts.readers.recognisers import read_speech
from qualcode.transcripts.readers.speech import SpeechPiece

_MAX_VALUES = 3_000_000
"""Limit of the values in a JSON: each takes over a hundred bytes of memory."""
_BROKEN_CHARACTERS = re.compile("[\ud800-\udfff\0]")


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a recogniser's JSON; consecutive pieces of one speaker are one turn.

    Raises
    ------
    OperationError
        The content is not JSON, is too large, or is of no known recogniser.
    """
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    data, broken_count = _parse_json(decoded.text, options.path)
    keys = options.source.keys
    speech = read_keys(data, keys, path=options.path) if keys else read_speech(data, path=options.path)
    pieces = [piece for piece in speech.pieces if piece.text]
    spoken = _squeeze("".join(piece.text for piece in pieces))
    # Sorted: with several channels, one version may be in order of time and the other channel by channel.
    different = [text for text in speech.other_texts if sorted(_squeeze(text)) not in ([], sorted(spoken))]
    return build_draft_from_utterances(
        join_utterances(_utterances(pieces, options)),
        unplaced=[
            *speech.unplaced,
            *(UnplacedText(1, text.strip()) for text in different if _squeeze(text) not in spoken),
        ],
        notices=[
            *decoded.notices,
            *_notices(pieces, broken_count, bool(different)),
            *speech.notices,
            *find_interviews(data),
        ],
    )


def _utterances(pieces: Sequence[SpeechPiece], options: ReadOptions) -> Iterator[Utterance]:
    """Yield the pieces as utterances; roles that the file has are used where the settings name none of its speakers."""
    speakers = {piece.speaker for piece in pieces if piece.speaker}
    has_interviewer = any(role_of(name, interviewers=options.rules.interviewers) == "interviewer" for name in speakers)
    for piece in pieces:
        yield Utterance(piece.speaker or "", piece.text, 0, piece.start, None if has_interviewer else piece.role)


def _parse_json(text: str, path: str) -> tuple[Any, int]:
    """Return the value of the JSON, and the number of broken characters that were replaced in it."""
    # A rough but fast count, made before the parser builds the values.
    if sum(map(text.count, ",[{")) > _MAX_VALUES:
        raise OperationError(f"{path}: over the limit of {_MAX_VALUES:,} values: split the file")
    try:
        return _replace_broken_characters(_parse_json_lines(text) or parse_json(text))
    except json.JSONDecodeError as error:
        raise OperationError(f"{path}:{error.lineno}: not JSON ({error.msg}): export the file again") from None
    # Python raises ValueError for integers of over 4,300 digits.
    except ValueError:
        raise OperationError(
            f"{path}: JSON that cannot be read, since it is nested too deep or has a number too long: "
            "export the file again"
        ) from None


def _parse_json_lines(text: str) -> list[Any]:
    """Return the objects of JSON Lines, one object a line; empty where the text is not that."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return []
    try:
        return [parse_json(line) for line in lines]
    except ValueError:
        return []


def _replace_broken_characters(data: Any) -> tuple[Any, int]:
    """Replace and count unpaired surrogates and NUL, which JSON can escape but no text file can contain."""
    if isinstance(data, str):
        if data.isascii() and "\0" not in data:
            return data, 0
        return _BROKEN_CHARACTERS.subn("\ufffd", data)
    if isinstance(data, list):
        items = [_replace_broken_characters(item) for item in data]
        return [item for item, _ in items], sum(count for _, count in items)
    if isinstance(data, dict):
        keys, values = _replace_broken_characters(list(data)), _replace_broken_characters(list(data.values()))
        return dict(zip(keys[0], values[0], strict=True)), keys[1] + values[1]
    return data, 0


def _squeeze(text: str) -> str:
    """Return a text for comparison: without white space, and without differences in capitals."""
    return "".join(text.casefold().split())


def _notices(pieces: Sequence[SpeechPiece], broken_count: int, is_different: bool) -> Iterator[str]:
    if broken_count:
        yield f"{format_count(broken_count, 'broken character')} (half of a pair, or NUL) replaced by \ufffd"
    unnamed = sum(piece.speaker is None for piece in pieces)
    if not pieces:
        yield "no speech in the file: the transcript is empty"
    elif unnamed == len(pieces):
        yield f"no speaker is named: {ONE_TURN}"
    elif unnamed:
        yield f"no speaker in {unnamed} of {len(pieces)} pieces: counted as a participant's"
    if is_different:
        yield "the file holds the talk twice, with different words: one version is read; compare it with the other"
