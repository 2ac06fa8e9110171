"""The full-screen review as its user sees it: what each key, click and entry of the palette does, in each mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette

from qualcode.errors import FileWriteError
from qualcode.files import append_lines
from qualcode.project import Project
from qualcode.review.panels.code_tree import CodeTree
from qualcode.review.panels.key_bar import KeyBar, shorten_apart
from qualcode.review.review_actions import ACTIONS
from qualcode.review.review_app import ReviewActions
from qualcode.review.session.suggestion_process import SuggestionResult
from qualcode.review.transcript_view.transcript_view import TranscriptView
from qualcode.settings.review_keys import REVIEW_KEYS
from qualcode.suggest.shown_suggestions import list_shown_suggestions
from reviews import EARNS, FEAR, GONE, Review, StoredSuggestions, run_review, start_app, store_suggestions
from screens import compare_screen, run_app, screen_text
from studies import coded_study, small_study, write

Expected = dict[str, Any]
Row = tuple[str, str, Expected]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_study(tmp_path)


# The keys. Suggestions: roi, money and fear on the first three of four sentences of A; nothing is coded.
# Number keys: 1 patience, 2 money, 3 roi, 4 fear.

ROI, MONEY = ("work/money/roi", EARNS), ("work/money", GONE)
READ_KEYS: list[Row] = [
    ("accept", "a", {"codings": [ROI], "mark": "work/money", "sentence": 1, "open": ["work/money", "work/fear"]}),
    ("reject", "x", {"codings": [], "mark": "work/money", "sentence": 1, "open": ["work/money", "work/fear"]}),
    ("skip", "s", {"codings": [], "mark": "work/money", "open": ["work/money/roi", "work/money", "work/fear"]}),
    ("code", "space :patie enter", {"codings": [("skills/patience", EARNS)], "page": "", "sentence": 0}),
    (
        "code",
        "space :patie tab :mon tab enter",
        {"codings": [("skills/patience", EARNS), ("work/money", EARNS)]},
    ),
    ("code", "space :zzz enter", {"codings": [], "page": "Code", "listed": []}),
    ("code", "space escape", {"codings": [], "page": ""}),
    ("repeat", "4 j .", {"codings": [("work/fear", EARNS), ("work/fear", GONE)]}),
    ("repeat", ".", {"codings": [], "message": "nothing was coded yet: space chooses a code"}),
    ("recode", "r :pati enter", {"codings": [("skills/patience", EARNS)], "open": ["work/money", "work/fear"]}),
    ("recode", "a k r :pati enter", {"codings": [("skills/patience", EARNS)]}),
    ("retract", "a k d", {"codings": []}),
    ("retract", "d", {"message": "no coding here: c goes to the next one, o to another one at this place"}),
    ("memo", "m :odd enter", {"memos": ["odd"], "page": ""}),
    ("memo", "m enter", {"memos": [], "page": ""}),
    ("memo", "m :odd escape", {"memos": [], "page": ""}),
    ("undo", "a a u", {"codings": [ROI], "mark": "work/money", "sentence": 1}),
    ("undo", "a a u ctrl+z", {"codings": [], "mark": "work/money/roi", "sentence": 0}),
    ("redo", "a a u u ctrl+r", {"codings": [ROI]}),
    ("redo", "a a u u ctrl+r ctrl+y", {"codings": [ROI, MONEY]}),
    ("next_sentence", "j", {"sentence": 1, "mark": "work/money"}),
    ("next_sentence", "j j j j j", {"sentence": 3, "mark": ""}),
    ("previous_sentence", "j j k", {"sentence": 1}),
    ("next_turn", "J", {"sentence": 2}),
    ("previous_turn", "j j j K K", {"sentence": 0}),
    ("next_hit", "n", {"sentence": 1, "mark": "work/money"}),
    ("next_hit", "n n n", {"sentence": 2, "message": "no suggestion after this one"}),
    ("next_hit", "J n", {"sentence": 2, "message": "no suggestion after this one"}),
    ("next_hit", "G n", {"sentence": 3, "message": "no suggestion after this one"}),
    ("next_hit", "G k k n", {"sentence": 2, "mark": "work/fear"}),
    ("previous_hit", "n n N", {"sentence": 1, "mark": "work/money"}),
    ("previous_hit", "G N", {"sentence": 2, "mark": "work/fear"}),
    ("next_coding", "j 4 home c", {"sentence": 1, "mark": "work/fear", "kind": "coding"}),
    ("previous_coding", "4 G C", {"sentence": 0, "mark": "work/fear", "kind": "coding"}),
    ("next_mark", "4 o", {"sentence": 0, "mark": "work/fear", "kind": "coding"}),
    ("next_unread", "G e", {"sentence": 1}),
    ("page_down", "ctrl+d", {"sentence": 2}),
    ("page_up", "ctrl+d ctrl+u", {"sentence": 0}),
    ("first_sentence", "j j home", {"sentence": 0}),
    ("last_sentence", "G", {"sentence": 3}),
    ("next_transcript", "]", {"transcript": "B", "sentence": 0, "open": []}),
    ("next_transcript", "] ] ] ]", {"transcript": "D", "message": "no transcript after this one"}),
    ("previous_transcript", "] [", {"transcript": "A", "mark": "work/money/roi"}),
    ("go_to_transcript", "g :c enter", {"transcript": "C", "open": ["work/money"], "page": ""}),
    ("search", "/ :they enter", {"sentence": 2, "words": "They", "message": "2 places with “they”; n: next"}),
    ("search", "/ :they enter n", {"sentence": 3, "words": "They"}),
    ("search", "/ :moon enter", {"sentence": 0, "message": "0 places with “moon”"}),
    ("done", "D y", {"transcript": "B", "message": "A is done; next: B"}),
    ("done", "D n", {"transcript": "A", "page": ""}),
    ("select", "v", {"words": "Nobody", "mode": "select"}),
    ("extend_right", "shift+right shift+right", {"words": "Nobody can tell"}),
    ("extend_left", "shift+right shift+right shift+left", {"words": "Nobody can"}),
    ("start_bound", "a k < w enter", {"codings": [("work/money/roi", "can tell me what it earns.")], "mode": "read"}),
    ("end_bound", "a k > b enter", {"codings": [("work/money/roi", "Nobody can tell me what it")]}),
    ("end_bound", ">", {"message": "no coding of yours here: c goes to the next one", "mode": "read"}),
    ("word_right", "v w right", {"words": "Nobody can tell"}),
    ("word_left", "v w w b", {"words": "Nobody can"}),
    ("letter_right", "v l l", {"words": "Nobody c"}),
    ("letter_left", "v h", {"words": "Nobod"}),
    ("to_sentence", "v s", {"words": EARNS}),
    ("to_sentence", "v s s", {"words": f"{EARNS} {GONE}"}),
    ("to_sentence", "j v s o s", {"words": f"{EARNS} {GONE}"}),
    ("to_sentence", "v o s", {"words": "Nobody"}),
    ("to_turn", "v t", {"words": f"{EARNS} {GONE}"}),
    ("other_end", "v w w o w", {"words": "can tell"}),
    ("finish", "v w enter :pati enter", {"codings": [("skills/patience", "Nobody can")], "mode": "read"}),
    ("code_selection", "v w space :pati enter", {"codings": [("skills/patience", "Nobody can")]}),
    ("memo_selection", "v w m :odd enter", {"memos": ["odd"], "mode": "read"}),
    ("cancel", "v w escape", {"words": "", "mode": "read", "codings": []}),
    ("cancel", "a k > b v", {"mode": "read", "codings": [ROI]}),
    ("why", "w", {"page": "Why"}),
    ("why", "w escape", {"page": ""}),
    ("entry", "i", {"page": "Return"}),
    ("entry", "G i", {"page": "", "message": "no code here: n goes to the next suggestion, c to the next coding"}),
    ("memos", "m :odd enter M", {"page": "Memos"}),
    ("filter", "f :work/fear enter", {"open": ["work/fear"], "message": "0 codings, 1 suggestion shown"}),
    ("filter", "f :0.6 enter", {"open": ["work/money/roi", "work/money"]}),
    ("filter", "f :fera enter", {"page": "Show only", "open": ["work/money/roi", "work/money", "work/fear"]}),
    ("clear_filter", "f :0.6 enter F", {"open": ["work/money/roi", "work/money", "work/fear"]}),
    ("hide_marks", "z", {"message": "marks are hidden: z shows them"}),
    ("show_codes", "t", {"page": ""}),
    ("refresh", "f5", {"message": "nothing new"}),
    ("save_again", "ctrl+s", {"codings": []}),
    ("help", "?", {"page": "Keys"}),
    ("help", "? q", {"page": "", "runs": True}),
    ("quit", "q", {"runs": False}),
    ("back", "/ :they enter escape", {"words": "", "open": ["work/money/roi", "work/money", "work/fear"]}),
]
ADJUDICATE_KEYS: list[Row] = [
    ("take_all", "b", {"agreed": [("work/fear", EARNS)], "left": 1, "sentence": 1}),
    ("take_none", "0", {"agreed": [], "left": 1, "sentence": 1}),
    ("skip_passage", "s", {"agreed": [], "left": 2, "sentence": 1}),
    ("take_codes", "space :pati enter", {"agreed": [("skills/patience", EARNS)], "left": 1}),
    ("reason", "m :so enter 0", {"notes": ["so", ""], "left": 1}),
    ("reason", "m :so enter 0 0", {"notes": ["so", ""], "left": 0}),
    ("undo_decision", "b u", {"agreed": [], "left": 2, "sentence": 0}),
    ("redo_decision", "b u ctrl+r", {"agreed": [("work/fear", EARNS)], "left": 1}),
    ("next_hit", "n", {"left": 2, "sentence": 1}),
    ("next_hit", "n n N", {"left": 2, "sentence": 0}),
    ("help", "?", {"page": "Keys", "left": 2}),
]


@pytest.mark.parametrize(("action", "keys", "expected"), READ_KEYS)
def test_key_does_what_its_action_says(root: Path, action: str, keys: str, expected: Expected) -> None:
    async def steps(review: Review) -> None:
        await review.press(keys)
        state = review.state()
        assert {name: state[name] for name in expected} == expected

    run_review(root, steps)


def test_keys_of_all_actions_are_tested() -> None:
    assert {action for action, *_ in (*READ_KEYS, *ADJUDICATE_KEYS)} == {one.action for one in REVIEW_KEYS}


def test_every_action_of_the_keymap_exists() -> None:
    assert set(ACTIONS) == {one.action for one in REVIEW_KEYS}


def test_number_keys_code_the_sentence_or_the_selected_words(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("1 4 j v w 1 9")
        assert review.state()["codings"] == [
            ("skills/patience", EARNS),
            ("work/fear", EARNS),
            ("skills/patience", "The budget"),
        ]

    run_review(root, steps)


def test_letters_typed_ahead_of_the_list_choose_a_code(root: Path) -> None:
    """Over a slow line several keys come at once: those after space are letters of the code, not keys."""

    async def steps(review: Review) -> None:
        review.send("space", *"fea", "enter", "j", "m", *"ada", "enter", "a")
        await review.handle_keys()
        state = review.state()
        assert state["codings"] == [("work/fear", EARNS), ("work/money", GONE)]
        assert state["memos"] == ["ada"]
        assert state["page"] == ""

    run_review(root, steps)


# Disagreements


@pytest.fixture
def disagreed(root: Path) -> Path:
    """Return the study with two disagreements of ana and ben in A."""
    project = Project(root)
    project.code("A", "work/fear", EARNS, coder="ana")
    project.code("A", "work/money", GONE, coder="ben")
    for coder in ("ana", "ben"):
        project.done("A", coder=coder)
    return root


LEA: dict[str, Any] = {"transcript": "", "coder": "lea", "adjudicate": ("ana", "ben"), "proposed": ()}


@pytest.mark.parametrize(("action", "keys", "expected"), ADJUDICATE_KEYS)
def test_key_decides_a_disagreement(disagreed: Path, action: str, keys: str, expected: Expected) -> None:
    async def steps(review: Review) -> None:
        await review.press(keys)
        project = Project(disagreed)
        rows = project.codings(coder="consensus")
        state = review.state() | {
            "agreed": list(zip(rows["code"], rows["quote"], strict=True)),
            "left": len(review.session.hits.hits),
            "notes": list(project.disagreements(decided=True)["note"]),
        }
        assert {name: state[name] for name in expected} == expected

    run_review(disagreed, steps, **LEA)


@pytest.mark.parametrize(("number", "agreed"), [("1", [("work/fear", EARNS)]), ("2", []), ("3", [])])
def test_number_key_takes_a_coders_reading(disagreed: Path, number: str, agreed: list[tuple[str, str]]) -> None:
    async def steps(review: Review) -> None:
        assert "1 ana: work/fear" in review.text
        assert "2 ben: no code" in review.text
        await review.press(number)
        assert len(review.session.hits.hits) == (2 if number == "3" else 1)
        rows = Project(disagreed).codings(coder="consensus")
        assert list(zip(rows["code"], rows["quote"], strict=True)) == agreed

    run_review(disagreed, steps, **LEA)


def test_all_disagreements_decided_says_so(disagreed: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("1 2")
        assert "no disagreement left" in review.text
        assert "no disagreement is left" in review.text
        await review.press("1 b 0 n space escape")
        assert review.session.hits.hits == ()
        rows = Project(disagreed).codings(coder="consensus")
        assert sorted(rows["code"]) == ["work/fear", "work/money"]

    run_review(disagreed, steps, **LEA)


# Changed codings


def test_changed_codings_are_confirmed_given_new_bounds_or_retracted(root: Path) -> None:
    project = Project(root)
    project.code("A", "work/fear", EARNS, coder="ana")
    project.code("A", "work/money", GONE, coder="ana")
    project.code("A", "skills/patience", FEAR, turn=3, sentence=1, coder="ana")
    text = (root / "transcripts" / "A.txt").read_text()
    text = text.replace("tell me what it", "tell us what it").replace("budget is gone", "budget is now gone")
    write(root, "transcripts/A.txt", text.replace("They fear it. They", "They fear it all. They"))

    async def steps(review: Review) -> None:
        assert "3 changed codings to look at" in review.text
        assert f"was: “{EARNS}”" in review.text
        await review.press("a")
        assert f"was: “{GONE}”" in review.text
        await review.press("> b enter")
        assert f"was: “{FEAR}”" in review.text
        await review.press("x")
        assert "no changed coding left" in review.text

    run_review(root, steps, transcript="", changed=True, proposed=())
    rows = Project(root).codings()
    assert list(zip(rows["code"], rows["quote"], rows["status"], strict=True)) == [
        ("work/fear", "Nobody can tell us what it earns.", "anchored"),
        ("work/money", "The budget is now", "anchored"),
    ]


# Blind


def test_blind_review_shows_nothing_of_others(root: Path) -> None:
    """Where an assignment asks for an overlap: no codings, memos, counts, coders, recent codes or rejections."""
    write(root, "assignments.csv", "transcript,coder,overlap\nA,ana,yes\nA,zoe,yes\nB,ana,\n")
    project = Project(root)
    found = project.code("A", "skills/patience", EARNS, coder="zoe", memo="zoes words")
    project.memo("zoes other words", on="A", coder="zoe")
    project.memo("zoes third words", on=found.id, coder="zoe")
    store_suggestions(project.study, [("A", GONE, "work/money", 0.6)])
    project.reject("0000000001", coder="zoe")
    project.code("B", "skills/patience", "I wait a week.", coder="zoe")

    async def steps(review: Review) -> None:
        await review.press("4")
        seen = [review.text]
        for keys in ("c", "o", "M", "escape", "w", "escape", "space", "escape", "?", "escape", "g", "escape", "f"):
            await review.press(keys)
            seen.append(review.text)
        text = "\n".join(seen)
        assert "ana blind" in text
        assert "coded 1" in text
        assert "no memos on this transcript" in text
        await review.press(":zoe enter")
        assert review.state()["page"] == "Show only"  # a name that is not known here
        await review.press("escape k f5 j")
        text += review.text
        assert "zoe" not in text
        assert review.state()["codings"] == [("work/fear", EARNS)]
        assert review.state()["open"] == ["work/money/roi", "work/money", "work/fear"]
        await review.press("]")
        assert "patience zoe" in review.text  # B is not coded twice

    run_review(root, steps)


@pytest.mark.parametrize(("blind", "shown"), [(True, 0), (None, 3)])
def test_stored_suggestions_are_not_shown_in_a_blind_review(
    root: Path, monkeypatch: pytest.MonkeyPatch, blind: bool | None, shown: int
) -> None:
    """They may be learnt from what another coder has decided, and their reasons name that coder."""

    async def steps(review: Review) -> None:
        seen: list[int] = []
        monkeypatch.setattr(StoredSuggestions, "wait", lambda self: SuggestionResult(self.transcript))
        take = review.screen.take_suggestions

        def note(process: Any, result: SuggestionResult, **options: bool) -> None:
            seen.append(len(result.rows))
            take(process, result, **options)

        monkeypatch.setattr(review.screen, "take_suggestions", note)
        await review.suggest()
        assert max(seen) == shown

    run_review(root, steps, blind=blind)


def test_review_that_is_not_blind_shows_the_codings_of_others(root: Path) -> None:
    Project(root).code("A", "skills/patience", EARNS, coder="ben", memo="bens words")

    async def steps(review: Review) -> None:
        assert "patience ben" in review.text
        await review.press("o M")
        assert "bens words" in review.text

    run_review(root, steps, size=(100, 30))
    with pytest.raises(AssertionError):
        run_review(root, steps, size=(100, 30), blind=True)


def test_memo_is_shown_where_it_was_written(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("G m :odd enter")
        assert "memo: odd" in review.text
        await review.press("1")
        assert "memo: odd" in review.text
        await review.press("k")
        assert "memo: odd" not in review.text

    run_review(root, steps)


# Mouse


async def click(review: Review, text: str, *, times: int = 1) -> None:
    """Click on the first place of a text on the screen."""
    lines = review.text.splitlines()
    line = next(number for number, line in enumerate(lines) if text in line)
    await review.pilot.click(offset=(lines[line].index(text), line), times=times)
    await review.pilot.pause()


def test_clicks_on_the_bars_do_what_the_keys_do(root: Path) -> None:
    async def steps(review: Review) -> None:
        await click(review, "a accept")
        assert review.state()["codings"] == [ROI]
        await click(review, "4 fear")
        assert review.state()["codings"] == [ROI, ("work/fear", GONE)]
        await click(review, "u undo")
        assert review.state()["codings"] == [ROI]
        await click(review, "space code")
        await click(review, "skills/patience")
        assert review.state()["codings"] == [ROI, ("skills/patience", GONE)]
        await click(review, "? keys")
        assert review.state()["page"] == "Keys"
        await review.pilot.click(offset=(0, 0))
        assert review.state()["page"] == ""
        await click(review, "D done")
        await click(review, "[ n ")
        assert (review.state()["page"], review.state()["transcript"]) == ("", "A")

    run_review(root, steps)


def test_clicks_in_the_text_move_select_and_take_up_marks(root: Path) -> None:
    async def steps(review: Review) -> None:
        await click(review, "money .60")
        assert (review.state()["mark"], review.state()["sentence"]) == ("work/money", 1)
        await click(review, "They fear")
        assert review.state()["sentence"] == 2
        await click(review, "budget", times=2)
        assert (review.state()["words"], review.state()["sentence"]) == ("budget", 1)
        await review.press("4")
        assert review.state()["codings"] == [("work/fear", "budget")]

    run_review(root, steps)


def test_words_that_the_mouse_has_dragged_over_are_coded(root: Path) -> None:
    async def steps(review: Review) -> None:
        lines = review.text.splitlines()
        row = next(number for number, line in enumerate(lines) if "Nobody" in line)
        start, end = lines[row].index("can"), lines[row].index("what")
        pilot = review.pilot
        await pilot.mouse_down(offset=(start, row))
        await pilot.hover(offset=(end, row))
        await pilot.mouse_up(offset=(end, row))
        await pilot.pause()
        assert review.state()["words"] == "can tell me what"
        assert "space or a number codes these words" in review.text
        await review.press("space :pati enter")
        assert review.state()["codings"] == [("skills/patience", "can tell me what")]

    run_review(root, steps)


def test_code_tree_shows_a_code_at_the_first_click_and_codes_at_the_second(root: Path) -> None:
    async def steps(review: Review) -> None:
        assert review.screen.query_one("#side").display
        await click(review, "█ patience")
        assert "skills/patience: choose it again to code with it" in review.text
        assert review.state()["codings"] == []
        await click(review, "█ patience")
        assert review.state()["codings"] == [("skills/patience", EARNS)]
        assert isinstance(review.app.focused, TranscriptView)
        await review.press("t")
        assert not review.screen.query_one("#side").display

    run_review(root, steps, size=(120, 40))


def test_codebook_at_the_side_is_wanted_on_a_narrow_screen(root: Path) -> None:
    async def steps(review: Review) -> None:
        assert "█ patience" not in review.text
        await review.press("t")
        assert "█ patience" in review.text
        assert "What it costs and earns." not in review.text
        await review.press("j")
        assert "What it costs and earns." in review.text  # the entry of money
        assert review.screen.query_one(CodeTree).display

    run_review(root, steps)


# Palette, settings, screens


@pytest.mark.parametrize("keys", ["", "v"])
def test_palette_has_every_action_of_the_mode(root: Path, keys: str) -> None:
    async def steps(review: Review) -> None:
        await review.press(keys or "home")
        screen = review.screen
        found = {str(hit.text) async for hit in ReviewActions(screen).discover()}
        assert {one.help for one in REVIEW_KEYS if screen.mode in one.modes} <= found

    run_review(root, steps)


def test_palette_does_an_action_by_its_name(root: Path) -> None:
    async def steps(review: Review) -> None:
        await review.press("ctrl+p")
        assert isinstance(review.app.screen, CommandPalette)
        await review.press(":accept")
        await review.pilot.pause(0.4)
        await review.press("down enter")
        await review.pilot.pause(0.2)
        if isinstance(review.app.screen, CommandPalette):
            await review.press("enter")
            await review.pilot.pause(0.2)
        assert review.state()["codings"] == [ROI]

    run_review(root, steps)


def test_keys_and_codes_of_the_settings_count(root: Path) -> None:
    path = root / "qualcode.yaml"
    path.write_text(path.read_text() + "review: {keys: {accept: [y, enter], done: f2}, codes: [work/fear]}\n")

    async def steps(review: Review) -> None:
        assert "y accept" in review.text
        assert "f2 done" in review.text
        await review.press("a 1 y enter")
        assert review.state()["codings"] == [("work/fear", EARNS), ROI, MONEY]
        await review.press("?")
        assert "y enter" in review.text

    run_review(root, steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_screens_are_as_they_were_seen(root: Path, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    is_update = request.config.getoption("--update-screens")
    name = f"{size[0]}x{size[1]}"

    async def steps(review: Review) -> None:
        compare_screen(review.app, f"review_{name}", is_update=is_update)
        await review.press("a j v w w")
        compare_screen(review.app, f"review_selection_{name}", is_update=is_update)
        await review.press("space :m")
        compare_screen(review.app, f"review_codes_{name}", is_update=is_update)
        await review.press("escape escape D")
        compare_screen(review.app, f"review_done_{name}", is_update=is_update)

    run_review(root, steps, size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_screen_of_a_disagreement(disagreed: Path, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    is_update = request.config.getoption("--update-screens")

    async def steps(review: Review) -> None:
        compare_screen(review.app, f"review_disagreement_{size[0]}x{size[1]}", is_update=is_update)

    run_review(disagreed, steps, size=size, **LEA)


def test_window_may_be_tiny_or_change_its_size(root: Path) -> None:
    async def steps(review: Review) -> None:
        for size in ((20, 6), (5, 3), (200, 60), (80, 24)):
            await review.pilot.resize_terminal(*size)
            await review.press("j k space escape ? escape")
        assert "Nobody can tell me" in review.text
        assert review.state()["sentence"] == 0

    run_review(root, steps)


# Others, and the disk


LONG = ", ".join(f"clause{number:03} of the talk" for number in range(120)) + "."
"""A sentence of 120 clauses of 21 characters: 2,638 cells, more than the 16 lines of text of 80x24."""


@pytest.mark.parametrize(("down", "up"), [("j", "k"), ("down", "up"), ("ctrl+d", "ctrl+u"), ("pagedown", "pageup")])
def test_sentence_longer_than_the_screen_is_read_with_keys(root: Path, down: str, up: str) -> None:
    write(root, "transcripts/A.txt", f"P: Before it. {LONG} After it.\n")

    async def steps(review: Review) -> None:
        session, view = review.session, review.screen.view
        start, end = session.spans.sentences[1]
        await review.press("home j")
        assert (session.index, "clause000" in review.text, "clause119" in review.text) == (1, True, False)
        spans = [view.span_on_screen()]
        while spans[-1][1] < end and len(spans) < 20:
            await review.press(down)
            assert session.index == 1
            # Nothing between two screens is left out.
            assert spans[-1][0] < view.span_on_screen()[0] < spans[-1][1] < view.span_on_screen()[1]
            spans.append(view.span_on_screen())
        assert "clause119" in review.text
        await review.press(down)
        assert session.index == 2
        await review.press(up)
        assert (session.index, "clause119" in review.text) == (1, True)
        places: list[int] = []
        while view.span_on_screen()[0] > start and len(places) < 20:
            await review.press(up)
            places.append(session.index)
        assert set(places) == {1}
        await review.press(up)
        assert session.index == 0

    run_review(root, steps, proposed=())


@pytest.mark.parametrize(("keys", "is_read"), [("", False), ("j j k k", False), ("G k k k", True)])
def test_sentence_is_read_when_its_end_was_on_the_screen(root: Path, keys: str, is_read: bool) -> None:
    write(root, "transcripts/A.txt", f"P: Before it. {LONG} After it.\n")

    async def steps(review: Review) -> None:
        await review.press(f"home j {keys}")
        review.screen.look_for_changes()
        await review.press("home G")
        before, long, _ = (span[0] for span in review.session.spans.sentences)
        assert before in review.session.progress.read
        assert (long in review.session.progress.read) == is_read

    run_review(root, steps, proposed=())


def test_end_that_the_mouse_wheel_has_shown_counts_as_read(root: Path) -> None:
    write(root, "transcripts/A.txt", f"P: Before it. {LONG} After it.\n")

    async def steps(review: Review) -> None:
        await review.press("home j")
        review.screen.view.scroll_end(animate=False)
        review.screen.view.scroll_home(animate=False)
        await review.press("home")
        assert review.session.spans.sentences[1][0] in review.session.progress.read

    run_review(root, steps, proposed=())


def test_page_stops_at_a_sentence_that_is_longer_than_the_screen(root: Path) -> None:
    write(root, "transcripts/A.txt", f"P: One. Two. {LONG} Three. Four.\n")

    async def steps(review: Review) -> None:
        await review.press("home ctrl+d ctrl+d")
        assert review.session.index == 2

    run_review(root, steps, proposed=())


NOBODY = "nobody is a participant here: see Project.speakers()"


@pytest.fixture
def unspoken(root: Path) -> Path:
    """Return the study with interviewers alone in A."""
    write(root, "transcripts/A.txt", "I: How are you today?\n\nI: Nobody answers.\n")
    return root


@pytest.mark.parametrize("keys", ["v", "shift+right", "space", "1", ".", "r", "m", "e", "t s v"])
def test_transcript_without_participants_says_that_nothing_can_be_selected(unspoken: Path, keys: str) -> None:
    async def steps(review: Review) -> None:
        assert NOBODY in review.text
        await review.press(keys)
        state = review.state()
        shown = {name: state[name] for name in ("page", "mode", "codings", "memos")}
        assert shown == {"page": "", "mode": "read", "codings": [], "memos": []}
        assert (review.session.message, review.session.is_refused) == (NOBODY, True)
        # The panel says it always; the message, after the key.
        assert review.text.count(NOBODY) == 2

    run_review(unspoken, steps, proposed=())


@pytest.mark.parametrize(("key", "words"), [("w", "Nobody"), ("s", "Nobody"), ("t", "Nobody answers.")])
def test_words_of_interviewers_that_the_mouse_selected_are_extended(unspoken: Path, key: str, words: str) -> None:
    async def steps(review: Review) -> None:
        await click(review, "Nobody", times=2)
        await review.press(f"v {key}")
        assert review.state()["words"] == words

    run_review(unspoken, steps, proposed=())


LONG_CODES = """family: work
name: Work
codes:
""" + "".join(
    f"  - id: {name}\n    name: {'Name of ' + name.replace('_', ' ')}\n    definition: X.\n"
    for name in (
        f"very_long_name_of_a_code_that_nobody_reads_to_its_end_{place}"
        for place in ("in_january", "in_february", "at_home")
    )
)


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 40)])
def test_long_names_of_codes_have_one_line_each(root: Path, size: tuple[int, int]) -> None:
    write(root, "codebooks/work.yaml", LONG_CODES)
    write(root, "codebooks/skills.yaml", "family: skills\nname: Skills\ncodes: []\n")

    async def steps(review: Review) -> None:
        labels = [word for _, word, _ in review.screen.query_one("#numbers", KeyBar)._entries]
        assert len(labels) == len(set(labels)) == 3
        assert "jan" in labels[0]
        assert all(label in review.text for label in labels)
        await review.press("space")
        lines = review.text.splitlines()
        shown = [line for line in lines if "█ work/very_long" in line]
        assert len(shown) == 3
        assert all("…" in line for line in shown)
        places = [number for number, line in enumerate(lines) if line in shown]
        assert places == list(range(places[0], places[0] + 3))

    run_review(root, steps, proposed=(), size=size)


@pytest.mark.parametrize(
    ("words", "most", "short"),
    [
        (["patience", "money"], 20, ["patience", "money"]),
        (["patience", "money"], 3, ["pat", "mon"]),
        (["very_long_a", "very_long_b", "fear"], 4, ["…a", "…b", "fear"]),
        (["very_long", "very_long_b"], 4, ["very", "…_b"]),
        (["same", "same"], 3, ["sam", "sam"]),
        (["name_in_may", "name_in_june", "name_at_home"], 4, ["…ma", "…ju", "…at_"]),
        ([], 3, []),
    ],
)
def test_words_of_a_common_beginning_are_shortened_apart(words: list[str], most: int, short: list[str]) -> None:
    assert shorten_apart(words, most) == short


@pytest.mark.parametrize(("height", "lines"), [(15, 2), (19, 2), (20, 4), (24, 4)])
def test_panel_of_the_item_is_low_on_a_low_screen(root: Path, height: int, lines: int) -> None:
    async def steps(review: Review) -> None:
        assert review.screen.query_one("#item").content_size.height == lines
        assert "roi" in review.text

    run_review(root, steps, size=(60, height))


def test_ledger_that_is_damaged_underneath_is_told_once(root: Path) -> None:
    Project(root).code("A", "work/fear", EARNS, coder="ben")

    async def steps(review: Review) -> None:
        review.screen.look_for_changes()
        assert "cannot be read" not in review.text
        (ledger,) = (root / "codings").rglob("*.jsonl")
        sound = ledger.read_text()
        ledger.write_text("broken\n")
        review.screen.look_for_changes()
        await review.pilot.pause()
        assert "1 line of the ledgers cannot be read: see Project.check()" in review.text
        assert review.session.is_refused
        await review.press("j f5")
        review.screen.look_for_changes()
        assert "cannot be read" not in review.session.message
        ledger.write_text("broken\nbroken as well\n")
        await review.press("f5")
        assert review.session.message == "2 lines of the ledgers cannot be read: see Project.check()"
        await review.press("4")  # what a decision says is not in the way
        ledger.write_text("broken\n")
        await review.press("4 3")
        review.screen.look_for_changes()
        assert review.session.message == "1 line of the ledgers cannot be read: see Project.check()"
        ledger.write_text(sound)
        review.screen.look_for_changes()
        await review.press("f5")
        assert review.session.message == "nothing new"

    run_review(root, steps)


def test_decisions_and_edits_of_others_are_shown_on_refresh(root: Path) -> None:
    async def steps(review: Review) -> None:
        Project(root).code("A", "skills/patience", EARNS, coder="ben")
        await review.press("f5")
        assert "patience ben" in review.text
        assert "what others have decided is shown" in review.text
        await review.press("n")
        text = (root / "transcripts" / "A.txt").read_text()
        write(root, "transcripts/A.txt", text.replace("Nobody can", "Really, nobody can"))
        review.screen.look_for_changes()
        await review.pilot.pause()
        assert "Really, nobody can" in review.text
        assert "A was edited" in review.text
        assert review.session.transcript.text[slice(*review.session.cursor)] == GONE
        await review.press("4")
        assert review.state()["codings"] == [("work/fear", GONE)]

    run_review(root, steps, size=(100, 30))


def test_transcript_that_is_deleted_underneath_is_told(root: Path) -> None:
    async def steps(review: Review) -> None:
        (root / "transcripts" / "A.txt").unlink()
        await review.press("4")
        assert "no transcript 'A' in this study" in review.text
        assert review.state()["codings"] == []
        await review.press("]")

    run_review(root, steps)


def test_codebook_that_breaks_underneath_is_told_and_mended(root: Path) -> None:
    async def steps(review: Review) -> None:
        book = (root / "codebooks" / "work.yaml").read_text()
        write(root, "codebooks/work.yaml", book + "oops: [")
        await review.press("4")
        assert "work.yaml" in review.text
        assert review.session.is_refused
        assert review.state()["codings"] == []
        write(root, "codebooks/work.yaml", book)
        await review.press("4")
        assert review.state()["codings"] == [("work/fear", EARNS)]

    run_review(root, steps)


def test_decision_that_the_disk_refuses_stays_on_the_screen_until_it_is_saved(root: Path) -> None:
    blocked = root / "codings" / "ana"

    async def steps(review: Review) -> None:
        write(root, "codings/ana", "a file in place of the folder, which refuses root as well")
        await review.press("4")
        assert "NOT SAVED: 1" in review.text
        assert "notsaved:" in "".join(review.text.split())
        assert "codings/ana" in "".join(review.text.split())
        assert "fear" in next(line for line in review.text.splitlines() if "Nobody" in line)
        await review.press("a ctrl+s")
        assert "2 decisions not saved" in " ".join(review.text.split())
        await review.press("q")
        assert review.state()["page"] == "2 decisions not saved"
        assert f"coded work/fear: “{EARNS}”" in review.text
        await review.press("enter")  # leaves only by y
        assert review.state()["runs"]
        blocked.unlink()
        await review.press("ctrl+s")
        assert "NOT SAVED" not in review.text
        assert sorted(review.state()["codings"]) == sorted([("work/fear", EARNS), ROI])
        await review.press("q")
        assert not review.state()["runs"]

    run_review(root, steps)
    assert sorted(Project(root).codings()["code"]) == ["work/fear", "work/money/roi"]


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_no_key_leaves_decisions_that_are_not_saved_without_asking(root: Path, key: str) -> None:
    async def steps(review: Review) -> None:
        write(root, "codings/ana", "a file in place of the folder")
        await review.press(f"4 {key}")
        assert review.state()["page"] == "1 decision not saved"
        await review.press("n")
        assert review.state()["runs"]
        (root / "codings" / "ana").unlink()
        await review.press(key)
        assert not review.state()["runs"]

    run_review(root, steps)
    assert list(Project(root).codings()["code"]) == ["work/fear"]


def test_only_decisions_that_are_shown_as_not_saved_are_lost(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise FileWriteError("codings: cannot be written (No space left on device)")

    async def steps(review: Review) -> None:
        await review.press("1")
        monkeypatch.setattr("qualcode.ledger.store.append_lines", refuse)
        await review.press("j 4 m :odd enter")
        assert [one.description for one in review.session.unsaved] == [
            f"coded work/fear: “{GONE}”",
            f"memo on “{GONE}”",
        ]
        assert "NOT SAVED: 2" in review.text
        await review.press("u")
        assert "dropped, it was not saved: memo" in review.text
        monkeypatch.setattr("qualcode.ledger.store.append_lines", append_lines)

    run_review(root, steps)  # ends without leaving by q, as if it were killed
    assert list(Project(root).codings()["code"]) == ["skills/patience"]


# Suggestions


def test_first_screen_does_not_wait_for_suggestions(root: Path) -> None:
    store_suggestions(Project(root).study, [("A", GONE, "work/money", 0.6)])
    app = start_app(root)

    async def steps(_: Any, pilot: Any) -> None:
        assert "Nobody can tell me" in screen_text(app)
        assert app.session.suggestions == ()

    run_app(app, steps)


def test_suggestions_in_another_order_lead_through_the_transcripts(root: Path) -> None:
    async def steps(review: Review) -> None:
        assert len(review.session.hits.hits) == 4
        await review.press("n x x")
        assert review.state()["transcript"] == "A"
        await review.press("n x")
        assert review.state()["transcript"] == "C"

    run_review(root, steps, transcript="", order="uncertain")


@pytest.mark.slow
def test_suggestions_of_the_learner_come_from_another_process(tmp_path: Path) -> None:
    root = coded_study(tmp_path)

    async def steps(_: Any, pilot: Any) -> None:
        await pilot.pause(1)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "no suggestions: " not in screen_text(app)
        assert app.session.suggestions

    app = start_app(root, "D")
    run_app(app, steps)
    assert len(list_shown_suggestions(Project(root).study, "D"))
