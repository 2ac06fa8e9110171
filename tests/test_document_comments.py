"""Comments of Word files: their texts, threads and places, as Word, LibreOffice and Google Docs write them."""

from __future__ import annotations

import pytest

from qualcode.errors import OperationError
from qualcode.transcripts.comments import CommentedDocument, DocumentComment, read_commented_document
from word_files import Remark, W, commented, members_of, packed, paragraph, run, runs


def read(content: bytes) -> CommentedDocument:
    return read_commented_document(content, path="lea.docx")


def places(document: CommentedDocument) -> list[tuple[str, str | None]]:
    """Return the text of each comment with the words that it is on."""
    return [(one.text, words(document, one)) for one in document.comments]


def words(document: CommentedDocument, comment: DocumentComment) -> str | None:
    return None if comment.start is None else document.text[comment.start : comment.end]


def test_comments_have_author_date_text_and_the_words_they_are_on() -> None:
    content = commented(
        "I: What is hard?", "Dee: I <0>wait</0>. <1>I wait.</1>", comments=[Remark("a\nb"), Remark("c")]
    )
    document = read(content)
    first, second = document.comments
    assert document.text.startswith("I: What is hard?\n\nDee: I wait. I wait.")
    assert (first.author, first.date, first.text) == ("Lea", "2026-11-03T10:00:00Z", "a\nb")
    assert (first.number, second.number) == (1, 2)
    assert places(document) == [("a\nb", "wait"), ("c", "I wait.")]


def test_comments_are_numbered_in_the_order_of_their_places() -> None:
    document = read(commented("<1>one</1> <0>two</0>", comments=[Remark("second"), Remark("first")]))
    assert [(one.number, one.text) for one in document.comments] == [(1, "first"), (2, "second")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dee: I <0>wa</0>it.", "wa"),
        ("<0>Dee: <1>I wait</0>.</1>", "Dee: I wait"),
        ("Dee: \U0001f600 <0>\U0001f600 כן</0> b", "\U0001f600 כן"),
        ("Dee: I wait.<0/>", "Dee: I wait."),
        ("Dee: I <0></0>wait.", "Dee: I wait."),
    ],
)
def test_a_range_is_exact_and_a_comment_without_words_is_on_its_paragraph(text: str, expected: str) -> None:
    document = read(commented("I: Why?", text, "I: So?", comments=[Remark("x"), Remark("y")]))
    (comment,) = (one for one in document.comments if one.text == "x")
    assert words(document, comment) == expected
    assert comment.is_on_paragraph == (expected == "Dee: I wait.")


def test_a_range_runs_over_paragraphs() -> None:
    document = read(commented("I: <0>Why?", "", "Dee: I</0> wait.", comments=[Remark("x")]))
    assert places(document) == [("x", "Why?\n\n\n\nDee: I")]


def test_marks_between_paragraphs_belong_to_the_words_inside_them() -> None:
    body = (
        paragraph("I: Why?") + '<w:commentRangeStart w:id="0"/>' + paragraph("Dee: I wait.")
        + '<w:commentRangeEnd w:id="0"/>' + paragraph("I: So?<0/>")
    )  # fmt: skip
    assert places(read(commented(raw_body=body, comments=[Remark("x")]))) == [("x", "Dee: I wait.")]


def test_marks_in_tables_are_found_in_cells_and_between_rows() -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    body = (
        f'<w:tbl>{row("I", "Why?")}<w:commentRangeStart w:id="1"/>{row("Dee", "I <0>wait</0>.")}'
        f'<w:commentRangeEnd w:id="1"/>{row("I", "So?<1/>")}</w:tbl>'
    )
    document = read(commented(raw_body=body, comments=[Remark("cell"), Remark("row")]))
    assert places(document) == [("row", "Dee\tI wait."), ("cell", "wait")]


