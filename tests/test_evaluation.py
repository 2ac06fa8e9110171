"""Evaluation of a study: no method is tested on its training data, and known studies give known numbers."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qualcode.cli import COMMANDS
from qualcode.errors import OperationError, UnknownNameError
from qualcode.evaluation.baselines import NEVER, choose_score_threshold, make_baselines
from qualcode.evaluation.cross_validation import ScoringMethod, cross_validate
from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data
from qualcode.project import Project
from qualcode.suggest.learning.learner import LabelledCorpus
from qualcode.suggest.metrics import Predictions, compute_quality
from studies import Shell, records, row
from taught_studies import FEAR, MONEY, NONE, coded, taught_study

METHODS = ("learner", "cues", "tfidf", "base_rate")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A study coded correctly by ana, and by ben in A to D with two codings missing and one too many."""
    study = taught_study(tmp_path_factory.mktemp("taught"))
    coded(study)
    errors = dict.fromkeys(study.of(MONEY, "A")[:2], NONE) | {study.of(NONE, "B")[0]: FEAR}
    coded(study, coder="ben", instead=errors, done="ABCD")
    return Project(study.root)


@pytest.fixture(scope="module")
def data(project: Project) -> EvaluationData:
    return load_evaluation_data(project.study, None)


def get_method(data: EvaluationData, name: str) -> ScoringMethod:
    return data.make_learner_method() if name == "learner" else make_baselines()[name]


def micro_f1(predictions: Predictions) -> float:
    """Return F1 over all codes."""
    return compute_quality(predictions)[-2].f1.value or 0.0


def with_truth(labelled: LabelledCorpus, truth: NDArray[np.bool_]) -> LabelledCorpus:
    return replace(labelled, labels=replace(labelled.labels, truth=truth))


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_scores_of_a_transcript_do_not_depend_on_its_own_codings(data: EvaluationData, name: str) -> None:
    labelled = data.training_set.labelled_corpus
    inside = data.labels.group == 2
    truth = data.labels.truth.copy()
    truth[inside] = ~truth[inside]
    before = cross_validate(labelled, get_method(data, name))
    after = cross_validate(with_truth(labelled, truth), get_method(data, name))
    assert np.allclose(before.score[inside], after.score[inside])
    assert np.array_equal(before.chosen[inside], after.chosen[inside])
    if name != "cues":
        assert not np.allclose(before.score[~inside], after.score[~inside])


@pytest.mark.slow
def test_a_word_of_a_single_transcript_does_not_help_there(tmp_path: Path) -> None:
    study = taught_study(tmp_path)
    path = tmp_path / "transcripts" / "C.txt"
    text = path.read_text(encoding="utf-8")
    marked = study.of(NONE, "C")
    for sentence in marked:
        text = text.replace(sentence.text, f"Zorblax {sentence.text}")
    path.write_text(text, encoding="utf-8")
    study.said = [
        replace(sentence, text=f"Zorblax {sentence.text}", code=FEAR) if sentence in marked else sentence
        for sentence in study.said
    ]
    data = load_evaluation_data(coded(study).study, None)
    scores = cross_validate(data.training_set.labelled_corpus, data.make_learner_method())
    nonsense = np.array([text.startswith("Zorblax") for text in data.corpus.texts])
    assert nonsense.sum() == 6
    assert not scores.chosen[nonsense, data.codes.index(FEAR)].any()


@pytest.mark.slow
def test_shuffled_codings_cannot_be_learned(data: EvaluationData) -> None:
    def measure(data: EvaluationData, name: str) -> float:
        scores = cross_validate(data.training_set.labelled_corpus, get_method(data, name))
        return micro_f1(data.to_predictions(scores))

    truth = np.random.default_rng(3).permutation(data.labels.truth)
    labelled = with_truth(data.training_set.labelled_corpus, truth)
    shuffled = replace(data, training_set=replace(data.training_set, labelled_corpus=labelled))
    chance = measure(shuffled, "base_rate")
    assert measure(shuffled, "learner") <= chance + 0.05
    assert measure(data, "learner") > 0.8 > chance


@pytest.mark.slow
def test_transcripts_of_a_case_are_held_out_together(tmp_path: Path) -> None:
    rows = "".join(f"{name},{name}\n" for name in "CDEFGHI")
    study = taught_study(tmp_path, cases=f"case,transcripts\nboth,A; B\n{rows}")
    data = load_evaluation_data(coded(study).study, None)
    assert len(data.finished_groups) == 8
    labelled, corpus = data.training_set.labelled_corpus, data.corpus
    second = corpus.transcript == corpus.transcripts.index("B")
    first = corpus.transcript == corpus.transcripts.index("A")
    truth = data.labels.truth.copy()
    truth[second] = ~truth[second]
    before = cross_validate(labelled, data.make_learner_method())
    after = cross_validate(with_truth(labelled, truth), data.make_learner_method())
    assert np.allclose(before.score[first], after.score[first])
    predictions = data.to_predictions(before)
    assert predictions.sampling_unit == "cases"
    assert "both" in predictions.transcripts
    assert "cases" in Project(tmp_path).evaluate(curve=False).codes.columns


@pytest.mark.slow
def test_the_base_rate_suggests_everything(project: Project) -> None:
    lines = records(project.evaluate(curve=False).codes)
    money = row(lines, code=MONEY)
    assert money["codings"] == 27
    assert money["base_rate_f1"] == pytest.approx(2 * 27 / (27 + 108))
    assert money["units"] == 108
    assert (money["unit"], money["coder"]) == ("sentence", "ana")


