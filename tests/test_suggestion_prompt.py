"""Suggestions decided with one key each, and the first of them only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from qualcode import Project
from qualcode.cli.prompts import suggestion_prompt
from qualcode.errors import OperationError
from studies import Shell, records, small_study

Review = Callable[..., str]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(suggestion_prompt, "is_terminal", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    return Shell(small_study(tmp_path), capsys)


@pytest.fixture
def review(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Answer the questions about all suggestions with these keys."""

    def answer(keys: str, *options: str, code: str = "") -> str:
        pressed = iter(keys)
        monkeypatch.setattr(click, "getchar", lambda: next(pressed))
        typed = iter([*code.split(";"), ""])
        monkeypatch.setattr(click, "prompt", lambda *_, **__: next(typed))
        done = shell("suggest", "--interactive", "--maker", "cues", "--coder", "ana", *options)
        assert done.code == 0
        return click.unstyle(done.out) + done.err

    return answer


def decided(shell: Shell) -> list[tuple[str, str]]:
    return [(row["quote"], row["code"]) for row in records(Project(shell.root).codings())]


def test_each_key_decides_and_shows_the_next_suggestion(shell: Shell, review: Review) -> None:
    shown = records(Project(shell.root).suggest(maker="cues"))
    out = review("ars" + "s" * (len(shown) - 3) + "q")
    assert decided(shell) == [(shown[0]["quote"], shown[0]["code"])]
    assert f"1/{len(shown)}" in out
    assert f"{len(shown)}/{len(shown)}" in out
    assert f"1 coded, 1 rejected; {len(shown)} of {len(shown)} suggestions shown" in out
    assert all(row["quote"] in out for row in shown)
    left = {row["id"] for row in records(Project(shell.root).suggest(maker="cues", coder="ana"))}
    assert left == {row["id"] for row in shown[2:]}


def test_q_stops_and_keeps_what_was_decided(shell: Shell, review: Review) -> None:
    assert "1 coded, 0 rejected; 2 of" in review("aq")
    assert len(decided(shell)) == 1


@pytest.mark.parametrize("keys", ["auq", "ruq", "uq", "aruuq"])
def test_u_takes_the_last_decision_back_and_shows_it_again(shell: Shell, review: Review, keys: str) -> None:
    before = list(Project(shell.root).suggest(maker="cues", coder="ana")["id"])
    out = review(keys)
    assert decided(shell) == []
    assert list(Project(shell.root).suggest(maker="cues", coder="ana")["id"]) == before
    assert out.count("    retracted ") == len(keys.strip("q")) // 2
    assert ("nothing to undo" in out) == (keys == "uq")
    assert out.count("\n1/") == (2 if "u" in keys[1:] else 1)


def test_u_is_there_after_the_last_suggestion(shell: Shell, review: Review) -> None:
    shown = records(Project(shell.root).suggest(maker="cues"))
    out = review("s" * (len(shown) - 1) + "auq")
    assert "all suggestions are shown" in out
    assert decided(shell) == []


def test_a_rejection_is_taken_back_by_its_id(shell: Shell) -> None:
    name = records(Project(shell.root).suggest(maker="cues"))[0]["id"]
    rejected = Project(shell.root).reject(name, coder="ana")
    with pytest.raises(OperationError, match=f"rejection {rejected.id} is by ana"):
        Project(shell.root).retract(rejected.id, coder="bea")
    assert Project(shell.root).retract(rejected.id[-6:], coder="ana").places == rejected.places
    assert name in {row["id"] for row in records(Project(shell.root).suggest(maker="cues", coder="ana"))}


def test_o_codes_the_sentence_with_another_code_and_asks_again(shell: Shell, review: Review) -> None:
    first = records(Project(shell.root).suggest(maker="cues"))[0]
    review("oaq", code="patien")
    assert sorted(decided(shell)) == sorted([(first["quote"], "skills/patience"), (first["quote"], first["code"])])


def test_a_code_that_does_not_exist_is_told_and_asked_again(shell: Shell, review: Review) -> None:
    assert "no code has it" in review("oq", code="work/mony")
    assert "work/money, work/money/roi, work/fear" in review("oq", code="work")
    assert decided(shell) == []
    review("oq", code="work;fear")
    assert [code for _, code in decided(shell)] == ["work/fear"]


def test_without_a_terminal_it_is_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestion_prompt, "is_terminal", lambda: False)
    done = shell("suggest", "--interactive", "--coder", "ana")
    assert (done.code, "--interactive asks on a terminal" in done.err) == (2, True)


def test_top_shows_the_first_suggestions_in_the_order_asked_for(shell: Shell) -> None:
    project = Project(shell.root)
    every = [row["id"] for row in records(project.suggest(maker="cues", order="transcript"))]
    first = [row["id"] for row in records(project.suggest(maker="cues", order="transcript", top=2))]
    assert first == every[:2]
    assert len(every) > 2


def test_a_transcript_in_another_language_is_noted_beside_its_suggestions(shell: Shell) -> None:
    french = (
        "Q: Nous avons le budget de la ville et pas les gens, mais elle est dans les bureaux avec nous pour vous.\n"
    )
    (shell.root / "transcripts" / "F.txt").write_text(french * 3, encoding="utf-8")
    notes = Project(shell.root).suggest(maker="cues").attrs["notes"]
    assert [note for note in notes if "another language" in note] == [
        "F: the text seems to be in another language (fr) than the study (en), so its cues and its model may be wrong "
        "there (Project.check())"
    ]
