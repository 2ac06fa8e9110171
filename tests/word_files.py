"""Word files with comments, made from the text that stands in a test."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
_MARK = re.compile(r"<(/?)(\d+)(/?)>")


@dataclass(frozen=True)
class Remark:
    """A comment to write; the lines of its text become paragraphs, and ``answers`` is the id of its parent."""

    text: str
    author: str = "Lea"
    date: str = "2026-11-03T10:00:00Z"
    answers: str = ""
    is_resolved: bool = False


def commented(*paragraphs: str, comments: Sequence[Remark] = (), raw_body: str = "", custom: str = "") -> bytes:
    """Return a Word file; ``<0>words</0>`` is the range of the first comment, ``<0/>`` only a reference to it.

    Threads are written as Word writes them if a comment answers another or is resolved. ``raw_body`` is XML in place of
    paragraphs.
    """
    body = raw_body or "".join(map(paragraph, paragraphs))
    members = {
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>',
        "word/comments.xml": f'<w:comments xmlns:w="{W}" xmlns:w14="{W14}">{_comments(comments)}</w:comments>',
    }
    if any(comment.answers or comment.is_resolved for comment in comments):
        members["word/commentsExtended.xml"] = (
            f'<w15:commentsEx xmlns:w15="{W15}">{_threads(comments)}</w15:commentsEx>'
        )
    if custom:
        members["docProps/custom.xml"] = custom
    return packed(members)


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2010, 10, 30, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def members_of(content: bytes) -> dict[str, str]:
    """Return the members of a Word file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def paragraph(text: str) -> str:
    """Return the XML of a paragraph; see `commented`."""
    return f"<w:p>{runs(text)}</w:p>"


def runs(text: str) -> str:
    """Return the XML of runs with the marks of comments between them."""
    parts, position = [], 0
    for match in _MARK.finditer(text):
        parts += [run(text[position : match.start()]), _mark(*match.groups())]
        position = match.end()
    return "".join([*parts, run(text[position:])])


def run(text: str) -> str:
    """Return the XML of a run; none for no text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _mark(end: str, name: str, alone: str) -> str:
    reference = f'<w:r><w:commentReference w:id="{name}"/></w:r>'
    if alone:
        return reference
    return f'<w:commentRangeEnd w:id="{name}"/>{reference}' if end else f'<w:commentRangeStart w:id="{name}"/>'


def _comments(comments: Sequence[Remark]) -> str:
    return "".join(
        f'<w:comment w:id="{name}" w:author={quoteattr(comment.author)} w:date="{comment.date}">'
        + "".join(
            f'<w:p w14:paraId="{name:04}{number:04}">{run(line)}</w:p>'
            for number, line in enumerate(comment.text.split("\n"))
        )
        + "</w:comment>"
        for name, comment in enumerate(comments)
    )


def _threads(comments: Sequence[Remark]) -> str:
    last = [f"{name:04}{comment.text.count(chr(10)):04}" for name, comment in enumerate(comments)]
    return "".join(
        f'<w15:commentEx w15:paraId="{last[name]}"'
        + (f' w15:paraIdParent="{last[int(comment.answers)]}"' if comment.answers else "")
        + f' w15:done="{int(comment.is_resolved)}"/>'
        for name, comment in enumerate(comments)
    )


def reviewed(content: bytes, *remarks: tuple[str, Remark]) -> bytes:
    """Return a Word file with further comments on the first place with some words, as Word writes them.

    An answer has the id of a comment; without words it is on those of that comment.
    """
    members = members_of(content)
    if "word/comments.xml" not in members:
        members["word/comments.xml"] = f'<w:comments xmlns:w="{W}"/>'
    root = etree.fromstring(members["word/comments.xml"].encode())
    keys = {comment.get(f"{{{W}}}id"): _key_paragraphs(comment) for comment in root}
    threads = []
    for number, (words, remark) in enumerate(remarks, len(keys)):
        document = members["word/document.xml"]
        if words:
            members["word/document.xml"] = _mark_words(document, words, str(number))
        else:
            members["word/document.xml"] = _mark_answer(document, remark.answers, str(number))
        comment = etree.fromstring(f'<w:c xmlns:w="{W}">{_comments([remark])}</w:c>'.replace("w14:paraId", "w:none"))[0]
        comment.set(f"{{{W}}}id", str(number))
        root.append(comment)
        keys[str(number)] = _key_paragraphs(comment)
        parent = f' w15:paraIdParent="{keys[remark.answers]}"' if remark.answers else ""
        threads.append(
            f'<w15:commentEx w15:paraId="{keys[str(number)]}"{parent} w15:done="{int(remark.is_resolved)}"/>'
        )
    members["word/comments.xml"] = etree.tostring(root).decode()
    members["word/commentsExtended.xml"] = f'<w15:commentsEx xmlns:w15="{W15}">{"".join(threads)}</w15:commentsEx>'
    return packed(members)


def without_threads(content: bytes) -> bytes:
    """Return a Word file as Google Docs writes it: answers are comments on the same words."""
    return packed({name: text for name, text in members_of(content).items() if "commentsExtended" not in name})


def comment_ids(content: bytes) -> dict[str, str]:
    """Return the ids of comments by their first paragraphs."""
    root = etree.fromstring(members_of(content)["word/comments.xml"].encode())
    return {"".join(map(str, comment[0].itertext())): str(comment.get(f"{{{W}}}id")) for comment in root}


def edited(content: bytes, name: str, old: str, new: str) -> bytes:
    """Return a Word file with one text of a member replaced."""
    members = members_of(content)
    assert old in members[f"word/{name}.xml"]
    return packed(members | {f"word/{name}.xml": members[f"word/{name}.xml"].replace(old, new, 1)})


def _key_paragraphs(comment: Any) -> str:
    key = ""
    for number, one in enumerate(comment):
        key = f"{int(comment.get(f'{{{W}}}id')):04X}{number:04X}"
        one.set(f"{{{W14}}}paraId", key)
    return key


def _mark_words(document: str, words: str, name: str) -> str:
    text = escape(words)
    assert text in document, words
    before, _, after = document.partition(text)
    run_start = '<w:r><w:t xml:space="preserve">'
    start, end = f'<w:commentRangeStart w:id="{name}"/>', _mark("/", name, "")
    return f"{before}</w:t></w:r>{start}{run_start}{text}</w:t></w:r>{end}{run_start}{after}"


def _mark_answer(document: str, parent: str, name: str) -> str:
    for end in ("Start", "End"):
        mark = f'<w:commentRange{end} w:id="{parent}"/>'
        own = _mark("/", name, "") if end == "End" else f'<w:commentRangeStart w:id="{name}"/>'
        document = document.replace(mark, mark + own)
    return document
