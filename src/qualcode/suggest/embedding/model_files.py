"""Where the files of a model lie: in a folder that the user names or in an installed package, which is not imported."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path


def find_package_folder(name: str) -> Path | None:
    """Return the folder of an installed package, by its own name or the one it is installed by."""
    module = name.replace("-", "_")
    found = PathFinder.find_spec(module) if module.isidentifier() else None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None


def find_model_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a pattern in a folder, or else in the folders right below it."""
    return sorted(folder.glob(pattern)) or sorted(folder.glob(f"*/{pattern}"))


def list_folder_files(folder: Path) -> list[Path]:
    """Return all files of a model's folder, in their order, without what Python itself puts there."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def hash_files(paths: Iterable[Path], *, settings: str) -> str:
    """Return a short hash of what files hold and of the settings that they are used with."""
    whole = hashlib.sha256(settings.encode())
    for path in paths:
        with open(path, "rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()[:32]


def first_error_line(error: BaseException) -> str:
    """Return the first line of what an error of a library says, for a sentence."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
