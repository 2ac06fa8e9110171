"""Replace names in a study's sources, case table, settings and codebooks, in memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from qualcode.errors import OperationError, Problem, name_option
from qualcode.files import is_within, read_bytes
from qualcode.model import Transcript
from qualcode.pseudonyms.event_replacement import RewrittenText
from qualcode.pseudonyms.text import Edit, OffsetMap, Pseudonymiser, Replacer, apply_edits, build_offset_map
from qualcode.settings import SETTINGS_FILE
from qualcode.study.readings.assignments import ASSIGNMENTS_FILE
from qualcode.study.study import Study
from qualcode.transcripts import SUFFIXES, encoding_of, hash_text
from qualcode.transcripts.rewrite.source_rewrite import REWRITABLE_SUFFIXES, rewrite_source

CASE_TABLE_PATH = "transcripts/cases.csv"
FileContents = Mapping[str, bytes]
"""Contents of files by their path below the study's root."""
Originals = Mapping[str, tuple[str, bytes]]
"""Path and content of sources that became plain text, by the path of that text."""

# Ledgers refer to code ids and are filed by coder: a changed id would lose its codings.
_PROTECTED_LINES = {
    SETTINGS_FILE: re.compile(r"^(?:coder|language|unit)[ \t]*:[^#\n]*", re.MULTILINE),
    "": re.compile(r"^[ \t]*(?:-[ \t]+)?\{?[ \t]*(?:id|family|formerly|members)[ \t]*:[^#\n]*", re.MULTILINE),
}
"""Parts of the settings, and of codebooks, in which nothing is replaced: ids, coders and keywords."""


@dataclass
class ReplacedFiles:
    """The files of a study after names were replaced, with the changes of paths, ids and texts."""

    files: dict[str, bytes] = field(default_factory=dict)
    new_paths: dict[str, str] = field(default_factory=dict)
    """New paths by old ones, where they differ."""
    new_ids: dict[str, str] = field(default_factory=dict)
    """New ids of transcripts by old ones."""
    texts: dict[str, RewrittenText] = field(default_factory=dict)
    """By the old id of each transcript."""
    converted: dict[str, str] = field(default_factory=dict)
    """Paths of sources that became plain text, by the path of that text."""
    unwritable_problems: list[Problem] = field(default_factory=list)


def read_study_files(root: Path) -> FileContents:
    """Return the files of a study in which names are replaced; not unreadable formats, nor links out of the study."""
    paths = [
        root / SETTINGS_FILE,
        *filter(Path.is_file, [root / ASSIGNMENTS_FILE]),
        *(path for suffix in ("yaml", "yml") for path in (root / "codebooks").glob(f"*.{suffix}")),
    ]
    sources = (path for path in (root / "transcripts").rglob("*") if path.suffix.lower() in {*SUFFIXES, ".csv"})
    # Word creates ~$ files while a document is open.
    paths += [
        path for path in sources if path.is_file() and not path.name.startswith((".", "~$")) and is_within(path, root)
    ]
    # With .torn files, in which incomplete lines are set aside: they contain quotes too.
    paths += [path for path in (root / "codings").rglob("*.jsonl*") if path.is_file()]
    return {path.relative_to(root).as_posix(): read_bytes(path) for path in sorted(paths)}


