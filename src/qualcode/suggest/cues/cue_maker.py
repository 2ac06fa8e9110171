"""The maker ``cues``: suggestions for participants' sentences in which the cues of a code are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

from qualcode.model import Codebook, Transcript
from qualcode.segments import SentenceRules, get_sentence_rules
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder, CodeCue, code_cues
from qualcode.suggest.cues.tokenizer import load_blank_pipeline
from qualcode.suggest.cues.turn_pages import CueSpan, Page, PageSentence
from qualcode.suggest.suggestion_request import CUE_MAKER
from qualcode.suggest.suggestion_table import Suggestions, suggestion_id

_BATCH_TRANSCRIPTS = 500
"""Transcripts that are searched at once."""

SuggestionRow = tuple[str | int | float | None, ...]


@dataclass(frozen=True, slots=True)
class SentenceMatches:
    """A participant's sentence with its quote and the cues found in it."""

    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    time: float | None
    quote: str
    matches: Sequence[CueSpan]
    """(cue, start, end) of each match, sorted; offsets are those of the transcript's text."""

    @classmethod
    def from_page(cls, page: Page, sentence: PageSentence) -> SentenceMatches:
        """Return a sentence of a page with its quote."""
        row, start, end = sentence.row, sentence.start, sentence.end
        quote = page.text[row][start:end]
        place = (page.transcript[row], page.turn[row], start, end, page.speaker[row], page.time[row])
        return cls(*place, quote, sentence.matches)


def suggest_by_cues(
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    language: str = "en",
    sentence_rules: SentenceRules = get_sentence_rules("en"),
) -> Suggestions:
    """Return suggestions for participants' sentences, in the order of transcripts and sentences.

    A code is suggested where at least one of its cues is found and none of its ``unless`` cues is.
    The score is ``1 - prod(1 - weight)`` over the distinct cues found; it ranks and is not a probability.
    """
    finder = CodebookCueFinder(book, load_blank_pipeline(language))
    return suggest_by_finder(finder, transcripts, book, sentence_rules=sentence_rules)


def suggest_by_finder(
    finder: CodebookCueFinder, transcripts: Iterable[Transcript], book: Codebook, *, sentence_rules: SentenceRules
) -> Suggestions:
    """Return what `suggest_by_cues` does, by a finder that is used again and keeps its caches of words."""
    return Suggestions.from_rows(make_suggestion_rows(_search_transcripts(transcripts, finder, sentence_rules), book))


def _search_transcripts(
    transcripts: Iterable[Transcript], finder: CodebookCueFinder, sentence_rules: SentenceRules
) -> Iterator[SentenceMatches]:
    remaining = iter(transcripts)
    while batch := list(islice(remaining, _BATCH_TRANSCRIPTS)):
        # Many transcripts at once: the automaton is called once for each page, not once for each text.
        page = Page.from_transcripts(batch)
        for sentence in finder.search.search_page(page, sentence_rules=sentence_rules):
            yield SentenceMatches.from_page(page, sentence)


def make_suggestion_rows(sentences: Iterable[SentenceMatches], book: Codebook) -> Iterator[SuggestionRow]:
    """Yield the suggestions that follow from the matches in sentences, as rows of `Suggestions`."""
    cues = code_cues(book)
    for sentence in sentences:
        place = (sentence.transcript, sentence.turn, sentence.start, sentence.end, sentence.speaker, sentence.time)
        for code, matches in _group_by_code(sentence.matches, cues).items():
            key = suggestion_id((sentence.transcript, sentence.start, sentence.quote, code))
            why = _format_reasons(matches, cues, sentence)
            yield (key, *place, sentence.quote, code, _score(matches, cues), CUE_MAKER, why, book.version)


def _group_by_code(matches: Iterable[CueSpan], cues: Sequence[CodeCue]) -> Mapping[str, list[CueSpan]]:
    """Return the matches in one sentence by code, without codes that have an ``unless`` cue among them."""
    matches_by_code: dict[str, list[CueSpan]] = {}
    vetoed = set()
    for match in matches:
        code_cue = cues[match[0]]
        matches_by_code.setdefault(code_cue.code, []).append(match)
        if code_cue.cue.unless:
            vetoed.add(code_cue.code)
    return {code: code_matches for code, code_matches in matches_by_code.items() if code not in vetoed}


def _score(matches: Sequence[CueSpan], cues: Sequence[CodeCue]) -> float:
    return round(1 - prod(1 - cues[cue].cue.weight for cue in {match[0] for match in matches}), 3)


def _format_reasons(matches: Sequence[CueSpan], cues: Sequence[CodeCue], sentence: SentenceMatches) -> str:
    """Return the matched words, each with its cue where the cue is written differently."""
    quote, start = sentence.quote, sentence.start
    reasons = (_format_reason(quote[first - start : last - start], cues[cue]) for cue, first, last in matches)
    return "; ".join(dict.fromkeys(reasons))


def _format_reason(text: str, code_cue: CodeCue) -> str:
    # A match may cross a line break, and a reason is one line.
    words, kind, value = " ".join(text.split()), code_cue.cue.kind, code_cue.cue.value
    if kind == "phrase":
        return f'"{words}"' if words.casefold() == value.casefold() else f'"{words}" (phrase "{value}")'
    return f'"{words}" ({kind})'
