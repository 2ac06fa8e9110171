"""The maker ``cues``: suggestions from the codebook's cues over participants' sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

from qualcode.model import Codebook, Transcript
from qualcode.segments import get_abbreviations
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder, CodeCue, code_cues
from qualcode.suggest.cues.tokenizer import load_blank_pipeline
from qualcode.suggest.cues.turn_pages import CueSpan, Page, PageSentence
from qualcode.suggest.suggestion_table import Suggestions, suggestion_id

CUE_MAKER = "cues"

_BATCH_TRANSCRIPTS = 500
"""Transcripts that are searched at once."""

SuggestionRow = tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class SentenceMatches:
    """A participant's sentence by its words, with the cues found in it: all that a suggestion needs to know."""

    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    quote: str
    matches: Sequence[CueSpan]
    """(cue, start, end) of each hit, sorted; places are those of the transcript's text."""

    @classmethod
    def from_page(cls, page: Page, sentence: PageSentence) -> SentenceMatches:
        """Return a sentence of a page by its words."""
        row, start, end = sentence.row, sentence.start, sentence.end
        quote = page.text[row][start:end]
        return cls(page.transcript[row], page.turn[row], start, end, page.speaker[row], quote, sentence.matches)


def suggest_by_cues(
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    language: str = "en",
    abbreviations: Collection[str] = get_abbreviations("en"),
) -> Suggestions:
    """Suggest codes for participants' sentences, in the order of transcripts and sentences.

    A code is suggested where at least one of its cues is found and none of its ``unless`` cues is.
    The score is ``1 - prod(1 - weight)`` over the distinct cues found: it ranks, it is no probability.
    """
    return suggest_by_finder(
        CodebookCueFinder(book, load_blank_pipeline(language)), transcripts, book, abbreviations=abbreviations
    )


def suggest_by_finder(
    finder: CodebookCueFinder, transcripts: Iterable[Transcript], book: Codebook, *, abbreviations: Collection[str]
) -> Suggestions:
    """Suggest as `suggest_by_cues` does with a finder that is kept for more: what it has learnt of words is of use again."""
    return Suggestions.from_rows(make_suggestion_rows(_search_transcripts(transcripts, finder, abbreviations), book))


def _search_transcripts(
    transcripts: Iterable[Transcript], finder: CodebookCueFinder, short: Collection[str]
) -> Iterator[SentenceMatches]:
    left = iter(transcripts)
    while some := list(islice(left, _BATCH_TRANSCRIPTS)):
        page = Page.from_transcripts(some)
        for sentence in finder.search.search_page(page, abbreviations=short):
            yield SentenceMatches.from_page(page, sentence)


def make_suggestion_rows(heard: Iterable[SentenceMatches], book: Codebook) -> Iterator[SuggestionRow]:
    """Yield the suggestions that sentences with their hits amount to, as rows of `Suggestions`."""
    cues = code_cues(book)
    for sentence in heard:
        place = (sentence.transcript, sentence.turn, sentence.start, sentence.end, sentence.speaker, sentence.quote)
        for code, hits in _group_by_code(sentence.matches, cues).items():
            key = suggestion_id((sentence.transcript, sentence.start, sentence.quote, code))
            yield (key, *place, code, _score(hits, cues), CUE_MAKER, _why(hits, cues, sentence), book.version)


def _group_by_code(found: Iterable[CueSpan], cues: Sequence[CodeCue]) -> Mapping[str, list[CueSpan]]:
    """Return the hits of one sentence by code, without codes that one of their ``unless`` cues vetoes."""
    by_code: dict[str, list[CueSpan]] = {}
    vetoed = set()
    for hit in found:
        held = cues[hit[0]]
        by_code.setdefault(held.code, []).append(hit)
        if held.cue.unless:
            vetoed.add(held.code)
    return {code: hits for code, hits in by_code.items() if code not in vetoed}


def _score(hits: Sequence[CueSpan], cues: Sequence[CodeCue]) -> float:
    return round(1 - prod(1 - cues[cue].cue.weight for cue in {hit[0] for hit in hits}), 3)


def _why(hits: Sequence[CueSpan], cues: Sequence[CodeCue], sentence: SentenceMatches) -> str:
    """Say which words triggered it, and by which cue where that is written otherwise."""
    quote, start = sentence.quote, sentence.start
    reasons = (_reason(quote[at - start : to - start], cues[cue]) for cue, at, to in hits)
    return "; ".join(dict.fromkeys(reasons))


def _reason(words: str, held: CodeCue) -> str:
    said, kind, value = " ".join(words.split()), held.cue.kind, held.cue.value
    if kind == "phrase":
        return f'"{said}"' if said.casefold() == value.casefold() else f'"{said}" (phrase "{value}")'
    return f'"{said}" ({kind})'
