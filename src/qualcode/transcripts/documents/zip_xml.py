"""Zip archives of XML: sizes are checked before members are unpacked, and entities are not resolved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qualcode.errors import OperationError
from qualcode.transcripts.file_type import ARCHIVE_ERRORS, check_file_type

MAX_BYTES = 100_000_000
"""Limit of the unpacked size of all members together."""
MAX_XML = 40_000_000
"""Limit of the unpacked size of a member that is read: an XML tree takes several times its size in memory."""
MAX_ELEMENTS = 1_000_000
"""Limit of the elements and attributes of a member, counted roughly: each takes over 100 bytes."""
MAX_MEMBERS = 10_000
MAX_RATIO = 200
MAX_DEPTH = 200
"""Limit of the depth of elements; documents that people write have less than 50."""

_SMALL = 1_000_000
"""Unpacked bytes up to which any ratio is accepted."""
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_ENTRY = b"PK\x01\x02"


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
    if content.count(_ENTRY) > MAX_MEMBERS:  # opening the archive would make an object of each
        raise OperationError(f"{path}: over the limit of {MAX_MEMBERS:,} archive members: {_save_hint(file_format)}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(members, path, file_format)
            return {
                _member_name(member): _read_member(archive, member, path)
                for member in members
                if pattern.fullmatch(_member_name(member))
            }
    except ARCHIVE_ERRORS:
        raise OperationError(
            f"{path}: damaged, or not {_with_article(file_format)}: {_save_hint(file_format)}"
        ) from None


def _member_name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _check_sizes(members: Sequence[zipfile.ZipInfo], path: str, file_format: ArchiveFormat) -> None:
    total = sum(member.file_size for member in members)
    if total > MAX_BYTES:
        raise OperationError(
            f"{path}: unpacks to {total:,} bytes, over the limit of {MAX_BYTES:,}: remove its pictures"
        )
    for member in members:
        if member.flag_bits & 1:
            raise OperationError(
                f"{path}: protected with a password: open it with its password and save it without one"
            )
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            raise OperationError(
                f"{path}: {_member_name(member)} unpacks to over {MAX_RATIO} times its size: {_save_hint(file_format)}"
            )


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> bytes:
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(member.compress_type)  # office programs write no other compression
    with archive.open(member) as stream:
        raw = stream.read(MAX_XML + 1)  # the size in the directory may be wrong
    if len(raw) > MAX_XML:
        raise OperationError(
            f"{path}: {_member_name(member)} unpacks to over the limit of {MAX_XML:,} bytes: split the source"
        )
    return raw


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
