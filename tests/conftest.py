"""Fixtures that all tests share: files written from the text in the test, and real samples from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("qualcode", deadline=None)  # a busy machine is no failure
settings.load_profile("qualcode")

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "real"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text (UTF-8, line ends as given) or bytes under ``tmp_path`` and return the path."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository, which is itself a study."""
    return ROOT


@pytest.fixture(scope="session")
def real() -> Path:
    """Return the folder of real samples, which are not ours to ship; skip where they are absent."""
    if not REAL.is_dir():
        pytest.skip(f"real samples are not here: {REAL}")
    return REAL
