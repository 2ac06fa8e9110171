"""The update: codings follow edited, renamed and moved transcripts; nothing is recorded before it is asked for."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from qualcode.anchors import Span
from qualcode.coding.update_plan import CodingUpdate
from qualcode.errors import UnknownNameError, UsageError
from qualcode.project import Project
from studies import A, Shell, coded_study, column, ledgers, records, row, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the small study as ana and ben have coded it, its texts remembered."""
    folder = coded_study(tmp_path / "small", coder="ana")
    Project(folder).codings()
    return folder


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


@pytest.fixture(params=["old text known", "quote and context only"])
def edit(root: Path, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Return a function that edits transcript A; once with the old text in the cache, once without."""

    def edited(*changes: tuple[str, str]) -> str:
        text = A
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        write(root, "transcripts/A.txt", text)
        if request.param != "old text known":
            shutil.rmtree(root / ".qualcode")
        return text

    return edited


def places(project: Project, text: str) -> dict[str, str]:
    """Return the words that each of ana's codings of A stands on."""
    found = records(project.codings(coder="ana", transcripts="A"))
    assert all(text[one["start"] : one["end"]] == one["quote"] for one in found if one["status"] != "orphaned")
    return {one["code"]: one["quote"] if one["status"] != "orphaned" else "" for one in found}


def test_codings_beside_edited_text_are_not_called_moved(root: Path, shell: Shell) -> None:
    """The new words are right after one coding and before three others."""
    write(root, "transcripts/A.txt", A.replace("it earns. ", "it earns. Nobody! "))
    assert "2 codings unchanged, 1 in place beside edited text, 3 moved, 0 with changed text, 0 not found" in (
        shell("update").out
    )


def test_signs_that_are_left_of_a_quote_are_no_part_of_it(root: Path) -> None:
    write(root, "transcripts/A.txt", A.replace("The budget is gone.", "."))
    lost = [one["why"] for one in records(Project(root).update()) if one["status"] == "orphaned"]
    assert lost == ["deleted", "deleted"]  # ana's and ben's


def test_codings_are_listed_by_status(root: Path, shell: Shell) -> None:
    write(root, "transcripts/A.txt", A.replace("The budget is gone.", "It is over."))
    assert {one["quote"] for one in shell("codings", "--status", "orphaned", "--format", "csv").csv} == {
        "The budget is gone."
    }
    assert len(Project(root).codings(status=["anchored", "moved"])) == 4
    with pytest.raises(UsageError, match="status: there is no 'lost'"):
        Project(root).codings(status="lost")  # type: ignore[arg-type]


def test_nothing_was_edited(root: Path, shell: Shell) -> None:
    before = ledgers(root)
    result = shell("update", "--write")
    assert (result.code, result.out.splitlines()[0]) == (0, "(none)")
    assert "6 codings unchanged, 0 moved" in result.out
    assert ledgers(root) == before


def test_a_dry_run_shows_and_records_nothing(root: Path, shell: Shell, edit) -> None:  # type: ignore[no-untyped-def]
    edit(("P: Nobody", "P: Well, nobody"), ("it earns.", "it ever earns."))
    before = ledgers(root)
    result = shell("update")
    assert result.code == 0
    assert "[-Nobody-]{+Well, nobody+} can tell me what it {+ever+} earns." in result.out
    assert "nothing is recorded yet: add --write" in result.out
    assert ledgers(root) == before


def test_words_that_moved_and_words_that_changed(root: Path, edit) -> None:  # type: ignore[no-untyped-def]
    text = edit(("P: Nobody", "P: Hm. Nobody"), ("The budget is gone.", "The whole budget is gone."))
    project = Project(root)
    table = project.update(write=True)
    found = records(table)
    assert [(one["code"], one["coder"], one["status"]) for one in found] == [
        ("work/money", "ana", "changed"),
        ("work/money", "ben", "changed"),
        ("work/money/roi", "ana", "moved"),
        ("work/fear", "ana", "moved"),
    ]
    changed = row(found, code="work/money", coder="ana")
    assert (changed["quote"], changed["was"]) == ("The whole budget is gone.", "The budget is gone.")
    assert changed["difference"] == "The {+whole+} budget is gone."
    assert table.attrs["notes"][-1] == "4 move events recorded"
    assert places(project, text) == {
        "work/money/roi": "Nobody can tell me what it earns.",
        "work/money": "The whole budget is gone.",
        "work/fear": "They fear it.",
    }
    again = Project(root).update(write=True)
    assert len(again) == 0
    statuses = column(records(Project(root).codings(coder="ana", transcripts="A")), "status")
    assert statuses == ["moved", "changed", "moved"]
    assert Project(root).codings(coder="ben")["was"].item() == "The budget is gone."


def test_changed_words_are_counted_only_when_their_place_is_recorded(root: Path, edit) -> None:  # type: ignore[no-untyped-def]
    edit(("The budget is gone.", "The whole budget is gone."))
    project = Project(root)
    table = project.themes(coder="ben")
    assert row(records(table), code="work/money")["codings"] == 0
    assert "not counted: 1 orphaned coding (see Project.check())" in table.attrs["notes"]
    hints = [problem.hint for problem in project.check() if "is orphaned" in problem.message]
    assert hints == ["run Project.update(): it finds the text in its new form"] * 2
    project.update(write=True)
    assert row(records(project.themes(coder="ben")), code="work/money")["codings"] == 1


def test_the_second_of_two_same_sentences_is_followed_not_the_first(root: Path, edit) -> None:  # type: ignore[no-untyped-def]
    text = edit(("P: They fear it. They", "P: I know. They fear it. They"))
    project = Project(root)
    project.update(write=True)
    coding = row(records(project.codings(coder="ana")), code="work/fear")
    assert coding["start"] == text.rindex("They fear it.")


def test_a_copy_of_the_words_is_not_taken_for_them(root: Path) -> None:
    """The old sentence has new neighbours, but stands between the same ones beyond them; its copy does not."""
    text = A.replace("Nobody can tell me what it earns. The budget is gone.", "Hm! The budget is gone. Sigh.")
    write(root, "transcripts/A.txt", text.replace("They fear it.\n", "Well. The budget is gone. Oh.\n"))
    found = row(records(Project(root).update()), coder="ben")
    assert (found["status"], found["candidates"]) == ("moved", 0)
    assert found["start"] == text.index("The budget is gone.")


def test_words_that_are_gone_are_listed_and_come_back(root: Path, shell: Shell, edit) -> None:  # type: ignore[no-untyped-def]
    edit((" The budget is gone.", ""))
    before = ledgers(root)
    result = shell("update", "--write", "--format", "json")
    assert result.code == 1
    lost = [one for one in result.json if one["status"] == "orphaned"]
    assert [(one["coder"], one["quote"], one["why"]) for one in lost] == [
        ("ana", "The budget is gone.", "deleted"),
        ("ben", "The budget is gone.", "deleted"),
    ]
    assert before["ben/A.jsonl"] == ledgers(root)["ben/A.jsonl"]
    write(root, "transcripts/A.txt", A)
    assert shell("update", "--write").code == 0
    assert set(column(records(Project(root).codings()), "status")) == {"anchored"}


def test_an_edit_that_is_taken_back_gives_the_coders_own_words_back(root: Path, edit) -> None:  # type: ignore[no-untyped-def]
    edit(("The budget is gone.", "The whole budget is gone."))
    Project(root).update(write=True)
    write(root, "transcripts/A.txt", A)
    Project(root).update(write=True)
    assert set(column(records(Project(root).codings()), "status")) == {"anchored"}
    assert Project(root).check() == []


def test_a_place_that_is_not_sure_is_asked_about(root: Path, edit) -> None:  # type: ignore[no-untyped-def]
    """Ben's sentence is gone from where it was, and somebody says it twice later on."""
    later = "\n\nI: Sure?\n\nP: The budget is gone.\n\nI: Sure?\n\nP: The budget is gone.\n\nI: Sure?\n"
    text = edit(("it earns. The budget is gone.", "it earns."), ("They fear it.\n", "They fear it." + later))
    project = Project(root)
    asked: list[CodingUpdate] = []

    def choose(step: CodingUpdate) -> Span | None:
        asked.append(step)
        return step.location.candidates[0][0] if step.event.coder == "ben" else None

    found = records(project.update(write=True, choose=choose, coder="ben"))
    assert {step.event.coder for step in asked} == {"ana", "ben"}
    assert row(found, code="work/money", coder="ana")["why"].startswith("ambiguous: 2 possible places")
    ben = records(project.codings(coder="ben"))[0]
    assert (ben["status"], text[ben["start"] : ben["end"]]) == ("moved", "The budget is gone.")
    assert row(records(project.codings(coder="ana", transcripts="A")), code="work/money")["status"] == "orphaned"


def gone_and_said_twice(root: Path) -> None:
    """Ana's and Ben's sentence is gone from where it was, and stands twice later on."""
    later = "\n\nI: Sure?\n\nP: The budget is gone.\n\nI: Sure?\n\nP: The budget is gone. So the money is spent.\n"
    text = A.replace(" The budget is gone.", "").replace("They fear it.\n", "They fear it." + later)
    write(root, "transcripts/A.txt", text)


@pytest.mark.parametrize(
    ("answers", "status"), [("1\n", "moved"), ("\n", "orphaned"), ("9\nP: The\nSo the money is spent\n", "changed")]
)
def test_the_command_asks_on_the_terminal(
    root: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, answers: str, status: str
) -> None:
    gone_and_said_twice(root)
    monkeypatch.setattr("sys.stdin", io.StringIO(answers + "\n" * 9))
    result = shell("update", "--interactive", "--coder", "ben")
    assert "[The budget is gone.]" in result.err
    statuses = {
        one["coder"]: one["status"] for one in records(Project(root).codings(code="work/money", transcripts="A"))
    }
    assert statuses["ana"] == status


def test_who_asks_no_more_keeps_what_was_answered(root: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_and_said_twice(root)
    monkeypatch.setattr("sys.stdin", io.StringIO("1\nq\n"))
    result = shell("update", "--interactive", "--coder", "ben")
    assert "1 not found" in result.out
    found = records(Project(root).codings(transcripts="A"))
    assert sorted(one["status"] for one in found if one["code"] == "work/money") == ["moved", "orphaned"]


def test_an_interrupted_update_says_that_nothing_is_recorded(
    root: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone_and_said_twice(root)
    before = ledgers(root)
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    result = shell("update", "--interactive", "--coder", "ben")
    assert result.code == 1
    assert "interrupted, nothing was recorded" in result.err
    assert ledgers(root) == before


def renamed(root: Path, new: str) -> None:
    (root / "transcripts" / new).parent.mkdir(exist_ok=True)
    (root / "transcripts/A.txt").rename(root / "transcripts" / new)


@pytest.mark.parametrize("change", ["", "edited"])
def test_a_renamed_source_is_recognised_with_all_that_belongs_to_it(root: Path, edit, change: str) -> None:  # type: ignore[no-untyped-def]
    edit(*([("What is hard?", "What is hard for you?")] if change else []))
    Project(root).memo("Look again.", on="A")
    renamed(root, "wave2/Anna.txt")
    project = Project(root)
    table = project.update(write=True)
    found = records(table)
    assert set(column(found, "transcript")) == {"wave2/Anna"}
    assert table.attrs["notes"][0].startswith("wave2/Anna was A (")
    codings = records(project.codings(transcripts="wave2/Anna"))
    assert [one["status"] for one in codings] == ["moved"] * 4
    assert {entry.transcript for entry in project.study.ledger_state.finished} == {"wave2/Anna", "B", "C"}
    assert [memo.transcript for memo in project.study.memos] == ["wave2/Anna"]
    assert not [one for one in project.check() if "codings/" in one.path]
    assert (root / "codings/ana/wave2/Anna.jsonl").is_file()


def test_a_missing_source_without_a_likely_successor_is_told(root: Path, shell: Shell) -> None:
    (root / "transcripts/A.txt").unlink()
    result = shell("update", "--write")
    assert result.code == 1
    assert "'A' is missing: no transcript has its words" in result.out


def test_two_copies_are_not_guessed_but_can_be_told(root: Path, shell: Shell) -> None:
    shutil.copy(root / "transcripts/A.txt", root / "transcripts/A1.txt")
    renamed(root, "A2.txt")
    result = shell("update")
    assert "'A' is missing: several transcripts have its content (A1, A2)" in result.out
    assert shell("update", "--write", "--renamed", "A=A2").code == 0
    assert len(Project(root).codings(transcripts="A2")) == 4


def test_an_unreadable_source_is_not_taken_for_a_renamed_one(root: Path, shell: Shell) -> None:
    write(root, "transcripts/A.txt", b"\x00\x01")
    result = shell("update", "--write")
    assert "'A' is missing: its source cannot be read" in result.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--renamed", "A"], "write --renamed OLD=NEW"),
        (["--renamed", "A=B"], "no missing transcript 'A' in this study"),
        (["--renamed", "A=Z"], "no transcript 'Z' in this study"),
        (["Z"], "no transcript 'Z' in this study"),
    ],
)
def test_what_is_asked_wrongly_is_refused(shell: Shell, words: Sequence[str], said: str) -> None:
    result = shell("update", *words)
    assert result.code == 2
    assert said in result.err


def test_a_table_shows_what_to_look_at_and_all_if_asked(root: Path, shell: Shell) -> None:
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody").replace("fear it.\n", "fear all of it.\n"))
    shown = [line.split()[1] for line in shell("update").out.splitlines()[2:] if line.startswith("A ")]
    assert shown == ["work/fear"]
    assert len([line for line in shell("update", "--all").out.splitlines() if line.startswith("A ")]) == 4
    assert len(shell("update", "--format", "json").json) == 4
    assert len(shell("update", "--format", "csv").csv) == 4


def test_only_the_transcripts_asked_for(root: Path) -> None:
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    with pytest.raises(UnknownNameError):
        Project(root).update("Z")
    assert len(Project(root).update("B")) == 0
    assert len(Project(root).update("A")) == 4


def test_codings_that_say_the_same_move_together(root: Path) -> None:
    """Two machines wrote one coding: moved alone, its twin would be an orphan."""
    ledger = root / "codings/ben/A.jsonl"
    (line, *_) = ledger.read_text().splitlines()
    ledger.write_text(ledger.read_text() + line.replace('"id":"', '"id":"zz') + "\n")
    assert len(Project(root).codings(coder="ben")) == 1
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    Project(root).update(write=True)
    assert column(records(Project(root).codings(coder="ben")), "status") == ["moved"]


def test_memos_on_both_of_two_equal_codings_are_kept(root: Path) -> None:
    ledger = root / "codings/ben/A.jsonl"
    (line, *_) = ledger.read_text().splitlines()
    first, second = json.loads(line)["id"], f"zz{json.loads(line)['id']}"
    Project(root).memo("from one machine", on=first, coder="ben")
    memo = ledger.read_text().splitlines()[-1]
    twin = line.replace('"id":"', '"id":"zz')
    other = memo.replace('"id":"', '"id":"zz').replace(f'"target":"{first}"', f'"target":"{second}"')
    write(root, "codings/ben/A.jsonl", f"{ledger.read_text()}{twin}\n{other.replace('one', 'another')}\n")
    assert column(records(Project(root).codings(coder="ben")), "memo") == ["from one machine\nfrom another machine"]


def test_who_updates_is_written_and_others_ledgers_stay(root: Path) -> None:
    before = ledgers(root)
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    Project(root).update(write=True, coder="cy")
    after = ledgers(root)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"cy/A.jsonl"}
    assert Project(root).study.coders == ("ana", "ben", "cy")


