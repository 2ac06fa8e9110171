"""Sources whose names were changed while others took theirs: codings go with the words, not with the name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qualcode.project import Project
from studies import A, coded_study, column, records, write

OTHER = """\
I: What is easy?

P: Everybody likes to see the pictures that we take. The budget is ours.

I: And the others?

P: They wait for it. Nobody minds.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the small study with a second interview in the style of A, G, in which ana coded a sentence."""
    folder = coded_study(tmp_path / "small", coder="ana")
    write(folder, "transcripts/G.txt", OTHER)
    Project(folder).code("G", "work/money", "The budget is ours.", coder="ana")
    return folder


def swap(root: Path) -> None:
    write(root, "transcripts/A.txt", OTHER)
    write(root, "transcripts/G.txt", A)


def spoken(root: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in records(Project(root).codings()):
        found.setdefault(one["transcript"], set()).add(one["quote"] if one["status"] != "orphaned" else "?")
    return found


@pytest.mark.parametrize("cache", [True, False])
def test_swapped_names_take_their_codings_marks_and_memos_along(root: Path, cache: bool) -> None:
    """Each name has a source, but that of the other; by name all would be orphaned."""
    Project(root).memo("Look again.", on="A")
    before = spoken(root)
    swap(root)
    if not cache:
        shutil.rmtree(root / ".qualcode")
    project = Project(root)
    table = project.update(write=True)
    found = records(table)
    assert set(column(found, "status")) == {"moved"}
    assert "G was A (the same content)" in table.attrs["notes"]
    assert spoken(root) == {**before, "A": before["G"], "G": before["A"]}
    assert [memo.transcript for memo in Project(root).study.memos] == ["G"]
    assert {entry.transcript for entry in Project(root).study.ledger_state.finished} == {"B", "C", "G"}
    assert len(Project(root).update(write=True)) == 0
    write(root, "transcripts/A.txt", A)
    write(root, "transcripts/G.txt", OTHER)
    Project(root).update(write=True)
    assert spoken(root) == before
    assert set(column(records(Project(root).codings()), "status")) == {"anchored"}


def test_a_copy_kept_of_the_old_text_is_not_its_new_home(root: Path) -> None:
    """Somebody edits A and keeps what it was: the codings stay with A."""
    write(root, "transcripts/A-old.txt", A)
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    found = records(Project(root).update())
    assert set(column(found, "transcript")) == {"A"}
    assert set(column(found, "status")) == {"moved"}


def test_numbers_that_moved_on_are_recognised(root: Path) -> None:
    """A is gone, G is now A: A's codings are listed, G's follow."""
    (root / "transcripts/G.txt").unlink()
    write(root, "transcripts/A.txt", OTHER)
    Project(root).update(write=True)
    found = {(one["transcript"], one["quote"], one["status"]) for one in records(Project(root).codings())}
    assert ("A", "The budget is ours.", "moved") in found
    assert {status for name, quote, status in found if name == "A" and quote in A} == {"orphaned"}


def test_what_went_along_once_does_not_go_along_with_another(root: Path) -> None:
    """A became E and a new A came and was coded; when that one is renamed, marks and memos of E stay."""
    Project(root).memo("Look again.", on="A")
    (root / "transcripts/A.txt").rename(root / "transcripts/E.txt")
    Project(root).update(write=True)
    write(root, "transcripts/A.txt", "I: Well?\n\nP: Rent is what we cannot pay, and nobody will lend us anything.\n")
    Project(root).code("A", "work/money", "Rent is what we cannot pay", coder="ana")
    (root / "transcripts/A.txt").rename(root / "transcripts/F.txt")
    Project(root).update(write=True)
    assert [memo.transcript for memo in Project(root).study.memos] == ["E"]


LONG = "They were kind to us; but nobody could say what it would cost."


@pytest.fixture
def survey(root: Path) -> Path:
    """Return the study with a table of answers, of which two were coded."""
    write(root, "transcripts/survey.csv", f"id,text\n1,No.\n2,{LONG}\n3,They waited.\n")
    project = Project(root)
    for row, words in (("1", "No."), ("2", "nobody could say")):
        project.code(f"survey#{row}", "work/fear", words, coder="ana")
    return root


def fear(root: Path) -> set[tuple[str, str]]:
    return {
        (one["transcript"], one["status"])
        for one in records(Project(root).codings(code="work/fear"))
        if one["transcript"].startswith("survey")
    }


def test_a_row_with_a_new_id_is_recognised_by_a_long_answer(survey: Path) -> None:
    """Its table is there, so that it was said to be unreadable."""
    table = (survey / "transcripts/survey.csv").read_text()
    write(survey, "transcripts/survey.csv", table.replace("2,They", "20,They"))
    Project(survey).update(write=True)
    assert fear(survey) == {("survey#1", "anchored"), ("survey#20", "moved")}


def test_a_row_that_is_gone_is_not_taken_for_another_that_gives_the_same_short_answer(survey: Path) -> None:
    table = (survey / "transcripts/survey.csv").read_text()
    write(survey, "transcripts/survey.csv", table.replace("1,No.\n", "").replace("They waited.", "No."))
    project = Project(survey)
    result = project.update(write=True)
    assert (
        "'survey#1' is missing: another row has the same short text, so it cannot be told apart (survey#3)"
        in result.attrs["notes"]
    )
    assert fear(survey) == {("survey#1", "orphaned"), ("survey#2", "anchored")}


def test_a_source_that_was_split_is_told_of_codings_left_behind(root: Path) -> None:
    """They are not moved: that words stand in another source does not prove that they came from here."""
    first, second = A.split("I: And the others?")
    write(root, "transcripts/A.txt", "I: And the others?" + second)
    write(root, "transcripts/A2.txt", first)
    found = {one["quote"]: one["why"] for one in records(Project(root).update()) if one["status"] == "orphaned"}
    assert found["Nobody can tell me what it earns."] == "deleted; found in A2"
