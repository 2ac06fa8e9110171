"""Search a study for names that are left: in every file of its folder, or it is listed as not searched."""

from __future__ import annotations

import os
import re
import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from qualcode.errors import OperationError, Problem, name_command
from qualcode.files import read_bytes
from qualcode.ledger import decode_line
from qualcode.pseudonyms.leak_check.folded_search import FoldedSearch, FoundName, build_folded_search
from qualcode.pseudonyms.leak_check.searched_texts import (
    MAX_FILE_SIZE,
    SearchedText,
    decode_escapes,
    no_text_reason,
    read_texts,
)
from qualcode.pseudonyms.text import NameKey, find_ordinary_words, key_words
from qualcode.pseudonyms.text.name_patterns import HIDDEN
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study

_CODER = re.compile(r"^coder[ \t]*:[^#\n]*", re.MULTILINE)
"""The coder in the settings: coders are not renamed."""
_MIN_LETTERS_IN_BINARY = 5
"""Bytes that are no text may look like a short name."""


def find_leaks(study: Study, key: NameKey) -> list[Problem]:
    """Return the names of a key that a study still contains, and words that may be such names, with their places.

    What is not searched is listed, each with the reason.
    """
    search = _build_search(study, key)
    return sorted({*_leaks_in_transcripts(study, search), *_leaks_on_disk(study, search)})


def find_leaks_in_labels(study: Study, key: NameKey, path: str, labels: Iterable[str]) -> list[Problem]:
    """Return the names of a key in labels that a file outside the study would show, such as those of coders."""
    search = _build_search(study, key)
    found = [(label, name) for label in dict.fromkeys(labels) for name in search(label, is_prose=False)]
    return [_leak_problem(path, (0, 0), label, name, where=" in a label") for label, name in found]


def _build_search(study: Study, key: NameKey) -> FoldedSearch:
    texts = [transcript.text for transcript in study.transcripts.values()]
    ordinary = find_ordinary_words(texts, key_words(key), language=study.settings.language)
    return build_folded_search(key, ordinary=ordinary)


def _leaks_in_transcripts(study: Study, search: FoldedSearch) -> Iterator[Problem]:
    """Yield names in the canonical texts, which join what a file may have in several pieces."""
    for transcript in study.transcripts.values():
        yield from _leaks_in_text(search, transcript.path, SearchedText(text=transcript.text))
        for piece in transcript.unplaced:
            for found in search(piece.text):
                yield _leak_problem(transcript.path, (piece.line, 0), piece.text, found)


def _leaks_in_text(search: FoldedSearch, path: str, searched: SearchedText) -> Iterator[Problem]:
    """Yield the names in a text of a file, with line and column if an editor shows them."""
    text = searched.text
    place = f"{path} ({searched.part})" if searched.part else path
    line_ends: list[int] | None = None
    for found in search(text):
        if searched.part.endswith(("strings", "properties")) and found.end - found.start < _MIN_LETTERS_IN_BINARY:
            continue
        position = (0, 0)
        if searched.has_lines:
            line_ends = line_ends if line_ends is not None else [newline.end() for newline in re.finditer("\n", text)]
            line = bisect_right(line_ends, found.start)
            position = line + 1, found.start - (line_ends[line - 1] if line else 0) + 1
        yield _leak_problem(place, position, text, found)


def _leaks_on_disk(study: Study, search: FoldedSearch) -> Iterator[Problem]:
    for entry, reason in _files(study.root):
        # A file name that is not UTF-8 has lone surrogates, which cannot be printed.
        display_path = PurePosixPath(entry).as_posix().encode(errors="replace").decode()
        yield from _leaks_in_path(study, search, display_path)
        if reason:
            yield _not_searched(display_path, reason)
            continue
        path = study.root / entry
        if path.is_dir():
            continue
        if path.suffix == ".jsonl" and display_path.startswith("codings/"):
            yield from _leaks_in_ledger(study, path, display_path, search)
        else:
            yield from _leaks_in_file(path, display_path, search)


def _leaks_in_path(study: Study, search: FoldedSearch, display_path: str) -> Iterator[Problem]:
    name = display_path.rpartition("/")[2]
    for found in search(decode_escapes(name), is_prose=False):
        problem = _leak_problem(display_path, (0, 0), name, found, where=" in the path")
        if display_path.removeprefix("codings/") in study.coders:
            problem = Problem(display_path, 0, 0, problem.message, "coders are not renamed", "notice")
        yield problem


