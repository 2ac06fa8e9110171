"""Codings edited as marks in a text: what is recorded, what is refused, the editor."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode import Project
from qualcode.cli.keyboard import edit_session, text_editor
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.coding.marked_text.edit_context import EditProblemsError
from qualcode.coding.marked_text.mark_reader import read_marks
from qualcode.coding.marked_text.mark_writer import write_marks
from qualcode.errors import OperationError, QualcodeError, UnknownNameError, UsageError
from studies import SETTINGS, SKILLS, WORK, Shell, coded_study, ledgers, records, small_study, write

A_MARKED = """\
I: What is hard?

P: {Nobody can tell me what it earns.}[roi] {The budget is gone.}[money]

I: And the others?

P: They fear it. {They fear it.}[fear]
"""
"""The words of the transcript A of the coded study, with the codings of ana."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path))


def words_of(text: str) -> str:
    """Return a marked text without its header."""
    return text[text.index("# ====") :].partition("\n")[2]


def edit(project: Project, *replacements: tuple[str, str], transcript: str = "A", **options: Any) -> str:
    """Return the marked text of a transcript with parts replaced, each of which it has once."""
    text = project.marked_text(transcript, coder="ana", **options).text
    for old, new in replacements:
        assert words_of(text).count(old) == 1
        text = text[: -len(words_of(text))] + words_of(text).replace(old, new)
    return text


def codings(project: Project, coder: str = "ana", transcript: str = "A") -> list[tuple[str, str]]:
    rows = records(project.codings(coder=coder, transcripts=transcript))
    return sorted((row["quote"], row["code"]) for row in rows)


def rows_of(table: Any) -> list[tuple[str, str, str, str]]:
    return [(row["change"], row["quote"], row["code"], row["was"]) for row in records(table)]


def problems_of(project: Project, text: str | Path) -> list[tuple[str, str]]:
    """Return the words from which each problem of a text is on, and what it says."""
    before = ledgers(project.study.root)
    with pytest.raises(EditProblemsError) as raised:
        project.edit_from(text)
    assert ledgers(project.study.root) == before
    content = text if isinstance(text, str) else text.read_text(encoding="utf-8")
    lines = content.split("\n")
    return [(lines[one.line - 1][one.column - 1 :][:12], one.message) for one in raised.value.problems]


ANA = [("Nobody can tell me what it earns.", "work/money/roi"), ("The budget is gone.", "work/money"),
       ("They fear it.", "work/fear")]  # fmt: skip


def test_the_text_has_the_codings_of_one_coder_as_marks(project: Project) -> None:
    marked = project.marked_text("A", coder="ana")
    assert words_of(marked.text) == A_MARKED
    assert (marked.transcript, marked.coder, marked.notes) == ("A", "ana", ())
    assert words_of(project.marked_text("A", coder="ben").text).count("{") == 1
    for line in ("# Codings of ana in A (study: Small)", "# transcript: A", "#     roi       Return  (work/money/roi)"):
        assert line in marked.text.splitlines()


def test_a_text_that_was_not_edited_records_nothing(project: Project) -> None:
    before = ledgers(project.study.root)
    table = project.edit_from(project.marked_text("A", coder="ana").text)
    assert (len(table), table.attrs["notes"]) == (0, ["A, codings of ana: nothing has changed"])
    assert ledgers(project.study.root) == before


@pytest.mark.parametrize(
    ("replacement", "row", "gone"),
    [
        (("They fear it. {", "{They fear it.}[patience] {"), ("added", "They fear it.", "skills/patience", ""), None),
        (("{The budget is gone.}[money]", "The budget is gone."), ("removed", ANA[1][0], "work/money", ""), ANA[1]),
        (("[money]", "[skills/patience]"), ("recoded", ANA[1][0], "skills/patience", "work/money"), ANA[1]),
        (("[money]", "[Patience]"), ("recoded", ANA[1][0], "skills/patience", "work/money"), ANA[1]),
        (("{The budget", "The {budget"), ("moved", "budget is gone.", "work/money", ANA[1][0]), ANA[1]),
        (("[money]", "[money, fear]"), ("added", ANA[1][0], "work/fear", ""), None),
        (("{They fear it.}[fear]", "They fear it."),
         ("removed", "They fear it.", "work/fear", ""), ANA[2]),
        (("[roi] {The budget", "[roi] {{The budget}[fear]"), ("added", "The budget", "work/fear", ""), None),
        (("what it earns.}[roi] {The budget", "{1>what it earns.}[roi] {The budget}[1>fear]"),
         ("added", "what it earns. The budget", "work/fear", ""), None),
    ],
)  # fmt: skip
def test_a_changed_mark_is_recorded(
    project: Project,
    replacement: tuple[str, str],
    row: tuple[str, str, str, str],
    gone: tuple[str, str] | None,
) -> None:
    table = project.edit_from(edit(project, replacement))
    assert rows_of(table) == [row]
    kept = [one for one in ANA if one != gone]
    assert codings(project) == sorted([*kept, *([row[1:3]] if row[0] != "removed" else [])])
    assert codings(project, "ben") == [ANA[1]]
    assert project.check() == []
    project.undo(coder="ana")
    assert codings(project) == ANA


