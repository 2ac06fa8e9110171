"""Names that are left anywhere in a study: in texts, tables, file names, exports and what Word keeps about a file."""

from __future__ import annotations

import html
import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem
from qualcode.files import decode_text, read_bytes
from qualcode.ledger import decode_line
from qualcode.pseudonyms.text import (
    Name,
    NameFinder,
    NameKey,
    NameMatch,
    TextKind,
    build_name_finder,
    find_lowercase_words,
)
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study

_CODER = re.compile(r"^coder[ \t]*:[^#\n]*", re.MULTILINE)
"""A coder's name in the settings: coders are not renamed."""
_TAG = re.compile(r"<[^>]*>")
_ATTRIBUTES = re.compile(r'(?:author|initials|descr|title|Target)="([^"]*)"')
_NAME_PART = re.compile(r"[^\W\d_]{3,}")
_PARTICLES = frozenset("the and von van der den del las los for bin ibn".split())
_UNREADABLE_SUFFIXES = frozenset(
    {".pdf", ".parquet", ".png", ".jpg", ".jpeg", ".gif", ".mp3", ".wav", ".mp4", ".doc", ".spacy"}
)


def find_leaks(study: Study, key: NameKey) -> list[Problem]:
    """Return every name of a key that a study still holds, with its place; what may be one is said to be perhaps so."""
    texts = [one.text for one in study.transcripts.values()]
    common = find_lowercase_words(texts)
    sure = build_name_finder(key, language=study.settings.language, common_words=common)
    parts = build_name_finder(_key_of_name_parts(key, common), language=study.settings.language, common_words=common)
    return sorted({*_leaks_in_transcripts(study, sure, parts), *_leaks_on_disk(study, sure, parts)})


def _key_of_name_parts(key: NameKey, common: frozenset[str]) -> NameKey:
    """Return the single words of names of several words, which may be said alone."""
    known = {form for one in key.names for form in one.forms}
    found: dict[str, Name] = {}
    for one in key.names:
        for form in one.forms:
            for word in _NAME_PART.findall(form):
                if word not in known and word.casefold() not in _PARTICLES | common and word[0].isupper():
                    found.setdefault(word, Name(word, f"{one.pseudonym} {len(found)}"))
    return NameKey(tuple(found.values()), key.keep)


def _leaks_in_transcripts(study: Study, sure: NameFinder, parts: NameFinder) -> Iterator[Problem]:
    """Yield names in the canonical texts, which show what no file says in one piece."""
    for one in study.transcripts.values():
        yield from _leaks_in_string(one.path, one.text, sure, parts)
        for piece in one.unplaced:
            for problem in _leaks_in_string(one.path, piece.text, sure, parts):
                yield Problem(problem.path, piece.line, 0, problem.message, problem.hint)


def _leaks_on_disk(study: Study, sure: NameFinder, parts: NameFinder) -> Iterator[Problem]:
    for path in sorted(_paths(study.root)):
        shown = path.relative_to(study.root).as_posix().encode(errors="replace").decode()
        for hit, perhaps in _find_matches(path.stem if path.is_file() else path.name, sure, parts, "field"):
            found = _leak_problem(shown, (0, 0), hit, perhaps=perhaps)
            coder = shown.removeprefix("codings/") in study.coders
            yield replace(found, hint="coders are not renamed", level="notice") if coder else found
        if path.is_file() and path.suffix == ".jsonl" and shown.startswith("codings/"):
            yield from _leaks_in_ledger(study, path, shown, sure, parts)
        elif path.is_file():
            yield from _leaks_in_file(path, shown, sure, parts)


def _paths(root: Path) -> Iterator[Path]:
    """Yield all that lies in a study, but for hidden folders of other programs and Python's environments."""
    for path in root.iterdir():
        if path.is_dir() and not path.is_symlink():
            if (path.name.startswith(".") and path.name != ".qualcode") or (path / "pyvenv.cfg").is_file():
                continue
            yield from _paths(path) if path.name != "locks" else ()
        yield path


def _leaks_in_ledger(study: Study, path: Path, shown: str, sure: NameFinder, parts: NameFinder) -> Iterator[Problem]:
    """Yield names in a ledger, but for quotes that stand in their transcript, which is looked at itself."""
    for number, raw in enumerate(read_bytes(path).split(b"\n"), 1):
        line = decode_line(raw)
        words = raw.decode("utf-8", "replace") if line is None else "\n\n".join(_ledger_texts(study, line))
        for problem in _leaks_in_string(shown, words, sure, parts):
            yield Problem(shown, number, 0, problem.message, problem.hint)


