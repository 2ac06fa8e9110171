"""Texts of any file to search for names, also of archives, mails, documents and pictures; or why there are none."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default as email_policy
from pathlib import PurePosixPath
from typing import NamedTuple

from qualcode.errors import OperationError
from qualcode.files import ARCHIVE_ERRORS, decode_text, member_name, open_zip, read_member
from qualcode.model.xml_text import unescape_html
from qualcode.transcripts.draft import ReadOptions

MAX_FILE_SIZE = 50_000_000
"""Bytes: a larger file is listed as not searched."""
_MAX_UNPACKED = 200_000_000
_MAX_DEPTH = 3
"""Archives in archives."""
_MAX_METADATA = 1_000_000

# Left out by suffix, before they are read, since a recording can be very large.
_NO_TEXT = dict.fromkeys(".mp3 .wav .m4a .ogg .flac .aac .wma .aiff .opus".split(), "audio")
_NO_TEXT |= dict.fromkeys(".mp4 .mov .avi .mkv .webm .m4v .mpg .mpeg".split(), "video")
_NO_TEXT |= dict.fromkeys(".gif .tif .tiff .bmp .webp .heic .ico".split(), "a picture")
_NO_TEXT |= dict.fromkeys(".7z .rar .gz .bz2 .xz .zst .tar .tgz".split(), "a compressed archive")
_MARKUP_SUFFIXES = frozenset(".xml .html .htm .xhtml .svg .graphml .gexf .eaf .rels .qde .opf".split())
_TAG = re.compile(r"<[^<>]*>")
# Authors of comments and tracked changes, alternative texts of pictures, targets of links, and names of sheets.
_ATTRIBUTES = re.compile(r'(?:author|initials|descr|title|Target|name|userId)="([^"]*)"')
# Ends of paragraphs and cells in Word, OpenDocument, Excel, drawings and HTML, and of document properties (dc, cp).
_PARAGRAPH_END = re.compile(
    r"</(?:w:p|text:p|text:h|si|t|c|row|dc:[a-z]+|cp:[a-zA-Z]+|meta:[a-z-]+|vt:[a-z]+|a:p|p|h\d|td|th|tr|li|div|"
    r"title|data|node|edge|desc|text|ANNOTATION_VALUE)>|<br */?>"
)
# Escapes of JSON, of web addresses and of RTF. They are replaced by as many characters, so that columns stay right.
_ESCAPES = re.compile(r"\\u(?P<code>[0-9a-fA-F]{4})|\\[nrt]|(?P<bytes>(?:%[0-9a-fA-F]{2})+)")
_RTF_CODES = re.compile(
    r"\\u(?P<code>-?\d+) ?\??|\\'(?P<byte>[0-9a-f]{2})|\\(?:par|line|tab|cell)\b ?|\\[a-z]+-?\d* ?|[{}]"
)
_PRINTABLE = re.compile(
    rb"(?P<le>(?:[\x20-\xff]\x00){4,})|(?P<be>(?:\x00[\x20-\xff]){4,})|(?:[\x20-\x7e\r\n]|[\xc3-\xdf][\x80-\xbf]){4,}"
)
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_JPEG_SIGNATURE = b"\xff\xd8\xff"


class SearchedText(NamedTuple):
    """A text of a file; ``part`` is its member in an archive; a ``reason`` says why something is not searched."""

    part: str = ""
    text: str = ""
    reason: str = ""
    has_lines: bool = True
    """Whether lines and columns are those that an editor shows."""


def read_texts(name: str, content: bytes, *, depth: int = 0) -> Iterator[SearchedText]:
    """Yield the texts of a file, and what of it is not searched, by its first bytes, then by its suffix."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if content.startswith(b"PK\x03\x04"):
            yield from _zip_texts(name, content, depth)
        elif content.startswith(b"%PDF-"):
            yield from _pdf_texts(name, content)
        elif content.startswith((_PNG_SIGNATURE, _JPEG_SIGNATURE)):
            yield from _picture_texts(content)
        elif suffix == ".eml":
            yield from _mail_texts(content, depth)
        elif reason := no_text_reason(name):
            yield SearchedText(reason=reason)
        else:
            yield from _plain_texts(name, suffix, content)
    except (OperationError, *ARCHIVE_ERRORS, RecursionError) as error:
        yield SearchedText(reason=str(error).removeprefix(f"{name}: ") or type(error).__name__)


def no_text_reason(name: str) -> str:
    """Return why a file has no text that is searched, by its suffix; an empty string if it may have."""
    return _NO_TEXT.get(PurePosixPath(name).suffix.lower(), "")


def _plain_texts(name: str, suffix: str, content: bytes) -> Iterator[SearchedText]:
    try:
        text = decode_text(content, path=name).text
    except OperationError:
        yield SearchedText("strings", _printable_text(content), has_lines=False)
        yield SearchedText(reason="no text, except for the strings in it")
        return
    if text.startswith("{\\rtf"):
        yield SearchedText(text=_RTF_CODES.sub(_decode_rtf, text))
    elif suffix in _MARKUP_SUFFIXES or text.lstrip()[:5].lower() in {"<?xml", "<html", "<!doc"}:
        yield SearchedText(text=decode_escapes(unescape_html(text)))
        yield SearchedText(text=_markup_text(text), has_lines=False)
    else:
        yield SearchedText(text=decode_escapes(text))


def decode_escapes(text: str) -> str:
    """Return a text of the same length with the letters of JSON's escapes and of web addresses.

    >>> decode_escapes("Jos%C3%A9").rstrip("\\u200b"), len(decode_escapes("Jos%C3%A9"))
    ('José', 9)
    """
    return _ESCAPES.sub(_decode_escape, text) if "\\" in text or "%" in text else text