def test_all_changes_are_one_action_with_lines_and_notes(project: Project) -> None:
    text = edit(project, ("[roi]", "[fear]"), ("{The budget is gone.}[money]", "The budget is gone."))
    table = project.edit_from(text)
    first = text[: text.index("P: {")].count("\n") + 1
    assert [(row["line"], row["change"], row["coder"]) for row in records(table)] == [
        (first, "recoded", "ana"),
        (first, "removed", "ana"),
    ]
    summary, undo = table.attrs["notes"]
    assert summary == "A, codings of ana: 1 recoded, 1 removed"
    assert undo.startswith("all of it is one action: Project.undo(")
    assert project.undo(coder="ana").count == 3
    assert codings(project) == ANA


def test_a_dry_run_shows_the_same_and_records_nothing(project: Project) -> None:
    before = ledgers(project.study.root)
    text = edit(project, ("[roi]", "[fear]"))
    shown = project.edit_from(text, dry_run=True)
    assert ledgers(project.study.root) == before
    assert rows_of(project.edit_from(text)) == rows_of(shown)


def test_an_untouched_coding_keeps_its_id_and_a_recoded_one_its_memo(project: Project) -> None:
    ids = {row["quote"]: row["id"] for row in records(project.codings(coder="ana", transcripts="A"))}
    project.memo("Why only here?", on=ids["The budget is gone."], coder="ana")
    project.memo("Twice.", on=ids["They fear it."], coder="ana")
    project.edit_from(edit(project, ("[money]", "[patience]"), ("{They fear it.}", "They {fear it.}")))
    now = {row["quote"]: row for row in records(project.codings(coder="ana", transcripts="A"))}
    assert now["Nobody can tell me what it earns."]["id"] == ids["Nobody can tell me what it earns."]
    assert now["fear it."]["id"] == ids["They fear it."]
    memos = {row["quote"]: (row["code"], row["memo"], row["status"]) for row in records(project.codings(coder="ana"))}
    assert memos["The budget is gone."][1:] in [("", "anchored"), ("Why only here?", "anchored")]
    assert now["The budget is gone."]["memo"] == "Why only here?"
    assert now["The budget is gone."]["code"] == "skills/patience"
    assert now["fear it."]["memo"] == "Twice."


def test_a_moved_coding_counts_as_decided_with_its_new_words(project: Project) -> None:
    project.edit_from(edit(project, ("{The budget is gone.}", "The budget {is gone.}")))
    (row,) = [row for row in records(project.codings(coder="ana", transcripts="A")) if row["code"] == "work/money"]
    assert (row["quote"], row["status"]) == ("is gone.", "anchored")


def test_blanks_at_the_ends_of_a_mark_are_not_coded(project: Project) -> None:
    project.edit_from(edit(project, ("They fear it. {", "{They fear it. }[patience]{")))
    assert ("They fear it.", "skills/patience") in codings(project)


def test_only_the_codings_of_some_codes_are_marked_and_may_change(project: Project) -> None:
    text = edit(project, code="skills")
    assert "{" not in words_of(text)
    assert "money" not in text
    added = text.replace("P: They fear it.", "P: {They fear it.}[patience]")
    assert rows_of(project.edit_from(added)) == [("added", "They fear it.", "skills/patience", "")]
    assert codings(project) == sorted([*ANA, ("They fear it.", "skills/patience")])
    assert problems_of(project, text.replace("P: They fear it.", "P: {They fear it.}[fear]")) == [
        ("fear] They f", "work/fear is not among the codes of this text (skills)")
    ]
    with pytest.raises(UnknownNameError):
        project.marked_text("A", coder="ana", code="skils")


