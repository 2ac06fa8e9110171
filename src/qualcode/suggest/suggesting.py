"""The maker ``cues``: suggestions from the codebook's cues over participants' sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

from qualcode.model import Codebook, Transcript
from qualcode.segments import abbreviations
from qualcode.suggest.cues import CodeCue, CueFinder, code_cues
from qualcode.suggest.language import blank
from qualcode.suggest.pages import Found, Page, Sentence
from qualcode.suggest.table import Suggestions, suggestion_id

MAKER = "cues"

_TURNS = 500
"""Transcripts that are searched at once."""

Row = tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A participant's sentence by its words, with the cues found in it: all that a suggestion needs to know."""

    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    quote: str
    found: Sequence[Found]
    """(cue, start, end) of each hit, sorted; places are those of the transcript's text."""

    @classmethod
    def of(cls, page: Page, sentence: Sentence) -> Heard:
        """Return a sentence of a page by its words."""
        row, start, end = sentence.row, sentence.start, sentence.end
        quote = page.text[row][start:end]
        return cls(page.transcript[row], page.turn[row], start, end, page.speaker[row], quote, sentence.found)


def suggest(
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    language: str = "en",
    short: Collection[str] = abbreviations("en"),
) -> Suggestions:
    """Suggest codes for participants' sentences, in the order of transcripts and sentences.

    A code is suggested where at least one of its cues is found and none of its ``unless`` cues is.
    The score is ``1 - prod(1 - weight)`` over the distinct cues found: it ranks, it is no probability.
    """
    return suggest_with(CueFinder(book, blank(language)), transcripts, book, short=short)


def suggest_with(
    finder: CueFinder, transcripts: Iterable[Transcript], book: Codebook, *, short: Collection[str]
) -> Suggestions:
    """Suggest as `suggest` does with a finder that is kept for more: what it has learnt of words is of use again."""
    return Suggestions.of(suggested(_heard(transcripts, finder, short), book))


def _heard(transcripts: Iterable[Transcript], finder: CueFinder, short: Collection[str]) -> Iterator[Heard]:
    left = iter(transcripts)
    while some := list(islice(left, _TURNS)):
        page = Page.of(some)
        for sentence in finder.search.in_page(page, short=short):
            yield Heard.of(page, sentence)


def suggested(heard: Iterable[Heard], book: Codebook) -> Iterator[Row]:
    """Yield the suggestions that sentences with their hits amount to, as rows of `Suggestions`."""
    cues = code_cues(book)
    for sentence in heard:
        place = (sentence.transcript, sentence.turn, sentence.start, sentence.end, sentence.speaker, sentence.quote)
        for code, hits in _speaking(sentence.found, cues).items():
            key = suggestion_id((sentence.transcript, sentence.start, sentence.quote, code))
            yield (key, *place, code, _score(hits, cues), MAKER, _why(hits, cues, sentence), book.version)


def _speaking(found: Iterable[Found], cues: Sequence[CodeCue]) -> Mapping[str, list[Found]]:
    """Return the hits of one sentence by code, without codes that one of their ``unless`` cues vetoes."""
    by_code: dict[str, list[Found]] = {}
    vetoed = set()
    for hit in found:
        held = cues[hit[0]]
        by_code.setdefault(held.code, []).append(hit)
        if held.cue.unless:
            vetoed.add(held.code)
    return {code: hits for code, hits in by_code.items() if code not in vetoed}


def _score(hits: Sequence[Found], cues: Sequence[CodeCue]) -> float:
    return round(1 - prod(1 - cues[cue].cue.weight for cue in {hit[0] for hit in hits}), 3)


def _why(hits: Sequence[Found], cues: Sequence[CodeCue], sentence: Heard) -> str:
    """Say which words triggered it, and by which cue where that is written otherwise."""
    quote, start = sentence.quote, sentence.start
    reasons = (_reason(quote[at - start : to - start], cues[cue]) for cue, at, to in hits)
    return "; ".join(dict.fromkeys(reasons))


def _reason(words: str, held: CodeCue) -> str:
    said, kind, value = " ".join(words.split()), held.cue.kind, held.cue.value
    if kind == "phrase":
        return f'"{said}"' if said.casefold() == value.casefold() else f'"{said}" (phrase "{value}")'
    return f'"{said}" ({kind})'
