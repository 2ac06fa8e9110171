"""Transcripts written as Word files with their codings as comments: their text, their places, and their XML."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from builders import span_coding, transcript_of
from qualcode.coding.corrections.word.comment_places import CommentPlaces
from qualcode.coding.corrections.word.own_comments import find_own_comment
from qualcode.coding.corrections.word.word_comments import read_word_comments
from qualcode.errors import OperationError, UsageError
from qualcode.export.codebook.word_document import Comment, Paragraph, Run, WordDocument
from qualcode.export.transcript_document import turn_paragraphs
from qualcode.model import Coding, Transcript
from qualcode.project import Project
from qualcode.transcripts.comments import read_commented_document
from studies import Shell, coded_study, small_study, write
from word_files import W, members_of

SAID = ["I", "wait", "no", "no.", "😀", "👩‍👩‍👧", "שלום", "כן?", "it’s", "a\u00adb", "\n", "\n\n", "\t", "&<b>"]


def texts(content: bytes, member: str = "document") -> list[str]:
    """Return the text of each paragraph, with line breaks and tabs."""
    root = etree.fromstring(members_of(content)[f"word/{member}.xml"].encode())
    signs = {"br": "\n", "tab": "\t"}
    return [
        "".join(
            one.text or signs.get(etree.QName(one).localname, "") for one in paragraph.iter("{*}t", "{*}br", "{*}tab")
        )
        for paragraph in root.iter("{*}p")
    ]


def comments_of(content: bytes) -> list[tuple[str, list[str]]]:
    """Return author and paragraphs of each comment."""
    root = etree.fromstring(members_of(content)["word/comments.xml"].encode())
    return [(str(one.get(f"{{{W}}}author")), ["".join(map(str, line.itertext())) for line in one]) for one in root]


def exported(project: Project, tmp_path: Path, name: str = "A.docx", **options: Any) -> bytes:
    return project.export_word(tmp_path / name, replace=True, **options).path.read_bytes()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path / "study"))


def test_turns_are_paragraphs_with_speakers_and_codings_are_comments(project: Project, tmp_path: Path) -> None:
    content = exported(project, tmp_path, coder=["ana", "ben"])
    turns = [
        "I: What is hard?",
        "P: Nobody can tell me what it earns. The budget is gone.",
        "I: And the others?",
        "P: They fear it. They fear it.",
    ]
    lines = texts(content)
    at = lines.index(turns[0])
    assert lines[0] == "A"
    assert lines[at : at + 4] == turns
    assert lines[at + 4 :] == [
        "Codes",
        "Skills: Patience (skills/patience)",
        "Work: Money (work/money); Return (work/money/roi); Fear (work/fear)",
    ]
    ids = {(one.coder, one.quote): one.id for one in project.study.codings if one.transcript == "A"}
    shown = [(author, label) for author, (label, _) in comments_of(content)]
    assert shown == [
        ("ana", "Return (work/money/roi)"),
        ("ana", "Money (work/money)"),
        ("ben", "Money (work/money)"),
        ("ana", "Fear (work/fear)"),
    ]
    assert comments_of(content)[2][1][1].split()[:2] == ["qualcode", ids["ben", "The budget is gone."]]


def test_comments_have_the_initials_and_the_time_of_the_coding(project: Project, tmp_path: Path) -> None:
    root = etree.fromstring(members_of(exported(project, tmp_path, coder="ben"))["word/comments.xml"].encode())
    coding = next(one for one in project.study.codings if one.coder == "ben")
    assert root[0].get(f"{{{W}}}initials") == "B"
    assert root[0].get(f"{{{W}}}date") == f"{coding.at[:19]}Z"


def test_times_paragraphs_and_headers_are_written(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    write(root, "transcripts/E.txt", "Interview of May\n\nI: Well?\n\nP: One.\nTwo.\n\nThree.\n")
    project = Project(root)
    assert texts(exported(project, tmp_path, "C.docx"))[-7:-3] == [
        "I (0:00:01): What is hard?",
        "Cy (0:00:02): The budget is gone.",
        "I (0:00:04): Anything else?",
        "Cy (0:00:05): Legal says no.",
    ]
    assert texts(exported(project, tmp_path, "E.docx"))[-7:-3] == [
        "Interview of May",
        "I: Well?",
        "P: One.\nTwo.",
        "Three.",
    ]


def test_the_same_study_gives_the_same_bytes(project: Project, tmp_path: Path) -> None:
    assert exported(project, tmp_path, coder="ana") == exported(Project(project.study.root), tmp_path, coder="ana")


def test_files_of_several_transcripts_are_in_a_folder(project: Project, tmp_path: Path) -> None:
    write(project.study.root, "transcripts/north/E.txt", "I: Well?\n\nP: One.\n")
    written = Project(project.study.root).export_word(tmp_path / "out", transcripts=["A", "north/E"], coder="ana")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in (tmp_path / "out").rglob("*.docx")) == [
        "out/A.docx",
        "out/north/E.docx",
    ]
    assert written.notes == ("2 transcripts, 3 codings by ana as comments",)


def test_what_cannot_be_written_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one file is for one transcript, and none is named"):
        project.export_word(tmp_path / "x.docx", coder="ana")
    with pytest.raises(UsageError, match="one file is for one transcript, and 2 are selected"):
        project.export_word(tmp_path / "x.docx", transcripts=["A", "B"], coder="ana")
    with pytest.raises(UsageError, match=r"end the name in \.docx \(one transcript\), or name a folder"):
        project.export_word(tmp_path / "A.xlsx", coder="ana")
    write(tmp_path, "taken", "")
    with pytest.raises(OperationError, match="cannot be written"):
        project.export_word(tmp_path / "taken", coder="ana")
    with pytest.raises(UsageError, match="files in transcripts/ are sources of the study: write to another folder"):
        project.export_word(project.study.root / "transcripts" / "A.docx", coder="ana")
    with pytest.raises(UsageError, match="only present codings of a coder can be decided on"):
        project.export_word(tmp_path / "A.docx", coder="consensus")


def test_only_selected_codes_are_written_and_nothing_of_other_coders(project: Project, tmp_path: Path) -> None:
    content = exported(project, tmp_path, coder="ana", code="work/fear")
    assert [lines[0] for _, lines in comments_of(content)] == ["Fear (work/fear)"]
    assert not any(re.search(r"\bben\b", text) for text in members_of(content).values())


def test_a_transcript_that_nobody_has_coded_is_written(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path / "study"))
    content = exported(project, tmp_path)
    assert "word/comments.xml" not in members_of(content)
    assert read_word_comments(project.study, tmp_path / "A.docx").notes == [f"{tmp_path / 'A.docx'} has no comments"]


def test_control_characters_are_left_out_and_counted(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    write(root, "transcripts/E.txt", "I: Well?\n\nP: One\x07 two\x02 =three.\n")
    project = Project(root)
    quote = "two\x02 =three."
    project.code("E", "work/fear", quote, coder="ana")
    written = project.export_word(tmp_path / "E.docx")
    assert "left out: 2 control characters, which Word files cannot hold" in written.notes
    assert "P: One two =three." in texts(written.path.read_bytes())
    assert not read_word_comments(project.study, written.path).items
    assert places(project, written.path) == spans(project, "E")


def test_paragraphs_and_names_from_right_to_left_are_marked_so(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    write(root, "transcripts/E.txt", "I: Well?\n\nדנה: אין לי זמן.\n")
    content = exported(Project(root), tmp_path, "E.docx")
    check_strictly(content)
    document = etree.fromstring(members_of(content)["word/document.xml"].encode())
    (spoken,) = (one for one in document.iter("{*}p") if one.find("{*}pPr/{*}bidi") is not None)
    assert [
        "".join(map(str, run.itertext())) for run in spoken.iter("{*}r") if run.find("{*}rPr/{*}rtl") is not None
    ] == [
        "דנה",
        "אין לי זמן.",
    ]
    assert spoken.find("{*}r/{*}rPr/{*}bCs") is not None


def test_formulas_markup_and_long_texts_are_text(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    long = "=cmd|'/c calc'!A0 <w:p/> & " + "word " * 8000
    write(root, "transcripts/E.txt", f"I: Well?\n\nP: {long.strip()}\n")
    content = exported(Project(root), tmp_path, "E.docx")
    assert f"P: {long.strip()}" in texts(content)


def spans(project: Project, transcript: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in project.study.codings if (one.transcript, one.coder) == (transcript, "ana")]


def places(project: Project, path: Path) -> list[tuple[int, int]]:
    """Return where the comments of a file are in its transcript, each from its first to its last turn."""
    document = read_commented_document(path.read_bytes(), path=str(path))
    transcript = project.study.transcripts[path.stem]
    found = [CommentPlaces(document, transcript).find(one) for one in document.comments]
    return [(one[0][0], one[-1][1]) for one in found]


# The law: every coding is found again at its very characters


@st.composite
def coded_transcripts(draw: st.DrawFn) -> tuple[Transcript, list[Coding]]:
    said = [" ".join(draw(st.lists(st.sampled_from(SAID), min_size=1, max_size=9))).strip() for _ in range(2)]
    said = [f"Oh {one} ok" for one in said]
    transcript = transcript_of("".join(f"I: Question {number}?\n\nP: {one}\n\n" for number, one in enumerate(said)))
    turns = transcript.participant_turns
    codings = []
    for number in range(draw(st.integers(1, 6))):
        first, last = sorted(draw(st.lists(st.integers(0, len(turns) - 1), min_size=2, max_size=2)))
        start = draw(st.integers(turns[first].start, turns[first].end - 1))
        end = draw(st.integers(max(start, turns[last].start) + 1, turns[last].end))
        while start < end and transcript.text[start].isspace():
            start += 1
        while start < end and transcript.text[end - 1].isspace():
            end -= 1
        if any(character.isalnum() for character in transcript.text[start:end]):
            codings.append(span_coding("T", start, end, f"c/{number}"))
    return transcript, codings


@given(coded_transcripts())
def test_every_coding_is_found_at_its_very_characters(drawn: tuple[Transcript, list[Coding]]) -> None:
    transcript, codings = drawn
    word = WordDocument("T", parts=list(turn_paragraphs(transcript, codings)))
    word.comments = [Comment(one.coder, one.at, [Paragraph([Run(one.id)])]) for one in codings]
    content = word.to_bytes()
    check_strictly(content)
    document = read_commented_document(content, path="T.docx")
    by_id = {one.id: one for one in codings}
    found = {one.text: CommentPlaces(document, transcript).find(one) for one in document.comments}
    assert found.keys() == by_id.keys()
    for name, parts in found.items():
        turns = [
            turn
            for turn in transcript.participant_turns
            if turn.start < by_id[name].end and by_id[name].start < turn.end
        ]
        assert len(parts) == len(turns)
        if by_id[name].end > turns[-1].start and by_id[name].start < turns[0].end:
            assert (parts[0][0], parts[-1][1]) == (by_id[name].start, by_id[name].end)
    assert CommentPlaces(document, transcript).count_edits() == 0


# The XML


ORDER = {
    "pPr": "pStyle keepNext keepLines bidi spacing ind jc outlineLvl rPr".split(),
    "rPr": "rStyle rFonts b bCs i color sz szCs rtl lang".split(),
    "sectPr": "footerReference pgSz pgMar".split(),
}


def check_strictly(content: bytes) -> None:
    """Check what Word is strict about: order of elements, ranges of comments, and that parts are declared."""
    members = members_of(content)
    roots = {name: etree.fromstring(text.encode()) for name, text in members.items()}
    for root in roots.values():
        for element in root.iter("{*}pPr", "{*}rPr", "{*}sectPr"):
            order = ORDER[etree.QName(element).localname]
            positions = [order.index(etree.QName(child).localname) for child in element]
            assert positions == sorted(set(positions)), etree.tostring(element)
    document = roots["word/document.xml"]
    numbers: dict[str, list[str]] = {"commentRangeStart": [], "commentRangeEnd": [], "commentReference": []}
    opened: set[str] = set()
    for element in document.iter(*(f"{{*}}{name}" for name in numbers)):
        name, number = etree.QName(element).localname, str(element.get(f"{{{W}}}id"))
        numbers[name].append(number)
        assert (number in opened) == (name != "commentRangeStart"), "a range ends before it starts"
        opened.add(number)
    ids = [str(one.get(f"{{{W}}}id")) for one in roots["word/comments.xml"]] if "word/comments.xml" in roots else []
    for found in numbers.values():
        assert sorted(found) == sorted(ids)
    assert all(one.get(f"{{{W}}}author") for one in roots.get("word/comments.xml", ()))
    check_parts(members, roots)


def check_parts(members: dict[str, str], roots: dict[str, Any]) -> None:
    declared = {one.get("PartName", "").lstrip("/") for one in roots["[Content_Types].xml"]} - {""}
    assert declared == {name for name in members if not name.endswith(".rels")} - {"[Content_Types].xml"}
    for folder, name in (("", "_rels/.rels"), ("word/", "word/_rels/document.xml.rels")):
        targets = [folder + one.get("Target") for one in roots[name]]
        assert set(targets) <= set(members)
        names = [one.get("Id") for one in roots[name]]
        assert len(set(names)) == len(names)
    footer = roots["word/document.xml"].find(".//{*}footerReference")
    kinds = {one.get("Id"): one.get("Type").rpartition("/")[2] for one in roots["word/_rels/document.xml.rels"]}
    assert kinds[next(value for name, value in footer.items() if name.endswith("}id"))] == "footer"


def test_the_file_is_as_word_is_strict_about(project: Project, tmp_path: Path) -> None:
    content = exported(project, tmp_path, coder=["ana", "ben"])
    check_strictly(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_overlapping_codings_are_exact(project: Project, tmp_path: Path) -> None:
    text = project.study.transcripts["A"].text
    for start, end in ((text.index("can"), text.index(" it earns")), (text.index("tell"), text.index("budget") + 3)):
        project.code("A", "work/fear", start=start, end=end, coder="ana")
    path = project.export_word(tmp_path / "A.docx", coder="ana").path
    check_strictly(path.read_bytes())
    assert places(project, path) == spans(project, "A")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_text_comments_and_places(project: Project, tmp_path: Path) -> None:
    project.export_word(tmp_path / "A.docx", coder="ana", replace=True)
    (tmp_path / "lo").mkdir()
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", tmp_path / "lo", tmp_path / "A.docx"],
        check=True,
        capture_output=True,
    )
    path = tmp_path / "lo" / "A.docx"
    document = read_commented_document(path.read_bytes(), path="A.docx")
    own = [find_own_comment(one.text) for one in document.comments]
    assert [one.is_edited for one in own if one] == [False] * 3
    assert document.properties["qualcode transcript"] == "A"
    assert places(project, path) == spans(project, "A")


def test_the_command_writes_word_files(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(project.study.root, capsys)
    result = shell("export", tmp_path / "A.docx", "--for", "word", "--coder", "ana")
    assert (result.code, result.out.strip()) == (0, str(tmp_path / "A.docx"))
    assert "1 transcript, 3 codings by ana as comments" in result.err
    again = shell("export", "-o", tmp_path / "out", "--for", "word", "--coder", "ana", "--transcripts", "[AB]")
    assert again.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["A.docx", "B.docx"]
    assert (
        "an existing file was replaced"
        in shell("export", "-o", tmp_path / "out", "--for", "word", "--coder", "ana", "--yes").err
    )
    refused = shell("export", tmp_path / "A.docx", "--for", "word", "--coder", "ana", "--by", "group")
    assert "--by has no meaning with --for word: leave it out" in refused.err
    assert "'qualcode export S01.docx --for word'" in shell("export", "--for", "word").err


def test_a_comment_ends_before_the_next_one_starts_at_the_same_place() -> None:
    transcript = transcript_of("I: A?\n\nP: one two three\n")
    start = transcript.text.index("one")
    codings = [span_coding("T", start, start + 3, "c/a"), span_coding("T", start + 3, start + 7, "c/b")]
    (_, paragraph) = turn_paragraphs(transcript, codings)
    marks = [run.xml() for run in paragraph.runs]
    ends = [number for number, xml in enumerate(marks) if "commentRangeEnd" in xml]
    starts = [number for number, xml in enumerate(marks) if "commentRangeStart" in xml]
    assert all(first < second for first, second in pairwise([starts[0], ends[0], starts[1], ends[1]]))


def test_a_coding_that_begins_and_ends_between_paragraphs_is_on_the_words() -> None:
    transcript = transcript_of("I: A?\n\nP: one\n\n two \n\nthree\n")
    start = transcript.text.index("\n\n two")
    word = WordDocument("T", parts=list(turn_paragraphs(transcript, [span_coding("T", start, start + 9, "c/a")])))
    word.comments = [Comment("ana", "", [Paragraph([Run("x")])])]
    document = read_commented_document(word.to_bytes(), path="T.docx")
    (comment,) = document.comments
    assert document.text[comment.start : comment.end].strip() == "two"
    assert texts(word.to_bytes())[1:4] == ["P: one", "two ", "three"]


def test_a_file_of_another_study_is_refused(project: Project, tmp_path: Path) -> None:
    other = Project(small_study(tmp_path / "other"))
    write(tmp_path / "other", "transcripts/A.txt", "I: Why?\n\nP: Something else is said in this study.\n")
    path = Project(other.study.root).export_word(tmp_path / "A.docx").path
    with pytest.raises(OperationError, match="its words are not those of A"):
        project.apply(path, coder="lea")
