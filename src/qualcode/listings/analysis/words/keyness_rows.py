"""Keyness: the words that are typical of passages with a code, or of a group of cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualcode.errors import OperationError, check_positive, format_count
from qualcode.incidence import CodeSet, Incidence, mark_asked_words, mark_coded_words, mark_group_words
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.analysis.words.spoken_words import SpokenWords, list_spoken_words
from qualcode.listings.counted_incidences import (
    GroupMasks,
    IncidenceSet,
    blank_notes,
    build_incidence_set,
    compared_groups,
    count_notes,
)
from qualcode.statistics import adjust_p_values, likelihood_p_value, log_likelihood, log_ratio
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study

KEYNESS_COLUMNS = (
    "code word count count_reference per_1000_words per_1000_words_reference transcripts log_likelihood log_ratio p q "
    "words words_reference coder"
).split()
ALL_WORDS = "(all)"
"""The code of rows that compare all words of groups."""


@dataclass(frozen=True, slots=True)
class KeynessOptions:
    """Which words are listed for each target."""

    top: int = 20
    min_count: int = 3
    min_transcripts: int = 2
    under: bool = False
    """Whether words that are rarer in the target are listed as well."""

    def __post_init__(self) -> None:
        for name in ("top", "min_count", "min_transcripts"):
            check_positive(name, getattr(self, name))


def list_keyness(
    study: Study, options: AnalysisOptions, keyness: KeynessOptions
) -> tuple[list[dict[str, Any]], IncidenceSet, list[str]]:
    """Return the most typical words of each code, or of each group, what was counted, and notes.

    With groups, a group's words are compared with those of all other groups: all words, or if codes are selected, the
    words of passages with the code. Without, the words of passages with a code are compared with all other words.

    Raises
    ------
    OperationError
        If the options leave no code to compare.
    """
    counted = build_incidence_set(study, options, levels=("code",))
    if not counted.code_sets:
        raise OperationError("keyness needs at least one code: these options leave none")
    reading = study.as_of(options.as_of)
    rows: list[dict[str, Any]] = []
    for incidence, masks in zip(counted.incidences, counted.group_masks, strict=True):
        words = list_spoken_words(reading, incidence.universe)
        code_sets = counted.code_sets if options.code or not counted.group_attributes else [None]
        for code_set in code_sets:
            for labels, target, reference in _list_targets(incidence, code_set, masks):
                code = code_set.id if code_set else ALL_WORDS
                for row in _compare_words(words, target, reference, keyness):
                    group = dict(zip(counted.group_attributes, labels, strict=True))
                    rows.append({**group, "code": code, **row, "coder": incidence.coder})
    notes = [*count_notes(study, counted), *_keyness_notes(counted, options, keyness)]
    return rows, counted, notes


def _list_targets(
    incidence: Incidence, code_set: CodeSet | None, masks: GroupMasks
) -> Iterator[tuple[tuple[str, ...], Flags, Flags]]:
    """Yield the labels of each group, its target and its reference, both as masks of shape (words,)."""
    everything = np.ones(len(incidence.universe.word_start), dtype=bool)
    asked = mark_asked_words(incidence, code_set) if code_set else everything
    coded = mark_coded_words(incidence, code_set) & asked if code_set else everything
    if () in masks:
        yield (), coded, asked & ~coded
        return
    of_groups = {labels: mark_group_words(incidence, mask) for labels, mask in compared_groups(masks).items()}
    compared = coded & np.logical_or.reduce([*of_groups.values(), ~everything])
    for labels, of_group in of_groups.items():
        yield labels, coded & of_group, compared & ~of_group


def _compare_words(
    words: SpokenWords, target: Flags, reference: Flags, options: KeynessOptions
) -> Iterator[dict[str, Any]]:
    """Yield the words of a target that differ most from the reference; q counts all words that are frequent enough."""
    kinds = len(words.vocabulary)
    count, other = (np.bincount(words.number[mask], minlength=kinds) for mask in (target, reference))
    size, other_size = int(target.sum()), int(reference.sum())
    statistic = log_likelihood(count, other, size=size, reference_size=other_size)
    tested = np.flatnonzero((count + other >= options.min_count) & ~np.isnan(statistic))
    spread = _count_transcripts(words, target)
    p_values = likelihood_p_value(statistic[tested])
    q_values = adjust_p_values(p_values)
    ratio = log_ratio(count, other, size=size, reference_size=other_size)
    is_over = (
        (statistic[tested] > 0) & (count[tested] >= options.min_count) & (spread[tested] >= options.min_transcripts)
    )
    shown = np.flatnonzero(is_over | ((statistic[tested] < 0) & options.under))
    order = sorted(shown, key=lambda i: (-abs(statistic[tested[i]]), words.vocabulary[tested[i]]))
    for i in order[: options.top]:
        word = tested[i]
        yield {
            "word": words.vocabulary[word],
            "count": int(count[word]),
            "count_reference": int(other[word]),
            "per_1000_words": round(1000 * count[word] / size, 3),
            "per_1000_words_reference": round(1000 * other[word] / other_size, 3),
            "transcripts": int(spread[word]),
            "log_likelihood": round(float(statistic[word]), 3),
            "log_ratio": round(float(ratio[word]), 3),
            "p": float(f"{p_values[i]:.3g}"),
            "q": float(f"{q_values[i]:.3g}"),
            "words": size,
            "words_reference": other_size,
        }


def _count_transcripts(words: SpokenWords, target: Flags) -> Ints:
    """Return in how many transcripts of the target each word occurs, shape (vocabulary,)."""
    kinds = len(words.vocabulary)
    pairs = np.unique(words.transcript[target] * kinds + words.number[target])
    return np.bincount(pairs % kinds, minlength=kinds) if kinds else np.zeros(0, dtype=np.int64)


def _keyness_notes(counted: IncidenceSet, options: AnalysisOptions, keyness: KeynessOptions) -> list[str]:
    if not counted.group_attributes:
        compared = "words in passages with the code against all other participants' words in transcripts read for it"
    elif options.code:
        compared = "words in passages with the code: a group's against those of all other groups"
    else:
        compared = "all participants' words: a group's against those of all other groups"
    return [
        *blank_notes(counted),
        compared,
        f"words that occur at least {keyness.min_count} times, in at least "
        f"{format_count(keyness.min_transcripts, 'transcript')}; up to {keyness.top} for each comparison, those with "
        "the highest log-likelihood (G2) first; log_ratio 1: twice as frequent, 2: four times",
        "p treats words as independent, which those of one speaker are not: take it as an order, and read the words in "
        "context",
    ]
