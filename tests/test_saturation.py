"""Saturation over transcripts, and sequences of codes within them; numbers counted by hand."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qualcode import Project
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.statistics import (
    SaturationRule,
    count_new_codes,
    count_transitions,
    draw_new_codes,
    expected_codes,
    find_saturation,
)
from studies import write

PRESENT = arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 4)))


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Six interviews; the codes a, b, c, d occur in them as the words say."""
    codes = "\n".join(f"  - {{id: {name}, name: {name.upper()}}}" for name in "abcd")
    write(tmp_path, "codebooks/f.yaml", f"family: f\nname: F\ncodes:\n{codes}\n")
    write(tmp_path, "qualcode.yaml", "roles: {interviewer: [I]}\ncoder: ana\nunit: turn\n")
    said = {"T1": "ab", "T2": "a", "T3": "abc", "T4": "a", "T5": "b", "T6": "cd"}
    rows = ["transcript,quote,code"]
    for name, letters in said.items():
        turns = "\n\n".join(f"P: The word {letter} of {name}." for letter in letters)
        write(tmp_path, f"transcripts/{name}.txt", turns + "\n")
        rows += [f"{name},The word {letter} of {name}.,f/{letter}" for letter in letters]
    write(tmp_path, "transcripts/cases.csv", "case,group,date\nT1,x,2026-06\nT2,x,2026-05\nT3,x,2026-04\nT4,y,2026-03\n"
          "T5,y,2026-02\nT6,y,2026-01\n")  # fmt: skip
    write(tmp_path, "codings.csv", "\n".join(rows) + "\n")
    project = Project(tmp_path)
    project.code_from(tmp_path / "codings.csv", coder="ana")
    return project


def test_new_codes_are_counted_in_order(study: Project) -> None:
    table = study.saturation(base_size=2, run_length=2, threshold=0)
    assert list(table["transcript"]) == ["T1", "T2", "T3", "T4", "T5", "T6"]
    assert list(table["codes"]) == [2, 1, 3, 1, 1, 2]
    assert list(table["new"]) == [2, 0, 1, 0, 0, 1]
    assert list(table["cumulative"]) == [2, 2, 3, 3, 3, 4]
    # Base: T1 and T2, 2 codes. Runs T3-T4, T4-T5, T5-T6.
    assert table["run_new"].tolist()[3:] == [1, 0, 1]
    assert table["run_share"].tolist()[3:] == [0.5, 0.0, 0.5]
    assert list(table["is_saturated"]) == [False, False, False, False, True, True]
    assert any("saturated after 3 (+2) transcripts by the rule 2+2 at 0%" in note for note in table.attrs["notes"])
    assert any("the last new one in T6" in note for note in table.attrs["notes"])


def test_another_order_and_groups_have_curves_of_their_own(study: Project) -> None:
    by_date = study.saturation(order="date")
    assert list(by_date["transcript"]) == ["T6", "T5", "T4", "T3", "T2", "T1"]
    assert list(by_date["new"]) == [2, 1, 1, 0, 0, 0]
    coded = study.saturation(order="coded")
    assert list(coded["transcript"]) == ["T1", "T2", "T3", "T4", "T5", "T6"]
    grouped = study.saturation(by="group")
    assert grouped.groupby("group")["cumulative"].max().to_dict() == {"x": 3, "y": 4}
    assert any("too few transcripts for the rule 4+2" in note for note in grouped.attrs["notes"])


@pytest.mark.usefixtures("study")
def test_order_by_an_attribute_is_that_of_the_settings(tmp_path: Path) -> None:
    rules = "attributes: {date: {order: [2026-03, 2026-06]}}\n"
    write(tmp_path, "qualcode.yaml", f"roles: {{interviewer: [I]}}\ncoder: ana\nunit: turn\n{rules}")
    ordered = Project(tmp_path).saturation(order="date")["transcript"].tolist()
    assert ordered == ["T4", "T1", "T6", "T5", "T3", "T2"]


def test_order_by_an_attribute_uses_the_cases_of_speakers(tmp_path: Path) -> None:
    write(tmp_path, "codebooks/f.yaml", "family: f\ncodes:\n  - {id: a, name: A}\n")
    write(tmp_path, "qualcode.yaml", "coder: ana\n")
    rows = "".join(f"{name}{one},{name},P{one},{wave}\n" for name, wave in (("F", 2), ("G", 1)) for one in "12")
    write(tmp_path, "transcripts/cases.csv", f"case,transcripts,speakers,wave\n{rows}")
    for name in "FG":
        write(tmp_path, f"transcripts/{name}.txt", "P1: Money it is.\n\nP2: Fear it is.\n\nP1: Well.\n\nP2: Yes.\n")
    project = Project(tmp_path)
    project.code("F", "f/a", "Money it is.", coder="ana")
    assert project.saturation(order="wave")["transcript"].tolist() == ["G", "F"]


