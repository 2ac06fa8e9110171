"""Transcripts whose sources were renamed or moved, recognised by what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import UnknownNameError
from qualcode.ledger import Event
from qualcode.model import Transcript
from qualcode.study.selection import Names, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study

_MIN_SHARE = 0.5
"""Share of the old quotes, or lines, that a transcript must have to be the renamed one."""
_MIN_LETTERS = 40
"""Letters that must be found again at least, of quotes or a whole text: "Yes." stands everywhere."""


@dataclass(frozen=True, slots=True)
class RenameMatch:
    """Where a transcript that is missing went: its new id, or those that it may be."""

    transcript: str = ""
    why: str = ""
    candidates: tuple[str, ...] = ()


def find_renamed_transcripts(
    study: Study, events: Iterable[Event], *, renamed: Mapping[str, str]
) -> dict[str, RenameMatch]:
    """Return the homes of all transcripts that events speak of and that are not where they were, by old id.

    A transcript is missing, or another one's content has come in its place: names were swapped, or numbers shifted.
    ``told`` are renamings that the user has named.
    """
    for new in renamed.values():
        if new not in study.transcripts:
            raise UnknownNameError("transcript", new, study.transcripts)
    own: dict[str, list[Event]] = {}
    for event in events:
        own.setdefault(event.transcript, []).append(event)
    missing = {name: about for name, about in own.items() if name and name not in study.transcripts}
    for old in renamed:
        if old not in missing:
            raise UnknownNameError("missing transcript", old, missing)
    free = [one for name, one in study.transcripts.items() if name not in own]
    return _match_swapped(study, own) | {
        old: RenameMatch(renamed[old], "renamed, as you say")
        if old in renamed
        else _match_by_content(study, old, about, free)
        for old, about in missing.items()
    }


def select_present_or_missing(study: Study, given: Names | None) -> list[str]:
    """Return ids of transcripts; an id that only ledgers know is allowed, since its transcript may have been renamed.

    Raises
    ------
    UnknownNameError
        If neither the study nor a coding knows one of them.
    """
    coded = {event.transcript for event in study.ledger_state_with_codings.apply_events}
    missing = [name for name in to_name_tuple(given) if name in coded and name not in study.transcripts]
    present = [name for name in to_name_tuple(given) if name not in missing]
    return [*missing, *(select_transcript_ids(study, present) if present else [])]


def _match_swapped(study: Study, own: Mapping[str, Sequence[Event]]) -> dict[str, RenameMatch]:
    """Return the homes of transcripts in whose place stands what events say of another one."""
    known = {name: {event.sha256 for event in about if event.sha256} for name, about in own.items()}
    spoken = {sha256 for some in known.values() for sha256 in some}
    here = {name: one for name, one in study.transcripts.items() if len(one.text) >= _MIN_LETTERS}
    taken = {name for name in here.keys() & known.keys() if here[name].sha256 in spoken - known[name]}
    found: dict[str, RenameMatch] = {}
    for old in sorted(taken):
        same = [name for name, one in here.items() if one.sha256 in known[old] and (name in taken or name not in own)]
        lost = RenameMatch(why="another one's content stands in its place", candidates=tuple(same))
        found[old] = RenameMatch(same[0], f"renamed from {old}: the same content") if len(same) == 1 else lost
    return found


def _match_by_content(study: Study, old: str, about: Sequence[Event], free: Sequence[Transcript]) -> RenameMatch:
    source = old.partition("#")[0]
    if source in study.sources_and_problems[0] and not any(
        name.partition("#")[0] == source for name in study.transcripts
    ):
        return RenameMatch(why="its source cannot be read")
    known = {event.sha256 for event in about if event.sha256}
    same = _prefer_same_row(old, [one.id for one in free if one.sha256 in known])
    if not same:
        same = _prefer_same_row(old, [one.id for one in study.transcripts.values() if one.sha256 in known])
    short = "#" in old and same and len(study.transcripts[same[0]].text) < _MIN_LETTERS
    if short and old.partition("#")[2] not in {name.partition("#")[2] for name in same}:
        return RenameMatch(why="another row says the same, which tells little", candidates=tuple(same))
    if len(same) == 1:
        return RenameMatch(same[0], f"renamed from {old}: the same content")
    return (
        RenameMatch(why="several have its content", candidates=tuple(same))
        if same
        else _match_by_quotes(study, old, about, free)
    )


def _prefer_same_row(old: str, found: list[str]) -> list[str]:
    """Keep the rows of a table that have the old one's name, if any: many rows say the same."""
    row = old.partition("#")[2]
    return [name for name in found if row and name.partition("#")[2] == row] or found


def _match_by_quotes(study: Study, old: str, about: Sequence[Event], free: Sequence[Transcript]) -> RenameMatch:
    """Recognise a transcript that was renamed and edited, by its quotes or else by its lines."""
    pieces = {event.quote for event in about if event.quote}
    for sha256 in {event.sha256 for event in about} - {""}:
        text = study.text_versions.load_text(sha256) or ""
        pieces |= {line for line in text.split("\n") if len(line) >= _MIN_LETTERS}
    letters = sum(map(len, pieces))
    found = sorted(((_count_matching_letters(one, pieces), one.id) for one in free), reverse=True)
    likely = [name for many, name in found if many >= max(_MIN_LETTERS, _MIN_SHARE * letters)]
    if len(likely) == 1:
        return RenameMatch(likely[0], f"renamed from {old}: most of its words")
    return RenameMatch(
        why="no transcript has its words" if not likely else "several have its words", candidates=tuple(likely)
    )


def _count_matching_letters(transcript: Transcript, pieces: Iterable[str]) -> int:
    """Return how many letters of the pieces stand in a transcript."""
    return sum(len(piece) for piece in pieces if piece in transcript.text)
