"""Suggestions that were shown, stored in the cache so that a decision on one does not run its maker again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.anchors import is_codable
from qualcode.errors import InsufficientDataError, OperationError
from qualcode.files import fill_atomically, hold_lock
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.suggestion_table import Suggestions

if TYPE_CHECKING:
    from qualcode.suggest.learner_suggestions import RankedList

_FILE_NAME = "shown.parquet"


def load_known_suggestions(study: Study, ids: Sequence[str], *, coder: str) -> Suggestions:
    """Return the suggestions with these ids: from those that were shown, else from all that can be computed.

    Other suggestions may be among them. Where several have one id, the one that was shown last comes last and counts.
    """
    return load_known_suggestions_and_ranking(study, ids, coder=coder)[0]


def load_known_suggestions_and_ranking(
    study: Study, ids: Sequence[str], *, coder: str
) -> tuple[Suggestions, RankedList | None]:
    """Return what `load_known_suggestions` returns, and the ranked list if it had to be computed."""
    shown = find_shown_suggestions(study, ids)
    if set(ids) <= set(shown.id):
        return shown, None
    tables, ranked_list = [load_cue_suggestions(study)], None
    # The ids may be those of cue suggestions, which need no model.
    with suppress(InsufficientDataError):
        from qualcode.suggest.learner_suggestions import rank_study

        ranked_list = rank_study(study, coder=coder)
        tables.append(ranked_list.select_ids(frozenset(ids)))
    # Last, so that the score and reason that the user has seen are the ones recorded.
    return Suggestions.concat([*tables, shown]), ranked_list


def save_shown_suggestions(
    study: Study, suggestions: Suggestions, *, completed_runs: Collection[tuple[str, str]] = ()
) -> None:
    """Store suggestions to be decided on.

    They replace the same ones, and all of the makers and transcripts in ``completed_runs``. Nothing is stored where
    the cache folder cannot be written.
    """
    replaced = set(zip(suggestions.maker, suggestions.id, strict=True))
    path = _cache_path(study)
    # the lock: of two programs that run at once, each keeps what the other has stored
    with suppress(OperationError, OSError), hold_lock(study.cache_folder / "locks" / f"{_FILE_NAME}.lock", path=path):
        stored = _load_shown(study)
        rows = enumerate(zip(stored.maker, stored.transcript, stored.id, strict=True))
        remaining = [
            row
            for row, (maker, transcript, key) in rows
            if (maker, transcript) not in completed_runs and (maker, key) not in replaced
        ]
        table = Suggestions.concat([stored.take(remaining), suggestions])
        fill_atomically(path, table.write_parquet)


def _load_shown(study: Study) -> Suggestions:
    """Return all stored suggestions that are still valid; none where the file is missing or damaged."""
    try:
        table = Suggestions.read_parquet(_cache_path(study))
    # A cache: what cannot be read is computed again. TypeError is raised for columns of another version.
    except (OSError, ValueError, TypeError):
        return Suggestions()
    return _select_valid(study, table, range(len(table)))


def list_shown_suggestions(study: Study, transcript: str) -> Suggestions:
    """Return the stored suggestions for one transcript that are still valid, in the order of the text."""
    try:
        table = Suggestions.read_parquet(_cache_path(study))
    except (OSError, ValueError, TypeError):
        return Suggestions()
    rows = [row for row, name in enumerate(table.transcript) if name == transcript]
    return _select_valid(study, table, sorted(rows, key=lambda row: (table.start[row], table.end[row])))


def find_shown_suggestions(study: Study, ids: Iterable[str]) -> Suggestions:
    """Return the stored suggestions with these ids that are still valid; only their transcripts are read."""
    path = _cache_path(study)
    try:
        # Part of the cache key below: another program may have replaced the file.
        stat = path.stat()
        table, rows_by_id = _read_indexed_table(path, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError, TypeError):
        return Suggestions()
    return _select_valid(study, table, [row for name in dict.fromkeys(ids) for row in rows_by_id.get(name, ())])


# A review session decides on one id after another; the file is not read for each.
@lru_cache(maxsize=1)
def _read_indexed_table(path: Path, mtime_ns: int, size: int) -> tuple[Suggestions, Mapping[str, Sequence[int]]]:
    """Return the stored table with its rows by id; modification time and size identify the version of the file."""
    table = Suggestions.read_parquet(path)
    rows_by_id: dict[str, list[int]] = {}
    for row, name in enumerate(table.id):
        rows_by_id.setdefault(name, []).append(row)
    return table, rows_by_id


def _select_valid(study: Study, table: Suggestions, rows: Iterable[int]) -> Suggestions:
    """Return the rows whose quote is still at its place and whose code is still in the codebook."""
    return table.take([row for row in rows if _is_valid(study, table, row)])


def _is_valid(study: Study, table: Suggestions, row: int) -> bool:
    start, end = table.start[row], table.end[row]
    # Checked first, because the text of a transcript may have to be read from its source.
    if table.code[row] not in study.codebook.by_id:
        return False
    transcript = study.transcripts.get(table.transcript[row])
    if transcript is None:
        return False
    # A stored span is never trusted: the text may have been edited since it was shown.
    return transcript.text[start:end] == table.quote[row] and is_codable(transcript, start, end)


def _cache_path(study: Study) -> Path:
    return study.cache_folder / _FILE_NAME