def hash_content(content: bytes) -> str:
    """Return the SHA-256 of a file's content or of a ledger line."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class ReplacementOptions:
    """Which sources are left unchanged, and which become plain text or become the original again."""

    convert: bool = False
    """Make plain text of sources that cannot be rewritten."""
    unchanged_paths: frozenset[str] = frozenset()
    originals: Originals = field(default_factory=dict)


class StudyReplacer:
    """Replaces names in the files of one study and collects them in ``result``."""

    def __init__(self, study: Study, replacer: Replacer, *, options: ReplacementOptions) -> None:
        self.study, self.replacer, self.options = study, replacer, options
        self.old_files = read_study_files(study.root)
        self.result = ReplacedFiles()
        unchanged = options.unchanged_paths
        # A source that is left unchanged keeps its name too, as do its ledgers.
        self.new_names = {each.id: each.id for each in study.transcripts.values() if each.path in unchanged}
        self.new_names |= {_stem(path): _stem(path) for path in unchanged}

    def replace_in_name(self, name: str) -> str:
        """Return an id, or a path without its suffix, with names replaced; the result is kept in ``new_names``."""
        if name not in self.new_names:
            edits = self.replacer.edit_finder_for("file names", kind="field")([name])
            self.new_names[name] = apply_edits([name], edits)[0]
        return self.new_names[name]

    def _record_name(self, old: str, new: str) -> str:
        """Return the id or path under which a place is recorded: the one with pseudonyms."""
        return new if isinstance(self.replacer, Pseudonymiser) else old

    def replace_in_sources(self) -> None:
        """Replace names in the sources of transcripts and in their file names."""
        by_path: dict[str, list[Transcript]] = {}
        for transcript in self.study.transcripts.values():
            by_path.setdefault(transcript.path, []).append(transcript)
        for path, transcripts in sorted(by_path.items()):
            for transcript in transcripts:
                self._replace_in_transcript(transcript)
            self._replace_in_source(path, transcripts)

    def _replace_in_transcript(self, transcript: Transcript) -> None:
        new_id = self.result.new_ids[transcript.id] = self.replace_in_name(transcript.id)
        offset_map = OffsetMap()
        if transcript.path not in self.options.unchanged_paths:
            where = f"text of {self._record_name(transcript.id, new_id)}"
            offset_map = build_offset_map(transcript.text, self.replacer.edit_finder_for(where))
        new_text = offset_map.apply(transcript.text)
        self.result.texts[transcript.id] = RewrittenText(
            transcript.text, new_text, transcript.sha256, hash_text(new_text), offset_map
        )

    def _replace_in_source(self, path: str, transcripts: Sequence[Transcript]) -> None:
        if path in self.options.originals or path in self.options.unchanged_paths:
            self.add_file(path, *(self.options.originals.get(path) or (path, self.old_files[path])))
            return
        suffix = PurePosixPath(path).suffix
        new_path = f"transcripts/{self.replace_in_name(_stem(path))}{suffix}"
        is_changed = any(self.result.texts[transcript.id].offset_map.edits for transcript in transcripts)
        try:
            # Headers, notes and authors, which are not in the text, may contain names even where the text has none.
            rewrite = is_changed or suffix.lower() in REWRITABLE_SUFFIXES
            content = self._rewrite_source(path, new_path) if rewrite else self.old_files[path]
        except OperationError as error:
            self._handle_unwritable(path, new_path, transcripts, str(error))
        else:
            self.add_file(path, new_path, content)

    def _rewrite_source(self, path: str, new_path: str) -> bytes:
        where = f"source {self._record_name(path, new_path)}"
        encoding = encoding_of(self.study.settings.rules, path)
        fields = self.replacer.edit_finder_for(where, kind="field")
        prose = self.replacer.edit_finder_for(where)
        return rewrite_source(PurePosixPath(path).suffix, self.old_files[path], prose, fields=fields, encoding=encoding)

    def _handle_unwritable(self, path: str, new_path: str, transcripts: Sequence[Transcript], reason: str) -> None:
        """Make plain text of a source that cannot be rewritten, if the options say so, else add a problem."""
        # The transcripts of a table would be one transcript in a plain text.
        if self.options.convert and len(transcripts) == 1:
            plain_path = f"{PurePosixPath(new_path).with_suffix('')}.txt"
            self.result.converted[plain_path] = path
            text = self.result.texts[transcripts[0].id].new_text
            self.add_file(path, plain_path, text.encode("utf-8", "surrogatepass"))
            return
        hint = "replace the names in the program that wrote it"
        if len(transcripts) == 1:
            hint = f"{name_option('convert', True)} makes it plain text"
        self.result.unwritable_problems.append(Problem(path, 0, 0, f"it contains names, but {reason}", hint))

    def add_file(self, path: str, new_path: str, content: bytes) -> None:
        """Add the new content of a file under its new path.

        Raises
        ------
        OperationError
            If there is another file with that path.
        """
        if new_path in self.result.files or (new_path != path and new_path in self.old_files):
            raise OperationError(
                f"{path} would become {new_path}, which already exists: choose another pseudonym, or rename one of them"
            )
        self.result.files[new_path] = content
        if new_path != path:
            self.result.new_paths[path] = new_path

    def replace_in_tables_and_settings(self) -> None:
        """Replace names in the case table, the settings and the codebooks."""
        for path, content in self.old_files.items():
            if path in {CASE_TABLE_PATH, ASSIGNMENTS_FILE}:
                fields = self.replacer.edit_finder_for(path, kind="field")
                prose = self.replacer.edit_finder_for(path)
                self.result.files[path] = rewrite_source(".csv", content, prose, fields=fields)
            elif path == SETTINGS_FILE or path.startswith("codebooks/"):
                self.result.files[path] = self._replace_in_yaml(path, content)

    def _replace_in_yaml(self, path: str, content: bytes) -> bytes:
        find_edits = self.replacer.edit_finder_for(path, kind="yaml")
        protected = _PROTECTED_LINES[SETTINGS_FILE if path == SETTINGS_FILE else ""]

        def find_unprotected_edits(pieces: Sequence[str]) -> list[Edit]:
            return [
                (0, part_start + start, part_start + end, text)
                for part_start, part_end in _spans_between(protected, pieces[0])
                for _, start, end, text in find_edits([pieces[0][part_start:part_end]])
            ]

        # Edited as plain text, so that comments, order, quotation marks and encoding stay.
        return rewrite_source(".txt", content, find_unprotected_edits)

    def add_unchanged_files(self) -> None:
        """Add the files in which nothing was replaced."""
        result = self.result
        done = result.files.keys() | result.new_paths.keys() | set(result.converted.values())
        result.files |= {path: content for path, content in self.old_files.items() if path not in done}


def _stem(path: str) -> str:
    return PurePosixPath(path).with_suffix("").relative_to("transcripts").as_posix()


def _spans_between(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in pattern.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)