def _decode_escape(match: re.Match[str]) -> str:
    if match["code"]:
        letter = chr(int(match["code"], 16))
    elif match["bytes"]:
        letter = bytes.fromhex(match["bytes"].replace("%", "")).decode("utf-8", "replace")
    else:
        letter = " "
    # Hidden characters, which are skipped by the search.
    return letter.ljust(len(match[0]), "\u200b")


def _decode_rtf(match: re.Match[str]) -> str:
    letter = ""
    if match["code"]:
        letter = chr(int(match["code"]) % 0x10000)
    elif match["byte"]:
        letter = bytes.fromhex(match["byte"]).decode("cp1252", "replace")
    elif match[0].startswith(("\\par", "\\line", "\\tab", "\\cell")):
        letter = "\n" if match[0].startswith("\\line") else "\n\n"
    return letter.ljust(len(match[0]), "\u200b")


def _markup_text(markup: str) -> str:
    """Return the text of XML with the runs of a paragraph joined, followed by the attributes that may contain names."""
    # Word splits a name over several runs. Entities are decoded last: a decoded < would begin a tag.
    text = _TAG.sub("", _PARAGRAPH_END.sub("\n\n", markup))
    return unescape_html(text + "\n\n" + "\n\n".join(_ATTRIBUTES.findall(markup)))


def _zip_texts(name: str, content: bytes, depth: int) -> Iterator[SearchedText]:
    if depth == _MAX_DEPTH:
        yield SearchedText(reason=f"more than {_MAX_DEPTH} archives in each other")
        return
    with open_zip(io.BytesIO(content), path=name, max_bytes=_MAX_UNPACKED, advice="check it yourself") as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        yield SearchedText("names of members", "\n\n".join(map(member_name, members)), has_lines=False)
        if archive.comment:
            yield SearchedText("comment", archive.comment.decode("utf-8", "replace"), has_lines=False)
        for member in members:
            part = member_name(member)
            if reason := no_text_reason(part):
                yield SearchedText(part, reason=reason)
                continue
            raw = read_member(archive, member, path=name, max_bytes=_MAX_UNPACKED)
            if part.endswith((".xml", ".rels", ".qde", ".opf")):
                yield SearchedText(part, _markup_text(raw.decode("utf-8", "replace")), has_lines=False)
            else:
                yield from (_in_part(part, each) for each in read_texts(part, raw, depth=depth + 1))


def _in_part(part: str, text: SearchedText) -> SearchedText:
    return text._replace(part=f"{part}, {text.part}" if text.part else part, has_lines=False)


def _pdf_texts(name: str, content: bytes) -> Iterator[SearchedText]:
    # pypdf is slow to import.
    from qualcode.transcripts.documents import pdf

    # Streams are compressed.
    properties = b"\0".join(part.partition(b"stream")[0] for part in content.split(b"endstream"))
    yield SearchedText("properties", _printable_text(properties), has_lines=False)
    draft = pdf.read(content, ReadOptions(name))
    pieces = [draft.header, draft.text, *(piece.text for piece in draft.unplaced)]
    yield SearchedText("text", "\n\n".join(pieces), has_lines=False)


def _mail_texts(content: bytes, depth: int) -> Iterator[SearchedText]:
    message = message_from_bytes(content, policy=email_policy)
    for number, part in enumerate(message.walk()):
        headers = "\n\n".join(str(value) for value in part.values())
        yield SearchedText(f"headers of part {number}" if number else "headers", headers, has_lines=False)
        if part.is_multipart():
            continue
        name = part.get_filename() or f"part {number}"
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes):
            suffix = ".html" if part.get_content_type() == "text/html" else ""
            yield from (_in_part(name, each) for each in read_texts(name + suffix, raw, depth=depth + 1))


def _picture_texts(content: bytes) -> Iterator[SearchedText]:
    """Yield the metadata of a PNG or JPEG: what is in it besides the pixels."""
    blocks = _png_metadata(content) if content.startswith(_PNG_SIGNATURE) else _jpeg_metadata(content)
    yield SearchedText("metadata", "\n\n".join(map(_printable_text, blocks)), has_lines=False)
    yield SearchedText(reason="a picture, except for its metadata")


def _png_metadata(content: bytes) -> Iterator[bytes]:
    place = len(_PNG_SIGNATURE)
    while place + 8 <= len(content):
        size, kind = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        block = content[place + 8 : place + 8 + size]
        if kind in {b"tEXt", b"eXIf", b"iTXt", b"zTXt"}:
            yield block
            # The text of a compressed block is behind a keyword, a NUL and its method.
            for start in (each.end() for each in re.finditer(rb"\0", block[:200])):
                yield _inflate(block[start:]) or _inflate(block[start + 1 :])
        place += size + 12


def _inflate(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MAX_METADATA)
    except zlib.error:
        return b""


def _jpeg_metadata(content: bytes) -> Iterator[bytes]:
    place = 2
    while content[place : place + 1] == b"\xff" and content[place + 1 : place + 2] != b"\xda":
        size = int.from_bytes(content[place + 2 : place + 4], "big")
        if content[place + 1 : place + 2] in {*(bytes([0xE0 + n]) for n in range(16)), b"\xfe"}:
            yield content[place + 4 : place + 2 + size]
        place += 2 + max(size, 2)


def _printable_text(content: bytes) -> str:
    """Return the strings in bytes that are no text: in UTF-8 and UTF-16."""
    encodings = {"le": "utf-16-le", "be": "utf-16-be"}
    return "\n\n".join(
        run[0].decode(encodings.get(run.lastgroup or "", "utf-8"), "replace") for run in _PRINTABLE.finditer(content)
    )
