"""What changed between two versions of a codebook, from git, files and folders; and that git runs nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qualcode import Project
from qualcode.codebook import parse_codebook
from qualcode.codebook.codebook_diff import compare_codebooks
from studies import Shell, coded_study, write

OLD = """\
family: f
name: F
codes:
  - id: a
    name: A
    definition: Old words here.
    examples: [one, two]
    cues: [x]
  - id: b
    name: B
  - id: c
    name: C
    codes:
      - {id: k, name: K}
  - {id: d, name: D}
  - {id: e, name: E}
themes:
  - {id: t, name: T, members: [f/a, f/b]}
"""
NEW = """\
family: f
name: Family
codes:
  - id: a
    name: A
    definition: New words here.
    examples: [two, three]
    cues: [x, {exact: Y, weight: 0.8}]
    formerly: [f/b]
  - id: cc
    name: C
    formerly: [f/c]
    codes:
      - {id: k, name: K}
      - {id: d, name: D, formerly: [f/d]}
  - {id: new, name: New, definition: Fresh.}
  - {id: z, name: Z, retired: since today}
themes:
  - {id: t, name: T, members: [f/a, f/new]}
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study"), capsys)


def git(root: Path, *words: str, when: str = "2026-01-02T12:00:00") -> None:
    environment = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words],
        cwd=root,
        env=os.environ | environment,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def versions(shell: Shell) -> Shell:
    """The study in git: first the codebook as it is, then with another definition."""
    git(shell.root, "init", "-q", "-b", "main")
    git(shell.root, "add", ".")
    git(shell.root, "commit", "-qm", "one")
    path = shell.root / "codebooks/work.yaml"
    path.write_text(path.read_text().replace("What it costs and earns.", "What it costs."))
    git(shell.root, "commit", "-qam", "two", when="2026-02-02T12:00:00")
    return shell


def changes(old: str, new: str) -> list[tuple[str, str, str, str, str, str]]:
    books = [parse_codebook({"f.yaml": text})[0] for text in (old, new)]
    found = compare_codebooks(*books)
    return [(one.id, one.level, one.change, one.field, one.old, one.new) for one in found]


def test_every_kind_of_change_is_found() -> None:
    assert changes(
        OLD, NEW.replace("  - {id: z, name: Z, retired: since today}\n", "  - {id: e, name: E, retired: x}\n")
    ) == [
        ("f", "family", "changed", "name", "F", "Family"),
        ("f/a", "code", "changed", "definition", "Old words here.", "New words here."),
        ("f/a", "code", "changed", "examples", "one\ntwo", "two\nthree"),
        ("f/a", "code", "changed", "cues", "phrase: x (0.5)", "phrase: x (0.5)\nexact: Y (0.8)"),
        ("f/a", "code", "merged", "id", "f/b", "f/a"),
        ("f/cc", "code", "renamed", "id", "f/c", "f/cc"),
        ("f/cc/d", "code", "moved", "id", "f/d", "f/cc/d"),
        ("f/new", "code", "added", "", "", "Fresh."),
        ("f/e", "code", "retired", "retired", "", "x"),
        ("t", "theme", "changed", "members", "f/a", "f/a\nf/new"),
    ]
    assert ("f/e", "code", "removed", "", "", "") in changes(OLD, NEW)
    assert changes(OLD, OLD) == []


def test_a_renamed_family_is_one_change() -> None:
    assert changes(OLD, OLD.replace("family: f\n", "family: g\nformerly: [f]\n")) == [
        ("g", "family", "renamed", "id", "f", "g")
    ]


def test_two_revisions_and_dates_are_compared(versions: Shell) -> None:
    expected = [
        {
            "id": "work/money",
            "level": "code",
            "change": "changed",
            "field": "definition",
            "old": "What it costs and earns.",
            "new": "What it costs.",
        }
    ]
    for words in (
        ("HEAD~1",),
        ("HEAD~1", "main"),
        ("2026-01-02",),
        ("2026-01-02", "2026-02-02"),
        ("2026-02-02T11:59",),
    ):
        assert versions("codebook", "diff", *words, "--format", "json").json == expected, words
    assert versions("codebook", "diff", "2026-02-02", "--format", "json").json == []
    result = versions("codebook", "diff", "HEAD~1")
    assert "work/money\n  definition: What it costs [-and earns-].\n" in result.out
    assert "-> now: 1 change" in result.err


