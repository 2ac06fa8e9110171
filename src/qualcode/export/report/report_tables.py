"""The tables that a report shows, made by the functions that the commands use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualcode.errors import OperationError, UsageError, name_option
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes
from qualcode.study.selection import AnalysisOptions, select_group_attributes
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
    comparisons: Mapping[str, pd.DataFrame]
    """Differences between the groups, by attribute."""
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
    grouped = _build_groups(study, options)
    saturation, sentence = _saturation_table(study, ungrouped)
    return ReportTables(
        counted=counted,
        themes=_theme_table(counted),
        groups={attribute: _theme_table(one) for attribute, one in grouped.items()},
        grouped=grouped,
        comparisons=_comparison_tables(study, options, list(grouped)),
        pairs=_pair_table(counted),
        saturation=saturation,
        saturation_sentence=sentence,
        agreement=_agreement_table(study, options),
        notes=count_notes(study, counted),
    )


def _build_groups(study: Study, options: AnalysisOptions) -> dict[str, IncidenceSet]:
    named = select_group_attributes(study, options.by)
    attributes = named or [
        name for name in study.attributes if _MIN_VALUES <= _count_values(study, name) <= _MAX_VALUES
    ]
    grouped = {}
    for number, attribute in enumerate(attributes, 1):
        counted = build_incidence_set(study, replace(options, by=attribute))
        groups = len(counted.group_masks[0])
        if groups > MAX_GROUPS:
            raise UsageError(
                f"{name_option('by', attribute)}: {groups} values cannot be compared in a picture: name an attribute "
                f"with at most {MAX_GROUPS}"
            )
        if groups > 1:
            grouped[attribute] = counted
        study.report_progress("counting groups", number, len(attributes))
    return grouped


def _count_values(study: Study, attribute: str) -> int:
    return len({case.attributes.get(attribute, "") for case in study.cases} - {""})


def _theme_table(counted: IncidenceSet) -> pd.DataFrame:
    from qualcode.listings.analysis.interval_notes import interval_notes
    from qualcode.statistics import Resampling
    from qualcode.tables import add_notes, theme_table

    resampling = Resampling()
    table = theme_table(
        counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes, resampling=resampling
    )
    return add_notes(table, interval_notes(counted, resampling))


def _comparison_tables(study: Study, options: AnalysisOptions, attributes: Sequence[str]) -> dict[str, pd.DataFrame]:
    from qualcode.listings.analysis.group_comparison import ComparisonRequest, compare_groups
    from qualcode.tables import COMPARISON_COLUMNS, make_frame

    tables = {}
    for number, attribute in enumerate(attributes, 1):
        with suppress(OperationError):  # all values but one are blank
            rows, notes = compare_groups(study, replace(options, by=attribute), ComparisonRequest())
            tables[attribute] = make_frame(rows, COMPARISON_COLUMNS, notes=notes)
        study.report_progress("comparing groups", number, len(attributes))
    return tables


def _pair_table(counted: IncidenceSet) -> pd.DataFrame | None:
    from qualcode.tables import cooccurrence_table

    codes = [one for one in counted.code_sets if one.level == "code"]
    if len(codes) < 2:
        return None
    return cooccurrence_table(counted.incidences, codes, counted.group_masks, by=(), zeros=False)


def _saturation_table(study: Study, options: AnalysisOptions) -> tuple[pd.DataFrame | None, str]:
    """Return the codes that are new in each transcript, and what that means in a sentence; None if no code occurs."""
    from qualcode.listings.analysis.saturation_rows import (
        SATURATION_COLUMNS,
        SaturationOptions,
        measure_saturation,
        saturation_rows,
    )
    from qualcode.tables import make_frame

    with suppress(OperationError):
        (curve,), _, notes = measure_saturation(study, options, SaturationOptions())
        if curve.present.any():
            table = make_frame(saturation_rows([curve], ()), SATURATION_COLUMNS, notes=notes)
            return table, curve.describe()
    return None, ""


def _agreement_table(study: Study, options: AnalysisOptions) -> pd.DataFrame | None:
    """Return the agreement of all coders; None if there is only one, or nothing that all have finished."""
    from qualcode.listings.agreement.agreement_rows import AgreementOptions
    from qualcode.listings.agreement.agreement_text import agreement_table

    selected = AgreementOptions(unit=options.unit, code=options.code, transcripts=options.transcripts)
    table: pd.DataFrame | None = None
    with suppress(OperationError):
        table = agreement_table(study, selected)
    return table
