"""Rich Text, written by hand in the test."""

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
from qualcode.transcripts.documents import rtf as reader
from qualcode.transcripts.draft import Draft, ReadOptions


def rtf(*body: str, head: str = r"\ansi\ansicpg1252") -> bytes:
    """Return a source with this body; what is not ASCII stands as a byte."""
    return f"{{\\rtf1{head}\n{''.join(body)}}}".encode("latin-1")


def read(content: bytes, encoding: str = "") -> Draft:
    return reader.read(content, ReadOptions("a.rtf", SourceRules(INTERVIEWER_LABELS), encoding))


def text_of(*body: str, head: str = r"\ansi\ansicpg1252") -> str:
    return read(rtf(*body, head=head)).text.removesuffix("\n")


NOTE = r"{\footnote\pard\plain{\super\chftn} A note.\par Of two.}"
ENDNOTE = NOTE.replace("footnote", r"footnote\ftnalt")
COMMENT = r"{\*\atnid B}{\*\atnauthor Bea}\chatn {\*\annotation{\*\atnref 1}\pard\plain Sure?}"
BOX = r"{\shp{\*\shpinst\shpleft1{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard Boxed.\par}}{\shprslt{\*\do Boxed.}}}"


def test_paragraphs_with_bold_names() -> None:
    draft = read(
        rtf(
            r"{\fonttbl{\f0\fswiss Arial;}}{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\info{\author Bea}}",
            "\\pard A talk\\par\nDate: 2010-11-03\\par ",
            r"{\b Interviewer:} Is it quiet?\par {\b P1: }Until four.\line Or so.\par Then not.\par",
        )
    )
    assert draft.header == "A talk\n\nDate: 2010-11-03"
    assert turns(draft) == [("Interviewer", "Is it quiet?"), ("P1", "Until four.\nOr so.\n\nThen not.")]
    assert (draft.unplaced, draft.notices) == ((), ())


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"caf\'e9 \'80", "café €"),
        ("caf\xe9", "café"),
        (r"\u8220?Yes\u8221\'94", "“Yes”"),
        (r"\uc0\u8220Yes\u8221 .", "“Yes”."),
        (r"{\uc2\u233\'65\'27}t\u233?", "été"),
        (r"\u-10179?\u-8704? \u-10179?x", "\U0001f600 \N{REPLACEMENT CHARACTER}x"),
        (r"\u233\par x", "é\n\nx"),
        (r"a\tab b\~c\_d\-e\{\}\\", "a\tb\xa0c-de{}\\"),
        (r"\lquote a\rquote\emdash b\bullet", "‘a’—b•"),
        ("a\\\nb", "a\n\nb"),
        ("one\r\n two", "one two"),
        (r"{\deleted gone }{\revised new}", "new"),
        (r"\deleted gone\deleted0 kept", "kept"),
        (r"{\pict\pngblip 89504e47}{\*\unknown words}{\*\bkmkstart x}kept", "kept"),
        ("{\\pict\\bin4 }}}}}kept", "kept"),
        (r'{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}', "link"),
        (r"{\upr{old}{\*\ud new}}", "new"),
        (r"{\listtext 1.\tab}item", "item"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}}{\shprslt x}}y", "y"),
        (r"{\fonttbl{\f1\fcharset204 A;}{\f2\fcharset128 B;}}{\f1\'cf}\f2\'83A\'83\'42", "Пアイ".replace("イ", "ィ")),
        ("unclosed {\\b bold", "unclosed bold"),
        (r"{\v }x", "x"),
    ],
)
def test_text_of_a_paragraph(body: str, text: str) -> None:
    assert text_of(body) == text


@pytest.mark.parametrize(
    ("head", "text"),
    [(r"\ansi\ansicpg1251", "П"), (r"\mac", "œ"), (r"\pc", "╧"), (r"\ansi\ansicpg99999", "Ï"), ("", "Ï")],
)
def test_code_page_of_the_file(head: str, text: str) -> None:
    assert text_of(r"\'cf", head=head) == text


def test_encoding_of_the_settings() -> None:
    assert read(rtf("\xcf", head=""), "cp1251").text == "П\n"
    for name in ("klingon", "base64", "idna"):
        with pytest.raises(OperationError, match=rf"a\.rtf: unknown encoding '{name}'"):
            read(rtf("x"), name)


