"""Who is to code what: drawing, the table of assignments, progress against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.coding.team.assignment_draw import DrawPlan, draw_assignments, share_out
from qualcode.errors import FileProblemsError, NewCoderError, UnknownNameError, UsageError
from qualcode.study.readings.assignments import Assignment
from studies import SETTINGS, Shell, coded_study, column, records, row, small_study, write


@pytest.fixture
def study(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path))


def test_all_transcripts_are_assigned_and_the_overlap_to_two_coders(study: Project) -> None:
    table = records(study.assign(coder=["ana", "ben"], overlap=2))
    doubly = {name for name in "ABCD" if column(table, "transcript").count(name) == 2}
    assert {one["transcript"] for one in table} == set("ABCD")
    assert len(doubly) == 2
    assert {one["transcript"] for one in table if one["overlap"]} == doubly
    assert not (study.study.root / "assignments.csv").exists()


def test_the_overlap_represents_the_values_of_an_attribute(study: Project) -> None:
    # A and B are of group x, C and D of group y.
    for seed in range(8):
        table = records(study.assign(coder=["ana", "ben"], overlap="50%", by="group", seed=seed))
        doubly = {one["transcript"] for one in table if one["overlap"]}
        assert (len(doubly & set("AB")), len(doubly & set("CD"))) == (1, 1)


def test_the_same_seed_gives_the_same_draw(study: Project) -> None:
    def draw(seed: int) -> list[dict[str, object]]:
        return records(study.assign(coder=["ana", "ben"], seed=seed))

    assert draw(3) == draw(3)
    assert len({str(draw(seed)) for seed in range(10)}) > 1


def test_written_assignments_are_kept_and_new_transcripts_added(study: Project) -> None:
    study.assign(["A", "B"], coder=["ana", "ben"], overlap=1, write=True)
    before = (study.study.root / "assignments.csv").read_text().splitlines()
    table = study.assign(coder=["ana", "ben"], overlap=1, write=True)
    after = (study.study.root / "assignments.csv").read_text().splitlines()
    assert before[0] == "transcript,coder,overlap"
    assert set(before) <= set(after)
    assert set(column(records(table), "transcript")) == set("ABCD")
    assert records(study.assignments()) == records(table)


def test_status_shows_what_is_done_of_the_assignment(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    write(study.study.root, "assignments.csv", "coder;transcript\nana;A\nana;D\ncy;B\n")
    shell = Shell(study.study.root, capsys)
    shown = shell("status").out
    assert "of 2 assigned 1 finished [##########----------]" in shown
    assert "cy: 0 codings in 0 transcripts, 0 finished; of 1 assigned 0 finished" in shown
    assert row(shell("status", "--format", "csv").csv, coder="ana")["assigned_done"] == "1"
    assert records(study.assignments())[0]["done"]


def test_coders_of_the_settings_are_assigned_and_shown(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "qualcode.yaml", f"{SETTINGS}coders:\n  - ana\n  - name: ben\n    note: since May\n")
    project = Project(root)
    assert set(column(records(project.assign()), "coder")) == {"ana", "ben"}
    assert {one["coder"]: one["note"] for one in project.status().coders} == {"ana": "", "ben": "since May"}
    assert project.check() == []
    # Another name may be a slip.
    with pytest.raises(NewCoderError, match="new coder 'bem'"):
        project.code("A", "work/fear", "They fear it.", coder="bem")
    project.allow_new_coders()
    assert project.memo("New here.", coder="cy").count == 1


def test_check_names_rows_that_fit_nothing(study: Project) -> None:
    write(study.study.root, "assignments.csv", "transcript,coder\nA,ana\nAA,ana\nA,ana\n,ben\nB,anna\n")
    problems = {str(problem) for problem in study.check()}
    assert any("assignments.csv: no transcript 'AA', which ana is to code" in one for one in problems)
    assert any("assignments.csv:4" in one and "A is assigned to ana twice" in one for one in problems)
    assert any("assignments.csv:5" in one and "a row needs a transcript and a coder" in one for one in problems)
    assert any("coder 'anna' has not decided anything yet" in one for one in problems)
    with pytest.raises(FileProblemsError, match="is assigned to ana twice"):
        study.assign(coder=["ana", "ben"])


def test_the_overlap_is_read_as_people_write_it(study: Project) -> None:
    yes, no = ["yes", "Y", "TRUE", "1", "x"], ["no", "N", "False", "0", "", "  "]
    rows = "".join(f"{name},c{number},{word}\n" for number, word in enumerate(yes + no) for name in "A")
    write(study.study.root, "assignments.csv", f"transcript,coder,overlap\n{rows}")
    assert column(records(study.assignments()), "overlap") == [True] * 5 + [False] * 6
    write(study.study.root, "assignments.csv", "transcript,coder,overlap\nA,ana,\nB,ana,maybe\n")
    message = "assignments.csv:3: overlap is yes or no (or empty), not 'maybe'"
    assert message in {str(problem) for problem in study.check()}


def test_columns_that_people_added_are_kept(study: Project) -> None:
    path = study.study.root / "assignments.csv"
    write(study.study.root, "assignments.csv", "due;Transcript;coder;note\nMay;A;ana;call, first\n;B;ben;\n")
    study.assign(["A", "B", "C"], coder=["ana"], write=True)
    assert path.read_text() == ('due,transcript,coder,note,overlap\nMay,A,ana,"call, first",\n,B,ben,,\n,C,ana,,\n')


def test_an_overlap_that_is_larger_than_what_is_assigned_is_noted(study: Project) -> None:
    study.assign(coder=["ana", "ben"], overlap=1, write=True)
    notes = study.assign(coder=["ana", "ben"], overlap=3).attrs["notes"]
    assert notes[-1] == (
        "1 of the 3 transcripts wanted by several coders: the others are assigned to one coder already "
        "(replace=True draws them again)"
    )
    for overlap, replace in ((1, False), (3, True)):
        notes = study.assign(coder=["ana", "ben"], overlap=overlap, replace=replace).attrs["notes"]
        assert not any("wanted by several coders" in note for note in notes)


def test_a_transcript_with_a_blank_in_its_id_is_found_again(study: Project) -> None:
    root = study.study.root
    (root / "transcripts/A.txt").rename(root / "transcripts/ A.txt")
    study.refresh()
    table = study.assign(coder="ana", write=True)
    assert set(column(records(table), "transcript")) == {" A", "B", "C", "D"}
    assert column(records(study.assignments()), "words") == column(records(table), "words")
    assert not any("assignments.csv" in str(problem) for problem in study.check())
    write(root, "assignments.csv", "transcript,coder\n B ,ana\n")
    assert column(records(study.assignments()), "transcript") == ["B"]


def test_an_overlap_needs_two_coders(study: Project) -> None:
    with pytest.raises(UsageError, match="readers=3: an overlap needs two coders or more; there is one, ana"):
        study.assign(coder="ana", readers=3)
    assert "no overlap is drawn: it needs two coders or more (coder)" in study.assign(coder="ana").attrs["notes"]


def test_bad_options_are_one_sentence(study: Project) -> None:
    with pytest.raises(UsageError, match="name the coders"):
        study.assign()
    for overlap in ("200%", "many", 5, -1):
        with pytest.raises(UsageError, match="is neither a number up to 4 nor a share"):
            study.assign(coder=["ana", "ben"], overlap=overlap)
    with pytest.raises(UsageError, match="must be a number from 2 to 2"):
        study.assign(coder=["ana", "ben"], readers=3)
    with pytest.raises(UnknownNameError, match="no attribute 'grup'"):
        study.assign(coder=["ana", "ben"], by="grup")
    with pytest.raises(UsageError, match="begins with a letter or digit"):
        study.assign(coder=["../ana", "ben"])


def test_commands_show_write_and_list(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study.study.root, capsys)
    assert "nothing was written: --write does it" in shell("assign", "--coder", "ana", "--coder", "ben").err
    assert shell("assign", "--coder", "ana", "--coder", "ben", "--write").code == 0
    assert len(shell("assign", "--list", "--format", "json").json) == 5
    assert shell("assign", "--list", "--write").code == 2


# Laws

SIZES = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9), min_size=1)


@given(sizes=SIZES, total=st.integers(0, 40))
def test_shares_add_up_and_none_is_larger_than_its_group(sizes: dict[str, int], total: int) -> None:
    shares = share_out(total, sizes)
    assert sum(shares.values()) == min(total, sum(sizes.values()))
    assert all(0 <= shares[name] <= sizes[name] for name in sizes)


@given(
    sizes=SIZES, overlap=st.integers(0, 40), coders=st.integers(2, 4), seed=st.integers(0, 5), extra=st.integers(0, 3)
)
def test_draws_cover_all_transcripts_and_repeat(
    sizes: dict[str, int], overlap: int, coders: int, seed: int, extra: int
) -> None:
    strata = {value: [f"{value}{number}" for number in range(size)] for value, size in sizes.items()}
    names = [name for group in strata.values() for name in group]
    people = ["ana", "ben", "cy", "dee"][:coders]
    plan = DrawPlan(strata, dict.fromkeys(names, 10), people, min(overlap, len(names)), 2, seed)
    drawn = draw_assignments(plan)
    assert {one.transcript for one in drawn} == set(names)
    assert len(drawn) == len({(one.transcript, one.coder) for one in drawn}) == len(names) + plan.overlap
    counts = [sum(one.coder == name for one in drawn) for name in people]
    assert max(counts) - min(counts) <= 1
    assert draw_assignments(plan, drawn) == drawn
    given = [Assignment(name, "ana", is_overlap=False) for name in names[:extra]]
    assert draw_assignments(plan, given)[: len(given)] == given
