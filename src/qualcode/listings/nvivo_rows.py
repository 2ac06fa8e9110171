"""A transcript as the rows of an NVivo transcript: Timespan, Speaker, Content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualcode.files import decode_text, read_bytes
from qualcode.model import Transcript
from qualcode.study.study import Study
from qualcode.transcripts import encoding_of, rules_for_source
from qualcode.transcripts.readers.captions import caption_rows, format_time

NVIVO_COLUMNS = ("Timespan", "Speaker", "Content")


def nvivo_rows(study: Study, transcript: Transcript, *, max_captions: int) -> Iterator[dict[str, Any]]:
    """Yield one row per turn, or in captions one per at most ``max_captions`` consecutive captions of a speaker."""
    path = study.root / transcript.path
    if transcript.reader == "captions":
        # Captions are read again, since turns do not keep the times of single captions.
        encoding = encoding_of(study.settings.rules, transcript.path)
        text = decode_text(read_bytes(path), path=transcript.path, encoding=encoding).text
        rules = rules_for_source(study.settings.rules, transcript.path)
        rows = caption_rows(text, rules=rules, max_captions=max_captions)
    else:
        rows = [
            ("" if turn.time is None else format_time(turn.time), turn.speaker, transcript.text[turn.start : turn.end])
            for turn in transcript.turns
        ]
    return (dict(zip(NVIVO_COLUMNS, row, strict=True)) for row in rows)
