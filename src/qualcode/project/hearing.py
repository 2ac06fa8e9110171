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
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode import __version__
from qualcode.errors import Problem, Refused
from qualcode.files import LARGEST, open_binary, write_atomically
from qualcode.model import Cue, CueKind
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.project.listening import Done
    from qualcode.suggest.keeping import Kept

FOLDER = "cues"
_FORMAT = 1
_READ_WITH = ("spacy", "simplemma", "lxml", "openpyxl", "pyarrow", "pypdf")
"""Packages that texts and words follow from: another version may read a source otherwise."""
_MOST_LISTS = 12
"""Lists of hits, one an edit, that are merged into one when there are more."""


def texts_key(study: Study) -> str:
    """Name all that the hits of a cue follow from beside the cue: texts, how they are read and cut, the program."""
    programs = [*map(version, _READ_WITH), unicodedata.unidata_version, sys.version.split()[0]]
    parts = [f"{_FORMAT} {__version__}", *programs, study.settings.language, *sorted(study.short)]
    parts.append(repr(study.settings.rules))
    for name, path in study.sources[0].items():
        parts += [name, path.name, _digest(path)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _digest(path: Path) -> str:
    try:
        with open_binary(path, limit=LARGEST) as stream:
            found = hashlib.sha256()
            while block := stream.read(1 << 20):
                found.update(block)
            return found.hexdigest()
    except Refused:
        return "cannot be read"


@contextmanager
def cache_folder(study: Study) -> Iterator[Path]:
    """Give the folder of the study's cache; where it cannot be written, one that is gone afterwards."""
    try:
        study.cache.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=study.cache):
            pass
    except OSError:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    yield study.cache


@dataclass(frozen=True)
class Pages:
    """The list of the files with the participants' turns."""

    files: Sequence[Path]
    words: Sequence[Path]
    """The vocabulary of the turns."""
    problems: Sequence[Problem]
    """Sources that cannot be used."""


class Hearing:
    """The kept turns and hits of a study's texts as they are now."""

    def __init__(self, study: Study, folder: Path, *, jobs: int = 1) -> None:
        self.study = study
        self.key = texts_key(study)
        self.folder = folder / FOLDER / self.key
        self.everywhere: Sequence[Cue] = ()
        """Cues that were tried in every sentence just now, and there were many."""
        self._jobs = jobs

    def pages(self) -> Pages:
        """Return the turns; they are read from the sources unless they are kept."""
        if (held := self._pages()) is None:
            self._search({})
            held = self._pages()
        if held is None:
            raise Refused(f"{self.folder}: cannot be written")
        return held

    def hits(self) -> list[Kept]:
        """Return files of hits in which every cue of the codebook was looked for, by the cues' numbers now."""
        from qualcode.suggest.cues import code_cues
        from qualcode.suggest.keeping import cue_key, numbers_of

        cues = code_cues(self.study.book)
        wanted = {cue_key(held.cue): held.cue for held in cues}
        lists = self._lists()
        known = set[str]().union(*lists.values())
        if missing := {key: cue for key, cue in wanted.items() if key not in known}:
            self._search(missing)
            lists = self._lists()
        if len(lists) > _MOST_LISTS:
            self._merge(lists, list(wanted))
            lists = self._lists()
        return self._kept(lists, numbers_of(cues))

    def forget(self) -> None:
        """Remove what is kept of these texts: it was damaged."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kept(self, lists: Mapping[Path, Sequence[str]], numbers: Mapping[str, Sequence[int]]) -> list[Kept]:
        """Return the files of hits, each cue taken from the first list that has it."""
        from qualcode.suggest.keeping import Kept

        taken: set[str] = set()
        files = []
        for path, keys in lists.items():
            here = {place: numbers[key] for place, key in enumerate(keys) if key in numbers and key not in taken}
            taken.update(keys)
            files += [Kept(self.folder / name, here) for name in _read(path)["files"] if here]
        return files

    def _pages(self) -> Pages | None:
        from qualcode.suggest.columns import is_sound

        held = _read(self.folder / "pages.json")
        files, words = ([self.folder / name for name in held.get(kind, ())] for kind in ("files", "words"))
        if not held or not all(map(is_sound, (*files, *words))):
            return None
        return Pages(files, words, [Problem(**one) for one in held["problems"]])

    def _lists(self) -> dict[Path, Sequence[str]]:
        """Return the lists of hits, with the keys of the cues that were looked for."""
        from qualcode.suggest.columns import is_sound

        lists = {path: _read(path) for path in sorted(self.folder.glob("hits-*.json"))}
        return {
            path: held["cues"]
            for path, held in lists.items()
            if held and all(is_sound(self.folder / name) for name in held["files"])
        }

    def _search(self, cues: Mapping[str, Cue]) -> None:
        from qualcode.project.listening import Task, listen

        pages = self._pages()
        plain: dict[str, tuple[CueKind, str]] = {key: (cue.kind, cue.value) for key, cue in cues.items()}
        task = Task(self.study.root, self.folder, plain, *((pages.files, pages.words) if pages else ()))
        done = listen(task, self.study, jobs=self._jobs)
        if pages is None:
            self._list_pages(done)
        if cues:
            files = [path.name for one in done for path in one.hits]
            _write(self.folder / f"hits-{task.name}.json", {"cues": list(cues), "files": files})
        slow = {key for one in done if one.many for key in one.everywhere}
        self.everywhere = [cue for key, cue in cues.items() if key in slow]

    def _list_pages(self, done: Sequence[Done]) -> None:
        problems = sorted({found for one in done for found in one.problems}, key=lambda found: found[0])
        files, words = ([path.name for one in done for path in getattr(one, kind)] for kind in ("pages", "words"))
        held = {"files": files, "words": words, "problems": [asdict(problem) for _, problem in problems]}
        _write(self.folder / "pages.json", held)
        for old in self.folder.parent.iterdir():
            if old != self.folder:
                shutil.rmtree(old, ignore_errors=True)

    def _merge(self, lists: Mapping[Path, Sequence[str]], keys: Sequence[str]) -> None:
        """Write the hits of the cues that are still wanted into one file, and drop the others."""
        from qualcode.project.listening import beside, list_name
        from qualcode.suggest.keeping import HitWriter, heard_in

        name = list_name(keys)
        held, merged = f"hits-{name}.json", f"hits-{name}-merged.parquet"
        with beside(self.folder / merged) as temporary, closing(HitWriter(temporary)) as file:
            for where, heard in heard_in(self._kept(lists, {key: [place] for place, key in enumerate(keys)})):
                file.add(where, heard)
        old = {one for path in lists for one in (path.name, *_read(path).get("files", ()))}
        _write(self.folder / held, {"cues": list(keys), "files": [merged]})
        for one in old - {held, merged}:
            (self.folder / one).unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    """Return what a list says; nothing where it is missing or damaged."""
    with suppress(OSError, ValueError):
        held = json.loads(path.read_text(encoding="utf-8"))
        return held if isinstance(held, dict) else {}
    return {}


def _write(path: Path, held: Mapping[str, Any]) -> None:
    write_atomically(path, json.dumps(held, ensure_ascii=False))
