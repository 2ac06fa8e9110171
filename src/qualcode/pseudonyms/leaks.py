"""Search a study for names that are left: in texts, tables, file names, exports and the metadata of documents."""

from __future__ import annotations

import html
import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem, name_command
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
"""The coder in the settings: coders are not renamed."""
_TAG = re.compile(r"<[^>]*>")
# Authors of comments and tracked changes, alternative texts of pictures, and targets of links.
_ATTRIBUTES = re.compile(r'(?:author|initials|descr|title|Target)="([^"]*)"')
# Ends of paragraphs and cells in Word, OpenDocument, Excel and drawings, and of document properties (dc, cp).
_PARAGRAPH_END = re.compile(r"</(?:w:p|text:p|text:h|si|t|c|row|dc:[a-z]+|cp:[a-zA-Z]+|a:p)>")
# Initials and two-letter words would match too much.
_NAME_PART = re.compile(r"[^\W\d_]{3,}")
_PARTICLES = frozenset("the and von van der den del las los for bin ibn".split())
# Refused by suffix, before they are read, since a recording can be very large.
_UNREADABLE_SUFFIXES = frozenset(
    {".pdf", ".parquet", ".png", ".jpg", ".jpeg", ".gif", ".mp3", ".wav", ".mp4", ".doc", ".spacy"}
)


@dataclass(frozen=True)
class _LeakFinder:
    """Finds the names of a key in a text, and words that are parts of them."""

    names: NameFinder
    name_parts: NameFinder

    def matches(self, text: str, kind: TextKind) -> Iterator[tuple[NameMatch, bool]]:
        """Yield the matches in a text, each with whether it certainly is a name."""
        for match in self.names(text, kind=kind):
            yield match, not match.doubt
        for match in self.name_parts(text, kind=kind):
            yield match, False

    def problems(self, path: str, text: str, kind: TextKind = "prose") -> Iterator[Problem]:
        """Yield the matches in a text as problems with line and column."""
        line_ends: list[int] | None = None
        for match, is_certain in self.matches(text, kind):
            line_ends = line_ends if line_ends is not None else [newline.end() for newline in re.finditer("\n", text)]
            line = bisect_right(line_ends, match.start)
            column = match.start - (line_ends[line - 1] if line else 0) + 1
            yield _leak_problem(path, (line + 1, column), match, is_certain=is_certain)


def find_leaks(study: Study, key: NameKey) -> list[Problem]:
    """Return the names of a key that a study still contains, and words that may be such names, with their places."""
    common_words = find_lowercase_words(transcript.text for transcript in study.transcripts.values())
    language = study.settings.language
    finder = _LeakFinder(
        build_name_finder(key, language=language, common_words=common_words),
        build_name_finder(_key_of_name_parts(key, common_words), language=language, common_words=common_words),
    )
    return sorted({*_leaks_in_transcripts(study, finder), *_leaks_on_disk(study, finder)})


def _key_of_name_parts(key: NameKey, common_words: frozenset[str]) -> NameKey:
    """Return the single words of names of several words, which may be used alone."""
    known = {form for name in key.names for form in name.forms}
    parts: dict[str, Name] = {}
    for name in key.names:
        for form in name.forms:
            for word in _NAME_PART.findall(form):
                if word not in known and word.casefold() not in _PARTICLES | common_words and word[0].isupper():
                    parts.setdefault(word, Name(word, f"{name.pseudonym} {len(parts)}"))
    return NameKey(tuple(parts.values()), key.keep)


def _leaks_in_transcripts(study: Study, finder: _LeakFinder) -> Iterator[Problem]:
    """Yield names in the canonical texts, which join what a file may have in several pieces."""
    for transcript in study.transcripts.values():
        yield from finder.problems(transcript.path, transcript.text)
        for piece in transcript.unplaced:
            for problem in finder.problems(transcript.path, piece.text):
                yield replace(problem, line=piece.line, column=0)


def _leaks_on_disk(study: Study, finder: _LeakFinder) -> Iterator[Problem]:
    for path in sorted(_paths(study.root)):
        # A file name that is not UTF-8 has lone surrogates, which cannot be printed.
        display_path = path.relative_to(study.root).as_posix().encode(errors="replace").decode()
        for match, is_certain in finder.matches(path.stem if path.is_file() else path.name, "field"):
            problem = _leak_problem(display_path, (0, 0), match, is_certain=is_certain)
            is_coder = display_path.removeprefix("codings/") in study.coders
            yield replace(problem, hint="coders are not renamed", level="notice") if is_coder else problem
        if path.is_file() and path.suffix == ".jsonl" and display_path.startswith("codings/"):
            yield from _leaks_in_ledger(study, path, display_path, finder)
        elif path.is_file():
            yield from _leaks_in_file(path, display_path, finder)


