"""Whole transcripts sentence by sentence with the cues found in each, those with none among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from qualcode.model import Transcript
from qualcode.suggest.cues import CueFinder
from qualcode.suggest.pages import Found, Page

_BUNCH = 500
"""Transcripts that are searched at once."""


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """A participant's sentence, ``text[start:end]`` of its transcript, and what is found in it (often nothing)."""

    turn: int
    speaker: str
    start: int
    end: int
    found: Sequence[Found]
    """(cue, start, end) of each hit, sorted; cues by their place in `code_cues`, ``unless`` cues among them."""


@dataclass(frozen=True, slots=True)
class HeardTranscript:
    """All participants' sentences of a transcript."""

    id: str
    text: str
    sentences: Sequence[HeardSentence]


def hear(transcripts: Iterable[Transcript], finder: CueFinder, *, short: Collection[str]) -> Iterator[HeardTranscript]:
    """Yield transcripts in their order with every participant's sentence; those without any are left out."""
    left = iter(transcripts)
    while some := list(islice(left, _BUNCH)):
        page = Page.of(some)
        found: dict[int, dict[int, Sequence[Found]]] = {}
        for sentence in finder.search.in_page(page, short=short):
            found.setdefault(sentence.row, {})[sentence.start] = sentence.found
        yield from heard_page(page, found, short=short)


def heard_page(
    page: Page, found: Mapping[int, Mapping[int, Sequence[Found]]], *, short: Collection[str]
) -> Iterator[HeardTranscript]:
    """Yield the transcripts of a page; ``found`` has the hits by row and by where their sentence begins."""
    for name, group in groupby(range(len(page)), key=page.transcript.__getitem__):
        rows = list(group)
        sentences = [
            HeardSentence(page.turn[row], page.speaker[row], start, end, found.get(row, {}).get(start, ()))
            for row in rows
            for start, end in page.sentences(row, short)
        ]
        yield HeardTranscript(name, page.text[rows[0]], sentences)
