"""The maker ``cues``: suggestions from the codebook's cues over participants' sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from math import prod

from qualcode.model import Codebook, Segment, Transcript
from qualcode.segments import segments
from qualcode.suggest.cues import CueFinder, Hit
from qualcode.suggest.language import blank
from qualcode.suggest.table import Suggestions, suggestion_id

MAKER = "cues"


def suggest(
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    language: str = "en",
    short: Collection[str] | None = None,
) -> Suggestions:
    """Suggest codes for participants' sentences, in the order of transcripts and sentences.

    A code is suggested where at least one of its cues is found and none of its ``unless`` cues is.
    The score is ``1 - prod(1 - weight)`` over the distinct cues found: it ranks, it is no probability.
    """
    finder = CueFinder(book, blank(language))
    columns = Suggestions()
    for transcript in transcripts:
        found = segments(transcript) if short is None else segments(transcript, short=short)
        sentences = [segment for segment in found if segment.role == "participant"]
        _suggest_for(transcript, sentences, finder, book.version, columns)
    return columns


def _suggest_for(
    transcript: Transcript,
    sentences: Sequence[Segment],
    finder: CueFinder,
    version: str,
    columns: Suggestions,
) -> None:
    hits = finder.find(transcript.text, [(sentence.start, sentence.end) for sentence in sentences])
    for number, group in groupby(hits, key=lambda hit: hit.sentence):
        sentence = sentences[number]
        for code, code_hits in _by_code(group, finder):
            quote = transcript.text[sentence.start : sentence.end]
            columns.id.append(suggestion_id((transcript.id, sentence.start, quote, code, MAKER)))
            columns.transcript.append(transcript.id)
            columns.turn.append(sentence.turn)
            columns.start.append(sentence.start)
            columns.end.append(sentence.end)
            columns.speaker.append(sentence.speaker)
            columns.quote.append(quote)
            columns.code.append(code)
            columns.score.append(_score(code_hits, finder))
            columns.maker.append(MAKER)
            columns.why.append(_why(code_hits, finder, transcript.text))
            columns.version.append(version)


def _by_code(hits: Iterable[Hit], finder: CueFinder) -> Iterator[tuple[str, list[Hit]]]:
    """Yield the hits of one sentence by code, vetoed codes left out."""
    by_code: dict[str, list[Hit]] = {}
    vetoed: set[str] = set()
    for hit in hits:
        held = finder.cues[hit.cue]
        if held.cue.unless:
            vetoed.add(held.code)
        else:
            by_code.setdefault(held.code, []).append(hit)
    return ((code, found) for code, found in by_code.items() if code not in vetoed)


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
