"""Processes that append to ledgers at once and are killed: every decision that was acknowledged is there."""

from __future__ import annotations

import pytest
from benchmarks.attacks import survive_kills


@pytest.mark.slow
def test_processes_that_are_killed_lose_no_acknowledged_decision() -> None:
    kills, acknowledged, lost, problems = survive_kills(60, writers=3, pause=0.3)
    assert kills > 0
    assert (acknowledged, lost, problems) == (180, 0, [])
