"""Looks for cues in the pages of a study, in one process or in several that each read their own share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import Problem
from qualcode.model import Cue, CueKind
from qualcode.project.sharing import Broken, Reading, Share
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest.keeping import Placed
    from qualcode.suggest.searching import Search

_MANY = 20_000
"""Turns from which on it is worth a word that a cue is tried in every sentence."""


def list_name(cues: Iterable[str]) -> str:
    """Return the name of the list of hits of these cues, by their keys."""
    return hashlib.sha256("".join(cues).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Task:
    """What one process is to do; a task is sent to it as it is."""

    root: Path
    folder: Path
    cues: Mapping[str, tuple[CueKind, str]]
    """Kind and value of the cues to look for, by their keys."""
    pages: Sequence[Path] = ()
    """Files of pages; where there are none, the sources are read and pages are written."""
    words: Sequence[Path] = ()
    """Files with the vocabulary of those pages."""
    share: Share = field(default_factory=Share)

    @property
    def name(self) -> str:
        """The same for all shares: what is looked for."""
        return list_name(self.cues)

    def file(self, kind: str, number: int = 0) -> Path:
        """Return where this share's pages or hits of a number go."""
        return self.folder / f"{kind}-{self.share.number}of{self.share.of}-{number}.parquet"


@dataclass
class Done:
    """What one process has done."""

    pages: list[Path] = field(default_factory=list)
    words: list[Path] = field(default_factory=list)
    hits: list[Path] = field(default_factory=list)
    problems: Sequence[tuple[int, Problem]] = ()
    everywhere: Sequence[str] = ()
    """Keys of cues that were tried in every sentence."""
    turns: int = 0

    @property
    def many(self) -> bool:
        """Whether there were so many turns that it took long."""
        return self.turns >= _MANY


def listen(task: Task, study: Study, *, jobs: int) -> list[Done]:
    """Do a task in this process, or in several at once; what is found is the same."""
    task.folder.mkdir(parents=True, exist_ok=True)
    if jobs <= 1:
        return [_listen(task, study)]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_listen_alone, [replace(task, share=Share(number, jobs)) for number in range(jobs)]))


def _listen_alone(task: Task) -> Done:
    return _listen(task, Study(task.root))


def _listen(task: Task, study: Study) -> Done:
    search = _search_for(task, study)
    done = _in_kept(task, search, study) if task.pages else _in_sources(task, study)
    keys = list(task.cues)
    done.everywhere = [keys[number] for number in search.everywhere]
    return done


def _search_for(task: Task, study: Study) -> Search:
    from qualcode.suggest.language import blank
    from qualcode.suggest.searching import Search

    cues = {number: Cue(kind, value) for number, (kind, value) in enumerate(task.cues.values())}
    return Search(cues, blank(study.settings.language))


def _in_kept(task: Task, search: Search, study: Study) -> Done:
    """Look into pages that are kept: of each file a share, with a file of hits of its own, so that it is in order."""
    from qualcode.suggest.keeping import read_pages, read_vocabulary

    done = Done()
    search.know(said for path in task.words for said in read_vocabulary(path))
    for number, path in enumerate(task.pages):
        share = (task.share.number - number) % task.share.of
        pages = read_pages(path, share=share, of=task.share.of)
        done.hits.append(task.file(f"hits-{task.name}", number))
        for placed in _searched(pages, done.hits[-1], search, study):
            done.turns += len(placed.page)
    return done


def _in_sources(task: Task, study: Study) -> Done:
    """Read the sources, keep their pages and look into them, all in one go."""
    broken: dict[str, Problem] = {}
    while True:
        reading = Reading(study, task.share, broken)
        try:
            done = _in_reading(reading, task, _search_for(task, study))
        except Broken as stop:
            broken[stop.name] = stop.problem
        else:
            done.problems = reading.problems
            return done


def _in_reading(reading: Reading, task: Task, search: Search) -> Done:
    from qualcode.suggest.keeping import PageWriter, VocabularyWriter

    hits = task.file(f"hits-{task.name}")
    done = Done([task.file("pages")], [task.file("words")], [hits])
    with (
        beside(done.pages[0]) as to_pages,
        beside(done.words[0]) as to_words,
        closing(PageWriter(to_pages)) as pages,
        closing(VocabularyWriter(to_words)) as words,
    ):
        search.learning = words.add
        for placed in _searched(reading.pages(), hits, search, reading.study):
            pages.write(placed)
            done.turns += len(placed.page)
    return done


def _searched(pages: Iterator[Placed], path: Path, search: Search, study: Study) -> Iterator[Placed]:
    """Yield pages after what is found in them has been written."""
    from qualcode.suggest.keeping import HitWriter, heard_of

    with beside(path) as temporary, closing(HitWriter(temporary)) as file:
        for placed in pages:
            for sentence in search.in_page(placed.page, short=study.short):
                file.add(*heard_of(placed, sentence))
            yield placed


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a path beside another, to which the file is moved when it is whole: two runs may write the same one."""
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
