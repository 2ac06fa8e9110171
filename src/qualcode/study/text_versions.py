"""Earlier texts of transcripts, saved by hash, so that codings can be followed word by word through an edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files import read_bytes, write_atomically
from qualcode.model import Transcript
from qualcode.transcripts import hash_text

FOLDER = "texts"
"""Folder in the study's cache. It may be deleted at any time; then only quotes and their context are left to search."""

_HASH = re.compile("[0-9a-f]{64}")


class TextVersions:
    """Texts on disk by their hash."""

    def __init__(self, cache: Path) -> None:
        self.folder = cache / FOLDER

    def save_texts(self, transcripts: Iterable[Transcript]) -> None:
        """Write the texts that are not saved yet, unless the folder cannot be written."""
        for transcript in transcripts:
            path = self._path(transcript.sha256)
            if path.is_file():
                continue
            try:
                write_atomically(path, transcript.text.encode("utf-8", "surrogatepass"))
            except OperationError:
                return

    def load_text(self, sha256: str) -> str | None:
        """Return the text with a hash; None if it was not saved or the file is damaged."""
        path = self._path(sha256)
        # It comes from a ledger, where it can be anything, such as a path or a text that is too long for a file name.
        if not _HASH.fullmatch(sha256) or not path.is_file():
            return None
        try:
            text = read_bytes(path).decode("utf-8", "surrogatepass")
        except (OperationError, UnicodeDecodeError):
            return None
        # Codings must not be aligned with a text that is not the one they were made in.
        return text if hash_text(text) == sha256 else None

    def _path(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.txt"
