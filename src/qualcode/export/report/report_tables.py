"""The tables that a report shows, made by the functions that the commands use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualcode.errors import OperationError, UsageError, name_option
from qualcode.export.findings.analysis_tables import (
    list_comparable,
    make_agreement_table,
    make_comparison_table,
    make_pair_table,
    make_saturation_table,
    make_theme_table,
)
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes, regroup_incidences
from qualcode.listings.groups.attribute_groups import group_values
from qualcode.study.selection import BLANK, AnalysisOptions, select_group_attributes
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSet, Incidence

_MIN_VALUES, _MAX_VALUES = 2, 6
"""Numbers of values of the attributes that are compared if none is named: one compares nothing, many cannot be read."""
MAX_GROUPS = 12
"""Most groups that one picture shows."""


@dataclass(frozen=True)
class ReportTables:
    """What is counted, and its tables; a table that cannot be made is None or missing."""

    counted: IncidenceSet
    themes: pd.DataFrame
    groups: Mapping[str, pd.DataFrame]
    """Tables of themes by attribute."""
    grouped: Mapping[str, IncidenceSet]
    """The groups of these tables."""
    comparison: pd.DataFrame | None
    """Differences between the groups of all attributes."""
    pairs: pd.DataFrame | None
    saturation: pd.DataFrame | None
    saturation_sentence: str
    agreement: pd.DataFrame | None
    notes: Sequence[str]
    """What was counted, and what is missing."""

    @property
    def incidence(self) -> Incidence:
        """The counts of the one coder."""
        return self.counted.incidences[0]

    @property
    def codes(self) -> list[CodeSet]:
        """The codes that are counted."""
        return [one for one in self.counted.code_sets if one.level == "code"]


def build_report_tables(study: Study, options: AnalysisOptions) -> ReportTables:
    """Return the tables of one coder's codings.

    Raises
    ------
    OperationError
        If the options select several coders, or nothing is coded yet.
    UsageError
        If an attribute that is named has too many values.
    """
    ungrouped = replace(options, by=None)
    counted = build_incidence_set(study, ungrouped)
    if len(counted.incidences) > 1:
        raise OperationError(f"a report shows one coder's codings: choose one with {name_option('coder')}")
    grouped = _build_groups(study, counted, options)
    saturation, sentence = make_saturation_table(study, ungrouped)
    return ReportTables(
        counted=counted,
        themes=make_theme_table(counted),
        groups={attribute: make_theme_table(one) for attribute, one in grouped.items()},
        grouped=grouped,
        comparison=make_comparison_table(study, options, list_comparable(grouped)),
        pairs=make_pair_table(study, counted),
        saturation=saturation,
        saturation_sentence=sentence,
        agreement=make_agreement_table(study, options),
        notes=count_notes(study, counted),
    )


def _build_groups(study: Study, counted: IncidenceSet, options: AnalysisOptions) -> dict[str, IncidenceSet]:
    named = select_group_attributes(study, options.by)
    attributes = named or [
        name for name in study.attributes if _MIN_VALUES <= _count_values(study, name) <= _MAX_VALUES
    ]
    grouped = {attribute: regroup_incidences(study, counted, attribute) for attribute in attributes}
    for attribute, one in grouped.items():
        if (groups := len(one.group_masks[0])) > MAX_GROUPS:
            raise UsageError(
                f"{name_option('by', attribute)}: {groups} values cannot be compared in a picture: name an attribute "
                f"with at most {MAX_GROUPS}"
            )
    return {attribute: one for attribute, one in grouped.items() if len(one.group_masks[0]) > 1}


def _count_values(study: Study, attribute: str) -> int:
    """Return the number of values of an attribute, or of the ranges of numbers that the settings give."""
    values = {case.attributes.get(attribute, "") for case in study.cases} - {""}
    rule = study.settings.attributes.get(attribute)
    return len(set(group_values(study, attribute).labels) - {BLANK}) if rule and rule.bins else len(values)
