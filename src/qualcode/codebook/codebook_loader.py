"""Reads all files of a codebook into one, with all their problems at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.codebook.code_ids import check_ids, resolve_themes
from qualcode.errors import Problem
from qualcode.files import KeyPath, YamlDocument, read_yaml, validate_yaml
from qualcode.model import Code, Codebook, Cue, Example, Family, FileLocation, Theme

if TYPE_CHECKING:
    from qualcode.codebook.codebook_schema import CodebookFile, CodeEntry, CueEntry, ExampleEntry, TextCue, ThemeEntry


@dataclass(frozen=True)
class _ParsedFile:
    """One readable file of the codebook with the places of its keys."""

    document: YamlDocument
    content: CodebookFile

    def place(self, key: KeyPath) -> FileLocation:
        return FileLocation(self.document.path, *self.document.find_position(key))


def read_codebook(paths: Sequence[Path], *, root: Path, cache: Path | None = None) -> tuple[Codebook, list[Problem]]:
    """Read the codebook's files (shown relative to ``root``); problems come back beside what could be read."""
    files: list[_ParsedFile] = []
    problems: list[Problem] = []
    for path in sorted(paths):
        read, found = _read_file(path, path.relative_to(root).as_posix(), cache)
        problems += found
        files += [read] if read else []
    families = _families(files)
    codes = [code for read in files for code in _codes(read)]
    drafts = [theme for read in files for theme in _themes(read)]
    problems += check_ids(families, codes, drafts)
    themes, found = resolve_themes(drafts, codes, [family.id for family, _ in families])
    if len(files) < len(paths):
        found = []  # a file that cannot be read would make every id in it look unknown
    kept = tuple(family for family, _ in families)
    version = _hash_codebook(kept, codes, themes)
    return Codebook(kept, tuple(codes), tuple(themes), version), sorted([*problems, *found])


def _hash_codebook(families: Sequence[Family], codes: Sequence[Code], themes: Sequence[Theme]) -> str:
    """Hash what the codebook says, but not where it stands or which colours it has."""
    return _digest(
        [
            [(family.id, family.name, family.definition) for family in families],
            [(code.id, code.entry_hash, code.formerly) for code in codes],
            [(theme.id, theme.name, theme.definition, theme.members) for theme in themes],
        ]
    )


def _read_file(path: Path, shown: str, cache: Path | None) -> tuple[_ParsedFile | None, list[Problem]]:
    from qualcode.codebook.codebook_schema import CodebookFile, known_keys

    marked = read_yaml(path, display_path=shown, cache=cache)
    if marked.value is None:
        return None, list(marked.problems) or [Problem(shown, 1, 1, "the file is empty", "begin with 'family: ...'")]
    entry, problems = validate_yaml(CodebookFile, marked, known_keys=known_keys, subject=_describe_entry)
    problems = [*marked.problems, *problems]
    return (_ParsedFile(marked, entry) if entry else None), problems


def _describe_entry(key: KeyPath, value: Any) -> str:
    """Name the innermost code or theme that a key belongs to, as in "code 'roi'"."""
    subject = ""
    for position, part in enumerate(key):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return subject
        if position and key[position - 1] in {"codes", "themes"} and isinstance(value, dict):
            kind = str(key[position - 1]).removesuffix("s")
            subject = f"{kind} '{value.get('id', value.get('name', '?'))}'"
    return subject


def _families(files: Sequence[_ParsedFile]) -> list[tuple[Family, FileLocation]]:
    return [
        (
            Family(
                read.content.family,
                read.content.name or read.content.family,
                _collapse_whitespace(read.content.definition),
                read.content.colour or "",
            ),
            read.place(("family",)),
        )
        for read in files
        if read.content.family
    ]


def _codes(read: _ParsedFile) -> Iterator[Code]:
    for index, entry in enumerate(read.content.codes):
        yield from _code_with_children(read, entry, ("codes", index), read.content.family or "")


def _code_with_children(read: _ParsedFile, entry: CodeEntry, key: KeyPath, above: str) -> Iterator[Code]:
    code = _code(entry, f"{above}/{entry.id}", read.place((*key, "id")))
    yield code
    for index, child in enumerate(entry.codes):
        yield from _code_with_children(read, child, (*key, "codes", index), code.id)


def _code(entry: CodeEntry, identifier: str, place: FileLocation) -> Code:
    said = entry.model_dump(exclude={"codes", "formerly", "colour"})
    return Code(
        id=identifier,
        name=_collapse_whitespace(entry.name),
        definition=_collapse_whitespace(entry.definition),
        include=_collapse_whitespace(entry.include),
        exclude=_collapse_whitespace(entry.exclude),
        examples=tuple(map(_example, entry.examples)),
        counterexamples=tuple(map(_example, entry.counterexamples)),
        cues=tuple(map(_cue, entry.cues)),
        colour=entry.colour or "",
        formerly=tuple(entry.formerly),
        entry_hash=_digest(said),
        former_hashes=tuple(_digest(said | {"id": former.rpartition("/")[2]}) for former in entry.formerly),
        location=place,
    )


def _example(entry: ExampleEntry) -> Example:
    return Example(_collapse_whitespace(entry.quote), entry.transcript, _collapse_whitespace(entry.note))


def _cue(entry: CueEntry) -> Cue:
    if entry.unless is not None:
        return _build_cue(entry.unless, entry.weight, unless=True)
    return _build_cue(entry, entry.weight, unless=False)


def _build_cue(entry: TextCue, weight: float, *, unless: bool) -> Cue:
    if entry.phrase is not None:
        return Cue("phrase", _collapse_whitespace(entry.phrase), weight, unless)
    if entry.exact is not None:
        return Cue("exact", entry.exact, weight, unless)
    if entry.regex is not None:
        return Cue("regex", entry.regex, weight, unless)
    return Cue("pattern", json.dumps(entry.pattern, ensure_ascii=False, sort_keys=True), weight, unless)


def _themes(read: _ParsedFile) -> Iterator[Theme]:
    for index, entry in enumerate(read.content.themes):
        yield _theme(entry, read.place(("themes", index, "id")))


def _theme(entry: ThemeEntry, place: FileLocation) -> Theme:
    return Theme(
        entry.id,
        _collapse_whitespace(entry.name),
        tuple(entry.members),
        _collapse_whitespace(entry.definition),
        entry.colour or "",
        place,
    )


def _collapse_whitespace(text: str) -> str:
    return " ".join(text.split())


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()[:12]
