"""Sequences: which code follows which, some turns later, beside what chance would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qualcode.errors import OperationError, UsageError, check_not_negative, check_positive, format_count, name_option
from qualcode.incidence import CodeSet, Incidence, find_unit_occurrences, unit_mask
from qualcode.incidence.universe import Flags
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes
from qualcode.statistics import Transitions, adjust_p_values, check_seed, count_transitions
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study

SEQUENCE_COLUMNS = "code_a code_b lag count expected ratio p q count_a count_b transitions unit coder".split()

_OVERLAPPING_UNITS = ("window", "exchange", "transcript")
_MOST_WORK = 20_000_000_000
"""Products of numbers in all permutations; more would take minutes."""
_FEWEST_PERMUTATIONS = 100


@dataclass(frozen=True, slots=True)
class SequenceOptions:
    """How far apart the two codes are, and with how many random orders they are compared."""

    lag: int = 1
    permutations: int = 1000
    seed: int = 0
    zeros: bool = False

    def __post_init__(self) -> None:
        check_positive("lag", self.lag)
        check_not_negative(name_option("permutations"), self.permutations)
        check_seed(self.seed)


def list_sequences(
    study: Study, options: AnalysisOptions, sequences: SequenceOptions
) -> tuple[list[dict[str, Any]], IncidenceSet, list[str]]:
    """Return a row for each ordered pair of codes, the most frequent first, what was counted, and notes.

    Raises
    ------
    OperationError
        If the options leave no code.
    UsageError
        If units of this kind overlap, or a transcript is one unit.
    """
    counted = build_incidence_set(study, replace(options, unit=options.unit or "turn"), levels=("code",))
    if counted.unit.name in _OVERLAPPING_UNITS:
        raise UsageError(
            f"{name_option('unit', str(counted.unit))}: sequences need units that follow one another: sentence, turn "
            "or paragraph"
        )
    if not counted.code_sets:
        raise OperationError("sequences need at least one code: these options leave none")
    rows, permutations = [], sequences.permutations
    for incidence, masks in zip(counted.incidences, counted.group_masks, strict=True):
        for labels, mask in masks.items():
            result, units = _count_group(incidence, counted.code_sets, mask, sequences)
            permutations = min(permutations, result.permutations)
            for row in _pair_rows(counted.code_sets, result, zeros=sequences.zeros):
                place = {
                    "lag": sequences.lag,
                    "transitions": units,
                    "unit": str(counted.unit),
                    "coder": incidence.coder,
                }
                rows.append({**dict(zip(counted.group_attributes, labels, strict=True)), **row, **place})
    return rows, counted, [*count_notes(study, counted), *_sequence_notes(sequences, counted, permutations)]


def _count_group(
    incidence: Incidence, code_sets: Sequence[CodeSet], mask: Flags, options: SequenceOptions
) -> tuple[Transitions, int]:
    """Return the transitions among the units of a group, and the number of pairs of units that could have one."""
    units = np.flatnonzero(unit_mask(incidence.universe, mask))
    occurs = find_unit_occurrences(incidence, code_sets, mask).matrix[units].toarray() > 0
    transcript = incidence.universe.unit_transcript[units]
    work = max(1, occurs.size * len(code_sets))
    permutations = min(options.permutations, max(_FEWEST_PERMUTATIONS, _MOST_WORK // work))
    result = count_transitions(occurs, transcript, lag=options.lag, permutations=permutations, seed=options.seed)
    pairs = int(np.sum(transcript[: -options.lag] == transcript[options.lag :])) if len(units) > options.lag else 0
    return result, pairs


def _pair_rows(code_sets: Sequence[CodeSet], result: Transitions, *, zeros: bool) -> Iterator[dict[str, Any]]:
    """Yield a row per ordered pair; a code and one that contains it are no pair, but a code may follow itself."""
    is_pair = np.array([[a is b or not a.is_nested_with(b) for b in code_sets] for a in code_sets], dtype=bool)
    # What is never expected was not tested.
    p_values = np.where(is_pair & (result.expected > 0), result.p_value, np.nan)
    q_values = adjust_p_values(p_values.ravel()).reshape(p_values.shape)
    shown = is_pair & ((result.count > 0) | zeros)
    first, second = np.nonzero(shown)
    order = np.lexsort((second, first, -result.count[first, second]))
    for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True):
        count, expected = int(result.count[a, b]), float(result.expected[a, b])
        yield {
            "code_a": code_sets[a].id,
            "code_b": code_sets[b].id,
            "count": count,
            "expected": round(expected, 3),
            "ratio": round(count / expected, 3) if expected else None,
            "p": _number(p_values[a, b]),
            "q": _number(q_values[a, b]),
            "count_a": int(result.from_units[a]),
            "count_b": int(result.to_units[b]),
        }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _sequence_notes(options: SequenceOptions, counted: IncidenceSet, permutations: int) -> list[str]:
    unit = counted.unit.name
    place = f"in the next {unit}" if options.lag == 1 else f"{format_count(options.lag, unit)} later"
    notes = [
        f"count: participants' {unit}s with code_a that have code_b {place}, within a transcript; expected: the mean "
        f"over all orders of the {unit}s of each transcript"
    ]
    if permutations:
        fewer = " (fewer than asked for, since there are many units)" if permutations < options.permutations else ""
        notes.append(
            f"p: two-sided, from {permutations:,} random orders of the {unit}s within each transcript{fewer}, seed "
            f"{options.seed}; q: adjusted for the number of pairs (Benjamini and Hochberg); a ratio above 1 is more "
            "often than by chance"
        )
    return notes
