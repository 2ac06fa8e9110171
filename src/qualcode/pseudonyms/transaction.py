"""Write a replacement completely or not at all: new files are prepared beside the key and moved by a journal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError
from qualcode.files import (
    CACHE_MARK,
    create_private_folder,
    find_cache_folder,
    parse_json,
    read_bytes,
    write_atomically,
    write_private,
)
from qualcode.pseudonyms.key_file import KeyFile
from qualcode.pseudonyms.source_replacement import FileContents, hash_content
from qualcode.study.study import Study


@contextmanager
def open_staging_folder(key_file: KeyFile) -> Iterator[Path]:
    """Yield a private folder beside the key; it is deleted unless a journal refers to it."""
    folder = create_private_folder(key_file.path)
    try:
        yield folder
    finally:
        if not key_file.journal_path.is_file():
            shutil.rmtree(folder, ignore_errors=True)


def write_study(files: FileContents, folder: Path) -> Study:
    """Write files into a folder and return them as a study, to check how they are read."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return Study(folder)


def commit(
    key_file: KeyFile,
    stage: Path,
    *,
    old: FileContents,
    new: FileContents,
    record: bytes | None,
    original_files: FileContents,
) -> list[str]:
    """Replace the old files of the study by the new ones; return the paths that were written.

    Once the journal is written, an interrupted replacement is finished by `replay_journal`. ``record`` is the new undo
    record (None: it is deleted), ``original_files`` are copied to the folder of originals.
    """
    ready = _make_folder(stage / "ready")
    writes = [(path, content) for path, content in sorted(new.items()) if old.get(path) != content]
    for number, (_, content) in enumerate(writes):
        write_private(ready / str(number), content)
    for path, content in original_files.items():
        target = key_file.originals_folder / path
        _make_folder(target.parent).chmod(0o700)
        write_private(target, content)
    if record is not None:
        write_private(ready / "record", record)
    journal = {
        "root": str(key_file.study_root),
        "ready": str(ready),
        "writes": [_journal_entry(path, old.get(path), content) for path, content in writes],
        "removes": [[path, hash_content(content)] for path, content in sorted(old.items()) if path not in new],
        "record": record is not None,
    }
    # Written last: until then nothing in the study has changed, from then on the next run can finish.
    write_private(key_file.journal_path, json.dumps(journal))
    return replay_journal(key_file)


def _make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _journal_entry(path: str, old: bytes | None, new: bytes) -> dict[str, Any]:
    old_hash = hash_content(old) if old is not None else ""
    return {"path": path, "was": old_hash, "size": len(old or b""), "now": hash_content(new)}


def replay_journal(key_file: KeyFile) -> list[str]:
    """Carry out the journal from wherever it was interrupted; return the paths that were written.

    Raises
    ------
    OperationError
        If the journal is damaged, belongs to another study, or files were edited since the interruption.
    """
    journal = _read_journal(key_file)
    ready = Path(journal["ready"])
    contents = [read_bytes(ready / str(number)) for number in range(len(journal["writes"]))]
    # All contents are checked before the first file is written.
    writes = [
        (key_file.study_root / entry["path"], _content_to_write(key_file, entry, content))
        for entry, content in zip(journal["writes"], contents, strict=True)
    ]
    for path, content in writes:
        if content is not None:
            write_atomically(path, content)
    for path, old_hash in journal["removes"]:
        _remove_old_file(key_file.study_root, key_file.study_root / path, old_hash)
    delete_caches(key_file.study_root)
    # The old record is valid until all files are written; the journal is deleted last, so every step can be repeated.
    if journal["record"]:
        write_private(key_file.record_path, read_bytes(ready / "record"))
    else:
        key_file.record_path.unlink(missing_ok=True)
    key_file.journal_path.unlink()
    shutil.rmtree(ready.parent, ignore_errors=True)
    return [entry["path"] for entry in journal["writes"]]


def _read_journal(key_file: KeyFile) -> dict[str, Any]:
    path = key_file.journal_path
    try:
        journal: dict[str, Any] = parse_json(read_bytes(path))
        if Path(journal["root"]) != key_file.study_root:
            raise OperationError(f"{path}: belongs to the study {journal['root']}: finish the replacement there")
        if not Path(journal["ready"]).is_dir():
            raise OperationError(
                f"{path}: the folder {journal['ready']} is missing: restore the study from a copy, then delete it"
            )
    except (ValueError, KeyError, TypeError):
        raise OperationError(f"{path}: damaged: restore the study from a copy, then delete it") from None
    return journal


def _content_to_write(key_file: KeyFile, entry: Mapping[str, Any], new: bytes) -> bytes | None:
    """Return the new content of a file, None if it is written already; lines appended to a ledger since are kept."""
    path = key_file.study_root / entry["path"]
    current = path.read_bytes() if path.is_file() else b""
    is_ledger = path.suffix == ".jsonl"
    if hash_content(current) == entry["now"] or (current and current.startswith(new) and is_ledger):
        return None
    if not current or hash_content(current) == entry["was"]:
        return new
    # Lines that were appended after the interruption are kept.
    if is_ledger and hash_content(current[: entry["size"]]) == entry["was"]:
        return new + current[entry["size"] :]
    raise OperationError(
        f"{path}: was changed since the replacement was interrupted: restore this file, "
        f"or delete {key_file.journal_path} and restore the whole study from a copy"
    )


def _remove_old_file(root: Path, path: Path, old_hash: str) -> None:
    """Delete a file that was renamed, and its folders if they are empty then."""
    if not path.is_file():
        return
    if hash_content(path.read_bytes()) != old_hash:
        raise OperationError(f"{path}: was changed since it was renamed: save what is new in it, then delete it")
    path.unlink()
    for folder in path.parents:
        # Folders such as codings stay, even if empty.
        if folder.parent == root or any(folder.iterdir()):
            return
        folder.rmdir()


def delete_caches(root: Path) -> None:
    """Delete the study's caches, which contain texts; locks are left, since they may be in use."""
    cache = find_cache_folder(root)  # never what a link in its place leads to
    for path in cache.iterdir() if cache.is_dir() else ():
        if path.name in {"locks", CACHE_MARK}:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
