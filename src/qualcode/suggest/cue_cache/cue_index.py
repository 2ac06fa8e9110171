"""The on-disk index of cue matches: after an edit of the codebook only new or changed cues are searched.

Below ``.qualcode/cues/`` is one folder for the present texts (their bytes, how they are read, program versions), with
Parquet files of the participants' turns (pages) and of matches. JSON lists, written last, name the files that belong
together; a file that is on no list does not count.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, Problem
from qualcode.files import MAX_TABLE_SIZE, open_binary, parse_json, write_atomically
from qualcode.model import Cue, CueKind
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cache_files import MatchFile, MatchWriter, cue_key, number_cues, read_matches
from qualcode.suggest.cue_cache.search_jobs import (
    SearchResult,
    SearchTask,
    match_list_name,
    run_search,
    temporary_path,
)
from qualcode.suggest.cues.codebook_cues import code_cues, locate_slow_cues
from qualcode.suggest.parquet_parts import is_readable
from qualcode.version import __version__

FOLDER = "cues"
# Must be increased when the format of the files or the matches change.
_FORMAT = 4
_VERSIONED_PACKAGES = ("spacy", "simplemma", "lxml", "openpyxl", "pyarrow", "pypdf")
"""Packages whose versions are in the key: another version may read a source or split words differently."""
_MAX_LISTS = 12
"""Lists of matches (one for each search) at most; more are merged into one."""


def texts_key(study: Study) -> str:
    """Return a hash of all that matches depend on besides the cue: texts, how they are read and split, versions."""
    # Unicode data and Python decide on white space, letters and case.
    versions = [*map(version, _VERSIONED_PACKAGES), unicodedata.unidata_version, sys.version.split()[0]]
    parts = [f"{_FORMAT} {__version__}", *versions, *study.sentence_rules.key]
    parts.append(repr(study.settings.rules))
    for name, path in study.sources_and_problems[0].items():
        # The file's name too, because its suffix decides by which reader it is read.
        parts += [name, path.name, _digest(path)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _digest(path: Path) -> str:
    try:
        with open_binary(path, limit=MAX_TABLE_SIZE) as stream:
            digest = hashlib.sha256()
            # In blocks of 1 MiB: a table may be larger than the memory.
            while block := stream.read(1 << 20):
                digest.update(block)
            return digest.hexdigest()
    except OperationError:
        # The problem is reported where the source is read; here it only has to give another key.
        return "cannot be read"


@dataclass(frozen=True)
class PageFiles:
    """The files with the participants' turns."""

    files: Sequence[Path]
    words: Sequence[Path]
    """The vocabulary of the turns."""
    problems: Sequence[Problem]
    """Sources that cannot be used."""