def test_a_file_a_folder_and_a_study_are_versions(shell: Shell, tmp_path: Path) -> None:
    shutil.copytree(shell.root / "codebooks", tmp_path / "backup")
    Project(shell.root).rename_code("work/fear", "worry")
    for path in ("backup", "backup/work.yaml"):
        rows = shell("codebook", "diff", tmp_path / path, "--format", "json").json
        assert [(row["id"], row["change"], row["old"]) for row in rows] == [("work/worry", "renamed", "work/fear")], (
            path
        )
    Project(shell.root).merge_codes("work/worry", "skills/patience")
    rows = shell("codebook", "diff", tmp_path / "backup/work.yaml", "--format", "json").json
    assert [(row["id"], row["change"], row["old"]) for row in rows] == [("skills/patience", "merged", "work/fear")]
    (tmp_path / "old").mkdir()
    (tmp_path / "backup").rename(tmp_path / "old/codebooks")
    assert len(Project(shell.root).codebook_diff(tmp_path / "old", shell.root)) == 1


def test_what_is_no_version_is_refused_in_a_sentence(versions: Shell, tmp_path: Path) -> None:
    for words, code, message in (
        ("2025-01-01", 1, "has no commit up to 2025-01-01T23:59:59"),
        ("2026-02-30", 2, "'2026-02-30' is not a date"),
        ("nothing", 1, "neither a date (as 2026-11-30), nor a file or folder, nor a revision"),
        ("--upload-pack=touch", 2, "No such option"),
        ("HEAD:codebooks", 1, "neither a date"),
        (str(versions.root / "transcripts"), 1, "has no codebook"),
    ):
        result = versions("codebook", "diff", words)
        assert (result.code, message in result.err) == (code, True), result.err


def test_without_git_the_message_says_what_to_do(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    result = shell("codebook", "diff", "2026-01-01")
    assert result.code == 1
    assert "in no git repository" in result.err
    assert "name a file or folder that has the earlier codebook" in result.err
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in shell("codebook", "diff", "2026-01-01").err


def test_a_study_in_a_subfolder_of_a_repository_is_found(shell: Shell) -> None:
    above = shell.root.parent
    git(above, "init", "-q")
    git(above, "add", ".")
    git(above, "commit", "-qm", "one")
    Project(shell.root).retire_code("work/fear")
    assert [row["change"] for row in shell("codebook", "diff", "HEAD", "--format", "json").json] == ["retired"]


def test_problems_of_an_earlier_codebook_are_notes(versions: Shell) -> None:
    write(versions.root, "codebooks/skills.yaml", "family: skills\nnam: x\n")
    git(versions.root, "commit", "-qam", "three", when="2026-03-02T12:00:00")
    result = versions("codebook", "diff", "HEAD", "HEAD~1", "--format", "csv")
    assert result.code == 0
    assert "codebooks/skills.yaml:2:1: 'nam' is not a known key" in result.err
    assert "compared as far as it can be read" in result.err


def test_nothing_that_came_with_a_repository_is_run(versions: Shell, tmp_path: Path) -> None:
    """Hooks, and every key of its configuration that names a program, would leave a file."""
    root, mark = versions.root, tmp_path / "was-run"
    trap = f"touch {mark}; true"
    for name in ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        write(root, f".git/hooks/{name}", f"#!/bin/sh\n{trap}\n").chmod(0o755)
    write(root, ".gitattributes", "* filter=trap diff=trap merge=trap text\n")
    write(root, ".git/info/attributes", "* filter=trap diff=trap merge=trap\n")
    programs = """core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.gitProxy
        core.alternateRefsCommand filter.trap.clean filter.trap.smudge filter.trap.process diff.external
        diff.trap.textconv diff.trap.command merge.trap.driver gpg.program pager.rev-list pager.ls-tree pager.cat-file
        pager.rev-parse uploadpack.packObjectsHook"""
    keys = dict.fromkeys(programs.split(), trap)
    keys |= dict.fromkeys(["alias.cat-file", "alias.ls-tree", "credential.helper"], f"!{trap}")
    keys |= {
        "core.hooksPath": str(root / ".git/hooks"),
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "log.showSignature": "true",
        "protocol.ext.allow": "always",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::sh -c touch% {mark}",
    }
    for key, value in keys.items():
        git(root, "config", key, value)
    # A missing object of a partial clone would be fetched by a program.
    blob = subprocess.run(
        ["git", "rev-parse", "HEAD~1:codebooks/skills.yaml"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    mark.unlink(missing_ok=True)
    assert versions("codebook", "diff", "HEAD~1", "--format", "csv").code == 0
    assert versions("codebook", "diff", "2026-01-02").code == 0
    (root / f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    result = versions("codebook", "diff", "HEAD~1")
    assert (result.code, "git cannot read the history" in result.err) == (1, True), result.err
    assert not mark.exists()


def test_a_git_in_the_study_is_not_run(versions: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    write(versions.root, "git", "#!/bin/sh\ntouch was-run\n").chmod(0o755)
    monkeypatch.setenv("PATH", f"{versions.root}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(versions.root)
    assert "git is not installed" in versions("codebook", "diff", "HEAD").err
    assert not (versions.root / "was-run").exists()
