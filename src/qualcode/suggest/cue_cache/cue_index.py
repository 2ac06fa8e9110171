"""What the cues of a study are heard in, kept on disk cue by cue: after an edit only new or changed ones are searched.

Below ``.qualcode/cues/`` is one folder for the texts as they are (their bytes, how they are read, which program), with
the participants' turns in files of pages and what was found in files of hits. A list beside them, written last, tells
which files belong together; what is not on a list does not count.
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
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, Problem
from qualcode.files import MAX_TABLE_SIZE, open_binary, write_atomically
from qualcode.model import Cue, CueKind
from qualcode.study.study import Study
from qualcode.version import __version__

if TYPE_CHECKING:
    from qualcode.suggest.cue_cache.cache_files import MatchFile
    from qualcode.suggest.cue_cache.search_jobs import SearchResult

FOLDER = "cues"
_FORMAT = 1
_VERSIONED_PACKAGES = ("spacy", "simplemma", "lxml", "openpyxl", "pyarrow", "pypdf")
"""Packages that texts and words follow from: another version may read a source otherwise."""
_MOST_LISTS = 12
"""Lists of hits, one an edit, that are merged into one when there are more."""


def texts_key(study: Study) -> str:
    """Name all that the hits of a cue follow from beside the cue: texts, how they are read and cut, the program."""
    programs = [*map(version, _VERSIONED_PACKAGES), unicodedata.unidata_version, sys.version.split()[0]]
    parts = [f"{_FORMAT} {__version__}", *programs, study.settings.language, *sorted(study.abbreviations)]
    parts.append(repr(study.settings.rules))
    for name, path in study.sources_and_problems[0].items():
        parts += [name, path.name, _digest(path)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _digest(path: Path) -> str:
    try:
        with open_binary(path, limit=MAX_TABLE_SIZE) as stream:
            found = hashlib.sha256()
            while block := stream.read(1 << 20):
                found.update(block)
            return found.hexdigest()
    except OperationError:
        return "cannot be read"


@dataclass(frozen=True)
class PageFiles:
    """The list of the files with the participants' turns."""

    files: Sequence[Path]
    words: Sequence[Path]
    """The vocabulary of the turns."""
    problems: Sequence[Problem]
    """Sources that cannot be used."""


