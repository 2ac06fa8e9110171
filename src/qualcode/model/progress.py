"""Reports of the progress of long tasks."""

from __future__ import annotations

from collections.abc import Callable

ReportProgress = Callable[[str, int, int], None]
"""Is called with the name of a long task, the number of steps done, and the number of all steps."""


def ignore_progress(_task: str, _done: int, _total: int) -> None:
    """Report no progress."""
