"""Zip archives opened only if their directory is within limits, so that no small file fills the memory."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from qualcode.errors import OperationError

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of Office's old formats, and of new ones that are protected with a password."""

ARCHIVE_ERRORS = (zipfile.BadZipFile, KeyError, OSError, RuntimeError, EOFError, ValueError, struct.error, zlib.error)
"""What the standard library raises for a damaged archive."""

MAX_MEMBERS = 10_000
MAX_RATIO = 200
_RATIO_FREE_BYTES = 1_000_000
"""Bytes up to which a member may have any compression ratio."""
_MAX_STREAMED_BYTES = 4_000_000_000
# First bytes of a member's entry in the central directory.
_ENTRY_SIGNATURE = b"PK\x01\x02"
_BLOCK_SIZE = 1 << 20


def open_zip(
    stream: BinaryIO, *, path: str, max_bytes: int, advice: str, size_advice: str = "", streamed_folder: str = ""
) -> zipfile.ZipFile:
    """Open a zip archive whose members are few, not encrypted, and neither too large nor too strongly compressed.

    All members together may unpack to ``max_bytes``, except those in ``streamed_folder``, which are never in memory
    as a whole. Messages end with ``advice``, those on the size with ``size_advice`` if it is given.

    Raises
    ------
    OperationError
        If the archive is over one of the limits or is encrypted.
    ARCHIVE_ERRORS
        If it is damaged, or not a zip archive.
    """
    stream.seek(0)
    blocks = iter(lambda: stream.read(_BLOCK_SIZE), b"")
    if sum(block.count(_ENTRY_SIGNATURE) for block in blocks) > MAX_MEMBERS:  # before zipfile makes an object of each
        raise OperationError(f"{path}: contains more than {MAX_MEMBERS:,} members: {advice}")
    archive = zipfile.ZipFile(stream)
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    in_memory = sum(
        member.file_size for member in members if not (streamed_folder and streamed_folder in member.filename)
    )
    for size, limit in ((in_memory, max_bytes), (total, _MAX_STREAMED_BYTES)):
        if size > limit:
            raise OperationError(
                f"{path}: unpacks to {size:,} bytes, over the limit of {limit:,}: {size_advice or advice}"
            )
    for member in members:
        _check_member(member, path, advice)
    return archive


def _check_member(member: zipfile.ZipInfo, path: str, advice: str) -> None:
    # Bit 0: the member is encrypted.
    if member.flag_bits & 1:
        raise OperationError(f"{path}: protected with a password: open it with its password and save it without one")
    if member.file_size > max(_RATIO_FREE_BYTES, MAX_RATIO * member.compress_size):
        raise OperationError(f"{path}: {member_name(member)} unpacks to over {MAX_RATIO} times its size: {advice}")


def member_name(member: zipfile.ZipInfo) -> str:
    """Return the name of a member with ``/`` between folders."""
    # Some programs write the separators of Windows into archives.
    return member.filename.replace("\\", "/")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, path: str, max_bytes: int) -> bytes:
    """Return the unpacked content of one member.

    Raises
    ------
    OperationError
        If it has more than ``max_bytes``.
    ARCHIVE_ERRORS
        If it is damaged, or compressed by a method that no office program uses.
    """
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile(member.compress_type)
    with archive.open(member) as stream:
        content = stream.read(max_bytes + 1)  # bounded, since the size in the directory may be wrong
    if len(content) > max_bytes:
        raise OperationError(
            f"{path}: {member_name(member)} unpacks to more than the limit of {max_bytes:,} bytes: split the source"
        )
    return content
