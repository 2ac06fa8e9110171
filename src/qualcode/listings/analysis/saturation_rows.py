"""Saturation by transcript: new codes, their number over random orders, and when a rule for saturation is met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from qualcode.errors import (
    OperationError,
    UsageError,
    check_choice,
    check_not_negative,
    check_positive,
    format_count,
    name_option,
)
from qualcode.incidence import CodeSet, Incidence, find_unit_occurrences, transcript_mask
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes
from qualcode.listings.groups.attribute_groups import group_values
from qualcode.statistics import (
    SaturationRule,
    check_confidence,
    check_seed,
    count_new_codes,
    count_run_codes,
    draw_new_codes,
    expected_codes,
    find_saturation,
)
from qualcode.study.coder_state import list_codings, resolve_coder
from qualcode.study.selection import AnalysisOptions, case_value, sort_naturally
from qualcode.study.study import Study

SATURATION_COLUMNS = (
    "position transcript codes new cumulative expected low high run_new run_share is_saturated coder".split()
)
ORDERS = ("study", "coded")
"""Orders of transcripts besides those by an attribute of their cases."""
_MOST_DRAWS = 200_000_000
"""Random orders times uses of codes that are computed; more would take minutes."""


@dataclass(frozen=True, slots=True)
class SaturationOptions:
    """The order of transcripts, the rule, and the random orders that it is compared with."""

    order: str = "study"
    rule: SaturationRule = field(default_factory=SaturationRule)
    permutations: int = 1000
    confidence: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("base_size", "run_length"):
            check_positive(name, getattr(self.rule, name))
        if not 0 <= self.rule.threshold < 1:
            raise UsageError(
                f"{name_option('threshold')}: give a share from 0 to less than 1, not {self.rule.threshold}"
            )
        check_not_negative(name_option("permutations"), self.permutations)
        check_seed(self.seed)
        check_confidence(self.confidence)


@dataclass(frozen=True, slots=True)
class Saturation:
    """The curve of one group of transcripts and coder, and where the rule is met."""

    labels: tuple[str, ...]
    coder: str
    transcripts: tuple[str, ...]
    """In order."""
    present: Flags
    """Shape (transcripts, codes)."""
    drawn: Ints
    """New codes over random orders, shape (orders, transcripts)."""
    options: SaturationOptions

    @property
    def new_codes(self) -> Ints:
        """New codes by transcript."""
        return count_new_codes(self.present)

    @property
    def interviews(self) -> int | None:
        """After how many transcripts the first run begins in which the rule is met; None if there is none."""
        (found,) = find_saturation(self.new_codes[None, :], self.options.rule)
        return None if np.isnan(found) else int(found)

    def describe(self) -> str:
        """Return what the figures mean, in one sentence."""
        rule, new = self.options.rule, self.new_codes
        group = f"{', '.join(self.labels)}: " if self.labels else ""
        used = int(new.sum())
        if used == 0:
            return f"{group}no code occurs, so there is no saturation"
        last = self.transcripts[int(np.flatnonzero(new)[-1])]
        found = (
            f"{group}{used} of {format_count(self.present.shape[1], 'code')} occur in "
            f"{format_count(len(self.transcripts), 'transcript')}; the last new one in {last}"
        )
        return f"{found}; {self._describe_rule(rule)}"

    def _describe_rule(self, rule: SaturationRule) -> str:
        base = int(self.new_codes[: rule.base_size].sum())
        size = f"{rule.base_size}+{rule.run_length}"
        if len(self.transcripts) < rule.base_size + rule.run_length:
            return f"too few transcripts for the rule {size}"
        at = self.interviews
        if at is None:
            met = f"the rule {size} at {rule.threshold:.0%} is never met"
        else:
            in_run = int(self.new_codes[at : at + rule.run_length].sum())
            new = f"{in_run} new, {in_run / base:.1%} of the {base} in the base" if in_run else "no new code"
            met = (
                f"saturated after {at} (+{rule.run_length}) transcripts by the rule {size} at {rule.threshold:.0%}: "
                f"the next {rule.run_length} have {new}"
            )
        return f"{met}{self._describe_orders()}"

    def _describe_orders(self) -> str:
        """Return after how many transcripts random orders meet the rule."""
        if not len(self.drawn):
            return ""
        found = find_saturation(self.drawn, self.options.rule)
        reached = found[~np.isnan(found)]
        if not len(reached):
            return "; in no random order either"
        tail = (1 - self.options.confidence) / 2
        low, middle, high = np.quantile(reached, [tail, 0.5, 1 - tail], method="inverted_cdf")
        never = len(found) - len(reached)
        unmet = f"; {never:,} of {len(found):,} never meet it" if never else ""
        band = f"{self.options.confidence:.0%} of them: {low:.0f}-{high:.0f}{unmet}"
        return f"; in random orders after {middle:.0f} ({band})"


def measure_saturation(
    study: Study, options: AnalysisOptions, saturation: SaturationOptions
) -> tuple[list[Saturation], IncidenceSet, list[str]]:
    """Return the saturation of each coder and group, what was counted, and notes.

    Raises
    ------
    OperationError
        If no code is left to count.
    UnknownNameError
        If the order is none of `ORDERS` and no attribute of the cases.
    """
    check_choice("order", saturation.order, (*ORDERS, *study.attributes))
    # Whether a code occurs in a transcript does not depend on smaller units.
    counted = build_incidence_set(study, replace(options, unit="transcript"), levels=("code",))
    if not counted.code_sets:
        raise OperationError("saturation needs at least one code: these options leave none")
    reading = study.as_of(options.as_of)
    curves = [
        _measure_group(reading, incidence, counted.code_sets, mask, (labels, saturation))
        for incidence, masks in zip(counted.incidences, counted.group_masks, strict=True)
        for labels, mask in masks.items()
    ]
    return curves, counted, [*count_notes(study, counted), *_saturation_notes(curves, saturation)]


def _measure_group(
    study: Study,
    incidence: Incidence,
    code_sets: Sequence[CodeSet],
    mask: Flags,
    labels_and_options: tuple[tuple[str, ...], SaturationOptions],
) -> Saturation:
    labels, options = labels_and_options
    # A code below another is news of its own: the upper one counts only where it is used itself.
    own = [replace(row, members=(row.id,)) if row.level == "code" else row for row in code_sets]
    present = find_unit_occurrences(incidence, own, mask).transcript_counts() > 0
    names = [incidence.universe.transcripts[i] for i in np.flatnonzero(transcript_mask(incidence.universe, mask))]
    order = _sort_transcripts(study, incidence, names, options.order)
    number = {name: position for position, name in enumerate(incidence.universe.transcripts)}
    ordered = present[[number[name] for name in order]].reshape(len(order), len(own))
    orders = min(options.permutations, _MOST_DRAWS // max(1, int(ordered.sum()) + len(order)))
    drawn = draw_new_codes(ordered, orders=orders, seed=options.seed)
    return Saturation(labels, incidence.coder, tuple(order), ordered, drawn, options)


def _sort_transcripts(study: Study, incidence: Incidence, names: Sequence[str], order: str) -> list[str]:
    """Return transcripts in the study's order, in that of their first decision, or by an attribute of their cases."""
    if order == "study":
        return list(names)
    if order == "coded":
        first = _first_decisions(study, incidence.coder)
        return sorted(names, key=lambda name: first.get(name, "~"))  # those without a decision last
    universe = incidence.universe
    rank = _rank_values(study, order)
    ranks: dict[str, list[int]] = {}
    # Of a transcript with several cases the first value in order counts.
    for part, case in zip(universe.member_part, universe.member_case, strict=True):
        value = case_value(study, universe.cases[case], order)
        ranks.setdefault(universe.transcripts[universe.part_transcript[part]], []).append(rank[value])
    return sorted(names, key=lambda name: min(ranks[name]))


