"""The encoding of a text too large to hold: found in one pass of blocks, by the rules of `decode`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from qualcode.errors import OperationError
from qualcode.files.file_reader import BYTE_ORDER_MARKS, legacy_encoding_notice, not_text_error

_BLOCK_SIZE = 1 << 20


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a stream of bytes is to be decoded: from byte ``start`` on, by the codec ``name``."""

    name: str
    start: int = 0
    notice: str = ""


class _DecodingFault(Exception):
    """A line that a codec cannot decode."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def find_encoding(stream: BinaryIO, *, path: str, encoding: str = "") -> Encoding:
    """Return the encoding of a whole stream: its byte-order mark, as told, strict UTF-8, else Windows-1252."""
    stream.seek(0)
    head = stream.read(4)
    for mark, named in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return _require_decodable(stream, Encoding(named, len(mark)), path, f"begins as {named} but is not")
    if encoding:
        said = f"not {encoding}, as the settings say: change 'encodings' in qualcode.yaml"
        return _require_decodable(stream, Encoding(_codec_name(encoding, path)), path, said)
    try:
        _decode_all(stream, Encoding("utf-8"), path)
    except _DecodingFault as fault:
        legacy = Encoding("cp1252", 0, legacy_encoding_notice(fault.line))
        return _require_decodable(
            stream, legacy, path, "neither UTF-8 nor Windows-1252; save it as UTF-8 and try again"
        )
    return Encoding("utf-8")


def _require_decodable(stream: BinaryIO, found: Encoding, path: str, said: str) -> Encoding:
    try:
        _decode_all(stream, found, path)
    except _DecodingFault as fault:
        raise OperationError(f"{path}:{fault.line}: {said}") from None
    return found


def _codec_name(encoding: str, path: str) -> str:
    try:
        b" ".decode(encoding)  # refuses codecs that are for other things than text
    except UnicodeDecodeError:
        pass  # half a character of UTF-16
    except (LookupError, ValueError):
        raise OperationError(f"{path}: no encoding '{encoding}': mend 'encodings' in qualcode.yaml") from None
    return codecs.lookup(encoding).name


def _decode_all(stream: BinaryIO, found: Encoding, path: str) -> None:
    """Decode a stream to its end and keep nothing."""
    line = 1
    for text in _decode_blocks(stream, found):
        if isinstance(text, UnicodeDecodeError):
            raise _DecodingFault(line + bytes(text.object)[: text.start].count(b"\n"))
        if "\0" in text:
            raise not_text_error(path, line + text.count("\n", 0, text.index("\0")))
        if found.name not in {"utf-8", "cp1252"} and not _is_encodable(text):
            raise _DecodingFault(line)
        line += text.count("\n")


def _decode_blocks(stream: BinaryIO, found: Encoding) -> Iterator[str | UnicodeDecodeError]:
    decoder = codecs.getincrementaldecoder(found.name)()
    stream.seek(found.start)
    try:
        while block := stream.read(_BLOCK_SIZE):
            yield decoder.decode(block)
        yield decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        yield error
    except UnicodeError:  # of a codec that is for names of hosts, not for text
        yield UnicodeDecodeError(found.name, b"", 0, 0, "")


def _is_encodable(text: str) -> bool:
    """Tell whether no half of a surrogate pair stands alone, as some codecs let it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
