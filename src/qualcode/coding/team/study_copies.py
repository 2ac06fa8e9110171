"""Other copies of a study, in a folder or a zip archive, read without believing or changing anything of them."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from qualcode.errors import OperationError, Problem, format_names
from qualcode.files import ARCHIVE_ERRORS, MAX_SOURCE_SIZE, member_name, open_binary, open_zip, read_member
from qualcode.settings import SETTINGS_FILE
from qualcode.study.cache_folder import open_cache_folder
from qualcode.study.study import Study

_FOLDERS = ("codings", "transcripts", "codebooks")
ASSIGNMENTS_FILE = "assignments.csv"
"""Who codes what, beside the settings."""
_ROOT_FILES = (SETTINGS_FILE, ASSIGNMENTS_FILE)
_MAX_BYTES = 2_000_000_000
"""Bytes to which an archive may unpack."""
_ADVICE = f"zip only {SETTINGS_FILE}, codebooks, transcripts and codings"


@dataclass(frozen=True)
class StudyCopy:
    """Another copy of a study, as a study of its own."""

    path: Path
    """Where it is, as the user has named it."""
    study: Study
    parts: Collection[str]
    """Which of settings, codebooks, transcripts and codings it has."""
    problems: Sequence[Problem]
    """Parts of it that are not read."""


@contextmanager
def open_study_copy(study: Study, path: Path) -> Iterator[StudyCopy]:
    """Provide another copy of a study from a folder or archive.

    Its files are copied into the cache first: only regular files with names of a study, and no cache of it. Where it
    has no valid settings, its transcripts are read with those of this study.

    Raises
    ------
    OperationError
        If there is no copy of a study at the path, or it is this study itself.
    """
    with ExitStack() as stack:
        temporary = stack.enter_context(
            TemporaryDirectory(prefix="merge-", dir=stack.enter_context(open_cache_folder(study)))
        )
        root = Path(temporary) / "copy"
        root.mkdir()
        if path.is_dir():
            _check_place(study, path)
            problems = _copy_folder(path, root)
        else:
            problems = _unpack_archive(path, root)
        parts = {each.name for each in root.iterdir()}
        if not parts & {"codings", "transcripts"}:
            raise OperationError(f"{path}: this is no copy of a study: it has neither codings nor transcripts")
        problems += _complete_settings(study, root)
        yield StudyCopy(path, Study(root, cache_folder=Path(temporary) / "cache"), parts, problems)


def _check_place(study: Study, path: Path) -> None:
    resolved, root = path.resolve(), study.root.resolve()
    if resolved == root or any(resolved.is_relative_to(root / name) for name in (*_FOLDERS, study.cache_folder.name)):
        raise OperationError(f"{path}: this is the study itself: name another copy of it, in a folder or a zip archive")


def _complete_settings(study: Study, root: Path) -> list[Problem]:
    """Copy this study's settings where the copy has none, or none that can be read; return their problems."""
    from qualcode.settings import read_settings

    path, problems = root / SETTINGS_FILE, []
    if path.exists():
        try:
            problems = read_settings(path)[1]
        except OperationError as error:
            problems = [Problem(SETTINGS_FILE, 0, 0, str(error).replace(f"{root}{os.sep}", ""))]
    if problems or not path.exists():
        own = study.root / SETTINGS_FILE
        path.unlink(missing_ok=True)
        shutil.copyfile(own, path)
    return problems


def _is_part_of_study(name: str) -> bool:
    """Return whether a path below a study's root is that of a file that is merged; caches and hidden files are not."""
    parts = PurePosixPath(name).parts
    if any(part.startswith((".", "~$")) for part in parts):
        return False
    return name in _ROOT_FILES or (
        len(parts) > 1 and parts[0] in _FOLDERS and (parts[0] != "codings" or name.endswith(".jsonl"))
    )


# --- folders ------------------------------------------------------------------------------------------------------


def _copy_folder(path: Path, root: Path) -> list[Problem]:
    problems: list[Problem] = []
    for name, source in _list_folder(_find_root(path), problems):
        try:
            with open_binary(source) as stream:
                _write_part(root, name, stream.read())
        except OperationError as error:
            problems.append(Problem(name, 0, 0, f"not read: {error}"))
    return problems


def _find_root(path: Path) -> Path:
    """Return the folder of the study in a folder: itself, or the only one in it that is a study."""
    if path.name == "codings" or any((path / name).exists() for name in (SETTINGS_FILE, *_FOLDERS)):
        return path
    inner = [folder for folder in path.iterdir() if folder.is_dir() and (folder / SETTINGS_FILE).exists()]
    if len(inner) > 1:
        names = format_names(sorted(folder.name for folder in inner))
        raise OperationError(f"{path}: has several studies ({names}): name one of them")
    return inner[0] if inner else path


