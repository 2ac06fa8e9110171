"""Suggestions of a study: made when texts or cues have changed, else taken from the cache, and all as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.anchors import fold
from qualcode.errors import Problem, listed
from qualcode.files import fill_atomically
from qualcode.model import Cue
from qualcode.project.decided import standing
from qualcode.project.hearing import Hearing, cache_folder
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

_PREFIX = "suggestions-"


@dataclass
class Proposed:
    """What is to be said when all suggestions have been taken."""

    problems: list[Problem] = field(default_factory=list)
    """Sources that cannot be used."""
    everywhere: list[Cue] = field(default_factory=list)
    """Cues that were tried in every sentence of many, which took long."""

    def slow(self) -> list[str]:
        """Say which cues took long."""
        if not self.everywhere:
            return []
        named = listed([f"{cue.kind} {cue.value}" for cue in self.everywhere], most=5)
        return [f"tried in every sentence, which is slow, since no word has to be there: {named}"]


def stream_suggestions(study: Study, *, jobs: int = 1, proposed: Proposed | None = None) -> Iterator[Suggestions]:
    """Yield every suggestion of the maker ``cues`` over all transcripts, some thousand at a time."""
    from qualcode.suggest.table import stream_parquet

    said = Proposed() if proposed is None else proposed
    with cache_folder(study) as folder:
        hearing = Hearing(study, folder, jobs=jobs)
        yield from stream_parquet(_made(hearing, folder))
        said.problems += hearing.pages().problems
        said.everywhere += hearing.everywhere


def search_cues(study: Study, *, jobs: int) -> None:
    """Look for cues that were never looked for, in several processes; what they find is kept."""
    with cache_folder(study) as folder:
        Hearing(study, folder, jobs=jobs).hits()


def all_suggestions(study: Study, *, proposed: Proposed | None = None) -> Suggestions:
    """Return every suggestion of the maker ``cues`` over all transcripts."""
    from qualcode.suggest.table import Suggestions

    return Suggestions.joined(stream_suggestions(study, proposed=proposed))


def _made(hearing: Hearing, folder: Path) -> Path:
    """Return the file of the suggestions of a study as it is now, which is made unless it is there."""
    from qualcode.suggest.columns import is_sound

    key = hashlib.sha256(f"{hearing.key} {hearing.study.book.version}".encode()).hexdigest()[:24]
    path = folder / f"{_PREFIX}{key}.parquet"
    if not is_sound(path):
        try:
            _make(hearing, path)
        except (OSError, ValueError, TypeError, KeyError):
            hearing.forget()  # damaged: it is made again
            _make(hearing, path)
        for old in set(folder.glob(f"{_PREFIX}*.parquet")) - {path}:
            with suppress(OSError):
                old.unlink()
    return path


def _make(hearing: Hearing, path: Path) -> None:
    from qualcode.suggest.keeping import heard_in
    from qualcode.suggest.suggesting import suggested
    from qualcode.suggest.table import Suggestions, write_parts

    heard = (sentence for _, sentence in heard_in(hearing.hits()))
    parts = Suggestions.in_parts(suggested(heard, hearing.study.book))
    fill_atomically(path, lambda temporary: write_parts(parts, temporary))


Keep = Callable[["Suggestions"], "Suggestions"]


def pending(study: Study, *, coder: str) -> Keep:
    """Return what leaves out what a coder has decided: coded so already, or rejected for these words and this entry."""
    coded = _coded(study, coder)
    rejected = {
        (entry.transcript, study.book.current(entry.code), fold(entry.quote), entry.entry)
        for entry in study.state.rejected
        if entry.coder == coder
    }
    entries = {code.id: (code.entry, *code.renamed) for code in study.book.codes}

    def left(suggestions: Suggestions, row: int) -> bool:
        transcript, code = suggestions.transcript[row], suggestions.code[row]
        start, end = suggestions.start[row], suggestions.end[row]
        if any(first < end and start < last for first, last in coded.get((transcript, code), ())):
            return False
        words = fold(suggestions.quote[row]) if rejected else ""
        return not rejected or all((transcript, code, words, one) not in rejected for one in entries.get(code, ("",)))

    return lambda found: found.take([row for row in range(len(found)) if left(found, row)])


def _coded(study: Study, coder: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Return the spans that a coder has coded, by transcript and code."""
    coded: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for coding in standing(study, coder):
        coded.setdefault((coding.transcript, coding.code), []).append((coding.start, coding.end))
    return coded


def filtered(study: Study, *, codes: Collection[str], transcripts: Collection[str], min_score: float) -> Keep:
    """Return what keeps suggestions of these codes (families and themes opened up) in these transcripts.

    All codes are meant where none is given, all transcripts likewise.
    """
    wanted, where = study.book.opened(codes), frozenset(transcripts)

    def kept(found: Suggestions, row: int) -> bool:
        return (
            found.score[row] >= min_score
            and (not where or found.transcript[row] in where)
            and (not codes or found.code[row] in wanted)
        )

    if not (codes or where or min_score):
        return lambda found: found
    return lambda found: found.take([row for row in range(len(found)) if kept(found, row)])
