"""Keyness of words, and candidates for in-vivo codes; numbers counted by hand and by scipy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from qualcode import Project
from qualcode.errors import UsageError
from qualcode.statistics import likelihood_p_value, log_likelihood, log_ratio
from studies import records, write


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Three interviews of a turn or two each; ana has coded what is about money."""
    write(tmp_path, "codebooks/f.yaml", "family: f\nname: F\ncodes:\n  - {id: money, name: Money}\n")
    write(tmp_path, "qualcode.yaml", "roles: {interviewer: [I]}\ncoder: ana\n")
    write(tmp_path, "transcripts/A.txt", "I: Budget?\n\nP: The budget is small. Night shifts are long.\n")
    write(tmp_path, "transcripts/B.txt", "P: A budget, any budget! Night shifts, I said: night shifts don’t end.\n")
    write(tmp_path, "transcripts/C.txt", "P: Night shifts don't end here.\n")
    write(tmp_path, "transcripts/cases.csv", "case,group\nA,x\nB,x\nC,y\n")
    write(
        tmp_path, "c.csv", 'transcript,quote,code\nA,The budget is small.,f/money\nB,"A budget, any budget!",f/money\n'
    )
    project = Project(tmp_path)
    project.code_from(tmp_path / "c.csv", coder="ana")
    return project


def test_keyness_compares_coded_words_with_all_others(study: Project) -> None:
    (row,) = records(study.keyness())
    # 8 coded words: the budget is small, a budget any budget; 17 others: 4 in A, 8 in B, 5 in C.
    assert (row["word"], row["count"], row["count_reference"], row["transcripts"]) == ("budget", 3, 0, 2)
    assert (row["words"], row["words_reference"]) == (8, 17)
    assert row["per_1000_words"] == 375
    expected = chi2_contingency([[3, 0], [5, 17]], correction=False, lambda_="log-likelihood")
    assert row["log_likelihood"] == pytest.approx(expected.statistic, abs=5e-4)
    assert row["p"] == pytest.approx(expected.pvalue, rel=5e-3)
    assert row["log_ratio"] == pytest.approx(np.log2((3 / 8) / (0.5 / 17)), abs=5e-4)


def test_words_that_are_rarer_are_shown_on_request(study: Project) -> None:
    words = {row["word"]: row["log_likelihood"] for row in records(study.keyness(under=True))}
    assert set(words) == {"budget", "night", "shifts"}
    assert words["night"] < 0


def test_keyness_of_groups_compares_their_words(study: Project) -> None:
    table = study.keyness(by="group", min_count=2, min_transcripts=1, under=True)
    rows = {(row["group"], row["word"]): row for row in records(table)}
    assert rows["x", "budget"]["count"] == 3
    assert (rows["x", "night"]["count"], rows["x", "night"]["count_reference"]) == (3, 1)
    assert rows["x", "night"]["log_likelihood"] < 0  # 3 of 20 words, 1 of 5
    assert {row["code"] for row in rows.values()} == {"(all)"}
    within = records(study.keyness(by="group", code="f/money", min_transcripts=1))
    assert within == []  # group y has no passage with the code, so nothing can be compared
    assert rows["x", "don't"]["count_reference"] == 1  # one word, whatever the apostrophe


@pytest.mark.usefixtures("study")
def test_words_of_cases_without_a_value_are_not_compared(tmp_path: Path) -> None:
    write(tmp_path, "transcripts/cases.csv", "case,group\nA,x\nB,\nC,y\n")
    table = Project(tmp_path).keyness(by="group", min_count=1, min_transcripts=1)
    # 8 words in A, 5 in C; the 12 of B are in neither group.
    assert {(row["group"], row["words"], row["words_reference"]) for row in records(table)} == {
        ("x", 8, 5),
        ("y", 5, 8),
    }
    assert "not compared: 1 case without a value of group" in table.attrs["notes"]


def test_phrases_may_be_longer_than_any_text(study: Project) -> None:
    assert records(study.in_vivo(max_words=10**9)) == records(study.in_vivo())


def test_in_vivo_phrases_are_those_without_a_code(study: Project) -> None:
    rows = records(study.in_vivo(min_count=3))
    assert [(row["phrase"], row["count"], row["count_coded"], row["transcripts"]) for row in rows] == [
        ("night shifts", 4, 0, 3)
    ]
    assert (rows[0]["transcript"], rows[0]["start"], rows[0]["end"]) == ("A", 36, 48)
    assert rows[0]["example"] == "The budget is small. Night shifts are long."


def test_in_vivo_phrases_do_not_cross_a_sign(study: Project) -> None:
    assert "budget any" not in {row["phrase"] for row in records(study.in_vivo(min_count=1, min_transcripts=1))}


def test_options_of_word_lists_are_checked(study: Project) -> None:
    wrong: list[dict[str, Any]] = [{"top": 0}, {"min_count": 0}, {"min_transcripts": 0}]
    for options in wrong:
        with pytest.raises(UsageError):
            study.keyness(**options)
    with pytest.raises(UsageError, match="max_words"):
        study.in_vivo(max_words=0)


def test_without_a_coding_all_frequent_phrases_are_candidates(study: Project) -> None:
    table = study.in_vivo(code="f/money", transcripts="C", min_count=1, min_transcripts=1)
    assert "night shifts don't end" in set(table["phrase"])
    assert table["log_ratio"].isna().all()


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 100), st.integers(1, 100))
def test_log_likelihood_equals_that_of_scipy(count: int, other: int, more: int, other_more: int) -> None:
    size, reference_size = count + more, other + other_more
    (value,) = log_likelihood(np.array([count]), np.array([other]), size=size, reference_size=reference_size)
    if count + other == 0:
        assert value == 0
        return
    expected = chi2_contingency([[count, other], [more, other_more]], correction=False, lambda_="log-likelihood")
    assert abs(value) == pytest.approx(expected.statistic, abs=1e-9)
    assert likelihood_p_value(np.array([value]))[0] == pytest.approx(expected.pvalue, abs=1e-6)
    assert (value >= 0) == (count / size >= other / reference_size) or abs(value) < 1e-9


def test_without_words_keyness_is_undefined() -> None:
    counts = np.array([1, 0])
    assert np.isnan(log_likelihood(counts, counts * 0, size=1, reference_size=0)).all()
    assert np.isnan(log_ratio(counts, counts * 0, size=1, reference_size=0)).all()
