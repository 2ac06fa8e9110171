"""Counts as of an earlier date, and earlier readings of a coder beside later ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from qualcode.errors import NewCoderError, OperationError, UnknownNameError, UsageError
from qualcode.project import Project
from qualcode.study.coder_state import finished_families, placed_codings
from studies import Shell, records, small_study

SetDate = Callable[[str], None]


@pytest.fixture
def set_date(monkeypatch: pytest.MonkeyPatch) -> SetDate:
    """Return a function that sets the time at which decisions are recorded."""

    def set_clock(date: str) -> None:
        time = datetime.fromisoformat(f"{date}T12:00:00+00:00")
        monkeypatch.setattr("qualcode.ledger.events.datetime", SimpleNamespace(now=lambda _zone: time))

    return set_clock


@pytest.fixture
def project(tmp_path: Path, set_date: SetDate) -> Project:
    """Ana codes A in January and finishes it; in March she takes one coding back and codes B; Ben codes in May."""
    project = Project(small_study(tmp_path))
    set_date("2026-01-31")
    first = project.code("A", "work/money", "The budget is gone.", coder="ana").id
    project.code("A", "work/fear", "They fear it.", turn=3, sentence=0, coder="ana")
    project.done("A", coder="ana")
    set_date("2026-03-01")
    project.retract(first, coder="ana")
    project.code("B", "skills/patience", "I wait a week.", coder="ana")
    set_date("2026-05-05")
    project.code("C", "work/money", "The budget is gone.", coder="ben")
    return project


def codes_at(project: Project, date: str | None) -> list[str]:
    return list(project.codings(as_of=date, coder="ana")["code"])


def test_codings_as_of_a_date_are_those_recorded_until_its_end(project: Project) -> None:
    assert codes_at(project, "2026-01-30") == []
    for date in ("2026-01-31", "2026-01", "2026-02", "2026-01-31T12:00"):
        assert codes_at(project, date) == ["work/money", "work/fear"]
    assert codes_at(project, "2026-01-31T11:59") == []
    assert codes_at(project, "2026") == codes_at(project, None) == ["work/fear", "skills/patience"]


def test_counts_as_of_a_date_name_it_in_their_notes(project: Project) -> None:
    table = project.themes(as_of="2026-01", coder="ana", level="code")
    assert {row["code"]: row["codings"] for row in records(table) if row["codings"]} == {
        "work/money": 1,
        "work/fear": 1,
    }
    note = "decisions recorded until the end of 2026-01 (UTC), on the texts and with the codebook of now"
    assert note in table.attrs["notes"]
    assert note in project.networks(as_of="2026-01")[()].graph["notes"]
    assert note in project.cooccurrence(as_of="2026-01").attrs["notes"]
    assert not any("UTC" in line for line in project.themes(coder="ana").attrs["notes"])
    with pytest.raises(OperationError, match=r"nothing was coded until the end of 2025 \(UTC\)"):
        project.themes(as_of="2025")


def test_an_only_coder_at_the_date_is_counted_though_others_came_later(project: Project) -> None:
    assert "coder ana" in project.themes(as_of="2026-03").attrs["notes"][0]


def test_status_as_of_a_date(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    status = project.status(as_of="2026-01")
    assert (status.codings, status.as_of, status.next) == (2, "2026-01", "")
    assert [(row["coder"], row["codings"], row["done"]) for row in status.coders] == [("ana", 2, 1), ("ben", 0, 0)]
    shell = Shell(project.study.root, capsys)
    assert "2 codings by 1 coder, decided until the end of 2026-01 (UTC)" in shell("status", "--as-of", "2026-01").out
    assert "UTC" not in shell("status").out


def test_counting_commands_take_a_date(
    project: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(project.study.root, capsys)
    for command in ("themes", "cooccurrence", "network", "export o.xlsx --yes"):
        result = shell(*command.split(), "--as-of", "2026-01")
        assert result.code == 0
        assert "until the end of 2026-01 (UTC)" in result.out + result.err
        refused = shell(*command.split(), "--as-of", "2026-1")
        assert (refused.code, "--as-of 2026-1: this is no date; write 2026, 2026-01" in refused.err) == (2, True)
    assert [row["code"] for row in shell("codings", "--as-of", "2026-01", "--format", "json").json] == [
        "work/money",
        "work/fear",
    ]
    assert [row["code"] for row in shell("codings", "--coder", "ana@2026-01", "--format", "csv").csv] == [
        "work/money",
        "work/fear",
    ]


def test_two_readings_of_one_coder_are_counted_side_by_side(project: Project) -> None:
    table = project.themes(coder=["ana@2026-01", "ana"], code="work", level="code", universe="all")
    counts = {(row["coder"], row["code"]): row["codings"] for row in records(table)}
    assert (counts["ana@2026-01", "work/money"], counts["ana", "work/money"]) == (1, 0)
    assert (counts["ana@2026-01", "work/fear"], counts["ana", "work/fear"]) == (1, 1)
    study = project.study
    assert [(coding.coder, coding.code) for coding in placed_codings(study, "ana@2026-01")] == [
        ("ana@2026-01", "work/money"),
        ("ana@2026-01", "work/fear"),
    ]
    assert finished_families(study, "ana@2026-01") == {"A": {"work", "skills"}}
    assert finished_families(study, "ana@2026-01-30") == {}


def test_an_earlier_reading_at_an_impossible_date_is_reported_with_its_name(project: Project) -> None:
    with pytest.raises(UsageError, match=r"^coder 'ana@2026-11-31': this is no date; write 2026"):
        project.agreement(coder=["ana", "ana@2026-11-31"])


def test_codings_of_an_earlier_reading_are_listed_under_its_name(project: Project) -> None:
    table = project.codings(coder=["ana@2026-01", "ana"], transcripts="A")
    assert list(zip(table["code"], table["coder"], strict=True)) == [
        ("work/money", "ana@2026-01"),
        ("work/fear", "ana"),
        ("work/fear", "ana@2026-01"),
    ]
    assert any("until the end of 2026-01" in note for note in table.attrs["notes"])


def test_a_coder_with_a_sign_in_the_name_is_not_an_earlier_reading(project: Project, set_date: SetDate) -> None:
    for name in ("ana@home.org", "ana@2026-04"):
        project.allow_new_coders()
        set_date("2026-06-01")
        project.code("C", "work/fear", "The budget is gone.", coder=name)
        assert list(project.codings(coder=name)["code"]) == ["work/fear"]
    assert list(project.codings(coder="ana@home.org@2026-05")["code"]) == []
    with pytest.raises(UnknownNameError, match=r"no coder 'ana@office\.org'"):
        project.codings(coder="ana@office.org")
    with pytest.raises(UnknownNameError, match="no coder 'eve@2026-01'"):
        project.themes(coder="eve@2026-01")
    with pytest.raises(UsageError, match="2026-13"):
        project.themes(coder="ana@2026-13")


def test_a_decision_is_not_recorded_under_the_name_of_a_reading(project: Project) -> None:
    with pytest.raises(NewCoderError, match="ana"):
        project.code("C", "work/fear", "The budget is gone.", coder="ana@2026-04")
    assert project.code("C", "work/fear", "The budget is gone.", coder="ana@home.org").count == 1


def test_the_model_and_suggestions_are_those_of_now(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no coder 'ana@2026-01'"):
        project.evaluate(coder="ana@2026-01")
    with pytest.raises(UsageError, match="suggestions are those of now"):
        project.export(tmp_path / "o.xlsx", coder="ana", as_of="2026-01", suggestions=True)
    assert project.export(tmp_path / "o.xlsx", coder="ana@2026-01").path.exists()


def test_later_updates_follow_the_text_and_later_decisions_do_not_count(project: Project, set_date: SetDate) -> None:
    path = project.study.root / "transcripts/A.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("The budget is gone.", "The whole budget is gone."))
    set_date("2026-07-01")
    project.update(write=True, coder="ben")
    rows = records(project.codings(as_of="2026-01"))
    assert [(row["code"], row["status"], row["quote"]) for row in rows] == [
        ("work/money", "orphaned", "The budget is gone."),
        ("work/fear", "moved", "They fear it."),
    ]
    assert "ben" not in {row["coder"] for row in rows}


def test_decisions_of_another_process_are_seen_in_an_open_project(project: Project, set_date: SetDate) -> None:
    assert len(project.codings(as_of="2026-05")) == 3
    set_date("2026-05-06")
    Project(project.study.root).code("B", "work/fear", "I wait a week.", coder="ana")
    assert len(project.codings(as_of="2026-05")) == 4
    project.code("B", "work/money", "I wait a week.", coder="ana")
    assert len(project.codings(as_of="2026-05")) == 5
