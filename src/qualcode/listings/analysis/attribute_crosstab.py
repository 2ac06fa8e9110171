"""Crosstabs of codes by attributes of cases: the rows and the notes of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from qualcode.errors import UsageError, check_positive, name_option
from qualcode.listings.analysis.interval_notes import interval_notes
from qualcode.listings.counted_incidences import (
    IncidenceSet,
    build_attribute_masks,
    build_incidence_set,
    count_notes,
    regroup_incidences,
)
from qualcode.listings.groups.attribute_groups import group_values
from qualcode.statistics import Resampling
from qualcode.study.selection import BLANK, AnalysisOptions, to_name_tuple
from qualcode.study.study import Study
from qualcode.tables import CrosstabOptions, attribute_crosstab_rows, crosstab_rows


@dataclass(frozen=True, slots=True)
class CrosstabRequest:
    """What a crosstab has beside the options of all analyses."""

    rows: str | None = None
    """An attribute whose values are the rows, in the place of codes."""
    permutations: int = 1000
    resampling: Resampling = field(default_factory=Resampling)


def cross_tabulate(
    study: Study, options: AnalysisOptions, request: CrosstabRequest
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows and notes of the crosstab of codes by each attribute of ``options.by``.

    Raises
    ------
    UsageError
        If no attribute is named, or the attribute of the rows is that of the columns.
    UnknownNameError
        If there is no such attribute.
    """
    check_positive("permutations", request.permutations)
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    attributes = require_attributes(study, options)
    ungrouped = build_incidence_set(study, replace(options, by=None))
    for attribute in attributes:
        counted = regroup_incidences(study, ungrouped, attribute)
        groups = counted.attribute_groups.get(attribute)
        is_ordered = bool(groups and groups.is_ordered)
        for number, masks in enumerate(counted.group_masks):
            tested = [value != BLANK for (value,) in masks]
            crosstab = CrosstabOptions(attribute, is_ordered, tested, request.permutations, request.resampling)
            rows += _list_rows(study, counted, number, crosstab, row_attribute=request.rows)
        notes += [*count_notes(study, counted), *interval_notes(counted, request.resampling)]
        notes.append(_describe_test(attribute, is_ordered, request))
    if request.rows and (note := group_values(study, request.rows).note):
        notes.append(note)
    notes.append("q: p adjusted for the number of codes of one level (Benjamini and Hochberg); Cramer's V: 0 to 1")
    return rows, list(dict.fromkeys(notes))


def _list_rows(
    study: Study, counted: IncidenceSet, number: int, crosstab: CrosstabOptions, *, row_attribute: str | None
) -> Iterator[dict[str, Any]]:
    """Return the rows of one coder."""
    matrix, masks = counted.incidences[number], counted.group_masks[number]
    if row_attribute is None:
        return crosstab_rows(matrix, counted.code_sets, masks, crosstab)
    if row_attribute == crosstab.attribute:
        raise UsageError(f"{name_option('rows')}: '{row_attribute}' is the attribute of the columns; name another one")
    row_masks = build_attribute_masks(study, matrix.universe, row_attribute)
    return attribute_crosstab_rows(matrix, masks, row_masks, crosstab, row_attribute=row_attribute)


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


def _describe_test(attribute: str, is_ordered: bool, request: CrosstabRequest) -> str:
    name = "trend over the ordered values (Cochran and Armitage)" if is_ordered else "chi-square of the values"
    orders = f"{request.permutations:,} random orders of the cases (seed {request.resampling.seed})"
    return f"test by {attribute}: {name}, of shares of cases, p by {orders}; blank values are left out"
