"""Search for cues in a study's pages, in one process or in several that each take a share of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcode.errors import Problem
from qualcode.files import create_folder
from qualcode.model import Cue, CueKind
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cache_files import (
    MatchWriter,
    PageWriter,
    PlacedPage,
    VocabularyWriter,
    locate_matches,
    read_pages,
    read_vocabulary,
)
from qualcode.suggest.cue_cache.share_reader import BrokenTable, Share, ShareReader
from qualcode.suggest.cues.cue_search import CueSearch
from qualcode.suggest.cues.tokenizer import load_blank_pipeline

_MANY_TURNS = 20_000
"""Turns from which on slow cues are reported."""


def match_list_name(keys: Iterable[str]) -> str:
    """Return the name of the list of matches of cues, by their keys."""
    return hashlib.sha256("".join(keys).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class SearchTask:
    """The search of one process; it is pickled to be sent there."""

    root: Path
    folder: Path
    cues: Mapping[str, tuple[CueKind, str]]
    """Kind and value of the cues to search for, by their keys."""
    pages: Sequence[Path] = ()
    """Files of pages; if there are none, the sources are read and pages are written."""
    words: Sequence[Path] = ()
    """Files with the vocabulary of those pages."""
    share: Share = field(default_factory=Share)

    @property
    def name(self) -> str:
        """The name of the list of matches, the same for all shares."""
        return match_list_name(self.cues)

    def share_path(self, kind: str, number: int = 0) -> Path:
        """Return the path of a numbered file of this share."""
        return self.folder / f"{kind}-{self.share.number}of{self.share.count}-{number}.parquet"


@dataclass
class SearchResult:
    """The files that one process has written, and what it reports."""

    pages: list[Path] = field(default_factory=list)
    words: list[Path] = field(default_factory=list)
    match_files: list[Path] = field(default_factory=list)
    problems: Sequence[tuple[int, Problem]] = ()
    slow_cue_keys: Sequence[str] = ()
    """Keys of cues that were tried in every sentence."""
    turns: int = 0

    @property
    def has_many_turns(self) -> bool:
        """Whether slow cues took noticeable time."""
        return self.turns >= _MANY_TURNS


def run_search(task: SearchTask, study: Study, *, jobs: int) -> list[SearchResult]:
    """Run a task in this process or in several; the matches are the same."""
    create_folder(task.folder)
    if jobs <= 1:
        return [_run_task(task, study)]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    tasks = [replace(task, share=Share(number, jobs)) for number in range(jobs)]
    # The same start method on all systems; a fork of a process with Arrow's threads could deadlock.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_run_task_in_process, tasks))


def _run_task_in_process(task: SearchTask) -> SearchResult:
    return _run_task(task, Study(task.root))


def _run_task(task: SearchTask, study: Study) -> SearchResult:
    search = _make_search(task, study)
    result = _search_pages(task, search, study) if task.pages else _search_sources(task, study)
    keys = list(task.cues)
    # Which cues are slow depends on the cues alone, so any CueSearch of the task gives the answer.
    result.slow_cue_keys = [keys[number] for number in search.slow_cues]
    return result


def _make_search(task: SearchTask, study: Study) -> CueSearch:
    cues = {number: Cue(kind, value) for number, (kind, value) in enumerate(task.cues.values())}
    return CueSearch(cues, load_blank_pipeline(study.settings.language))


def _search_pages(task: SearchTask, search: CueSearch, study: Study) -> SearchResult:
    """Search a share of each file of pages, with a file of matches of its own, so that each is in order."""
    result = SearchResult()
    search.load_vocabulary(chunks for path in task.words for chunks in read_vocabulary(path))
    for number, path in enumerate(task.pages):
        # Rotated by the file's number: otherwise the first process would get the first page of every file.
        share = (task.share.number - number) % task.share.count
        pages = read_pages(path, share=share, share_count=task.share.count)
        result.match_files.append(task.share_path(f"hits-{task.name}", number))
        for placed in _write_matches(pages, result.match_files[-1], search, study):
            result.turns += len(placed.page)
    return result


def _search_sources(task: SearchTask, study: Study) -> SearchResult:
    """Read the sources, write their pages and search them in one pass; begin again without a table that is broken."""
    broken_tables: dict[str, Problem] = {}
    while True:
        # A new CueSearch each time, since an old one would not report its chunks again as new ones.
        reader = ShareReader(study, task.share, broken_tables)
        try:
            result = _search_share(reader, task, _make_search(task, study))
        except BrokenTable as error:
            broken_tables[error.name] = error.problem
        else:
            result.problems = reader.problems
            return result


def _search_share(reader: ShareReader, task: SearchTask, search: CueSearch) -> SearchResult:
    match_file = task.share_path(f"hits-{task.name}")
    result = SearchResult([task.share_path("pages")], [task.share_path("words")], [match_file])
    with (
        temporary_path(result.pages[0]) as pages_path,
        temporary_path(result.words[0]) as words_path,
        closing(PageWriter(pages_path)) as page_writer,
        closing(VocabularyWriter(words_path)) as vocabulary_writer,
    ):
        # The vocabulary is collected while chunks are indexed, which avoids a second pass over the texts.
        search.on_new_chunks = vocabulary_writer.add
        for placed in _write_matches(reader.pages(), match_file, search, reader.study):
            page_writer.write(placed)
            result.turns += len(placed.page)
    return result


def _write_matches(pages: Iterator[PlacedPage], path: Path, search: CueSearch, study: Study) -> Iterator[PlacedPage]:
    """Yield each page after its matches have been written."""
    # Contexts are left in reverse order: the writer is closed before its file is renamed.
    with temporary_path(path) as temporary, closing(MatchWriter(temporary)) as writer:
        for placed in pages:
            for sentence in search.search_page(placed.page, sentence_rules=study.sentence_rules):
                writer.add(*locate_matches(placed, sentence))
            yield placed


@contextmanager
def temporary_path(path: Path) -> Iterator[Path]:
    """Yield a path that replaces ``path`` when its file is complete: two programs may write the same one."""
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
