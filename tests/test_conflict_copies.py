"""Conflict copies that synced folders and git leave in a study: recognised, explained, and merged on request."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qualcode.errors import FileProblemsError, OperationError, Problem
from qualcode.ledger import read_ledgers
from qualcode.project import Project
from studies import WORK, A, Shell, coded_study, docx, ledgers, records, write

BUDGET = "The budget is gone."
COPIES = (
    "S07 (1)",
    "S07 (conflicted copy 2026-05-03 101010)",
    "S07 (Ana's conflicted copy 2026-05-03)",
    "S07 (In Konflikt stehende Kopie von Ana 2026-05-03)",
    "S07-LAPTOP",
    "S07 2",
    "S07 - Copy",
    "S07.sync-conflict-20260503-101010-ABCDEF",
    "S07~HEAD",
    "S07_conf(1)",
    "Copy of S07",
)
"""What programs call the conflict copy of a file S07."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return coded_study(tmp_path / "study", coder="ana", ben=False)


def problems(root: Path, path: str = "") -> list[Problem]:
    return [problem for problem in Project(root).check() if path in problem.path]


def counted(root: Path) -> list[tuple[str, str]]:
    return list(Project(root).codings()[["transcript", "quote"]].itertuples(index=False, name=None))


def add_event(root: Path, path: Path) -> None:
    """Record a coding of A in another file than its ledger, as on a machine that was offline."""
    ledger = root / "codings/ana/A.jsonl"
    kept = ledger.read_bytes()
    Project(root).code("A", "work/money", "They fear it. They fear it.", coder="ana")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(ledger.read_bytes())
    ledger.write_bytes(kept)


# --- ledgers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COPIES)
def test_a_conflict_copy_of_a_ledger_is_counted_once_explained_and_merged(root: Path, name: str) -> None:
    path = root / f"codings/ana/{name.replace('S07', 'A')}.jsonl"
    add_event(root, path)
    (problem,) = problems(root, path.name)
    assert problem.message == (
        "a conflict copy of codings/ana/A.jsonl, or a ledger in the wrong place: 1 event in no other file, counted here"
    )
    assert problem.hint == "Project.tidy(write=True) moves what is missing into the ledger and deletes this file"
    before, events = counted(root), set(read_ledgers(root / "codings", root=root)[0])
    (done,) = records(Project(root).tidy(write=True))
    assert done["message"] == "1 event moved into codings/ana/A.jsonl; this file is deleted"
    assert not path.exists()
    assert counted(root) == before
    assert set(read_ledgers(root / "codings", root=root)[0]) == events
    assert problems(root, "codings") == []
    assert Project(root).tidy(write=True).attrs["notes"] == [
        "there are no conflict copies of ledgers, and no markers of git in them"
    ]


