"""Word files, built by hand from the XML that stands in the test."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from losses import roles, turns, words, words_out
from qualcode.errors import OperationError
from qualcode.model import SourceRules, Transcript, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts import read_transcript
from qualcode.transcripts.documents import docx as reader
from qualcode.transcripts.draft import Draft, ReadOptions

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def packed(document: str | bytes, name: str = "word/document.xml", **others: str) -> bytes:
    """Return a zip with this member and ``others`` in the same folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in {name: document, **{f"word/{other}.xml": text for other, text in others.items()}}.items():
            member = zipfile.ZipInfo(path, date_time=(2010, 10, 30, 0, 0, 0))  # the same bytes whenever a worker asks
            archive.writestr(member, text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def member(name: str, *content: str) -> str:
    """Return the XML of a member whose root has this name."""
    return f'<w:{name} xmlns:w="{W}" xmlns:mc="{MC}">{"".join(content)}</w:{name}>'


def docx(*body: str, **others: str) -> bytes:
    """Return a Word file with this body and other members (footnotes, comments, header1, styles ...)."""
    return packed(member("document", f"<w:body>{''.join(body)}<w:sectPr/></w:body>"), **others)


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def b(text: str) -> str:
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p><w:pPr><w:pStyle w:val='Normal'/></w:pPr>{''.join(runs)}</w:p>"


def tr(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{p(r(cell))}</w:tc>' for cell in cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def read(content: bytes) -> Draft:
    return reader.read(content, ReadOptions("a.docx", SourceRules(INTERVIEWER_LABELS)))


def text_of(*runs: str) -> str:
    """Return the text of one paragraph with these runs."""
    return read(docx(p(*runs))).text.removesuffix("\n")


# the shapes of the shipped study


def test_paragraphs_with_bold_names(tmp_path: Path) -> None:
    path = tmp_path / "S37.docx"
    path.write_bytes(
        docx(
            p(r("Fictional interview with a desk")),
            p(r("Date: 2010-11-03")),
            p(b("Interviewer: "), r("Is this "), r("quiet?")),
            p(b("S37: "), r("Until four.")),
            p(r("Then it is not.")),
        )
    )
    transcript = read_transcript(path, name="S37", display_path="S37.docx", rules=SourceRules(INTERVIEWER_LABELS))
    assert transcript.header == "Fictional interview with a desk\n\nDate: 2010-11-03"
    assert [(turn.speaker, turn.role, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("Interviewer", "interviewer", "Is this quiet?"),
        ("S37", "participant", "Until four.\n\nThen it is not."),
    ]
    assert (transcript.notices, transcript.unplaced) == ((), ())


def test_table_with_time_speaker_and_text() -> None:
    draft = read(
        docx(
            p(r("Fictional interview")),
            tbl(
                tr("Time", "Speaker", "Text"),
                tr("00:00:05", "Interviewer", "In English?"),
                tr("00:01:12", "S28", "Sure: at 10:30."),
                tr("[1:00:00]", "S28:", "And more."),
            ),
        )
    )
    assert draft.header == "Fictional interview"
    assert draft.text == "Fictional interview\n\nInterviewer: In English?\n\nS28: Sure: at 10:30.\n\nS28: And more.\n"
    assert turns(draft) == [("Interviewer", "In English?"), ("S28", "Sure: at 10:30."), ("S28", "And more.")]
    assert [span.time for span in draft.turns] == [5.0, 72.0, 3600.0]
    assert draft.unplaced == ()


@pytest.mark.parametrize(
    "rows",
    [
        [("Text", "Name"), ("Hello.", "I"), ("Hi.", "P1"), ("So?", "I")],
        [("Nr", "Speaker", "Content"), ("1", "I", "Hello."), ("2", "P1", "Hi."), ("3", "I", "So?")],
        [("0:01", "I", "Hello."), ("0:02", "P1", "Hi."), ("0:03", "I", "So?")],
        [("I", "Hello."), ("P1", "Hi."), ("I", "So?")],
        [("I:", "Hello."), ("P1:", "Hi."), ("I:", "So?")],
    ],
)
def test_tables_with_other_columns(rows: list[tuple[str, ...]]) -> None:
    assert turns(read(docx(tbl(*(tr(*row) for row in rows))))) == [("I", "Hello."), ("P1", "Hi."), ("I", "So?")]


def test_repeated_table_heading_is_not_a_turn() -> None:
    heading = tr("Time", "Speaker", "Text")
    draft = read(docx(tbl(heading, tr("0:01", "I", "Hello.")), p(), tbl(heading, tr("0:02", "P1", "Hi."))))
    assert turns(draft) == [("I", "Hello."), ("P1", "Hi.")]


def test_text_that_does_not_fit_the_table_is_reported() -> None:
    draft = read(
        docx(tbl(tr("Speaker", "Text"), tr("I", "Hello."), tr("merged"), tr("P1", "Hi.")), p(r("Thanks to all.")))
    )
    assert turns(draft) == [("I", "Hello."), ("P1", "Hi.")]
    assert draft.unplaced == (UnplacedText(3, "merged"), UnplacedText(5, "Thanks to all."))


def test_paragraphs_in_a_cell_are_separate() -> None:
    cell = f"<w:tc>{p(r('Hi.'))}{p()}{p(r('So.'))}</w:tc>"
    draft = read(docx(tbl(tr("Speaker", "Text"), f"<w:tr><w:tc>{p(r('P1'))}</w:tc>{cell}</w:tr>")))
    assert turns(draft) == [("P1", "Hi.\n\nSo.")]


def test_other_table_above_the_conversation_is_header() -> None:
    draft = read(docx(tbl(tr("Age", "43"), tr("Job", "baker")), p(r("Interviewer: Hello.")), p(r("P1: Hi."))))
    assert turns(draft) == [("Interviewer", "Hello."), ("P1", "Hi.")]
    assert draft.header == "Age\t43\n\nJob\tbaker"


# what Word puts into paragraphs


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((r("one "), "<w:ins w:id='1' w:author='a'>", r("new "), "</w:ins>", r("two")), "one new two"),
        (
            (r("one "), "<w:del w:id='1'><w:r><w:delText>old</w:delText></w:r></w:del>", r("two")),
            "one two",
        ),
        (
            (
                "<w:moveFrom w:id='1'>",
                r("moved "),
                "</w:moveFrom>",
                r("one "),
                "<w:moveTo w:id='2'>",
                r("moved"),
                "</w:moveTo>",
            ),
            "one moved",
        ),
        (("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t></w:r>",), "a\nb\nc"),
        (("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>",), "a\tb"),
        (("<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t><w:softHyphen/></w:r>",), "well-known"),
        (("<w:hyperlink w:anchor='x'>", r("linked"), "</w:hyperlink>"), "linked"),
        (("<w:smartTag>", r("smart"), "</w:smartTag>"), "smart"),
        (("<w:sdt><w:sdtPr/><w:sdtContent>", r("controlled"), "</w:sdtContent></w:sdt>"), "controlled"),
        (
            (
                "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText>"
                "<w:fldChar w:fldCharType='end'/></w:r>",
                r("after"),
            ),
            "after",
        ),
        ((r("a"), "<w:bookmarkStart w:id='1'/><w:proofErr/><!-- a comment --><?pi x?>", r("b")), "ab"),
        ((r("R&D <b>"),), "R&D <b>"),
        ((r("  two  spaces  "),), "  two  spaces"),
        (
            (
                "<mc:AlternateContent><mc:Choice Requires='wps'>",
                r("once"),
                "</mc:Choice><mc:Fallback>",
                r("once"),
                "</mc:Fallback></mc:AlternateContent>",
            ),
            "once",
        ),
    ],
)
def test_text_of_a_paragraph(runs: tuple[str, ...], text: str) -> None:
    assert text_of(*runs) == text


def test_label_in_several_and_tracked_runs() -> None:
    draft = read(
        docx(
            p(r("Inter"), "<w:ins w:id='1'>", r("view"), "</w:ins>", r("er"), r(": Hello.")),
            p(
                r("P"),
                "<w:del w:id='2'><w:r><w:delText>2</w:delText></w:r></w:del>",
                r("1:"),
                "<w:r><w:tab/></w:r>",
                r("Hi."),
            ),
        )
    )
    assert turns(draft) == [("Interviewer", "Hello."), ("P1", "Hi.")]


def test_line_break_after_the_name() -> None:
    body = "<w:p><w:r><w:t>Interviewer:</w:t><w:br/><w:t>Hello.</w:t></w:r></w:p>"
    assert turns(read(docx(body, p(r("P1: Hi."))))) == [("Interviewer", "Hello."), ("P1", "Hi.")]


def test_paragraphs_in_content_controls_are_read_in_order() -> None:
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{p(r('P1: Hi.'))}</w:sdtContent></w:sdt>"
    draft = read(docx(p(r("Interviewer: Hello.")), body, f"<w:customXml>{p(r('Interviewer: So?'))}</w:customXml>"))
    assert turns(draft) == [("Interviewer", "Hello."), ("P1", "Hi."), ("Interviewer", "So?")]


def test_rows_and_cells_in_content_controls_are_read() -> None:
    cell = f"<w:sdt><w:sdtContent><w:tc>{p(r('Hi.'))}</w:tc></w:sdtContent></w:sdt>"
    row = f"<w:sdt><w:sdtContent>{tr('I', 'So?')}</w:sdtContent></w:sdt>"
    draft = read(docx(tbl(tr("Speaker", "Text"), f"<w:tr><w:tc>{p(r('P1'))}</w:tc>{cell}</w:tr>", row)))
    assert turns(draft) == [("P1", "Hi."), ("I", "So?")]


def test_deleted_row_is_dropped_and_inserted_row_is_read() -> None:
    deleted = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>{p(r('P9'))}</w:tc><w:tc>{p(r('Gone.'))}</w:tc></w:tr>"
    inserted = f"<w:tr><w:trPr><w:ins w:id='1'/></w:trPr><w:tc>{p(r('P1'))}</w:tc><w:tc>{p(r('Hi.'))}</w:tc></w:tr>"
    draft = read(docx(tbl(tr("Speaker", "Text"), deleted, inserted)))
    assert turns(draft) == [("P1", "Hi.")]


BOX = f"<w:r><w:pict><w:txbxContent>{p(r('Boxed.'))}</w:txbxContent></w:pict></w:r>"


def test_text_box_is_reported_once() -> None:
    draft = read(docx(p(r("P1: Hi."), BOX), p(r("Interviewer: So?"))))
    assert turns(draft) == [("P1", "Hi."), ("Interviewer", "So?")]
    assert draft.unplaced == (UnplacedText(1, "text box: Boxed."),)
    cell = f"<w:tc>{p(r('Hi.'), BOX)}</w:tc>"
    draft = read(docx(tbl(tr("Speaker", "Text"), f"<w:tr><w:tc>{p(r('P1'))}</w:tc>{cell}</w:tr>")))
    assert turns(draft) == [("P1", "Hi.")]
    assert draft.unplaced == (UnplacedText(2, "text box: Boxed."),)


def test_row_without_cells_is_not_a_turn() -> None:
    empty = "<w:tr/>"
    assert turns(read(docx(tbl(tr("Speaker", "Text"), empty, tr("I", "Hello?"))))) == [("I", "Hello?")]
    assert turns(read(docx(tbl(tr("P1: Hi.", ""), empty)))) == [("P1", "Hi.")]


def test_row_without_speaker_continues_the_last_one() -> None:
    rows = [("I", "Well?"), ("", "I mean, how?"), ("Ada", "Yes."), (" ", "And no."), ("I", "So?")]
    assert turns(read(docx(tbl(*[tr(*row) for row in rows])))) == [
        ("I", "Well?"),
        ("I", "I mean, how?"),
        ("Ada", "Yes."),
        ("Ada", "And no."),
        ("I", "So?"),
    ]


@pytest.mark.parametrize("body", ["", p(), p(r("  ")), tbl()])
def test_empty_document_has_a_notice(body: str) -> None:
    draft = read(docx(body))
    assert draft.turns == ()
    assert draft.notices == ("no words were found",)


def test_document_without_labels_is_one_turn() -> None:
    draft = read(docx(p(r("We went.")), p(r("We came back."))))
    assert turns(draft) == [("", "We went.\n\nWe came back.")]
    assert draft.notices == (
        "no speaker labels were found: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source)",
    )


# what is refused


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "protected with a password, or an old .doc"),
        (b"", "damaged, or not a Word file"),
        (b"plain text", "damaged, or not a Word file"),
        (docx(p(r("hello")))[:-30], "damaged, or not a Word file"),
        (packed("x", name="content.xml"), "damaged, or not a Word file"),
        (packed(member("document")), "damaged, or not a Word file (no document body)"),
        (packed("<w:document"), "damaged (word/document.xml: "),
        (packed(""), "damaged (word/document.xml: "),
        (b"%PDF-1.4", "a PDF, not a Word file: rename it to .pdf"),
        (b"{\\rtf1 x}", "an RTF, not a Word file: rename it to .rtf"),
        (b"<!DOCTYPE html><p>x", "a web page, not a Word file: rename it to .html"),
        (packed("x", name="xl/workbook.xml"), "an Excel workbook, not a Word file: rename it to .xlsx"),
    ],
)
def test_content_that_is_not_a_word_file_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read(content)
    assert str(refused.value).startswith(f"a.docx: {message}")


