"""PDFs, made by hand of the lines that stand in the test."""

from __future__ import annotations

import logging
import zlib
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losses import roles, turns, words, words_out
from qualcode.errors import OperationError
from qualcode.model import SourceRule, SourceRules, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts.documents import pdf as reader
from qualcode.transcripts.documents.turns_from_pages import PageLine, build_draft_from_pages
from qualcode.transcripts.draft import Draft, ReadOptions

Lines = Sequence[str]


def obj(number: int, content: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, content)


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), more, content)


def whole(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects, of which the first is the catalogue."""
    content = b"%PDF-1.4\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += obj(number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + end


def drawn(lines: Lines) -> bytes:
    """Return the instructions that write lines below each other."""
    written = (b"(%b) Tj T*" % line.translate({40: r"\(", 41: r"\)", 92: r"\\"}).encode("cp1252") for line in lines)
    return b"BT /F1 12 Tf 14 TL 50 800 Td " + b" ".join(written) + b" ET"


def pdf(*pages: Lines, more: bytes = b"", trailer: bytes = b"", others: Sequence[bytes] = ()) -> bytes:
    """Return a PDF with these pages; ``more`` stands in each page's dictionary, ``others`` behind the pages."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(pages)))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages)),
        font,
    ]
    for at, lines in enumerate(pages):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R %b" % (5 + 2 * at, more)
        objects.append(page + b" /Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(stream(drawn(lines)) if lines else stream(b""))
    return whole([*objects, *others], trailer)


def read(content: bytes) -> Draft:
    return reader.read(content, ReadOptions("a.pdf", SourceRules(INTERVIEWER_LABELS)))


def test_lines_are_joined_to_paragraphs_and_turns() -> None:
    draft = read(
        pdf(
            [
                "A talk",
                "Date: 2010-11-03",
                "Interviewer: Is this line long enough to go on in the next",
                "one?",
                "P1: It is, as this one is, which goes on and on till the end",
                "of the page.",
                "Then a new paragraph begins, since the line above was short,",
            ],
            ["and it goes on here (really).", "Interviewer: So?", "P1: Yes."],
        )
    )
    assert draft.header == "A talk\nDate: 2010-11-03"
    assert turns(draft) == [
        ("Interviewer", "Is this line long enough to go on in the next one?"),
        (
            "P1",
            "It is, as this one is, which goes on and on till the end of the page.\n\n"
            "Then a new paragraph begins, since the line above was short, and it goes on here (really).",
        ),
        ("Interviewer", "So?"),
        ("P1", "Yes."),
    ]
    assert (draft.unplaced, draft.notices) == ((), ())


def joined(*lines: str) -> str:
    """Return the first turn of lines that are full up to the last."""
    numbered = [PageLine(at, 1, line) for at, line in enumerate(["P1: " + lines[0], *lines[1:], "I: Well?"], 1)]
    return turns(build_draft_from_pages([numbered], options=ReadOptions("a.pdf", SourceRules(("I",)))))[0][1]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("the exam-", "ple and the example"), "the example and the example"),
        (("the exam-", "ple of it here"), "the exam-ple of it here"),
        (("is well-", "known and well known"), "is well-known and well known"),
        (("the exam\u00ad", "ple of it here"), "the example of it here"),
        (("it was the-", "No, it was this"), "it was the- No, it was this"),
        (("it was that -", "and this as well"), "it was that - and this as well"),
    ],
)
def test_hyphen_at_the_end_of_a_line(lines: tuple[str, ...], text: str) -> None:
    assert joined(*lines) == text


