"""The numbers of docs/worked_example.md, computed from the shipped study."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from builders import STUDY
from qualcode import Project
from studies import records, row


@pytest.fixture(scope="module")
def study() -> Project:
    return Project(STUDY)


def rounded(one: dict[str, Any], *names: str) -> tuple[float, ...]:
    return tuple(round(one[name], 2) for name in names)


def rates(table: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    names = ("codings_per_1000_words", "rate_low", "rate_high")
    return {one["code"].partition("/")[2]: rounded(one, *names) for one in records(table)}


def test_the_challenges_in_order(study: Project) -> None:
    table = study.themes(code="challenges", level="code")
    found = rates(table)
    assert found["culture"] == (3.13, 2.88, 3.39)
    assert found["resources"] == (2.71, 2.35, 3.08)
    assert found["roi"] == (2.37, 2.17, 2.56)
    assert [found[name][0] for name in ("demand", "resentment", "technology")] == [2.01, 1.83, 1.74]
    assert table["cases"].min() == 46


def test_career_path_and_formation(study: Project) -> None:
    table = records(study.compare(by="career_path", level="code", code="challenges"))
    pair = [one for one in table if (one["group_a"], one["group_b"]) == ("proactive", "reactive")]
    resources = row(pair, code="challenges/resources")
    assert rounded(resources, "rate_a", "rate_b") == (1.78, 3.71)
    assert rounded(resources, "rate_ratio", "rate_ratio_low", "rate_ratio_high") == (0.48, 0.34, 0.64)
    assert round(resources["rate_q"], 3) == 0.006
    assert min(one["rate_q"] for one in pair if one is not resources) > 0.2
    formation = records(study.compare(by="formation", level="code", code="challenges"))
    assert {round(one["rate_q"], 2) for one in formation if not one["group_b"]} == {0.54}


def test_skills_and_challenges(study: Project) -> None:
    table = study.cooccurrence(unit="turn", significance=True, code=["challenges", "skills"])
    pairs = [
        one
        for one in records(table)
        if one["code_a"].startswith("challenges/") and one["code_b"].startswith("skills/")
        and one["direction"] == "more" and one["q_permutation"] < 0.05
    ]  # fmt: skip
    found = {(one["code_a"], one["code_b"]): (one["count"], round(one["lift"], 1)) for one in pairs}
    assert found == {
        ("challenges/technology", "skills/tech_savvy"): (25, 11.5),
        ("challenges/roi", "skills/measurement"): (22, 6.6),
        ("challenges/culture", "skills/resilience"): (17, 2.2),
    }


def test_strategists_and_partners(study: Project) -> None:
    table = records(study.compare(by="group", level="code"))
    assert round(min(one["rate_q"] for one in table), 2) == 0.14
    expected = {"measurement": (0.66, 1.31), "risk_taking": (1.06, 1.65), "multidisciplinary": (1.33, 0.86)}
    assert {name: rounded(row(table, code=f"skills/{name}"), "rate_a", "rate_b") for name in expected} == expected
    words = study.keyness(by="group", top=3)
    assert set(words[words["group"] == "partner"]["word"]) == {"she", "her", "he"}
    assert set(words[words["group"] == "strategist"]["word"]) == {"i", "we", "get"}


def test_who_was_interviewed_and_saturation(study: Project) -> None:
    base = study.crosstab(by=["formation", "maturity"])
    cases = {one["value"]: one["cases"] for one in records(base) if one["level"] == "base"}
    assert (cases["hub and spoke"], cases["centralized"], cases["coordinating"]) == (22, 14, 21)
    table = study.saturation(by="group")
    reached = {
        str(name): (int(part[part["new"] > 0]["position"].max()), int(part["cumulative"].max()))
        for name, part in table.groupby("group")
    }
    assert reached == {"partner": (5, 22), "strategist": (16, 22)}
    text = " ".join(table.attrs["notes"])
    assert "saturated after 5 (+2)" in text
    assert "saturated after 4 (+2)" in text