def test_the_kept_texts_are_proved_by_their_hash(root: Path) -> None:
    """A damaged one is not used; the quote and its context then have to do."""
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    for path in (root / ".qualcode/texts").iterdir():
        path.write_bytes(b"\xff broken")
    assert column(records(Project(root).update()), "status") == ["moved"] * 4


def test_an_open_project_sees_what_was_edited_since_it_read_the_texts(root: Path) -> None:
    project = Project(root)
    project.codings()
    write(root, "transcripts/A.txt", A.replace("P: Nobody", "P: Hm. Nobody"))
    assert column(records(project.update()), "status") == ["moved"] * 4
    write(root, "transcripts/A.txt", A)
    assert "Hm." in project.study.transcripts["A"].text
    project.refresh()
    assert project.study.transcripts["A"].text == A


def test_a_reader_whose_output_changes_is_an_edit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new version of the program may do: here captions get a header that they had not."""
    from qualcode.transcripts.draft import build_draft_from_utterances

    monkeypatch.setattr(
        "qualcode.transcripts.readers.captions.build_draft_from_utterances",
        lambda blocks, **said: build_draft_from_utterances(blocks, **{**said, "header": "New."}),
    )
    project = Project(root)
    found = records(project.update(write=True))
    assert [(one["transcript"], one["status"], one["start"]) for one in found] == [("C", "moved", 28)]
    assert project.study.transcripts["C"].text[28:47] == "The budget is gone."
    assert len(project.update()) == 0
