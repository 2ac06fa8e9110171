"""Shown: split from making."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.anchors import is_codable
from qualcode.errors import InsufficientDataError, OperationError
from qualcode.files import fill_atomically, hold_lock
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.learner_suggestions import RankedList


_FILE_NAME = "shown.parquet"


def load_known_suggestions(study: Study, ids: Sequence[str], *, coder: str) -> Suggestions:
    """Return the suggestions that ids may name: those that were shown, or else all that can be made here.

    What was shown is kept, so that a decision needs no maker to run again. For an id that several have, the one that
    was shown last comes last and counts.
    """
    return load_known_suggestions_and_ranking(study, ids, coder=coder)[0]


def load_known_suggestions_and_ranking(
    study: Study, ids: Sequence[str], *, coder: str
) -> tuple[Suggestions, RankedList | None]:
    """Return what `load_known_suggestions` does, and the ranked list where it was needed for that."""
    from qualcode.suggest import Suggestions

    kept = _load_shown(study)
    if set(ids) <= set(kept.id):
        return kept, None
    tables, held = [load_cue_suggestions(study)], None
    with suppress(InsufficientDataError):
        from qualcode.suggest.learner_suggestions import rank_study

        held = rank_study(study, coder=coder)
        tables.append(held.select_ids(frozenset(ids)))
    return Suggestions.concat([*tables, kept]), held


def save_shown_suggestions(
    study: Study, found: Suggestions, *, completed_runs: Collection[tuple[str, str]] = ()
) -> None:
    """Keep suggestions to be decided on, in the place of the same ones and of all that makers ran anew on."""
    from qualcode.suggest import Suggestions

    same = set(zip(found.maker, found.id, strict=True))
    path = _cache_path(study)
    # as the cache: a folder that is read-only still shows its suggestions; two that run at once keep what both show
    with suppress(OperationError, OSError), hold_lock(study.cache_folder / "locks" / f"{_FILE_NAME}.lock", path=path):
        before = _load_shown(study)
        rows = enumerate(zip(before.maker, before.transcript, before.id, strict=True))
        left = [
            row for row, (maker, name, key) in rows if (maker, name) not in completed_runs and (maker, key) not in same
        ]
        table = Suggestions.concat([before.take(left), found])
        fill_atomically(path, table.write_parquet)


def _load_shown(study: Study) -> Suggestions:
    """Return what is kept and still true: the words stand where they did, and the code is in the codebook."""
    from qualcode.suggest import Suggestions

    try:
        found = Suggestions.read_parquet(_cache_path(study)) if _cache_path(study).is_file() else Suggestions()
    except (OSError, ValueError, TypeError):
        return Suggestions()  # damaged: makers can be run again
    return found.take([row for row in range(len(found)) if _is_current(study, found, row)])


def _is_current(study: Study, found: Suggestions, row: int) -> bool:
    text, start, end = study.transcripts.get(found.transcript[row]), found.start[row], found.end[row]
    if text is None or found.code[row] not in study.codebook.by_id:
        return False
    return text.text[start:end] == found.quote[row] and is_codable(text, start, end)


def _cache_path(study: Study) -> Path:
    return study.cache_folder / _FILE_NAME
