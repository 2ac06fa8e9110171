"""When a review hides what others have coded, by the table of assignments."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.project import Project
from qualcode.review.session.opened_transcripts import open_transcript, refresh, start_session
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.review_session import ReviewSession
from studies import small_study, write

EARNS = "Nobody can tell me what it earns."
HEADER = "transcript,coder,overlap\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Ben has coded a sentence in A."""
    study = Project(small_study(tmp_path))
    study.code("A", "work/fear", EARNS, coder="ben", memo="told nobody")
    return study


def start(project: Project, table: str, *, blind: bool | None = None) -> ReviewSession:
    """Open A for ana, with a table of assignments."""
    write(project.study.root, "assignments.csv", table)
    return start_session(Project(project.study.root), ReviewOptions("A", coder="ana", blind=blind))


@pytest.mark.parametrize(
    ("rows", "is_blind"),
    [
        ("A,ana,yes\n", True),
        ("A,ana,\n", False),
        ("A,ben,yes\n", False),  # not hers
        ("A,ana,\nA,ben,\n", True),  # assigned to two
        ("A,ana,\nA,Ana,\n", False),  # one coder, written twice
        ("A,ana,\nA,ben,yes\n", True),  # the other row says so
        ("A,ana,no\nA,ana,yes\n", True),
        ("A,ana,ja\n", True),
        ("a,Ana,yes\n", True),
        ("A,ana,\nB,ben,yes\n", False),
        ("", False),
    ],
)
def test_review_is_blind_where_others_code_too(project: Project, rows: str, is_blind: bool) -> None:
    session = start(project, HEADER + rows)
    assert session.is_blind == is_blind
    assert [mark.label for mark in session.marks] == ([] if is_blind else ["fear ben"])
    assert len(session.memos) == (0 if is_blind else 1)


@pytest.mark.parametrize(("overlap", "blind"), [("ja", False), ("", True)])
def test_option_has_precedence_over_the_table(project: Project, overlap: str, blind: bool) -> None:
    session = start(project, f"{HEADER}A,ana,{overlap}\n", blind=blind)
    assert (session.is_blind, session.message) == (blind, "")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (f"{HEADER}A,ana,ja\n", "assignments.csv:2: overlap is yes or no (or empty), not 'ja'"),
        (
            f"{HEADER}A,ana,ja\n,ben,\n",
            "assignments.csv:2: overlap is yes or no (or empty), not 'ja' (and 1 more, see Project.check())",
        ),
        ("document,person\nA,ana\n", "assignments.csv:1: there is no column 'transcript', 'coder'"),
    ],
)
def test_problem_of_the_table_is_told_and_others_are_hidden(project: Project, table: str, message: str) -> None:
    session = start(project, table)
    assert session.is_blind
    assert (session.message, session.is_refused) == (message, True)
    session.report("")
    session.report("3 suggestions")
    assert session.message == f"3 suggestions; {message}"
    session.report("2 suggestions")
    assert session.message == "2 suggestions"


def test_table_that_cannot_be_read_hides_others(project: Project) -> None:
    session = start(project, f"{HEADER}A,ana,\n")
    assert not session.is_blind
    (project.study.root / "assignments.csv").write_bytes(b"\xff\xfe\x00\xd8\x00")
    assert refresh(session)
    assert session.is_blind
    assert "assignments.csv" in session.message
    assert list(session.marks) == []


def test_table_is_looked_at_again_when_it_has_changed(project: Project) -> None:
    session = start(project, f"{HEADER}A,ana,\n")
    assert not refresh(session)
    write(project.study.root, "assignments.csv", f"{HEADER}A,ana,\nA,ben,yes\n")
    assert refresh(session)
    assert session.is_blind
    assert session.message == "what others have coded is hidden now (see assignments.csv)"
    assert (list(session.marks), list(session.memos)) == ([], [])
    assert not refresh(session)
    (project.study.root / "assignments.csv").unlink()
    assert refresh(session)
    assert [mark.label for mark in session.marks] == ["fear ben"]


def test_table_is_looked_at_again_when_another_transcript_is_opened(project: Project) -> None:
    session = start(project, f"{HEADER}A,ana,\n")
    open_transcript(session, "B")
    write(project.study.root, "assignments.csv", f"{HEADER}A,ana,yes\n")
    open_transcript(session, "A")
    assert session.is_blind
    assert list(session.marks) == []


def test_row_with_an_overlap_that_cannot_be_read_is_assigned(project: Project) -> None:
    write(project.study.root, "assignments.csv", f"{HEADER}A,ben,ja\n")
    rows = {one["coder"]: one["assigned"] for one in Project(project.study.root).status().coders}
    assert rows["ben"] == 1
