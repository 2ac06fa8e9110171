"""Surprises, drift and confusions in studies of which it is known what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from qualcode.errors import UnknownNameError
from qualcode.evaluation.coding_probabilities import compute_coding_probabilities, compute_surprise
from qualcode.evaluation.confusions import find_confused_units
from qualcode.evaluation.metrics import Predictions
from qualcode.project import Project
from studies import Shell, column, records, row
from taught_studies import FEAR, MONEY, NAMES, Said, coded, taught_study


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Said]]:
    """The study with two slips: what costs in C is coded as fear, what frightens in F is coded as money."""
    made = taught_study(tmp_path_factory.mktemp("slips"))
    wrong = [made.of(MONEY, "C")[0], made.of(FEAR, "F")[0]]
    return coded(made, instead={wrong[0]: FEAR, wrong[1]: MONEY}), wrong


def test_two_slips_are_the_most_surprising_codings(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    found = records(project.surprises(top=2))
    codings = [line for line in found if line["kind"] == "coding"]
    assert {(line["transcript"], line["quote"]) for line in codings} == {(one.transcript, one.text) for one in wrong}
    for line in codings:
        right = row([vars(one) for one in wrong], text=line["quote"])["code"]
        assert line["why"].startswith(f"{right} is likelier")
        assert line["coded"] is True
        assert line["probability"] < 0.5 < line["surprise"]
        assert line["coding"] in set(project.codings()["id"])


def test_what_is_likely_is_not_called_unlikely(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    found = [line for line in records(project.surprises(top=100)) if line["kind"] == "coding"]
    assert found[-1]["probability"] > 0.5
    assert found[-1]["why"] == "no other code is likelier"


def test_what_they_should_have_been_is_the_most_surprising_gap(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    gaps = [line for line in records(project.surprises(top=2)) if line["kind"] == "gap"]
    assert {(line["quote"], line["code"]) for line in gaps} == {(one.text, one.code) for one in wrong}
    assert {line["why"].partition(";")[0] for line in gaps} == {f"coded {FEAR}", f"coded {MONEY}"}
    assert column(gaps, "coded") == [False, False]


def test_only_the_codes_asked_for_surprise(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    found = project.surprises(code=FEAR, top=3)
    assert set(found["code"]) == {FEAR}
    assert len(found) == 6
    with pytest.raises(UnknownNameError):
        result = project.surprises(code="work/feer")
    assert "each judged after learning from others alone" in result.attrs["notes"][0]


def test_a_code_taken_for_another_is_a_pair_hard_to_tell_apart(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    (line,) = records(project.confusions())
    assert (line["code_a"], line["code_b"]) == (MONEY, FEAR)
    assert (line["count"], line["a_like_b"], line["b_like_a"], line["sentences"]) == (2, 1, 1, 54)
    assert line["share"] == pytest.approx(2 / 54, abs=1e-4)
    assert line["examples_a"] == f"F: “{wrong[1].text}”"
    assert line["examples_b"] == f"C: “{wrong[0].text}”"


def test_a_sentence_with_both_codes_confuses_nothing() -> None:
    truth = np.array([[1, 0], [1, 1], [1, 0], [1, 0]], dtype=bool)
    score = np.array([[0.2, 0.9], [0.2, 0.9], [0.95, 0.9], [0.2, 0.4]])
    asked = np.ones((4, 2), dtype=bool)
    judged = Predictions(("f/a", "f/b"), ("S",), np.zeros(4, dtype=np.intp), truth, asked, score, score >= 0.5)
    assert find_confused_units(judged, 0, 1).tolist() == [True, False, False, False]
    assert find_confused_units(judged, 1, 0).sum() == 0


def test_surprise_is_in_bits() -> None:
    assert compute_surprise(np.array([1.0, 0.5, 0.125])).tolist() == [0.0, 1.0, 3.0]
    assert np.isfinite(compute_surprise(0.0))


def test_codings_that_were_read_in_at_once_show_no_drift(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    table = project.drift()
    assert len(table) == 0
    assert "no drift can be told" in table.attrs["notes"][-1]


def dated(root: Path) -> None:
    """Date the codings: a day for each interview, in the order of their names."""
    for day, name in enumerate(NAMES, start=1):
        path = root / "codings" / "ana" / f"{name}.jsonl"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'"at":"[^"]*"', f'"at":"2026-03-{day:02}T10:00:00.000Z"', text), encoding="utf-8")


def test_a_coder_who_begins_to_code_otherwise_drifts(tmp_path: Path) -> None:
    made = taught_study(tmp_path)
    late = {one: FEAR for name in "HI" for one in made.of(MONEY, name)}
    coded(made, instead=late)
    dated(tmp_path)
    project = Project(tmp_path)
    table = project.drift()
    found = records(table)
    assert column(found, "quarter") == [1, 2, 3, 4]
    assert sum(column(found, "codings")) == 54
    assert column(found, "from")[0].startswith("2026-03-01")
    worst = max(found, key=lambda line: line["difference"])
    assert worst["quarter"] == 4
    assert worst["difference"] > 0.3 > found[0]["difference"]
    assert worst["difference_low"] < worst["difference"] < worst["difference_high"]
    assert "no drift" not in " ".join(table.attrs["notes"])


def test_the_commands_show_them(slips: tuple[Project, list[Said]], capsys: pytest.CaptureFixture[str]) -> None:
    project, wrong = slips
    shell = Shell(project.study.root, capsys)
    shown = shell("surprises", "--top", "2")
    assert shown.code == 0
    assert all(one.text in shown.out for one in wrong)
    assert "Drift" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120
    assert shell("surprises", "--top", "1", "--format", "json").json[0]["kind"] == "coding"
    assert shell("surprises", "--show", "drift", "--format", "csv").out.startswith("quarter,")
    assert f"{MONEY} that looks like {FEAR}:" in shell("confusions").out
    assert shell("confusions", "--format", "json").json[0]["count"] == 2


def test_a_coding_over_several_sentences_is_as_likely_as_its_likeliest(tmp_path: Path) -> None:
    made = taught_study(tmp_path)
    project = coded(made)
    turn = next(one for one in project.study.transcripts["A"].turns if one.role == "participant")
    project.code("A", MONEY, project.study.transcripts["A"].text[turn.start : turn.end], coder="ana")
    found = compute_coding_probabilities(project.study, "ana")
    at = [coding.end - coding.start for coding in found.codings].index(turn.end - turn.start)
    assert len(found.units[at]) == 3
    column_of = found.predictions.codes.index(MONEY)
    assert found.probability[at] == found.predictions.score[found.units[at], column_of].max()