def test_asides_are_reported() -> None:
    draft = read(
        rtf(
            r"{\header Head\par}{\footerf\pard Foot}",
            rf"P1: One{NOTE} two{COMMENT}.\par Interviewer: Three.{ENDNOTE}{BOX}",
            r"{\v se}{\b\v cret}\par",
        )
        + b" beyond\0"
    )
    assert turns(draft) == [("P1", "One two."), ("Interviewer", "Three.")]
    assert draft.header == "page header: Head\n\npage foot: Foot"
    assert draft.unplaced == (
        UnplacedText(1, "footnote: A note. Of two."),
        UnplacedText(1, "comment: Sure?"),
        UnplacedText(2, "endnote: A note. Of two."),
        UnplacedText(2, "text box: Boxed."),
        UnplacedText(2, "hidden text: secret"),
        UnplacedText(2, "after the end: beyond"),
    )


def tr(*cells: str) -> str:
    return r"\trowd\cellx1" + "".join(rf"\pard\intbl {cell}\cell" for cell in cells) + r"\row" + "\n"


def test_table_of_turns() -> None:
    rows = [tr("Time", "Speaker", "Text"), tr("0:05", "I", "Hello?"), tr("0:09", r"{\b P1}", r"Hi.\par So.")]
    draft = read(rtf(r"A talk\par ", *rows, r"\pard\par ", tr("0:12", "I", "Bye."), r"\pard Thanks.\par"))
    assert turns(draft) == [("I", "Hello?"), ("P1", "Hi.\n\nSo."), ("I", "Bye.")]
    assert [turn.time for turn in draft.turns] == [5.0, 9.0, 12.0]
    assert (draft.header, draft.unplaced) == ("A talk", (UnplacedText(7, "Thanks."),))


def test_other_table_is_text() -> None:
    assert text_of(tr("Age", "43"), tr("Job", ""), r"\pard P1: Hi.\par") == "Age\t43\n\nJob\t\n\nP1: Hi."


def test_bold_paragraphs_are_questions() -> None:
    draft = read(rtf(r"\b Why?\par\b0 Because.\par{\b And?\par}No.\par\plain\par"))
    assert roles(draft) == [
        ("interviewer", "Why?"),
        ("participant", "Because."),
        ("interviewer", "And?"),
        ("participant", "No."),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged, or not RTF"),
        (b"plain", "damaged, or not RTF"),
        (b"%PDF-1.7", "a PDF, not an RTF: rename it to .pdf"),
        (b"PK\x03\x04 word/document.xml", "a Word file, not an RTF: rename it to .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "an old .doc: open it in Word"),
    ],
)
def test_content_that_is_not_rich_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read(content)
    assert str(refused.value).startswith(f"a.rtf: {message}")


def test_file_over_the_limit_of_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_TOKENS", 1_000)
    with pytest.raises(OperationError, match=r"a\.rtf: over the limit of 1,000 parts"):
        read(rtf(r"\b" * 1_001))
    assert read(rtf("{" * 400 + "deep" + "}" * 400)).text == "deep\n"


# no word is lost

PIECES = {
    "one": "one",
    r"{\b Ada:} ": "Ada",
    "Interviewer: Why?": "Interviewer Why",
    r" two\tab three\line": "two three",
    r"\par ": "",
    NOTE: "A note Of two",
    COMMENT: "Sure",
    BOX: "Boxed",
    r"{\v hidden}": "hidden",
    tr("x", "y"): "x y",
    tr("I", "Hello?"): "I Hello",
    r"{\deleted gone}": "",
}


@given(st.lists(st.sampled_from(list(PIECES)), max_size=10))
def test_no_word_is_lost(pieces: list[str]) -> None:
    body = " ".join(rf"{piece} \plain " for piece in pieces)
    expected = sum((words(PIECES[piece]) for piece in pieces), Counter())
    assert not expected - words_out(read(rtf(body)))


@given(st.text(st.characters(codec="utf-16"), max_size=40))
def test_any_text_reads_back(text: str) -> None:
    units = text.encode("utf-16-le")
    coded = "".join(
        rf"\u{int.from_bytes(units[at : at + 2], 'little', signed=True)}?" for at in range(0, len(units), 2)
    )
    assert re.findall(r"\w+", text_of(coded)) == re.findall(r"\w+", text.replace("\0", ""))


def test_deleted_mark_joins_paragraphs() -> None:
    body = r"I: How?\par P1: It rained {\deleted at night\par }for a week.\par I: And?\par"
    assert text_of(body) == "I: How?\n\nP1: It rained for a week.\n\nI: And?"
    assert text_of(r"One.\par {\deleted Gone.\par }Two.\par") == text_of(r"One.\par {\deleted Gone.}\par Two.\par")
