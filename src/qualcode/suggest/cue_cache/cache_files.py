"""Parquet files of the cue index: pages of turns, their vocabulary, and cue matches."""

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

# source and number come first: files are merged by them.
_PAGE_COLUMNS = {
    "source": int,
    "number": int,
    "transcript": str,
    "text": str,
    "turn": int,
    "speaker": str,
    "time": float,
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
    "time": float,
    "quote": str,
    "cue": int,
    "at": int,
    "to": int,
}
_PART = 5_000
"""Matches or chunks that are written at once."""

SourceRow = tuple[int, int]
"""The number of a transcript's source and its row there, both from 0; transcripts are sorted by them."""


def cue_key(cue: Cue) -> str:
    """Return the key of a cue's matches: they do not depend on its weight, its code or whether it is a veto."""
    return hashlib.sha256(f"{cue.kind}\x1f{cue.value}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page with the source row of each of its turns."""

    source_rows: Sequence[SourceRow]
    page: Page


class PageWriter:
    """Writes pages; the text of a transcript is stored only in its first row."""

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
        source, number = [source for source, _ in placed.source_rows], [number for _, number in placed.source_rows]
        self._file.write({"source": source, "number": number, **page.columns(), "text": texts})

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def read_pages(path: Path, *, share: int = 0, share_count: int = 1) -> Iterator[PlacedPage]:
    """Yield the pages of a file; with several readers, every ``share_count``-th page from number ``share`` on."""
    for columns in read_parts(path, share=share, share_count=share_count):
        source_rows = list(zip(columns.pop("source"), columns.pop("number"), strict=True))
        names, texts = columns["transcript"], columns["text"]
        for row in range(1, len(texts)):
            if names[row - 1] == names[row]:
                texts[row] = texts[row - 1]
        yield PlacedPage(source_rows, Page(**columns))


class MatchWriter:
    """Writes matches, in the order of transcripts."""

    def __init__(self, path: Path) -> None:
        self._file = ParquetPartWriter(path, _MATCH_COLUMNS)
        self._columns: dict[str, list[Any]] = {name: [] for name in _MATCH_COLUMNS}

    def add(self, source_row: SourceRow, sentence: SentenceMatches) -> None:
        """Write the matches in a sentence."""
        span = (sentence.turn, sentence.start, sentence.end)
        place = (*span, sentence.transcript, sentence.speaker, sentence.time, sentence.quote)
        columns = list(self._columns.values())
        for match in sentence.matches:
            for column, value in zip(columns, (*source_row, *place, *match), strict=True):
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
    """Writes the distinct chunks (text between white space) of pages with their words; one may be written twice."""

    def __init__(self, path: Path) -> None:
        self._file = ParquetPartWriter(path, {"chunk": str, "words": str})
        self._words_by_chunk: dict[str, str] = {}

    def add(self, words_by_chunk: Mapping[str, Iterable[str]]) -> None:
        """Write chunks with their words."""
        self._words_by_chunk.update((chunk, "\n".join(words)) for chunk, words in words_by_chunk.items())
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
    """Yield chunks with their words, some thousand at a time."""
    for columns in read_parts(path):
        yield {chunk: words.split("\n") for chunk, words in zip(columns["chunk"], columns["words"], strict=True)}


@dataclass(frozen=True, slots=True)
class MatchFile:
    """A file of matches, with the numbers that its cues have in the present codebook."""

    path: Path
    numbers: Mapping[int, Sequence[int]] = field(default_factory=dict)


def read_matches(files: Iterable[MatchFile]) -> Iterator[tuple[SourceRow, SentenceMatches]]:
    """Yield the sentences with any match, in the order of transcripts, merged from all files."""
    # Each file is sorted by its first columns, so that merging keeps only one part of each in memory.
    rows = merge(*map(_rows, files))
    # The first 9 columns identify the sentence; cue, start and end of a match follow.
    for place, group in groupby(rows, key=itemgetter(slice(0, 9))):
        source, number, turn, start, end, transcript, speaker, time, quote = place
        matches: Sequence[CueSpan] = sorted(row[9:] for row in group)
        yield (source, number), SentenceMatches(transcript, turn, start, end, speaker, time, quote, matches)


def _rows(file: MatchFile) -> Iterator[tuple[Any, ...]]:
    for columns in read_parts(file.path):
        for *place, cue, start, end in zip(*columns.values(), strict=True):
            # Cues that have been removed from the codebook have no number and are skipped.
            for number in file.numbers.get(cue, ()):
                yield (*place, number, start, end)


def number_cues(cues: Sequence[CodeCue]) -> dict[str, list[int]]:
    """Return the numbers of a codebook's cues by their keys: several codes may have the same cue."""
    numbers: dict[str, list[int]] = {}
    for number, code_cue in enumerate(cues):
        numbers.setdefault(cue_key(code_cue.cue), []).append(number)
    return numbers


def locate_matches(placed: PlacedPage, sentence: PageSentence) -> tuple[SourceRow, SentenceMatches]:
    """Return the source row and the matches of a sentence of a page."""
    return placed.source_rows[sentence.row], SentenceMatches.from_page(placed.page, sentence)
