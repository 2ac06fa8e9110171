"""The folder for a study's caches."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualcode.files import create_folder
from qualcode.study.study import Study


@contextmanager
def open_cache_folder(study: Study) -> Iterator[Path]:
    """Provide the study's cache folder, or a temporary one where it cannot be written."""
    try:
        create_folder(study.cache_folder)
        # A folder that exists may be read-only, which only an attempt to write shows reliably.
        with tempfile.TemporaryFile(dir=study.cache_folder):
            pass
    except OSError:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    yield study.cache_folder
