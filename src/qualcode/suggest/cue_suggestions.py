"""Suggestions of a study: made when texts or cues have changed, else taken from the cache, and all as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.files import fill_atomically
from qualcode.study.cache_folder import open_cache_folder
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cue_index import CueIndex
from qualcode.suggest.suggestion_request import CueSearchReport

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

_PREFIX = "suggestions-"


def stream_cue_suggestions(
    study: Study, *, jobs: int = 1, report: CueSearchReport | None = None
) -> Iterator[Suggestions]:
    """Yield every suggestion of the maker ``cues`` over all transcripts, some thousand at a time."""
    from qualcode.suggest.suggestion_table import stream_parquet

    said = CueSearchReport() if report is None else report
    with open_cache_folder(study) as folder:
        hearing = CueIndex(study, folder, jobs=jobs)
        yield from stream_parquet(_ensure_file(hearing, folder))
        said.problems += hearing.update_page_files().problems
        said.slow_cues += hearing.slow_cues


def search_cues(study: Study, *, jobs: int) -> None:
    """Look for cues that were never looked for, in several processes; what they find is kept."""
    with open_cache_folder(study) as folder:
        CueIndex(study, folder, jobs=jobs).update_match_files()


def load_cue_suggestions(study: Study, *, report: CueSearchReport | None = None) -> Suggestions:
    """Return every suggestion of the maker ``cues`` over all transcripts."""
    from qualcode.suggest.suggestion_table import Suggestions

    return Suggestions.concat(stream_cue_suggestions(study, report=report))


def _ensure_file(hearing: CueIndex, folder: Path) -> Path:
    """Return the file of the suggestions of a study as it is now, which is made unless it is there."""
    from qualcode.suggest.parquet_parts import is_readable

    key = hashlib.sha256(f"{hearing.key} {hearing.study.codebook.version}".encode()).hexdigest()[:24]
    path = folder / f"{_PREFIX}{key}.parquet"
    if not is_readable(path):
        try:
            _write_file(hearing, path)
        except (OSError, ValueError, TypeError, KeyError):
            hearing.clear()  # damaged: it is made again
            _write_file(hearing, path)
        for old in set(folder.glob(f"{_PREFIX}*.parquet")) - {path}:
            with suppress(OSError):
                old.unlink()
    return path


def _write_file(hearing: CueIndex, path: Path) -> None:
    from qualcode.suggest.cue_cache.cache_files import read_matches
    from qualcode.suggest.cues.cue_maker import make_suggestion_rows
    from qualcode.suggest.suggestion_table import Suggestions, write_parts

    heard = (sentence for _, sentence in read_matches(hearing.update_match_files()))
    parts = Suggestions.stream_parts(make_suggestion_rows(heard, hearing.study.codebook))
    fill_atomically(path, lambda temporary: write_parts(parts, temporary))
