"""The log of what was recorded, undo and redo of actions, and confirmed codings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import NewCoderError, OperationError, UnknownNameError, UsageError
from qualcode.project import Project
from qualcode.study.study import Study
from studies import Shell, coded_study, ledgers, records, small_study, write

BUDGET = "The budget is gone."


def state_of(root: Path) -> object:
    """Return what counts, as a project that is opened anew sees it."""
    study = Study(root)
    return (study.codings, study.memos, study.ledger_state.finished, study.ledger_state.rejections)


def edit(root: Path, old: str = BUDGET, new: str = "The whole budget is gone.") -> None:
    path = root / "transcripts/A.txt"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- undo and redo --------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(small_study(tmp_path))


def code_budget(project: Project, coder: str = "ana") -> str:
    return project.code("A", "work/money", BUDGET, coder=coder).id


def _import(project: Project) -> None:
    rows = "A,work/money,The budget is gone.\nB,skills/patience,I wait a week.\nC,work/money,Legal says no.\n"
    project.code_from(write(project.study.root.parent, "codings.csv", f"transcript,code,quote\n{rows}"), coder="ana")


def _suggested(project: Project) -> str:
    return str(project.suggest(code="work/fear")["id"][0])


ACTIONS: dict[str, Callable[[Project], object]] = {
    "code": code_budget,
    "code with a memo": lambda project: project.code("A", "work/money", BUDGET, coder="ana", memo="Why?"),
    "import": _import,
    "accept": lambda project: project.accept(_suggested(project), coder="ana"),
    "reject": lambda project: project.reject(_suggested(project), coder="ana"),
    "done": lambda project: project.done(["A", "B"], coder="ana", families=["work"]),
    "memo": lambda project: project.memo("A thought.", on="A", coder="ana"),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_undo_takes_back_an_action_and_redo_brings_it_back(project: Project, name: str) -> None:
    project.codings()  # an open project has read the ledgers
    root = project.study.root
    before = state_of(root)
    ACTIONS[name](project)
    after = state_of(root)
    assert after != before
    written = ledgers(root)
    would = project.undo(coder="ana", dry_run=True)
    assert (would.ids, ledgers(root)) == ((), written)
    undone = project.undo(coder="ana")
    assert undone.lines == would.lines
    assert state_of(root) == before
    assert project.redo(coder="ana").lines == undone.lines
    assert state_of(root) == after
    assert all(content.startswith(written.get(path, b"")) for path, content in ledgers(root).items())


def test_undo_of_a_retraction_restores_the_coding_in_an_open_project(project: Project) -> None:
    coding = code_budget(project)
    project.retract(coding, coder="ana")
    project.undo(coder="ana")
    with pytest.raises(OperationError, match="already coded"):
        code_budget(project)
    assert list(project.codings()["id"]) == [coding]
    project.redo(coder="ana")
    assert code_budget(project) != coding


def test_undo_of_done_undo(project: Project) -> None:
    project.done("A", coder="ana")
    project.done("A", coder="ana", undo=True)
    assert project.undo(coder="ana").lines == ("retraction of A done",)
    assert project.done("A", coder="ana").count == 0
    project.redo(coder="ana")
    assert project.done("A", coder="ana").count == 1


def test_undo_of_an_update_restores_the_earlier_places(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    edit(tmp_path)
    before = state_of(tmp_path)
    project.update(write=True, coder="ben")
    after = state_of(tmp_path)
    assert after != before
    action = project.log(actions=True, limit=1)["action"][0]
    with pytest.raises(OperationError, match=r"is by ben: only its coder can undo it \(coder='ben'\)"):
        project.undo(action, coder="ana")
    assert project.undo(coder="ben").lines[0].startswith("place of work/")
    assert state_of(tmp_path) == before
    project.redo(coder="ben")
    assert state_of(tmp_path) == after


def test_undos_go_back_step_by_step(project: Project) -> None:
    first = code_budget(project)
    second = project.code("B", "skills/patience", "I wait a week.", coder="ana").id
    code_budget(project, "ben")
    project.undo(coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [first]
    project.undo(coder="ana")
    with pytest.raises(OperationError, match="ana has nothing to undo"):
        project.undo(coder="ana")
    project.redo(coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [first]
    project.redo(coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [first, second]
    with pytest.raises(OperationError, match="ana has nothing to redo"):
        project.redo(coder="ana")
    project.undo(coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [first]
    assert len(project.codings(coder="ben")) == 1


def test_an_action_is_undone_by_its_id(project: Project) -> None:
    first = code_budget(project)
    code_budget(project, "ben")
    second = project.code("B", "skills/patience", "I wait a week.", coder="ana").id
    project.undo(first[-6:], coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [second]
    with pytest.raises(OperationError, match=r"is undone already \(\w{6}\): Project\.redo\(\) brings it back"):
        project.undo(first, coder="ana")
    undo = project.log(limit=1)["action"][0]
    with pytest.raises(OperationError, match="is an undo: take it back with"):
        project.undo(undo, coder="ana")
    with pytest.raises(OperationError, match="is not undone"):
        project.redo(second, coder="ana")
    with pytest.raises(UnknownNameError, match="no action 'zzzzzz'"):
        project.undo("zzzzzz", coder="ana")
    project.undo(second, coder="ana")
    project.redo(first, coder="ana")
    assert list(project.codings(coder="ana")["id"]) == [first]


def test_an_event_of_a_longer_action_does_not_name_it(project: Project) -> None:
    _import(project)
    first, *others = sorted(project.codings()["id"])
    with pytest.raises(OperationError, match=r"is one of 3 events of action \w{6}: name the action"):
        project.undo(others[0], coder="ana")
    project.retract(others[0], coder="ana")
    assert project.undo(first, coder="ana").count == 2
    assert project.redo(first, coder="ana").count == 2
    assert sorted(project.codings()["id"]) == [first, others[1]]


def test_an_import_for_two_coders_is_undone_for_each(project: Project) -> None:
    rows = f"A,work/money,{BUDGET},ana\nC,work/money,Legal says no.,ben\n"
    project.code_from(write(project.study.root.parent, "both.csv", f"transcript,code,quote,coder\n{rows}"))
    undone = project.undo(coder="ana")
    assert undone.notes == ("1 event by ben in the same action: only coder='ben' can undo them",)
    assert list(project.codings()["coder"]) == ["ben"]
    assert project.undo(coder="ben").notes == ()


def test_what_another_action_recorded_as_well_stays(project: Project) -> None:
    """Two machines have imported one table; the ledgers are put together."""
    code_budget(project)
    other = Project(small_study(project.study.root.parent / "other"))
    code_budget(other)
    path = project.study.codings_folder / "ana/A.jsonl"
    path.write_bytes(path.read_bytes() + (other.study.codings_folder / "ana/A.jsonl").read_bytes())
    undone = project.undo(coder="ana")
    assert undone.notes == ("1 coding recorded by another action as well: not taken back",)
    assert len(project.codings()) == 1
    with pytest.raises(OperationError, match="already coded"):
        code_budget(project)


def test_a_misspelt_coder_undoes_nothing(project: Project) -> None:
    code_budget(project, "anna")
    with pytest.raises(NewCoderError, match="ana"):
        project.undo(coder="ana")


STEPS = st.lists(st.sampled_from(["code", "patience", "done", "memo", "undo", "redo", "retract"]), max_size=10)


@pytest.mark.slow
@given(STEPS, st.integers(1, 3))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_many_redos_as_undos_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], count: int
) -> None:
    project = Project(small_study(tmp_path_factory.mktemp("undo")))
    for step in steps:
        _take_step(project, step)
    root = project.study.root
    before, undone = state_of(root), 0
    for _ in range(count):
        undone += _take_step(project, "undo")
    for _ in range(undone):
        assert _take_step(project, "redo")
    assert state_of(root) == before
    assert project.study.codings == Study(root).codings


def _take_step(project: Project, step: str) -> bool:
    """Take a step and return whether it was possible."""
    try:
        if step == "code":
            code_budget(project)
        elif step == "patience":
            project.code("B", "skills/patience", "I wait a week.", coder="ana", memo="hm")
        elif step == "done":
            project.done("A", coder="ana")
        elif step == "memo":
            project.memo("A thought.", coder="ana")
        elif step == "retract":
            project.retract(list(project.codings()["id"])[:1] or ["none-there"], coder="ana")
        else:
            getattr(project, step)(coder="ana")
    except (OperationError, UnknownNameError):
        return False
    return True


# --- log ------------------------------------------------------------------------------------------------------


def test_log_has_one_row_per_event_the_latest_first(project: Project) -> None:
    coding = project.code("A", "work/money", BUDGET, coder="ana", memo="Why?").id
    project.done("B", coder="ben", families=["work"])
    project.undo(coder="ana")
    rows = records(project.log())
    columns = ("coder", "event", "transcript", "code", "quote", "text", "origin", "events")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("ana", "retract", "A", "", "", "Why?", "undo", 1),
        ("ana", "retract", "A", "work/money", BUDGET, "", "undo", 1),
        ("ben", "done", "B", "", "", "work", "", 1),
        ("ana", "memo", "A", "", "", "Why?", "", 1),
        ("ana", "apply", "A", "work/money", BUDGET, "", "", 1),
    ]
    undo = rows[1]["action"]
    assert [row["action"] for row in rows] == [undo, undo, rows[2]["id"], coding, coding]
    assert [row["undone"] for row in rows] == ["", "", "", undo, undo]
    assert [row["target"] for row in rows] == [rows[3]["id"], coding, "", coding, ""]


def test_log_of_actions_has_one_row_for_an_import(project: Project) -> None:
    _import(project)
    project.retract(project.codings()["id"][0], coder="ana")
    one, imported = records(project.log(actions=True))
    assert (one["event"], one["events"], one["undone"]) == ("retract", 1, "")
    assert (imported["events"], imported["origin"], imported["undone"]) == (3, "codings.csv", "")
    assert imported["transcript"] == "A, B, C"
    project.undo(imported["action"], coder="ana")
    assert records(project.log(actions=True))[-1]["undone"] != ""


def test_log_is_filtered(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    code_budget(project)
    project.done("B", coder="ben")
    project.code("A", "skills/patience", BUDGET, coder="ben")

    def count(**options: object) -> int:
        return len(project.log(**options))  # type: ignore[arg-type]

    assert count(coder="ben") == 2
    assert count(code="work") == count(code="work/money") == count(event="apply", coder="ana") == 1
    assert (count(transcripts="A"), count(transcripts="[AB]"), count(transcripts="C")) == (2, 3, 0)
    assert (count(limit=2), count(event=["apply", "done"])) == (2, 3)
    year = project.log()["at"][0].year
    assert (count(since=str(year)), count(until=str(year)), count(since=str(year + 1))) == (3, 3, 0)
    for options, error in (
        ({"coder": "eve"}, UnknownNameError),
        ({"code": "work/none"}, UnknownNameError),
        ({"transcripts": "Z"}, UnknownNameError),
        ({"event": "undo"}, UsageError),
        ({"since": "soon"}, UsageError),
        ({"since": "2026", "until": "2025"}, UsageError),
        ({"limit": 0}, UsageError),
    ):
        with pytest.raises(error):
            count(**options)


def test_log_knows_transcripts_whose_source_is_gone(project: Project) -> None:
    code_budget(project)
    (project.study.root / "transcripts/A.txt").unlink()
    assert len(project.log(transcripts="A")) == 1


def test_log_of_a_study_without_decisions_is_empty(project: Project) -> None:
    assert project.log().empty
    assert list(project.log(actions=True).columns) == list(project.log().columns)


def test_commands_log_undo_and_redo(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(project.study.root, capsys)
    _import(project)
    assert shell("undo", "--dry-run", "--coder", "ana").out == "3 events would be undone\n"
    undone = shell("undo", "--coder", "ana")
    assert undone.out == "3 events undone\n"
    assert f"work/money in A: “{BUDGET}”" in undone.err
    assert len({row["undone"] for row in shell("log", "--format", "csv", "--event", "apply").csv}) == 1
    assert [row["events"] for row in shell("log", "--format", "json").json] == [1] * 6
    shown = shell("log").out.splitlines()
    assert len(shown) == 4
    assert [line.split()[3:5] for line in shown[2:]] == [["ana", "retract"], ["ana", "apply"]]
    assert shell("redo", "--coder", "ana").out == "3 events redone\n"
    refused = shell("undo", "zzzzzz", "--coder", "ana")
    assert (refused.code, "no action 'zzzzzz' in this study ('qualcode log' lists the ids;" in refused.err) == (2, True)


# --- confirm --------------------------------------------------------------------------------------------------


@pytest.fixture
def changed(tmp_path: Path) -> Project:
    """Ana's and Ben's coding of the budget in A, whose text was changed, recorded by an update."""
    project = Project(coded_study(tmp_path))
    edit(tmp_path)
    project.update(write=True, coder="ben")
    return project


def place_of_budget(project: Project, coder: str = "ana") -> tuple[object, ...]:
    rows = records(project.codings(coder=coder, code="work/money", transcripts="A"))
    (row,) = [row for row in rows if "budget" in row["quote"]]
    return row["status"], row["quote"], row["was"]


def test_a_changed_coding_that_is_confirmed_is_anchored_with_its_new_quote(changed: Project) -> None:
    assert place_of_budget(changed) == ("changed", "The whole budget is gone.", BUDGET)
    confirmed = changed.confirm(coder="ana")
    assert confirmed.count == 1
    for project in (changed, Project(changed.study.root)):
        assert place_of_budget(project) == ("anchored", "The whole budget is gone.", "")
        assert place_of_budget(project, "ben")[0] == "changed"
        assert project.confirm(coder="ana").count == 0
    assert changed.update().empty
    edit(changed.study.root, "The whole budget", "The whole big budget")
    changed.update(write=True, coder="ana")
    assert place_of_budget(changed) == ("changed", "The whole big budget is gone.", "The whole budget is gone.")


def test_a_confirmation_is_undone(changed: Project) -> None:
    before = state_of(changed.study.root)
    changed.confirm(coder="ana")
    undone = changed.undo(coder="ana")
    assert undone.lines == (f"confirmation of work/money in A: “{BUDGET}”",)
    assert state_of(changed.study.root) == before
    assert place_of_budget(changed)[0] == "changed"
    changed.redo(coder="ana")
    assert place_of_budget(changed)[0] == "anchored"


def test_only_changed_codings_of_ones_own_are_confirmed(changed: Project) -> None:
    by_status = {(row["coder"], row["status"]): row["id"] for row in records(changed.codings())}
    with pytest.raises(OperationError, match=r"is by ben: only its coder can confirm it \(coder='ben'\)"):
        changed.confirm(by_status["ben", "changed"], coder="ana")
    anchored = by_status["ana", "anchored"]
    result = changed.confirm([anchored], coder="ana")
    assert (result.count, result.notes) == (
        0,
        (f"{anchored} is anchored: its text has not changed, so there is nothing to confirm",),
    )
    with pytest.raises(UnknownNameError, match="no coding 'zzzzzz'"):
        changed.confirm("zzzzzz", coder="ana")
    edit(changed.study.root, "The whole budget is gone.", "So.")
    changed.update(write=True, coder="ana")
    with pytest.raises(OperationError, match="is orphaned, since its text is not found in A: follow it with"):
        changed.confirm(by_status["ana", "changed"], coder="ana")
    with pytest.raises(UsageError, match="leave transcripts out"):
        changed.confirm(anchored, transcripts="A", coder="ana")


def test_another_coders_confirmation_has_no_effect(changed: Project) -> None:
    """Only an edit of a ledger by hand makes one."""
    changed.confirm(coder="ben")
    path = changed.study.codings_folder / "ben/A.jsonl"
    target = next(row["id"] for row in records(changed.codings(coder="ana", status="changed")))
    *before, line = path.read_text(encoding="utf-8").splitlines(keepends=True)
    ben = next(row["id"] for row in records(changed.codings(coder="ben")) if row["status"] == "anchored")
    path.write_text("".join([*before, line.replace(f'"target":"{ben}"', f'"target":"{target}"')]), encoding="utf-8")
    assert place_of_budget(changed)[0] == "changed"


def test_command_confirm_lists_and_records(changed: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(changed.study.root, capsys)
    listed = shell("confirm", "--coder", "ana")
    assert "The {+whole+} budget is gone." in listed.out
    assert "qualcode confirm ID" in listed.out
    written = ledgers(changed.study.root)
    assert shell("confirm", "--all", "--dry-run", "--coder", "ana").out == "1 would be confirmed\n"
    assert ledgers(changed.study.root) == written
    assert shell("confirm", "--all", "--transcripts", "B", "--coder", "ana").out == "0 confirmed\n"
    assert shell("confirm", "--all", "--transcripts", "A", "--coder", "ana").out == "1 confirmed\n"
    assert "no coding of yours has a changed text" in shell("confirm", "--coder", "ana").out
    assert shell("confirm", "x", "--all", "--coder", "ana").code == 2


def answers(monkeypatch: pytest.MonkeyPatch, *given: str) -> None:
    left: Iterator[str] = iter(given)

    def prompt(*_args: object, **_options: object) -> str:
        answer = next(left)
        if answer == "abort":
            raise click.Abort
        return answer

    monkeypatch.setattr("click.prompt", prompt)


@pytest.mark.parametrize(
    ("answer", "status", "err"),
    [("y", "anchored", "1 confirmed"), ("", "changed", ""), ("q", "changed", ""), ("r", "", "1 retracted")],
)
def test_interactive_update_asks_whether_changed_codings_hold(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    status: str,
    err: str,
) -> None:
    shell = Shell(coded_study(tmp_path), capsys)
    edit(tmp_path)
    answers(monkeypatch, "what?", answer)
    result = shell("update", "--interactive", "--coder", "ana")
    assert err in result.err
    assert "(1 of 1)" in result.err
    found = [row for row in shell("codings", "--coder", "ana", "--format", "json").json if "budget" in row["quote"]]
    assert [row["status"] for row in found if row["transcript"] == "A"] == ([status] if status else [])


def test_interrupted_questions_leave_the_places_that_were_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(coded_study(tmp_path), capsys)
    edit(tmp_path)
    answers(monkeypatch, "abort")
    result = shell("update", "--interactive", "--coder", "ana")
    assert (result.code, "the new places are recorded" in result.err) == (1, True)
    assert len(shell("codings", "--status", "changed", "--format", "json").json) == 2


def test_a_later_confirmation_does_not_count_at_an_earlier_date(changed: Project) -> None:
    changed.confirm(coder="ana")
    at = changed.log(limit=1)["at"][0]
    earlier = changed.codings(coder="ana", status="changed", as_of=str(at.year - 1))
    assert earlier.empty
    assert place_of_budget(changed)[0] == "anchored"