def test_flipped_bits_inside_are_refused() -> None:
    content = bytearray(docx(*(p(r(f"P{n}: {n * n} times {n}")) for n in range(200))))
    middle = len(content) // 3
    content[middle : middle + 8] = bytes(8)
    with pytest.raises(OperationError, match="damaged"):
        read(bytes(content))


# laws

some = st.sampled_from("well the budget is small and nobody helps; legal says no, café 10:30 (laughs) R&D 50%".split())
sentences = st.lists(some, min_size=1, max_size=8).map(lambda words: " ".join(words) + ".")
conversations = st.lists(
    st.tuples(st.sampled_from(["Interviewer", "P1", "Anna Ray"]), sentences), min_size=2, max_size=8
)
Conversation = list[tuple[str, str]]


def _paragraphs(conversation: Conversation) -> bytes:
    return docx(p(r("A talk")), *(p(b(f"{name}: "), r(sentence)) for name, sentence in conversation))


def _table(conversation: Conversation) -> bytes:
    rows = (tr(f"0:0{n}", name, sentence) for n, (name, sentence) in enumerate(conversation, 1))
    return docx(p(r("A talk")), tbl(tr("Time", "Speaker", "Text"), *rows))


@given(conversations, st.sampled_from([_paragraphs, _table]))
def test_conversation_reads_back_from_paragraphs_and_tables(
    conversation: Conversation, shape: Callable[[Conversation], bytes]
) -> None:
    draft = read(shape(conversation))
    assert turns(draft) == conversation
    assert draft.header == "A talk"
    expected = [f"{name}: {sentence}" for name, sentence in conversation]
    assert draft.text.split() == " ".join(["A talk", *expected]).split()


