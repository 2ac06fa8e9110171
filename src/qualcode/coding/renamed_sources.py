"""Transcripts whose sources were renamed, moved or swapped, recognised by their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import UnknownNameError
from qualcode.ledger import Event
from qualcode.model import Transcript
from qualcode.study.selection import Names, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study

NAMED_BY_USER = "renamed, as you say"
"""Why a transcript is taken for the renamed one that the user has named."""
_MIN_SHARE = 0.5
"""Share of the old quotes, or lines, that a transcript must hold to be taken for the renamed one."""
_MIN_LETTERS = 40
"""Letters that must be found again, of quotes or a whole text: "Yes." occurs everywhere."""


@dataclass(frozen=True, slots=True)
class RenameMatch:
    """The new id of a missing transcript, or the ids that it may have."""

    transcript: str = ""
    why: str = ""
    candidates: tuple[str, ...] = ()


def find_renamed_transcripts(
    study: Study, events: Iterable[Event], *, renamed: Mapping[str, str]
) -> dict[str, RenameMatch]:
    """Return the new ids of transcripts that events refer to and that are no longer where they were, by old id.

    A transcript is missing, or has the content of another one: names were swapped, or numbers shifted. ``renamed`` are
    renamings that the user has named.

    Raises
    ------
    UnknownNameError
        If one of these old ids is not missing, or a new one does not exist.
    """
    for new in renamed.values():
        if new not in study.transcripts:
            raise UnknownNameError("transcript", new, study.transcripts)
    events_by_id: dict[str, list[Event]] = {}
    for event in events:
        events_by_id.setdefault(event.transcript, []).append(event)
    missing = {name: group for name, group in events_by_id.items() if name and name not in study.transcripts}
    for old in renamed:
        if old not in missing:
            raise UnknownNameError("missing transcript", old, missing)
    # A transcript that has decisions of its own is not taken for the renamed one.
    free = [transcript for name, transcript in study.transcripts.items() if name not in events_by_id]
    return _match_swapped(study, events_by_id) | {
        old: RenameMatch(renamed[old], NAMED_BY_USER) if old in renamed else _match_by_content(study, old, events, free)
        for old, events in missing.items()
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


def _match_swapped(study: Study, events_by_id: Mapping[str, Sequence[Event]]) -> dict[str, RenameMatch]:
    """Return the new ids of transcripts that now have the content of another one."""
    hashes = {name: {event.sha256 for event in events if event.sha256} for name, events in events_by_id.items()}
    all_hashes = {sha256 for group in hashes.values() for sha256 in group}
    # Short texts, such as answers of a survey, are equal by chance.
    present = {name: text for name, text in study.transcripts.items() if len(text.text) >= _MIN_LETTERS}
    swapped = {name for name in present.keys() & hashes.keys() if present[name].sha256 in all_hashes - hashes[name]}
    matches: dict[str, RenameMatch] = {}
    for old in sorted(swapped):
        # Not a transcript that still has its own text: it may be a copy that was kept of the old one.
        candidates = (name for name in present if name in swapped or name not in events_by_id)
        same = [name for name in candidates if present[name].sha256 in hashes[old]]
        lost = RenameMatch(why="it now has the content of another transcript", candidates=tuple(same))
        matches[old] = RenameMatch(same[0], f"renamed from {old}: the same content") if len(same) == 1 else lost
    return matches


def _match_by_content(study: Study, old: str, events: Sequence[Event], free: Sequence[Transcript]) -> RenameMatch:
    source = old.partition("#")[0]
    # The source exists but nothing could be read from it: an error in the file, not a renaming.
    if source in study.sources_and_problems[0] and not any(
        name.partition("#")[0] == source for name in study.transcripts
    ):
        return RenameMatch(why="its source cannot be read")
    hashes = {event.sha256 for event in events if event.sha256}
    same = _prefer_same_row(old, [text.id for text in free if text.sha256 in hashes])
    if not same:
        same = _prefer_same_row(old, [text.id for text in study.transcripts.values() if text.sha256 in hashes])
    # Many rows of a survey have the same short answer, so only the name of the row can identify it.
    is_short_row = "#" in old and same and len(study.transcripts[same[0]].text) < _MIN_LETTERS
    if is_short_row and old.partition("#")[2] not in {name.partition("#")[2] for name in same}:
        return RenameMatch(
            why="another row has the same short text, so it cannot be told apart", candidates=tuple(same)
        )
    if len(same) == 1:
        return RenameMatch(same[0], f"renamed from {old}: the same content")
    return (
        RenameMatch(why="several transcripts have its content", candidates=tuple(same))
        if same
        else _match_by_quotes(study, old, events, free)
    )


def _prefer_same_row(old: str, names: list[str]) -> list[str]:
    """Return the rows with the old row's name, if any, or else all: many rows of a table have the same text."""
    row = old.partition("#")[2]
    return [name for name in names if row and name.partition("#")[2] == row] or names


def _match_by_quotes(study: Study, old: str, events: Sequence[Event], free: Sequence[Transcript]) -> RenameMatch:
    """Recognise a transcript that was renamed and edited, by its quotes and lines."""
    pieces = {event.quote for event in events if event.quote}
    for sha256 in {event.sha256 for event in events} - {""}:
        text = study.text_versions.load_text(sha256) or ""
        pieces |= {line for line in text.split("\n") if len(line) >= _MIN_LETTERS}
    letters = sum(map(len, pieces))
    counts = sorted(((_count_matching_letters(text, pieces), text.id) for text in free), reverse=True)
    likely = [name for count, name in counts if count >= max(_MIN_LETTERS, _MIN_SHARE * letters)]
    if len(likely) == 1:
        return RenameMatch(likely[0], f"renamed from {old}: most of its words")
    return RenameMatch(
        why="several transcripts have its words" if likely else "no transcript has its words", candidates=tuple(likely)
    )


def _count_matching_letters(transcript: Transcript, pieces: Iterable[str]) -> int:
    """Return how many letters of the pieces occur in a transcript."""
    return sum(len(piece) for piece in pieces if piece in transcript.text)
