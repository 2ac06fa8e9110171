"""Sources that are zip archives of XML: sizes are checked before anything is unpacked, and no entity is resolved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qualcode.errors import Refused
from qualcode.transcripts.signatures import DAMAGE, refuse_other

MOST_BYTES = 100_000_000
"""What an archive may unpack to, all members together."""
MOST_XML = 40_000_000
"""What one member that is read may unpack to: a tree of XML takes several times its size in memory."""
MOST_MARKS = 1_000_000
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
class Shape:
    """A format whose sources are archives: what it is called, which program writes it, and its ending."""

    name: str
    program: str
    ending: str


def unpacked(content: bytes, *, path: str, shape: Shape, wanted: re.Pattern[str]) -> dict[str, bytes]:
    """Return the members of an archive whose names are ``wanted``, by name; refuse one that would not be safe."""
    refuse_other(content, path=path, wanted=shape.name)
    if content.count(_ENTRY) > MOST_MEMBERS:  # counted here, since opening the archive makes an object of each
        raise Refused(f"{path}: holds more than {MOST_MEMBERS:,} members: {_again(shape)}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(members, path, shape)
            return {
                _name(member): _member(archive, member, path) for member in members if wanted.fullmatch(_name(member))
            }
    except DAMAGE:
        raise Refused(f"{path}: damaged, or not {_an(shape)}: {_again(shape)}") from None


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _check_sizes(members: Sequence[zipfile.ZipInfo], path: str, shape: Shape) -> None:
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise Refused(f"{path}: unpacks to {total:,} bytes, over the limit of {MOST_BYTES:,}: remove its pictures")
    for member in members:
        if member.flag_bits & 1:
            raise Refused(f"{path}: protected with a password: open it with its password and save it without one")
        if member.file_size > max(_SMALL, MOST_RATIO * member.compress_size):
            raise Refused(f"{path}: {_name(member)} unpacks to over {MOST_RATIO} times its size: {_again(shape)}")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> bytes:
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(member.compress_type)  # no office program writes any other
    with archive.open(member) as stream:
        raw = stream.read(MOST_XML + 1)  # bounded, since the size that the directory tells may be a lie
    if len(raw) > MOST_XML:
        raise Refused(f"{path}: {_name(member)} unpacks to more than the limit of {MOST_XML:,} bytes: split the source")
    return raw


def parsed(raw: bytes, *, path: str, name: str, shape: Shape) -> Any:
    """Return the root of a member's XML, without comments; entities are refused and nothing is fetched."""
    if raw.count(b"<") + raw.count(b"=") > MOST_MARKS:
        raise Refused(f"{path}: {name} has more than {MOST_MARKS:,} elements: split the source")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        if b"<!DOCTYPE" in raw:
            raise Refused(_declares(path, name, shape))
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error):
            raise Refused(_deep(path)) from None
        said = getattr(error, "msg", None) or str(error)
        raise Refused(f"{path}: damaged inside ({name}: {said}); save it again from {shape.program}") from None
    if root.getroottree().docinfo.internalDTD is not None:  # in UTF-16 the bytes above are not found
        raise Refused(_declares(path, name, shape))
    if _TOO_DEEP(root):
        raise Refused(_deep(path))
    return root


def _declares(path: str, name: str, shape: Shape) -> str:
    return f"{path}: {name} declares entities, which no office program does: {_again(shape)}"


def _deep(path: str) -> str:
    return f"{path}: nested over {MOST_DEPTH} deep (tables within tables?): copy its text into a new source"


def _again(shape: Shape) -> str:
    return f"open it in {shape.program} and save it again as {shape.ending}"


def _an(shape: Shape) -> str:
    return f"{'an' if shape.name[0] in 'AEIO' else 'a'} {shape.name}"
