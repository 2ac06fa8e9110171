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
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.share_reader import BrokenTable, Share, ShareReader

if TYPE_CHECKING:
    from qualcode.suggest.cue_cache.cache_files import PlacedPage
    from qualcode.suggest.cues.cue_search import CueSearch

_MANY_TURNS = 20_000
"""Turns from which on it is worth a word that a cue is tried in every sentence."""


def match_list_name(cues: Iterable[str]) -> str:
    """Return the name of the list of hits of these cues, by their keys."""
    return hashlib.sha256("".join(cues).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class SearchTask:
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
        return match_list_name(self.cues)

    def share_path(self, kind: str, number: int = 0) -> Path:
        """Return where this share's pages or hits of a number go."""
        return self.folder / f"{kind}-{self.share.number}of{self.share.count}-{number}.parquet"


@dataclass
class SearchResult:
    """What one process has done."""

    pages: list[Path] = field(default_factory=list)
    words: list[Path] = field(default_factory=list)
    match_files: list[Path] = field(default_factory=list)
    problems: Sequence[tuple[int, Problem]] = ()
    slow_cue_keys: Sequence[str] = ()
    """Keys of cues that were tried in every sentence."""
    turns: int = 0

    @property
    def has_many_turns(self) -> bool:
        """Whether there were so many turns that it took long."""
        return self.turns >= _MANY_TURNS


def run_search(task: SearchTask, study: Study, *, jobs: int) -> list[SearchResult]:
    """Do a task in this process, or in several at once; what is found is the same."""
    task.folder.mkdir(parents=True, exist_ok=True)
    if jobs <= 1:
        return [_run_task(task, study)]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(
            pool.map(_run_task_in_process, [replace(task, share=Share(number, jobs)) for number in range(jobs)])
        )


def _run_task_in_process(task: SearchTask) -> SearchResult:
    return _run_task(task, Study(task.root))


def _run_task(task: SearchTask, study: Study) -> SearchResult:
    search = _make_search(task, study)
    done = _search_pages(task, search, study) if task.pages else _search_sources(task, study)
    keys = list(task.cues)
    done.slow_cue_keys = [keys[number] for number in search.slow_cues]
    return done


def _make_search(task: SearchTask, study: Study) -> CueSearch:
    from qualcode.suggest.cues.cue_search import CueSearch
    from qualcode.suggest.cues.tokenizer import load_blank_pipeline

    cues = {number: Cue(kind, value) for number, (kind, value) in enumerate(task.cues.values())}
    return CueSearch(cues, load_blank_pipeline(study.settings.language))


def _search_pages(task: SearchTask, search: CueSearch, study: Study) -> SearchResult:
    """Look into pages that are kept: of each file a share, with a file of hits of its own, so that it is in order."""
    from qualcode.suggest.cue_cache.cache_files import read_pages, read_vocabulary

    done = SearchResult()
    search.load_vocabulary(said for path in task.words for said in read_vocabulary(path))
    for number, path in enumerate(task.pages):
        share = (task.share.number - number) % task.share.count
        pages = read_pages(path, share=share, share_count=task.share.count)
        done.match_files.append(task.share_path(f"hits-{task.name}", number))
        for placed in _write_matches(pages, done.match_files[-1], search, study):
            done.turns += len(placed.page)
    return done


def _search_sources(task: SearchTask, study: Study) -> SearchResult:
    """Read the sources, keep their pages and look into them, all in one go."""
    broken: dict[str, Problem] = {}
    while True:
        reading = ShareReader(study, task.share, broken)
        try:
            done = _search_share(reading, task, _make_search(task, study))
        except BrokenTable as stop:
            broken[stop.name] = stop.problem
        else:
            done.problems = reading.problems
            return done


def _search_share(reading: ShareReader, task: SearchTask, search: CueSearch) -> SearchResult:
    from qualcode.suggest.cue_cache.cache_files import PageWriter, VocabularyWriter

    hits = task.share_path(f"hits-{task.name}")
    done = SearchResult([task.share_path("pages")], [task.share_path("words")], [hits])
    with (
        temporary_path(done.pages[0]) as to_pages,
        temporary_path(done.words[0]) as to_words,
        closing(PageWriter(to_pages)) as pages,
        closing(VocabularyWriter(to_words)) as words,
    ):
        search.on_new_chunks = words.add
        for placed in _write_matches(reading.pages(), hits, search, reading.study):
            pages.write(placed)
            done.turns += len(placed.page)
    return done


def _write_matches(pages: Iterator[PlacedPage], path: Path, search: CueSearch, study: Study) -> Iterator[PlacedPage]:
    """Yield pages after what is found in them has been written."""
    from qualcode.suggest.cue_cache.cache_files import MatchWriter, locate_matches

    with temporary_path(path) as temporary, closing(MatchWriter(temporary)) as file:
        for placed in pages:
            for sentence in search.search_page(placed.page, abbreviations=study.abbreviations):
                file.add(*locate_matches(placed, sentence))
            yield placed


@contextmanager
def temporary_path(path: Path) -> Iterator[Path]:
    """Give a path beside another, to which the file is moved when it is whole: two runs may write the same one."""
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