def test_without_write_nothing_is_tidied(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_event(root, root / "codings/ana/A (1).jsonl")
    before = ledgers(root)
    shown = Shell(root, capsys)("merge", "--tidy")
    assert (shown.code, "add --write to do it" in shown.out) == (0, True)
    assert ledgers(root) == before
    assert Shell(root, capsys)("merge", "--tidy", "--write").code == 0
    assert "ana/A (1).jsonl" not in ledgers(root)


def test_a_copy_of_the_folder_of_a_coder_goes_as_a_whole(root: Path) -> None:
    shutil.copytree(root / "codings/ana", root / "codings/ana (1)")
    add_event(root, root / "codings/ana (1)/A.jsonl")
    done = records(Project(root).tidy(write=True))
    assert [each["message"][:7] for each in done] == ["1 event", "0 event", "0 event"]
    assert [path.name for path in (root / "codings").iterdir()] == ["ana"]


def test_a_copy_of_the_ledger_without_a_transcript_is_recognised(root: Path) -> None:
    Project(root).memo("A note on the study.", coder="ana")
    ledger = root / "codings/ana/_study.jsonl"
    ledger.rename(ledger.with_stem("_study (1)"))
    Project(root).tidy(write=True)
    assert [path.name for path in (root / "codings/ana").glob("_study*")] == ["_study.jsonl"]


def test_two_copies_with_the_same_event_give_it_once(root: Path) -> None:
    add_event(root, root / "codings/ana/A (1).jsonl")
    shutil.copy(root / "codings/ana/A (1).jsonl", root / "codings/ana/A (2).jsonl")
    lines = (root / "codings/ana/A.jsonl").read_bytes().count(b"\n")
    Project(root).tidy(write=True)
    assert (root / "codings/ana/A.jsonl").read_bytes().count(b"\n") == lines + 1


def test_the_ledger_of_a_transcript_with_such_a_name_is_no_copy(root: Path) -> None:
    write(root, "transcripts/A (1).txt", "I: So?\n\nP: It rained all summer.\n")
    Project(root).code("A (1)", "work/fear", "It rained all summer.", coder="ana")
    assert problems(root, "codings") == []
    assert Project(root).tidy(write=True).empty
    assert (root / "codings/ana/A (1).jsonl").exists()


def test_a_copy_with_a_line_that_cannot_be_read_is_kept_and_its_other_events_are_moved(root: Path) -> None:
    path = root / "codings/ana/A (1).jsonl"
    add_event(root, path)
    with open(path, "ab") as stream:
        stream.write(b'{"id": "torn')
    (done,) = records(Project(root).tidy(write=True))
    assert (
        done["message"] == "1 event moved into codings/ana/A.jsonl; this file is kept, since its line 6 is not an event"
    )
    assert (done["level"], path.exists()) == ("error", True)


def test_a_copy_with_another_content_of_an_event_is_kept(root: Path) -> None:
    path = root / "codings/ana/A (1).jsonl"
    path.write_bytes((root / "codings/ana/A.jsonl").read_bytes().replace(b"work/fear", b"work/money"))
    before = ledgers(root)
    (done,) = records(Project(root).tidy(write=True))
    assert "this file is kept, since its event" in done["message"]
    assert ledgers(root) == before


def test_a_file_beside_a_ledger_that_is_not_read_is_reported_if_its_events_are_missing(root: Path) -> None:
    shutil.copy(root / "codings/ana/A.jsonl", root / "codings/ana/A.jsonl.bak")
    assert problems(root, "A.jsonl.bak") == []
    path = root / "codings/ana/A.jsonl~HEAD"
    add_event(root, path)
    (problem,) = problems(root, "A.jsonl~HEAD")
    assert (problem.level, problem.message) == (
        "error",
        "a copy of codings/ana/A.jsonl, which is not read: 1 event of it in no ledger",
    )
    before = len(counted(root))
    Project(root).tidy(write=True)
    assert (len(counted(root)), path.exists()) == (before + 1, True)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_no_copy_is_moved_through_a_link(root: Path, tmp_path: Path) -> None:
    add_event(root, tmp_path / "A.jsonl")
    (root / "codings/ana/A (1).jsonl").symlink_to(tmp_path / "A.jsonl")
    before = ledgers(root)
    with pytest.raises(OperationError, match=r"A \(1\).jsonl: a link"):
        Project(root).tidy(write=True)
    assert (ledgers(root), (tmp_path / "A.jsonl").exists()) == (before, True)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_markers_of_git_in_a_ledger_are_deleted_and_all_events_kept(root: Path, end: bytes) -> None:
    path = root / "codings/ana/A.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1]
    marked = [b"<<<<<<< HEAD", *lines[:2], b"||||||| base", lines[0], b"=======", *lines[2:], b">>>>>>> ben"]
    path.write_bytes(b"".join(line + end for line in marked))
    before = counted(root)
    assert [problem.hint[:30] for problem in problems(root, "codings")] == ["Project.tidy(write=True) delet"] * 4
    (done,) = records(Project(root).tidy(write=True))
    assert done["message"] == "4 marker lines of git deleted; the events of both sides are kept"
    assert path.read_bytes() == b"".join(line + end for line in (*lines[:2], lines[0], *lines[2:]))
    assert (counted(root), problems(root, "codings")) == (before, [])


def test_two_different_lines_with_one_id_are_a_problem(root: Path) -> None:
    path = root / "codings/ana/C.jsonl"
    line = path.read_bytes().split(b"\n")[0]
    with open(path, "ab") as stream:
        stream.write(line.replace(b"work/money", b"work/fear") + b"\n" + line + b"\n")
    (problem,) = problems(root, "codings")
    assert "two different lines have the id" in problem.message


# --- sources and codebooks ----------------------------------------------------------------------------------------

TALK = A + "P: We had a plan for the whole year.\n\nI: And now?\n\nP: Now we wait for the next budget.\n"


@pytest.mark.parametrize("name", COPIES[::3])
def test_a_conflict_copy_of_a_transcript_is_reported(root: Path, name: str) -> None:
    write(root, "transcripts/S07.txt", TALK)
    write(root, f"transcripts/{name}.txt", TALK.replace("year", "winter"))
    (problem,) = [each for each in problems(root, name) if "seems to be" in each.message]
    assert problem.message.startswith("seems to be a copy of transcripts/S07.txt, as synced folders leave them")


@pytest.mark.parametrize("name", ["S07 (1)", "S07-2", "S07 2"])
def test_another_interview_with_such_a_name_is_no_copy(root: Path, name: str) -> None:
    write(root, "transcripts/S07.txt", TALK)
    answers = {
        "We had a plan for the whole year.": "It was the best of all years.",
        "Now we wait for the next budget.": "Now we go on as before.",
    }
    other = TALK.replace("Nobody can tell me what it earns. The budget is gone.", "All of us know what it is for.")
    for old, new in answers.items():
        other = other.replace(old, new)
    write(root, f"transcripts/{name}.txt", other)
    assert [each for each in problems(root, name) if "seems to be" in each.message] == []


def test_copies_of_formats_are_compared_by_their_bytes_or_words(root: Path) -> None:
    write(root, "transcripts/D (1).docx", (root / "transcripts/D.docx").read_bytes())
    write(root, "transcripts/D (2).docx", docx("I: So?", "Dee: It rained all summer, and more."))
    assert ["seems to be a copy" in str(problems(root, f"D ({number})")) for number in (1, 2)] == [True, False]


def test_a_conflict_copy_of_the_case_table_is_reported(root: Path) -> None:
    write(root, "transcripts/cases (1).csv", (root / "transcripts/cases.csv").read_bytes())
    found = [each.message for each in problems(root, "cases (1)") if "seems" in each.message]
    assert found == [
        "seems to be a copy of transcripts/cases.csv, as synced folders leave them: its rows are read as interviews"
    ]


@pytest.mark.parametrize("name", ["work (1)", "work-LAPTOP", "Copy of work", "work.sync-conflict-20260503-101010-ABC"])
def test_a_conflict_copy_of_a_codebook_is_one_problem(root: Path, name: str) -> None:
    write(root, f"codebooks/{name}.yaml", WORK.replace("What it costs", "What it takes"))
    assert [problem.message for problem in problems(root, "codebooks")] == [
        "seems to be a conflict copy of codebooks/work.yaml: it defines the family 'work' again"
    ]
    with pytest.raises(FileProblemsError, match="move the other out of codebooks"):
        Project(root).themes()


CONFLICT = "<<<<<<< HEAD\n{mine}\n=======\n{theirs}\n>>>>>>> ben\n"


@pytest.mark.parametrize(
    ("path", "line"),
    [("codebooks/work.yaml", 4), ("qualcode.yaml", 7), ("transcripts/A.txt", 8), ("transcripts/cases.csv", 6)],
)
def test_a_conflict_of_git_in_another_file_is_one_sentence(root: Path, path: str, line: int) -> None:
    conflict = CONFLICT.format(mine="  - id: a", theirs="  - id: b")
    lines = (root / path).read_text(encoding="utf-8").splitlines(keepends=True)
    write(root, path, "".join([*lines[: line - 1], conflict, *lines[line - 1 :]]))
    found = [each for each in problems(root, path) if "merge conflict of git" in each.message]
    assert [(each.line, each.level) for each in found] == [(line, "error")]
    if path.endswith(".yaml"):
        assert len(problems(root, path)) == 1


# --- git ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_merges_the_ledgers_of_a_new_study_by_their_lines(tmp_path: Path) -> None:
    root = Project.init(tmp_path / "study", coder="ana").study.root
    write(root, "transcripts/A.txt", A.replace("\n", "\r\n"))

    def git(*words: str) -> None:
        settings = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=true")
        subprocess.run(["git", *settings, *words], cwd=root, check=True, capture_output=True)

    def code(quote: str) -> None:
        Project(root).code("A", "challenges/resources", quote, coder="ana")
        git("add", "-A")
        git("commit", "-m", quote)

    git("init", "-b", "main")
    code("The budget is gone.")
    git("checkout", "-b", "laptop")
    code("They fear it. They fear it.")
    git("checkout", "main")
    code("Nobody can tell me what it earns.")
    git("merge", "laptop")
    assert len(counted(root)) == 3
    assert problems(root, "codings") == []
    assert (root / "transcripts/A.txt").read_bytes() == A.replace("\n", "\r\n").encode()
    assert (root / "codings/ana/A.jsonl").read_bytes().count(b"\r") == 0
