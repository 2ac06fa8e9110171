"""Sources: split from study."""

from __future__ import annotations

from pathlib import Path

from qualcode import settings as settings_floor
from qualcode.errors import Problem, StudyNotFoundError, UsageError
from qualcode.model import Transcript


def find_study_root(start: Path) -> Path:
    """Return the study that a folder lies in."""
    start = start.resolve()
    if not start.exists():
        raise UsageError(f"{start}: there is no such folder")
    for folder in (start, *start.parents):
        if (folder / settings_floor.SETTINGS_FILE).is_file():
            return folder
    raise StudyNotFoundError(str(start))


def duplicate_source_problem(held: Transcript, other: Transcript) -> Problem:
    said = f"second source of transcript '{other.id}'"
    return Problem(other.path, 0, 0, said, f"beside {held.path.rpartition('/')[2]}: rename one")


def is_valid_file_name(name: str) -> bool:
    """Tell whether a file's name is text: an archive from an old Windows may have brought other bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
