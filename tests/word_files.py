"""Word files with comments, made from the text that stands in a test."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

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
