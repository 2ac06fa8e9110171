"""Candidates for in-vivo codes: what participants often say where no code is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualcode.errors import check_positive, format_count
from qualcode.incidence import Incidence, mark_coded_words
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.analysis.words.spoken_words import SpokenWords, list_spoken_words
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes
from qualcode.statistics import log_likelihood, log_ratio
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study
from qualcode.suggest.stop_words import load_stop_words

IN_VIVO_COLUMNS = (
    "phrase count count_coded transcripts log_likelihood log_ratio transcript start end example coder".split()
)

_CONTEXT = 60
"""Characters on either side of the phrase in an example."""
_SAME = 0.75
"""A phrase within a longer one is left out if at least this share of its uses are in the longer one."""


@dataclass(frozen=True, slots=True)
class InVivoOptions:
    """Which phrases are listed."""

    top: int = 30
    max_words: int = 4
    min_count: int = 3
    min_transcripts: int = 2

    def __post_init__(self) -> None:
        for name in ("top", "max_words", "min_count", "min_transcripts"):
            check_positive(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase with its counts, and the position of its first word where it is first used without a code."""

    words: tuple[str, ...]
    count: int
    count_coded: int
    transcripts: int
    log_likelihood: float
    log_ratio: float
    first_word: int


def list_in_vivo(
    study: Study, options: AnalysisOptions, in_vivo: InVivoOptions
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return phrases that participants use mostly where no code is, the most typical first, and notes."""
    counted = build_incidence_set(study, options)
    reading = study.as_of(options.as_of)
    stop_words = load_stop_words(study.settings.language)
    rows = [
        row
        for incidence in counted.incidences
        for row in _list_phrases(reading, incidence, counted, (in_vivo, stop_words))
    ]
    return rows, [*count_notes(study, counted), *_in_vivo_notes(study, in_vivo, stop_words)]


def _list_phrases(
    study: Study, incidence: Incidence, counted: IncidenceSet, choice: tuple[InVivoOptions, Collection[str]]
) -> Iterator[dict[str, Any]]:
    options = choice[0]
    words = list_spoken_words(study, incidence.universe)
    is_coded = np.zeros(len(words.number), dtype=bool)
    for code_set in counted.code_sets:
        is_coded |= mark_coded_words(incidence, code_set)
    found: list[_Phrase] = []
    number = words.number
    for length in range(1, options.max_words + 1):
        # Phrases of one length more: numbers of a shorter one and of the word after it, as one number.
        starts, number = _lengthen(words, number, length)
        if not len(starts):
            break
        found += _rank_phrases(words, is_coded, (starts, number[starts], length), choice)
    found.sort(key=lambda phrase: (-phrase.log_likelihood, phrase.words))
    for phrase in _drop_parts(found, options.top):
        yield {**_phrase_row(study, incidence, phrase), "coder": incidence.coder}


def _lengthen(words: SpokenWords, number: Ints, length: int) -> tuple[Ints, Ints]:
    """Return where phrases of a length begin, and the number of the phrase at each word (where one begins)."""
    if length == 1:
        return np.arange(len(number)), number
    joined = np.ones(max(0, len(number) - length + 1), dtype=bool)
    for step in range(length - 1):
        joined &= words.has_next[step : step + len(joined)]
    starts = np.flatnonzero(joined)
    pairs = number[starts] * len(words.vocabulary) + words.number[starts + length - 1]
    longer = np.zeros(len(number), dtype=np.int64)
    longer[starts] = np.unique(pairs, return_inverse=True)[1]
    return starts, longer


def _rank_phrases(
    words: SpokenWords,
    is_coded: Flags,
    phrases: tuple[Ints, Ints, int],
    choice: tuple[InVivoOptions, Collection[str]],
) -> Iterator[_Phrase]:
    """Yield the phrases of one length that are frequent enough and used more where no code is."""
    starts, number, length = phrases
    options, stop_words = choice
    if not len(starts):
        return
    coded = np.any([is_coded[starts + step] for step in range(length)], axis=0)
    kinds = int(number.max()) + 1
    count, other = (np.bincount(number[mask], minlength=kinds) for mask in (~coded, coded))
    places = np.unique(words.transcript[starts[~coded]] * kinds + number[~coded])
    spread = np.bincount(places % kinds, minlength=kinds)
    sizes = {"size": int((~coded).sum()), "reference_size": int(coded.sum())}
    # Without any coding all words are equally new: the most frequent phrases come first.
    statistic = log_likelihood(count, other, **sizes) if all(sizes.values()) else count.astype(np.float64)
    ratio = log_ratio(count, other, **sizes)
    first = np.full(kinds, -1, dtype=np.int64)
    first[number[~coded][::-1]] = starts[~coded][::-1]
    is_candidate = (count >= options.min_count) & (spread >= options.min_transcripts) & (statistic > 0)
    for i in np.flatnonzero(is_candidate).tolist():
        text = tuple(words.vocabulary[word] for word in words.number[first[i] : first[i] + length])
        if _is_content(text[0], stop_words) and _is_content(text[-1], stop_words):
            counts = (int(count[i]), int(other[i]), int(spread[i]))
            yield _Phrase(text, *counts, float(statistic[i]), float(ratio[i]), int(first[i]))


def _is_content(word: str, stop_words: Collection[str]) -> bool:
    """Return whether a word may begin or end a phrase: no stop word, also not as a short form such as "it's"."""
    return word not in stop_words and word.partition("'")[0] not in stop_words and not word.isdecimal()


def _drop_parts(phrases: Sequence[_Phrase], top: int) -> list[_Phrase]:
    """Return the first phrases, without those that are mostly used within a longer one that is listed."""
    longer = [phrase for phrase in phrases[: 10 * top] if len(phrase.words) > 1]
    kept: list[_Phrase] = []
    for phrase in phrases:
        if not any(
            len(other.words) > len(phrase.words)
            and other.count >= _SAME * phrase.count
            and f" {' '.join(phrase.words)} " in f" {' '.join(other.words)} "
            for other in longer
        ):
            kept.append(phrase)
        if len(kept) == top:
            break
    return kept


def _phrase_row(study: Study, incidence: Incidence, phrase: _Phrase) -> dict[str, Any]:
    universe = incidence.universe
    last = phrase.first_word + len(phrase.words) - 1
    number = int(np.searchsorted(np.cumsum(universe.transcript_words), phrase.first_word, "right"))
    offset = int(universe.transcript_offset[number])
    start, end = int(universe.word_start[phrase.first_word]) - offset, int(universe.word_end[last]) - offset
    text = study.transcripts[universe.transcripts[number]].text
    turn = int(np.searchsorted(universe.turn_start, universe.word_start[phrase.first_word], "right")) - 1
    turn_start, turn_end = int(universe.turn_start[turn]) - offset, int(universe.turn_end[turn]) - offset
    return {
        "phrase": " ".join(phrase.words),
        "count": phrase.count,
        "count_coded": phrase.count_coded,
        "transcripts": phrase.transcripts,
        "log_likelihood": round(phrase.log_likelihood, 3),
        "log_ratio": None if np.isnan(phrase.log_ratio) else round(phrase.log_ratio, 3),
        "transcript": universe.transcripts[number],
        "start": start,
        "end": end,
        "example": _cut_example(text[turn_start:turn_end], start - turn_start, end - turn_start),
    }


def _cut_example(text: str, start: int, end: int) -> str:
    """Return a passage of a turn with whole words around it."""
    first = text.rfind(" ", 0, max(0, start - _CONTEXT)) + 1
    cut = text.find(" ", end + _CONTEXT)
    last = len(text) if cut < 0 else cut
    example = " ".join(text[first:last].split())
    return f"{'… ' if first else ''}{example}{' …' if last < len(text) else ''}"


def _in_vivo_notes(study: Study, options: InVivoOptions, stop_words: Collection[str]) -> list[str]:
    notes = [
        f"phrases of up to {format_count(options.max_words, 'word')} that occur at least {options.min_count} times "
        f"without a code, in at least {format_count(options.min_transcripts, 'transcript')}, ordered by log-likelihood "
        "(G2) against text with a code; count_coded: the same words where a code is",
        "these are words to look at: whether one is worth a code is for you to decide",
    ]
    if not stop_words:
        notes.append(f"no list of stop words for language '{study.settings.language}': common words are not left out")
    return notes
