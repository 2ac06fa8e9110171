"""What a hostile study can do to the terminal of the review: nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from qualcode.project import Project
from qualcode.review import review_screen
from qualcode.review.review_app import ReviewApp
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.review_session import start_session
from screens import run_app, screen_text
from studies import small_study, write

ATTACK = "\x1b]0;owned\x07\x9b31m\u202e[red]x[/red]"
BOOK = """\
family: work
name: "Work \\e[31m"
codes:
  - id: money
    name: "Money \\e]0;owned\\a \\x9b31m [bold]"
    definition: "\\e[2J costs \\u202e"
"""


def test_no_text_of_a_study_steers_the_terminal(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(review_screen, "_SUGGESTION_DELAY", 1000)
    root = small_study(tmp_path, coder="ana")
    write(root, "codebooks/work.yaml", BOOK)
    (root / "codebooks/skills.yaml").unlink()
    write(root, "transcripts/A.txt", f"I: What?\n\nP: It is {ATTACK} gone.\n")
    project = Project(root)
    project.code("A", "work/money", "gone", coder="ana", memo=f"memo {ATTACK}")
    project.memo(f"passage {ATTACK}", on="A", coder="ana")
    app = ReviewApp(start_session(project, ReviewOptions("A")))
    shown: list[str] = []

    async def steps(app: ReviewApp, pilot: Pilot[Any]) -> None:
        for keys in (
            ["c"],
            ["i"],
            ["escape", "M"],
            ["escape", "space"],
            ["escape", "d"],
            ["u"],
            ["g"],
            ["escape", "?"],
        ):
            await pilot.press(*keys)
            await pilot.pause()
            shown.append(screen_text(app))

    run_app(app, steps, size=(140, 40))
    assert any("Money" in text for text in shown)
    assert any("memo" in text for text in shown)
    found = {character for text in shown for character in text if not character.isprintable() and character != "\n"}
    assert found == set()
    # Brackets are text, not markup.
    assert any("[bold]" in text for text in shown)
