"""Where a coder has stopped reading each transcript, kept in the cache: it may be deleted at any time."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from qualcode.errors import OperationError
from qualcode.files import create_folder, write_atomically
from qualcode.model import Transcript
from qualcode.study.study import Study


@dataclass
class ReadingProgress:
    """The sentences that a coder has read, by their start offsets, and the one that was read last."""

    position: int = 0
    read: set[int] = field(default_factory=set)


def load_progress(study: Study, transcript: Transcript, *, coder: str) -> ReadingProgress:
    """Return a coder's progress in a transcript; from its beginning if there is none, or the text was edited."""
    try:
        stored = json.loads(_path_of(study, transcript, coder).read_text("utf-8"))
        if stored["sha256"] == transcript.sha256:
            return ReadingProgress(int(stored["position"]), set(map(int, stored["read"])))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return ReadingProgress()


def save_progress(study: Study, transcript: Transcript, progress: ReadingProgress, *, coder: str) -> None:
    """Store a coder's progress; nothing is stored where the cache cannot be written."""
    content = {"sha256": transcript.sha256, "position": progress.position, "read": sorted(progress.read)}
    with suppress(OSError, OperationError):
        path = _path_of(study, transcript, coder)
        create_folder(path.parent)
        write_atomically(path, json.dumps(content))


def _path_of(study: Study, transcript: Transcript, coder: str) -> Path:
    return study.cache_folder / "reading" / quote(coder, safe="") / f"{quote(transcript.id, safe='')}.json"
