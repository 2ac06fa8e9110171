"""Surprises, drift and confusions in studies with known coding errors."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from judging import marked
from qualcode.errors import UnknownNameError
from qualcode.evaluation.coding_probabilities import compute_coding_probabilities, compute_surprise
from qualcode.evaluation.confusions import find_confused_units
from qualcode.evaluation.evaluation_data import list_missing
from qualcode.project import Project
from qualcode.suggest.metrics import Predictions
from studies import Shell, column, records, row
from taught_studies import FEAR, MONEY, NAMES, Said, coded, taught_study


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Said]]:
    """A study with two wrong codings: a sentence on money in C coded as fear, one on fear in F coded as money."""
    study = taught_study(tmp_path_factory.mktemp("slips"))
    wrong = [study.of(MONEY, "C")[0], study.of(FEAR, "F")[0]]
    return coded(study, instead={wrong[0]: FEAR, wrong[1]: MONEY}), wrong


@pytest.mark.slow
def test_wrong_codings_are_the_most_surprising(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    codings = [line for line in records(project.surprises(top=2)) if line["kind"] == "coding"]
    assert {(line["transcript"], line["quote"]) for line in codings} == {(said.transcript, said.text) for said in wrong}
    for line in codings:
        right = row([vars(said) for said in wrong], text=line["quote"])["code"]
        assert line["why"].startswith(f"{right} is likelier")
        assert line["coded"] is True
        assert line["probability"] < 0.5 < line["surprise"]
        assert line["coding"] in set(project.codings()["id"])


def test_what_was_likelier_than_not_is_no_surprise(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    lines = records(project.surprises(top=100))
    low = [line["probability"] for line in lines if line["kind"] == "coding"]
    high = [line["probability"] for line in lines if line["kind"] == "gap"]
    assert 2 <= len(low) < len(project.codings())
    assert max(low) < 0.5 < min(high)
    assert min(line["surprise"] for line in lines) >= 1
    assert (
        f"shown: 2 of {len(low)} codings with a probability below .5, 2 of {len(high)} gaps with one above .5"
    ) in project.surprises(top=2).attrs["notes"]


def test_right_codes_of_wrong_codings_are_the_most_surprising_gaps(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    gaps = [line for line in records(project.surprises(top=2)) if line["kind"] == "gap"]
    assert {(line["quote"], line["code"]) for line in gaps} == {(said.text, said.code) for said in wrong}
    assert {line["why"].partition(";")[0] for line in gaps} == {f"coded {FEAR}", f"coded {MONEY}"}
    assert column(gaps, "coded") == [False, False]


def test_surprises_of_selected_codes_only(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    surprises = project.surprises(code=FEAR, top=3)
    assert set(surprises["code"]) == {FEAR}
    assert surprises["kind"].tolist() == ["coding", "gap"]
    with pytest.raises(UnknownNameError):
        project.surprises(code="work/feer")
    assert "9-fold cross-validation, grouped by transcript" in surprises.attrs["notes"][0]


def test_confused_codes_are_listed_with_examples(slips: tuple[Project, list[Said]]) -> None:
    project, wrong = slips
    (line,) = records(project.confusions())
    assert (line["code_a"], line["code_b"]) == (MONEY, FEAR)
    assert (line["count"], line["a_like_b"], line["b_like_a"], line["sentences"]) == (2, 1, 1, 54)
    assert line["share"] == pytest.approx(2 / 54, abs=1e-4)
    assert line["examples_a"] == f"F: “{wrong[1].text}”"
    assert line["examples_b"] == f"C: “{wrong[0].text}”"


def test_sentence_with_both_codes_is_not_confused() -> None:
    truth = np.array([[1, 0], [1, 1], [1, 0], [1, 0]], dtype=bool)
    score = np.array([[0.2, 0.9], [0.2, 0.9], [0.95, 0.9], [0.2, 0.4]])
    evaluated = np.ones((4, 2), dtype=bool)
    predictions = Predictions(("f/a", "f/b"), ("S",), np.zeros(4, dtype=np.intp), truth, evaluated, score, score >= 0.5)
    assert find_confused_units(predictions, 0, 1).tolist() == [True, False, False, False]
    assert find_confused_units(predictions, 1, 0).sum() == 0


def test_surprise_is_in_bits() -> None:
    assert compute_surprise(np.array([1.0, 0.5, 0.125])).tolist() == [0.0, 1.0, 3.0]
    assert np.isfinite(compute_surprise(0.0))


def test_drift_is_not_measured_for_codings_recorded_at_once(slips: tuple[Project, list[Said]]) -> None:
    """The note does not claim that they were imported: codings made by hand may be as close together."""
    project, _ = slips
    table = project.drift()
    assert len(table) == 0
    note = table.attrs["notes"][-1]
    assert re.fullmatch(
        r"no drift measured: all codings were recorded within \d+ seconds?, and quarters of less than 60 minutes say "
        "nothing about a change",
        note,
    )


def test_surprises_and_confusions_of_few_codings_say_what_is_missing(tmp_path: Path) -> None:
    study = taught_study(tmp_path)
    project = coded(study, done="ABC")
    few = (
        "codes with fewer than 10 codings or in fewer than 3 finished transcripts, whose probabilities say little: "
        "work/money (9), work/fear (9); code and finish more transcripts"
    )
    assert project.surprises().attrs["notes"][-1] == few
    confusions = project.confusions()
    assert few in confusions.attrs["notes"]
    if not len(confusions):
        assert confusions.attrs["notes"][-1].startswith("no pairs: no sentence with one code would be suggested")


def test_enough_codings_miss_nothing(slips: tuple[Project, list[Said]]) -> None:
    project, _ = slips
    assert "code and finish more" not in " ".join(project.surprises().attrs["notes"])


def test_predictions_without_codings_miss_them_all() -> None:
    assert list_missing(marked("S1 ... 000")) == [
        "nothing is coded in finished transcripts: code more, and mark them as finished (Project.done())"
    ]
    assert "f/a (1), f/b (0), g/c (0)" in list_missing(marked("S1 x.. 900"))[0]


def date_codings(root: Path) -> None:
    """Give the codings of each interview a day of its own, in the order of their names."""
    for day, name in enumerate(NAMES, start=1):
        path = root / "codings" / "ana" / f"{name}.jsonl"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'"at":"[^"]*"', f'"at":"2026-03-{day:02}T10:00:00.000Z"', text), encoding="utf-8")


@pytest.mark.slow
def test_coder_whose_coding_changes_drifts(tmp_path: Path) -> None:
    study = taught_study(tmp_path)
    late = {said: FEAR for name in "HI" for said in study.of(MONEY, name)}
    coded(study, instead=late)
    date_codings(tmp_path)
    project = Project(tmp_path)
    table = project.drift()
    quarters = records(table)
    assert column(quarters, "quarter") == [1, 2, 3, 4]
    assert sum(column(quarters, "codings")) == 54
    assert str(column(quarters, "from")[0].date()) == "2026-03-01"
    worst = max(quarters, key=lambda line: line["difference"])
    assert worst["quarter"] == 4
    assert worst["difference"] > 0.3 > quarters[0]["difference"]
    assert worst["difference_low"] < worst["difference"] < worst["difference_high"]
    assert "no drift" not in " ".join(table.attrs["notes"])


def test_surprises_and_confusions_commands_write_text_csv_and_json(
    slips: tuple[Project, list[Said]], capsys: pytest.CaptureFixture[str]
) -> None:
    project, wrong = slips
    shell = Shell(project.study.root, capsys)
    shown = shell("surprises", "--top", "2")
    assert shown.code == 0
    assert all(said.text in shown.out for said in wrong)
    assert "Drift" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120
    assert shell("surprises", "--top", "1", "--format", "json").json[0]["kind"] == "coding"
    assert shell("surprises", "--show", "drift", "--format", "csv").out.startswith("quarter,")
    assert f"{MONEY} that looks like {FEAR}:" in shell("confusions").out
    assert shell("confusions", "--format", "json").json[0]["count"] == 2


def test_without_confused_codes_one_blank_line_is_before_the_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coded(taught_study(tmp_path))
    first, blank, note, *_ = Shell(tmp_path, capsys)("confusions").out.splitlines()
    assert (first, blank) == ("(none)", "")
    assert note


@pytest.mark.slow
def test_coding_over_several_sentences_has_their_highest_probability(tmp_path: Path) -> None:
    project = coded(taught_study(tmp_path))
    transcript = project.study.transcripts["A"]
    turn = next(turn for turn in transcript.turns if turn.role == "participant")
    project.code("A", MONEY, transcript.text[turn.start : turn.end], coder="ana")
    result = compute_coding_probabilities(project.study, "ana")
    index = [coding.end - coding.start for coding in result.codings].index(turn.end - turn.start)
    assert len(result.units[index]) == 3
    money = result.predictions.codes.index(MONEY)
    assert result.probability[index] == result.predictions.score[result.units[index], money].max()