def test_real_word_file(real: Path) -> None:
    path = real / "formats" / "qualcoder_ID1.docx"
    transcript: Transcript = read_transcript(
        path, name="ID1", display_path="ID1.docx", rules=SourceRules(INTERVIEWER_LABELS)
    )
    (turn,) = transcript.turns
    assert transcript.text[turn.start :].startswith("I really like learning new things.")


def test_speaker_letters_before_hyphens_and_dashes(real: Path) -> None:
    draft = read((real / "formats" / "speaker_letters.docx").read_bytes())
    assert [span.speaker for span in draft.turns] == ["I", "C"] * 21
    assert draft.header.startswith("Interview with the Client")


# Names without a colon, and tables beside tables


def test_bold_names_need_no_colon() -> None:
    draft = read(
        docx(
            p(b("Interviewer"), r(" Are you well?")),
            p(b("Ada")),
            p(r("I am. "), b("Really"), r(", I am.")),
            p(b("Interviewer"), r("\tGood.")),
            p(b("Ada"), r(" Yes.")),
        )
    )
    assert turns(draft) == [
        ("Interviewer", "Are you well?"),
        ("Ada", "I am. Really, I am."),
        ("Interviewer", "Good."),
        ("Ada", "Yes."),
    ]


def test_bold_headings_and_questions_are_not_names() -> None:
    draft = read(docx(p(b("Part One")), p(r("We began.")), p(b("Part One")), p(b("Why?")), p(r("We had to."))))
    assert turns(draft) == [("", "Part One\n\nWe began.\n\nPart One\n\nWhy?\n\nWe had to.")]


