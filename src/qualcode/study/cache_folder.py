"""Cache folder: split from hearing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.study.study import Study

if TYPE_CHECKING:
    pass


@contextmanager
def open_cache_folder(study: Study) -> Iterator[Path]:
    """Give the folder of the study's cache; where it cannot be written, one that is gone afterwards."""
    try:
        study.cache_folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=study.cache_folder):
            pass
    except OSError:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    yield study.cache_folder
