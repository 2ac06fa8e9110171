"""The format of a source, detected from its content, so that a wrong suffix is reported as such."""

from __future__ import annotations

import re

from qualcode.errors import OperationError
from qualcode.files import OLE_SIGNATURE

__all__ = ["OLE_SIGNATURE", "check_file_type", "detect_reader"]

_SUFFIXES = {
    "PDF": ".pdf",
    "Word file": ".docx",
    "OpenDocument text": ".odt",
    "RTF": ".rtf",
    "web page": ".html",
    "Excel workbook": ".xlsx",
    "old Word file (.doc)": "",
}
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_HEAD_BYTES = 4096
"""Bytes in which the signature of a format must be; PDFs may have other bytes before it."""


def check_file_type(content: bytes, *, path: str, expected: str) -> None:
    """Check that the content of a source is not of another format than expected (``PDF``, ``Word file``, ``RTF`` ...).

    Raises
    ------
    OperationError
        If it is of another format that is known, or protected with a password.
    """
    if content.startswith(OLE_SIGNATURE):
        raise OperationError(f"{path}: {_office_error(content)}")
    actual = _detect_type(content)
    if actual not in {"", expected}:
        raise OperationError(
            f"{path}: {_with_article(actual)}, not {_with_article(expected)}: {_conversion_hint(actual)}"
        )


def _office_error(content: bytes) -> str:
    # Names of streams in an OLE file are UTF-16; a protected .docx is a stream "EncryptedPackage" in such a file.
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "protected with a password: open it with its password and save it without one"
    if "WordDocument".encode("utf-16-le") in content:
        return "an old .doc: open it in Word and save a plain .docx"
    return "protected with a password, or an old .doc: open it in Word and save a plain .docx"


def _detect_type(content: bytes) -> str:
    head = content[:_HEAD_BYTES]
    # The first bytes of any zip archive: the names of its members decide whether it is Word, Excel or OpenDocument.
    if head.startswith(b"PK\x03\x04"):
        return _detect_zip_type(content)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{\\rtf"):
        return "RTF"
    if _HTML.match(text):
        return "web page"
    return "PDF" if b"%PDF-" in head[:1024] else ""


def _detect_zip_type(content: bytes) -> str:
    """Return the format of a zip archive by the names of its members, which are not compressed."""
    # OpenDocument requires "mimetype" as the first member, not compressed, so its name and content are adjacent.
    if b"mimetypeapplication/vnd.oasis.opendocument." in content[:200]:
        is_text = b"mimetypeapplication/vnd.oasis.opendocument.text" in content[:200]
        return "OpenDocument text" if is_text else "OpenDocument table or drawing"
    if b"word/document" in content:
        return "Word file"
    if b"xl/workbook" in content:
        return "Excel workbook"
    return "PowerPoint file" if b"ppt/presentation" in content else ""


def _with_article(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOR' else 'a'} {kind}"


def _conversion_hint(kind: str) -> str:
    suffix = _SUFFIXES.get(kind, "")
    return f"rename it to {suffix}" if suffix else "export its text as .docx or .txt"


# The first line of an NVivo transcript; \W{0,4} is a byte-order mark, \W{1,3} the tab and quotation marks.
_NVIVO = re.compile(rb"\W{0,4}timespan\W{1,3}speaker\W{1,3}content\W", re.IGNORECASE)
# The WebVTT signature, the number and times of the first SubRip cue, YouTube's times of .sbv, or Whisper's times and
# words on one line.
_CAPTIONS = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:WEBVTT[ \t\r\n]|\d{1,6}\s{1,4}[\d:]{5,12}[.,]\d{3} -->)"
    rb"|(?:\xef\xbb\xbf)?\s*\d{1,3}:\d\d:\d\d\.\d{3},\d{1,3}:\d\d:\d\d\.\d{3}\r?\n"
    rb"|(?:[^\r\n]{0,90}[\r\n]{1,2}){0,2}\[[\d:]{4,9}[.,]\d{3} --> [\d:]{4,9}[.,]\d{3}\][ \t]+\S"
)


def detect_reader(path: str, head: bytes) -> str:
    """Return the reader of a .txt that has NVivo's columns or captions in its first bytes, else an empty string."""
    if not path.lower().endswith(".txt"):
        return ""
    plain = head.replace(b"\0", b"")  # NVivo writes UTF-16 as well
    if b"\t" in plain and _NVIVO.match(plain):
        return "readers.survey"
    return "readers.captions" if _CAPTIONS.match(plain) else ""
