"""Decisions on suggestions in a review: what becomes a coding, for its coder or for the consensus."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from qualcode.project import Project
from studies import coded_study

FINE, FEAR = "It’s “fine” — I wait.", "They fear it."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path / "study", ben=False))


def reviewed(
    project: Project, folder: Path, decided: Mapping[str, tuple[str, str, str]], *, coder: str = "ana"
) -> Path:
    """Return a review with decision, new code and comment on the suggestion of each quote."""
    path = folder / "review.xlsx"
    if not path.exists():
        project.export_review(path, coder=coder, suggestions=True)
    book = load_workbook(path)
    sheet = book["Review"]
    at = {cell.value: number for number, cell in enumerate(sheet[1])}
    for row in sheet.iter_rows(min_row=2):
        cells = decided.get(str(row[at["Quote"]].value))
        if cells and row[at["Kind"]].value == "suggestion":
            for title, text in zip(("Decision", "New code", "Comment"), cells, strict=True):
                row[at[title]].value = text or None
    book.save(folder / "back.xlsx")
    return folder / "back.xlsx"


def codings_of(project: Project, coder: str) -> set[tuple[str, str]]:
    """Return quote and code of a coder's codings, or of the consensus."""
    table = project.quotes(coder=coder).to_dict("records")
    return {(row["quote"], row["code"]) for row in table}


def statuses(project: Project, path: Path, coder: str, *, write: bool = False) -> list[str]:
    return list(project.apply(path, coder=coder, write=write)["status"])


@pytest.mark.parametrize(("coder", "counted"), [("ana", "ana"), ("lea", "consensus")])
def test_suggestions_are_accepted_rejected_and_recoded(
    project: Project, tmp_path: Path, coder: str, counted: str
) -> None:
    before = codings_of(project, counted)
    fine, fear, wait = ("accept", "", "Good"), ("recode", "skills/patience", ""), ("reject", "", "")
    path = reviewed(project, tmp_path, {FINE: fine, FEAR: fear, "I wait.": wait})
    table = project.apply(path, coder=coder, write=True)
    assert set(table["coder"]) == {counted}
    assert codings_of(project, counted) - before == {(FINE, "skills/patience"), (FEAR, "skills/patience")}
    assert list(project.memos()["text"]) == ["Good"]
    makers = {one.quote: one.maker for one in project.study.codings if one.coder == counted}
    assert (makers[FINE], makers[FEAR]) == ("cues", "")  # the code of the second is not the one that was suggested
    assert set(statuses(project, path, coder, write=True)) == {"unchanged"}
    project.undo(coder=coder)
    assert codings_of(project, counted) == before
    assert project.memos().empty


@pytest.mark.parametrize(("coder", "counted"), [("ana", "ana"), ("lea", "consensus")])
def test_another_decision_on_a_suggestion_replaces_the_first(
    project: Project, tmp_path: Path, coder: str, counted: str
) -> None:
    for decision, code, expected in (
        ("recode", "skills/patience", {"skills/patience"}),
        ("recode", "work/money", {"work/money"}),
        ("accept", "", {"work/fear"}),
        ("reject", "", set()),
    ):
        project.apply(reviewed(project, tmp_path, {FEAR: (decision, code, "")}), coder=coder, write=True)
        start = project.study.transcripts["A"].text.index(FEAR)
        codes = {one.code for one in project.study.codings if one.coder == counted and one.start == start}
        assert codes == expected


def test_keep_and_a_comment_decide_nothing(project: Project, tmp_path: Path) -> None:
    path = reviewed(project, tmp_path, {FINE: ("keep", "", ""), FEAR: ("", "", "Hm")})
    table = project.apply(path, coder="lea", write=True)
    assert sorted(zip(table["decision"], table["status"], strict=True)) == [("comment", "new"), ("keep", "unchanged")]
    assert [(row["on"], row["text"]) for row in project.memos().to_dict("records")] == [("passage", "Hm")]
    assert "consensus" not in project.study.coders


def test_a_suggestion_that_is_no_longer_known_is_found_by_its_words(project: Project, tmp_path: Path) -> None:
    path = reviewed(project, tmp_path, {FINE: ("accept", "", ""), "I wait.": ("accept", "", "")})
    shutil.rmtree(project.study.cache_folder)
    other = Project(project.study.root)
    table = other.apply(path, coder="ana", write=True, skip=True)
    # The same words occur twice in one turn.
    assert list(table["status"]) == ["new", "conflict", "conflict"]
    assert "occurs 2 times" in table["message"][1]
    assert (FINE, "skills/patience") in codings_of(other, "ana")


def test_a_suggestion_that_others_have_coded_is_not_rejected_for_all(project: Project, tmp_path: Path) -> None:
    path = reviewed(project, tmp_path, {FINE: ("reject", "", "")})
    project.code("B", "skills/patience", FINE, coder="ben")
    table = project.apply(path, coder="lea")
    assert list(table["status"]) == ["conflict"]
    assert "ben coded these words with skills/patience" in table["message"][0]


def test_a_suggestion_that_its_coder_has_coded_since_is_not_rejected(project: Project, tmp_path: Path) -> None:
    path = reviewed(project, tmp_path, {FINE: ("reject", "", "")})
    project.code("B", "skills/patience", FINE, coder="ana")
    table: Any = project.apply(path, coder="ana")
    assert list(table["status"]) == ["conflict"]
    assert "ana has coded it with skills/patience since" in table["message"][0]


def test_two_leads_do_not_overrule_each_other_on_a_suggestion(project: Project, tmp_path: Path) -> None:
    first = reviewed(project, tmp_path, {FEAR: ("recode", "skills/patience", "")}).rename(tmp_path / "first.xlsx")
    second = reviewed(project, tmp_path, {FEAR: ("recode", "work/money", "")})
    project.apply(first, coder="lea", write=True)
    assert statuses(project, second, "max") == ["conflict"]
    assert statuses(project, first, "max") == ["unchanged"]
