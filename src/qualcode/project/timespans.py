"""A transcript as the rows of an NVivo transcript: Timespan, Speaker, Content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualcode.files import decode, read_bytes
from qualcode.model import Transcript
from qualcode.project.study import Study
from qualcode.transcripts import encoding_of
from qualcode.transcripts.captions import clock, cue_rows

ROW_COLUMNS = ("Timespan", "Speaker", "Content")
_CAPTIONS = (".vtt", ".srt")


def timespans(study: Study, transcript: Transcript, *, most: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a transcript; captions are read again, since turns do not keep the times of their cues."""
    path = study.root / transcript.path
    if path.suffix.lower() in _CAPTIONS:
        told = encoding_of(study.settings.rules, transcript.path)
        text = decode(read_bytes(path), path=transcript.path, encoding=told).text
        rows = cue_rows(text, rules=study.settings.rules, most=most)
    else:
        rows = [
            ("" if turn.time is None else clock(turn.time), turn.speaker, transcript.text[turn.start : turn.end])
            for turn in transcript.turns
        ]
    return (dict(zip(ROW_COLUMNS, row, strict=True)) for row in rows)
