"""Options and fixtures of all tests: which are run, files written from the text in a test, real samples.

``pytest`` leaves out the tests marked slow, and tries 20 examples of each law. ``pytest --full``, which CI runs, leaves
out nothing and tries 100.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Without a deadline, since a busy machine must not fail a test.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("full", deadline=None)
settings.load_profile("quick")

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "real"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture(autouse=True, scope="session")
def _own_user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the secret of caches, and caches outside studies, out of the home folder."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    with pytest.MonkeyPatch.context() as patched:
        # matplotlib would look for all fonts again, which takes seconds.
        patched.setenv("MPLCONFIGDIR", os.environ.get("MPLCONFIGDIR") or str(usual / "matplotlib"))
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("user-cache")))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options ``--full`` and ``--update-screens``."""
    parser.addoption("--full", action="store_true", help="also run the tests marked slow, and 100 examples of each law")
    parser.addoption("--update-screens", action="store_true", help="write tests/screens anew from the screens")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried, before tests are collected."""
    if config.getoption("--full"):
        settings.load_profile("full")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests, unless all are asked for or one test is named."""
    is_named = any("::" in argument for argument in config.args)
    if config.getoption("--full") or config.getoption("-m") or is_named:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    items[:] = [item for item in items if item not in slow]
    config.hook.pytest_deselected(items=slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line which tests were not run, and why."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    parts = [f"{count} skipped: {reason}" for reason, count in sorted(reasons.items())]
    if not config.getoption("--full"):
        parts.append("slow tests are left out (make test-full runs them)")
    if parts:
        terminalreporter.write_line("; ".join(parts))


@pytest.fixture
def is_screen_update(pytestconfig: pytest.Config) -> bool:
    """Return whether screens are written to ``tests/screens`` instead of compared with it."""
    return bool(pytestconfig.getoption("--update-screens"))


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