@pytest.mark.parametrize(
    ("replacements", "problems"),
    [
        ([("Nobody can", "No one can")], [("No one can t", "the transcript has “Nobody” here, not “No one”")]),
        ([("The budget is", "The is")], [(" is gone.}[m", "the words “budget” are missing here")]),
        ([("They fear it. {", "They do fear it. {")], [("do fear it. ", "the words “do” are not in the transcript")]),
        ([("[roi]", "")], [("} {The budge", "no codes directly after }")]),
        ([("[roi] {The", "[rio] {A")],
         [("rio] {A budg", "no code 'rio' in this study (did you mean 'work/money/roi'?)"),
          ("A budget is ", "the transcript has “The” here, not “A”")]),
        ([("}[roi]", "[roi]"), ("budget is", "money is")],
         [("{Nobody can ", "{ has no end"), ("money is gon", "the transcript has “budget” here, not “money”")]),
        ([("[roi]", "[rio]")], [("rio] {The bu", "no code 'rio' in this study (did you mean 'work/money/roi'?)")]),
        ([("[money]", "[return, monney]")],
         [("monney]", "no code 'monney' in this study (did you mean 'Money'?)")]),
        ([("What is hard?", "{What is hard?}[roi]")],
         [("{What is har",
           "“What is hard?” does not begin and end in a participant's words: interviewers and headers are never "
           "coded")]),
        ([("P: {Nobody", "{P: Nobody")],
         [("{P: Nobody c",
           "“P: Nobody can tell me what it earns.” does not begin and end in a participant's words: interviewers and "
           "headers are never coded")]),
        ([("They fear it. {", "They fear it.{ }[roi] {")],
         [("{ }[roi] {Th", "a mark without words: put { and } around words, or remove it")]),
        ([("[roi]", "[x]"), ("{They fear", "They fear"), ("And the", "But the")],
         [("x] {The budg", "no code 'x' in this study (known: Fear, Money, Patience, Return, skills/patience, "
          "work/fear, work/money, work/money/roi)"),
          ("But the othe", "the transcript has “And” here, not “But”"),
          ("}[fear]", "this end of a mark has no { before it")]),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_listed_with_its_place(
    project: Project, replacements: Sequence[tuple[str, str]], problems: list[tuple[str, str]]
) -> None:
    assert problems_of(project, edit(project, *replacements)) == problems


def test_changed_words_are_refused_with_what_to_do(project: Project) -> None:
    with pytest.raises(EditProblemsError) as raised:
        project.edit_from(edit(project, ("budget", "money")))
    assert str(raised.value).splitlines()[-1] == (
        "Nothing was recorded. Only marks can be changed: correct the words of a transcript in transcripts/A.txt, then "
        "Project.update()."
    )


def test_a_retired_code_stays_where_it_is_and_is_not_given_again(project: Project) -> None:
    project.retire_code("work/fear", reason="too wide")
    assert "{They fear it.}[fear]" in edit(project)
    assert len(project.edit_from(edit(project))) == 0
    (problem,) = problems_of(project, edit(project, ("[money]", "[fear]")))
    assert "code 'work/fear' is retired" in problem[1]


def test_a_code_that_is_not_in_the_codebook_stays_where_it_is(project: Project) -> None:
    # The theme of skills.yaml names the code, which would be an error.
    write(project.study.root, "codebooks/skills.yaml", SKILLS[: SKILLS.index("themes:")])
    write(project.study.root, "codebooks/work.yaml", WORK.replace("id: fear", "id: panic"))
    project.refresh()
    assert "{They fear it.}[work/fear]" in words_of(edit(project))
    assert len(project.edit_from(edit(project))) == 0
    assert rows_of(project.edit_from(edit(project, ("[work/fear]", "[panic]"))))[0][0] == "recoded"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("it earns.}", "it\nearns.}").replace("[roi] {", "[roi]\n{"),
        lambda text: text.rstrip("\n"),
        lambda text: f"{text}\n\n",
        lambda text: text.replace("others?\n\nP:", "others?\n \t\nP:"),
    ],
)
def test_white_space_that_an_editor_changes_is_no_change(
    project: Project, tmp_path: Path, change: Callable[[str], str]
) -> None:
    path = tmp_path / "edited.txt"
    path.write_bytes(change(edit(project)).encode())
    assert len(project.edit_from(path)) == 0
    path.write_bytes(change(edit(project, ("[money]", "[fear]"))).encode())
    assert rows_of(project.edit_from(path)) == [("recoded", "The budget is gone.", "work/fear", "work/money")]


def test_a_wrapped_line_is_noted(project: Project) -> None:
    text = edit(project).replace("it earns.}", "it\nearns.}")
    line = text[: text.index("\nearns")].count("\n") + 1
    assert project.edit_from(text).attrs["notes"][1] == (
        f"blanks or line ends differ from the transcript, which keeps its own (lines {line})"
    )


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_a_file_with_a_byte_order_mark_is_read(project: Project, tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "edited.txt"
    path.write_bytes(mark + edit(project, ("[money]", "[fear]")).encode())
    assert len(project.edit_from(path)) == 1


def test_a_mark_that_begins_inside_a_word_is_recorded_and_noted(project: Project) -> None:
    table = project.edit_from(edit(project, ("{The budget is gone.}[money]", "The bud{get is go}[money]ne.")))
    assert ("get is go", "work/money") in codings(project)
    notes = [note.partition(": ")[2] for note in table.attrs["notes"]]
    assert notes[1:3] == [
        "the mark on “get is go” begins inside a word",
        "the mark on “get is go” ends inside a word",
    ]


def test_a_mark_over_several_turns_is_recorded_and_noted(project: Project) -> None:
    text = edit(project, ("P: {Nobody", "P: {{Nobody"), ("P: They fear it.", "P: They fear it.}[patience]"))
    table = project.edit_from(text)
    assert [(row["change"], row["code"]) for row in records(table)] == [("added", "skills/patience")]
    assert [note for note in table.attrs["notes"] if "interviewer" in note] == [
        "line 27: the mark on “Nobody can tell me what it earns. The budget is gone. I: An…” runs over words of an "
        "interviewer"
    ]


def test_the_example_on_the_page_is_what_happens_in_the_shipped_study(capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(__file__).resolve().parents[1]
    if not (root / "codings").is_dir():
        pytest.skip("the ledgers are not here: codings/")
    page = (root / "docs" / "edit.md").read_text(encoding="utf-8")
    marked, edited, shown = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)
    project = Project(root)
    text = project.marked_text("S02", coder="analyst-1").text
    assert marked in text
    table = project.edit_from(text.replace(marked, edited), dry_run=True)
    write_table(table, edit_session.CHANGES, OutputOptions())
    assert capsys.readouterr().out == f"{shown}\n"


def test_the_marks_of_the_page_are_read() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "edit.md").read_text(encoding="utf-8")
    rows = [row for row in re.findall(r"^\| `(.*?)` \|", page, re.MULTILINE) if "}[" in row and "{" in row]
    assert [len(read_marks(row).marks) for row in rows if "..." not in row] == [1, 1, 2, 2]
    assert [row for row in rows if "..." not in row and read_marks(row).problems] == []


