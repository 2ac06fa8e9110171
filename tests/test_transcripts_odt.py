"""OpenDocument texts, built by hand from the XML that stands in the test."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from losses import roles, turns, words, words_out
from qualcode.errors import OperationError
from qualcode.model import SourceRules, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts import read_transcript
from qualcode.transcripts.documents import odt as reader
from qualcode.transcripts.draft import Draft, ReadOptions

OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    f'xmlns:{short}="{OPEN}{long}:1.0"'
    for short, long in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "draw": "drawing",
        "svg": "svg-compatible",
        "m": "manifest",
    }.items()
)
STYLES = """<office:automatic-styles>
<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Q" style:family="paragraph"><style:text-properties fo:font-weight="700"/></style:style>
<style:style style:name="QQ" style:family="paragraph" style:parent-style-name="Q"/>
<style:style style:name="N" style:family="text"><style:text-properties fo:font-weight="normal"/></style:style>
<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
</office:automatic-styles>"""


def packed(**members: str) -> bytes:
    """Return a zip with these members (``content`` is content.xml) behind the type that every text begins with."""
    stream = io.BytesIO()
    named = {"manifest": "META-INF/manifest.xml"}
    with zipfile.ZipFile(stream, "w") as archive:
        whole = {"mimetype": "application/vnd.oasis.opendocument.text"} | {
            named.get(name, f"{name}.xml"): text for name, text in members.items()
        }
        for path, text in whole.items():
            member = zipfile.ZipInfo(path, date_time=(2010, 10, 30, 0, 0, 0))
            archive.writestr(member, text, zipfile.ZIP_STORED if path == "mimetype" else zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def odt(*body: str, **others: str) -> bytes:
    """Return a text with this body."""
    text = f"<office:body><office:text>{''.join(body)}</office:text></office:body>"
    return packed(content=f"<office:document-content {SPACES}>{STYLES}{text}</office:document-content>", **others)


def p(*pieces: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{"".join(pieces)}</text:p>'


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{escape(text)}</text:span>'


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in row) for row in rows)
    return f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in cells)}</table:table>"


def read(content: bytes) -> Draft:
    return reader.read(content, ReadOptions("a.odt", SourceRules(INTERVIEWER_LABELS)))


NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>A note.</text:p><text:p>Of two.</text:p></text:note-body></text:note>"
)
COMMENT = "<office:annotation><dc:creator xmlns:dc='d'>Bea</dc:creator><text:p>Sure?</text:p></office:annotation>"
BOX = "<draw:frame><draw:text-box><text:p>Boxed.</text:p></draw:text-box><svg:desc>A picture</svg:desc></draw:frame>"


def test_paragraphs_lists_and_headings_in_order() -> None:
    draft = read(
        odt(
            "<text:h>A talk</text:h>",
            p("Date: 2010-11-03"),
            "<text:section>" + p(span("B", "Interviewer"), ": Is  it\n quiet?") + "</text:section>",
            f"<text:list><text:list-header>{p('P1: Until four.')}</text:list-header>"
            f"<text:list-item>{p('Then it is not.')}</text:list-item></text:list>",
        )
    )
    assert draft.header == "A talk\n\nDate: 2010-11-03"
    assert turns(draft) == [("Interviewer", "Is it quiet?"), ("P1", "Until four.\n\nThen it is not.")]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("a<text:tab/>b<text:line-break/>c", "a\tb\nc"),
        ('a<text:s text:c="3"/>b<text:s/>c', "a   b c"),
        ('a<text:s text:c="99999999999999"/>b', "a" + " " * 1000 + "b"),
        ("a<text:soft-page-break/>b", "ab"),
        ("<text:a>linked</text:a> <text:date>May</text:date>", "linked May"),
        ("a<text:bookmark/><!-- c --><?pi x?>b", "ab"),
        ("R&amp;D &lt;b&gt;", "R&D <b>"),
        (" \n led", "led"),
        ("a<text:change-start/>new<text:change-end/>b", "anewb"),
    ],
)
def test_text_of_a_paragraph(inside: str, text: str) -> None:
    assert read(odt(p(inside))).text.removesuffix("\n") == text


def test_deleted_words_and_templates_are_dropped() -> None:
    deleted = f"<text:changed-region><text:deletion>{p('Gone.')}</text:deletion></text:changed-region>"
    contents = f"<text:table-of-content-source>{p('Template')}</text:table-of-content-source>"
    draft = read(odt(f"<text:tracked-changes>{deleted}</text:tracked-changes>", contents, p("P1: Hi.")))
    assert (draft.text, draft.unplaced) == ("P1: Hi.\n", ())


def test_asides_are_reported() -> None:
    master = "<style:master-page><style:header><text:p>Head</text:p></style:header><style:footer>{}</style:footer>"
    styles = f"<office:document-styles {SPACES}>{master.format(p('Foot'))}</style:master-page></office:document-styles>"
    content = odt(
        BOX,
        p("P1: One", NOTE, " two", COMMENT, "."),
        p("Interviewer: Three.", NOTE.replace('"footnote"', '"endnote"'), BOX, span("H", "se"), span("H", "cret")),
        styles=styles,
    )
    draft = read(content)
    assert turns(draft) == [("P1", "One two."), ("Interviewer", "Three.")]
    assert draft.header == "page header: Head\n\npage foot: Foot"
    assert draft.unplaced == (
        UnplacedText(1, "text box: Boxed."),
        UnplacedText(2, "footnote: A note. Of two."),
        UnplacedText(2, "comment: Sure?"),
        UnplacedText(3, "endnote: A note. Of two."),
        UnplacedText(3, "text box: Boxed."),
        UnplacedText(3, "hidden text: secret"),
    )


def test_table_of_turns_with_a_table_in_a_cell() -> None:
    inner = table(("a", "b"), ("c", "d"))
    rows = table(("Time", "Speaker", "Text"), ("0:05", "I", "Hello?"))
    more = table(("0:09", "P1", f"Hi.</text:p>{inner}<text:p>So."))
    draft = read(odt(p("A talk"), rows, p(), more))
    assert turns(draft) == [("I", "Hello?"), ("P1", "Hi.\n\na\tb\n\nc\td\n\nSo.")]
    assert ([turn.time for turn in draft.turns], draft.header) == ([5.0, 9.0], "A talk")


def test_bold_paragraphs_are_questions() -> None:
    body = [p("Why?", style="QQ"), p("Because."), p(span("B", "And?")), p(span("N", "No."), style="")]
    assert roles(read(odt(*body))) == [
        ("interviewer", "Why?"),
        ("participant", "Because."),
        ("interviewer", "And?"),
        ("participant", "No."),
    ]


def test_bold_names_need_no_colon() -> None:
    body = [p(span("B", "Interviewer"), " Well?"), p(span("B", "Ada"), " Yes."), p(span("B", "Ada")), p("No.")]
    assert turns(read(odt(*body))) == [("Interviewer", "Well?"), ("Ada", "Yes."), ("Ada", "No.")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged, or not an OpenDocument text"),
        (b"%PDF-1.7", "a PDF, not an OpenDocument text: rename it to .pdf"),
        (odt(p("x"))[:-30], "damaged, or not an OpenDocument text"),
        (packed(styles="<x/>"), "damaged, or not an OpenDocument text (no document body)"),
        (packed(content="<office:x"), "damaged (content.xml: "),
        (packed(content="<x/>"), "damaged, or not an OpenDocument text (no document body)"),
        (
            odt(
                p("x"), manifest=f"<m:manifest {SPACES}><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
            ),
            "protected with a password: open it with its password and save it without one",
        ),
        (
            odt(p("x")).replace(b"opendocument.text", b"opendocument.calc"),
            "an OpenDocument table or drawing, not an OpenDocument text",
        ),
    ],
)
def test_content_that_is_not_an_opendocument_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read(content)
    assert str(refused.value).startswith(f"a.odt: {message}")


def test_real_texts(real: Path, tmp_path: Path) -> None:
    rules = SourceRules(INTERVIEWER_LABELS)
    path = real / "formats" / "question_answer.odt"
    transcript = read_transcript(path, name="QA", display_path="QA.odt", rules=rules)
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"] * 9
    assert transcript.header.startswith("A man on the street Interview on Coffee\n\n")
    assert transcript.header.endswith("\n\nPerson 1")
    assert [turn.speaker for turn in transcript.turns if turn.role == "interviewer"] == [""] * 9
    answers = [turn.speaker for turn in transcript.turns if turn.role == "participant"]
    assert list(dict.fromkeys(answers)) == ["Person 1", "Person 2", "Person 3"]
    assert transcript.unplaced == ()
    assert transcript.notices == (
        "no speaker labels were found: paragraphs that end in a question mark are read as the interviewer's, the "
        "others as those of the participants that lines such as “Person 1” name",
    )
    answer = read_transcript(real / "formats" / "qualcoder_ID2.odt", name="ID2", display_path="ID2.odt", rules=rules)
    assert (len(answer.turns), answer.text.startswith("I have not studied much before,")) == (1, True)


# no word is lost


def words_in(content: bytes) -> Counter[str]:
    """Count the words of all paragraphs of content.xml, by a way of its own."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    return sum(
        (words(text_in(paragraph)) for paragraph in root.iter(f"{{{OPEN}text:1.0}}p", f"{{{OPEN}text:1.0}}h")),
        Counter(),
    )


