"""Zip archives of XML: sizes are checked before members are unpacked, and entities are not resolved."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qualcode.errors import OperationError
from qualcode.files import ARCHIVE_ERRORS, member_name, open_zip, read_member
from qualcode.transcripts.file_type import check_file_type

MAX_BYTES = 100_000_000
"""Limit of the unpacked size of all members together."""
MAX_XML = 40_000_000
"""Limit of the unpacked size of a member that is read: an XML tree takes several times its size in memory."""
MAX_ELEMENTS = 1_000_000
"""Limit of the elements and attributes of a member, counted roughly: each takes over 100 bytes."""
MAX_DEPTH = 200
"""Limit of the depth of elements; documents that people write have less than 50."""

# Checked by libxml2, since the readers are recursive and would exceed the recursion limit of Python.
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


@dataclass(frozen=True, slots=True)
class ArchiveFormat:
    """A file format: its name in messages, the program that writes it, and its suffix."""

    name: str
    program: str
    suffix: str


def unpack_members(
    content: bytes, *, path: str, file_format: ArchiveFormat, pattern: re.Pattern[str]
) -> dict[str, bytes]:
    """Return the members of an archive whose names match ``pattern``, by name.

    Raises
    ------
    OperationError
        The archive is damaged, protected, too large, or of another format.
    """
    check_file_type(content, path=path, expected=file_format.name)
    advice = _save_hint(file_format)
    stream = io.BytesIO(content)
    try:
        with open_zip(
            stream, path=path, max_bytes=MAX_BYTES, advice=advice, size_advice="remove its pictures"
        ) as archive:
            return {
                member_name(member): read_member(archive, member, path=path, max_bytes=MAX_XML)
                for member in archive.infolist()
                if pattern.fullmatch(member_name(member))
            }
    except ARCHIVE_ERRORS:
        raise OperationError(f"{path}: damaged, or not {_with_article(file_format)}: {advice}") from None


def parse_xml(raw: bytes, *, path: str, name: str, file_format: ArchiveFormat) -> Any:
    """Return the root of a member's XML, without comments; nothing is fetched from elsewhere.

    Raises
    ------
    OperationError
        The XML is damaged, too large, nested too deep, or declares entities.
    """
    if raw.count(b"<") + raw.count(b"=") > MAX_ELEMENTS:
        raise OperationError(f"{path}: {name} has over the limit of {MAX_ELEMENTS:,} elements: split the source")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        # These formats need no document type, and one could declare entities.
        if b"<!DOCTYPE" in raw:
            raise OperationError(_entity_error(path, name, file_format))
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error):
            raise OperationError(_depth_error(path)) from None
        message = getattr(error, "msg", None) or str(error)
        raise OperationError(f"{path}: damaged ({name}: {message}): {_save_hint(file_format)}") from None
    if root.getroottree().docinfo.internalDTD is not None:  # the search for bytes above misses UTF-16
        raise OperationError(_entity_error(path, name, file_format))
    if _TOO_DEEP(root):
        raise OperationError(_depth_error(path))
    return root


def _entity_error(path: str, name: str, file_format: ArchiveFormat) -> str:
    return f"{path}: {name} declares entities, which are not read: {_save_hint(file_format)}"


def _depth_error(path: str) -> str:
    return f"{path}: elements nested over {MAX_DEPTH} deep (tables inside tables?): copy its text into a new source"


def _save_hint(file_format: ArchiveFormat) -> str:
    return f"open it in {file_format.program} and save it again as {file_format.suffix}"


def _with_article(file_format: ArchiveFormat) -> str:
    return f"{'an' if file_format.name[0] in 'AEIO' else 'a'} {file_format.name}"
