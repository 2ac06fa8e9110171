"""Sources that are zip archives of XML: sizes are checked before anything is unpacked, and no entity is resolved."""

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

MOST_BYTES = 100_000_000
"""What an archive may unpack to, all members together."""
MOST_XML = 40_000_000
"""What one member that is read may unpack to: a tree of XML takes several times its size in memory."""
MOST_ELEMENTS = 1_000_000
"""How many elements and attributes, counted roughly, one XML member may have: each takes over 100 bytes."""
MOST_MEMBERS = 10_000
MOST_RATIO = 200
MOST_DEPTH = 200
"""How deep elements may be nested; what people write stays below 50."""

_SMALL = 1_000_000
"""Bytes up to which any ratio is fine."""
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MOST_DEPTH + 1)})")
_ENTRY = b"PK\x01\x02"


@dataclass(frozen=True, slots=True)
class ArchiveFormat:
    """A format whose sources are archives: what it is called, which program writes it, and its ending."""

    name: str
    program: str
    ending: str


def unpack_members(
    content: bytes, *, path: str, file_format: ArchiveFormat, pattern: re.Pattern[str]
) -> dict[str, bytes]:
    """Return the members of an archive whose names are ``wanted``, by name; refuse one that would not be safe."""
    check_file_type(content, path=path, expected=file_format.name)
    if content.count(_ENTRY) > MOST_MEMBERS:  # counted here, since opening the archive makes an object of each
        raise OperationError(f"{path}: holds more than {MOST_MEMBERS:,} members: {_save_hint(file_format)}")
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


def _check_sizes(members: Sequence[zipfile.ZipInfo], path: str, shape: ArchiveFormat) -> None:
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise OperationError(
            f"{path}: unpacks to {total:,} bytes, over the limit of {MOST_BYTES:,}: remove its pictures"
        )
    for member in members:
        if member.flag_bits & 1:
            raise OperationError(
                f"{path}: protected with a password: open it with its password and save it without one"
            )
        if member.file_size > max(_SMALL, MOST_RATIO * member.compress_size):
            raise OperationError(
                f"{path}: {_member_name(member)} unpacks to over {MOST_RATIO} times its size: {_save_hint(shape)}"
            )


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> bytes:
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(member.compress_type)  # no office program writes any other
    with archive.open(member) as stream:
        raw = stream.read(MOST_XML + 1)  # bounded, since the size that the directory tells may be a lie
    if len(raw) > MOST_XML:
        raise OperationError(
            f"{path}: {_member_name(member)} unpacks to more than the limit of {MOST_XML:,} bytes: split the source"
        )
    return raw


def parse_xml(raw: bytes, *, path: str, name: str, file_format: ArchiveFormat) -> Any:
    """Return the root of a member's XML, without comments; entities are refused and nothing is fetched."""
    if raw.count(b"<") + raw.count(b"=") > MOST_ELEMENTS:
        raise OperationError(f"{path}: {name} has more than {MOST_ELEMENTS:,} elements: split the source")
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
        said = getattr(error, "msg", None) or str(error)
        raise OperationError(
            f"{path}: damaged inside ({name}: {said}); save it again from {file_format.program}"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:  # in UTF-16 the bytes above are not found
        raise OperationError(_entity_error(path, name, file_format))
    if _TOO_DEEP(root):
        raise OperationError(_depth_error(path))
    return root


def _entity_error(path: str, name: str, shape: ArchiveFormat) -> str:
    return f"{path}: {name} declares entities, which no office program does: {_save_hint(shape)}"


def _depth_error(path: str) -> str:
    return f"{path}: nested over {MOST_DEPTH} deep (tables within tables?): copy its text into a new source"


def _save_hint(shape: ArchiveFormat) -> str:
    return f"open it in {shape.program} and save it again as {shape.ending}"


def _with_article(shape: ArchiveFormat) -> str:
    return f"{'an' if shape.name[0] in 'AEIO' else 'a'} {shape.name}"
