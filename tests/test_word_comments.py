"""Comments of Word files as codings, memos and decisions: what 'apply' records of a reviewer's copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from builders import book_of
from qualcode.coding.corrections.word.comment_meanings import Answer, CodedRemark, CommentMeanings
from qualcode.errors import OperationError, UsageError
from qualcode.model import Code, Codebook, Family, Theme
from qualcode.project import Project
from studies import D, Shell, coded_study, ledgers, write
from word_files import Remark, comment_ids, commented, edited, reviewed, without_threads

EARNS = "Nobody can tell me what it earns."
BUDGET = "The budget is gone."
FEAR = "They fear it."
RETURN = "Return (work/money/roi)"
MONEY = "Money (work/money)"

BOOK = Codebook(
    (Family("c", "Challenges"),),
    (
        Code("c/roi", "Proving ROI", formerly=("c/return",)),
        Code("c/time", "Time: the clock, and more"),
        Code("c/fear", "Fear"),
        Code("c/time-long", "Time"),
    ),
    (Theme("t", "Strain", ("c/fear",)),),
    "v1",
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path / "study", ben=False))


@pytest.fixture
def exported(project: Project, tmp_path: Path) -> bytes:
    """Return the Word file of transcript A, with three codings of ana."""
    return project.export_word(tmp_path / "A.docx", coder="ana").path.read_bytes()


def applied(
    project: Project, content: bytes, *, coder: str = "lea", is_written: bool = True, name: str = "A.docx"
) -> pd.DataFrame:
    path = project.study.root.parent / name
    path.write_bytes(content)
    return project.apply(path, coder=coder, write=is_written, skip=True)


def rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in table.to_dict("records")]


def codings_of(project: Project, coder: str) -> set[tuple[str, str, str]]:
    return {(one.transcript, one.quote, one.code) for one in project.study.codings if one.coder == coder}


def memos_of(project: Project) -> set[tuple[str, str]]:
    """Return what memos are on, and their texts."""
    texts = {transcript.id: transcript.text for transcript in project.study.transcripts.values()}
    quotes = {coding.id: f"coding: {coding.quote}" for coding in project.study.codings}
    return {
        (quotes.get(memo.target) or texts[memo.transcript][memo.start : memo.end], memo.text)
        for memo in project.study.memos
    }


# What comments say


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Proving ROI", [("Proving ROI", "")]),
        ("  proving   roi ", [("proving   roi", "")]),
        ("c/roi", [("c/roi", "")]),
        ("c/return", [("c/return", "")]),
        ("Proving ROI (c/roi)", [("Proving ROI (c/roi)", "")]),
        ("“Proving ROI”.", [("Proving ROI", "")]),
        ("Code: Proving ROI", [("Proving ROI", "")]),
        ("Code: nothing", [("nothing", "")]),  # as typed: it is reported as no code
        ("Proving ROI: nice", [("Proving ROI", "nice")]),
        ("Proving ROI：nice: very", [("Proving ROI", "nice: very")]),
        ("Time: the clock, and more: why?", [("Time: the clock, and more", "why?")]),  # the longest code
        ("Time: the clock", [("Time", "the clock")]),
        ("Fear\nsee page 2", [("Fear", "see page 2")]),
        ("Fear: a\nb", [("Fear", "a\nb")]),
        ("Fear; Time", [("Fear", ""), ("Time", "")]),
        ("Fear\nTime: why", [("Fear", ""), ("Time", "why")]),
        ("Proving ROI - nice", [("", "Proving ROI - nice")]),
        ("I like this: it is about fear", [("", "I like this: it is about fear")]),
        ("Fear of the board", [("", "Fear of the board")]),
        ("memo: Fear", [("", "Fear")]),
        ("Note: Fears", [("", "Fears")]),
        ("x" * 40_000, [("", "x" * 40_000)]),
    ],
)
def test_a_comment_is_a_code_a_code_with_a_remark_or_a_remark(text: str, expected: list[tuple[str, str]]) -> None:
    assert CommentMeanings(BOOK).read_codes(text) == [CodedRemark(*one) for one in expected]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Fears", "'Fears' is no code (did you mean 'Fear'?): write a code exactly, or begin with 'memo:'"),
        ("Provign ROI: nice", "'Provign ROI' is no code (did you mean 'Proving ROI'?)"),
        ("Provin ROI", "did you mean 'Proving ROI'"),
        ("roi", "'roi' is no code (did you mean 'c/roi'?)"),
        ("Strain", "'Strain' is a family or theme, not a code"),
        ("challenges: all", "'Challenges' is a family or theme, not a code"),
    ],
)
def test_what_is_nearly_a_code_is_reported(text: str, message: str) -> None:
    with pytest.raises(OperationError) as error:
        CommentMeanings(BOOK).read_codes(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keep", Answer("keep")),
        ("Reject.", Answer("Reject")),
        ("reject: too broad", Answer("reject", (), "too broad")),
        ("reject - too broad", Answer("reject", (), "too broad")),
        ("Accept\n\nfine", Answer("Accept", (), "fine")),
        ("recode Fear", Answer("recode", ("Fear",))),
        ("Recode: c/roi", Answer("Recode", ("c/roi",))),
        ("recode to Fear: it is", Answer("recode", ("Fear",), "it is")),
        ("recode -> Fear; Time", Answer("recode", ("Fear", "Time"))),
        ("recode: Time: the clock, and more", Answer("recode", ("Time: the clock, and more",))),
        ("recode: Nothing", Answer("recode", ("Nothing",))),  # reported as no code
        ("recode", Answer("recode")),
        ("rejectd", Answer("rejectd")),  # reported as no decision
        ("kept: fine", Answer("kept")),
        ("I would keep it", Answer(remark="I would keep it")),
        ("keepsake", Answer(remark="keepsake")),
        ("memo: reject", Answer(remark="reject")),
        ("Why? It is late", Answer(remark="Why? It is late")),
    ],
)
def test_an_answer_is_a_decision_or_a_remark(text: str, expected: Answer) -> None:
    assert CommentMeanings(BOOK).read_answer(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("keep this in mind", "'keep' may be a decision or a remark: write 'keep' alone, 'keep: REMARK'"),
        ("Fear", "'Fear' is a code: to replace that of the coding write 'recode: Fear'"),
        ("Fears", "did you mean 'Fear'"),
        ("accept, but recode to Fear", "'accept' and 'recode' are two decisions"),
        ("reject. Recode: Fear", "'reject' and 'Recode' are two decisions"),
        ("keep: reject", "'keep' and 'reject' are two decisions"),
    ],
)
def test_an_answer_that_may_mean_several_things_is_reported(text: str, message: str) -> None:
    with pytest.raises(OperationError) as error:
        CommentMeanings(BOOK).read_answer(text)
    assert message in str(error.value)


def test_a_codebook_without_codes_has_remarks_only() -> None:
    assert CommentMeanings(book_of([])).read_codes("Fear: x") == [CodedRemark("", "Fear: x")]


# New comments


def test_comments_on_the_own_file_of_a_transcript_become_codings_and_memos(project: Project) -> None:
    remarks = [Remark("Fear"), Remark("Patience: as before"), Remark("Why so late?")]
    lines = (D[0], "Dee: <0>I wait.</0> <1>I wait.</1>", D[2], "Dee: <2>Nobody</2> listens.")
    table = applied(project, commented(*lines, comments=remarks), name="D.docx")
    assert rows(table, "place", "status", "decision", "quote", "new_code") == [
        ("comment 1 (Lea, 2026-11-03)", "new", "code", "I wait.", "work/fear"),
        ("comment 2 (Lea, 2026-11-03)", "new", "code", "I wait.", "skills/patience"),
        ("comment 3 (Lea, 2026-11-03)", "new", "comment", "Nobody", ""),
    ]
    starts = {one.code: one.start for one in project.study.codings if one.coder == "lea"}
    assert starts["skills/patience"] - starts["work/fear"] == len("I wait. ")
    assert memos_of(project) == {("coding: I wait.", "as before"), ("Nobody", "Why so late?")}


def test_applying_twice_changes_nothing(project: Project, exported: bytes) -> None:
    ids = comment_ids(exported)
    content = reviewed(
        exported,
        ("what it earns", Remark("Fear: mine")),
        ("", Remark("reject: no", answers=ids[RETURN])),
        ("", Remark("recode: Fear", answers=ids[MONEY])),
    )
    assert set(applied(project, content)["status"]) == {"new"}
    before = ledgers(project.study.root)
    assert set(applied(project, content)["status"]) == {"unchanged"}
    assert ledgers(project.study.root) == before


def test_a_code_over_several_turns_is_given_to_the_words_of_each(project: Project, exported: bytes) -> None:
    content = edited(
        reviewed(exported, ("And the others?", Remark("Patience: both"))),
        "document", '<w:commentRangeStart w:id="3"/>', "",
    )  # fmt: skip
    content = edited(content, "document", "<w:p>", '<w:commentRangeStart w:id="3"/><w:p>')
    content = edited(content, "document", '<w:commentRangeEnd w:id="3"/>', "")
    content = edited(content, "document", "<w:sectPr>", '<w:commentRangeEnd w:id="3"/><w:sectPr>')
    table = applied(project, content)
    assert rows(table, "quote", "new_code") == [
        (f"{EARNS} {BUDGET}", "skills/patience"),
        ("They fear it. They fear it.", "skills/patience"),
    ]


def test_a_remark_over_several_turns_is_one_memo(project: Project) -> None:
    lines = (D[0], "Dee: I wait. <0>I wait.", D[2], "Dee: Nobody</0> listens.")
    assert rows(applied(project, commented(*lines, comments=[Remark("Twice")]), name="D.docx"), "quote") == [
        ("I wait.\n\nI: Why?\n\nDee: Nobody",)
    ]


def test_what_is_not_understood_is_reported_with_its_place(project: Project, exported: bytes) -> None:
    content = reviewed(
        exported,
        ("What is hard?", Remark("Fear")),
        ("The budget is", Remark("Feer")),
        ("Nobody can", Remark("reject", date="0-00-00T00:00:00Z")),
        ("what it", Remark("Code: nothing", author="")),
    )
    table = applied(project, content)
    messages = dict(rows(table, "place", "message"))
    assert "no code 'nothing' in this study" in messages.pop("comment 4 (2026-11-03)")
    assert messages == {
        "comment 1 (Lea, 2026-11-03)": "“What is hard?” is said by the interviewer, whose words are never coded: "
        "comment on the answer",
        "comment 2 (Lea)": "it decides on a coding, but is no answer to a comment that shows one: answer that comment",
        "comment 5 (Lea, 2026-11-03)": "'Feer' is no code (did you mean 'Fear'?): write a code exactly, or begin with "
        "'memo:' if it is a remark",
    }
    assert set(table["status"]) == {"unclear"}
    assert not codings_of(project, "lea")
    assert not memos_of(project)


def test_answers_to_new_comments_join_their_memos(project: Project, exported: bytes) -> None:
    content = reviewed(
        exported,
        ("what it earns", Remark("Fear: hm")),
        ("", Remark("I agree", author="Tom", answers="3")),
        ("", Remark("Money", author="Tom", answers="3")),
    )
    table = applied(project, content)
    assert memos_of(project) == {("coding: what it earns", "hm\nTom: I agree")}
    assert rows(table[table["status"] == "unclear"], "place", "message") == [
        ("comment 4 (Tom, 2026-11-03)", "it answers a comment that shows no coding: change that comment itself")
    ]


# Decisions on codings


def test_a_file_that_nobody_has_commented_asks_for_nothing(project: Project, exported: bytes) -> None:
    table = applied(project, exported)
    assert table.empty
    assert not [note for note in table.attrs["notes"] if "other words" in note]


def test_answers_decide_on_codings(project: Project, exported: bytes) -> None:
    ids = comment_ids(exported)
    content = reviewed(
        exported,
        ("", Remark("reject: too vague", answers=ids[RETURN])),
        ("", Remark("recode: Patience", answers=ids[MONEY])),
        ("", Remark("Which of the two?", answers=ids["Fear (work/fear)"])),
    )
    table = applied(project, content, coder="ana")
    assert rows(table, "decision", "status", "code", "new_code") == [
        ("reject", "new", "work/money/roi", ""),
        ("recode", "new", "work/money", "skills/patience"),
        ("comment", "new", "work/fear", ""),
    ]
    assert {one for one in codings_of(project, "ana") if one[0] == "A"} == {
        ("A", BUDGET, "skills/patience"),
        ("A", FEAR, "work/fear"),
    }
    assert ("coding: They fear it.", "Which of the two?") in memos_of(project)


def test_decisions_and_new_codings_in_a_file_of_others_count_for_the_consensus(
    project: Project, exported: bytes
) -> None:
    content = reviewed(exported, ("what it earns", Remark("Fear")))
    assert rows(applied(project, content), "coder") == [("consensus",)]
    assert rows(applied(project, content, coder="ana"), "coder") == [("ana",)]


def test_an_edited_comment_is_an_answer(project: Project, exported: bytes) -> None:
    content = edited(exported, "comments", f">{RETURN}<", ">Fear<")
    content = edited(content, "comments", f">{MONEY}<", f">{MONEY}: twice<")
    content = edited(content, "comments", ">Fear (work/fear)<", ">reject<")
    table = applied(project, content, coder="ana")
    assert rows(table, "decision", "code", "new_code") == [
        ("recode", "work/money/roi", "work/fear"),
        ("comment", "work/money", ""),
        ("reject", "work/fear", ""),
    ]
    assert memos_of(project) == {("coding: The budget is gone.", "twice")}


def test_an_edit_of_a_comment_whose_coding_has_changed_since_is_a_conflict(project: Project, exported: bytes) -> None:
    table = applied(project, edited(exported, "comments", f">{MONEY}<", f">{MONEY}: twice<"))
    assert rows(table, "status") == [("new",)]
    coding = next(one for one in project.study.codings if one.quote == BUDGET)
    project.retract(coding.id, coder="ana")
    table = applied(project, edited(exported, "comments", f">{MONEY}<", f">{MONEY}: thrice<"))
    assert rows(table, "status") == [("conflict",)]


def test_an_answer_on_words_that_were_edited_since_is_a_conflict(project: Project, tmp_path: Path) -> None:
    source = project.study.root / "transcripts/A.txt"
    exported = project.export_word(tmp_path / "out.docx", transcripts="A", coder="ana").path.read_bytes()
    text = source.read_text(encoding="utf-8").replace(BUDGET, "The whole budget is gone.")
    source.write_text(text, encoding="utf-8")
    other = Project(project.study.root)
    other.update(write=True, coder="ana")
    table = applied(other, edited(exported, "comments", f">{MONEY}<", ">keep<"))
    assert rows(table, "status", "message") == [
        ("conflict", "it was changed since: its words are “The whole budget is gone.” now")
    ]


def test_a_comment_whose_paragraphs_were_joined_is_known(project: Project, exported: bytes) -> None:
    content = edited(exported, "comments", f">{MONEY}</w:t></w:r></w:p><w:p>", f">{MONEY}</w:t></w:r>")
    content = edited(content, "comments", '<w:pPr><w:pStyle w:val="CommentText"/></w:pPr><w:r><w:rPr>', "<w:r><w:rPr>")
    assert applied(project, content).empty


def test_a_comment_with_a_memo_is_known_as_unedited(project: Project, tmp_path: Path) -> None:
    coding = next(one for one in project.study.codings if one.quote == BUDGET)
    project.memo("First line.\n\nSecond: line.", on=coding.id, coder="ana")
    content = project.export_word(tmp_path / "A.docx").path.read_bytes()
    assert applied(project, content).empty
    project.memo("Another memo", on=coding.id, coder="ana")
    assert applied(project, content).empty
    table = applied(project, edited(content, "comments", f">{MONEY}<", f">{MONEY} - hm<"))
    assert rows(table, "decision", "quote") == [("comment", BUDGET)]
    assert [memo.text for memo in project.study.memos if memo.coder == "lea"] == ["hm"]
    table = applied(project, edited(content, "comments", ">Second: line.<", ">Second line.<"), coder="ana")
    assert project.study.memos[-1].text == "First line.\nSecond line."


def test_answers_in_a_file_of_google_docs_belong_to_the_coding_on_the_same_words(
    project: Project, exported: bytes
) -> None:
    ids = comment_ids(exported)
    content = reviewed(
        exported,
        ("", Remark("reject: no", answers=ids[MONEY])),
        ("", Remark("A remark", answers=ids[RETURN])),
        ("", Remark("Patience", answers=ids["Fear (work/fear)"])),
    )
    expected = [("comment", EARNS, ""), ("reject", BUDGET, ""), ("code", FEAR, "skills/patience")]
    assert rows(applied(project, without_threads(content), coder="ana"), "decision", "quote", "new_code") == expected
    assert ("coding: Nobody can tell me what it earns.", "A remark") in memos_of(project)


def test_a_remark_beside_threads_is_on_the_words(project: Project, exported: bytes) -> None:
    answer = ("", Remark("keep", answers=comment_ids(exported)[MONEY]))
    applied(project, reviewed(exported, answer, (EARNS, Remark("A remark"))))
    assert memos_of(project) == {(EARNS, "A remark")}


def test_a_decision_on_one_of_two_codings_on_the_same_words_names_the_code(project: Project, tmp_path: Path) -> None:
    project.code("A", "work/fear", BUDGET, coder="ana")
    content = project.export_word(tmp_path / "A.docx").path.read_bytes()
    unclear = applied(project, without_threads(reviewed(content, (BUDGET, Remark("reject")))))
    (message,) = unclear["message"]
    assert message.startswith("which of the codings on these words it decides on is not known: write 'DECISION: CODE'")
    named = applied(project, without_threads(reviewed(content, (BUDGET, Remark("reject: Fear")))), coder="ana")
    assert rows(named, "decision", "code", "status") == [("reject", "work/fear", "new")]
    assert not memos_of(project)


def test_a_decision_after_the_code_was_renamed_is_on_the_same_coding(project: Project, exported: bytes) -> None:
    content = reviewed(exported, ("", Remark("reject", answers=comment_ids(exported)[MONEY])))
    project.rename_code("work/money", "work/cash")
    assert rows(applied(project, content), "status", "code") == [("new", "work/cash")]
    assert rows(applied(project, content), "status") == [("unchanged",)]


def test_contradicting_answers_are_reported(project: Project, exported: bytes) -> None:
    answers = comment_ids(exported)[MONEY]
    content = reviewed(exported, ("", Remark("keep", answers=answers)), ("", Remark("reject", answers=answers)))
    assert rows(applied(project, content), "status", "message") == [
        ("unclear", "the answers to this comment decide differently: leave one decision")
    ]


def test_a_coding_that_has_changed_since_is_a_conflict(project: Project, exported: bytes) -> None:
    coding = next(one for one in project.study.codings if one.quote == BUDGET)
    project.retract(coding.id, coder="ana")
    table = applied(project, reviewed(exported, ("", Remark("keep", answers=comment_ids(exported)[MONEY]))))
    assert rows(table, "status") == [("conflict",)]


def test_notes_tell_of_edits_resolved_comments_and_several_authors(project: Project, exported: bytes) -> None:
    content = edited(exported, "document", "Nobody can", "Somebody can")
    content = reviewed(
        content,
        ("what it earns", Remark("one", is_resolved=True)),
        ("is gone", Remark("two", author="Tom")),
        ("The ", Remark(" ")),
    )
    write(project.study.root, "transcripts/A.txt", project.study.transcripts["A"].text + "\nI: Well.\n")
    notes = applied(Project(project.study.root), content).attrs["notes"]
    path = project.study.root.parent / "A.docx"
    assert {
        f"A has been edited since {path} was written: its comments are on the words as they are now",
        f"{path} has other words than A in 2 places: edits of the text are not taken over",
        "comments of 2 authors (Lea (1), Tom (1)): all are recorded for one coder",
        "1 comment marked as resolved: read as the others are",
        "1 comment without words: not read",
    } <= set(notes)


def test_the_command_reads_word_files(
    project: Project, exported: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "review.docx", reviewed(exported, ("what it earns", Remark("Fear"))))
    shell = Shell(project.study.root, capsys)
    result = shell("apply", path, "--coder", "lea", "--transcript", "A", "--yes", "--format", "csv")
    assert result.code == 0, result.err
    assert result.csv[0]["new_code"] == "work/fear"
    with pytest.raises(UsageError, match="is for Word files"):
        project.apply("x.csv", coder="lea", transcript="A")
