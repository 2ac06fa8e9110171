"""Sources of many shapes, read into one canonical text with turns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import Refused
from qualcode.files import LARGEST, TABLES, open_binary, read_bytes
from qualcode.model import Case, Rules, Transcript, Turn
from qualcode.transcripts.cases import join_cases, read_cases
from qualcode.transcripts.casting import Cast, cast_of, cast_turns, in_cases
from qualcode.transcripts.disguises import reader_of
from qualcode.transcripts.draft import Draft, Told
from qualcode.transcripts.labels import folded
from qualcode.transcripts.sharing import Shares, cases_at, shares_of
from qualcode.transcripts.slips import Slip, likely_slips

if TYPE_CHECKING:
    from qualcode.transcripts.tables import Answer

__all__ = [
    "SUFFIXES",
    "Shares",
    "Slip",
    "cases_at",
    "digest",
    "encoding_of",
    "folded",
    "in_cases",
    "join_cases",
    "likely_slips",
    "read_cases",
    "read_source",
    "read_transcript",
    "shares_of",
]

READERS: Mapping[str, str] = {
    ".txt": "plain",
    ".md": "plain",
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".pdf": "pdf",
    ".html": "webpage",
    ".htm": "webpage",
    ".vtt": "captions",
    ".srt": "captions",
    ".csv": "tables",
    ".tsv": "tables",
    ".xlsx": "tables",
    ".parquet": "tables",
    ".json": "recordings",
    ".cha": "chat",
    ".eaf": "elan",
}
"""The module below ``qualcode.transcripts`` whose ``read(content, told)`` reads the sources of an ending."""

SUFFIXES = tuple(READERS)
"""Endings of the sources that can be read."""


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, by which a ledger knows which text it speaks of."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_source(
    path: Path, *, name: str, shown: str, rules: Rules, rows: Callable[[int], bool] | None = None
) -> Iterator[Transcript]:
    """Yield the transcripts of one source; ``name`` is their id, ``shown`` the source's path in messages.

    A table of answers has one for each of its rows, called ``name#row``, and is read as a stream. ``rows`` tells by
    their numbers, counted from 0, which of them are wanted; a source that is one transcript is its row 0.
    """
    if path.suffix.lower() in TABLES:
        from qualcode.transcripts.tables import answers, conversation, open_table

        told, cast = _told(shown, rules), cast_of(replace(rules, interviewers=()))
        with open_binary(path, limit=LARGEST) as stream:
            table = open_table(stream, told)
            if table.layout.kind == "answers":
                yield from (_answer(row, name, told, cast) for row in answers(table, rows=rows))
            elif rows is None or rows(0):
                yield _transcript(conversation(table), name, told)
    elif rows is None or rows(0):
        yield read_transcript(path, name=name, shown=shown, rules=rules)


def _answer(answer: Answer, name: str, told: Told, cast: Cast) -> Transcript:
    draft, unique = answer.draft, f"{name}#{answer.row}"
    turns = cast_turns(draft.spans, cast)
    case = Case(answer.row, answer.attributes, (unique,))
    return Transcript(unique, told.shown, draft.text, digest(draft.text), turns, notices=draft.notices, case=case)


def read_transcript(path: Path, *, name: str, shown: str, rules: Rules) -> Transcript:
    """Read a source that is one transcript; ``name`` becomes its id and ``shown`` its path in messages."""
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise Refused(f"{shown}: no reader for {suffix or 'a file without ending'} (read: {', '.join(SUFFIXES)})")
    told = _told(shown, rules)
    content = read_bytes(path)
    reader = reader_of(shown, content[:200]) or READERS[suffix]
    draft: Draft = import_module(f"qualcode.transcripts.{reader}").read(content, told)
    return _transcript(draft, name, told)


def _told(shown: str, rules: Rules) -> Told:
    return Told(shown, rules, encoding_of(rules, shown))


def encoding_of(rules: Rules, shown: str) -> str:
    """Return the encoding that the settings give for a source, if any."""
    found: str = _for_source(rules.encodings, shown, "")
    return found


def _for_source(entries: Mapping[str, Any], shown: str, default: Any) -> Any:
    """Return what the settings have for a source: the first entry whose pattern fits its path."""
    path = shown.removeprefix("transcripts/")
    return next((value for pattern, value in entries.items() if fnmatchcase(path, pattern)), default)


def _transcript(draft: Draft, name: str, told: Told) -> Transcript:
    turns = cast_turns(draft.spans, cast_of(told.rules))
    return Transcript(
        name,
        told.shown,
        draft.text,
        digest(draft.text),
        turns,
        draft.header,
        draft.unplaced,
        (*draft.notices, *_role_notices(turns)),
        labels=draft.labels,
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