def _ledger_texts(study: Study, line: Mapping[str, Any]) -> Iterator[str]:
    origin = line.get("origin") or {}
    yield from (str(line.get(key, "")) for key in ("transcript", "text"))
    yield from (str(origin.get(key, "")) for key in ("why", "source"))
    quote = "".join(str(line.get(key, "")) for key in ("before", "quote", "after"))
    transcript = study.transcripts.get(str(line.get("transcript", "")))
    if transcript is None or quote not in transcript.text:
        yield quote


def _leaks_in_file(path: Path, shown: str, sure: NameFinder, parts: NameFinder) -> Iterator[Problem]:
    kind: TextKind = "yaml" if path.suffix in {".yaml", ".yml"} else "prose"
    try:
        for part, text in _read_members(path).items():
            said = _CODER.sub(lambda line: " " * len(line[0]), text) if shown == SETTINGS_FILE else text
            yield from _leaks_in_string(f"{shown} ({part})" if part else shown, said, sure, parts, kind)
    except (OperationError, OSError, zipfile.BadZipFile, RuntimeError, ValueError):
        said = "cannot be looked into, so names may be in it"
        if shown.startswith(("transcripts/", "exports/")):
            yield Problem(shown, 0, 0, said, "look yourself", "notice")


def _read_members(path: Path) -> Mapping[str, str]:
    """Return the words of a file: of a text as it is, of an archive those of each of its members."""
    if path.suffix.lower() in _UNREADABLE_SUFFIXES:
        raise OperationError("no text")
    content = read_bytes(path)
    if not content.startswith(b"PK\x03\x04"):
        return {"": decode_text(content, path=str(path)).text}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [one for one in archive.namelist() if one.endswith((".xml", ".rels", ".qde"))]
        return {name: _markup_text(archive.read(name).decode("utf-8", "replace")) for name in members}


def _markup_text(markup: str) -> str:
    """Return the words of XML, runs of a paragraph joined, with attributes that hold names behind them."""
    ends = re.sub(r"</(?:w:p|text:p|text:h|si|t|c|row|dc:[a-z]+|cp:[a-zA-Z]+|a:p)>", "\n\n", markup)
    return html.unescape(_TAG.sub("", ends) + "\n\n" + "\n\n".join(_ATTRIBUTES.findall(markup)))


def _leaks_in_string(
    shown: str, text: str, sure: NameFinder, parts: NameFinder, kind: TextKind = "prose"
) -> Iterator[Problem]:
    lines: list[int] | None = None
    for hit, perhaps in _find_matches(text, sure, parts, kind):
        lines = lines if lines is not None else [match.end() for match in re.finditer("\n", text)]
        yield _leak_problem(shown, _line_and_column(lines, hit.start), hit, perhaps=perhaps)


def _find_matches(text: str, sure: NameFinder, parts: NameFinder, kind: TextKind) -> Iterator[tuple[NameMatch, bool]]:
    for hit in sure(text, kind=kind):
        yield hit, bool(hit.doubt)
    for hit in parts(text, kind=kind):
        yield hit, True


def _line_and_column(lines: list[int], at: int) -> tuple[int, int]:
    number = bisect_right(lines, at)
    return number + 1, at - (lines[number - 1] if number else 0) + 1


def _leak_problem(shown: str, place: tuple[int, int], hit: NameMatch, *, perhaps: bool) -> Problem:
    what = "perhaps a name" if perhaps else "a name"
    where = "" if place[0] else " in its name"
    return Problem(shown, *place, f"{what} is left{where}: '{hit.words}'", _hint(shown, perhaps=perhaps))


def _hint(shown: str, *, perhaps: bool) -> str:
    if shown.startswith("exports/"):
        return "made before: make it anew, or delete it"
    if shown.startswith(".qualcode/"):
        return "a cache: delete the folder .qualcode"
    return "under 'keep' in the key if it is none" if perhaps else "see 'qualcode pseudonymise'"


def leak_check_limits() -> str:
    """Return what a leak check does not see."""
    return (
        "not looked into: git's history, copies elsewhere, pictures, sound, PDF; nor names that are not in the key, "
        "nicknames, misspellings, and what tells who somebody is without a name"
    )
