"""The command ``review``: what it refuses before the screen is shown, and what it runs for a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qualcode.cli import run
from qualcode.cli.keyboard import review_command
from qualcode.project import Project
from qualcode.review import ReviewOptions, open_review
from qualcode.review.review_app import ReviewApp
from studies import coded_study


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["A"], 2, "review needs a terminal"),
        (["A", "--port", "8000"], 2, "--port goes with --serve"),
        (["--changed", "--adjudicate", "ana", "ben"], 2, "open one after the other"),
        (["Z", "--serve"], 2, "no transcript 'Z'"),
        (["--code", "work/mony", "--serve"], 2, "did you mean 'work/money'"),
    ],
)
def test_what_is_wrong_is_told_before_the_screen_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
) -> None:
    coded_study(tmp_path, coder="ana")
    assert run(["-C", str(tmp_path), "review", *words]) == code
    assert message in capsys.readouterr().err


def test_review_is_opened_with_its_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coded_study(tmp_path)
    opened: list[ReviewOptions] = []
    monkeypatch.setattr(review_command, "is_terminal", lambda: True)
    monkeypatch.setattr("qualcode.review.open_review", lambda project, options: opened.append(options))
    words = ["A", "--coder", "ana", "--order", "novel", "--code", "work", "--min-score", "0.4", "--blind"]
    assert run(["-C", str(tmp_path), "review", *words, "--theme", "light"]) == 0
    assert opened == [ReviewOptions("A", "ana", "novel", ("work",), 0.4, blind=True, theme="light")]


def test_browser_runs_the_command_with_the_same_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coded_study(tmp_path)
    served: list[list[str]] = []
    opened: list[ReviewOptions] = []

    def serve(command: list[str], *, port: int | None, announce: Any) -> None:
        assert port == 8001
        announce("http://127.0.0.1:8001/x/")
        served.append(command)

    monkeypatch.setattr("qualcode.review.browser.review_server.serve_review", serve)
    words = ["--coder", "ana", "--adjudicate", "ana", "ben", "--code", "work", "--not-blind", "--min-score", "0.4"]
    assert run(["-C", str(tmp_path), "review", *words, "--serve", "--port", "8001", "A"]) == 0
    assert (
        run(["-C", str(tmp_path), "review", "--coder", "ana", "--changed", "--blind", "--serve", "--port", "8001"]) == 0
    )
    monkeypatch.setattr(review_command, "is_terminal", lambda: True)
    monkeypatch.setattr("qualcode.review.open_review", lambda project, options: opened.append(options))
    for command in served:
        assert command[1:3] == ["-m", "qualcode"]
        assert run(command[3:]) == 0
    assert opened[0] == ReviewOptions(
        "A", "ana", "transcript", ("work",), 0.4, None, False, ("ana", "ben"), theme="dark"
    )
    assert opened[1] == ReviewOptions("", "ana", blind=True, changed=True, theme="dark")


def test_a_review_opens_with_the_list_that_it_walks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(coded_study(tmp_path))
    opened: list[ReviewApp] = []

    def run_app(app: ReviewApp) -> None:
        opened.append(app)

    monkeypatch.setattr(ReviewApp, "run", run_app)
    open_review(project, ReviewOptions("A", coder="ana"))
    open_review(project, ReviewOptions(coder="ana", changed=True))
    open_review(project, ReviewOptions(coder="lea", adjudicate=("ana", "ben")))
    assert [app.session.hits.kind for app in opened] == ["suggestion", "changed", "disagreement"]
    assert len(opened[2].session.hits.hits) == 2
