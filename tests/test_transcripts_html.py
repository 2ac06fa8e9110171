"""Web pages that stand in the test."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losses import roles, turns, words, words_out
from qualcode.errors import OperationError
from qualcode.model import SourceRules, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts.documents import html as reader
from qualcode.transcripts.draft import Draft, ReadOptions


def read(page: str | bytes, encoding: str = "") -> Draft:
    content = page.encode() if isinstance(page, str) else page
    return reader.read(content, ReadOptions("a.html", SourceRules(INTERVIEWER_LABELS), encoding))


def text_of(page: str | bytes, encoding: str = "") -> str:
    return read(page, encoding).text.removesuffix("\n")


def test_paragraphs_lists_and_breaks() -> None:
    draft = read(
        """<!DOCTYPE html><html><head><title>A page</title><style>p {color: red}</style></head><body>
        <h1>A talk</h1><p>Date: 2010-11-03</p>
        <p><b>Interviewer:</b> Is it
           quiet?</p><!-- a comment --><script>var words = 1;</script>
        <p><strong>P1</strong>: Until four.<br>Or so.<br> <br/>Then not.
        <ul><li>Interviewer: So?<li>P1: Yes.</ul></body></html>"""
    )
    assert draft.header == "A talk\n\nDate: 2010-11-03"
    assert turns(draft) == [
        ("Interviewer", "Is it quiet?"),
        ("P1", "Until four.\nOr so.\n\nThen not."),
        ("Interviewer", "So?"),
        ("P1", "Yes."),
    ]
    assert (draft.unplaced, draft.notices) == ((UnplacedText(1, "title: A page"),), ())


NOTED = {
    "Google Docs": (
        '<p><b>I:</b> So?</p><p><b>P1:</b> Fine<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup><sup>'
        '<a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>, really.</p><hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a>'
        '<span>&nbsp;a foot</span></p></div><div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>a remark</span></p>'
        "<p>of mine</p></div>"
    ),
    "Word": (
        '<div class=WordSection1><p><b>I:</b> So?</p><p><b>P1:</b> Fine<a href="#_ftn1"><span>[1]</span></a>'
        '<a href="#_msocom_1" name="_msoanchor_1">[AB1]</a>, really.</p></div><div><br clear=all><hr>'
        '<div id=ftn1><p><a href="#_ftnref1">[1]</a> a foot</p></div></div><div class=msocomtxt id="_com_1">'
        '<a name="_msocom_1"></a><p><a href="#_msoanchor_1" class=msocomoff>[AB1]</a>a remark</p><p>of mine</p></div>'
    ),
}


@pytest.mark.parametrize("page", NOTED.values(), ids=NOTED)
def test_comments_and_footnotes_are_asides_without_their_marks(page: str) -> None:
    draft = read(page)
    assert turns(draft) == [("I", "So?"), ("P1", "Fine, really.")]
    assert [piece.text for piece in draft.unplaced] == ["footnote: a foot", "comment: a remark of mine"]


def test_footnote_without_division_and_marks_without_notes() -> None:
    draft = read(
        '<p>I: So?<p>P1: Yes<a href="#sdfootnote1sym">1</a>.<p><a href="#sdfootnote1anc">1</a>a foot<p>P1: Or<p>I: So'
    )
    assert turns(draft) == [("I", "So?"), ("P1", "Yes."), ("P1", "Or"), ("I", "So")]
    assert [piece.text for piece in draft.unplaced] == ["footnote: a foot"]
    assert text_of('<p>a<a href="#_ftn1">[1]</a>b') == "a[1]b"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("one <i>two</i>three", "one twothree"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("a &amp; b &lt;b&gt; caf&eacute; &#128512;", "a & b <b> café \U0001f600"),
        ("a < b and 3 <4", "a < b and 3 <4"),
        ("a&nbsp;&nbsp;b", "a\xa0\xa0b"),
        ("<p>a<ins>new</ins><del>old</del>b", "anewb"),
        ("<pre>a  b\n c\n\nd</pre>", "a  b\n c\n\nd"),
        ("<unknown>words</unknown>", "words"),
        ("<p>a <b> b</b> c", "a b c"),
        ("<table><tr><td>x</td><td>y</td></tr></table>", "x\ty"),
        ("<table><tr><td>a<p>b</td></tr></table>", "a\n\nb"),
        ("<table><tr>lost <b>words</b><td>x</td><td>y</td></tr></table>", "lost words\n\nx\ty"),
        ("<select><option>A</option></select><textarea>B</textarea>", "A\n\nB"),
        ("&bogus; &#0;", "&bogus; \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_text_of_a_page(page: str, text: str) -> None:
    assert text_of(page) == text


@pytest.mark.parametrize(
    ("content", "encoding", "text"),
    [
        ("\ufeff<p>café".encode("utf-16"), "", "café"),
        (b"\xef\xbb\xbf<meta charset=latin-1><p>caf\xc3\xa9", "", "café"),
        (b"<meta charset='windows-1251'><p>\xcf", "", "П"),
        (b"<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'><p>\x80", "", "€"),
        (b"<meta charset=windows-1251><p>\xcf", "cp1252", "Ï"),
        (b"<meta charset=klingon><p>caf\xc3\xa9", "", "café"),
        (b"<meta charset=base64><p>caf\xc3\xa9", "", "café"),
        (b"<meta charset=utf-8><p>caf\xe9", "", "café"),
        (b"<?xml version='1.0' encoding='latin-1'?><html><p>caf\xc3\xa9", "", "café"),
    ],
)
def test_encodings(content: bytes, encoding: str, text: str) -> None:
    assert text_of(content, encoding) == text


def test_page_with_a_wrong_encoding_has_a_notice() -> None:
    (notice, _) = read(b"<meta charset=utf-8><p>caf\xe9").notices
    assert notice.startswith("not UTF-8 (first at line 1); read as Windows-1252")


def test_hidden_words_are_reported() -> None:
    hidden = (
        "<i hidden>a</i><i style='display: none'>b</i><noscript>c</noscript><template>d</template><i class='x y'>e</i>"
    )
    draft = read(f"<style>.y {{ visibility:hidden }}</style><p>P1: Well.{hidden} Yes.<p hidden>f")
    assert turns(draft) == [("P1", "Well. Yes.")]
    assert draft.unplaced == (UnplacedText(1, "hidden text: abcde"), UnplacedText(2, "hidden text: f"))


def test_table_of_turns_inside_a_layout_table() -> None:
    rows = "<tr><th>Speaker<th>Text<tr><td>I<td>Hello?<tr><td>P1:<td>Hi.<p>So.<table><tr><td>x<td>y</table>"
    draft = read(f"<table><tr><td>A talk<table>{rows}</table>Thanks.</td></tr></table>")
    assert turns(draft) == [("I", "Hello?"), ("P1", "Hi.\n\nSo.\n\nx\ty")]
    assert (draft.header, draft.unplaced) == ("A talk", (UnplacedText(5, "Thanks."),))


@pytest.mark.parametrize(
    "bold",
    [
        "<p><b>{}</b></p>",
        "<h3>{}</h3>",
        "<p><strong>{}</strong></p>",
        "<p style='font-weight: 700'>{}</p>",
        "<p class='other q'>{}</p>",
        "<dt>{}</dt>",
    ],
)
def test_bold_paragraphs_are_questions(bold: str) -> None:
    page = f"<style>p.q{{font-weight:bold}}</style>{bold.format('Why?')}<p>Because.</p>{bold.format('And?')}"
    assert roles(read(f"{page}<p>No <b>way</b>.</p><p><b style='font-weight:normal'>Yes.</b>")) == [
        ("interviewer", "Why?"),
        ("participant", "Because."),
        ("interviewer", "And?"),
        ("participant", "No way.\n\nYes."),
    ]


def test_names_in_a_definition_list() -> None:
    page = "<dl><dt>Interviewer<dd>Well?<dt>Ada<dd>Yes.<dt>Interviewer<dd>So?</dl>"
    assert turns(read(page)) == [("Interviewer", "Well?"), ("Ada", "Yes."), ("Interviewer", "So?")]


@pytest.mark.parametrize("page", [b"", b" \n", b"<!-- x -->", b"<html></html>", b"<p>"])
def test_page_without_words_has_a_notice(page: bytes) -> None:
    assert (read(page).turns, read(page).notices) == ((), ("no words were found",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "a PDF, not a web page: rename it to .pdf"),
        (b"PK\x03\x04 word/document.xml", "a Word file, not a web page"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "a web archive (.mht), not a web page"),
        (b"<p>\0", "1: this is not text"),
        (b"<table><tr><td>" * 5_000 + b"deep", "elements nested over 200 deep"),
        (b"<div>" * 201 + b"deep", "elements nested over 200 deep"),
        (b"<b " + b"a=1 " * 250_001, "over the size limit for a page"),
        (b"<p>" + b"word " * 2_100_000, "an element is over the size limit of the parser"),
    ],
)
def test_content_that_is_not_a_page_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read(content)
    assert re.match(rf"a\.html: ?{re.escape(message)}", str(refused.value)) or str(refused.value).startswith(
        f"a.html:{message}"
    )


def test_entities_are_not_fetched() -> None:
    draft = read('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>P1: &x; yes.')
    assert turns(draft)[0][1] == "&x; yes."


# no word is lost

PIECES = {
    "one": "one",
    "<b>Ada:</b> ": "Ada",
    "<p>Interviewer: Why?</p>": "Interviewer Why",
    "<br>two ": "two",
    "<table><tr><td>x<td>y<tr><td>z</table>": "x y z",
    "<ul><li>three<li><b>four</b></ul>": "three four",
    "<i hidden> five </i>": "five",
    "<script>no()</script>": "",
    "<div>six<div>": "six",
    "</div>": "",
    "</p></td>": "",
    "<h2>seven</h2>": "seven",
}


@given(st.lists(st.sampled_from(list(PIECES)), max_size=12))
def test_no_word_is_lost(pieces: list[str]) -> None:
    expected = sum((words(PIECES[piece]) for piece in pieces), Counter())
    assert not expected - words_out(read(" ".join(pieces)))


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>収穫<rt>しゅうかく</rt></ruby>",
        "<ruby>収穫<rp>(</rp><rt>しゅうかく</rt><rp>)</rp></ruby>",
        "<ruby><rb>収穫</rb><rtc><rt>しゅうかく</rt></rtc></ruby>",
    ],
)
def test_reading_above_words_is_reported_and_not_read(ruby: str) -> None:
    draft = read(f"<p>I: ?</p><p>P1: {ruby}でした。</p><p>I: ?</p>")
    assert draft.text == "I: ?\n\nP1: 収穫でした。\n\nI: ?\n"
    assert "しゅうかく" in " ".join(piece.text for piece in draft.unplaced)
