"""The review under random keys, edits underneath and another coder's decisions, and killed at random moments."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import QualcodeError
from qualcode.project import Project
from qualcode.review.review_screen import ReviewScreen
from qualcode.settings.review_keys import REVIEW_KEYS
from reviews import EARNS, FEAR, GONE, PROPOSED, Review, run_review
from studies import small_study, write

ROOT = Path(__file__).resolve().parents[1]
KEYS = 1_000
"""Keys a review."""
_LETTERS = [*"abcdefghijklmnopqrstuvwxyz", *"0123456789", *"?.,/<>[]", "space", "enter", "enter", "escape", "tab"]
_USUAL = [key for one in REVIEW_KEYS for key in one.keys]
_WORDS = ("work/fear", "fear", "money", "0.6", "ben", "they", "zzz")
_EDITS = (
    ("Nobody can", "Really, nobody can"),
    ("The budget is gone. ", ""),
    ("They fear it. They", "They all fear it. They"),
    ("I: What is hard?\n\n", ""),
)


def change_underneath(root: Path, rng: random.Random) -> None:
    """Edit the transcript or put its text back, or decide something as another coder."""
    path = root / "transcripts" / "A.txt"
    text = path.read_text(encoding="utf-8")
    what = rng.random()
    if what < 0.4:
        write(root, "transcripts/A.txt", text.replace(*rng.choice(_EDITS)))
    elif what < 0.6:
        write(root, "transcripts/A.txt", (root / "original.txt").read_text(encoding="utf-8"))
    else:
        try:
            Project(root).code("A", "work/fear", rng.choice([EARNS, GONE, "fear it."]), coder="ben", turn=1)
        except QualcodeError:
            return  # the words are not there any more


async def press_at_random(review: Review, root: Path, rng: random.Random, *, is_alone: bool) -> list[str]:
    """Press random keys, a few letters where letters are asked for, and click now and then; return the keys."""
    pressed: list[str] = []
    while len(pressed) < KEYS and review.app.is_running and review.state()["runs"]:
        is_over = not isinstance(review.app.screen, ReviewScreen)
        if is_over and rng.random() < 0.3:
            keys = [*rng.choice(_WORDS)]
        elif is_over:
            keys = [rng.choice(_LETTERS)]
        else:
            # Those that leave or go far away would end most reviews early.
            keys = [key for key in [rng.choice(_USUAL + _LETTERS)] if key not in {"q", "ctrl+q", "ctrl+c"}]
        pressed += keys
        review.send(*keys)
        await review.handle_keys()
        if rng.random() < 0.02:
            await review.pilot.click(offset=(rng.randrange(80), rng.randrange(24)))
        if not is_alone and rng.random() < 0.04:
            change_underneath(root, rng)
            review.screen.look_for_changes()
    return pressed


async def come_back(review: Review) -> None:
    """Leave all lists and lines, and see whether the screen answers."""
    for _ in range(4):
        await review.press("escape")
    assert isinstance(review.app.screen, ReviewScreen)
    await review.press("home")
    before = review.session.index
    await review.press("j")
    assert review.session.index == min(before + 1, max(0, len(review.session.spans.sentences) - 1))
    await review.press("?")
    assert review.state()["page"] == "Keys"


def check_ledger(root: Path, *, is_alone: bool) -> None:
    """Check that every coding is valid; without edits underneath there is no problem at all."""
    project = Project(root)
    problems = [problem.message for problem in project.check() if problem.level == "error"]
    # Words that an edit has taken away are what `update` is for.
    assert [message for message in problems if is_alone or "is orphaned" not in message] == []
    study = project.study
    assert study.codings
    for coding in study.codings:
        text = study.transcripts[coding.transcript].text
        assert coding.code in study.codebook.by_id
        assert coding.status == "orphaned" or coding.quote == text[coding.start : coding.end]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "options"),
    [
        *((seed, {}) for seed in range(4)),
        (4, {"blind": True}),
        (5, {"transcript": "", "order": "uncertain"}),
        (6, {"transcript": "", "changed": True}),
        (7, {"transcript": "", "changed": True}),
        (8, {"transcript": "", "coder": "lea", "adjudicate": ("ana", "ben")}),
        (9, {"transcript": "", "coder": "lea", "adjudicate": ("ana", "ben")}),
    ],
)
def test_random_keys_never_crash_and_leave_a_valid_study(tmp_path: Path, seed: int, options: dict[str, Any]) -> None:
    root = small_study(tmp_path)
    write(root, "original.txt", (root / "transcripts" / "A.txt").read_text(encoding="utf-8"))
    project = Project(root)
    project.code("A", "work/fear", EARNS, coder="ana")
    project.code("A", "work/money", GONE, coder="ben")
    project.code("A", "skills/patience", FEAR, turn=3, sentence=1, coder="ana")
    for coder in ("ana", "ben"):
        project.done("A", coder=coder)
    if options.get("changed"):
        write(root, "transcripts/A.txt", (root / "original.txt").read_text().replace("Nobody can", "Nobody could"))
    rng = random.Random(seed)
    is_alone = seed % 2 == 0

    async def steps(review: Review) -> None:
        pressed = await press_at_random(review, root, rng, is_alone=is_alone)
        assert len(pressed) >= KEYS, pressed
        await come_back(review)
        assert review.session.unsaved == []

    run_review(root, steps, proposed=() if options.get("changed") else PROPOSED, **options)
    check_ledger(root, is_alone=is_alone and not options.get("changed"))


@pytest.mark.slow
def test_killed_review_has_saved_what_its_screen_showed() -> None:
    command = [sys.executable, "-m", "benchmarks.keyboard_losses", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 reviews killed" in done.stdout
    assert " 0 of them lost" in done.stdout