def test_cues_alone_suggest_sentences_with_the_cue(project: Project) -> None:
    lines = records(project.evaluate(curve=False).codes)
    right = sum("budget" in text for text in load_evaluation_data(project.study, None).corpus.texts)
    assert row(lines, code=MONEY)["cues_f1"] == pytest.approx(2 * right / (27 + right))
    assert row(lines, code=FEAR)["cues_f1"] == 0


def test_each_code_has_a_verdict_with_a_reason(project: Project) -> None:
    for line in records(project.evaluate(curve=False).codes)[:2]:
        assert line["f1"] > 0.9
        better = line["f1"] > line["tfidf_f1"]
        assert line["verdict"] == ("use" if better else "do not use"), line["because"]
        assert "tfidf" in line["because"]


def test_second_coder_benchmark_is_on_sentences_that_both_have_finished(project: Project) -> None:
    """Ana has 24 codings in A to D; ben lacks two of them and has one more: 2 * 22 / (24 + 23)."""
    evaluation = project.evaluate(curve=False)
    line = row(records(evaluation.ceiling), level="all")
    assert (line["units"], line["codings"], line["suggested"], line["right"]) == (48, 24, 23, 22)
    assert line["f1"] == pytest.approx(44 / 47)
    assert row(records(evaluation.codes), level="all")["ceiling_f1"] == pytest.approx(44 / 47)
    assert any("ben compared with ana" in sentence for sentence in evaluation.summary)


def test_unknown_second_coder_or_code_is_refused(project: Project) -> None:
    assert len(project.evaluate(curve=False, second="ben").ceiling) == 5
    with pytest.raises(UnknownNameError):
        project.evaluate(curve=False, second="carl")
    with pytest.raises(UnknownNameError):
        project.evaluate(curve=False, code="work/mony")


def test_perfect_order_leaves_uncoded_sentences_unread(project: Project) -> None:
    work = records(project.evaluate(curve=False).work)
    all_codes = row(work, reading="all codes at once", order="perfect", over="finished")
    assert (all_codes["read"], all_codes["units"]) == (ceil(0.95 * 54), 108)
    money = row(work, reading="one code at a time", code=MONEY, order="perfect", over="finished")
    assert money["unread"] == pytest.approx(1 - ceil(0.95 * 27) / 108)
    mean = row(work, reading="one code at a time, mean", order="perfect", over="finished")
    assert mean["unread"] == pytest.approx(money["unread"])
    assert row(work, reading="all codes at once", order="ben", over="both coders")["units"] == 48


def test_learning_curve_has_the_sizes_that_fit(project: Project) -> None:
    (line,) = records(project.evaluate().curve)
    assert (line["transcripts"], line["repeats"]) == (5, 3)
    assert 0 < line["micro_f1"] <= 1


def test_only_selected_codes_are_shown(project: Project) -> None:
    evaluation = project.evaluate(curve=False, code=FEAR)
    assert list(evaluation.codes["code"]) == [FEAR, "work", "", ""]
    assert set(evaluation.differences["code"]) == {FEAR, "work", ""}
    assert len(evaluation.curve) == 0


def test_calibration_counts_every_cell(project: Project) -> None:
    calibration = project.evaluate(curve=False).calibration
    assert calibration[calibration["over"] == "asked"]["predictions"].sum() == 2 * 108
    assert set(calibration["over"]) == {"asked", "suggested"}


@pytest.mark.slow
def test_results_are_cached_until_a_decision_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = taught_study(tmp_path)
    first = coded(study).evaluate()

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    with monkeypatch.context() as patch:
        patch.setattr("qualcode.evaluation.cross_validation.cross_validate", fail)
        patch.setattr("qualcode.evaluation.evaluation_tables.compute_learning_curve", fail)
        again = Project(tmp_path).evaluate()
        assert again.codes.equals(first.codes)
        assert again.curve.equals(first.curve)
        project = Project(tmp_path)
        project.code("A", FEAR, study.of(NONE, "A")[0].text, coder="ana")
        with pytest.raises(AssertionError, match="computed again"):
            project.evaluate()
    damaged = next((tmp_path / ".qualcode" / "evaluation" / "ana").glob("learner-*.parquet"))
    damaged.write_bytes(b"nothing")
    assert len(project.evaluate(curve=False).codes) == 5
    assert len(list(damaged.parent.glob("learner-*.parquet"))) == 1


def test_too_few_finished_transcripts_are_refused_with_a_hint(tmp_path: Path) -> None:
    project = coded(taught_study(tmp_path), done="A")
    with pytest.raises(OperationError, match=r"finished 1 transcript or case: .*Project\.done"):
        project.evaluate()


def test_threshold_chooses_cells_with_equal_scores_together() -> None:
    score = np.array([0.8, 0.5, 0.5, 0.0])
    assert choose_score_threshold(score, np.array([True, False, False, False])) == 0.8
    assert choose_score_threshold(score, np.array([True, True, True, False])) == 0.5
    assert choose_score_threshold(score, np.zeros(4, dtype=bool)) == NEVER
    assert choose_score_threshold(score, np.array([False, False, False, True])) == NEVER


def test_evaluate_command_writes_text_csv_and_json(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(project.study.root, capsys)
    shown = shell("evaluate")
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 120
    for words in (
        "Second-coder benchmark: ben",
        "Calibration:",
        "F1 by number of finished transcripts",
        "grouped by transcript",
        "'do not use' with fewer than 10 codings",
    ):
        assert words in " ".join(shown.out.split())
    for name, key in (("work", "unread"), ("ceiling", "learner_f1"), ("differences", "not_better")):
        assert key in shell("evaluate", "--show", name, "--format", "json").json[0]
    assert shell("evaluate", "--no-curve", "--format", "csv").csv[0]["code"] == MONEY
    assert {"evaluate", "surprises", "confusions"} <= set(COMMANDS)
