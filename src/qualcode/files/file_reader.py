"""Bytes from disk, and text from bytes without guessing."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qualcode.errors import OperationError

MAX_SOURCE_SIZE = 200_000_000
"""Bytes: a source larger than this is refused before it costs memory."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks, longest first where one begins another."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with ``\\n`` line ends and no byte-order mark, and what had to be said about it."""

    text: str
    notice: str = ""

    @property
    def notices(self) -> tuple[str, ...]:
        """The notice, if there is one."""
        return (self.notice,) if self.notice else ()


def read_bytes(path: Path, *, limit: int = MAX_SOURCE_SIZE) -> bytes:
    """Read a whole file; refuse what is missing, unreadable or absurdly large with one sentence."""
    with open_binary(path, limit=limit) as stream:
        return stream.read()


@contextmanager
def open_binary(path: Path, *, limit: int = MAX_SOURCE_SIZE) -> Iterator[BinaryIO]:
    """Open a file to read its bytes; refuse what is missing, unreadable or absurdly large with one sentence."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise OperationError(f"{path}: {size:,} bytes is over the limit of {limit:,} bytes for one file")
        with open(path, "rb") as stream:
            yield stream
    except FileNotFoundError:
        raise OperationError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise OperationError(f"{path}: this is a folder, not a file") from None
    except OSError as error:
        raise OperationError(f"{path}: cannot be read ({error.strerror or error})") from None


def decode_text(content: bytes, *, path: str, encoding: str = "") -> DecodedText:
    """Decode by byte-order mark, else as told, else strict UTF-8, else cp1252 with a notice; never by guessing."""
    for mark, named in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return DecodedText(_normalise_line_ends(content[len(mark) :].decode(named), path=path))
            except UnicodeDecodeError as error:
                raise OperationError(f"{path}: begins as {named} but is not: byte {error.start + len(mark)}") from None
    if encoding:
        return _decode_configured(content, encoding, path=path)
    try:
        return DecodedText(_normalise_line_ends(content.decode("utf-8"), path=path))
    except UnicodeDecodeError as error:
        return _decode_legacy(content, path=path, line=content.count(b"\n", 0, error.start) + 1)


def _decode_configured(content: bytes, encoding: str, *, path: str) -> DecodedText:
    try:
        return DecodedText(_normalise_line_ends(content.decode(encoding), path=path))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OperationError(
            f"{path}:{line}: not {encoding}, as the settings say: change 'encodings' in qualcode.yaml"
        ) from None
    except (LookupError, ValueError):  # ValueError: a codec that is for names of hosts, not for text
        raise OperationError(f"{path}: no encoding '{encoding}': mend 'encodings' in qualcode.yaml") from None


def _decode_legacy(content: bytes, *, path: str, line: int) -> DecodedText:
    if b"\0" in content:
        raise not_text_error(path, line)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise OperationError(f"{path}:{line}: neither UTF-8 nor Windows-1252; save it as UTF-8 and try again") from None
    return DecodedText(_normalise_line_ends(text, path=path), legacy_encoding_notice(line))


def legacy_encoding_notice(line: int) -> str:
    """Return the notice on a text that is not UTF-8 from a line on."""
    return f"not UTF-8 (first at line {line}); read as Windows-1252: check its accents"


def not_text_error(path: str, line: int) -> OperationError:
    """Return what is said of bytes that are no text."""
    return OperationError(
        f"{path}:{line}: this is not text (it holds NUL bytes): renamed from another format? "
        "If it is UTF-16 without its mark, say so under 'encodings' in qualcode.yaml"
    )


def _normalise_line_ends(text: str, *, path: str) -> str:
    if "\0" in text:  # UTF-16 without its mark is valid UTF-8 where it is English
        raise not_text_error(path, text.count("\n", 0, text.index("\0")) + 1)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_text(path: Path) -> DecodedText:
    """Read and decode one text file."""
    return decode_text(read_bytes(path), path=str(path))


def is_within(path: Path, folder: Path) -> bool:
    """Tell whether a path, links followed, stays inside a folder."""
    return path.resolve().is_relative_to(folder.resolve())
