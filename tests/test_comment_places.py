"""The words of participants that comments are on, in transcripts read from other files than the commented one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import transcript_of
from qualcode.coding.corrections.word.comment_places import CommentPlaces
from qualcode.coding.corrections.word.commented_transcript import find_commented_transcript
from qualcode.errors import OperationError
from qualcode.model import Transcript
from qualcode.study.study import Study
from qualcode.transcripts.comments import read_commented_document
from studies import D, small_study, write
from word_files import Remark, commented, paragraph, run, runs

TEXT = """\
I: What is hard about the work that you do here?

P: Nobody can tell me what it earns. The budget is gone, and the board will not give us more.

I: And the others, what do they say about it?

P: They fear it. They fear it. I wait for a sign from the top.
"""
LINES = TEXT.split("\n\n")


def place(*paragraphs: str, transcript: Transcript | None = None, raw_body: str = "") -> list[str] | str:
    """Return the words in the transcript that the only comment is on, or what is wrong with it."""
    transcript = transcript or transcript_of(TEXT)
    content = commented(*paragraphs, comments=[Remark("x")], raw_body=raw_body)
    document = read_commented_document(content, path="T.docx")
    try:
        return [
            transcript.text[slice(*span)] for span in CommentPlaces(document, transcript).find(document.comments[0])
        ]
    except OperationError as error:
        return str(error)


def marked(line: int, words: str, *, lines: list[str] = LINES, nth: int = 0) -> list[str]:
    """Return the paragraphs with a comment on the nth occurrence of some words of one line."""
    parts = lines[line].split(words)
    before, after = words.join(parts[: nth + 1]), words.join(parts[nth + 1 :])
    return [*lines[:line], f"{before}<0>{words}</0>{after}", *lines[line + 1 :]]


@pytest.mark.parametrize(
    "words", ["Nobody", "budget is gone", "earns. The", "arn", "gone, ", " The budget", "P: Nobody"]
)
def test_a_comment_is_on_the_participants_words(words: str) -> None:
    assert place(*marked(1, words)) == [words.removeprefix("P: ").strip()]


@pytest.mark.parametrize("nth", [0, 1])
def test_one_of_two_equal_sentences_is_known_by_its_place(nth: int) -> None:
    transcript = transcript_of(TEXT)
    document = read_commented_document(
        commented(*marked(3, "They fear it.", nth=nth), comments=[Remark("x")]), path="T.docx"
    )
    first = transcript.text.index("They fear it.")
    start = first + nth * len("They fear it. ")
    assert CommentPlaces(document, transcript).find(document.comments[0]) == ((start, start + 13),)


def test_a_range_over_turns_is_divided_and_without_the_interviewer() -> None:
    lines = [
        LINES[0],
        LINES[1].replace("The budget", "<0>The budget"),
        LINES[2],
        LINES[3].replace("it. They", "it.</0> They"),
    ]
    assert place(*lines) == ["The budget is gone, and the board will not give us more.", "They fear it."]


def test_a_comment_without_words_is_on_the_participants_words_of_its_paragraph() -> None:
    assert place(LINES[0], LINES[1] + "<0/>", *LINES[2:]) == [LINES[1].removeprefix("P: ")]


@pytest.mark.parametrize(
    ("line", "words", "problem"),
    [
        (
            0,
            "What is hard",
            "“What is hard” is said by the interviewer, whose words are never coded: comment on the answer",
        ),
        (1, "P", "“P” is a name or heading of T: comment on a participant's words"),
    ],
)
def test_a_comment_on_other_words_is_reported(line: int, words: str, problem: str) -> None:
    assert place(*marked(line, words)) == problem


def test_times_beside_a_turn_are_no_words_of_it() -> None:
    timed = [f"{line[0]} (0:01:0{number}): {line[3:].rstrip()} (0:02:0{number})" for number, line in enumerate(LINES)]
    assert place(*timed[:3], timed[3] + "<0/>") == [LINES[3][3:].strip()]


def test_words_that_the_reviewer_wrote_are_reported() -> None:
    lines = marked(1, "in my own opinion of it", lines=[*LINES[:1], LINES[1] + " in my own opinion of it", *LINES[2:]])
    assert place(*lines) == (
        "“in my own opinion of it” is not in T (it was edited, or is a time or heading): comment on words that are "
        "there"
    )


@pytest.mark.parametrize(
    ("edited", "words", "expected"),
    [
        ("P: Nobody can really tell me what it earns. The budget is gone, and the board will not give us more.",
         "can really tell me what", "can tell me what"),
        ("P: Nobody can tell me what it earns. The money is gone, and the board will not give us more.",
         "The money is gone, and the board", "The budget is gone, and the board"),
        ("P: Nobody can tell me what it earns. Budget gone, and the board will not give us more.",
         "and the board", "and the board"),
    ],
)  # fmt: skip
def test_a_comment_beside_edited_words_is_found(edited: str, words: str, expected: str) -> None:
    assert place(*marked(1, words, lines=[LINES[0], edited, *LINES[2:]])) == [expected]


def test_tracked_changes_are_not_taken_over() -> None:
    deleted = "<w:del><w:r><w:delText>board</w:delText></w:r></w:del>"
    inserted = f"<w:ins>{run('bosses')}</w:ins>{runs(' will <0>not give</0> us more.')}"
    line = f"<w:p>{runs(LINES[1].partition('board')[0])}{deleted}{inserted}</w:p>"
    body = paragraph(LINES[0]) + line + paragraph(LINES[2]) + paragraph(LINES[3])
    assert place(raw_body=body) == ["not give"]
    document = read_commented_document(commented(raw_body=body, comments=[Remark("x")]), path="T.docx")
    assert CommentPlaces(document, transcript_of(TEXT)).count_edits() == 1


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [("", "", 0), ("budget", "money", 1), ("budget ", "", 1), ("Nobody", "We", 1), ("more.", "more!", 0),
     ("more.", "it.", 1), (LINES[1][3:], "", 1)],
)  # fmt: skip
def test_edited_places_are_counted(old: str, new: str, edits: int) -> None:
    lines = [line.replace(old, new) if old else line for line in LINES]
    document = read_commented_document(commented("A heading", *lines, comments=[]), path="T.docx")
    assert CommentPlaces(document, transcript_of(TEXT)).count_edits() == edits


def test_a_table_with_times_is_the_same_text() -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    rows = [row(f"0:0{number}", *line.strip().split(": ", 1)) for number, line in enumerate(LINES)]
    rows[1] = row("0:01", "<0>P", f"{LINES[1][3:]}</0>")
    assert place(raw_body=f"<w:tbl>{''.join(rows)}</w:tbl>") == [LINES[1][3:]]


@given(st.data())
def test_every_span_of_a_participant_is_found_exactly(data: st.DataObject) -> None:
    words = st.lists(
        st.sampled_from(["I", "wait", "no", "😀", "👩‍👩‍👧", "כן", "so.", "it’s", "a\u00adb", "שלום"]), min_size=1
    )
    speech = [" ".join(data.draw(words)) for _ in range(data.draw(st.integers(1, 3)))]
    text = "\n\n".join(f"I: Well, question {number}?\n\nP: {one}" for number, one in enumerate(speech)) + "\n"
    transcript = transcript_of(text)
    turn = data.draw(st.sampled_from(transcript.participant_turns))
    start = data.draw(st.integers(turn.start, turn.end - 1))
    end = data.draw(st.integers(start + 1, turn.end))
    chosen = text[start:end]
    if not any(character.isalnum() for character in chosen):
        return
    lines = f"{text[:start]}<0>{chosen}</0>{text[end:]}".split("\n\n")
    document = read_commented_document(commented(*lines, comments=[Remark("x")]), path="T.docx")
    found = CommentPlaces(document, transcript).find(document.comments[0])
    left = start + len(chosen) - len(chosen.lstrip())
    assert found == ((left, left + len(chosen.strip())),)


def in_study(tmp_path: Path, name: str, *paragraphs: str, custom: str = "", given: str = "") -> tuple[str, str]:
    small_study(tmp_path)
    write(tmp_path, "transcripts/S10.txt", TEXT)
    document = read_commented_document(commented(*paragraphs, custom=custom), path=name)
    transcript, note = find_commented_transcript(Study(tmp_path), document, given=given)
    return transcript.id, note


@pytest.mark.parametrize("name", ["S10.docx", "S10 reviewed.docx", "Copy of s10 (2).docx", "lea_S10_v2.docx"])
def test_the_transcript_is_known_by_the_name_of_the_file(tmp_path: Path, name: str) -> None:
    assert in_study(tmp_path, name, *LINES) == ("S10", "")


def test_the_transcript_is_known_by_its_words(tmp_path: Path) -> None:
    assert in_study(tmp_path, "review.docx", *LINES) == ("S10", "review.docx is read as S10, whose words it has")
    # The name of another transcript is no proof.
    assert in_study(tmp_path, "B.docx", *LINES)[0] == "S10"


def test_the_transcript_is_known_by_a_property_of_the_file(tmp_path: Path) -> None:
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"><property'
        ' name="qualcode transcript"><lpwstr>S10</lpwstr></property></Properties>'
    )
    assert in_study(tmp_path, "x.docx", *LINES, custom=custom) == ("S10", "")
    with pytest.raises(OperationError, match=r"x\.docx: its words are not those of S10 but of D: name that with"):
        in_study(tmp_path, "x.docx", *D, custom=custom)


def test_another_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="its words are not those of D but of S10"):
        in_study(tmp_path, "x.docx", *LINES, given="D")
    with pytest.raises(OperationError, match="no transcript of this study has its words: is it of another study"):
        in_study(tmp_path, "S10.docx", "These are the words of something else.")
    with pytest.raises(OperationError, match="several transcripts have its words"):
        in_study(tmp_path, "x.docx", "The budget is gone.")
