"""The suggestions of the maker ``cues`` over a study: cached, computed again when texts or cues have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qualcode.files import fill_atomically
from qualcode.study.cache_folder import open_cache_folder
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cache_files import read_matches
from qualcode.suggest.cue_cache.cue_index import CueIndex
from qualcode.suggest.cues.cue_maker import make_suggestion_rows
from qualcode.suggest.parquet_parts import is_readable
from qualcode.suggest.suggestion_request import CueSearchReport
from qualcode.suggest.suggestion_table import Suggestions, stream_parquet, write_parts

_PREFIX = "suggestions-"
_FORMAT = 2
"""Must be increased whenever the columns of suggestions change."""


def stream_cue_suggestions(
    study: Study, *, jobs: int = 1, report: CueSearchReport | None = None
) -> Iterator[Suggestions]:
    """Yield all suggestions of the maker ``cues`` in tables of some thousand rows; ``report`` is filled at the end."""
    report = report or CueSearchReport()
    with open_cache_folder(study) as folder:
        index = CueIndex(study, folder, jobs=jobs)
        yield from stream_parquet(_ensure_file(index, folder))
        report.problems += index.update_page_files().problems
        report.slow_cues += index.slow_cues


def search_cues(study: Study, *, jobs: int) -> None:
    """Search in several processes for the cues that are not in the index yet."""
    with open_cache_folder(study) as folder:
        CueIndex(study, folder, jobs=jobs).update_match_files()


def load_cue_suggestions(study: Study, *, report: CueSearchReport | None = None) -> Suggestions:
    """Return all suggestions of the maker ``cues``."""
    return Suggestions.concat(stream_cue_suggestions(study, report=report))


def _ensure_file(index: CueIndex, folder: Path) -> Path:
    """Return the file of the suggestions for the present texts and cues; write it if it does not exist."""
    # The codebook's version too: code, weight and veto of a cue are in this file but not in the index.
    key = hashlib.sha256(f"{_FORMAT} {index.key} {index.study.codebook.version}".encode()).hexdigest()[:24]
    path = folder / f"{_PREFIX}{key}.parquet"
    if not is_readable(path):
        try:
            _write_file(index, path)
        except (OSError, ValueError, TypeError, KeyError):  # the index is damaged
            index.clear()
            _write_file(index, path)
        # One file at a time: those of earlier codebooks and texts would accumulate.
        for old in set(folder.glob(f"{_PREFIX}*.parquet")) - {path}:
            # Windows refuses to delete a file that another program reads.
            with suppress(OSError):
                old.unlink()
    return path


def _write_file(index: CueIndex, path: Path) -> None:
    sentences = (sentence for _, sentence in read_matches(index.update_match_files()))
    parts = Suggestions.stream_parts(make_suggestion_rows(sentences, index.study.codebook))
    fill_atomically(path, lambda temporary: write_parts(parts, temporary))
