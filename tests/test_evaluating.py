"""Evaluation: nothing is judged by what it was learnt from, and known studies give known figures."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pytest

from qualcode.cli import COMMANDS
from qualcode.errors import OperationError, UnknownNameError
from qualcode.evaluation.baselines import NEVER, choose_score_threshold, make_baselines
from qualcode.evaluation.cross_validation import ScoringMethod, cross_validate
from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data
from qualcode.evaluation.metrics import Predictions, compute_quality
from qualcode.project import Project
from qualcode.suggest.learning.learner import LabelledCorpus
from studies import Shell, records, row
from taught_studies import FEAR, MONEY, NONE, coded, taught_study

MAKERS = ("learner", "cues", "tfidf", "base_rate")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The study, coded by ana as it should be, and by ben in A to D with two sentences left out and one more."""
    made = taught_study(tmp_path_factory.mktemp("taught"))
    coded(made)
    left = dict.fromkeys(made.of(MONEY, "A")[:2], NONE) | {made.of(NONE, "B")[0]: FEAR}
    coded(made, coder="ben", instead=left, done="ABCD")
    return Project(made.root)


@pytest.fixture(scope="module")
def on(project: Project) -> EvaluationData:
    return load_evaluation_data(project.study, None)


def maker_of(on: EvaluationData, name: str) -> ScoringMethod:
    return on.make_learner_method() if name == "learner" else make_baselines()[name].method


def micro_f1(judged: Predictions) -> float:
    """Return F1 over all codes."""
    return compute_quality(judged)[-2].f1.value or 0.0


