"""What a source's first bytes say it is, so that a wrong ending is named in one sentence."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib

from qualcode.errors import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of Office's old formats, and of new ones that are protected with a password."""

DAMAGE = (zipfile.BadZipFile, KeyError, OSError, RuntimeError, EOFError, ValueError, struct.error, zlib.error)
"""What the standard library raises over a damaged archive."""

_ENDINGS = {
    "PDF": ".pdf",
    "Word file": ".docx",
    "OpenDocument text": ".odt",
    "RTF": ".rtf",
    "web page": ".html",
    "Excel workbook": ".xlsx",
    "old Word file (.doc)": "",
}
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_LEAD = 4096
"""Bytes in which a beginning must stand; PDFs may have some noise before it."""


def refuse_other(content: bytes, *, path: str, wanted: str) -> None:
    """Refuse what is evidently of another format than the ``wanted`` one (``PDF``, ``Word file``, ``RTF`` ...)."""
    if content.startswith(OLE):
        raise Refused(f"{path}: {_of_office(content)}")
    found = _kind(content)
    if found not in {"", wanted}:
        raise Refused(f"{path}: {_an(found)}, not {_an(wanted)}: {_way_out(found)}")


def _of_office(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "protected with a password: open it with its password and save it without one"
    if "WordDocument".encode("utf-16-le") in content:
        return "an old .doc: open it in Word and save a plain .docx"
    return "protected with a password, or an old .doc: open it in Word and save a plain .docx"


def _kind(content: bytes) -> str:
    lead = content[:_LEAD]
    if lead.startswith(b"PK\x03\x04"):
        return _of_zip(content)
    bare = lead.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"{\\rtf"):
        return "RTF"
    if _PAGE.match(bare):
        return "web page"
    return "PDF" if b"%PDF-" in lead[:1024] else ""


def _of_zip(content: bytes) -> str:
    """Tell zips apart by the names of their members, which stand in clear in the directory at the end."""
    if b"mimetypeapplication/vnd.oasis.opendocument." in content[:200]:
        text = b"mimetypeapplication/vnd.oasis.opendocument.text" in content[:200]
        return "OpenDocument text" if text else "OpenDocument table or drawing"
    if b"word/document" in content:
        return "Word file"
    if b"xl/workbook" in content:
        return "Excel workbook"
    return "PowerPoint file" if b"ppt/presentation" in content else ""


def _an(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOR' else 'a'} {kind}"


def _way_out(kind: str) -> str:
    ending = _ENDINGS.get(kind, "")
    return f"rename it to {ending}" if ending else "export its text as .docx or .txt"
