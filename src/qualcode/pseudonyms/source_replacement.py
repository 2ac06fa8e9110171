"""A study's sources, cases, settings and codebooks with names replaced, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from qualcode.errors import OperationError, Problem
from qualcode.files import is_within, read_bytes
from qualcode.model import Transcript
from qualcode.pseudonyms.event_replacement import RewrittenText
from qualcode.pseudonyms.text import OffsetMap, Pseudonymiser, Replacer, apply_edits, build_offset_map
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study
from qualcode.transcripts import SUFFIXES, hash_text
from qualcode.transcripts.rewrite.source_rewrite import REWRITABLE_SUFFIXES, rewrite_source

CASE_TABLE_PATH = "transcripts/cases.csv"
FileContents = dict[str, bytes]
"""Contents of files by their path below the study."""
Originals = Mapping[str, tuple[str, bytes]]
"""Sources that were made plain text, by the path of that: their own path and content."""

_PROTECTED_LINES = {
    SETTINGS_FILE: re.compile(r"^(?:coder|language|unit)[ \t]*:[^#\n]*", re.MULTILINE),
    "": re.compile(r"^[ \t]*(?:-[ \t]+)?\{?[ \t]*(?:id|family|formerly|members)[ \t]*:[^#\n]*", re.MULTILINE),
}
"""What in settings and codebooks are ids or coders, which are not names in the texts."""


@dataclass
class ReplacedFiles:
    """The files of a study after names were replaced, and what became of paths and transcripts."""

    files: FileContents = field(default_factory=dict)
    new_paths: dict[str, str] = field(default_factory=dict)
    """New paths by old ones, where they differ."""
    new_ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, RewrittenText] = field(default_factory=dict)
    """By the old id of each transcript."""
    converted: dict[str, str] = field(default_factory=dict)
    """Sources that became plain text: their paths by that of the text."""
    unwritable_problems: list[Problem] = field(default_factory=list)


def read_study_files(root: Path) -> FileContents:
    """Return all files of a study that names are replaced in; what has no reader and what links lead to is not."""
    found = [
        root / SETTINGS_FILE,
        *(path for kind in ("yaml", "yml") for path in (root / "codebooks").glob(f"*.{kind}")),
    ]
    sources = (path for path in (root / "transcripts").rglob("*") if path.suffix.lower() in {*SUFFIXES, ".csv"})
    found += [
        path for path in sources if path.is_file() and not path.name.startswith((".", "~$")) and is_within(path, root)
    ]
    found += [path for path in (root / "codings").rglob("*.jsonl*") if path.is_file()]
    return {path.relative_to(root).as_posix(): read_bytes(path) for path in sorted(found)}


@dataclass(frozen=True)
class ReplacementOptions:
    """How names are replaced: which sources are left as they are, which become plain text, which have been it."""

    convert: bool = False
    unchanged_paths: frozenset[str] = frozenset()
    originals: Originals = field(default_factory=dict)


class StudyReplacer:
    """Replaces names in one study; each part of it is a method."""

    def __init__(self, study: Study, changer: Replacer, *, options: ReplacementOptions) -> None:
        self.study, self.replacer, self.options = study, changer, options
        self.old_files = read_study_files(study.root)
        self.replaced_files = ReplacedFiles()
        self.new_names = {one.id: one.id for one in study.transcripts.values() if one.path in options.unchanged_paths}
        self.new_names |= {_stem(path): _stem(path) for path in options.unchanged_paths}

    def replace_in_name(self, name: str) -> str:
        """Return an id, or a path without its ending, with names replaced; each is changed once."""
        if name not in self.new_names:
            edits = self.replacer.edit_finder_for("file names", kind="field")([name])
            self.new_names[name] = apply_edits([name], edits)[0]
        return self.new_names[name]

    def _record_name(self, old: str, new: str) -> str:
        """Return under which name there is a record: that with pseudonyms."""
        return new if isinstance(self.replacer, Pseudonymiser) else old

    def replace_in_sources(self) -> None:
        """Replace in the sources of transcripts, and in their file names."""
        for path, transcripts in self._transcripts_by_path().items():
            for one in transcripts:
                self._replace_in_transcript(one)
            self._replace_in_source(path, transcripts)

    def _transcripts_by_path(self) -> dict[str, list[Transcript]]:
        found: dict[str, list[Transcript]] = {}
        for one in self.study.transcripts.values():
            found.setdefault(one.path, []).append(one)
        return dict(sorted(found.items()))

    def _replace_in_transcript(self, one: Transcript) -> None:
        new_id = self.replaced_files.new_ids[one.id] = self.replace_in_name(one.id)
        left = one.path in self.options.unchanged_paths
        where = f"text of {self._record_name(one.id, new_id)}"
        shift = OffsetMap() if left else build_offset_map(one.text, self.replacer.edit_finder_for(where))
        text = shift.apply(one.text)
        self.replaced_files.texts[one.id] = RewrittenText(one.text, text, one.sha256, hash_text(text), shift)

    def _replace_in_source(self, path: str, transcripts: Sequence[Transcript]) -> None:
        if path in self.options.originals or path in self.options.unchanged_paths:
            self.add_file(path, *(self.options.originals.get(path) or (path, self.old_files[path])))
            return
        suffix = PurePosixPath(path).suffix
        new_path = f"transcripts/{self.replace_in_name(_stem(path))}{suffix}"
        changed = any(self.replaced_files.texts[one.id].offset_map.edits for one in transcripts)
        try:
            known = changed or suffix.lower() in REWRITABLE_SUFFIXES
            content = self._rewrite_source(path, new_path) if known else self.old_files[path]
        except OperationError as error:
            self._handle_unwritable(path, new_path, transcripts, str(error))
        else:
            self.add_file(path, new_path, content)

    def _rewrite_source(self, path: str, new_path: str) -> bytes:
        where = f"source {self._record_name(path, new_path)}"
        encoding = _source_encoding(self.study, path)
        fields = self.replacer.edit_finder_for(where, kind="field")
        kind = PurePosixPath(path).suffix
        return rewrite_source(
            kind, self.old_files[path], self.replacer.edit_finder_for(where), fields=fields, encoding=encoding
        )

    def _handle_unwritable(self, path: str, new_path: str, transcripts: Sequence[Transcript], why: str) -> None:
        """Make plain text of a source that cannot be rewritten, if that is wanted."""
        if self.options.convert and len(transcripts) == 1:
            plain = f"{PurePosixPath(new_path).with_suffix('')}.txt"
            self.replaced_files.converted[plain] = path
            self.add_file(
                path, plain, self.replaced_files.texts[transcripts[0].id].new_text.encode("utf-8", "surrogatepass")
            )
            return
        hint = (
            "--convert makes it plain text" if len(transcripts) == 1 else "replace the names in the program it is from"
        )
        self.replaced_files.unwritable_problems.append(Problem(path, 0, 0, f"names stand in it, but {why}", hint))

    def add_file(self, path: str, new_path: str, content: bytes) -> None:
        """Put the new content of a file where it now belongs."""
        if new_path in self.replaced_files.files or (new_path != path and new_path in self.old_files):
            raise OperationError(
                f"{path} would become {new_path}, which is there already: choose another pseudonym, or rename one"
            )
        self.replaced_files.files[new_path] = content
        if new_path != path:
            self.replaced_files.new_paths[path] = new_path

    def replace_in_tables_and_settings(self) -> None:
        """Replace in cases, settings and codebooks."""
        for path, content in self.old_files.items():
            if path == CASE_TABLE_PATH:
                fields = self.replacer.edit_finder_for(path, kind="field")
                self.replaced_files.files[path] = rewrite_source(
                    ".csv", content, self.replacer.edit_finder_for(path), fields=fields
                )
            elif path == SETTINGS_FILE or path.startswith("codebooks/"):
                self.replaced_files.files[path] = self._replace_in_yaml(path, content)

    def _replace_in_yaml(self, path: str, content: bytes) -> bytes:
        change = self.replacer.edit_finder_for(path, kind="yaml")
        kept = _PROTECTED_LINES[SETTINGS_FILE if path == SETTINGS_FILE else ""]

        def changed(pieces: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
            for start, end in _spans_between(kept, pieces[0]):
                yield from ((0, start + a, start + b, words) for _, a, b, words in change([pieces[0][start:end]]))

        return rewrite_source(".txt", content, lambda pieces: list(changed(pieces)))

    def add_unchanged_files(self) -> None:
        """Keep the files that nothing was done to."""
        done = (
            self.replaced_files.files.keys()
            | self.replaced_files.new_paths.keys()
            | set(self.replaced_files.converted.values())
        )
        self.replaced_files.files |= {path: content for path, content in self.old_files.items() if path not in done}


def _stem(path: str) -> str:
    return PurePosixPath(path).with_suffix("").relative_to("transcripts").as_posix()


def _spans_between(kept: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    place = 0
    for line in kept.finditer(text):
        yield place, line.start()
        place = line.end()
    yield place, len(text)


def _source_encoding(study: Study, path: str) -> str:
    """Return the encoding that the settings give for a source, if any."""
    below = path.removeprefix("transcripts/")
    found = study.settings.rules.encodings.items()
    return next((value for pattern, value in found if fnmatchcase(below, pattern)), "")