def _paths(root: Path) -> Iterator[Path]:
    """Yield all files and folders of a study, except hidden folders of other programs and Python's environments."""
    for path in root.iterdir():
        if path.is_dir() and not path.is_symlink():
            # Caches contain texts, so they are searched; an environment has many thousand files and no texts.
            if (path.name.startswith(".") and path.name != ".qualcode") or (path / "pyvenv.cfg").is_file():
                continue
            yield from _paths(path) if path.name != "locks" else ()
        yield path


def _leaks_in_ledger(study: Study, path: Path, display_path: str, finder: _LeakFinder) -> Iterator[Problem]:
    """Yield names in a ledger, except in quotes of the current text, which is searched itself."""
    for number, raw in enumerate(read_bytes(path).split(b"\n"), 1):
        line = decode_line(raw)
        # Blank lines keep a name from matching across two values.
        text = raw.decode("utf-8", "replace") if line is None else "\n\n".join(_ledger_texts(study, line))
        for problem in finder.problems(display_path, text):
            yield replace(problem, line=number, column=0)


def _ledger_texts(study: Study, line: Mapping[str, Any]) -> Iterator[str]:
    origin = line.get("origin") or {}
    yield from (str(line.get(key, "")) for key in ("transcript", "text"))
    yield from (str(origin.get(key, "")) for key in ("why", "source"))
    # Joined, since a quote may begin or end inside a name.
    quote = "".join(str(line.get(key, "")) for key in ("before", "quote", "after"))
    transcript = study.transcripts.get(str(line.get("transcript", "")))
    if transcript is None or quote not in transcript.text:
        yield quote


def _leaks_in_file(path: Path, display_path: str, finder: _LeakFinder) -> Iterator[Problem]:
    kind: TextKind = "yaml" if path.suffix in {".yaml", ".yml"} else "prose"
    try:
        for member, text in _read_members(path).items():
            # Replaced by spaces, so that the columns of other matches stay right.
            searched = _CODER.sub(lambda line: " " * len(line[0]), text) if display_path == SETTINGS_FILE else text
            yield from finder.problems(f"{display_path} ({member})" if member else display_path, searched, kind)
    except (OperationError, OSError, zipfile.BadZipFile, RuntimeError, ValueError):  # RuntimeError: encrypted
        if display_path.startswith(("transcripts/", "exports/")):
            message = "this format cannot be searched for names"
            yield Problem(display_path, 0, 0, message, "check it yourself", "notice")


def _read_members(path: Path) -> Mapping[str, str]:
    """Return the text of a file, or the texts of the members of an archive by their names."""
    if path.suffix.lower() in _UNREADABLE_SUFFIXES:
        raise OperationError("no text")
    content = read_bytes(path)
    # The signature of a zip archive, as .docx, .odt, .xlsx and .qdpx are.
    if not content.startswith(b"PK\x03\x04"):
        return {"": decode_text(content, path=str(path)).text}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [name for name in archive.namelist() if name.endswith((".xml", ".rels", ".qde"))]
        return {name: _markup_text(archive.read(name).decode("utf-8", "replace")) for name in members}


def _markup_text(markup: str) -> str:
    """Return the text of XML with the runs of a paragraph joined, followed by the attributes that may contain names."""
    # Word splits a name over several runs. Entities are decoded last: a decoded < would begin a tag.
    text = _TAG.sub("", _PARAGRAPH_END.sub("\n\n", markup))
    return html.unescape(text + "\n\n" + "\n\n".join(_ATTRIBUTES.findall(markup)))


def _leak_problem(path: str, position: tuple[int, int], match: NameMatch, *, is_certain: bool) -> Problem:
    kind = "name" if is_certain else "possible name"
    where = "" if position[0] else " in the path"
    return Problem(path, *position, f"{kind} found{where}: '{match.words}'", _hint(path, is_certain=is_certain))


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
        "not searched: git's history, copies elsewhere, images, audio, PDF; not found: names that are not in the key, "
        "nicknames, misspellings, and details that identify a person without a name"
    )