def test_without_random_orders_there_is_no_band(study: Project) -> None:
    table = study.saturation(permutations=0)
    assert table["low"].isna().all()
    assert table["high"].isna().all()
    assert table["expected"].iloc[-1] == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_size": 0}, "base_size"),
        ({"run_length": 0}, "run_length"),
        ({"threshold": 1.0}, "threshold"),
        ({"permutations": -1}, "permutations"),
        ({"confidence": 1.0}, "confidence"),
        ({"order": "dat"}, "did you mean 'date'"),
        ({"seed": -1}, "seed: must be at least 0"),
    ],
)
def test_options_of_saturation_are_checked(study: Project, options: dict[str, float], message: str) -> None:
    with pytest.raises((UsageError, UnknownNameError), match=message):
        study.saturation(**options)  # type: ignore[arg-type]


def test_saturation_of_a_code_that_never_occurs_says_so(study: Project) -> None:
    table = study.saturation(code="f/d", transcripts=["T1", "T2"])
    assert any("no code occurs" in note for note in table.attrs["notes"])
    with pytest.raises((OperationError, UsageError)):
        study.saturation(level="theme")


def test_the_rule_of_the_paper_with_overlapping_runs() -> None:
    """Base of four interviews 9 + 6 + 3 + 2 = 20 codes; runs 1+1, 1+0, 0+1: the second is 5 % of 20."""
    new = np.array([[9, 6, 3, 2, 1, 1, 0, 1]])
    assert find_saturation(new, SaturationRule(4, 2, 0.05)).tolist() == [5]
    assert find_saturation(new, SaturationRule(4, 2, 0.10)).tolist() == [4]
    assert np.isnan(find_saturation(new, SaturationRule(4, 2, 0.0))).all()
    assert np.isnan(find_saturation(np.zeros((1, 8), dtype=int), SaturationRule(4, 2, 0.05))).all()


@given(PRESENT)
def test_the_expected_curve_is_the_mean_over_all_orders(present: np.ndarray) -> None:
    transcripts = len(present)
    curves = [np.cumsum(count_new_codes(present[list(order)])) for order in permutations(range(transcripts))]
    with_code = present.sum(axis=0)
    expected = expected_codes(with_code[with_code > 0], transcripts)
    np.testing.assert_allclose(expected, np.mean(curves, axis=0), atol=1e-9)


@given(PRESENT)
def test_random_orders_find_every_code_once(present: np.ndarray) -> None:
    drawn = draw_new_codes(present, orders=20, seed=1)
    assert (drawn.sum(axis=1) == present.any(axis=0).sum()).all()
    assert {tuple(row) for row in drawn.tolist()} <= {
        tuple(count_new_codes(present[list(order)]).tolist()) for order in permutations(range(len(present)))
    }


def test_sequences_count_what_follows_in_the_next_turn(study: Project) -> None:
    """T1: a b; T3: a b c; T6: c d; the others have one turn."""
    table = study.sequences(permutations=200)
    pairs = {(a, b): count for a, b, count in zip(table["code_a"], table["code_b"], table["count"], strict=True)}
    assert pairs == {("f/a", "f/b"): 2, ("f/b", "f/c"): 1, ("f/c", "f/d"): 1}
    first = table.iloc[0]
    # T1: one of its two orders has a before b; T3: of its six orders, a stands directly before b in two.
    assert first["expected"] == round(1 / 2 + 2 / 6, 3)
    assert (first["count_a"], first["count_b"], first["transitions"]) == (2, 2, 4)
    lagged = study.sequences(lag=2, permutations=0)
    assert lagged[["code_a", "code_b", "count"]].to_numpy().tolist() == [["f/a", "f/c", 1]]
    assert lagged["p"].isna().all()


def test_sequences_with_zeros_have_every_ordered_pair(study: Project) -> None:
    assert len(study.sequences(zeros=True, permutations=0)) == 16


@pytest.mark.parametrize("unit", ["window:3", "exchange", "transcript"])
def test_sequences_refuse_units_that_do_not_follow_one_another(study: Project, unit: str) -> None:
    with pytest.raises(UsageError, match="sentence, turn or paragraph"):
        study.sequences(unit=unit)


def test_expected_transitions_are_the_mean_over_all_orders() -> None:
    occurs = np.array([[1, 0], [1, 1], [0, 1], [0, 0], [1, 0], [0, 1]], dtype=bool)
    group = np.array([0, 0, 0, 0, 1, 1])
    counts = [
        count_transitions(occurs[[*first, *second]], group, permutations=0).count
        for first in permutations(range(4))
        for second in permutations((4, 5))
    ]
    np.testing.assert_allclose(count_transitions(occurs, group, permutations=0).expected, np.mean(counts, axis=0))


def test_the_p_value_of_transitions_is_that_of_all_orders() -> None:
    """Ten interviews of two turns, a then b in each: 2 * (2 ** -10) by enumeration."""
    occurs = np.tile(np.array([[True, False], [False, True]]), (10, 1))
    group = np.repeat(np.arange(10), 2)
    result = count_transitions(occurs, group, permutations=20_000, seed=3)
    assert result.count[0, 1] == 10
    assert result.p_value[0, 1] == pytest.approx(2 / 1024, rel=0.5)
    assert np.isnan(result.p_value[0, 0])  # no order has a after a


def test_transitions_of_nothing_are_none() -> None:
    result = count_transitions(np.zeros((0, 2), dtype=bool), np.zeros(0, dtype=np.int64))
    assert result.count.tolist() == [[0, 0], [0, 0]]
    assert np.isnan(result.p_value).all()
