"""What happens to an answer when something changes while a list or a line is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from qualcode.project import Project
from qualcode.review import review_app
from qualcode.review.session.shown_marks import set_suggestions
from reviews import EARNS, FEAR, GONE, Review, run_review
from studies import small_study, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_study(tmp_path)


def codes_of(root: Path) -> list[tuple[str, str]]:
    return [(row["code"], row["quote"]) for row in Project(root).codings().to_dict("records")]


def test_number_key_while_bounds_are_changed_codes_nothing(root: Path) -> None:
    Project(root).code("A", "work/fear", EARNS, coder="ana")

    async def steps(review: Review) -> None:
        await review.press("c > w w 1")
        assert "first set the new bounds" in review.text
        assert review.screen.mode == "bounds"
        await review.press("enter")
        assert codes_of(root) == [("work/fear", f"{EARNS} The budget")]

    run_review(root, steps, proposed=())


def test_codes_are_for_what_was_shown_when_the_list_was_opened(root: Path) -> None:
    async def steps(review: Review) -> None:
        rows = review.session.suggestions
        set_suggestions(review.session, [])
        review.screen.show_session()
        await review.press("r :pati")
        # Suggestions arrive meanwhile, one of them for this sentence.
        set_suggestions(review.session, rows)
        await review.press("enter")
        assert codes_of(root) == [("skills/patience", EARNS)]
        assert "work/money/roi" in review.state()["open"]

    run_review(root, steps)


def test_answer_for_what_is_not_there_any_more_decides_nothing(root: Path) -> None:
    coding = Project(root).code("A", "work/fear", EARNS, coder="ana").id

    async def steps(review: Review) -> None:
        await review.press("c r :pati")
        Project(root).retract(coding, coder="ana")
        review.screen.look_for_changes()
        await review.press("enter")
        assert "nothing was decided" in review.text or "no coding" in review.text
        assert codes_of(root) == []

    run_review(root, steps, proposed=())


def test_memo_that_is_refused_is_asked_for_again_with_its_text(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("m :worth")
        path = root / "transcripts" / "A.txt"
        path.write_text(path.read_text().replace("Nobody can", "Really nobody can"))
        await review.press("enter")
        assert "nothing was decided" in review.text
        assert review.app.screen.query_one(Input).value == "worth"
        await review.press("enter")
        assert [memo.text for memo in review.session.memos] == ["worth"]

    run_review(root, steps, proposed=())


def test_codebook_that_breaks_while_a_list_is_open_is_told(root: Path) -> None:
    book = (root / "codebooks" / "work.yaml").read_text()

    async def steps(review: Review) -> None:
        await review.press("space :pati")
        write(root, "codebooks/work.yaml", "family: work\nnme: Work\n")
        await review.press("enter")
        assert "codebooks/work.yaml" in review.text
        write(root, "codebooks/work.yaml", book)
        await review.press("space :pati enter")
        assert codes_of(root) == [("skills/patience", EARNS)]

    run_review(root, steps, proposed=())


def test_lines_pasted_into_a_memo_are_all_kept(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("m")
        review.app.screen.query_one(Input).post_message(events.Paste("first\nsecond\r\nthird"))
        await review.pilot.pause()
        await review.press("enter")
        assert [memo.text for memo in review.session.memos] == ["first second third"]

    run_review(root, steps, proposed=())


def test_undo_of_many_decisions_of_one_command_is_asked_about(root: Path) -> None:
    spans = [(EARNS, word) for word in EARNS.rstrip(".").split()] + [(GONE, word) for word in ("budget", "is", "gone")]
    lines = "".join(f"A,work/fear,{word},{1},{0 if quote == EARNS else 1}\n" for quote, word in spans)
    more = "".join(f"A,{code},{EARNS},1,0\n" for code in ("work/money", "skills/patience"))
    table = write(root, "codings.csv", "transcript,code,quote,turn,sentence\n" + lines + more)
    Project(root).code_from(table, coder="ana")

    async def steps(review: Review) -> None:
        await review.press("u")
        assert "Undo 12 decisions of one command?" in review.text
        await review.press("enter")
        assert len(codes_of(root)) == 12
        await review.press("u y")
        assert "undone 12 decisions" in review.text
        assert codes_of(root) == []

    run_review(root, steps, proposed=())


def test_new_coding_of_selected_words_is_what_the_keys_act_on(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("n v w 1")
        assert review.state()["kind"] == "coding"
        await review.press("m :why enter M")
        assert "why" in review.text
        await review.press("escape u M")
        assert "no memos" in review.text

    run_review(root, steps, proposed=(("A", FEAR, "work/fear", 0.5),))


def test_review_ends_when_its_terminal_is_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps(review: Review) -> None:
        monkeypatch.setattr(review_app, "_has_terminal", lambda: True)
        review.app.leave_without_terminal()
        assert review.state()["runs"]
        monkeypatch.setattr(review_app, "_has_terminal", lambda: False)
        review.app.leave_without_terminal()
        assert not review.state()["runs"]

    run_review(root, steps, proposed=())
