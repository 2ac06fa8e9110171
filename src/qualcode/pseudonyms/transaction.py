"""All or nothing: new files are prepared and proved beside the key, and moved into place by a journal."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError
from qualcode.files import create_private_folder, read_bytes, write_atomically, write_private
from qualcode.pseudonyms.key_file import KeyFile
from qualcode.study.study import Study

Files = Mapping[str, bytes]


@contextmanager
def open_staging_folder(held: KeyFile) -> Iterator[Path]:
    """Give a folder beside the key, only its owner's, which is removed unless a journal needs it."""
    folder = create_private_folder(held.path)
    try:
        yield folder
    finally:
        if not held.journal_path.is_file():
            shutil.rmtree(folder, ignore_errors=True)


def write_study(files: Files, folder: Path) -> Study:
    """Write files into a folder and return them as a study, to see how they are read."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return Study(folder)


def commit(
    held: KeyFile, stage: Path, *, old: Files, new: Files, record: bytes | None, original_files: Files
) -> list[str]:
    """Put new files for old ones; from the journal on it is finished whatever comes between.

    ``record`` is written beside the key (None: removed), ``aside`` are originals to be kept there.
    """
    ready = _make_folder(stage / "ready")
    writes = [(path, content) for path, content in sorted(new.items()) if old.get(path) != content]
    for number, (_, content) in enumerate(writes):
        write_private(ready / str(number), content)
    for path, content in original_files.items():
        target = held.originals_folder / path
        _make_folder(target.parent).chmod(0o700)
        write_private(target, content)
    if record is not None:
        write_private(ready / "record", record)
    journal = {
        "root": str(held.study_root),
        "ready": str(ready),
        "writes": [_journal_entry(path, old.get(path), content) for path, content in writes],
        "removes": [[path, _hash(content)] for path, content in sorted(old.items()) if path not in new],
        "record": record is not None,
    }
    write_private(held.journal_path, json.dumps(journal))
    return replay_journal(held)


def _make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _journal_entry(path: str, was: bytes | None, now: bytes) -> dict[str, Any]:
    return {"path": path, "was": _hash(was) if was is not None else "", "size": len(was or b""), "now": _hash(now)}


def replay_journal(held: KeyFile) -> list[str]:
    """Do what a journal says, from whatever point it was left at; return the paths that were written."""
    journal = _read_journal(held)
    ready = Path(journal["ready"])
    contents = [read_bytes(ready / str(number)) for number in range(len(journal["writes"]))]
    steps = [
        (held.study_root / one["path"], _content_to_write(held, one, content))
        for one, content in zip(journal["writes"], contents, strict=True)
    ]
    for path, content in steps:
        if content is not None:
            write_atomically(path, content)
    for path, was in journal["removes"]:
        _remove_old_file(held.study_root, held.study_root / path, was)
    delete_caches(held.study_root)
    if journal["record"]:
        write_private(held.record_path, read_bytes(ready / "record"))
    else:
        held.record_path.unlink(missing_ok=True)
    held.journal_path.unlink()
    shutil.rmtree(ready.parent, ignore_errors=True)
    return [one["path"] for one in journal["writes"]]


def _read_journal(held: KeyFile) -> dict[str, Any]:
    try:
        journal: dict[str, Any] = json.loads(read_bytes(held.journal_path))
        if Path(journal["root"]) != held.study_root:
            raise OperationError(f"{held.journal_path}: belongs to the study {journal['root']}: finish it there")
        if not Path(journal["ready"]).is_dir():
            raise OperationError(
                f"{held.journal_path}: what it needs is gone ({journal['ready']}); restore the study and remove it"
            )
    except (ValueError, KeyError, TypeError):
        raise OperationError(f"{held.journal_path}: damaged; restore the study from a copy, and remove it") from None
    return journal


def _content_to_write(held: KeyFile, one: Mapping[str, Any], now: bytes) -> bytes | None:
    """Return what a file has to become, None if it is so already; what was appended to a ledger since goes along."""
    path = held.study_root / one["path"]
    here = path.read_bytes() if path.is_file() else b""
    if _hash(here) == one["now"] or (here and here.startswith(now) and path.suffix == ".jsonl"):
        return None
    if not here or _hash(here) == one["was"]:
        return now
    if path.suffix == ".jsonl" and _hash(here[: one["size"]]) == one["was"]:
        return now + here[one["size"] :]
    raise OperationError(
        f"{path}: was changed since the replacement was interrupted; bring it back as it was, "
        f"or remove {held.journal_path} and bring the whole study back"
    )


def _remove_old_file(root: Path, path: Path, was: str) -> None:
    if not path.is_file():
        return
    if _hash(path.read_bytes()) != was:
        raise OperationError(f"{path}: was changed since it was renamed: look what is new in it, and remove it")
    path.unlink()
    for folder in path.parents:
        if folder.parent == root or any(folder.iterdir()):
            return
        folder.rmdir()


def delete_caches(root: Path) -> None:
    """Delete the study's caches, which hold texts; locks stay, since they may be held."""
    cache = root / ".qualcode"
    for path in cache.iterdir() if cache.is_dir() else ():
        if path.name == "locks":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
