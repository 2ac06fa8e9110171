"""Suggestions of a study: made when texts or cues have changed, else taken from the cache."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from qualcode import __version__
from qualcode.anchors import fold
from qualcode.errors import Refused
from qualcode.files import fill_atomically
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

_PREFIX = "suggestions-"


def all_suggestions(study: Study) -> Suggestions:
    """Return every suggestion of the maker ``cues`` over all transcripts."""
    from qualcode.suggest.table import Suggestions

    path = study.cache / f"{_PREFIX}{_key(study)}.parquet"
    if path.is_file():
        try:
            return Suggestions.read_parquet(path)
        except (OSError, ValueError, TypeError):
            pass  # damaged: it is made again
    from qualcode.suggest import suggest

    made = suggest(study.transcripts.values(), study.book, language=study.settings.language, short=study.short)
    with suppress(Refused, OSError):  # the cache only saves time: a folder that is read-only still gets its suggestions
        fill_atomically(path, made.write_parquet)
        for old in set(study.cache.glob(f"{_PREFIX}*.parquet")) - {path}:
            old.unlink(missing_ok=True)
    return made


def _key(study: Study) -> str:
    """Name all that suggestions follow from: texts and roles, cues, the program."""
    parts = [__version__, study.book.version, study.settings.language, *sorted(study.short)]
    for name, transcript in study.transcripts.items():
        parts += [
            name,
            transcript.sha256,
            *(f"{turn.start}-{turn.end}{turn.role}" for turn in transcript.turns),
        ]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def pending(study: Study, suggestions: Suggestions, *, coder: str) -> Suggestions:
    """Leave out what a coder has decided: coded so already, or rejected for these words and this entry."""
    coded: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for coding in study.codings:
        if coding.coder == coder and coding.status != "orphaned":
            coded.setdefault((coding.transcript, coding.code), []).append((coding.start, coding.end))
    rejected = {
        (entry.transcript, study.book.current(entry.code), fold(entry.quote), entry.entry)
        for entry in study.state.rejected
        if entry.coder == coder
    }
    entries = {code.id: code.entry for code in study.book.codes}
    kept = []
    for row in range(len(suggestions)):
        transcript, code = suggestions.transcript[row], suggestions.code[row]
        start, end = suggestions.start[row], suggestions.end[row]
        if any(first < end and start < last for first, last in coded.get((transcript, code), ())):
            continue
        if rejected and (transcript, code, fold(suggestions.quote[row]), entries.get(code, "")) in rejected:
            continue
        kept.append(row)
    return suggestions.take(kept)


def filtered(
    study: Study, suggestions: Suggestions, *, codes: list[str], transcripts: list[str], min_score: float
) -> Suggestions:
    """Keep suggestions of these codes (families and themes opened up) in these transcripts, from a score on."""
    wanted = study.book.opened(codes)
    where = set(transcripts)
    kept = [
        row
        for row in range(len(suggestions))
        if suggestions.score[row] >= min_score
        and suggestions.transcript[row] in where
        and (not codes or suggestions.code[row] in wanted)
    ]
    return suggestions.take(kept)