def text_in(paragraph: Any) -> str:
    """Return a paragraph's words without those of notes, comments and boxes, whose paragraphs are counted too."""
    pieces: list[str] = []
    nodes: list[Any] = paragraph.xpath(
        ".//text() | .//*[local-name()='tab' or local-name()='s' or local-name()='line-break']"
    )
    for node in nodes:
        is_blank = etree.iselement(node)
        owner = node if is_blank else node.getparent()
        around = [owner, *owner.iterancestors()] if not getattr(node, "is_tail", False) else list(owner.iterancestors())
        names = [etree.QName(ancestor).localname for ancestor in around]
        whose = next(ancestor for ancestor in around if etree.QName(ancestor).localname in {"p", "h"})
        if whose is paragraph and not {"deletion", "note-citation", "desc", "creator"} & set(names):
            pieces.append(" " if is_blank else node)
    return "".join(pieces)


pieces = st.sampled_from(
    ["one", " two", "P1: ", "Interviewer: Why?", span("B", "Ada"), NOTE, COMMENT, BOX, "<text:tab/>"]
)
paragraphs = st.lists(pieces, max_size=4).map(lambda items: p(*items))
lists = st.lists(paragraphs, max_size=3).map(
    lambda items: f"<text:list>{''.join(f'<text:list-item>{item}</text:list-item>' for item in items)}</text:list>"
)
tables = st.lists(st.tuples(pieces, pieces), min_size=1, max_size=4).map(lambda items: table(*items))