def test_what_was_recorded_elsewhere_since_is_kept(project: Project) -> None:
    text = edit(project, ("[money]", "[fear]"))
    project.code("A", "skills/patience", "They fear it.", turn=3, sentence=0, coder="ana")
    other = [one for one in codings(project) if one not in ANA]
    table = project.edit_from(text)
    assert codings(project) == sorted([ANA[0], ("The budget is gone.", "work/fear"), ANA[2], *other])
    assert "1 coding recorded elsewhere since this text was written: kept, though not marked" in table.attrs["notes"]


def test_a_coding_that_was_changed_elsewhere_since_is_a_conflict(project: Project) -> None:
    ids = {row["quote"]: row["id"] for row in records(project.codings(coder="ana", transcripts="A"))}
    recoded = edit(project, ("[money]", "[fear]"))
    removed = edit(project, ("{The budget is gone.}[money]", "The budget is gone."))
    untouched = edit(project, ("[roi]", "[patience]"))
    project.retract(ids["The budget is gone."], coder="ana")
    assert problems_of(project, recoded) == [
        (
            "fear]",
            "ana has retracted work/money on “The budget is gone.” since this text was written: remove this mark",
        )
    ]
    assert len(project.edit_from(removed)) == 0
    # The mark is no new request: it was there when the text was written.
    table = project.edit_from(untouched)
    assert rows_of(table) == [("recoded", ANA[0][0], "skills/patience", "work/money/roi")]
    assert (
        "1 coding retracted or recoded elsewhere since this text was written: left as it is now, though marked"
        in table.attrs["notes"]
    )
    assert "The budget is gone." not in [quote for quote, _ in codings(project)]


def test_a_text_may_be_read_twice(project: Project) -> None:
    text = edit(
        project,
        ("[money]", "[fear]"),
        ("{They fear it.}", "They {fear it.}"),
        ("tell me", "{tell me}[patience]"),
    )
    assert len(project.edit_from(text)) == 3
    now = codings(project)
    assert len(project.edit_from(text)) == 0
    assert codings(project) == now


def correct(project: Project, old: str, new: str) -> None:
    """Edit the source of the transcript A."""
    path = project.study.root / "transcripts/A.txt"
    write(project.study.root, "transcripts/A.txt", path.read_text(encoding="utf-8").replace(old, new))


def test_marks_are_followed_into_a_transcript_that_was_edited_since(project: Project) -> None:
    text = edit(
        project,
        ("[money]", "[fear]"),
        ("{They fear it.}[fear]", "They {fear it.}[fear]"),
        ("{Nobody can tell me what it earns.}[roi]", "Nobody can {tell me}[patience] what it earns."),
    )
    correct(project, "What is hard?", "So, what is hardest?")
    project.refresh()
    table = project.edit_from(text)
    assert sorted(rows_of(table)) == [
        ("added", "tell me", "skills/patience", ""),
        ("moved", "fear it.", "work/fear", "They fear it."),
        ("recoded", "The budget is gone.", "work/fear", "work/money"),
        ("removed", "Nobody can tell me what it earns.", "work/money/roi", ""),
    ]
    assert "A was edited since this text was written: marks are followed into its present text" in table.attrs["notes"]
    wanted = [("The budget is gone.", "work/fear"), ("fear it.", "work/fear"), ("tell me", "skills/patience")]
    assert codings(project) == wanted
    assert [one for one in project.check() if one.level == "error"] == []
    assert len(project.edit_from(text)) == 0
    assert codings(project) == wanted


def test_a_text_without_changes_changes_nothing_in_an_edited_transcript(project: Project) -> None:
    text = edit(project)
    correct(project, "The budget is gone.", "Gone it is.")
    project.refresh()
    assert len(project.edit_from(text)) == 0
    project.update(write=True, coder="ana")
    assert len(project.edit_from(text)) == 0


