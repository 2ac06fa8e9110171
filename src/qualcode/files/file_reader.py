"""Bytes read from disk under a size limit, and text decoded from them by fixed rules."""

from __future__ import annotations

import codecs
import json
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from qualcode.errors import OperationError

MAX_SOURCE_SIZE = 200_000_000
"""Bytes: a larger source is refused before it is read into memory."""

STANDARD_INPUT = Path("-")
"""Stands for what is piped into the program."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte-order marks, longest first where one is the beginning of another."""

_OTHER_LINE_ENDS = re.compile("[\v\x85\u2028\u2029]")
"""Word's soft line break, the next-line character, and Unicode's separators of lines and paragraphs."""

UNDECODABLE_MESSAGE = "neither UTF-8 nor Windows-1252; save it as UTF-8 and try again"


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with ``\\n`` line ends and no byte-order mark, with a notice if its encoding was assumed."""

    text: str
    notice: str = ""

    @property
    def notices(self) -> tuple[str, ...]:
        """The notice, if there is one."""
        return (self.notice,) if self.notice else ()


def read_bytes(path: Path, *, limit: int = MAX_SOURCE_SIZE) -> bytes:
    """Return the content of a file.

    Raises
    ------
    OperationError
        If the file is missing, unreadable or larger than ``limit`` bytes.
    """
    with open_binary(path, limit=limit) as stream:
        return stream.read()


@contextmanager
def open_binary(path: Path, *, limit: int = MAX_SOURCE_SIZE) -> Iterator[BinaryIO]:
    """Open a file, or the standard input (``Path("-")``), to read its bytes.

    Raises
    ------
    OperationError
        If the file is missing, unreadable or larger than ``limit`` bytes.
    """
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        status = path.stat()
        size = status.st_size
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise OperationError(f"{path}: not a file but a pipe or device, which is not read")
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
    """Decode by byte-order mark, else by the given encoding, else as strict UTF-8, else as Windows-1252 with a notice.

    Raises
    ------
    OperationError
        If the bytes cannot be decoded, contain NUL characters, or the given encoding is not known.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return DecodedText(_normalise_line_ends(content[len(mark) :].decode(name), path=path))
            except UnicodeDecodeError as error:
                position = error.start + len(mark)
                raise OperationError(
                    f"{path}: has the byte-order mark of {name} but is not {name} (byte {position}): "
                    "save it as UTF-8 and try again"
                ) from None
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
        raise OperationError(f"{path}:{line}: {wrong_encoding_message(encoding)}") from None
    except (LookupError, ValueError):  # ValueError: a codec that is not for text, such as idna
        raise unknown_encoding_error(path, encoding) from None


def wrong_encoding_message(encoding: str) -> str:
    """Return the message on a text that is not in the encoding of the settings."""
    return f"not {encoding}, the encoding that the settings give: correct 'encodings' in qualcode.yaml"


def unknown_encoding_error(path: str, encoding: str) -> OperationError:
    """Return the error of an encoding in the settings that Python does not know as one for text."""
    return OperationError(f"{path}: unknown encoding '{encoding}': correct 'encodings' in qualcode.yaml")


def _decode_legacy(content: bytes, *, path: str, line: int) -> DecodedText:
    # Windows-1252 decodes almost any bytes, so a binary file would be read as text.
    if b"\0" in content:
        raise not_text_error(path, line)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise OperationError(f"{path}:{line}: {UNDECODABLE_MESSAGE}") from None
    return DecodedText(_normalise_line_ends(text, path=path), legacy_encoding_notice(line))


def legacy_encoding_notice(line: int) -> str:
    """Return the notice on a text that is not UTF-8, first on the given line."""
    return f"not UTF-8 (first at line {line}); read as Windows-1252: check its accents"


def not_text_error(path: str, line: int) -> OperationError:
    """Return the error of a file that contains NUL characters."""
    return OperationError(
        f"{path}:{line}: this is not text (it contains NUL bytes): was it renamed from another format? "
        "If it is UTF-16 without a byte-order mark, set its encoding under 'encodings' in qualcode.yaml"
    )


def _normalise_line_ends(text: str, *, path: str) -> str:
    if "\0" in text:  # English in UTF-16 without byte-order mark is valid UTF-8
        raise not_text_error(path, text.count("\n", 0, text.index("\0")) + 1)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def unify_line_ends(text: str) -> str:
    """Return a text of the same length with ``\\n`` for each other character that ends a line.

    Not for YAML, CSV or JSON, where these characters may be part of a value.
    """
    if text.isascii() and "\v" not in text:
        return text
    return _OTHER_LINE_ENDS.sub("\n", text)


def read_text(path: Path) -> DecodedText:
    """Return the decoded text of a file; raises as ``read_bytes`` and ``decode_text`` do."""
    return decode_text(read_bytes(path), path=str(path))


def parse_json(content: str | bytes) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    ValueError
        If it is not JSON, or is nested too deep for Python.
    """
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("nested too deep") from None


def is_within(path: Path, folder: Path) -> bool:
    """Return whether a path is inside a folder after links are resolved."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
