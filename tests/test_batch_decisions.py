"""Decisions by the batch: suggestions that a selection finds are accepted or rejected as one action."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from qualcode.coding.batches.batch_records import name_batch
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import UsageError
from qualcode.project import Project
from studies import Shell, coded_study, ledgers


class Keyboard(io.StringIO):
    """Standard input of a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Cues suggest seven codes to ben: patience in B and twice in D, money in C, roi and twice fear in A."""
    return coded_study(tmp_path / "study")


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


def type_on_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", Keyboard(answer))


@pytest.mark.parametrize(
    "selection",
    [
        {"code": "work"},
        {"code": ["skills/patience", "work/fear"], "transcripts": ["A", "D"]},
        {"min_score": 0.6},
        {"max_score": 0.6},
        {"top": 2},
        {"maker": "cues"},
        {"unread_only": True},
    ],
)
@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_what_is_decided_on_is_what_suggest_shows(root: Path, verb: str, selection: dict[str, Any]) -> None:
    project = Project(root)
    shown = project.suggest(**selection, coder="ben")
    everything = project.suggest(coder="ben")
    assert len(shown) > 0
    decided = getattr(project, verb)(**selection, coder="ben")
    assert [(place.transcript, place.quote, place.code) for place in decided.places] == list(
        zip(shown["transcript"], shown["quote"], shown["code"], strict=True)
    )
    # Of two suggestions for the same words, a rejection dismisses both; "I wait." and "They fear it." come twice.
    left = set(everything["id"]) - set(shown["id"])
    assert set(project.suggest(coder="ben")["id"]) <= left


def test_a_batch_is_previewed_then_recorded_as_one_action_that_undo_takes_back(shell: Shell, root: Path) -> None:
    before = ledgers(root)
    command = ("accept", "--code", "work", "--min-score", "0.5", "--coder", "ben")
    dry = shell(*command, "--dry-run")
    assert (dry.code, dry.out) == (
        0,
        "  0.50  work/money in C, turn 1 (Cy, 0:00:02): “The budget is gone.”\n"
        "  0.80  work/money/roi in A, turn 1 (P): “Nobody can tell me what it earns.”\n"
        "  0.50  work/fear in A, turn 3 (P): “They fear it.”\n"
        "  0.50  work/fear in A, turn 3 (P): “They fear it.”\n"
        "4 would be accepted\n",
    )
    assert ledgers(root) == before
    done = shell(*command, "--yes")
    assert (done.code, done.out) == (0, "4 accepted\n")
    (row,) = Project(root).log(actions=True, limit=1).to_dict("records")
    assert (row["events"], row["origin"]) == (4, "accept --code work --min-score 0.5")
    assert f"to take back: qualcode undo {row['action'][-6:]} --coder ben" in done.err
    assert "accept --code work --min-score 0.5" in shell("log", "--limit", "1").out
    undone = shell("undo", row["action"][-6:], "--coder", "ben")
    assert undone.out == "4 events undone\n"
    assert len(Project(root).codings(coder="ben")) == 1


def test_where_nobody_can_be_asked_a_batch_needs_yes(shell: Shell, root: Path) -> None:
    before = ledgers(root)
    refused = shell("reject", "--code", "work", "--coder", "ben")
    assert (refused.code, refused.out) == (2, "")
    lines = refused.err.splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["code", "count", "transcripts", "lowest", "score", "highest", "score"],
        ["--------------", "-----", "-----------", "------------", "-------------"],
        ["work/money", "1", "1", "0.50", "0.50"],
        ["work/money/roi", "1", "1", "0.80", "0.80"],
        ["work/fear", "2", "1", "0.50", "0.50"],
    ]
    assert "  0.80  work/money/roi in A, turn 1 (P): “Nobody can tell me what it earns.”" in lines
    assert lines[-1] == "qualcode: nothing was recorded: add --yes to reject 4 suggestions, or --dry-run to list all"
    assert ledgers(root) == before


@pytest.mark.parametrize(("answer", "code", "count"), [("y\n", 0, 2), ("\n", 1, 1), ("n\n", 1, 1)])
def test_on_a_terminal_a_person_is_asked(
    shell: Shell, root: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, count: int
) -> None:
    type_on_terminal(monkeypatch, answer)
    result = shell("accept", "--code", "work/money", "--transcripts", "C", "--coder", "ben")
    assert result.code == code
    assert "accept 1 suggestion? [y/N] " in result.err
    assert result.out == ("1 accepted\n" if answer == "y\n" else "")
    assert len(Project(root).codings(coder="ben")) == count


def test_examples_of_a_code_are_its_highest_middle_and_lowest_scores(shell: Shell, root: Path) -> None:
    sentences = " ".join(f"Waiting number {number} earns, and waiting {number} is fear." for number in range(30))
    (root / "transcripts/E.txt").write_text(f"I: So?\n\nP: {sentences}\n")
    refused = shell("accept", "--transcripts", "E", "--code", "work", "--coder", "ben")
    examples = refused.err.partition("examples:\n")[2].splitlines()
    assert [line.partition(" in E")[0].strip() for line in examples[:7]] == [
        *["0.80  work/money/roi"] * 3,
        *["0.50  work/fear"] * 3,
        "and 54 more",
    ]
    assert ["number 0 " in examples[0], "number 29 " in examples[2]] == [True, True]


def test_suggestions_are_given_by_id_or_by_a_selection(root: Path, shell: Shell) -> None:
    project = Project(root)
    (name,) = project.suggest(coder="ben", code="work/money", transcripts="C")["id"]
    for call in (project.accept, project.reject):
        with pytest.raises(UsageError, match="name suggestions by their ids, or select them with code, min_score"):
            call(coder="ben")
        with pytest.raises(UsageError, match=r"give ids, or select suggestions with code, min_score, .* not both"):
            call(name, code="work", coder="ben")
    with pytest.raises(UsageError, match="ids: an empty list selects nothing"):
        project.accept([], code="work", coder="ben")
    assert shell("accept", name, "--min-score", "0.1", "--coder", "ben").code == 2
    assert shell("accept", name, "--coder", "ben").out == "1 accepted\n"


def test_a_function_may_look_at_the_batch_before_it_is_recorded(root: Path) -> None:
    project, seen = Project(root), []

    def refuse(planned: RecordedDecisions) -> bool:
        seen.append(planned)
        return False

    before = ledgers(root)
    declined = project.accept(code="work/money/roi", coder="ben", confirm=refuse)
    assert [(place.id, place.score, place.quote) for place in seen[0].places] == [
        ("", 0.8, "Nobody can tell me what it earns.")
    ]
    assert (declined.count, declined.notes[-1], ledgers(root) == before) == (0, "nothing was recorded", True)
    planned = project.accept(code="work/money/roi", coder="ben", dry_run=True, confirm=refuse)
    assert (planned.count, planned.ids, len(seen), ledgers(root) == before) == (1, (), 1, True)
    assert repr(planned).startswith("work/money/roi in A, turn 1 (P): “Nobody can tell me what it earns.”\n")
    assert project.accept(code="work/money/roi", coder="ben", confirm=lambda _: True).count == 1


def test_scores_that_leave_nothing_are_refused(root: Path) -> None:
    with pytest.raises(UsageError, match=r"min_score 0\.8 is above max_score 0\.5: nothing is between them"):
        Project(root).suggest(min_score=0.8, max_score=0.5)
    with pytest.raises(UsageError, match=r"max_score: must be a number from 0 to 1, not 2"):
        Project(root).reject(max_score=2, coder="ben")


def test_the_name_of_a_batch_is_a_command_that_a_shell_takes() -> None:
    name = name_batch("code", "work/money", regex="it's|(cash|money):3", transcripts=("A b",), case=True, speaker=())
    assert name == """code --regex 'it'"'"'s|(cash|money):3' --transcripts 'A b' --case work/money"""