def _list_folder(root: Path, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Yield the files of a study with their paths below its root; what is no file of its own is a problem."""
    # A folder of ledgers alone, as it is sent by e-mail.
    is_codings = root.name == "codings" and not (root / SETTINGS_FILE).exists() and not (root / "codings").exists()
    tops = {"codings": root} if is_codings else {name: root / name for name in (*_FOLDERS, *_ROOT_FILES)}
    for top, start in tops.items():
        for path in _walk(start):
            below = path.relative_to(start).as_posix()
            name = top if below == "." else f"{top}/{below}"
            if not _is_part_of_study(name) and not path.is_symlink():
                continue
            if stat.S_ISREG(path.lstat().st_mode):
                yield name, path
            else:
                problems.append(Problem(name, 0, 0, "not read: this is a link, pipe or device", "put the file there"))


def _walk(start: Path) -> Iterator[Path]:
    """Yield all that is not a folder at or below a path; links are not followed."""
    if start.is_symlink() or start.is_file():
        yield start
        return
    for folder, folders, files in os.walk(start):
        yield from sorted(
            Path(folder, name) for name in (*files, *(each for each in folders if Path(folder, each).is_symlink()))
        )
        folders[:] = sorted(name for name in folders if not name.startswith("."))


def _write_part(root: Path, name: str, content: bytes) -> None:
    path = root / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb") as stream:
            stream.write(content)
    except (OSError, ValueError) as error:
        raise OperationError(f"its name or place cannot be written here ({error})") from None


# --- archives -----------------------------------------------------------------------------------------------------


def _unpack_archive(path: Path, root: Path) -> list[Problem]:
    try:
        with open_binary(path, limit=_MAX_BYTES) as stream:
            archive = open_zip(stream, path=str(path), max_bytes=_MAX_BYTES, advice=_ADVICE)
            return _unpack_members(archive, path, root)
    except ARCHIVE_ERRORS as error:
        if isinstance(error, zipfile.BadZipFile):
            raise OperationError(
                f"{path}: this is no zip archive, or a damaged one: name a folder or a .zip with a copy of the study"
            ) from None
        raise OperationError(f"{path}: a damaged archive ({error}): have it sent again") from None


def _unpack_members(archive: zipfile.ZipFile, path: Path, root: Path) -> list[Problem]:
    members = {member_name(member): member for member in archive.infolist() if not member.is_dir()}
    outside = sorted(name for name in members if not _is_relative(name))
    message, hint = "not read: its name leads out of the archive, or has control characters", "have it zipped again"
    problems = [Problem(name, 0, 0, message, hint) for name in outside]
    for name, member in _names_in_study(members, path).items():
        try:
            if stat.S_ISLNK(member.external_attr >> 16):
                raise OperationError("this is a link")
            _write_part(root, name, read_member(archive, member, path=name, max_bytes=MAX_SOURCE_SIZE))
        except (OperationError, *ARCHIVE_ERRORS) as error:
            problems.append(Problem(name, 0, 0, f"not read: {error}", "put the file itself into the archive"))
    return problems


def _names_in_study(members: Mapping[str, zipfile.ZipInfo], path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the members that are part of a study by their paths below its root, wherever that is in the archive."""
    safe = {name: member for name, member in members.items() if _is_relative(name)}
    # A folder is a sign of a study only where no settings are: it may be in one called transcripts.
    settings = {name.removesuffix(SETTINGS_FILE) for name in safe if PurePosixPath(name).name == SETTINGS_FILE}
    roots = settings or {prefix for name in safe if (prefix := _root_of(name)) is not None}
    if not roots:
        # An archive of the folders of coders.
        return {
            f"codings/{name}": each
            for name, each in safe.items()
            if _is_part_of_study(f"codings/{name}") and "/" in name
        }
    depth = min(root.count("/") for root in roots)
    outer = sorted(root for root in roots if root.count("/") == depth)
    if len(outer) > 1:
        raise OperationError(f"{path}: has several studies ({format_names(outer)}): name an archive of one")
    found = {name.removeprefix(outer[0]): each for name, each in safe.items() if name.startswith(outer[0])}
    return {name: each for name, each in found.items() if _is_part_of_study(name)}


def _root_of(name: str) -> str | None:
    """Return the folder of the study that a file is part of by its name, with a slash at its end."""
    parts = name.split("/")
    if parts[0] == "__MACOSX":
        return None
    count = next((count for count, part in enumerate(parts[:-1]) if part in _FOLDERS), None)
    return None if count is None else "".join(f"{parent}/" for parent in parts[:count])


def _is_relative(name: str) -> bool:
    """Return whether a name leads to no place outside of the folder it is written to."""
    parts = name.split("/")
    return name.isprintable() and ":" not in name and not {"", ".", ".."} & set(parts)
