"""Groups of cases compared: shares, rates, tests; against values by hand and independent computations."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from scipy import stats

from builders import book_of, coding_of, transcript_of, universe_of
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.incidence import Incidence, incidence, list_code_sets
from qualcode.project import Project
from qualcode.statistics import adjust_p_values
from qualcode.tables import COMPARISON_COLUMNS, ComparisonOptions, comparison_rows, list_records
from studies import Shell, coded_study, row, small_study, write

BOOK = book_of(["f/a", "f/b"])
CODE_SETS = list_code_sets(BOOK, levels=["code"])
TEXT = "P: One two. Three four."


def count(codings: list[tuple[int, int]], **cases: list[str]) -> Incidence:
    """Return the incidence of transcripts of four words with numbers of codings of f/a and f/b."""
    texts = [transcript_of(TEXT, name=f"T{number}") for number in range(1, len(codings) + 1)]
    found = [
        coding_of(text, quote, code)
        for text, numbers in zip(texts, codings, strict=True)
        for code, number in zip(("f/a", "f/b"), numbers, strict=True)
        for quote in ("One two.", "Three four.", "two.", "four.")[:number]
    ]
    return incidence(found, universe_of(texts, BOOK, cases=cases), codes=tuple(BOOK.by_id), coder="ana")


def groups_of(labels: str) -> dict[tuple[str, ...], Any]:
    """Return the masks of groups, one letter a member."""
    return {(name,): np.array([label == name for label in labels]) for name in sorted(set(labels))}


def compare(counted: Incidence, labels: str, **options: Any) -> list[dict[str, Any]]:
    """Return the rows of a comparison by the attribute site."""
    made = comparison_rows(
        counted, CODE_SETS, groups_of(labels), attribute="site", options=ComparisonOptions(**options)
    )
    return list(made)


def test_two_groups_counted_by_hand() -> None:
    rows = compare(count([(1, 0), (2, 1), (1, 0), (0, 0), (0, 0)]), "xxyyy")
    assert [found["code"] for found in rows] == ["f/a", "f/b"]  # the larger effect is first
    found = rows[0]
    assert set(found) == set(COMPARISON_COLUMNS)
    by_hand = {
        "group_a": "x",
        "group_b": "y",
        "attribute": "site",
        "level": "code",
        "unit": "sentence",
        "coder": "ana",
        "cases_a": 2,
        "cases_b": 1,
        "universe_cases_a": 2,
        "universe_cases_b": 3,
        "codings_a": 3,
        "codings_b": 1,
        "share_a": 1.0,
        "share_b": round(1 / 3, 6),
        "difference": round(2 / 3, 6),
        "rate_a": 375.0,
        "rate_b": round(1000 / 12, 6),
        "rate_ratio": 4.5,
        # x has no case without the code, so each cell is half a case larger.
        "risk_ratio": round((2.5 / 3) / (1.5 / 4), 6),
        "odds_ratio": round((2.5 * 2.5) / (0.5 * 1.5), 6),
        "cohens_h": round(np.pi - 2 * np.arcsin(np.sqrt(1 / 3)), 6),
        # Fisher: of ten choices of three cases with the code, three have both of x, one has none; six are likelier.
        "p": 0.4,
        "q": 0.4,  # of f/b p is 0.4, too
        "reason": "",
    }
    assert {name: found[name] for name in by_hand} == by_hand
    assert found["cramers_v"] == round(2 / 3, 6)


def test_permutation_p_is_the_share_of_choices_that_differ_as_much() -> None:
    codings = [(4, 0), (3, 0), (3, 1), (1, 0), (0, 0), (1, 0), (0, 0)]
    (found,) = [one for one in compare(count(codings), "xxxyyyy", permutations=4000) if one["code"] == "f/a"]
    numbers = np.array([a for a, _ in codings])
    differences = [
        abs(numbers[list(chosen)].sum() / 12 - np.delete(numbers, list(chosen)).sum() / 16)
        for chosen in combinations(range(7), 3)
    ]
    exact = np.mean(np.array(differences) >= differences[0] - 1e-9)
    assert abs(found["rate_p"] - exact) < 0.01


def test_interval_of_the_ratio_of_rates_draws_both_groups_independently() -> None:
    (found, _) = compare(count([(4, 0), (2, 0), (1, 0), (3, 0)]), "xxyy")
    # Each group has sums of 2, 3 or 4 eighths (y), or 4, 6, 8 (x), with probabilities 1/4, 1/2, 1/4.
    # The smallest ratio, 4 to 6, and the largest, 8 to 2, each have 1/16: more than the 2.5 % beyond the limits.
    assert (found["rate_ratio_low"], found["rate_ratio_high"]) == (round(4 / 6, 6), 4.0)


def test_three_groups_are_tested_together_and_in_pairs() -> None:
    counted = count([(1, 0)] * 5 + [(0, 1)] * 5 + [(0, 0)] * 5)
    rows = compare(counted, "x" * 5 + "y" * 5 + "z" * 5)
    assert [(found["group_a"], found["group_b"]) for found in rows[::2]] == [
        ("(all groups)", ""),
        ("x", "y"),
        ("x", "z"),
        ("y", "z"),
    ]
    together = rows[0]
    assert together["cramers_v"] == 1.0
    # 3 of 3,003 choices of five of fifteen cases are all in one group.
    assert together["p"] <= 3 / 1001
    assert np.isnan([together["share_a"], together["risk_ratio"], together["cohens_h"], together["rate_a"]]).all()
    pairs = [("z", "x"), ("y", "x")]
    assert {(one["group_a"], one["group_b"]) for one in compare(counted, "x" * 5 + "y" * 5 + "z" * 5, pairs=pairs)} == {
        ("(all groups)", ""),
        *pairs,
    }


def test_p_of_all_groups_is_near_that_of_an_exact_test() -> None:
    counted = count([(1, 0)] * 4 + [(0, 0)] * 2 + [(1, 0)] * 1 + [(0, 0)] * 5 + [(1, 0)] * 3 + [(0, 0)] * 3)
    found = compare(counted, "x" * 6 + "y" * 6 + "z" * 6, permutations=10_000)[0]
    table = np.array([[4, 1, 3], [2, 5, 3]])
    exact = stats.chi2_contingency(table, correction=False, method=stats.PermutationMethod(n_resamples=20_000, rng=1))
    assert abs(found["p"] - exact.pvalue) < 0.02


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=4, max_size=8))
def test_groups_in_the_other_order_have_the_opposite_differences(codings: list[tuple[int, int]]) -> None:
    labels = "xy" * 4
    counted = count(codings)
    masks = groups_of(labels[: len(codings)])
    options = ComparisonOptions(permutations=50, pairs=[("x", "y"), ("y", "x")])
    made = list(comparison_rows(counted, CODE_SETS, masks, attribute="site", options=options))
    for forward in made[:2]:
        (back,) = [one for one in made[2:] if one["code"] == forward["code"]]
        for name in ("difference", "cohens_h"):
            np.testing.assert_allclose(forward[name], -back[name], atol=1e-6)
        for name in ("risk_ratio", "odds_ratio"):
            np.testing.assert_allclose(forward[name] * back[name], np.where(np.isnan(back[name]), np.nan, 1), rtol=1e-4)
        np.testing.assert_allclose([forward["p"], forward["cramers_v"]], [back["p"], back["cramers_v"]])
        assert forward["share_a"] == back["share_b"]
        low, high = forward["difference_low"], forward["difference_high"]
        assert low <= forward["difference"] <= high
        np.testing.assert_allclose([low, high], [-back["difference_high"], -back["difference_low"]], atol=1e-6)


def test_q_is_adjusted_within_a_level_and_pair() -> None:
    rows = compare(count([(2, 1), (2, 1), (3, 1), (0, 1), (0, 0), (0, 1)] * 2), "xxxyyy" * 2)
    for p, q in (("p", "q"), ("rate_p", "rate_q")):
        np.testing.assert_allclose(
            [one[q] for one in rows], adjust_p_values([one[p] for one in rows]).round(6), atol=2e-6
        )


def test_undefined_figures_are_missing_with_a_reason() -> None:
    never, always = compare(count([(1, 0), (2, 0), (1, 0), (3, 0)]), "xxyy")[::-1]
    assert (always["code"], always["reason"]) == ("f/a", "in all cases")
    assert (never["code"], never["reason"]) == ("f/b", "in no case")
    for found in (never, always):
        assert np.isnan([found[name] for name in ("p", "q", "risk_ratio", "odds_ratio_low", "cramers_v")]).all()
        assert (found["difference"], found["cohens_h"]) == (0.0, 0.0)
    assert np.isnan([never["rate_ratio"], never["rate_p"]]).all()
    (one_sided, _) = compare(count([(1, 0), (2, 0), (0, 0), (0, 0)]), "xxyy")
    assert one_sided["reason"] == "no ratio of rates: one is 0"
    assert np.isnan([one_sided["rate_ratio"], one_sided["rate_ratio_high"]]).all()
    assert one_sided["rate_p"] > 0
    (single, _) = compare(count([(1, 0), (2, 0), (0, 0)]), "xxy")
    assert single["reason"] == "one case in a group: no interval of rates"
    (two, _) = compare(count([(1, 0), (0, 0)]), "xy")
    assert two["reason"] == "one case in each group: no test or interval of rates"
    assert np.isnan(two["rate_p"])


def test_cases_and_transcripts_in_both_groups_are_not_compared_as_if_independent() -> None:
    counted = count([(1, 0), (0, 0), (1, 0), (0, 0)], T1=["C"], T2=["C"])
    (found, _) = compare(counted, "xyxy")  # by transcript: C is in both groups
    assert "cases are in several groups" in found["reason"]
    assert np.isnan([found["p"], found["difference_low"], found["rate_p"]]).all()
    assert (found["share_a"], found["share_b"]) == (1.0, 0.0)
    focus = count([(1, 0), (0, 0), (1, 0)], T1=["C", "D"])
    (found, _) = compare(focus, "xyxy")  # C and D share T1, and are in different groups
    assert found["reason"] == "transcripts are in several groups: no test or interval of rates"
    assert found["p"] == 1.0


def test_where_a_group_was_not_asked_nothing_is_compared() -> None:
    texts = [transcript_of(TEXT, name=f"T{number}") for number in range(4)]
    over = universe_of(texts, BOOK, asked={"T2": [], "T3": []})
    found = compare(incidence([coding_of(texts[0], "two.", "f/a")], over, codes=tuple(BOOK.by_id)), "xxyy")[0]
    assert (found["universe_cases_b"], found["reason"]) == (0, "a group was not asked")
    assert np.isnan([found["share_b"], found["difference"], found["p"], found["rate_b"], found["rate_p"]]).all()


def test_large_groups_are_compared_by_linearisation(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(5)
    codings = [(int(generator.binomial(4, 0.2 if number % 2 else 0.3)), 0) for number in range(160)]
    counted = count(codings)
    drawn = compare(counted, "xy" * 80)[0]
    monkeypatch.setattr("qualcode.tables.rate_comparison.MAX_DRAWN_CLUSTERS", 100)
    linearised = compare(counted, "xy" * 80)[0]
    for name in ("rate_ratio_low", "rate_ratio_high", "rate_p"):
        assert abs(linearised[name] - drawn[name]) < 0.03, name
    many = compare(counted, "xyz" * 53 + "x")[0]
    assert many["reason"] == "too many cases for a permutation test of rates"


# --- the method and the command -------------------------------------------------------------------------------


def test_compare_by_command_line_and_in_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(coded_study(tmp_path), capsys)
    table = Project(shell.root).compare(by="group", coder="ana")
    assert list(table.columns) == list(COMPARISON_COLUMNS)
    rows = shell("compare", "--by", "group", "--coder", "ana", "--format", "json").json
    assert len(rows) == len(table)
    fear = row(rows, code="work/fear")
    assert (fear["group_a"], fear["group_b"], fear["universe_cases_a"]) == ("x", "y", 2)
    assert fear == row(list_records(table), code="work/fear")
    notes = "\n".join(table.attrs["notes"])
    assert "unit sentence; coder ana" in notes
    assert "small groups: x (2 cases), y (1 case)" in notes
    assert "1,000 random orders of the cases (seed 0)" in notes
    text = shell("compare", "--by", "group", "--coder", "ana", "--level", "theme").out
    assert text.split()[:5] == ["code", "share_x", "share_y", "points", "cohens_h"]
    three = shell("compare", "--by", "case", "--coder", "ana", "--level", "theme").out
    assert three.split()[:5] == ["code", "group_a", "group_b", "share_a", "share_b"]


def test_blank_values_are_not_compared(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    write(root, "transcripts/cases.csv", "case,site\nA,x\nB,y\nC,\nD,y\n")
    table = Project(root).compare(by="site", coder="ana")
    assert set(table["group_a"]) | set(table["group_b"]) == {"x", "y"}
    assert "not compared: 1 case without a value of site" in table.attrs["notes"]


def test_coders_who_finished_different_transcripts_are_compared_each_over_theirs(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    project.code("D", "work/fear", "Nobody listens.", coder="ben")
    project.done("D", coder="ben")
    table = project.compare(by="group", coder=["ana", "ben"], permutations=100)
    small = [note for note in table.attrs["notes"] if note.startswith("small groups")]
    # Ana has finished A and B of x, and C of y; ben A of x, and D of y.
    assert [note.partition(";")[0] for note in small] == [
        "small groups: x (2 cases), y (1 case)",
        "small groups: x (1 case), y (1 case)",
    ]


def test_reference_and_several_attributes(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    table = project.compare(by=["group", "size"], coder="ana", level="theme")
    assert table["attribute"].unique().tolist() == ["group", "size"]
    against = project.compare(by="case", reference="B", coder="ana", level="theme")
    assert list(dict.fromkeys(zip(against["group_a"], against["group_b"], strict=True)))[1:] == [
        ("A", "B"),
        ("C", "B"),
    ]
    with pytest.raises(UnknownNameError, match="no group 'xx'"):
        project.compare(by="group", reference="xx", coder="ana")
    with pytest.raises(UsageError, match="goes with one attribute"):
        project.compare(by=["group", "size"], reference="x", coder="ana")
    with pytest.raises(OperationError, match=r"one value \('x'\) of the attribute 'group'"):
        project.compare(by="group", coder="ana", transcripts=["A", "B"])


def test_compare_needs_an_attribute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = Shell(coded_study(tmp_path), capsys)("compare", "--coder", "ana")
    assert (done.code, "--by ATTRIBUTE" in done.err) == (2, True)


def test_many_groups_are_compared_in_pairs_only_with_a_reference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_study(tmp_path)
    for number in range(9):
        write(root, f"transcripts/N{number}.txt", "P: They fear it.\n")
    project = Project(root)
    project.code("N1", "work/fear", "They fear it.", coder="ana")
    table = project.compare(by="case", code="work/fear", transcripts="N*")
    assert table["group_a"].tolist() == ["(all groups)"]
    notes = "\n".join(table.attrs["notes"])
    assert "9 groups by case: all together are tested; for pairs name one to compare with by reference=" in notes
    assert "small groups: N0 (1 case), N1 (1 case), N2 (1 case), N3 (1 case), N4 (1 case), 4 more" in notes
    assert len(project.compare(by="case", code="work/fear", transcripts="N*", reference="N1")) == 9
    heading = Shell(root, capsys)("compare", "--by", "case", "--coder", "ana", "--transcripts", "N*").out.splitlines()[
        0
    ]
    assert heading.split() == ["code", "cramers_v", "p", "q", "rate_p", "rate_q", "reason"]


def test_the_workbook_has_comparison_and_saturation(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    book = load_workbook(project.export(tmp_path / "o.xlsx", coder="ana", by="group"))
    for name, key, table in (
        ("Comparison", 1, project.compare(by="group", coder="ana")),
        ("Saturation", 1, project.saturation(coder="ana")),
    ):
        rows = list(book[name].iter_rows(values_only=True))
        head = next(number for number, row in enumerate(rows) if row[0] in {"Level", "Position"})
        column = "code" if name == "Comparison" else "transcript"
        assert [row[key] for row in rows[head + 1 :]] == list(table[column])
        notes = " ".join(str(row[0]) for row in rows[1:head])
        assert " ".join(table.attrs["notes"]) == notes
    alone = load_workbook(project.export(tmp_path / "alone.xlsx", coder="ana", transcripts="A"))
    assert "Comparison" not in alone.sheetnames