def test_words_that_are_gone_from_an_edited_transcript_are_refused(project: Project) -> None:
    text = edit(project, ("[money]", "[fear]"), ("tell me", "{tell me}[patience]"))
    correct(project, "Nobody can tell me what it earns. The budget is gone.", "It is all spent.")
    project.refresh()
    gone = "A was edited since: the words “tell me” are no longer there, or more than once"
    lost = (
        "A was edited since: the words “The budget is gone.” are not found there; remove the mark, or find them with "
    )
    assert problems_of(project, text) == [
        ("patience] wh", gone),
        ("fear]", f"{lost}Project.update()"),
    ]


def test_an_earlier_text_that_is_not_known_is_refused(project: Project) -> None:
    text = edit(project)
    correct(project, "The budget is gone.", "It is all spent.")
    shutil.rmtree(project.study.cache_folder)
    with pytest.raises(
        OperationError, match=r"the text of A was edited since .* write it again with Project\.marked_text\(\)"
    ):
        project.edit_from(text)


def test_orphaned_codings_are_noted_and_kept(project: Project) -> None:
    source = (project.study.root / "transcripts/A.txt").read_text().replace("The budget is gone.", "It is all spent.")
    write(project.study.root, "transcripts/A.txt", source)
    marked = project.marked_text("A", coder="ana")
    assert marked.notes == (
        "not marked: 1 orphaned coding of ana (work/money), since the words are not found in A; Project.codings() "
        "lists them",
    )
    project.edit_from(edit(project, ("[roi]", "[fear]")))
    assert ("The budget is gone.", "work/money") in codings(project)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (words_of, "the line of === under the header is missing"),
        (lambda text: text.replace("# coder: ana\n", ""), "the line '# coder: ...' of the header is missing"),
        (lambda text: text.replace("# transcript: A", "# transcript: AA"), "no transcript 'AA'"),
        (lambda text: text.replace("# codings: ", "# codings: f"), "have changed since this text was written"),
        (lambda text: text.replace("# coder: ana", "# coder: ben"), "have changed since this text was written"),
    ],
)
def test_a_damaged_header_is_refused(project: Project, damage: Callable[[str], str], message: str) -> None:
    with pytest.raises(QualcodeError) as raised:
        project.edit_from(damage(edit(project)) + "\n")
    assert message in str(raised.value)


def test_control_characters_of_names_are_escaped(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    settings = SETTINGS.replace("Small", '"S\\e[31m\\ud800"')
    write(tmp_path, "qualcode.yaml", settings)
    write(tmp_path, "codebooks/skills.yaml", SKILLS.replace("name: Patience", r'name: "Pa\e[1m"'))
    project.refresh()
    text = project.marked_text("A", coder="ana").text
    assert r"(study: S\u001b[31m\ud800)" in text
    assert [sign for sign in text if sign < " " and sign != "\n"] == []
    assert len(project.edit_from(text.replace("P: They", "P: {They}[patience]"))) == 1


def test_another_coder_than_that_of_the_text_is_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="marked text has the codings of ana, not of ben"):
        project.edit_from(edit(project), coder="ben")


@pytest.mark.parametrize(
    ("name", "content", "transcript"),
    [
        ("E.txt", "", "E"),
        ("E.txt", "I went there. It was {fine} [laughs], 3>2 \\o/.\n", "E"),
        ("E.txt", "I: Why?\n\nP: שלום לך. 👩‍🔬 yes\tno. # ======================\n", "E"),
        ("E.txt", "# ==========================\nI: Why?\n\nP: Yes. It is.\n", "E"),
        ("E.csv", "id,comment,mood\n11,Nobody reads it.,bad\n12,It is {good}.,good\n", "E#12"),
        ("E.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Al>Yes.</v>\n\n00:02.000 --> 00:03.000\n<v Bo>No.</v>\n", "E"),
    ],
)  # fmt: skip
def test_any_source_is_written_and_read_back(tmp_path: Path, name: str, content: str, transcript: str) -> None:
    project = Project(small_study(tmp_path))
    write(tmp_path, f"transcripts/{name}", content)
    found = project.study.transcripts[transcript]
    for turn in found.participant_turns:
        project.code(transcript, "work/fear", start=turn.start, end=turn.end, coder="ana")
    text = project.marked_text(transcript, coder="ana").text
    assert len(project.edit_from(text)) == 0
    table = project.edit_from(text.replace("[fear]", "[patience]"))
    assert len(table) == len(found.participant_turns)
    assert set(table["change"]) <= {"recoded"}