def test_table_of_facts_above_the_table_of_turns_is_header() -> None:
    facts = tbl(tr("Place", "Hull"), tr("Date", "2010"))
    talk = tbl(tr("Speaker", "Text", "Remarks"), tr("I", "Well?", ""), tr("Ada", "Yes.", "smiles"))
    draft = read(docx(facts, talk, tbl(tr("Ada", "Really.", ""))))
    assert turns(draft) == [("I", "Well?"), ("Ada", "Yes."), ("Ada", "Really.")]
    assert draft.header == "Place\tHull\nDate\t2010"
    assert draft.unplaced == (UnplacedText(5, "smiles"),)


def test_cell_that_is_not_a_time_is_reported() -> None:
    draft = read(docx(tbl(tr("Time", "Speaker", "Text"), tr("later", "Ada", "Yes."), tr("0:05", "Ada", "No."))))
    assert [(span.time, draft.text[span.start : span.end]) for span in draft.turns] == [(None, "Yes."), (5.0, "No.")]
    assert draft.unplaced == (UnplacedText(2, "later"),)


# what stands beside the text


NOTED = docx(
    p(
        r("P1: One"),
        "<w:r><w:footnoteReference w:id='2'/></w:r>",
        r(" two."),
        "<w:r><w:commentReference w:id='0'/></w:r>",
    ),
    p(r("Interviewer: Three."), "<w:r><w:endnoteReference w:id='1'/></w:r>", BOX),
    footnotes=member("footnotes", f"<w:footnote w:id='2'>{p(r('Four'), BOX)}{p(r('five.'))}</w:footnote>"),
    endnotes=member("endnotes", f"<w:endnote w:id='1'>{p(r('Six.'))}</w:endnote>"),
    comments=member(
        "comments",
        f"<w:comment w:id='0' w:author='Bea'>{p(r('Seven?'))}</w:comment>",
        f"<w:comment w:id='9'>{p(r('Eight.'))}</w:comment>",
    ),
    header1=member("hdr", p(r("Nine")), tbl(tr("ten", "eleven"))),
    footer2=member("ftr", p(r("Twelve"))),
)


