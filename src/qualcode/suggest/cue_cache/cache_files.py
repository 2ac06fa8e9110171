"""Pages and hits on disk: what was read of the sources and what each cue found, so that neither is done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from qualcode.model import Cue
from qualcode.suggest.cues.codebook_cues import CodeCue
from qualcode.suggest.cues.cue_maker import SentenceMatches
from qualcode.suggest.cues.turn_pages import CueSpan, Page, PageSentence
from qualcode.suggest.parquet_parts import ParquetPartWriter, read_parts

_PAGE_COLUMNS = {
    "source": int,
    "number": int,
    "transcript": str,
    "text": str,
    "turn": int,
    "speaker": str,
    "start": int,
    "end": int,
}
_MATCH_COLUMNS = {
    "source": int,
    "number": int,
    "turn": int,
    "start": int,
    "end": int,
    "transcript": str,
    "speaker": str,
    "quote": str,
    "cue": int,
    "at": int,
    "to": int,
}
BLOCK = 2_000
"""Rows of a table that one process reads in a run, where several read a study."""

_PART = 5_000
"""Hits that are written at once."""

SourceRow = tuple[int, int]
"""A transcript by its source and its row there, both counted from 0, by which all are in order."""


def cue_key(cue: Cue) -> str:
    """Return what the hits of a cue are kept under: its weight, its code and whether it vetoes change none of them."""
    return hashlib.sha256(f"{cue.kind}\x1f{cue.value}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page with the place of each of its rows among all transcripts of a study."""

    source_rows: Sequence[SourceRow]
    page: Page


class PageWriter:
    """Writes pages; the text of a transcript is kept once."""

    def __init__(self, path: Path) -> None:
        self._file = ParquetPartWriter(path, _PAGE_COLUMNS)

    def write(self, placed: PlacedPage) -> None:
        """Write a page."""
        page = placed.page
        names = page.transcript
        texts = [
            "" if row and names[row - 1] == name else text
            for row, (name, text) in enumerate(zip(names, page.text, strict=True))
        ]
        source, number = [where[0] for where in placed.source_rows], [where[1] for where in placed.source_rows]
        self._file.write({"source": source, "number": number, **page.columns(), "text": texts})

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def read_pages(path: Path, *, share: int = 0, share_count: int = 1) -> Iterator[PlacedPage]:
    """Yield the pages of a file; of ``of`` readers each takes its ``share``."""
    for columns in read_parts(path, share=share, share_count=share_count):
        where = list(zip(columns.pop("source"), columns.pop("number"), strict=True))
        text = ""
        names, texts = columns["transcript"], columns["text"]
        for row, words in enumerate(texts):
            text = texts[row] = text if row and names[row - 1] == names[row] else words
        yield PlacedPage(where, Page(**columns))


class MatchWriter:
    """Writes what was found, in the order of transcripts."""

    def __init__(self, path: Path) -> None:
        self._file = ParquetPartWriter(path, _MATCH_COLUMNS)
        self._columns: dict[str, list[Any]] = {name: [] for name in _MATCH_COLUMNS}

    def add(self, where: SourceRow, heard: SentenceMatches) -> None:
        """Write the hits of a sentence."""
        place = (*where, heard.turn, heard.start, heard.end, heard.transcript, heard.speaker, heard.quote)
        columns = list(self._columns.values())
        for found in heard.matches:
            for column, value in zip(columns, (*place, *found), strict=True):
                column.append(value)
        if len(columns[0]) >= _PART:
            self._flush()

    def _flush(self) -> None:
        self._file.write(self._columns)
        self._columns = {name: [] for name in _MATCH_COLUMNS}

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._file.close()


class VocabularyWriter:
    """Writes the distinct chunks of pages with the words that they say; one may be written twice."""

    def __init__(self, path: Path) -> None:
        self._file = ParquetPartWriter(path, {"chunk": str, "words": str})
        self._words_by_chunk: dict[str, str] = {}

    def add(self, said: Mapping[str, Iterable[str]]) -> None:
        """Write chunks."""
        self._words_by_chunk.update((chunk, "\n".join(words)) for chunk, words in said.items())
        if len(self._words_by_chunk) >= _PART:
            self._flush()

    def _flush(self) -> None:
        self._file.write({"chunk": list(self._words_by_chunk), "words": list(self._words_by_chunk.values())})
        self._words_by_chunk.clear()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._file.close()


def read_vocabulary(path: Path) -> Iterator[Mapping[str, Sequence[str]]]:
    """Yield chunks with the words that they say, some thousand at a time."""
    for columns in read_parts(path):
        yield {chunk: words.split("\n") for chunk, words in zip(columns["chunk"], columns["words"], strict=True)}


@dataclass(frozen=True, slots=True)
class MatchFile:
    """Files of hits, each with the numbers that its cues have in the codebook as it is now."""

    path: Path
    numbers: Mapping[int, Sequence[int]] = field(default_factory=dict)


def read_matches(files: Iterable[MatchFile]) -> Iterator[tuple[SourceRow, SentenceMatches]]:
    """Yield the sentences with any hit, in the order of transcripts, from all files at once."""
    rows = merge(*map(_rows, files))
    for place, group in groupby(rows, key=itemgetter(slice(0, 8))):
        source, number, turn, start, end, transcript, speaker, quote = place
        found: Sequence[CueSpan] = sorted(row[8:] for row in group)
        yield (source, number), SentenceMatches(transcript, turn, start, end, speaker, quote, found)


def _rows(kept: MatchFile) -> Iterator[tuple[Any, ...]]:
    for columns in read_parts(kept.path):
        for *place, cue, at, to in zip(*columns.values(), strict=True):
            for number in kept.numbers.get(cue, ()):
                yield (*place, number, at, to)


def number_cues(cues: Sequence[CodeCue]) -> dict[str, list[int]]:
    """Return the numbers of a codebook's cues by their keys: several codes may have the same cue."""
    found: dict[str, list[int]] = {}
    for number, held in enumerate(cues):
        found.setdefault(cue_key(held.cue), []).append(number)
    return found


def locate_matches(placed: PlacedPage, sentence: PageSentence) -> tuple[SourceRow, SentenceMatches]:
    """Return a sentence of a page by its place and its words."""
    return placed.source_rows[sentence.row], SentenceMatches.from_page(placed.page, sentence)
