"""Signatures of files, by which a change on disk is noticed without reading."""

from __future__ import annotations

import os
from pathlib import Path

FileSignature = tuple[int, int, int]
"""Size, time of the last modification, and time of the last change of any kind.

Programs that copy files set the modification time to that of the original; the other time cannot be set."""


NO_FILE: FileSignature = (-1, 0, 0)
"""Signature of a file that is not there."""


def file_signature(path: str | os.DirEntry[str] | Path) -> FileSignature:
    """Return what changes when a file does: its size and times; (-1, 0, 0) if it is gone."""
    try:
        status = os.stat(path)
    except OSError:  # deleted since the folder was listed, or a link that leads nowhere or to itself
        return NO_FILE
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def folder_signature(folder: Path, *, suffix: str = "") -> dict[str, FileSignature]:
    """Return the signature of each file with a suffix below a folder; called often, so without `Path` objects."""
    signature: dict[str, FileSignature] = {}
    folders = [str(folder)] if folder.is_dir() else []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith(suffix):
                    signature[entry.path] = file_signature(entry)
    return signature