def test_notes_comments_headers_and_footers_are_reported() -> None:
    draft = read(NOTED)
    assert turns(draft) == [("P1", "One two."), ("Interviewer", "Three.")]
    assert draft.header == "page foot: Twelve\n\npage header: Nine ten eleven"
    assert draft.unplaced == (
        UnplacedText(0, "comment: Eight."),
        UnplacedText(1, "footnote: Four text box: Boxed. five."),
        UnplacedText(1, "comment: Seven?"),
        UnplacedText(2, "endnote: Six."),
        UnplacedText(2, "text box: Boxed."),
    )


def test_hidden_words_are_one_aside() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"
    draft = read(docx(p(r("P1: Well."), hidden.format("se"), hidden.format("cret"), r(" Yes."))))
    assert (turns(draft), draft.unplaced) == ([("P1", "Well. Yes.")], (UnplacedText(1, "hidden text: secret"),))


def test_embedded_document_is_reported() -> None:
    draft = read(docx(p(r("P1: Well.")), "<w:altChunk/>"))
    assert [unplaced.line for unplaced in draft.unplaced] == [2]


def test_alternatives_and_wrappers_around_paragraphs_are_read_once() -> None:
    choice = f"<mc:Choice Requires='wps'>{p(r('P1: Hi.'))}</mc:Choice><mc:Fallback>{p(r('P1: Hi.'))}</mc:Fallback>"
    only = f"<mc:AlternateContent><mc:Fallback>{p(r('I: So?'))}</mc:Fallback></mc:AlternateContent>"
    draft = read(docx(f"<w:future><mc:AlternateContent>{choice}</mc:AlternateContent></w:future>", only, r("Yes.")))
    assert turns(draft) == [("P1", "Hi."), ("I", "So?\n\nYes.")]