def _rank_values(study: Study, attribute: str) -> dict[str, int]:
    """Return the place of each value of an attribute: in the order of its groups, as the settings may give it."""
    groups = group_values(study, attribute)
    place = {label: number for number, label in enumerate(groups.labels)}
    values = sorted(sort_naturally(groups.label_of), key=lambda value: place[groups.label_of[value]])
    return {value: number for number, value in enumerate(values)}


def _first_decisions(study: Study, coder: str) -> dict[str, str]:
    """Return when a coder first coded each transcript or marked it as done."""
    reading, name = resolve_coder(study, coder)
    times: dict[str, str] = {}
    marks = (event for event in reading.ledger_state.done_events if event.coder == name)
    decisions = [(coding.transcript, coding.at) for coding in list_codings(study, [coder])]
    for transcript, at in [*decisions, *((mark.transcript, mark.at) for mark in marks)]:
        times[transcript] = min(at, times.get(transcript, at))
    return times


def saturation_rows(curves: Sequence[Saturation], by: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one row per transcript of each curve, with the grouping columns and those of `SATURATION_COLUMNS`."""
    for curve in curves:
        columns = _curve_columns(curve)
        for values in zip(*columns, strict=True):
            row = dict(zip(SATURATION_COLUMNS, values, strict=False))
            yield {**dict(zip(by, curve.labels, strict=True)), **row, "coder": curve.coder}


def _curve_columns(curve: Saturation) -> list[list[Any]]:
    size, rule, new = len(curve.transcripts), curve.options.rule, curve.new_codes
    expected = expected_codes(curve.present.sum(axis=0)[curve.present.any(axis=0)], size).round(3).tolist()
    low, high = _band(curve)
    runs: list[int | None] = [None] * size
    if size >= rule.base_size + rule.run_length:
        # A run is shown at its last transcript.
        runs[rule.base_size + rule.run_length - 1 :] = count_run_codes(new, rule.run_length)[rule.base_size :].tolist()
    base = int(new[: rule.base_size].sum())
    shares = [None if run is None or not base else round(run / base, 6) for run in runs]
    at = curve.interviews
    saturated = [at is not None and position >= at + rule.run_length for position in range(1, size + 1)]
    codes = curve.present.sum(axis=1).tolist()
    positions = list(range(1, size + 1))
    counts = [codes, new.tolist(), np.cumsum(new).tolist(), expected, low, high]
    return [positions, list(curve.transcripts), *counts, runs, shares, saturated]


def _band(curve: Saturation) -> tuple[list[float | None], list[float | None]]:
    """Return the quantiles of the cumulative number of codes over random orders, at each position."""
    if not len(curve.drawn):
        return [None] * len(curve.transcripts), [None] * len(curve.transcripts)
    tail = (1 - curve.options.confidence) / 2
    low, high = np.quantile(np.cumsum(curve.drawn, axis=1), [tail, 1 - tail], axis=0, method="inverted_cdf")
    return low.tolist(), high.tolist()


def _saturation_notes(curves: Sequence[Saturation], options: SaturationOptions) -> list[str]:
    notes = [f"{curve.coder}: {curve.describe()}" for curve in curves]
    orders = {"study": "the study", "coded": "the coder's first decisions"}
    order = orders.get(options.order, f"the attribute {options.order}")
    drawn = min((len(curve.drawn) for curve in curves), default=0)
    band = (
        f"; low and high: {options.confidence:.0%} of {drawn:,} random orders, seed {options.seed}; expected: the mean "
        "over all orders"
        if drawn
        else "; expected: the mean over all orders"
    )
    limit = (
        f" (fewer than {options.permutations:,}, since there are many transcripts)"
        if drawn < options.permutations
        else ""
    )
    return [
        *notes,
        f"order of {order}{band}{limit}",
        "this is saturation of codes (no new code), not of meaning; the rule is that of Guest, Namey and Chen (2020) "
        "with overlapping runs",
    ]
