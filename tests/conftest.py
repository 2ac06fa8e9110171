"""Fixtures of all tests: files written from the text in a test, and real samples that are not in the repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("qualcode", deadline=None)  # a busy machine must not fail a test
settings.load_profile("qualcode")

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "real"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text (UTF-8, line ends as given) or bytes under ``tmp_path`` and return the path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository, which is itself a study."""
    return ROOT


@pytest.fixture(scope="session")
def real() -> Path:
    """Return the folder of real samples, which are not in the repository; skip the test if it is missing."""
    if not REAL.is_dir():
        pytest.skip(f"no real samples in {REAL}")
    return REAL


@pytest.fixture(scope="session")
def shared_sources() -> Path:
    """Return the folder of the study's further sources (a survey, job descriptions); skip the test if it is missing."""
    folder = REAL.parent / "study" / "sources"
    if not folder.is_dir():
        pytest.skip(f"no further sources in {folder}")
    return folder
