"""Files of a git repository at an earlier commit, read so that nothing which came with the repository is run.

Only commands that read objects are used (``rev-parse``, ``rev-list``, ``ls-tree``, ``cat-file``): they run no hooks,
filters, pagers, textconv or diff programs. What a repository's own configuration could start besides is turned off.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files import decode_text, is_within

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.gitProxy": "",
    "credential.helper": "",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
}
_ENVIRONMENT = {
    # No protocol has this name: objects that are missing are not fetched.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_MAX_SIZE = 2_000_000
"""Bytes of a file of the codebook; YAML files are limited to fewer characters."""
_SECONDS = 60


class NoRepositoryError(OperationError):
    """The folder is not in a git repository, or git is not installed."""


def find_commit(folder: Path, name: str) -> str:
    """Return the hash of the commit that a revision names.

    Raises
    ------
    OperationError
        If there is no such revision, or git cannot read the repository.
    """
    _check_repository(folder)
    if not name.startswith("-"):
        found = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode("ascii", "replace").strip()
    raise OperationError(
        f"'{name}': neither a date (as 2026-11-30), nor a file or folder, nor a revision of the git repository"
    )


def find_commit_before(folder: Path, time: str) -> str:
    """Return the hash of the last commit up to a time, in ISO 8601.

    Raises
    ------
    OperationError
        If there is none, or git cannot read the repository.
    """
    _check_repository(folder)
    found = _run(folder, "rev-list", "--max-count=1", f"--before={time}", "--end-of-options", "HEAD", "--")
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode or not commit:
        raise OperationError(f"the git history of {folder} has no commit up to {time}: name a later date or a revision")
    return commit


def read_texts(folder: Path, commit: str, subfolder: str, suffixes: Sequence[str]) -> Mapping[str, str]:
    """Return the texts of files in a subfolder at a commit by their paths, which begin with the subfolder.

    Raises
    ------
    OperationError
        If a file cannot be read.
    """
    listed = _run(folder, "ls-tree", "-z", commit, "--", f"{subfolder}/")
    if listed.returncode:
        raise _git_error(folder, listed)
    texts = {}
    for line in filter(None, listed.stdout.split(b"\0")):
        fields, _, raw_path = line.partition(b"\t")
        mode, kind, name = fields.decode("ascii").split()
        path = os.fsdecode(raw_path)
        # Links have the path of their target as content.
        if kind == "blob" and mode.startswith("100") and path.endswith(tuple(suffixes)):
            texts[path] = decode_text(_read_blob(folder, name, path), path=f"{commit[:10]}:{path}").text
    return texts


def _read_blob(folder: Path, name: str, path: str) -> bytes:
    size = _run(folder, "cat-file", "-s", name)
    if size.returncode or not size.stdout.strip().isdigit():
        raise _git_error(folder, size)
    if int(size.stdout) > _MAX_SIZE:
        raise OperationError(f"{path}: {int(size.stdout):,} bytes are over the limit of {_MAX_SIZE:,}")
    content = _run(folder, "cat-file", "blob", name)
    if content.returncode:
        raise _git_error(folder, content)
    return content.stdout


def _check_repository(folder: Path) -> None:
    found = _run(folder, "rev-parse", "--is-inside-work-tree")
    if found.returncode or found.stdout.strip() != b"true":
        if b"dubious ownership" in found.stderr:
            raise OperationError(
                f"{folder}: belongs to another user, so git does not read its history: if you trust it, run "
                f"git config --global --add safe.directory {folder}"
            )
        raise NoRepositoryError(f"{folder}: is in no git repository")


def _git_error(folder: Path, result: subprocess.CompletedProcess[bytes]) -> OperationError:
    lines = result.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return OperationError(f"{folder}: git cannot read the history ({lines[-1]})")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [_find_git(folder), "--no-pager", *settings, *arguments]
    # Variables for git could name other repositories, configurations and programs.
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OperationError(f"{folder}: git cannot read the history ({error})") from None


def _find_git(folder: Path) -> str:
    found = shutil.which("git")
    # A search path may have the working folder in it.
    if found is None or not os.path.isabs(found) or is_within(Path(found), folder):
        raise NoRepositoryError("git is not installed")
    return found
