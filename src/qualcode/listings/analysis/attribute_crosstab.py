"""Crosstabs of codes by attributes of cases: the rows and the notes of the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qualcode.errors import UsageError, check_positive, name_option
from qualcode.listings.analysis.interval_notes import interval_notes
from qualcode.listings.counted_incidences import build_incidence_set, count_notes, regroup_incidences
from qualcode.statistics import Resampling
from qualcode.study.selection import BLANK, AnalysisOptions, to_name_tuple
from qualcode.study.study import Study
from qualcode.tables import CrosstabOptions, crosstab_rows


def cross_tabulate(
    study: Study, options: AnalysisOptions, *, permutations: int, resampling: Resampling
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows and notes of the crosstab of codes by each attribute of ``options.by``.

    Raises
    ------
    UsageError
        If no attribute is named.
    UnknownNameError
        If there is no such attribute.
    """
    check_positive("permutations", permutations)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    attributes = require_attributes(study, options)
    ungrouped = build_incidence_set(study, replace(options, by=None))
    for attribute in attributes:
        counted = regroup_incidences(study, ungrouped, attribute)
        groups = counted.attribute_groups.get(attribute)
        is_ordered = bool(groups and groups.is_ordered)
        for matrix, masks in zip(counted.incidences, counted.group_masks, strict=True):
            tested = [value != BLANK for (value,) in masks]
            crosstab = CrosstabOptions(attribute, is_ordered, tested, permutations, resampling)
            rows += crosstab_rows(matrix, counted.code_sets, masks, crosstab)
        notes += [*count_notes(study, counted), *interval_notes(counted, resampling)]
        notes.append(_describe_test(attribute, is_ordered, permutations, resampling.seed))
    notes.append("q: p adjusted for the number of codes of one level (Benjamini and Hochberg); Cramer's V: 0 to 1")
    return rows, list(dict.fromkeys(notes))


def require_attributes(study: Study, options: AnalysisOptions) -> tuple[str, ...]:
    """Return the attributes to compare by.

    Raises
    ------
    UsageError
        If none is named.
    """
    attributes = to_name_tuple(options.by)
    if not attributes:
        known = ", ".join(study.attributes) or "none: the table of cases has no columns"
        raise UsageError(f"name an attribute with {name_option('by', 'ATTRIBUTE')} ({known})")
    return attributes


def _describe_test(attribute: str, is_ordered: bool, permutations: int, seed: int) -> str:
    name = "trend over the ordered values (Cochran and Armitage)" if is_ordered else "chi-square of the values"
    orders = f"{permutations:,} random orders of the cases (seed {seed})"
    return f"test by {attribute}: {name}, of shares of cases, p by {orders}; blank values are left out"