def test_running_headers_and_page_numbers_are_reported() -> None:
    pages = [
        ["Quiet desks", "I: One, two?", "P1: Three.", f"Page {number} of 3"]
        if number < 3
        else ["Quiet desks", "I: So?", "3"]
        for number in (1, 2, 3)
    ]
    draft = read(pdf(*pages))
    assert turns(draft) == [("I", "One, two?"), ("P1", "Three.")] * 2 + [("I", "So?")]
    assert draft.unplaced == (
        UnplacedText(1, "page 1, head or foot: Quiet desks"),
        UnplacedText(4, "page 1, head or foot: Page 1 of 3"),
        UnplacedText(5, "page 2, head or foot: Quiet desks"),
        UnplacedText(8, "page 2, head or foot: Page 2 of 3"),
        UnplacedText(9, "page 3, head or foot: Quiet desks"),
        UnplacedText(11, "page 3, head or foot: 3"),
    )


def test_turn_at_the_top_of_two_pages_is_not_a_running_header() -> None:
    draft = read(pdf(["P1: Yes.", "I: And?"], ["P1: Yes.", "I: So?"]))
    assert [speaker for speaker, _ in turns(draft)] == ["P1", "I", "P1", "I"]


@pytest.mark.parametrize(
    "lines", [["Interviewer: How is it?", "P1: Fine thanks.", "Interviewer:"], ["P1:"], ["P1:", "Interviewer:"]]
)
def test_a_label_without_words_may_be_the_last_line(lines: list[str]) -> None:
    draft = read(pdf(lines))
    assert [speaker for speaker, _ in turns(draft)] == [line.partition(":")[0] for line in lines]
    assert turns(draft)[-1][1] == ""


def test_number_as_an_answer_is_not_a_page_number() -> None:
    assert turns(read(pdf(["I: How many?", "P1: About", "42"])))[1] == ("P1", "About 42")


def test_pages_without_text_have_a_notice() -> None:
    draft = read(pdf(["I: Hi?"], [], [], ["P1: Yes."], []))
    assert draft.notices == ("pages 2-3, 5 have no text layer, probably scanned: run OCR first",)
    assert read(pdf(["I: Hi?"], [])).notices[0].startswith("page 2 has no text layer, probably scanned")


def test_question_marks_find_questions() -> None:
    draft = read(pdf(["A talk.", "Who?", "Me.", "When?", "Now.", "And?", "No, as all of us were there till the end."]))
    assert draft.header == "A talk."
    assert [role for role, _ in roles(draft)] == ["interviewer", "participant"] * 3


def test_comments_are_reported() -> None:
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (Sure?) >>"
    draft = read(pdf(["I: Hi?"], more=b"/Annots [6 0 R]", others=[note]))
    assert draft.unplaced == (UnplacedText(0, "page 1, comment: Sure?"),)


ENCRYPTED = b"<< /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -4 >>" % (b"00" * 32, b"11" * 32)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged, or not a PDF"),
        (b"plain text", "damaged, or not a PDF"),
        (b"{\\rtf1 x}", "an RTF, not a PDF: rename it to .rtf"),
        (b"%PDF-1.4\n%%EOF", "damaged, or not a PDF"),
        (pdf(["I: Hi?"])[:300], "damaged"),
        (pdf([], []), "no text layer, probably scanned: run OCR first"),
        (pdf(), "no text layer, probably scanned: run OCR first"),
        (
            pdf(["I: Hi?"], trailer=b"/ID [<00><00>] /Encrypt 6 0 R", others=[ENCRYPTED]),
            "protected with a password, or encrypted: open it with its password and print it to a new PDF",
        ),
    ],
)
def test_content_that_is_not_a_pdf_with_text_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read(content)
    assert str(refused.value).startswith(f"a.pdf: {message}")


def test_stream_over_the_size_limit_is_refused() -> None:
    bomb = stream(zlib.compress(b" " * 20_000_001, 9), b"/Filter /FlateDecode")
    content = pdf(["I: Hi?"]).replace(stream(drawn(["I: Hi?"])), bomb)
    assert len(content) < 25_000
    with pytest.raises(OperationError, match=r"a\.pdf: damaged at page 1 \(LimitReachedError\)"):
        read(content)