WORDS = "Nobody can tell me what it earns. The budget is gone. They fear it."
SPOKEN = f"I: What is hard?\n\nP: {WORDS}\n\nI: And?\n\nP: {WORDS}\n"
CODES = ("work/money", "work/money/roi", "work/fear", "skills/patience")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_edits_of_marks_change_exactly_what_they_mean(tmp_path_factory: Any, data: st.DataObject) -> None:
    """An independent model: the codings are a set of places with codes, and the text is written from another set."""
    root = small_study(tmp_path_factory.mktemp("study"))
    write(root, "transcripts/A.txt", SPOKEN)
    project = Project(root)
    starts = [SPOKEN.index(WORDS), SPOKEN.rindex(WORDS)]
    edges = [(at + WORDS.index(word), at + WORDS.index(word) + len(word)) for at in starts for word in WORDS.split()]
    places = st.tuples(st.sampled_from(edges), st.sampled_from(edges)).map(lambda two: (min(two)[0], max(two)[1]))
    sets = st.sets(st.tuples(places, st.sampled_from(CODES)), max_size=5)
    before, changed = data.draw(sets), data.draw(sets)
    kept = {one for one in before if data.draw(st.booleans())}
    for (start, end), code in before:
        project.code("A", code, start=start, end=end, coder="ana")
    ids = {(row["start"], row["end"], row["code"]): row["id"] for row in records(project.codings())}
    wanted: dict[tuple[int, int], list[str]] = {}
    for place, code in kept | changed:
        wanted.setdefault(place, []).append(code)
    header = project.marked_text("A", coder="ana").text
    header = header[: len(header) - len(words_of(header))]
    table = project.edit_from(header + write_marks(SPOKEN, wanted))
    now = {((row["start"], row["end"]), row["code"]): row["id"] for row in records(project.codings())}
    assert set(now) == kept | changed
    assert all(now[one] == ids[(*one[0], one[1])] for one in before & (kept | changed))
    removed, added = len(before - set(now)), len(set(now) - before)
    kinds = list(table["change"])
    both = kinds.count("moved") + kinds.count("recoded")
    assert (kinds.count("removed") + both, kinds.count("added") + both) == (removed, added)
    assert project.check() == []
    if len(table):
        project.undo(coder="ana")
        assert {((row["start"], row["end"]), row["code"]) for row in records(project.codings())} == before


