"""A codebook read from all of its YAML files, with all of their problems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from qualcode.codebook.code_ids import check_ids, resolve_themes
from qualcode.codebook.family_colours import add_default_colours
from qualcode.errors import Problem
from qualcode.files import KeyPath, YamlDocument, parse_yaml, read_yaml, validate_yaml
from qualcode.model import Code, Codebook, Cue, Example, Family, FileLocation, Theme

if TYPE_CHECKING:
    from qualcode.codebook.codebook_schema import CodebookFile, CodeEntry, CueEntry, ExampleEntry, TextCue, ThemeEntry


@dataclass(frozen=True)
class _ParsedFile:
    """A valid file of the codebook, with the positions of its keys."""

    document: YamlDocument
    content: CodebookFile

    def find_location(self, key: KeyPath) -> FileLocation:
        return FileLocation(self.document.path, *self.document.find_position(key))


def read_codebook(paths: Sequence[Path], *, root: Path, cache: Path | None = None) -> tuple[Codebook, list[Problem]]:
    """Return the codebook in all files that are valid, and the problems of all files, with paths relative to ``root``.

    Raises
    ------
    OperationError
        If a file cannot be read or decoded.
    """
    # Sorted, since the order of codes must not depend on the file system.
    names = {path: path.relative_to(root).as_posix() for path in sorted(paths)}
    return _build_codebook([read_yaml(path, display_path=name, cache=cache) for path, name in names.items()])


def parse_codebook(texts: Mapping[str, str]) -> tuple[Codebook, list[Problem]]:
    """Return the codebook in the texts of its files by their paths, and the problems of all of them."""
    return _build_codebook([parse_yaml(text, path) for path, text in sorted(texts.items())])


def _build_codebook(documents: Sequence[YamlDocument]) -> tuple[Codebook, list[Problem]]:
    files: list[_ParsedFile] = []
    problems: list[Problem] = []
    for document in documents:
        file, file_problems = _validate_file(document)
        problems += file_problems
        files += [file] if file else []
    files, copy_problems = _separate_copies(files)
    problems += copy_problems
    located_families = [(_family(file), file.find_location(("family",))) for file in files if file.content.family]
    families = tuple(add_default_colours([family for family, _ in located_families]))
    codes = [code for file in files for code in _codes(file)]
    unresolved_themes = [theme for file in files for theme in _themes(file)]
    problems += check_ids(located_families, codes, unresolved_themes)
    renamed = Codebook(families, tuple(codes), ())
    unresolved_themes = [_follow_renamed_members(theme, renamed, unresolved_themes) for theme in unresolved_themes]
    themes, theme_problems = resolve_themes(unresolved_themes, codes, [family.id for family in families])
    if len(files) == len(documents):  # else members may be in the files that are not valid
        problems += theme_problems
    version = _hash_codebook(families, codes, themes)
    return Codebook(families, tuple(codes), tuple(themes), version), sorted(problems)


def _separate_copies(files: Sequence[_ParsedFile]) -> tuple[list[_ParsedFile], list[Problem]]:
    """Return the files without copies of others, and a problem for each copy.

    Synced folders leave them, as ``challenges (1).yaml``, and each code would be defined twice.
    """
    kept, problems = [], []
    for file in files:
        original = next((other for other in files if _is_copy(file, other)), None)
        if original is None:
            kept.append(file)
            continue
        name = original.document.path
        message = f"seems to be a conflict copy of {name}: it defines the family '{file.content.family}' again"
        hint = "compare the two files, keep one, and move the other out of codebooks/"
        problems.append(Problem(file.document.path, 1, 1, message, hint))
    return kept, problems


def _is_copy(file: _ParsedFile, other: _ParsedFile) -> bool:
    stem, other_stem = (PurePosixPath(each.document.path).stem for each in (file, other))
    is_longer = stem != other_stem and (stem.startswith(other_stem) or stem.endswith(f" of {other_stem}"))
    return is_longer and bool(file.content.family) and file.content.family == other.content.family


def _follow_renamed_members(theme: Theme, book: Codebook, themes: Sequence[Theme]) -> Theme:
    """Return a theme with the present ids of members that were renamed (``formerly``)."""
    known = {other.id for other in themes}
    members = (member if member in known else book.current_id(member) for member in theme.members)
    return replace(theme, members=tuple(dict.fromkeys(members)))


def _hash_codebook(families: Sequence[Family], codes: Sequence[Code], themes: Sequence[Theme]) -> str:
    """Return a hash of the content of the codebook, without positions and colours."""
    return _digest(
        [
            [(family.id, family.name, family.definition, *family.formerly) for family in families],
            # Only where it is set, so that versions of codebooks without retired codes stay the same.
            [(code.id, code.entry_hash, code.formerly, *filter(None, [code.retired])) for code in codes],
            [(theme.id, theme.name, theme.definition, theme.members) for theme in themes],
        ]
    )


def _validate_file(document: YamlDocument) -> tuple[_ParsedFile | None, list[Problem]]:
    from qualcode.codebook.codebook_schema import CodebookFile, known_keys

    if document.value is None:
        empty = Problem(document.path, 1, 1, "the file is empty", "begin with 'family: ...'")
        return None, list(document.problems) or [empty]
    content, problems = validate_yaml(CodebookFile, document, known_keys=known_keys, subject=_describe_entry)
    return (_ParsedFile(document, content) if content else None), [*document.problems, *problems]


def _describe_entry(key: KeyPath, value: Any) -> str:
    """Return the innermost code or theme that a key path belongs to, as in "code 'roi'"."""
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


def _family(file: _ParsedFile) -> Family:
    content, identifier = file.content, file.content.family or ""
    definition = _collapse_whitespace(content.definition)
    return Family(
        identifier, content.name or identifier, definition, content.colour or "", formerly=tuple(content.formerly)
    )


def _codes(file: _ParsedFile) -> Iterator[Code]:
    for index, entry in enumerate(file.content.codes):
        yield from _code_with_children(file, entry, ("codes", index), file.content.family or "")


def _code_with_children(file: _ParsedFile, entry: CodeEntry, key: KeyPath, parent_id: str) -> Iterator[Code]:
    code = _code(entry, f"{parent_id}/{entry.id}", file.find_location((*key, "id")))
    yield code
    for index, child in enumerate(entry.codes):
        yield from _code_with_children(file, child, (*key, "codes", index), code.id)


def _code(entry: CodeEntry, identifier: str, location: FileLocation) -> Code:
    # Rejections are valid until this hash changes, so keys that do not change the meaning of a code are left out.
    values = entry.model_dump(exclude={"codes", "formerly", "colour", "retired"})
    definition = [_collapse_whitespace(text) for text in (entry.definition, entry.include, entry.exclude)]
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
        retired="yes" if entry.retired is True else entry.retired or "",
        definition_hash=_digest(definition),
        entry_hash=_digest(values),
        # The hash includes the id: suggestions rejected before a renaming have the hash of the former id.
        former_hashes=tuple(_digest(values | {"id": former.rpartition("/")[2]}) for former in entry.formerly),
        location=location,
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
        # White space counts in an exact text.
        return Cue("exact", entry.exact, weight, unless)
    if entry.regex is not None:
        return Cue("regex", entry.regex, weight, unless)
    # Sorted keys: matches are cached by the value of the cue, so equal patterns must have equal values.
    return Cue("pattern", json.dumps(entry.pattern, ensure_ascii=False, sort_keys=True), weight, unless)


def _themes(file: _ParsedFile) -> Iterator[Theme]:
    for index, entry in enumerate(file.content.themes):
        yield _theme(entry, file.find_location(("themes", index, "id")))


def _theme(entry: ThemeEntry, location: FileLocation) -> Theme:
    return Theme(
        entry.id,
        _collapse_whitespace(entry.name),
        tuple(entry.members),
        _collapse_whitespace(entry.definition),
        entry.colour or "",
        location,
    )


def _collapse_whitespace(text: str) -> str:
    return " ".join(text.split())


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()[:12]
