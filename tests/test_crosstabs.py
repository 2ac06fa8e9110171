"""Codes by the values of an attribute: counts by hand, tests, and wide tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from qualcode.project import Project
from qualcode.statistics import trend_z, wilson_interval
from qualcode.tables import CROSSTAB_COLUMNS, list_records
from studies import Shell, coded_study, row, write


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    root = coded_study(tmp_path)
    write(root, "transcripts/cases.csv", "case,stage,site\nA,2,x\nB,1,x\nC,10,y\nD,,y\n")
    return Shell(root, capsys)


def crosstab(shell: Shell, *words: str) -> list[dict[str, object]]:
    """Return the rows of a crosstab by stage of what ana coded, over all transcripts."""
    return shell("crosstab", "--by", "stage", "--coder", "ana", "--universe", "all", *words, "--format", "json").json


def test_long_table_has_the_cases_of_each_value_and_all_counts(shell: Shell) -> None:
    rows = crosstab(shell)
    assert list(rows[0]) == list(CROSSTAB_COLUMNS)
    base = [one for one in rows if one["level"] == "base"]
    assert [(one["value"], one["cases"], one["universe_cases"], one["share_of_cases"]) for one in base] == [
        ("1", 1, 4, 0.25),
        ("2", 1, 4, 0.25),
        ("10", 1, 4, 0.25),
        ("(blank)", 1, 4, 0.25),
    ]
    low, high = wilson_interval(1, 4)
    assert (base[0]["share_low"], base[0]["share_high"]) == (round(float(low), 6), round(float(high), 6))
    money = [one for one in rows if one["code"] == "work/money"]
    # A has two codings (7 + 4 words of 17), C one (4 of 7).
    assert [(one["cases"], one["codings"], one["units"], one["words"], one["universe_words"]) for one in money] == [
        (0, 0, 0, 0, 11),
        (1, 2, 2, 11, 17),
        (1, 1, 1, 4, 7),
        (0, 0, 0, 0, 6),
    ]


def test_ordered_values_are_tested_for_a_trend_without_blanks(shell: Shell) -> None:
    money = row(crosstab(shell), code="work/money", value="1")
    assert (money["test"], money["attribute"], money["coder"]) == ("trend", "stage", "ana")
    assert money["trend"] == round(float(trend_z(np.array([0, 1, 1]), np.ones(3))), 6)
    # Of the three orders of two cases with the code, two have a trend as strong.
    assert abs(float(str(money["p"])) - 2 / 3) < 0.05
    (other,) = {one["test"] for one in shell("crosstab", "--by", "site", "--coder", "ana", "--format", "json").json[2:]}
    assert other == "chi-square"


def test_p_of_a_chi_square_is_near_that_of_all_orders(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    names = [f"N{number}" for number in range(12)]
    for name in names:
        write(root, f"transcripts/{name}.txt", "P: They fear it.\n")
    sites = "".join(f"{name},{site}\n" for name, site in zip(names, "xxxxyyyyzzzz", strict=True))
    write(root, "transcripts/cases.csv", "case,site\n" + sites)
    project = Project(root)
    for name in (*names[:4], names[8]):
        project.code(name, "work/fear", "They fear it.", coder="eva")
    table = project.crosstab(by="site", coder="eva", code="work/fear", transcripts="N*", permutations=5000)
    found = row(list_records(table), code="work/fear", value="x")
    counts = np.array([[4, 0, 1], [0, 4, 3]])
    assert found["cramers_v"] == round(float(stats.contingency.association(counts)), 6)
    expected = stats.chi2_contingency(
        counts, correction=False, method=stats.PermutationMethod(n_resamples=5000, rng=np.random.default_rng(1))
    )
    assert abs(found["p"] - expected.pvalue) < 0.02


def test_wide_table_has_a_column_for_each_value(shell: Shell) -> None:
    rows = crosstab(shell, "--cells", "codings", "--code", "work/money")
    assert list(rows[0]) == [
        *("code", "name", "level", "1", "2", "10", "(blank)"),
        *("test", "cramers_v", "trend", "p", "q", "unit", "coder"),
    ]
    cells = [[one[name] for name in ("code", "1", "2", "10", "(blank)")] for one in rows]
    assert cells == [["(cases)", 1, 1, 1, 1], ["work/money", 0, 2, 1, 0], ["work/money/roi", 0, 1, 0, 0]]
    shares = Project(shell.root).crosstab(by="stage", cells="share", coder="ana", code="work", universe="all")
    assert shares[shares["code"] == "work"]["2"].tolist() == [1.0]


def test_table_for_people_has_percentages_and_numbers_of_cases(shell: Shell) -> None:
    done = shell(
        "crosstab", "--by", "stage", "--by", "site", "--coder", "ana", "--universe", "all", "--code", "work/fear"
    )
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["stage", "1", "2", "10", "(blank)", "cramers_v", "trend", "p", "q"]
    assert lines[2] == ["(cases)", "1", "1", "1", "1"]
    assert lines[3][:9] == ["work/fear", "0.0", "%", "100.0", "%", "0.0", "%", "0.0", "%"]
    second = lines.index(["site", "x", "y", "cramers_v", "p", "q"])
    assert lines[second + 3][:5] == ["work/fear", "50.0", "%", "0.0", "%"]
    rates = shell("crosstab", "--by", "site", "--coder", "ana", "--code", "work/fear", "--cells", "rate").out
    assert rates.splitlines()[3].split()[1:3] == [f"{1000 / 28:.2f}", "0.00"]
    path = shell.root / "two.txt"
    shell("crosstab", "--by", "stage", "--by", "site", "--coder", "ana", "-o", path)
    assert {"stage", "site"} <= set(path.read_text(encoding="utf-8").split())


def test_wide_table_of_several_attributes_names_them_in_columns(shell: Shell) -> None:
    table = Project(shell.root).crosstab(by=["stage", "site"], cells="cases", coder="ana", universe="all", code="work")
    assert [name for name in table.columns if ": " in name][:6] == [
        *("stage: 1", "stage: 2", "stage: 10", "stage: (blank)", "site: x", "site: y"),
    ]
    assert {"stage: q", "site: q"} <= set(table.columns)


def test_one_value_and_no_attribute(shell: Shell) -> None:
    write(shell.root, "transcripts/cases.csv", "case,site\nA,x\nB,x\nC,x\nD,x\n")
    (found,) = [
        one
        for one in shell("crosstab", "--by", "site", "--coder", "ana", "--format", "json").json
        if one["code"] == "work/fear"
    ]
    assert (found["cases"], found["p"], found["cramers_v"], found["trend"]) == (1, None, None, None)
    assert shell("crosstab", "--coder", "ana").code == 2


def test_values_that_share_cases_are_not_tested(shell: Shell) -> None:
    write(shell.root, "transcripts/cases.csv", "case,transcripts\nC1,A;B\nC2,C\n")
    rows = shell("crosstab", "--by", "transcript", "--coder", "ana", "--code", "work/fear", "--format", "json").json
    assert [(one["value"], one["cases"]) for one in rows[3:]] == [("A", 1), ("B", 0), ("C", 0)]
    assert {one["p"] for one in rows} == {one["cramers_v"] for one in rows} == {None}


def test_values_of_another_attribute_may_be_the_rows(shell: Shell) -> None:
    rows = crosstab(shell, "--rows", "site")
    counts = [(one["code"], one["value"], one["cases"], one["universe_cases"], one["words"]) for one in rows[4:]]
    assert counts == [
        *(("x", "1", 1, 1, 11), ("x", "2", 1, 1, 17), ("x", "10", 0, 1, 0), ("x", "(blank)", 0, 1, 0)),
        *(("y", "1", 0, 1, 0), ("y", "2", 0, 1, 0), ("y", "10", 1, 1, 7), ("y", "(blank)", 1, 1, 6)),
    ]
    assert {(one["level"], one["name"], one["codings"]) for one in rows[4:]} == {("attribute", "site", None)}
    assert rows[4]["trend"] == round(float(trend_z(np.array([1, 1, 0]), np.ones(3))), 6)
    assert rows[4]["trend"] == -float(str(rows[8]["trend"]))
    refused = shell("crosstab", "--by", "site", "--rows", "site", "--coder", "ana")
    assert (refused.code, "'site' is the attribute of the columns" in refused.err) == (2, True)
    assert "did you mean 'site'?" in shell("crosstab", "--by", "stage", "--rows", "sites", "--coder", "ana").err