def test_marks_in_deleted_text_are_kept_without_it() -> None:
    deleted = f"<w:del>{runs('really <0>')}<w:r><w:delText>truly</w:delText></w:r></w:del>"
    body = f"<w:p>{run('I ')}{deleted}{runs('wait</0>.')}</w:p>"
    document = read(commented(raw_body=body, comments=[Remark("x")]))
    assert document.text.startswith("I wait.")
    assert places(document) == [("x", "wait")]


def test_marks_in_tracked_insertions_are_found() -> None:
    body = f"<w:p>{run('I ')}<w:ins>{runs('<0>really</0> ')}</w:ins>{run('wait.')}</w:p>"
    assert places(read(commented(raw_body=body, comments=[Remark("x")]))) == [("x", "really")]


def test_a_comment_outside_of_the_text_has_no_place() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('<0>aside</0>')}</w:txbxContent></w:pict></w:r>"
    body = f"<w:p>{box}{run('I wait.')}</w:p>"
    document = read(commented(raw_body=body, comments=[Remark("x"), Remark("no reference at all")]))
    assert places(document) == [("x", None), ("no reference at all", None)]


def test_answers_are_known_from_the_threads_of_word_also_without_a_place_of_their_own() -> None:
    remarks = [
        Remark("Money"),
        Remark("reject", answers="0"),
        Remark("why?", answers="1"),
        Remark("Fear", is_resolved=True),
    ]
    document = read(commented("Dee: I <0>wait</0>. <3>I wait.</3>", comments=remarks))
    assert [(one.text, one.parent, one.is_resolved) for one in document.comments] == [
        ("Money", "", False),
        ("reject", "0", False),
        ("why?", "0", False),  # an answer to an answer is one to the first comment
        ("Fear", "", True),
    ]
    assert places(document)[1] == ("reject", "wait")


@pytest.mark.parametrize("head", ["Reply to Ana (11/03/2026, 10:00)", "Antwort an Ana (03.11.2026, 10:00)"])
def test_an_answer_of_libreoffice_cites_its_parent(head: str) -> None:
    cited = f'{head}: "Money\nqualcode 1"\nreject: no'
    document = read(
        commented("I <0><1>wait</1></0>.", comments=[Remark("Money\nqualcode 1", author="Ana"), Remark(cited)])
    )
    assert [(one.text, one.parent) for one in document.comments] == [("Money\nqualcode 1", ""), ("reject: no", "0")]


def test_a_citation_of_other_words_is_the_comments_own_text() -> None:
    text = 'she says: "nobody"\nand so on'
    document = read(commented("I <0><1>wait</1></0>.", comments=[Remark("Money"), Remark(text)]))
    assert [(one.text, one.parent) for one in document.comments] == [("Money", ""), (text, "")]


def test_what_google_docs_writes_of_resolved_threads_is_no_comment() -> None:
    remarks = [Remark("Money"), Remark("_Marked as resolved_"), Remark("Fear"), Remark("_Re-opened_\nstill")]
    text = "I <0><1>wait</1></0>. <2><3>I wait</3></2>."
    assert [(one.text, one.is_resolved) for one in read(commented(text, comments=remarks)).comments] == [
        ("Money", True),
        ("Fear", False),
        ("still", False),
    ]


def test_strict_documents_and_noncharacters_are_read() -> None:
    content = commented("\ufdd00\ufdd1I <0>wait</0>.", comments=[Remark("x")])
    assert places(read(content)) == [("x", "wait")]
    strict = {
        name: text.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
        for name, text in members_of(content).items()
    }
    assert places(read(packed(strict))) == [("x", "wait")]


def test_a_file_without_comments_or_body_is_read_or_refused() -> None:
    document = f'<w:document xmlns:w="{W}"><w:body>{paragraph("I wait.")}</w:body></w:document>'
    assert read(packed({"word/document.xml": document})).comments == ()
    with pytest.raises(OperationError, match=r"lea\.docx: damaged, or not a Word file \(no document body\)"):
        read(packed({"word/document.xml": f'<w:document xmlns:w="{W}"/>'}))
    with pytest.raises(OperationError, match="over the limit of 10,000 comments"):
        read(commented("I wait.", comments=[Remark("x")] * 10_001))