class CueIndex:
    """The index of the present texts of a study."""

    def __init__(self, study: Study, folder: Path, *, jobs: int = 1) -> None:
        self.study = study
        self.key = texts_key(study)
        self.folder = folder / FOLDER / self.key
        self.slow_cues: Sequence[Cue] = ()
        """Cues that the last search had to try in every one of many sentences."""
        self._jobs = jobs

    def update_page_files(self) -> PageFiles:
        """Return the files of turns; read the sources if the files do not exist.

        Raises
        ------
        OperationError
            The files cannot be written.
        """
        pages = self._read_page_list()
        if pages is None:
            # A search for no cues reads the sources and writes their pages.
            self._search({})
            pages = self._read_page_list()
        if pages is None:
            raise OperationError(f"{self.folder}: the cue index cannot be written; check the folder's permissions")
        return pages

    def update_match_files(self) -> list[MatchFile]:
        """Return the files of the codebook's matches, after a search for the cues that are not in the index."""
        cues = code_cues(self.study.codebook)
        cues_by_key = {cue_key(code_cue.cue): code_cue.cue for code_cue in cues}
        lists = self._read_match_lists()
        known = set[str]().union(*lists.values())
        if missing := {key: cue for key, cue in cues_by_key.items() if key not in known}:
            self._search(missing)
            lists = self._read_match_lists()
        # Every list has files that are opened at once for merging.
        if len(lists) > _MAX_LISTS:
            self._merge_match_lists(lists, list(cues_by_key))
            lists = self._read_match_lists()
        return self._match_files(lists, number_cues(cues))

    def clear(self) -> None:
        """Remove the index of these texts, which is damaged."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _match_files(
        self, lists: Mapping[Path, Sequence[str]], numbers: Mapping[str, Sequence[int]]
    ) -> list[MatchFile]:
        """Return the files of matches, each cue from the first list that has it."""
        assigned: set[str] = set()
        files = []
        for path, keys in lists.items():
            selected = {place: numbers[key] for place, key in enumerate(keys) if key in numbers and key not in assigned}
            # Two programs may have searched the same cue at once; its matches must count once.
            assigned.update(keys)
            files += [MatchFile(self.folder / name, selected) for name in _read_json(path)["files"] if selected]
        return files

    def _read_page_list(self) -> PageFiles | None:
        content = _read_json(self.folder / "pages.json")
        files, words = ([self.folder / name for name in content.get(kind, ())] for kind in ("files", "words"))
        # Files may be missing because another program has removed the folder, or truncated by a full disk.
        if not content or not all(map(is_readable, (*files, *words))):
            return None
        return PageFiles(files, words, [Problem(**problem) for problem in content["problems"]])

    def _read_match_lists(self) -> dict[Path, Sequence[str]]:
        """Return the lists of match files, with the keys of the cues that were searched."""
        lists = {path: _read_json(path) for path in sorted(self.folder.glob("hits-*.json"))}
        return {
            path: content["cues"]
            for path, content in lists.items()
            if content and all(is_readable(self.folder / name) for name in content["files"])
        }

    def _search(self, cues: Mapping[str, Cue]) -> None:
        pages = self._read_page_list()
        plain: dict[str, tuple[CueKind, str]] = {key: (cue.kind, cue.value) for key, cue in cues.items()}
        task = SearchTask(self.study.root, self.folder, plain, *((pages.files, pages.words) if pages else ()))
        with locate_slow_cues(self.study.codebook):
            results = run_search(task, self.study, jobs=self._jobs)
        # The lists are written after their files, so that an interrupted search leaves no list of incomplete files.
        if pages is None:
            self._write_page_list(results)
        if cues:
            files = [path.name for result in results for path in result.match_files]
            _write_json(self.folder / f"hits-{task.name}.json", {"cues": list(cues), "files": files})
        # In a small study slow cues cost nothing worth a note.
        slow = {key for result in results if result.has_many_turns for key in result.slow_cue_keys}
        self.slow_cues = [cue for key, cue in cues.items() if key in slow]

    def _write_page_list(self, results: Sequence[SearchResult]) -> None:
        # A set, because every process reports the problems of a source that it shares.
        problems = sorted({problem for result in results for problem in result.problems}, key=lambda pair: pair[0])
        content = {
            "files": [path.name for result in results for path in result.pages],
            "words": [path.name for result in results for path in result.words],
            "problems": [asdict(problem) for _, problem in problems],
        }
        _write_json(self.folder / "pages.json", content)
        # Indexes of earlier texts or versions are never used again.
        for folder in self.folder.parent.iterdir():
            if folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)

    def _merge_match_lists(self, lists: Mapping[Path, Sequence[str]], keys: Sequence[str]) -> None:
        """Write the matches of the codebook's cues into one file, and remove the others."""
        # "-merged" differs from the names of search results, which may have the same cues and are still being read.
        name = match_list_name(keys)
        merged_list, merged_file = f"hits-{name}.json", f"hits-{name}-merged.parquet"
        files = self._match_files(lists, {key: [place] for place, key in enumerate(keys)})
        with temporary_path(self.folder / merged_file) as temporary, closing(MatchWriter(temporary)) as writer:
            for source_row, sentence in read_matches(files):
                writer.add(source_row, sentence)
        old = {file for path in lists for file in (path.name, *_read_json(path).get("files", ()))}
        _write_json(self.folder / merged_list, {"cues": list(keys), "files": [merged_file]})
        # Without this exception a second merge of the same cues would delete the file just written.
        for file in old - {merged_list, merged_file}:
            (self.folder / file).unlink(missing_ok=True)


def _read_json(path: Path) -> dict[str, Any]:
    """Return the content of a list; empty where it is missing or damaged."""
    with suppress(OSError, ValueError):
        content = parse_json(path.read_text(encoding="utf-8"))
        return content if isinstance(content, dict) else {}
    return {}


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(content, ensure_ascii=False))
