"""The encoding of a text that is too large for memory, found by decoding it block by block."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from qualcode.errors import OperationError
from qualcode.files.file_reader import (
    BYTE_ORDER_MARKS,
    UNDECODABLE_MESSAGE,
    legacy_encoding_notice,
    not_text_error,
    unknown_encoding_error,
    wrong_encoding_message,
)

_BLOCK_SIZE = 1 << 20


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a stream of bytes is decoded: from byte ``start`` on, by the codec ``name``."""

    name: str
    start: int = 0
    notice: str = ""


class _DecodingFault(Exception):
    """A line that a codec cannot decode."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def find_encoding(stream: BinaryIO, *, path: str, encoding: str = "") -> Encoding:
    """Return the encoding of a whole stream, by the rules of ``decode_text``.

    These are, in this order: its byte-order mark, the given encoding, strict UTF-8, Windows-1252 with a notice.

    Raises
    ------
    OperationError
        If the stream cannot be decoded, contains NUL characters, or the given encoding is not known.
    """
    stream.seek(0)
    # The longest byte-order mark, that of UTF-32, has four bytes.
    head = stream.read(4)
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            message = f"has the byte-order mark of {name} but is not {name}: save it as UTF-8 and try again"
            return _require_decodable(stream, Encoding(name, len(mark)), path, message)
    if encoding:
        name = _codec_name(encoding, path)
        return _require_decodable(stream, Encoding(name), path, wrong_encoding_message(encoding))
    try:
        _decode_all(stream, Encoding("utf-8"), path)
    except _DecodingFault as fault:
        legacy = Encoding("cp1252", 0, legacy_encoding_notice(fault.line))
        return _require_decodable(stream, legacy, path, UNDECODABLE_MESSAGE)
    return Encoding("utf-8")


def _require_decodable(stream: BinaryIO, encoding: Encoding, path: str, message: str) -> Encoding:
    try:
        _decode_all(stream, encoding, path)
    except _DecodingFault as fault:
        raise OperationError(f"{path}:{fault.line}: {message}") from None
    return encoding


def _codec_name(encoding: str, path: str) -> str:
    try:
        b" ".decode(encoding)  # refuses codecs that are not for text
    except UnicodeDecodeError:
        pass  # half a character of UTF-16
    except (LookupError, ValueError):
        raise unknown_encoding_error(path, encoding) from None
    return codecs.lookup(encoding).name


def _decode_all(stream: BinaryIO, encoding: Encoding, path: str) -> None:
    """Decode a stream to its end without keeping the text; raise at the first line that is not text."""
    line = 1
    for text in _decode_blocks(stream, encoding):
        if isinstance(text, UnicodeDecodeError):
            raise _DecodingFault(line + bytes(text.object)[: text.start].count(b"\n"))
        if "\0" in text:
            raise not_text_error(path, line + text.count("\n", 0, text.index("\0")))
        # These two never return lone surrogates, and encoding a large text again takes time.
        if encoding.name not in {"utf-8", "cp1252"} and not _is_encodable(text):
            raise _DecodingFault(line)
        line += text.count("\n")


def _decode_blocks(stream: BinaryIO, encoding: Encoding) -> Iterator[str | UnicodeDecodeError]:
    decoder = codecs.getincrementaldecoder(encoding.name)()
    stream.seek(encoding.start)
    try:
        while block := stream.read(_BLOCK_SIZE):
            yield decoder.decode(block)
        yield decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        yield error
    except UnicodeError:  # raised by the codec for host names (idna)
        yield UnicodeDecodeError(encoding.name, b"", 0, 0, "")


def _is_encodable(text: str) -> bool:
    """Return whether a text has no lone surrogate, which some codecs accept."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
