"""Sources of many shapes, read into one canonical text with turns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

from qualcode.errors import Refused
from qualcode.files import read_bytes
from qualcode.model import Rules, Transcript, Turn
from qualcode.transcripts.cases import read_cases
from qualcode.transcripts.draft import Draft, Told
from qualcode.transcripts.labels import role_of

__all__ = ["SUFFIXES", "digest", "read_cases", "read_source", "read_transcript"]

READERS: Mapping[str, str] = {
    ".txt": "plain",
    ".md": "plain",
    ".docx": "docx",
    ".vtt": "captions",
    ".srt": "captions",
}
"""The module below ``qualcode.transcripts`` whose ``read(content, told)`` reads the sources of an ending."""

SUFFIXES = tuple(READERS)
"""Endings of the sources that can be read."""


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, by which a ledger knows which text it speaks of."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_source(path: Path, *, name: str, shown: str, rules: Rules) -> Iterator[Transcript]:
    """Yield the transcripts of one source; ``name`` is their id, ``shown`` the source's path in messages."""
    yield read_transcript(path, name=name, shown=shown, rules=rules)


def read_transcript(path: Path, *, name: str, shown: str, rules: Rules) -> Transcript:
    """Read a source that is one transcript; ``name`` becomes its id and ``shown`` its path in messages."""
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise Refused(f"{shown}: no reader for {suffix or 'a file without ending'} (read: {', '.join(SUFFIXES)})")
    told = Told(shown, rules, _for_source(rules.encodings, shown, ""))
    draft: Draft = import_module(f"qualcode.transcripts.{READERS[suffix]}").read(read_bytes(path), told)
    return _transcript(draft, name, told)


def _for_source(entries: Mapping[str, Any], shown: str, default: Any) -> Any:
    """Return what the settings have for a source: the first entry whose pattern fits its path."""
    path = shown.removeprefix("transcripts/")
    return next((value for pattern, value in entries.items() if fnmatchcase(path, pattern)), default)


def _transcript(draft: Draft, name: str, told: Told) -> Transcript:
    turns = _turns(draft, told.rules.interviewers)
    notices = (*draft.notices, *_role_notices(turns))
    return Transcript(name, told.shown, draft.text, digest(draft.text), turns, draft.header, draft.unplaced, notices)


def _turns(draft: Draft, interviewers: Collection[str]) -> tuple[Turn, ...]:
    speakers = dict.fromkeys(span.speaker for span in draft.spans)
    roles = {speaker: role_of(speaker, interviewers=interviewers) for speaker in speakers}
    return tuple(
        Turn(index, span.speaker, span.role or roles[span.speaker], span.start, span.end, span.time)
        for index, span in enumerate(draft.spans)
    )


def _role_notices(turns: Collection[Turn]) -> list[str]:
    speakers = sorted({turn.speaker for turn in turns if turn.speaker})
    roles = {turn.role for turn in turns}
    if turns and "participant" not in roles:
        return ["every speaker is an interviewer: nothing can be coded here (see roles in qualcode.yaml)"]
    if len(speakers) > 1 and "interviewer" not in roles:
        said = "; ".join(speakers[:5])
        return [f"no speaker is an interviewer, so all are counted ({said}): name the interviewer in qualcode.yaml"]
    return []
