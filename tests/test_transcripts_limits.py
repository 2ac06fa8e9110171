"""Sources that would cost memory or time, or that are damaged in any way, end with one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import test_transcripts_docx as docx
import test_transcripts_odt as odt
import test_transcripts_pdf as pdf
import test_transcripts_rtf as rtf
from qualcode.errors import OperationError, QualcodeError
from qualcode.model import SourceRules
from qualcode.transcripts import READERS, SUFFIXES, read_transcript
from qualcode.transcripts import draft as drafts
from qualcode.transcripts.documents import docx as docx_reader
from qualcode.transcripts.documents import html as html_reader
from qualcode.transcripts.documents import odt as odt_reader
from qualcode.transcripts.documents import pdf as pdf_reader
from qualcode.transcripts.documents import rtf as rtf_reader
from qualcode.transcripts.documents import zip_xml as archives
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers import plain_text

Reader = Callable[[bytes, ReadOptions], Draft]

PAGE = b"<title>t</title><table><tr><td>I<td>Hi?<tr><td>P<td>Yes<p>no<tr><td>I<td>So?</table><b>x</b><i hidden>y</i>"
ODT = odt.odt(odt.p("P1: One", odt.NOTE, odt.BOX), odt.table(("0:01", "I", "Hello?"), ("0:02", "P1", "No.")))
RTF = rtf.rtf(rf"P1: One{rtf.NOTE}{rtf.BOX}\par\u233?\'e9{{\b x}}", rtf.tr("0:01", "I", "Hello?"), rtf.COMMENT)
PDF = pdf.pdf(["I: Hi?", "P1: Yes."], ["I: So?", "2"])


def refusal(reader: Reader, content: bytes) -> str:
    with pytest.raises(OperationError) as refused:
        reader(content, ReadOptions("a.x"))
    return str(refused.value)


# archives


def test_zip_bomb_is_refused_before_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 10_000)
    content = docx.docx(docx.p(docx.r("a" * 10_001)))
    assert len(content) < 1_000
    assert "over the limit of 10,000" in refusal(docx_reader.read, content)


def test_member_over_the_ratio_limit_is_refused() -> None:
    content = docx.docx(docx.p(docx.r("a" * 1_100_000)))
    assert len(content) < 5_000
    assert refusal(docx_reader.read, content) == (
        "a.x: word/document.xml unpacks to over 200 times its size: open it in Word and save it again as .docx"
    )
    assert "content.xml unpacks to over 200 times" in refusal(odt_reader.read, odt.odt(odt.p("a" * 1_100_000)))


def test_zip_bomb_with_a_false_size_is_refused() -> None:
    content = docx.docx(docx.p(docx.r("a" * 50_000)))
    size = zipfile.ZipFile(io.BytesIO(content)).getinfo("word/document.xml").file_size
    lying = content.replace(size.to_bytes(4, "little"), (5_000).to_bytes(4, "little"))
    assert lying != content
    assert "damaged" in refusal(docx_reader.read, lying)


def test_member_over_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_XML", 10_000)
    content = docx.docx(docx.p(docx.r("a" * 10_001)))
    assert "word/document.xml unpacks to more than the limit of 10,000 bytes" in refusal(docx_reader.read, content)


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.files.zip_guard.MAX_MEMBERS", 3)
    content = docx.docx(docx.p(), a=docx.member("a"), b=docx.member("b"), c=docx.member("c"))
    assert "contains more than 3 members" in refusal(docx_reader.read, content)


def test_member_with_a_password_is_refused() -> None:
    content = bytearray(docx.docx(docx.p(docx.r("x"))))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "protected with a password: open it with its password" in refusal(docx_reader.read, bytes(content))


def test_member_with_other_compression_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", docx.member("document"))
    assert "damaged, or not a Word file" in refusal(docx_reader.read, stream.getvalue())


def test_old_and_protected_word_files_have_different_messages() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
    protected = refusal(docx_reader.read, ole + "EncryptedPackage".encode("utf-16-le"))
    assert protected == "a.x: protected with a password: open it with its password and save it without one"
    old = refusal(docx_reader.read, ole + "WordDocument".encode("utf-16-le"))
    assert old == "a.x: an old .doc: open it in Word and save a plain .docx"


# XML


def test_nested_tables_are_refused() -> None:
    open_, close = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    for depth in (70, 500, 5_000):
        nested = docx.docx(open_ * depth + docx.p(docx.r("deep")) + close * depth)
        assert "nested over 200 deep" in refusal(docx_reader.read, nested)
    some = docx_reader.read(docx.docx(open_ * 30 + docx.p(docx.r("deep")) + close * 30), ReadOptions("a.x"))
    assert some.text == "deep\n"


def test_nested_lists_and_spans_of_a_text_are_refused() -> None:
    for inside in ("text:list", "text:span", "text:section"):
        nested = odt.odt(f"<{inside}>" * 250 + odt.p("deep") + f"</{inside}>" * 250)
        assert "nested over 200 deep" in refusal(odt_reader.read, nested)


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ELEMENTS", 1_000)
    assert "over the limit of 1,000 elements" in refusal(docx_reader.read, docx.docx(docx.p() * 400))


def test_external_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    declared = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = f'<w:document xmlns:w="{docx.W}"><w:body>{docx.p(docx.r("x")).replace(">x<", ">&x;<")}</w:body></w:document>'
    assert "declares entities" in refusal(docx_reader.read, docx.packed(declared + body))
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{declared}{body}'.encode("utf-16")
    assert "declares entities" in refusal(docx_reader.read, docx.packed(wide))


def test_entity_expansion_in_a_page_is_limited() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    for encoding in ("utf-8", "utf-16"):
        bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY e0 "lol">{entities}]><d>&e11;</d>'
        assert len(refusal(docx_reader.read, docx.packed(bomb.encode(encoding)))) < 200


# endings


def test_every_suffix_has_a_reader(tmp_path: Path) -> None:
    contents = {".odt": ODT, ".rtf": RTF, ".pdf": PDF, ".html": PAGE, ".htm": PAGE, ".docx": docx.NOTED}
    assert set(contents) <= set(SUFFIXES)
    for ending, content in contents.items():
        path = tmp_path / f"a{ending}"
        path.write_bytes(content)
        assert read_transcript(path, name="a", display_path=f"a{ending}", rules=SourceRules(("I",))).turns


@pytest.mark.parametrize("content", [docx.NOTED, ODT, RTF, PDF], ids=["docx", "odt", "rtf", "pdf"])
def test_wrong_suffix_is_refused(content: bytes) -> None:
    readers = [docx_reader.read, odt_reader.read, rtf_reader.read, pdf_reader.read, html_reader.read]
    messages = []
    for reader in readers:
        try:
            reader(content, ReadOptions("a.x"))
        except OperationError as refused:
            messages.append(str(refused))
    assert len(messages) == 4
    assert all("rename it to ." in message for message in messages)


# damage

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "put", "again"]), st.floats(0, 1, exclude_max=True), st.binary(max_size=20)
    ),
    min_size=1,
    max_size=6,
)
Changes = list[tuple[str, float, bytes]]


def damaged(content: bytes, changes: Changes) -> bytes:
    """Return content with bytes changed, cut out, put in, or repeated."""
    for kind, place, noise in changes:
        at = int(place * len(content))
        if kind == "flip":
            content = content[:at] + noise + content[at + len(noise) :]
        elif kind == "cut":
            content = content[:at] + content[at + 8 * len(noise) :]
        elif kind == "put":
            content = content[:at] + noise + content[at:]
        else:
            content = content[:at] + content[at // 2 : at // 2 + 8 * len(noise)] * 3 + content[at:]
    return content


def holds(reader: Reader, content: bytes) -> None:
    """Check that a reader gives a draft whose spans lie in its text, or a sentence."""
    try:
        draft = reader(content, ReadOptions("a.x"))
    except QualcodeError as error:
        if not str(error).startswith("a.x:"):
            raise
        return
    draft.text.encode()
    assert "\r" not in draft.text
    assert all(0 <= span.start <= span.end <= len(draft.text) for span in draft.turns)


def inside(content: bytes, name: str, changes: Changes) -> bytes:
    """Return an archive of which one member is damaged, and packed again so that it can be opened."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.read(name)
    return docx.packed(damaged(member, changes), name=name)


