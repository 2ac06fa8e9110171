"""Speech recognisers whose JSON is read, one module each.

A module has ``matches(data)``, which tells whether parsed JSON is this recogniser's, and ``read_speech(data)``, which
returns its ``Speech``. Where a file contains the same speech twice, the module decides which of the two is read and
returns the other as ``other_texts``. To add a recogniser, write such a module and add its line to ``RECOGNISERS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from qualcode.errors import OperationError, format_names
from qualcode.transcripts.readers.json_keys import propose_keys
from qualcode.transcripts.readers.speech import Speech

RECOGNISERS: Mapping[str, str] = {
    "otter": "Otter",
    "assemblyai": "AssemblyAI",
    "amazon_transcribe": "Amazon Transcribe",
    "speechmatics": "Speechmatics",
    "deepgram": "Deepgram",
    "elevenlabs": "ElevenLabs",
    "rev": "Rev",
    "watson": "IBM Watson",
    "google_speech": "Google Speech-to-Text",
    "azure_speech": "Azure Speech",
    "whisper": "Whisper, WhisperX and whisper.cpp",
    "chat_log": "a list of messages with 'role' and 'content'",
    "object_list": "a list of objects with 'text' and, where known, 'speaker' and 'start'",
}
"""Modules in the order in which they are tried, with their names in messages; the least specific is the last."""


def read_speech(data: Any, *, path: str) -> Speech:
    """Return the speech in the JSON of the first recogniser that matches it.

    Raises
    ------
    OperationError
        The JSON is of no known recogniser.
    """
    for name in RECOGNISERS:
        recogniser = import_module(f"{__name__}.{name}")
        if recogniser.matches(data):
            speech: Speech = recogniser.read_speech(data)
            return speech
    keys = f" (its keys: {format_names([str(key) for key in data])})" if isinstance(data, Mapping) and data else ""
    known = ", ".join(RECOGNISERS.values())
    raise OperationError(
        f"{path}: not the JSON of a known speech recogniser{keys}: export the talk as one of {known}; or name its keys "
        f"in qualcode.yaml, such as {propose_keys(data, path=path)}"
    )
