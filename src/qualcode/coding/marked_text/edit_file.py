"""The file that is open in an editor: in the study's folder, until what was typed is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from qualcode.files import decode_text, read_bytes, write_private
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class EditFile:
    """The file in which a coder edits the marks of a transcript; only its owner can read it."""

    path: Path

    @classmethod
    def of(cls, study: Study, transcript: str, coder: str) -> EditFile:
        """Return the file of a transcript and a coder."""
        name = re.sub(r"[^\w.-]+", "-", transcript)
        return cls(study.root / f"{name}.{coder}.edit.txt")

    def read(self) -> str:
        """Return what is in the file.

        Raises
        ------
        OperationError
            If it cannot be read.
        """
        return decode_text(read_bytes(self.path), path=str(self.path)).text

    def has_other(self, text: str) -> bool:
        """Return whether there is an edit that was not recorded, and that is not this text."""
        return self.path.exists() and self.read().strip() not in ("", text.strip())

    def write(self, text: str) -> None:
        """Write the text that is to be edited.

        Raises
        ------
        OperationError
            If the file cannot be written.
        """
        write_private(self.path, text)

    def set_aside(self) -> Path:
        """Give the file another name, and return that."""
        names = (self.path.with_suffix(f".{number}.txt") for number in count(1))
        return self.path.rename(next(path for path in names if not path.exists()))

    def remove(self) -> None:
        """Delete the file, of which everything is recorded."""
        self.path.unlink(missing_ok=True)
