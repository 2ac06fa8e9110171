"""Caches and locks, which hold interview text, can be read by their owner alone; other files keep their permissions."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from qualcode.cli import run
from qualcode.errors import OperationError
from qualcode.files import find_cache_folder
from qualcode.project import Project
from studies import coded_study, small_study, write

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
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home/.cache"))
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


def test_a_cache_that_came_with_a_study_is_not_used(tmp_path: Path) -> None:
    root = small_study(tmp_path / "theirs", coder="ana")
    Project(root).codes()
    cached = next((root / ".qualcode").glob("yaml-*.json"))
    poisoned = cached.read_text(encoding="utf-8").replace("Money", "Poison")
    cached.write_text(poisoned, encoding="utf-8")
    # What somebody sends is at another path, or has another user's mark.
    (tmp_path / "theirs").rename(tmp_path / "mine")
    names = list(Project(tmp_path / "mine").codes()["name"])
    assert "Money" in names
    assert "Poison" not in names
    assert "Poison" not in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "mine/.qualcode").glob("yaml-*.json")
    )


def test_a_study_that_was_moved_keeps_the_earlier_texts_of_its_transcripts(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "before", coder="ana")
    Project(root).check()
    kept = {path.name: path.read_bytes() for path in (root / ".qualcode/texts").iterdir()}
    root.rename(tmp_path / "after")
    Project(tmp_path / "after").check()
    assert kept
    assert {path.name: path.read_bytes() for path in (tmp_path / "after/.qualcode/texts").iterdir()} == kept


@pytest.mark.parametrize("kind", ["link", "file", "dangling"])
def test_a_cache_that_is_no_folder_is_left_alone(tmp_path: Path, kind: str) -> None:
    root, other = small_study(tmp_path / "s", coder="ana"), tmp_path / "other"
    if kind == "file":
        (root / ".qualcode").write_text("mine", encoding="utf-8")
    else:
        (root / ".qualcode").symlink_to(other)
    if kind == "link":
        other.mkdir(mode=0o755)
    Project(root).code("A", "work/money", "The budget is gone.")
    Project(root).suggest(maker="cues")
    assert not other.exists() or (permissions(other) == 0o755 and not list(other.iterdir()))
    assert kind != "file" or (root / ".qualcode").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("is_folder", [False, True])
def test_nothing_is_written_through_a_link_out_of_the_ledgers(tmp_path: Path, is_folder: bool) -> None:
    root = small_study(tmp_path / "s", coder="ana")
    victim = tmp_path / "victim/A.jsonl"
    write(tmp_path, "victim/A.jsonl", "export PATH=/x\nalias secret=1")
    link = root / "codings/ana" if is_folder else root / "codings/ana/A.jsonl"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(victim.parent if is_folder else victim)
    with pytest.raises(OperationError, match="leads out of the folder of ledgers, so nothing is written to it"):
        Project(root).code("A", "work/money", "The budget is gone.")
    assert victim.read_text(encoding="utf-8") == "export PATH=/x\nalias secret=1"
    assert [path.name for path in victim.parent.iterdir()] == ["A.jsonl"]


@pytest.mark.parametrize("name", ["transcripts/F.txt", "codebooks/work.yaml", "codings/ana/A.jsonl", "qualcode.yaml"])
def test_a_pipe_in_place_of_a_file_stops_nothing(tmp_path: Path, name: str) -> None:
    root = small_study(tmp_path, coder="ana")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).unlink(missing_ok=True)
    os.mkfifo(root / name)
    assert run(["-C", str(root), "check"]) in {1, 2}


def test_a_link_that_leads_to_itself_is_a_problem_of_its_file(tmp_path: Path) -> None:
    root = small_study(tmp_path, coder="ana")
    (root / "transcripts/L.txt").symlink_to("L.txt")
    problems = [str(problem) for problem in Project(root).check()]
    assert any("transcripts/L.txt" in problem for problem in problems)
    assert "A" in Project(root).study.transcripts


def test_replacing_names_clears_no_folder_that_a_link_leads_to(tmp_path: Path) -> None:
    root, other = small_study(tmp_path / "s", coder="ana"), tmp_path / "other"
    write(tmp_path, "other/precious.txt", "kept")
    (root / ".qualcode").symlink_to(other)
    key = write(tmp_path, "key.yaml", "Nobody: Person 1\n")
    key.chmod(0o600)
    Project(root).pseudonymise(key, write=True)
    assert [path.name for path in other.iterdir()] == ["precious.txt"]
