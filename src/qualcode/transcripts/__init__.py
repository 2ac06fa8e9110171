"""Sources of many shapes, read into one canonical text with turns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from qualcode.errors import Refused
from qualcode.files import decode, read_bytes
from qualcode.model import Transcript, Turn
from qualcode.transcripts.captions import read_captions
from qualcode.transcripts.cases import read_cases
from qualcode.transcripts.draft import Draft
from qualcode.transcripts.labels import role_of
from qualcode.transcripts.plain import read_plain

__all__ = ["SUFFIXES", "digest", "read_cases", "read_transcript"]

SUFFIXES = (".txt", ".md", ".docx", ".vtt", ".srt")
"""Endings of the sources that can be read."""


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, by which a ledger knows which text it speaks of."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_transcript(path: Path, *, name: str, shown: str, interviewers: Collection[str]) -> Transcript:
    """Read one source; ``name`` becomes the transcript's id and ``shown`` its path in messages."""
    draft = _draft(path, shown, interviewers)
    turns = _turns(draft, interviewers)
    notices = (*draft.notices, *_role_notices(turns))
    return Transcript(name, shown, draft.text, digest(draft.text), turns, draft.header, draft.unplaced, notices)


def _draft(path: Path, shown: str, known: Iterable[str]) -> Draft:
    suffix = path.suffix.lower()
    names = tuple(known)
    content = read_bytes(path)
    if suffix == ".docx":
        from qualcode.transcripts.docx import read_docx

        return read_docx(content, path=shown, known=names)
    decoded = decode(content, path=shown)
    if suffix in {".vtt", ".srt"}:
        draft = read_captions(decoded.text, known=names)
    elif suffix in {".txt", ".md"}:
        draft = read_plain(decoded.text, known=names)
    else:
        raise Refused(f"{shown}: no reader for {suffix or 'a file without ending'} (read: {', '.join(SUFFIXES)})")
    return replace(draft, notices=(decoded.notice, *draft.notices)) if decoded.notice else draft


def _turns(draft: Draft, interviewers: Collection[str]) -> tuple[Turn, ...]:
    speakers = dict.fromkeys(span.speaker for span in draft.spans)
    roles = {speaker: role_of(speaker, interviewers=interviewers) for speaker in speakers}
    return tuple(
        Turn(index, span.speaker, roles[span.speaker], span.start, span.end, span.time)
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
