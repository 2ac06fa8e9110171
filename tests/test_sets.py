"""The sets that others have coded become studies without a loss; skipped where they are not here."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pytest
from benchmarks import quality, sets

from qualcode.evaluation.evaluation_data import load_evaluation_data, load_or_compute_scores
from studies import records
from taught_studies import coded, taught_study


def test_the_tables_of_gennovate_become_a_study(real: Path, tmp_path: Path) -> None:
    project = sets.gennovate(tmp_path, real)
    assert [problem for problem in project.check() if problem.level == "error"] == []
    assert len(project.study.transcripts) == 22
    assert len(project.codebook.codes) == 32
    assert all(code.definition for code in project.codebook.codes)
    with (real / "gennovate" / "template_IN1_IN1E_F.csv").open(encoding="cp1252", newline="") as stream:
        given = {(row["text"].strip(), row["category_label"]) for row in csv.DictReader(stream) if row["text"].strip()}
    coded = [one for one in records(project.codings()) if one["transcript"] == "IN1_IN1E_F"]
    assert len(coded) == len({(" ".join(text.split()), code) for text, code in given})


def test_the_answers_of_pxtext_become_a_study(real: Path, tmp_path: Path) -> None:
    few = tmp_path / "real" / "pxtext"
    few.mkdir(parents=True)
    with (real / "pxtext" / "v6framework_70percent.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    with (few / "few.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *(row for row in rows if row[2].startswith("NEAS PTS 5"))])
    project = sets.pxtext(tmp_path / "study", few.parent)
    assert [problem for problem in project.check() if problem.level == "error"] == []
    turns = project.study.transcripts["answers#NEAS PTS 549"].turns
    assert [turn.role for turn in turns] == ["interviewer", "participant", "interviewer", "participant"]
    names = {code.id: code.name for code in project.codebook.codes}
    given = {
        (row[8], label)
        for row in rows
        if row[2] == "NEAS PTS 549"
        for label, cell in zip(head, row, strict=True)
        if cell == "1"
    }
    held = [one for one in records(project.codings()) if one["transcript"] == "answers#NEAS PTS 549"]
    assert {(one["quote"], names[one["code"]]) for one in held} == {one for one in given if one[1] in names.values()}
    assert len(held) == 3


@pytest.mark.slow
def test_the_figures_of_a_set_are_told_by_sentence_and_by_turn(tmp_path: Path) -> None:
    project = coded(taught_study(tmp_path))
    lines = list(quality.of("taught", project))
    assert lines[0] == "taught: 2 codes, 108 sentences of 9 transcripts or cases, 0.50 codings a sentence"
    for maker in ("learner", "cues", "tfidf", "base_rate"):
        assert len([line for line in lines if line.startswith(f"  {maker}")]) == 3
    on = load_evaluation_data(project.study, None)
    judged = on.to_predictions(load_or_compute_scores(on, "learner", on.make_learner_method))
    turns = quality.by_turn(on, judged)
    assert turns.truth.shape == (36, 2)
    assert turns.score.max() == judged.score.max()
    assert turns.truth[0].tolist() == judged.truth[:3].any(axis=0).tolist()
