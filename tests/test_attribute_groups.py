"""Groups of cases by attributes: orders and bounds of the settings, numbers cut near quartiles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import Problem
from qualcode.listings.groups.attribute_groups import find_quartile_bounds, group_values, label_ranges
from qualcode.project import Project
from qualcode.settings import AttributeRule, read_settings
from qualcode.study.selection import sort_naturally
from studies import Shell, coded_study, small_study, write

STAGES = "case,stage,staff\nA,late,1200\nB,early,90\nC,middle,\nD,early,n/a\n"


def with_settings(root: Path, settings: str, cases: str = STAGES) -> Project:
    """Return the small study, coded, with a table of cases and settings of attributes."""
    coded_study(root)
    write(root, "transcripts/cases.csv", cases)
    write(root, "qualcode.yaml", (root / "qualcode.yaml").read_text(encoding="utf-8") + settings)
    return Project(root)


def groups_of(project: Project, attribute: str) -> list[str]:
    """Return the groups of the table of themes in their order."""
    table = project.themes(by=attribute, coder="ana", universe="all", level="theme")
    return list(dict.fromkeys(table[attribute]))


def test_groups_have_the_order_of_the_settings_and_blanks_are_last(tmp_path: Path) -> None:
    project = with_settings(tmp_path, "attributes:\n  stage: {order: [early, middle, late]}\n")
    assert groups_of(project, "stage") == ["early", "middle", "late"]
    assert groups_of(project, "staff") == ["90", "1200", "n/a", "(blank)"]
    assert group_values(project.study, "stage").is_ordered
    assert not group_values(project.study, "staff").is_ordered


def test_without_settings_groups_are_sorted_by_name(tmp_path: Path) -> None:
    project = with_settings(tmp_path, "")
    assert groups_of(project, "stage") == ["early", "late", "middle"]


def test_values_that_the_order_lacks_follow(tmp_path: Path) -> None:
    project = with_settings(tmp_path, "attributes: {stage: {order: [late]}}\n")
    assert groups_of(project, "stage") == ["late", "early", "middle"]


def test_numbers_are_cut_at_the_bounds_of_the_settings(tmp_path: Path) -> None:
    project = with_settings(tmp_path, "attributes: {staff: {bins: [90, 1000]}}\n")
    assert groups_of(project, "staff") == ["90-999", "1,000 and over", "n/a", "(blank)"]
    table = project.themes(by="staff", coder="ana", level="family", code="work", universe="all")
    assert table["universe_cases"].tolist() == [1, 1, 1, 1]


def test_more_than_eight_numbers_are_cut_near_quartiles_with_a_note(tmp_path: Path) -> None:
    rows = "".join(
        f"{name},{number}\n" for name, number in zip("ABCDEFGHIJKL", (*range(1, 9), 1, 1, 1, 9), strict=True)
    )
    project = with_settings(tmp_path, "", "case,years\n" + rows)
    assert group_values(project.study, "years").labels == ("under 2", "2-3", "4-6", "7 and over", "(blank)")
    notes = project.themes(by="years", coder="ana").attrs["notes"]
    (note,) = [note for note in notes if note.startswith("years")]
    assert note.startswith("years: 9 different numbers, cut near the quartiles of the cases at 2, 4, 7 (")
    alone = with_settings(tmp_path / "alone", "attributes: {years: {bins: []}}\n", "case,years\n" + rows)
    assert group_values(alone.study, "years").labels == (*"123456789", "(blank)")
    assert not group_values(alone.study, "years").note


def test_case_and_transcript_are_never_cut(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    for number in range(1, 11):
        write(root, f"transcripts/{number}.txt", "P: They fear it.\n")
    project = Project(root)
    project.code("1", "work/fear", "They fear it.", coder="ana")
    for attribute in ("case", "transcript"):
        table = project.themes(by=attribute, coder="ana", level="theme", universe="all")
        assert {str(number) for number in range(1, 11)} <= set(table[attribute])


@given(st.lists(st.integers(-5, 40), min_size=1, max_size=60))
def test_ranges_cover_all_numbers_and_equal_numbers_stay_together(numbers: list[int]) -> None:
    bounds = find_quartile_bounds(numbers)
    assert bounds == sorted(set(bounds))
    assert len(bounds) <= 3
    assert set(bounds) <= set(numbers) - {min(numbers)}
    sizes = Counter(sum(number >= bound for bound in bounds) for number in numbers)
    assert set(sizes) == set(range(len(bounds) + 1))
    if len(set(numbers)) == len(numbers) > 3:
        assert max(sizes.values()) - min(sizes.values()) <= 2


def test_names_of_ranges() -> None:
    assert label_ranges([5, 6, 1e6], is_whole=True) == ["under 5", "5", "6-999,999", "1,000,000 and over"]
    assert label_ranges([0.25], is_whole=False) == ["under 0.25", "0.25 and over"]


# --- settings -------------------------------------------------------------------------------------------------


def test_settings_of_attributes_are_read_with_their_positions(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "qualcode.yaml",
        "attributes:\n  stage: {order: [early, 2, 0.5]}\n  size: {bins: [1, 2.5]}\n  no: {bins: []}\n",
    )
    settings, problems = read_settings(path)
    assert problems == []
    assert settings.attributes == {
        "stage": AttributeRule(("early", "2", "0.5")),
        "size": AttributeRule((), (1.0, 2.5)),
        "no": AttributeRule((), ()),
    }
    assert settings.attributes["size"].position == (3, 3)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("{order: [a, b, a]}", (1, 25), "the order has 'a' twice"),
        ("{bins: [3, 2]}", (1, 25), "bins are bounds from the least to the greatest"),
        ("{order: [a], bins: [1]}", (1, 15), "either an order or bins"),
        ("{ordr: [a]}", (1, 25), "'ordr' is not a known key"),
    ],
)
def test_wrong_settings_of_attributes(tmp_path: Path, text: str, place: tuple[int, int], message: str) -> None:
    path = write(tmp_path, "qualcode.yaml", f"attributes: {{ stage: {text} }}\n")
    (problem,) = read_settings(path)[1]
    assert message in problem.message
    assert problem.line == place[0]


def list_problems(project: Project) -> list[Problem]:
    return [problem for problem in project.check() if "'attributes'" in problem.message]


def test_unknown_attributes_and_values_are_reported_with_their_place(tmp_path: Path) -> None:
    settings = (
        "attributes:\n  stag: {order: [early]}\n  stage: {order: [early, middel, late]}\n  staff: {bins: [100]}\n"
    )
    project = with_settings(tmp_path, settings)
    line = (tmp_path / "qualcode.yaml").read_text(encoding="utf-8").split("\n").index("attributes:") + 1
    assert [(one.line, one.column, one.message, one.hint, one.level) for one in list_problems(project)] == [
        (line + 1, 3, "'attributes': no case has the attribute 'stag'", "did you mean 'stage'?", "error"),
        (
            line + 2,
            3,
            "'attributes': 1 case with stage 'middle', which is not in its order",
            "did you mean 'middel'?",
            "notice",
        ),
        (
            line + 3,
            3,
            "'attributes': staff has values that are no numbers: n/a",
            "each is a group of its own",
            "notice",
        ),
    ]


def test_the_settings_of_the_page_on_counts_are_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[1] / "docs" / "counting.md").read_text(encoding="utf-8")
    settings = page.partition("```yaml\n")[2].partition("```")[0]
    project = with_settings(tmp_path, settings, "case,maturity,employees\nA,formalized,90\nB,experimental,12000\n")
    assert list_problems(project) == []
    assert group_values(project.study, "employees").labels == ("under 1,000", "10,000 and over", "(blank)")
    assert Shell(tmp_path, capsys)("themes", "--by", "maturity", "--coder", "ana").code == 0


def test_ranges_of_very_small_and_very_large_numbers_have_names_of_their_own() -> None:
    assert label_ranges([1e-9, 2e-9], is_whole=False) == ["under 1e-09", "1e-09 to under 2e-09", "2e-09 and over"]
    assert label_ranges([1e300], is_whole=True) == ["under 1e+300", "1e+300 and over"]
    assert label_ranges([0.1234567, 1234.5], is_whole=False)[1] == "0.1234567 to under 1,234.5"


def test_values_that_differ_in_case_only_have_a_fixed_order() -> None:
    values = [letter for pair in ("Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg", "Hh") for letter in pair]
    assert sort_naturally(reversed(values)) == values