def test_xml_comments_do_not_split_words() -> None:
    assert text_of("<w:r><w:t>one<!-- x --> two<?x y?> three</w:t></w:r>") == "one two three"


def test_strict_word_file_is_read() -> None:
    body = "".join([p(b("Why?")), p(r("Because.")), p(b("And?")), p(r("No."))])
    content = (
        f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>{body}</w:body></w:document>'
    )
    assert turns(read(packed(content))) == [("", "Why?"), ("", "Because."), ("", "And?"), ("", "No.")]


# questions that only their look tells


def test_bold_paragraphs_are_questions() -> None:
    draft = read(
        docx(
            p(b("A talk")),
            p(r("In May.")),
            p(b("How often?")),
            p(r("Daily.")),
            p(r("Or more.")),
            p(b("Tell me "), b("why.")),
            p(),
            p(r("I "), b("must"), r(".")),
        )
    )
    assert draft.header == "A talk\n\nIn May."
    assert roles(draft) == [
        ("interviewer", "How often?"),
        ("participant", "Daily.\n\nOr more."),
        ("interviewer", "Tell me why."),
        ("participant", "I must."),
    ]
    assert draft.notices == (
        "no speaker labels were found: bold paragraphs are read as the interviewer's, the others as one participant's",
    )


def test_bold_by_styles() -> None:
    styles = member(
        "styles",
        "<w:style w:styleId='Strong'><w:rPr><w:b/></w:rPr></w:style>",
        "<w:style w:styleId='Q'><w:basedOn w:val='Strong'/></w:style>",
        "<w:style w:styleId='Loop'><w:basedOn w:val='Loop'/></w:style>",
        "<w:style w:styleId='A'><w:basedOn w:val='Q'/><w:rPr><w:b w:val='0'/></w:rPr></w:style>",
    )
    styled = "<w:p><w:pPr><w:pStyle w:val='{}'/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    run = "<w:p><w:r><w:rPr><w:rStyle w:val='Strong'/></w:rPr><w:t>And?</w:t></w:r></w:p>"
    body = [styled.format("Q", "Why?"), styled.format("A", "Because."), run, styled.format("Loop", "No.")]
    draft = read(docx(*body, styles=styles))
    assert [role for role, _ in roles(draft)] == ["interviewer", "participant"] * 2