def forms(levels: int) -> bytes:
    """Return a PDF whose page calls a form twice, which calls another twice, and so on."""
    names = b"/Resources << /Font << /F1 3 0 R >> /XObject << /X %d 0 R >> >>"
    form_objects = [
        stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + names % (7 + level))
        for level in range(levels)
    ]
    last = stream(drawn(["word"]), b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + names % 99)
    page = pdf(["I: Hi?"], others=[*form_objects, last])
    return page.replace(b"/Resources << /Font << /F1 3 0 R >> >>", names % 6, 1).replace(b"T* ET", b"T* ET /X Do ", 1)


def test_recursive_forms_are_refused() -> None:
    draft = read(forms(20))  # a million words, if all were read
    assert draft.notices[0].startswith(
        "the PDF has errors, so words may be missing: compare the text with the PDF (first error: "
    )


def test_too_many_instructions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_INSTRUCTIONS", 100)
    with pytest.raises(OperationError, match=r"a\.pdf: over the limit of 100 drawing instructions"):
        read(pdf(["word"] * 101))
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    with pytest.raises(OperationError, match=r"a\.pdf: over the limit of 2 pages"):
        read(pdf(["a"], ["b"], ["c"]))


def test_nothing_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        draft = read(pdf(["I: Hi?"]).replace(b"startxref\n", b"startxref\n9"))
    assert caplog.records == []
    assert turns(draft) == [("I", "Hi?")]


# no word is lost

LINES = ["one two", "I: Three?", "P1: Four.", "five (six)", "7", "Page 1 of 9", "eight-", "Quiet desks", "nine."]
pages = st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=6), min_size=1, max_size=4)


@given(pages)
def test_no_word_is_lost(pages: list[list[str]]) -> None:
    expected = sum((words(line) for page in pages for line in page), Counter())
    assert not expected - words_out(read(pdf(*pages)))


def test_code_127_is_a_bullet() -> None:
    assert turns(read(pdf(["I: What?", "P1: Two:", "\x7f beans", "\x7f peas"])))[1] == (
        "P1",
        "Two:\n\n• beans\n\n• peas",
    )


def test_a_short_line_before_a_capital_letter_is_a_heading() -> None:
    lines = [
        "P1: Yes.",
        "About the farm and",
        "We grow beans and peas on forty hectares of land near the river bank",
        "now.",
    ]
    words = "Yes.\n\nAbout the farm and\n\nWe grow beans and peas on forty hectares of land near the river bank now."
    assert turns(read(pdf(lines)))[0] == ("P1", words)


def test_a_label_at_the_top_of_pages_that_is_a_speaker_elsewhere_is_not_a_running_header() -> None:
    pages = [
        ["The Dan and Mia talks", "Dan:", f"And {season}?", "Mia: It rained.", "Dan: How long?", f"Mia: {days} days."]
        for season, days in (("spring", "Two"), ("summer", "Nine"), ("autumn", "Some"))
    ]
    draft = read(pdf(*pages))
    assert turns(draft)[:4] == [
        ("Dan", "And spring?"),
        ("Mia", "It rained."),
        ("Dan", "How long?"),
        ("Mia", "Two days."),
    ]
    assert [piece.text for piece in draft.unplaced] == [
        f"page {page}, head or foot: The Dan and Mia talks" for page in (1, 2, 3)
    ]


def test_a_header_with_a_colon_that_labels_no_turn_is_a_running_header() -> None:
    pages = [["Confidential:", f"Dan: {days}?", f"Mia: {days} days."] for days in ("Two", "Nine", "Some")]
    assert [piece.text for piece in read(pdf(*pages)).unplaced] == [
        f"page {page}, head or foot: Confidential:" for page in (1, 2, 3)
    ]


