"""Text files read with their encoding and line ends, and several of them replaced together."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files.atomic_writer import fill_with_permissions
from qualcode.files.file_reader import BYTE_ORDER_MARKS, is_within, read_bytes, read_text


@dataclass(frozen=True)
class ExactText:
    """The text of a file with its own line ends, and what is needed to write it in the same encoding."""

    path: Path
    raw: bytes
    text: str
    encoding: str
    mark: bytes

    def encode(self, text: str) -> bytes:
        """Return another text as the bytes of this file.

        Raises
        ------
        OperationError
            If its encoding does not have a character.
        """
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = text[error.start]
            raise OperationError(
                f"{self.path}: '{character}' cannot be written in this file, which is {self.encoding}: save it as UTF-8"
            ) from None


def read_exact_text(path: Path) -> ExactText:
    """Return the text of a file as `read_text` decodes it, but with its own line ends.

    Raises
    ------
    OperationError
        If it cannot be read or decoded.
    """
    read_text(path)  # its messages name what is wrong
    raw = read_bytes(path)
    mark, encoding = next(((mark, name) for mark, name in BYTE_ORDER_MARKS if raw.startswith(mark)), (b"", "utf-8"))
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = raw.decode(encoding)
    if text.startswith("\ufeff"):
        mark, text = mark + "\ufeff".encode(encoding), text[1:]
    return ExactText(path, raw, text, encoding, mark)


def replace_files(contents: Mapping[ExactText, bytes], *, root: Path) -> None:
    """Replace the content of files: of all, or if one cannot be written of none.

    Raises
    ------
    OperationError
        If a file is outside of ``root``, was changed since it was read, or cannot be written.
    """
    for file in contents:
        if not is_within(file.path, root):
            raise OperationError(f"{file.path}: leads out of {root}, so nothing is written to it: edit it by hand")
        if read_bytes(file.path) != file.raw:
            raise OperationError(f"{file.path}: was changed by another program just now: run the command again")
    written: list[ExactText] = []
    try:
        for file, content in contents.items():
            _replace_content(file.path, content)
            written.append(file)
    except BaseException:
        for file in written:
            with suppress(OperationError):
                _replace_content(file.path, file.raw)
        raise


def _replace_content(path: Path, content: bytes) -> None:
    # The link stays where the file is one.
    path = path.resolve()
    permissions = stat.S_IMODE(path.stat().st_mode)
    fill_with_permissions(path, lambda temporary: temporary.write_bytes(content), permissions=permissions)