@pytest.mark.parametrize("is_bold", [False, True])
def test_numbered_persons_between_questions_name_who_answers(is_bold: bool) -> None:
    def talk(*lines: str) -> list[tuple[str, str, str]]:
        body = [p((b if is_bold and text[-1] in "?123" else r)(text)) for text in lines]
        draft = read(docx(*body))
        return [(turn.speaker, turn.role or "", draft.text[turn.start : turn.end]) for turn in draft.turns]

    assert talk("On rain", "Person 1", "Who?", "Me.", "When?", "Now.", "Person 2", "Who?", "Ann.", "Why?", "So.") == [
        ("", "interviewer", "Who?"),
        ("Person 1", "participant", "Me."),
        ("", "interviewer", "When?"),
        ("Person 1", "participant", "Now."),
        ("", "interviewer", "Who?"),
        ("Person 2", "participant", "Ann."),
        ("", "interviewer", "Why?"),
        ("Person 2", "participant", "So."),
    ]
    # Not where numbers do not count on, where no question follows, or where the words name no person.
    for first, second in (("Person 1", "Person 3"), ("Part 1", "Part 2"), ("Person 1", "Interview 2")):
        found = talk(first, "Who?", "Me.", "When?", "Now.", second, "Who?", "Ann.", "Why?", "So.")
        assert {name for name, _, _ in found} == {""}
    found = talk("Person 1", "Who?", "Me.", "When?", "Now.", "Person 2", "Ann.", "Why?", "So.")
    assert {name for name, _, _ in found} == {""}


def test_question_marks_find_questions_without_labels_and_bold() -> None:
    body = [p(r(text)) for text in ["A talk", "Who?", "Me.", "When?", "Now.", "And I."]]
    draft = read(docx(*body, p(b("Part 2")), p(r("Where?")), p(r("Here."))))
    assert draft.header == "A talk"
    assert roles(draft) == [
        ("interviewer", "Who?"),
        ("participant", "Me."),
        ("interviewer", "When?"),
        ("participant", "Now.\n\nAnd I."),
        ("interviewer", "Where?"),
        ("participant", "Here."),
    ]
    assert draft.unplaced == (UnplacedText(7, "Part 2"),)
    assert draft.notices[0].startswith("no speaker labels were found: paragraphs that end in a question mark")


def test_few_questions_in_a_long_text_are_not_the_interviewers() -> None:
    texts = ["We went.", "Why?", "So it was.", "It was.", "We came back.", "Who?", "All.", "All of us.", "Yes."]
    assert len(read(docx(*(p(r(text)) for text in texts))).turns) == 1


# no word is lost


def words_in(content: bytes) -> Counter[str]:
    """Count the words of all paragraphs that the reader promises to show, by a way of its own."""
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|footnotes|endnotes|comments|header\d|footer\d)\.xml", name):
                for paragraph in etree.fromstring(archive.read(name)).iter(f"{{{W}}}p"):
                    counts.update(words(text_in(paragraph)))
    return counts


def text_in(paragraph: Any) -> str:
    """Return the words of one paragraph without those of the text boxes in it, and without what is deleted."""
    text = ""
    for node in paragraph.iter(f"{{{W}}}t", f"{{{W}}}tab", f"{{{W}}}br"):
        around = [etree.QName(ancestor).localname for ancestor in node.iterancestors()]
        whose = next(node.iterancestors(f"{{{W}}}p"))
        if whose is paragraph and not {"Fallback", "moveFrom", "del"} & set(around):
            text += node.text or " "
    return text


RUNS = ["one", "<i>", "P1: ", "Interviewer: Why?", "two three", "four", "five"]
runs = st.sampled_from([*map(r, RUNS), *map(b, RUNS), BOX, "<w:r><w:tab/></w:r>", f"<w:ins>{r('new')}</w:ins>"])
paragraphs = st.lists(runs, max_size=4).map(lambda items: p(*items))
rows = st.lists(st.sampled_from(RUNS), min_size=1, max_size=3).map(lambda cells: tr(*cells))
tables = st.lists(rows, min_size=1, max_size=4).map(lambda items: tbl(*items))
bodies = st.lists(st.one_of(paragraphs, tables), max_size=8)


@given(bodies)
def test_no_word_is_lost(body: list[str]) -> None:
    content = docx(*body)
    lost = words_in(content) - words_out(read(content))
    assert not lost


def test_no_word_of_notes_and_real_sources_is_lost(real: Path) -> None:
    folder = real / "formats"
    for content in [NOTED, *(path.read_bytes() for path in folder.glob("*.docx"))]:
        assert not words_in(content) - words_out(read(content))


# Names in bold with times, as Teams writes them


BR = "<w:r><w:br/></w:r>"


