"""Files of a model in a folder or an installed package (which is not imported), and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path


def find_package_folder(name: str) -> Path | None:
    """Return the folder of an installed package, by the name of its module or distribution; None if not installed."""
    module = name.replace("-", "_")
    spec = PathFinder.find_spec(module) if module.isidentifier() else None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) if folders else None


def find_model_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files that match a pattern in a folder, or else in its direct subfolders."""
    return sorted(folder.glob(pattern)) or sorted(folder.glob(f"*/{pattern}"))


def list_folder_files(folder: Path) -> list[Path]:
    """Return all files of a model's folder, sorted, without Python's compiled files."""
    # Python writes .pyc files at the first import, which must not change the hash of the model.
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def hash_files(paths: Iterable[Path], *, settings: str) -> str:
    """Return a short hash of the contents of files and of the settings that they are used with."""
    digest = hashlib.sha256(settings.encode())
    for path in paths:
        with open(path, "rb") as stream:
            # The hash of each file, not its bytes, so that moving bytes from one file to the next changes the result.
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:32]


def first_error_line(error: BaseException) -> str:
    """Return the first line of a library's error message, or the error's type if there is none."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