@pytest.mark.parametrize(
    ("reader", "content"),
    [
        (docx_reader.read, docx.NOTED),
        (odt_reader.read, ODT),
        (rtf_reader.read, RTF),
        (pdf_reader.read, PDF),
        (html_reader.read, PAGE),
    ],
    ids=["docx", "odt", "rtf", "pdf", "html"],
)
@given(changes=CHANGES)
def test_damaged_content_is_read_or_refused(reader: Reader, content: bytes, changes: Changes) -> None:
    holds(reader, damaged(content, changes))


@given(changes=CHANGES)
def test_damaged_member_is_read_or_refused(changes: Changes) -> None:
    holds(docx_reader.read, inside(docx.NOTED, "word/document.xml", changes))
    holds(odt_reader.read, inside(ODT, "content.xml", changes))


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for reader in (docx_reader.read, odt_reader.read, rtf_reader.read, pdf_reader.read, html_reader.read):
        holds(reader, content)


def reader_of(suffix: str) -> Reader:
    read: Reader = import_module(f"qualcode.transcripts.{READERS[suffix]}").read
    return read


def test_transcripts_of_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (drafts, plain_text):
        monkeypatch.setattr(module, "MAX_LINES", 3)
    lines = [f"P{number}: One" for number in range(4)]
    captions = "".join(f"\n00:0{number}.000 --> 00:0{number}.900\nOne\n" for number in range(4))
    sources = {
        ".txt": "\n\n".join(lines).encode(),
        ".md": "\n\n".join(lines).encode(),
        ".vtt": f"WEBVTT\n{captions}".encode(),
        ".html": "".join(f"<p>{line}</p>" for line in lines).encode(),
        ".docx": docx.docx(*(docx.p(docx.r(line)) for line in lines)),
        ".odt": odt.odt(*(odt.p(line) for line in lines)),
        ".rtf": rtf.rtf(*(rf"{line}\par " for line in lines)),
    }
    message = "a.x: over the limit of 3 lines or paragraphs for one transcript: split the source"
    assert {suffix: refusal(reader_of(suffix), content) for suffix, content in sources.items()} == dict.fromkeys(
        sources, message
    )
    fitting = "\n\n\n".join(lines[:3]).encode()
    assert reader_of(".txt")(fitting, ReadOptions("a.x")).text.count("One") == 3