def with_truth(lesson: LabelledCorpus, truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> LabelledCorpus:
    return replace(lesson, labels=replace(lesson.labels, truth=truth))


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_said_of_a_transcript_does_not_depend_on_its_own_codings(on: EvaluationData, name: str) -> None:
    lesson = on.training_set.labelled_corpus
    inside = lesson.labels.group == 2
    other = lesson.labels.truth.copy()
    other[inside] = ~other[inside]
    before = cross_validate(lesson, maker_of(on, name))
    after = cross_validate(with_truth(lesson, other), maker_of(on, name))
    assert np.allclose(before.score[inside], after.score[inside])
    assert np.array_equal(before.chosen[inside], after.chosen[inside])
    if name != "cues":
        assert not np.allclose(before.score[~inside], after.score[~inside])


def test_a_word_of_one_transcript_only_does_not_help_there(tmp_path: Path) -> None:
    made = taught_study(tmp_path)
    path = tmp_path / "transcripts" / "C.txt"
    text = path.read_text(encoding="utf-8")
    marked = made.of(NONE, "C")
    for one in marked:
        text = text.replace(one.text, f"Zorblax {one.text}")
    path.write_text(text, encoding="utf-8")
    made.said = [replace(one, text=f"Zorblax {one.text}", code=FEAR) if one in marked else one for one in made.said]
    on = load_evaluation_data(coded(made).study, None)
    found = cross_validate(on.training_set.labelled_corpus, on.make_learner_method())
    nonsense = np.array([text.startswith("Zorblax") for text in on.training_set.labelled_corpus.corpus.texts])
    assert nonsense.sum() == 6
    assert not found.chosen[nonsense, on.codes.index(FEAR)].any()


def test_shuffled_codings_cannot_be_learnt(on: EvaluationData) -> None:
    lesson = on.training_set.labelled_corpus
    shuffled = np.random.default_rng(3).permutation(lesson.labels.truth)
    at_random = replace(on, training_set=replace(on.training_set, labelled_corpus=with_truth(lesson, shuffled)))
    learnt = micro_f1(
        at_random.to_predictions(cross_validate(at_random.training_set.labelled_corpus, on.make_learner_method()))
    )
    chance = micro_f1(
        at_random.to_predictions(
            cross_validate(at_random.training_set.labelled_corpus, make_baselines()["base_rate"].method)
        )
    )
    assert learnt <= chance + 0.05
    assert micro_f1(on.to_predictions(cross_validate(lesson, on.make_learner_method()))) > 0.8 > chance


def test_transcripts_of_one_case_are_left_out_together(tmp_path: Path) -> None:
    rows = "".join(f"{name},{name}\n" for name in "CDEFGHI")
    made = taught_study(tmp_path, cases=f"case,transcripts\nboth,A; B\n{rows}")
    on = load_evaluation_data(coded(made).study, None)
    assert len(on.finished_groups) == 8
    lesson = on.training_set.labelled_corpus
    second = lesson.corpus.transcript == lesson.corpus.transcripts.index("B")
    first = lesson.corpus.transcript == lesson.corpus.transcripts.index("A")
    other = lesson.labels.truth.copy()
    other[second] = ~other[second]
    before, after = (cross_validate(one, on.make_learner_method()) for one in (lesson, with_truth(lesson, other)))
    assert np.allclose(before.score[first], after.score[first])
    found = on.to_predictions(before)
    assert found.sampling_unit == "cases"
    assert "both" in found.transcripts
    assert "cases" in Project(tmp_path).evaluate(curve=False).codes.columns


def test_the_base_rate_suggests_everything(project: Project) -> None:
    lines = records(project.evaluate(curve=False).codes)
    money = row(lines, code=MONEY)
    assert money["codings"] == 27
    assert money["base_rate_f1"] == pytest.approx(2 * 27 / (27 + 108))
    assert money["units"] == 108
    assert (money["unit"], money["coder"]) == ("sentence", "ana")


def test_cues_alone_find_what_has_the_cue(project: Project) -> None:
    found = project.evaluate(curve=False)
    texts = load_evaluation_data(project.study, None).training_set.labelled_corpus.corpus.texts
    right = sum("budget" in text for text in texts)
    assert row(records(found.codes), code=MONEY)["cues_f1"] == pytest.approx(2 * right / (27 + right))
    assert row(records(found.codes), code=FEAR)["cues_f1"] == 0


def test_each_code_has_a_verdict_with_its_reason(project: Project) -> None:
    for line in records(project.evaluate(curve=False).codes)[:2]:
        assert line["f1"] > 0.9
        better = line["f1"] > line["tfidf_f1"]
        assert line["verdict"] == ("use" if better else "do not use"), line["because"]
        assert "tfidf" in line["because"]


def test_the_human_ceiling_is_the_other_coder_where_both_were_asked(project: Project) -> None:
    """Ana has 24 codings in A to D; ben left out two and has one more: 2 * 22 / (24 + 23)."""
    found = project.evaluate(curve=False)
    line = row(records(found.ceiling), level="all")
    assert (line["units"], line["codings"], line["suggested"], line["right"]) == (48, 24, 23, 22)
    assert line["f1"] == pytest.approx(44 / 47)
    assert row(records(found.codes), level="all")["ceiling_f1"] == pytest.approx(44 / 47)
    assert any("ben beside ana" in sentence for sentence in found.summary)


def test_a_second_coder_can_be_named_and_must_be_there(project: Project) -> None:
    assert len(project.evaluate(curve=False, second="ben").ceiling) == 5
    with pytest.raises(UnknownNameError):
        project.evaluate(curve=False, second="carl")
    with pytest.raises(UnknownNameError):
        project.evaluate(curve=False, code="work/mony")


def test_a_perfect_order_saves_what_is_not_coded(project: Project) -> None:
    work = records(project.evaluate(curve=False).work)
    whole = row(work, reading="all codes at once", order="perfect", over="finished")
    assert (whole["read"], whole["units"]) == (ceil(0.95 * 54), 108)
    alone = row(work, reading="one code at a time", code=MONEY, order="perfect", over="finished")
    assert alone["unread"] == pytest.approx(1 - ceil(0.95 * 27) / 108)
    mean = row(work, reading="one code at a time, mean", order="perfect", over="finished")
    assert mean["unread"] == pytest.approx(alone["unread"])
    assert row(work, reading="all codes at once", order="ben", over="both coders")["units"] == 48


def test_the_curve_has_the_sizes_that_there_are(project: Project) -> None:
    (line,) = records(project.evaluate().curve)
    assert (line["transcripts"], line["repeats"]) == (5, 3)
    assert 0 < line["micro_f1"] <= 1


def test_only_the_codes_asked_for_are_shown(project: Project) -> None:
    found = project.evaluate(curve=False, code=FEAR)
    assert list(found.codes["code"]) == [FEAR, "work", "", ""]
    assert set(found.differences["code"]) == {FEAR, "work", ""}
    assert len(found.curve) == 0


def test_the_calibration_counts_every_cell(project: Project) -> None:
    found = project.evaluate(curve=False).calibration
    assert found[found["over"] == "asked"]["predictions"].sum() == 2 * 108
    assert set(found["over"]) == {"asked", "suggested"}


def test_what_was_made_is_kept_until_a_decision_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = taught_study(tmp_path)
    first = coded(made).evaluate()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("made again")

    with monkeypatch.context() as patch:
        patch.setattr("qualcode.evaluation.cross_validation.cross_validate", never)
        patch.setattr("qualcode.evaluation.evaluation_tables.curve_rows", never)
        again = Project(tmp_path).evaluate()
        assert again.codes.equals(first.codes)
        assert again.curve.equals(first.curve)
        project = Project(tmp_path)
        one = made.of(NONE, "A")[0]
        project.code("A", FEAR, one.text, coder="ana")
        with pytest.raises(AssertionError, match="made again"):
            project.evaluate()
    damaged = next((tmp_path / ".qualcode" / "evaluation" / "ana").glob("learner-*.parquet"))
    damaged.write_bytes(b"nothing")
    assert len(project.evaluate(curve=False).codes) == 5
    assert len(list(damaged.parent.glob("learner-*.parquet"))) == 1


def test_too_little_is_refused_with_what_to_do(tmp_path: Path) -> None:
    project = coded(taught_study(tmp_path), done="A")
    with pytest.raises(OperationError, match=r"finished 1 transcript or case: .*qualcode done"):
        project.evaluate()


def test_a_threshold_takes_cells_of_one_score_together() -> None:
    score = np.array([0.8, 0.5, 0.5, 0.0])
    assert choose_score_threshold(score, np.array([True, False, False, False])) == 0.8
    assert choose_score_threshold(score, np.array([True, True, True, False])) == 0.5
    assert choose_score_threshold(score, np.zeros(4, dtype=bool)) == NEVER
    assert choose_score_threshold(score, np.array([False, False, False, True])) == NEVER


def test_the_command_shows_it_to_people_and_programs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(project.study.root, capsys)
    shown = shell("evaluate")
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 120
    for words in (
        "Human ceiling: ben",
        "Calibration:",
        "F1 after learning",
        "split by transcript",
        "Do not use a code",
    ):
        assert words in " ".join(shown.out.split())
    for name, key in (("work", "unread"), ("ceiling", "learner_f1"), ("differences", "not_better")):
        assert key in shell("evaluate", "--show", name, "--format", "json").json[0]
    assert shell("evaluate", "--no-curve", "--format", "csv").csv[0]["code"] == MONEY
    assert {"evaluate", "surprises", "confusions"} <= set(COMMANDS)