@pytest.mark.parametrize("top", ["P1: Yes.", "Interviewer: Go on.", "P1:", "P1: Yes", "P1: Go on", "Interviewer: Why?"])
def test_a_turn_at_the_top_of_each_page_of_a_speaker_who_talks_inside_pages_is_said(top: str) -> None:
    more = [line for at in range(6) for line in (f"P1: So it was {'abcdef'[at]}", "Interviewer: And?")]
    draft = read(pdf(*[[top, *more]] * 4))
    assert draft.unplaced == ()
    assert len(turns(draft)) == 4 * 13


@pytest.mark.parametrize("top", ["Interviewer: Jane Smith", "Interviewer: Jane", "P1: Farm Lives, 2010", "P1: page {}"])
def test_a_title_behind_a_speakers_label_on_each_page_is_a_running_header(top: str) -> None:
    pages = [[top.format(page), "P1: It rained.", f"Interviewer: {page}, and?", "P1: Yes."] for page in range(1, 5)]
    draft = read(pdf(*pages))
    assert [piece.text for piece in draft.unplaced] == [
        f"page {page}, head or foot: {top.format(page)}" for page in range(1, 5)
    ]


WRAPPED = [
    *("Dan: How was the spring?", "Mia: It rained for", "12 days, and then the", "river came up.", "Dan: And the", "2"),
    *("barns?", "Mia: They held, all", "4", "of them.", "Dan: Good.", "Mia: It was good.", "Dan: Who", "helped?"),
    *("Mia: Each one of", "30 neighbours."),
]
"""Lines in which numbers are words, also at the beginning of a line and alone."""


def numbered(line: str, number: int, style: str) -> str:
    is_written = number % (5 if "fifth" in style else 1) == 0
    return (f"{line} {number}" if "right" in style else f"{number} {line}") if is_written else line


@pytest.mark.parametrize("first", [1, 341])
@pytest.mark.parametrize("style", ["left", "right", "left, each fifth", "right, each fifth", "left, again each page"])
def test_line_numbers_in_the_margin_are_not_words(style: str, first: int) -> None:
    plain = read(pdf(WRAPPED, WRAPPED[:12]))
    second = first if "again" in style else first + len(WRAPPED)
    pages = [
        [numbered(line, number, style) for number, line in enumerate(lines, start)]
        for lines, start in ((WRAPPED, first), (WRAPPED[:12], second))
    ]
    draft = read(pdf(*pages))
    assert turns(draft) == turns(plain)
    assert [piece.text[:20] for piece in draft.unplaced] == ["page 1, line numbers", "page 2, line numbers"]
    (notice,) = draft.notices
    assert "line numbers in the margin are not counted as words" in notice
    assert 'write sources: {"a.pdf": {line_numbers: false}} in qualcode.yaml' in notice


@pytest.mark.parametrize("step", [1, 5])
def test_line_numbers_that_are_extracted_below_their_page_are_not_words(step: int) -> None:
    numbers = [str(number) for number in range(step, len(WRAPPED) + 1, step)]
    assert turns(read(pdf([*WRAPPED, *numbers]))) == turns(read(pdf(WRAPPED)))


@pytest.mark.parametrize(
    "line", ["{year} we bought a cow.", "{tens} cows we had.", "Of cows in that year we had {number}", "{number} | cow"]
)
def test_numbers_that_count_on_among_words_are_words(line: str) -> None:
    lines = [line.format(year=1989 + at, tens=10 * at, number=at) for at in range(1, 13)]
    draft = read(pdf(lines))
    assert (draft.unplaced, draft.notices[1:]) == ((), ())
    assert not words(" ".join(lines)) - words_out(draft)
    rule = SourceRule(line_numbers=True)
    forced = reader.read(pdf(lines), ReadOptions("a.pdf", SourceRules(), source=rule))
    assert [piece.text[:20] for piece in forced.unplaced] == ["page 1, line numbers"]


def test_numbers_that_do_not_count_the_lines_are_words() -> None:
    lines = [f"{number} of them came." if number % 3 else "Nobody came." for number in range(1, 31)]
    assert "1 of them came." in read(pdf(lines)).text