def _files(root: Path, folder: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of each file and folder below the root, with the reason if it is not searched."""
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        yield folder, f"cannot be opened ({error.strerror})"
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        reason = _reason_to_skip(entry)
        yield path, reason
        if not reason and entry.is_dir(follow_symlinks=False):
            yield from _files(root, path)


def _reason_to_skip(entry: os.DirEntry[str]) -> str:
    """Return why a file or folder is not searched; an empty string if it is."""
    if entry.name == ".git":
        return "git's history: every commit since the names were written still contains them"
    try:
        status = entry.stat()
    except OSError as error:
        return f"cannot be opened ({error.strerror})"
    if stat.S_ISDIR(status.st_mode):
        if entry.is_symlink():
            return "a link to a folder"
        return "an environment of Python" if os.path.isfile(os.path.join(entry.path, "pyvenv.cfg")) else ""
    if not stat.S_ISREG(status.st_mode):
        return "not a file"
    if status.st_size > MAX_FILE_SIZE:
        return no_text_reason(entry.name) or f"larger than {MAX_FILE_SIZE // 1_000_000} MB"
    return no_text_reason(entry.name)


def _leaks_in_ledger(study: Study, path: Path, display_path: str, search: FoldedSearch) -> Iterator[Problem]:
    """Yield names in a ledger, except in quotes of the current text, which is searched itself."""
    for number, raw in enumerate(read_bytes(path).split(b"\n"), 1):
        line = decode_line(raw)
        # Blank lines keep a name from matching across two values.
        text = raw.decode("utf-8", "replace") if line is None else "\n\n".join(_ledger_texts(study, line))
        for found in search(text):
            yield _leak_problem(display_path, (number, 0), text, found)


def _ledger_texts(study: Study, line: Mapping[str, Any]) -> Iterator[str]:
    origin = line.get("origin") or {}
    yield from (str(line.get(key, "")) for key in ("transcript", "text"))
    yield from (str(origin.get(key, "")) for key in ("why", "source"))
    # Joined, since a quote may begin or end inside a name.
    quote = "".join(str(line.get(key, "")) for key in ("before", "quote", "after"))
    transcript = study.transcripts.get(str(line.get("transcript", "")))
    if transcript is None or quote not in transcript.text:
        yield quote


def _leaks_in_file(path: Path, display_path: str, search: FoldedSearch) -> Iterator[Problem]:
    try:
        content = read_bytes(path)
    except OperationError as error:
        yield _not_searched(display_path, str(error).removeprefix(f"{path}: "))
        return
    for text in read_texts(display_path, content):
        if text.reason:
            yield _not_searched(f"{display_path} ({text.part})" if text.part else display_path, text.reason)
            continue
        # Replaced by spaces, so that the columns of other matches stay right.
        hidden = _CODER.sub(lambda line: " " * len(line[0]), text.text) if display_path == SETTINGS_FILE else text.text
        yield from _leaks_in_text(search, display_path, text._replace(text=hidden))


def _not_searched(path: str, reason: str) -> Problem:
    return Problem(path, 0, 0, f"not searched for names: {reason}", "check it yourself", "notice")


def _leak_problem(path: str, position: tuple[int, int], text: str, found: FoundName, *, where: str = "") -> Problem:
    kind = "name" if found.is_certain else "possible name"
    words = " ".join(re.sub(f"[{HIDDEN}]", "", text[found.start : found.end]).split())
    return Problem(path, *position, f"{kind} found{where}: '{words}'", _hint(path, is_certain=found.is_certain))


def _hint(path: str, *, is_certain: bool) -> str:
    if path.startswith("exports/"):
        return "exported before the replacement: export it again, or delete it"
    if path.startswith(".qualcode/"):
        return "a cache: delete the folder .qualcode"
    return (
        f"see {name_command('pseudonymise')}" if is_certain else "if it is not a name, add it under 'keep' in the key"
    )


def leak_check_limits() -> str:
    """Return a note on what `find_leaks` does not find."""
    return (
        "not searched: git's history, copies elsewhere, pictures, audio, and what is listed; not found: names that are "
        "not in the key, nicknames, misspellings, and details that identify a person without a name"
    )
