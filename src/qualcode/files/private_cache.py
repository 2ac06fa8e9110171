"""The folder of a study's caches: for its owner alone, and only if this user's own programs have filled it.

A cache that came with a study could hold anything, such as another codebook than the study has. So each cache has a
mark that only its user can make, and one without it is emptied.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

CACHE_FOLDER = ".qualcode"
CACHE_MARK = "owner"
_KEPT = frozenset({"texts", "locks"})
"""What need not be believed: earlier texts of transcripts have their hash as name, and locks may be in use."""


def find_cache_folder(root: Path) -> Path:
    """Return the folder of a study's caches and locks: in the study, or among the user's own caches.

    The latter where ``.qualcode`` is a link or a file, or belongs to another user, as it may on a shared drive.
    """
    folder = root / CACHE_FOLDER
    if not os.path.lexists(folder) or _is_own(folder) or _empty(folder):
        return folder
    return _user_folder() / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16] / CACHE_FOLDER


def cache_folder_of(path: Path) -> Path | None:
    """Return the folder of caches that a path is or is in; None if it is in none."""
    return next((folder for folder in (path, *path.parents) if folder.name == CACHE_FOLDER), None)


def create_folder(path: Path) -> None:
    """Create a folder with the folders above it; those of a cache can be read by their owner alone."""
    cache = cache_folder_of(path)
    if cache is None:
        path.mkdir(parents=True, exist_ok=True)
        return
    if not os.path.lexists(cache):
        _create_cache(cache)
    # One by one: the folders that mkdir makes above a folder do not get its mode.
    for folder in reversed([path, *path.parents][: len(path.parts) - len(cache.parts)]):
        folder.mkdir(mode=0o700, exist_ok=True)


def _create_cache(cache: Path) -> None:
    """Create a cache with its mark in one step, so that no other process sees it without."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{CACHE_FOLDER}-", dir=cache.parent))
    _write_mark(made, _mark(cache))
    try:
        made.rename(cache)
    except OSError:  # another process was first
        shutil.rmtree(made, ignore_errors=True)
        if not cache.is_dir():
            raise


def _is_own(folder: Path) -> bool:
    """Return whether this user's programs have made a cache; one that others can read is closed to them."""
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or not os.access(folder, os.R_OK | os.X_OK):
            return False
        mark = folder / CACHE_MARK
        # A pipe would never end.
        if not mark.is_file() or mark.read_text(encoding="utf-8") != _mark(folder):
            return False
        if os.name != "nt" and status.st_mode & 0o077:
            folder.chmod(0o700)
    except (OSError, ValueError):
        return False
    return True


def _empty(folder: Path) -> bool:
    """Delete what must be believed from a cache without mark, and mark it; return whether that was possible."""
    try:
        status = folder.lstat()
        is_mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if not stat.S_ISDIR(status.st_mode) or not is_mine or not os.access(folder, os.W_OK | os.X_OK):
            return False
        folder.chmod(0o700)
        for path in folder.iterdir():
            is_folder = path.is_dir() and not path.is_symlink()
            if is_folder and path.name not in _KEPT:
                shutil.rmtree(path)
            elif not is_folder:
                path.unlink()
        _write_mark(folder, _mark(folder))
    except OSError:
        return False
    return True


def _write_mark(folder: Path, mark: str) -> None:
    path = folder / CACHE_MARK
    path.touch(mode=0o600)
    path.write_text(mark, encoding="utf-8")


def _mark(cache: Path) -> str:
    digest = hashlib.sha256(f"{_user_secret()} {cache.parent.resolve()}".encode()).digest()
    return str(int.from_bytes(digest))  # digits, since letters could be taken for a name that was left


def _user_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qualcode"


def _user_secret() -> str:
    """Return a random word that only this user knows; empty if there is no place to keep it."""
    path = _user_folder() / "secret"
    with suppress(OSError, RuntimeError):
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with open(handle, "w", encoding="utf-8") as stream:
                stream.write(secrets.token_hex(32))
            # Only the first of several processes is kept.
            with suppress(OSError):
                os.link(name, path)
            os.unlink(name)
        return path.read_text(encoding="utf-8")
    return ""
