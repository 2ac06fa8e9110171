"""Sources that are zip archives of XML: sizes are checked before anything is unpacked, and no entity is resolved."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qualcode.errors import OperationError
from qualcode.files import ARCHIVE_ERRORS, member_name, open_zip, read_member
from qualcode.transcripts.file_type import check_file_type

MOST_BYTES = 100_000_000
"""What an archive may unpack to, all members together."""
MOST_XML = 40_000_000
"""What one member that is read may unpack to: a tree of XML takes several times its size in memory."""
MOST_ELEMENTS = 1_000_000
"""How many elements and attributes, counted roughly, one XML member may have: each takes over 100 bytes."""
MOST_DEPTH = 200
"""How deep elements may be nested; what people write stays below 50."""

_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MOST_DEPTH + 1)})")


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
    advice = _save_hint(file_format)
    stream = io.BytesIO(content)
    try:
        with open_zip(
            stream, path=path, max_bytes=MOST_BYTES, advice=advice, size_advice="remove its pictures"
        ) as archive:
            return {
                member_name(member): read_member(archive, member, path=path, max_bytes=MOST_XML)
                for member in archive.infolist()
                if pattern.fullmatch(member_name(member))
            }
    except ARCHIVE_ERRORS:
        raise OperationError(f"{path}: damaged, or not {_with_article(file_format)}: {advice}") from None


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
