"""Reads all files of a codebook into one, with all their problems at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.codebook.ids import check_ids, resolve_themes
from qualcode.errors import Problem
from qualcode.files import Key, Marked, checked, read_yaml
from qualcode.model import Code, Codebook, Cue, Example, Family, Place, Theme

if TYPE_CHECKING:
    from qualcode.codebook.schema import CodebookFile, CodeEntry, CueEntry, ExampleEntry, TextCue, ThemeEntry


@dataclass(frozen=True)
class _File:
    """One readable file of the codebook with the places of its keys."""

    marked: Marked
    entry: CodebookFile

    def place(self, key: Key) -> Place:
        return Place(self.marked.path, *self.marked.mark(key))


def read_codebook(paths: Sequence[Path], *, root: Path, cache: Path | None = None) -> tuple[Codebook, list[Problem]]:
    """Read the codebook's files (shown relative to ``root``); problems come back beside what could be read."""
    files: list[_File] = []
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
    version = _version(kept, codes, themes)
    return Codebook(kept, tuple(codes), tuple(themes), version), sorted([*problems, *found])


def _version(families: Sequence[Family], codes: Sequence[Code], themes: Sequence[Theme]) -> str:
    """Hash what the codebook says, but not where it stands or which colours it has."""
    return _digest(
        [
            [(family.id, family.name, family.definition) for family in families],
            [(code.id, code.entry, code.formerly) for code in codes],
            [(theme.id, theme.name, theme.definition, theme.members) for theme in themes],
        ]
    )


def _read_file(path: Path, shown: str, cache: Path | None) -> tuple[_File | None, list[Problem]]:
    from qualcode.codebook.schema import CodebookFile, keys_of

    marked = read_yaml(path, shown=shown, cache=cache)
    if marked.value is None:
        return None, list(marked.problems) or [Problem(shown, 1, 1, "the file is empty", "begin with 'family: ...'")]
    entry, problems = checked(CodebookFile, marked, keys_of=keys_of, subject=_subject)
    problems = [*marked.problems, *problems]
    return (_File(marked, entry) if entry else None), problems


def _subject(key: Key, value: Any) -> str:
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


def _families(files: Sequence[_File]) -> list[tuple[Family, Place]]:
    return [
        (
            Family(
                read.entry.family,
                read.entry.name or read.entry.family,
                _tidy(read.entry.definition),
                read.entry.colour or "",
            ),
            read.place(("family",)),
        )
        for read in files
        if read.entry.family
    ]


def _codes(read: _File) -> Iterator[Code]:
    for index, entry in enumerate(read.entry.codes):
        yield from _nested(read, entry, ("codes", index), read.entry.family or "")


def _nested(read: _File, entry: CodeEntry, key: Key, above: str) -> Iterator[Code]:
    code = _code(entry, f"{above}/{entry.id}", read.place((*key, "id")))
    yield code
    for index, child in enumerate(entry.codes):
        yield from _nested(read, child, (*key, "codes", index), code.id)


def _code(entry: CodeEntry, identifier: str, place: Place) -> Code:
    said = entry.model_dump(exclude={"codes", "formerly", "colour"})
    return Code(
        id=identifier,
        name=_tidy(entry.name),
        definition=_tidy(entry.definition),
        include=_tidy(entry.include),
        exclude=_tidy(entry.exclude),
        examples=tuple(map(_example, entry.examples)),
        counterexamples=tuple(map(_example, entry.counterexamples)),
        cues=tuple(map(_cue, entry.cues)),
        colour=entry.colour or "",
        formerly=tuple(entry.formerly),
        entry=_digest(said),
        renamed=tuple(_digest(said | {"id": former.rpartition("/")[2]}) for former in entry.formerly),
        place=place,
    )


def _example(entry: ExampleEntry) -> Example:
    return Example(_tidy(entry.quote), entry.transcript, _tidy(entry.note))


def _cue(entry: CueEntry) -> Cue:
    if entry.unless is not None:
        return _plain_cue(entry.unless, entry.weight, unless=True)
    return _plain_cue(entry, entry.weight, unless=False)


def _plain_cue(entry: TextCue, weight: float, *, unless: bool) -> Cue:
    if entry.phrase is not None:
        return Cue("phrase", _tidy(entry.phrase), weight, unless)
    if entry.exact is not None:
        return Cue("exact", entry.exact, weight, unless)
    if entry.regex is not None:
        return Cue("regex", entry.regex, weight, unless)
    return Cue("pattern", json.dumps(entry.pattern, ensure_ascii=False, sort_keys=True), weight, unless)


def _themes(read: _File) -> Iterator[Theme]:
    for index, entry in enumerate(read.entry.themes):
        yield _theme(entry, read.place(("themes", index, "id")))


def _theme(entry: ThemeEntry, place: Place) -> Theme:
    return Theme(entry.id, _tidy(entry.name), tuple(entry.members), _tidy(entry.definition), entry.colour or "", place)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()[:12]
