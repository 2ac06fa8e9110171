"""All or nothing: new files are prepared and proved beside the key, and moved into place by a journal."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qualcode.errors import Refused
from qualcode.files import private_folder, read_bytes, write_atomically, write_private
from qualcode.project.naming.keys import KeyFile
from qualcode.project.study import Study

Files = Mapping[str, bytes]


@contextmanager
def staged(held: KeyFile) -> Iterator[Path]:
    """Give a folder beside the key, only its owner's, which is removed unless a journal needs it."""
    folder = private_folder(held.path)
    try:
        yield folder
    finally:
        if not held.journal.is_file():
            shutil.rmtree(folder, ignore_errors=True)


def study_of(files: Files, folder: Path) -> Study:
    """Write files into a folder and return them as a study, to see how they are read."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return Study(folder)


def commit(held: KeyFile, stage: Path, *, old: Files, new: Files, record: bytes | None, aside: Files) -> list[str]:
    """Put new files for old ones; from the journal on it is finished whatever comes between.

    ``record`` is written beside the key (None: removed), ``aside`` are originals to be kept there.
    """
    ready = _made(stage / "ready")
    writes = [(path, content) for path, content in sorted(new.items()) if old.get(path) != content]
    for number, (_, content) in enumerate(writes):
        write_private(ready / str(number), content)
    for path, content in aside.items():
        target = held.originals / path
        _made(target.parent).chmod(0o700)
        write_private(target, content)
    if record is not None:
        write_private(ready / "record", record)
    journal = {
        "root": str(held.root),
        "ready": str(ready),
        "writes": [_write(path, old.get(path), content) for path, content in writes],
        "removes": [[path, _hash(content)] for path, content in sorted(old.items()) if path not in new],
        "record": record is not None,
    }
    write_private(held.journal, json.dumps(journal))
    return finish(held)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(path: str, was: bytes | None, now: bytes) -> dict[str, Any]:
    return {"path": path, "was": _hash(was) if was is not None else "", "size": len(was or b""), "now": _hash(now)}


def finish(held: KeyFile) -> list[str]:
    """Do what a journal says, from whatever point it was left at; return the paths that were written."""
    journal = _journal(held)
    ready = Path(journal["ready"])
    contents = [read_bytes(ready / str(number)) for number in range(len(journal["writes"]))]
    steps = [
        (held.root / one["path"], _wanted(held, one, content))
        for one, content in zip(journal["writes"], contents, strict=True)
    ]
    for path, content in steps:
        if content is not None:
            write_atomically(path, content)
    for path, was in journal["removes"]:
        _remove(held.root, held.root / path, was)
    forget(held.root)
    if journal["record"]:
        write_private(held.record, read_bytes(ready / "record"))
    else:
        held.record.unlink(missing_ok=True)
    held.journal.unlink()
    shutil.rmtree(ready.parent, ignore_errors=True)
    return [one["path"] for one in journal["writes"]]


def _journal(held: KeyFile) -> dict[str, Any]:
    try:
        journal: dict[str, Any] = json.loads(read_bytes(held.journal))
        if Path(journal["root"]) != held.root:
            raise Refused(f"{held.journal}: belongs to the study {journal['root']}: finish it there")
        if not Path(journal["ready"]).is_dir():
            raise Refused(
                f"{held.journal}: what it needs is gone ({journal['ready']}); restore the study and remove it"
            )
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{held.journal}: damaged; restore the study from a copy, and remove it") from None
    return journal


def _wanted(held: KeyFile, one: Mapping[str, Any], now: bytes) -> bytes | None:
    """Return what a file has to become, None if it is so already; what was appended to a ledger since goes along."""
    path = held.root / one["path"]
    here = path.read_bytes() if path.is_file() else b""
    if _hash(here) == one["now"] or (here and here.startswith(now) and path.suffix == ".jsonl"):
        return None
    if not here or _hash(here) == one["was"]:
        return now
    if path.suffix == ".jsonl" and _hash(here[: one["size"]]) == one["was"]:
        return now + here[one["size"] :]
    raise Refused(
        f"{path}: was changed since the replacement was interrupted; bring it back as it was, "
        f"or remove {held.journal} and bring the whole study back"
    )


def _remove(root: Path, path: Path, was: str) -> None:
    if not path.is_file():
        return
    if _hash(path.read_bytes()) != was:
        raise Refused(f"{path}: was changed since it was renamed: look what is new in it, and remove it")
    path.unlink()
    for folder in path.parents:
        if folder.parent == root or any(folder.iterdir()):
            return
        folder.rmdir()


def forget(root: Path) -> None:
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
