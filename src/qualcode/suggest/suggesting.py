"""The maker ``cues``: suggestions from the codebook's cues over participants' sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from math import prod

from qualcode.model import Codebook, Transcript
from qualcode.segments import abbreviations, sentence_spans
from qualcode.suggest.cues import CueFinder, Hit
from qualcode.suggest.language import blank
from qualcode.suggest.table import Suggestions, suggestion_id

MAKER = "cues"


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
    finder = CueFinder(book, blank(language))
    return Suggestions.of(row for transcript in transcripts for row in _rows(transcript, finder, book.version, short))


def _rows(
    transcript: Transcript, finder: CueFinder, version: str, short: Collection[str]
) -> Iterator[tuple[str | int | float, ...]]:
    """Yield suggestions for one transcript as rows of the table."""
    text, name = transcript.text, transcript.id
    sentences = [
        (turn, span)
        for turn in transcript.participants
        for span in sentence_spans(text, turn.start, turn.end, short=short)
    ]
    hits = finder.speaking(finder.find(text, [span for _, span in sentences]))
    for number, group in groupby(hits, key=lambda hit: hit.sentence):
        turn, (start, end) = sentences[number]
        for code, code_hits in _by_code(group, finder).items():
            key = suggestion_id((name, start, text[start:end], code))
            place = (name, turn.index, start, end, turn.speaker, text[start:end])
            yield (key, *place, code, _score(code_hits, finder), MAKER, _why(code_hits, finder, text), version)


def _by_code(hits: Iterable[Hit], finder: CueFinder) -> dict[str, list[Hit]]:
    """Return the hits of one sentence by code."""
    by_code: dict[str, list[Hit]] = {}
    for hit in hits:
        by_code.setdefault(finder.cues[hit.cue].code, []).append(hit)
    return by_code


def _score(hits: Sequence[Hit], finder: CueFinder) -> float:
    weights = (finder.cues[cue].cue.weight for cue in {hit.cue for hit in hits})
    return round(1 - prod(1 - weight for weight in weights), 3)


def _why(hits: Sequence[Hit], finder: CueFinder, text: str) -> str:
    """Say which words triggered it, and by which cue where that is written otherwise."""
    return "; ".join(
        dict.fromkeys(
            _reason(text[hit.start : hit.end], finder.cues[hit.cue].cue.kind, finder.cues[hit.cue].cue.value)
            for hit in hits
        )
    )


def _reason(words: str, kind: str, value: str) -> str:
    said = " ".join(words.split())
    if kind == "phrase":
        return f'"{said}"' if said.casefold() == value.casefold() else f'"{said}" (phrase "{value}")'
    return f'"{said}" ({kind})'