@pytest.mark.parametrize(
    "paragraphs",
    [
        lambda name, time, words: [p(BR, b(name), r(f"   {time}"), BR, r(words))],
        lambda name, time, words: [p(b(name), r(f"   {time}")), p(r(words))],
        lambda name, time, words: [p(b(name), r(f" {time}")), p(r(words))],
        lambda name, time, words: [p(b(name), r(f" [{time}] {words}"))],
        lambda name, time, words: [p(b(name), r(f" ({time}): {words}"))],
        lambda name, time, words: [p(b(name), BR, r(time), BR, r(words))],
        lambda name, time, words: [p(b(f"{name}   {time}"), BR, r(words))],
        lambda name, time, words: [p(b(f"{name}   {time}")), p(r(words))],
        lambda name, time, words: [p(b(name), r(f"\t{time}\t"), r(words))],
    ],
)
def test_time_behind_a_bold_name_is_its_time(paragraphs: Callable[[str, str, str], list[str]]) -> None:
    talk = [("Rae Doe", "0:03", "How was it?"), ("Kim Poe", "0:09", "It rained."), ("Rae Doe", "0:20", "And the barn?")]
    talk += [("Kim Poe", "1:00:25", "It still stands.")]
    title = [p(r("Harvest talk-Meeting Transcript")), p(r("March 7, 2025, 9:00AM"))]
    draft = read(docx(*title, *(paragraph for turn in talk for paragraph in paragraphs(*turn))))
    assert turns(draft) == [(name, words) for name, _, words in talk]
    assert [turn.time for turn in draft.turns] == [3, 9, 20, 3625]
    assert draft.header == "Harvest talk-Meeting Transcript\n\nMarch 7, 2025, 9:00AM"


def test_time_at_the_beginning_of_what_one_says_is_no_time_of_turns() -> None:
    talk = [
        p(b("Rae"), r(" When?")),
        p(b("Kim"), r(" 9:30 is when we begin.")),
        p(b("Rae"), r(" And?")),
        p(b("Kim"), r(" 10.")),
    ]
    assert turns(read(docx(*talk)))[1] == ("Kim", "9:30 is when we begin.")


# Tracked deletions of paragraph marks, and ruby


DELETED = '<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'


@pytest.mark.parametrize("change", ["del", "moveFrom"])
def test_deleted_mark_joins_paragraphs(change: str) -> None:
    mark = DELETED.replace("w:del", f"w:{change}")
    draft = read(
        docx(p(r("I: How was it?")), p(mark, r("P1: It rained ")), p(mark, r("for ")), p(r("a week.")), p(r("I: And?")))
    )
    assert turns(draft) == [("I", "How was it?"), ("P1", "It rained for a week."), ("I", "And?")]


def test_deleted_mark_before_a_table_or_at_the_end_joins_nothing() -> None:
    assert read(docx(p(DELETED, r("One.")))).text == "One.\n"
    draft = read(docx(p(DELETED, r("Notes of Ann")), tbl(tr("0:01", "I", "Well?"), tr("0:02", "P1", "Rain."))))
    assert (draft.header, turns(draft)) == ("Notes of Ann", [("I", "Well?"), ("P1", "Rain.")])


def test_paragraph_whose_words_are_all_deleted_stays_blank() -> None:
    deleted = "<w:del><w:r><w:delText>Gone.</w:delText></w:r></w:del>"
    assert read(docx(p(r("One.")), p(DELETED, deleted), p(r("Two.")))).text == "One.\n\n\n\nTwo.\n"


def test_reading_above_words_is_reported_and_not_read() -> None:
    ruby = "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>しゅうかく</w:t></w:r></w:rt>"
    ruby += "<w:rubyBase><w:r><w:t>収穫</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    draft = read(docx(p(r("I: ?")), p(r("P1: "), ruby, r("でした。")), p(r("I: ?"))))
    assert turns(draft)[1] == ("P1", "収穫でした。")
    assert draft.unplaced == (UnplacedText(2, "reading: しゅうかく"),)
