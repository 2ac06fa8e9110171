"""The root folder of a study and the source files below its ``transcripts/`` folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from unicodedata import category, normalize

from qualcode.errors import Problem, StudyNotFoundError, UsageError
from qualcode.files import TABLE_SUFFIXES, is_within
from qualcode.settings import SETTINGS_FILE
from qualcode.study.case_table import is_case_table
from qualcode.transcripts import SUFFIXES


def find_study_root(start: Path) -> Path:
    """Return the folder of the study that contains a folder.

    Raises
    ------
    UsageError
        If the folder does not exist.
    StudyNotFoundError
        If neither the folder nor one above it has ``qualcode.yaml``.
    """
    start = start.resolve()
    if not start.exists():
        raise UsageError(f"{start}: no such folder")
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise StudyNotFoundError(str(start))


def list_sources(folder: Path, root: Path) -> tuple[Mapping[str, Path], tuple[Problem, ...]]:
    """Return the source files by transcript id, and a problem for each file that cannot be used.

    An id is the path below ``folder`` without its suffix, in Unicode NFC: macOS returns decomposed file names. Ids
    that differ only in upper and lower case would be one file on some systems, so the second is a problem.
    """
    sources: dict[str, Path] = {}
    id_by_lower_case: dict[str, str] = {}
    problems: list[Problem] = []
    # Sorted, since systems list files in different orders.
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        display_path = path.relative_to(root).as_posix()
        # Hidden files, and the lock files that Office puts beside an open document.
        if path.name.startswith((".", "~$")) or path.is_dir() or is_case_table(display_path):
            continue
        name = normalize("NFC", path.relative_to(folder).with_suffix("").as_posix())
        if problem := _check_source_file(path, display_path, root):
            problems.append(problem)
        elif (other := id_by_lower_case.get(name.casefold())) is not None:
            problems.append(duplicate_source_problem(display_path, name, sources[other].name))
        else:
            sources[name] = path
            id_by_lower_case[name.casefold()] = name
    return sources, tuple(problems)


def _check_source_file(path: Path, display_path: str, root: Path) -> Problem | None:
    """Return why a file cannot be a source, checked without opening it."""
    # File names from an archive that was packed on an old Windows may not be UTF-8; Python decodes such bytes to
    # lone surrogates.
    if any("\ud800" <= character <= "\udfff" for character in display_path):
        return Problem(display_path.encode(errors="replace").decode(), 0, 0, "the file name is not UTF-8", "rename it")
    # Line ends and other controls could not be typed, and would break lists of names.
    if control := next((character for character in display_path if category(character) in {"Cc", "Zl", "Zp"}), ""):
        message = f"the file name has a control character (U+{ord(control):04X})"
        return Problem(display_path, 0, 0, message, "rename it")
    if path.stem.lower() == "cases" and path.suffix.lower() in TABLE_SUFFIXES:
        message = "case tables are read from transcripts/cases.csv only; this file is ignored"
        return Problem(display_path, 0, 0, message, "move it there, or delete it", "notice")
    if path.suffix.lower() not in SUFFIXES:
        hint = f"supported: {', '.join(SUFFIXES)}"
        return Problem(display_path, 0, 0, f"unsupported file type '{path.suffix or path.name}'", hint, "notice")
    if not is_within(path, root):
        return Problem(display_path, 0, 0, "this link points outside the study and is not followed", "copy the file")
    return None


def duplicate_source_problem(path: str, transcript_id: str, other_name: str) -> Problem:
    """Return the problem of a second source file with the id of another one."""
    return Problem(path, 0, 0, f"second source of transcript '{transcript_id}'", f"beside {other_name}: rename one")
