"""Groups of cases compared by an attribute: the options, the rows and the notes of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qualcode.errors import OperationError, UnknownNameError, UsageError, check_positive, format_count, name_option
from qualcode.incidence import Universe
from qualcode.listings.analysis.attribute_crosstab import require_attributes
from qualcode.listings.analysis.interval_notes import cluster_notes, describe_resampling, format_level, is_linearised
from qualcode.listings.counted_incidences import (
    blank_notes,
    build_incidence_set,
    compared_groups,
    count_notes,
    regroup_incidences,
)
from qualcode.statistics import MAX_DRAWN_CLUSTERS, Resampling
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study
from qualcode.tables import ComparisonOptions, GroupMasks, comparison_rows

MAX_PAIRED_GROUPS = 8
"""Most groups of which each pair is compared if no reference is named."""
SMALL_GROUP = 10
"""Number of cases below which a group is small."""


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """How a user wants groups to be compared."""

    reference: str | None = None
    """The group that all others are compared with."""
    permutations: int = 1000
    resampling: Resampling = field(default_factory=Resampling)


def compare_groups(
    study: Study, options: AnalysisOptions, request: ComparisonRequest
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows and notes of the comparison of groups by each attribute of ``options.by``.

    Raises
    ------
    UsageError
        If no attribute is named, or a reference with several attributes.
    UnknownNameError
        If there is no such attribute, or no group as the reference.
    OperationError
        If there are fewer than two groups.
    """
    check_positive("permutations", request.permutations)
    attributes = require_attributes(study, options)
    if request.reference is not None and len(attributes) > 1:
        raise UsageError(f"{name_option('reference')} goes with one attribute: {', '.join(attributes)} are several")
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    # Counted once: the groups of another attribute are other masks over the same units.
    ungrouped = build_incidence_set(study, replace(options, by=None))
    for attribute in attributes:
        counted = regroup_incidences(study, ungrouped, attribute)
        notes += count_notes(study, counted)
        for matrix, masks in zip(counted.incidences, counted.group_masks, strict=True):
            compared = compared_groups(masks)
            pairs = _choose_pairs(attribute, compared, request.reference)
            settings = ComparisonOptions(request.resampling, request.permutations, pairs)
            rows += comparison_rows(matrix, counted.code_sets, compared, attribute=attribute, options=settings)
            notes += _group_notes(matrix.universe, compared, attribute, pairs)
        notes += blank_notes(counted)
        universes = [matrix.universe for matrix in counted.incidences]
        notes += cluster_notes(universes)
        notes += _interval_notes(universes, request)
    notes += _test_notes(request, rows)
    return rows, list(dict.fromkeys(notes))


def _choose_pairs(attribute: str, masks: GroupMasks, reference: str | None) -> list[tuple[str, str]]:
    """Return the pairs of groups to compare."""
    names = [value for (value,) in masks]
    if len(names) < 2:
        values = f"one value ('{names[0]}')" if names else "no value"
        raise OperationError(f"nothing to compare: the counted cases have {values} of the attribute '{attribute}'")
    if reference is not None:
        if reference not in names:
            raise UnknownNameError("group", reference, names)
        return [(name, reference) for name in names if name != reference]
    if len(names) > MAX_PAIRED_GROUPS:
        return []
    return [(a, b) for number, a in enumerate(names) for b in names[number + 1 :]]


def _group_notes(universe: Universe, masks: GroupMasks, attribute: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return notes on small groups, and on pairs that are not compared."""
    sizes = {value: len(set(universe.member_case[mask].tolist())) for (value,), mask in masks.items()}
    notes = []
    small = _describe_sizes({value: size for value, size in sizes.items() if size < SMALL_GROUP})
    if small:
        notes.append(f"small groups: {small}; differences must be large to be distinguished from chance")
    if not pairs:
        notes.append(
            f"{len(sizes)} groups by {attribute}: all together are tested; for pairs name one to compare with by "
            f"{name_option('reference', 'VALUE')}"
        )
    return notes


def _describe_sizes(sizes: Mapping[str, int]) -> str:
    shown = [f"{value} ({format_count(size, 'case')})" for value, size in list(sizes.items())[:5]]
    more = len(sizes) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])


def _interval_notes(universes: Sequence[Universe], request: ComparisonRequest) -> list[str]:
    """Return notes on the intervals, and on the test of rates."""
    level, seed = format_level(request.resampling.level), request.resampling.seed
    large = f"; where there are over {MAX_DRAWN_CLUSTERS:,} cases by linearisation" if is_linearised(universes) else ""
    return [
        f"differences are a less b, ratios a to b, with {level} intervals: Newcombe's score interval, Katz's and "
        "Woolf's (0.5 is added to each of the four cells if one is 0); of ratios of rates "
        f"{describe_resampling(universes, request.resampling)}",
        f"rate_p: {request.permutations:,} random orders of the cases (seed {seed}){large}",
    ]


def _test_notes(request: ComparisonRequest, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return notes on what p and q mean."""
    shares, rates = (sum(row[p] == row[p] for row in rows) for p in ("p", "rate_p"))  # NaN differs from itself
    return [
        f"p: Fisher's exact test of two groups, of more chi-square with {request.permutations:,} random orders of the "
        "cases",
        f"q: p adjusted for the number of codes of one level and comparison (Benjamini and Hochberg): of the rows with "
        f"q up to 0.05, about 5 % are expected to be chance; {format_count(shares, 'test')} of shares and {rates:,} of "
        "rates were made",
        "effect: Cohen's h of two groups (0.2 small, 0.5 medium, 0.8 large), Cramer's V of more",
    ]