class CueIndex:
    """The kept turns and hits of a study's texts as they are now."""

    def __init__(self, study: Study, folder: Path, *, jobs: int = 1) -> None:
        self.study = study
        self.key = texts_key(study)
        self.folder = folder / FOLDER / self.key
        self.slow_cues: Sequence[Cue] = ()
        """Cues that were tried in every sentence just now, and there were many."""
        self._jobs = jobs

    def update_page_files(self) -> PageFiles:
        """Return the turns; they are read from the sources unless they are kept."""
        if (held := self._read_page_list()) is None:
            self._search({})
            held = self._read_page_list()
        if held is None:
            raise OperationError(f"{self.folder}: cannot be written")
        return held

    def update_match_files(self) -> list[MatchFile]:
        """Return files of hits in which every cue of the codebook was looked for, by the cues' numbers now."""
        from qualcode.suggest.cue_cache.cache_files import cue_key, number_cues
        from qualcode.suggest.cues.codebook_cues import code_cues

        cues = code_cues(self.study.codebook)
        wanted = {cue_key(held.cue): held.cue for held in cues}
        lists = self._read_match_lists()
        known = set[str]().union(*lists.values())
        if missing := {key: cue for key, cue in wanted.items() if key not in known}:
            self._search(missing)
            lists = self._read_match_lists()
        if len(lists) > _MOST_LISTS:
            self._merge_match_lists(lists, list(wanted))
            lists = self._read_match_lists()
        return self._match_files(lists, number_cues(cues))

    def clear(self) -> None:
        """Remove what is kept of these texts: it was damaged."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _match_files(
        self, lists: Mapping[Path, Sequence[str]], numbers: Mapping[str, Sequence[int]]
    ) -> list[MatchFile]:
        """Return the files of hits, each cue taken from the first list that has it."""
        from qualcode.suggest.cue_cache.cache_files import MatchFile

        taken: set[str] = set()
        files = []
        for path, keys in lists.items():
            here = {place: numbers[key] for place, key in enumerate(keys) if key in numbers and key not in taken}
            taken.update(keys)
            files += [MatchFile(self.folder / name, here) for name in _read_json(path)["files"] if here]
        return files

    def _read_page_list(self) -> PageFiles | None:
        from qualcode.suggest.parquet_parts import is_readable

        held = _read_json(self.folder / "pages.json")
        files, words = ([self.folder / name for name in held.get(kind, ())] for kind in ("files", "words"))
        if not held or not all(map(is_readable, (*files, *words))):
            return None
        return PageFiles(files, words, [Problem(**one) for one in held["problems"]])

    def _read_match_lists(self) -> dict[Path, Sequence[str]]:
        """Return the lists of hits, with the keys of the cues that were looked for."""
        from qualcode.suggest.parquet_parts import is_readable

        lists = {path: _read_json(path) for path in sorted(self.folder.glob("hits-*.json"))}
        return {
            path: held["cues"]
            for path, held in lists.items()
            if held and all(is_readable(self.folder / name) for name in held["files"])
        }

    def _search(self, cues: Mapping[str, Cue]) -> None:
        from qualcode.suggest.cue_cache.search_jobs import SearchTask, run_search

        pages = self._read_page_list()
        plain: dict[str, tuple[CueKind, str]] = {key: (cue.kind, cue.value) for key, cue in cues.items()}
        task = SearchTask(self.study.root, self.folder, plain, *((pages.files, pages.words) if pages else ()))
        done = run_search(task, self.study, jobs=self._jobs)
        if pages is None:
            self._write_page_list(done)
        if cues:
            files = [path.name for one in done for path in one.match_files]
            _write_json(self.folder / f"hits-{task.name}.json", {"cues": list(cues), "files": files})
        slow = {key for one in done if one.has_many_turns for key in one.slow_cue_keys}
        self.slow_cues = [cue for key, cue in cues.items() if key in slow]

    def _write_page_list(self, done: Sequence[SearchResult]) -> None:
        problems = sorted({found for one in done for found in one.problems}, key=lambda found: found[0])
        files, words = ([path.name for one in done for path in getattr(one, kind)] for kind in ("pages", "words"))
        held = {"files": files, "words": words, "problems": [asdict(problem) for _, problem in problems]}
        _write_json(self.folder / "pages.json", held)
        for old in self.folder.parent.iterdir():
            if old != self.folder:
                shutil.rmtree(old, ignore_errors=True)

    def _merge_match_lists(self, lists: Mapping[Path, Sequence[str]], keys: Sequence[str]) -> None:
        """Write the hits of the cues that are still wanted into one file, and drop the others."""
        from qualcode.suggest.cue_cache.cache_files import MatchWriter, read_matches
        from qualcode.suggest.cue_cache.search_jobs import match_list_name, temporary_path

        name = match_list_name(keys)
        held, merged = f"hits-{name}.json", f"hits-{name}-merged.parquet"
        with temporary_path(self.folder / merged) as temporary, closing(MatchWriter(temporary)) as file:
            for where, heard in read_matches(
                self._match_files(lists, {key: [place] for place, key in enumerate(keys)})
            ):
                file.add(where, heard)
        old = {one for path in lists for one in (path.name, *_read_json(path).get("files", ()))}
        _write_json(self.folder / held, {"cues": list(keys), "files": [merged]})
        for one in old - {held, merged}:
            (self.folder / one).unlink(missing_ok=True)


def _read_json(path: Path) -> dict[str, Any]:
    """Return what a list says; nothing where it is missing or damaged."""
    with suppress(OSError, ValueError):
        held = json.loads(path.read_text(encoding="utf-8"))
        return held if isinstance(held, dict) else {}
    return {}


def _write_json(path: Path, held: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(held, ensure_ascii=False))