@given(st.lists(st.one_of(paragraphs, lists, tables), max_size=6))
def test_no_word_is_lost(body: list[str]) -> None:
    content = odt(*body)
    assert not words_in(content) - words_out(read(content))


def test_no_word_of_real_texts_is_lost(real: Path) -> None:
    for path in (real / "formats").glob("*.odt"):
        content = path.read_bytes()
        assert sum(words_in(content).values()) > 60
        assert not words_in(content) - words_out(read(content))


def test_entities_are_refused() -> None:
    declared = '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(OperationError, match=r"a\.odt: content\.xml declares entities"):
        read(packed(content=f"{declared}<office:document-content {SPACES}/>"))
    assert re.match(r"a\.odt: content\.xml declares", _refusal(packed(content=_utf16(f"{declared}<x>&y;</x>"))))


def _utf16(text: str) -> Any:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def _refusal(content: bytes) -> str:
    with pytest.raises(OperationError) as refused:
        read(content)
    return str(refused.value)


def test_reading_above_words_is_reported_and_not_read() -> None:
    ruby = "<text:ruby><text:ruby-base>収穫</text:ruby-base><text:ruby-text>しゅうかく</text:ruby-text></text:ruby>"
    draft = read(odt(p("I: ?"), p("P1: ", ruby, "でした。"), p("I: ?")))
    assert draft.text == "I: ?\n\nP1: 収穫でした。\n\nI: ?\n"
    assert [piece.text for piece in draft.unplaced] == ["reading: しゅうかく"]
