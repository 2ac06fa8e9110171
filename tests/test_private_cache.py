"""Caches and locks, which hold interview text, can be read by their owner alone; other files keep their permissions."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from qualcode.cli import run
from qualcode.files import find_cache_folder
from qualcode.project import Project
from studies import coded_study, small_study

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_all_commands_leave_a_private_cache(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "s", coder="ana")
    old = os.umask(0o022)
    try:
        for command in ("check", "suggest --all", "status", "update", "done A", "evaluate", "surprises", "codebook"):
            assert run(["-C", str(root), *command.split()]) in {0, 1}, command
        exported = tmp_path / "exports/x.csv"
        assert run(["-C", str(root), "codings", "-o", str(exported)]) == 0
    finally:
        os.umask(old)
    cache = root / ".qualcode"
    found = [cache, *cache.rglob("*")]
    assert len(found) > 8
    assert {path: oct(permissions(path)) for path in found if permissions(path) & 0o077} == {}
    assert permissions(exported) == 0o644
    assert permissions(exported.parent) == 0o755
    assert permissions(next((root / "codings/ana").glob("*.jsonl"))) == 0o644


def test_a_cache_that_others_could_read_is_closed(tmp_path: Path) -> None:
    root = small_study(tmp_path, coder="ana")
    (root / ".qualcode").mkdir(mode=0o755)
    Project(root).code("A", "work/money", "The budget is gone.")
    assert permissions(root / ".qualcode") == 0o700


def test_somebody_elses_cache_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_study(tmp_path / "s", coder="ana")
    (root / ".qualcode").mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # As root, tests can read every folder.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != root / ".qualcode")
    project = Project(root)
    project.code("A", "work/money", "The budget is gone.")
    assert project.status().codings == 1
    own = find_cache_folder(root)
    assert own.is_relative_to(tmp_path / "home/.cache/qualcode")
    assert (own / "locks").is_dir()
    assert permissions(own) == 0o700
    assert not list((root / ".qualcode").iterdir())