class Editor:
    """An editor that replaces words, each time other ones; and a person who answers questions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.opened: list[str] = []
        self.lines: list[int] = []
        monkeypatch.setattr(edit_session, "find_editor", lambda: ["editor"])
        self.will_replace()

    def will_replace(self, *replacements: tuple[str, str]) -> None:
        """Replace these words, one at each time that the editor is opened."""
        left = iter(replacements)

        def open_editor(_: Sequence[str], path: Path, *, line: int) -> None:
            self.lines.append(line)
            content = path.read_text(encoding="utf-8")
            self.opened.append(content)
            old, new = next(left, ("", ""))
            assert old in content
            path.write_text(content.replace(old, new) if old else content, encoding="utf-8")

        self.monkeypatch.setattr(edit_session, "open_editor", open_editor)

    def will_be_told(self, *answers: str) -> None:
        """Answer questions on a terminal."""
        left = iter(answers)
        self.monkeypatch.setattr(edit_session, "can_ask", lambda: True)
        self.monkeypatch.setattr(click, "prompt", lambda *_, **__: next(left))
        self.monkeypatch.setattr(click, "confirm", lambda *_, **__: next(left) == "y")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("COLUMNS", "120")
    return Shell(coded_study(tmp_path), capsys)


@pytest.fixture
def editor(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Editor:
    return Editor(monkeypatch)


def kept(shell: Shell) -> Path:
    return shell.root / "A.ana.edit.txt"


def test_the_editor_is_opened_and_changes_are_recorded(shell: Shell, editor: Editor) -> None:
    editor.will_replace(("[money]", "[fear]"))
    editor.will_be_told("y")
    done = shell("edit", "A", "--coder", "ana")
    assert done.code == 0
    assert words_of(editor.opened[0]) == A_MARKED
    assert "recoded  The budget is gone.  work/fear  work/money" in done.out
    assert "recorded: 1 change\nall of it is one action: 'qualcode undo " in done.err
    assert ("The budget is gone.", "work/fear") in codings(Project(shell.root))
    assert not kept(shell).exists()


def test_no_keeps_what_was_typed_and_the_next_edit_goes_on_with_it(shell: Shell, editor: Editor) -> None:
    before = ledgers(shell.root)
    editor.will_replace(("[money]", "[fear]"))
    editor.will_be_told("n")
    done = shell("edit", "A", "--coder", "ana")
    assert (done.code, ledgers(shell.root)) == (0, before)
    assert f"what you typed is kept in {kept(shell)}: 'qualcode edit' goes on with it" in done.err
    editor.will_replace()
    editor.will_be_told("y", "yes")
    assert shell("edit", "A", "--coder", "ana").code == 0
    assert "[fear]" in words_of(editor.opened[1])
    assert ("The budget is gone.", "work/fear") in codings(Project(shell.root))


def test_an_earlier_edit_that_is_not_gone_on_with_gets_another_name(shell: Shell, editor: Editor) -> None:
    kept(shell).write_text("typed earlier", encoding="utf-8")
    editor.will_be_told("n")
    done = shell("edit", "A", "--coder", "ana")
    aside = shell.root / "A.ana.edit.1.txt"
    assert f"it is kept as {aside}" in done.err
    assert aside.read_text(encoding="utf-8") == "typed earlier"
    assert words_of(editor.opened[0]) == A_MARKED


def test_an_earlier_edit_is_not_replaced_where_nobody_can_be_asked(shell: Shell, editor: Editor) -> None:
    kept(shell).write_text("typed earlier", encoding="utf-8")
    done = shell("edit", "A", "--coder", "ana", "--yes")
    assert done.code == 1
    assert "is an edit that was not recorded: read it with --from" in done.err
    assert kept(shell).read_text(encoding="utf-8") == "typed earlier"
    assert editor.opened == []


def test_what_does_not_parse_is_listed_and_the_editor_opened_again(shell: Shell, editor: Editor) -> None:
    editor.will_replace(("[money]", "[monney]"), ("[monney]", "[fear]"))
    editor.will_be_told("e", "y")
    done = shell("edit", "A", "--coder", "ana")
    assert f"{kept(shell)}:27:67: no code 'monney' in this study (did you mean 'Money'?)\nNothing was" in done.err
    assert "[monney]" in editor.opened[1]
    assert editor.lines == [0, 27]
    assert (done.code, kept(shell).exists()) == (0, False)
    assert ("The budget is gone.", "work/fear") in codings(Project(shell.root))


def test_an_answer_may_open_the_editor_again_before_anything_is_recorded(shell: Shell, editor: Editor) -> None:
    editor.will_replace(("[money]", "[fear]"), ("gone.}[fear]", "gone.}[patience]"))
    editor.will_be_told("?", "edit", "yes")
    assert shell("edit", "A", "--coder", "ana").code == 0
    assert len(editor.opened) == 2


@pytest.mark.parametrize("answers", [(), ("no",)])
def test_a_text_that_cannot_be_read_is_kept_with_exit_code_1(
    shell: Shell, editor: Editor, answers: tuple[str, ...]
) -> None:
    editor.will_replace(("budget", "money"))
    if answers:
        editor.will_be_told(*answers)
    done = shell("edit", "A", "--coder", "ana", "--yes")
    assert done.code == 1
    problem, _, where = done.err.strip().split("\n")
    assert problem == f"{kept(shell)}:27:50: the transcript has “budget” here, not “money”"
    assert where == f"what you typed is kept in {kept(shell)}: 'qualcode edit' goes on with it"
    assert "The money is" in kept(shell).read_text(encoding="utf-8")


def test_an_interrupted_question_keeps_what_was_typed(shell: Shell, editor: Editor) -> None:
    editor.will_replace(("[money]", "[fear]"))
    editor.will_be_told()

    def interrupt(*_: object, **__: object) -> str:
        raise click.Abort

    editor.monkeypatch.setattr(click, "prompt", interrupt)
    done = shell("edit", "A", "--coder", "ana")
    assert done.code == 1
    assert f"what you typed is kept in {kept(shell)}" in done.err
    assert "[fear]" in words_of(kept(shell).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("replacement", "message"), [(("", ""), "nothing has changed"), (None, "the text is empty")])
def test_nothing_is_recorded_or_left_behind_without_a_change(
    shell: Shell, editor: Editor, replacement: tuple[str, str] | None, message: str
) -> None:
    before = ledgers(shell.root)
    if replacement is None:
        editor.monkeypatch.setattr(edit_session, "open_editor", lambda _, path, **__: path.write_text(" \n"))
    done = shell("edit", "A", "--coder", "ana", "--yes")
    assert (done.code, ledgers(shell.root), kept(shell).exists()) == (0, before, False)
    assert message in done.err


def test_a_dry_run_in_the_editor_keeps_the_text(shell: Shell, editor: Editor) -> None:
    before = ledgers(shell.root)
    editor.will_replace(("[money]", "[fear]"))
    done = shell("edit", "A", "--coder", "ana", "--dry-run")
    assert (done.code, ledgers(shell.root)) == (0, before)
    assert "1 recoded" in done.out
    assert kept(shell).exists()


def test_a_text_is_written_edited_anywhere_and_read_back(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a text.txt"
    done = shell("edit", "A", "--coder", "ana", "--to", path)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{path}: read it back with qualcode edit --from '{path}'\n"
    assert words_of(path.read_text(encoding="utf-8")) == A_MARKED
    path.write_text(path.read_text(encoding="utf-8").replace("[money]", "[fear]"), encoding="utf-8")
    before = ledgers(shell.root)
    for options in ((), ("--dry-run",), ("--dry-run", "--yes")):
        shown = shell("edit", "--from", path, *options)
        assert (shown.code, ledgers(shell.root)) == (0, before)
        assert "A, codings of ana: 1 recoded" in shown.out
        assert "nothing was recorded" in shown.err
    assert shell("edit", "--from", path, "--yes").code == 0
    assert ("The budget is gone.", "work/fear") in codings(Project(shell.root))
    assert path.exists()


def test_a_file_that_exists_is_not_replaced_by_chance(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "text.txt", "typed")
    assert shell("edit", "A", "--coder", "ana", "--to", path).code == 1
    assert path.read_text(encoding="utf-8") == "typed"
    assert shell("edit", "A", "--coder", "ana", "--to", path, "--yes").code == 0
    assert "{The budget is gone.}[money]" in path.read_text(encoding="utf-8")


def test_a_hyphen_writes_to_standard_output(shell: Shell) -> None:
    done = shell("edit", "A", "--coder", "ana", "--to", "-")
    assert (words_of(done.out), done.err) == (A_MARKED, "")


def test_changes_are_shown_as_json_with_the_columns_of_the_table(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    shell("edit", "A", "--coder", "ana", "--to", path)
    path.write_text(path.read_text(encoding="utf-8").replace("[money]", "[fear]"), encoding="utf-8")
    (row,) = shell("edit", "--from", path, "--format", "json").json
    assert (row["change"], row["code"], row["was"], row["transcript"]) == ("recoded", "work/fear", "work/money", "A")


def test_a_text_is_read_from_standard_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shell("edit", "A", "--coder", "ana", "--to", "-").out.replace("[money]", "[fear]")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    done = shell("edit", "--from", "-", "--yes")
    assert (done.code, done.err.partition("\n")[0]) == (0, "recorded: 1 change")
    assert ("The budget is gone.", "work/fear") in codings(Project(shell.root))


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_file_is_refused(shell: Shell, tmp_path: Path, content: str) -> None:
    done = shell("edit", "--from", write(tmp_path, "empty.txt", content), "--yes")
    assert (done.code, done.err) == (1, f"qualcode: {tmp_path / 'empty.txt'} is empty: nothing was recorded\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("edit",), "name the transcript to edit, or a text to read back with --from FILE"),
        (("edit", "A", "--from", "x"), "--from takes transcript and codes from the text: leave the rest out"),
        (("edit", "--from", "x", "--code", "work"), "--from takes transcript and codes from the text"),
        (("edit", "AA", "--coder", "ana"), "no transcript 'AA' in this study"),
        (("edit", "A", "--coder", "anna"), "new coder 'anna'? did you mean 'ana'?"),
        (("edit", "A"), "no coder set"),
        (("edit", "A", "--coder", "ana", "--code", "works"), "no code 'works' in this study (did you mean 'work'?)"),
    ],
)
def test_a_wrong_command_line_is_refused_with_exit_code_2(shell: Shell, words: tuple[str, ...], message: str) -> None:
    done = shell(*words)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_refused(shell: Shell, name: str) -> None:
    done = shell("edit", "--from", shell.root / name)
    assert done.code in {1, 2}
    assert "Traceback" not in done.err


def test_the_editor_of_the_variables_is_run_on_the_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    script = write(shell.root, "my editor.py", "import sys; f = open(sys.argv[2], 'a'); f.write(sys.argv[1])")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script), "-w"]))
    done = shell("edit", "A", "--coder", "ana", "--yes")
    assert done.code == 1
    assert "the words “-w” are not in the transcript" in done.err


@pytest.mark.parametrize(("name", "arguments"), [("vim", ["-n", "+27", "A.txt"]), ("other", ["-n", "A.txt"])])
def test_a_known_editor_is_opened_at_a_line(monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str]) -> None:
    run: list[list[str]] = []

    def run_command(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        run.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run_command)
    text_editor.open_editor([f"/usr/bin/{name}", "-n"], Path("A.txt"), line=27)
    assert run == [[f"/usr/bin/{name}", *arguments]]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"EDITOR": "no-such-editor -w"}, "the editor no-such-editor (variable EDITOR) is not found"),
        ({"VISUAL": "no-such-editor", "EDITOR": "x"}, "the editor no-such-editor (variable VISUAL) is not found"),
        ({"EDITOR": "'x"}, "the variable EDITOR, 'x, cannot be read"),
        ({"PATH": ""}, "no text editor is found: set the variable EDITOR to yours"),
        ({"EDITOR": f"{sys.executable} -c 'raise SystemExit(3)'"}, "ended with code 3: nothing was recorded"),
    ],
)
def test_an_editor_that_cannot_be_run_is_refused(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = shell("edit", "A", "--coder", "ana")
    assert done.code == 1
    assert message in done.err


def test_the_open_text_can_be_read_by_its_owner_alone(shell: Shell, editor: Editor) -> None:
    modes = []
    editor.monkeypatch.setattr(
        edit_session, "open_editor", lambda _, path, **__: modes.append(stat.S_IMODE(os.stat(path).st_mode))
    )
    shell("edit", "A", "--coder", "ana")
    assert modes == [0o600] or os.name == "nt"
