"""Tables of one coder's codings, made by the functions that the commands use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from qualcode.errors import OperationError
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.study.selection import BLANK, AnalysisOptions
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


def make_theme_table(counted: IncidenceSet) -> pd.DataFrame:
    """Return the frequencies of one coder, with notes on their intervals."""
    from qualcode.listings.analysis.interval_notes import interval_notes
    from qualcode.statistics import Resampling
    from qualcode.tables import add_notes, theme_table

    resampling = Resampling()
    table = theme_table(
        counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes, resampling=resampling
    )
    return add_notes(table, interval_notes(counted, resampling))


def make_comparison_table(study: Study, options: AnalysisOptions, attributes: Sequence[str]) -> pd.DataFrame | None:
    """Return the differences between groups of cases by attributes that have two values or more; None without any."""
    from qualcode.listings.analysis.group_comparison import ComparisonRequest, compare_groups
    from qualcode.tables import COMPARISON_COLUMNS, make_frame

    if not attributes:
        return None
    with suppress(OperationError):
        rows, notes = compare_groups(study, replace(options, by=attributes), ComparisonRequest())
        return make_frame(rows, COMPARISON_COLUMNS, notes=notes)
    return None


def list_comparable(grouped: Mapping[str, IncidenceSet]) -> list[str]:
    """Return the attributes that have two groups or more, besides the cases without a value."""
    return [name for name, one in grouped.items() if len(one.group_masks[0].keys() - {(BLANK,)}) > 1]


def make_pair_table(study: Study, counted: IncidenceSet) -> pd.DataFrame | None:
    """Return the pairs of codes with tests against chance; None if there is only one code."""
    from qualcode.listings.analysis.pair_incidences import pair_notes
    from qualcode.tables import add_notes, cooccurrence_table

    codes = [one for one in counted.code_sets if one.level == "code"]
    if len(codes) < 2:
        return None
    table = cooccurrence_table(counted.incidences, codes, counted.group_masks, by=(), zeros=False, significance=True)
    return add_notes(table, pair_notes(study, counted, {str(counted.unit)}, significance=True))


def make_saturation_table(study: Study, options: AnalysisOptions) -> tuple[pd.DataFrame | None, str]:
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


def make_agreement_table(study: Study, options: AnalysisOptions) -> pd.DataFrame | None:
    """Return the agreement of all coders; None if there is only one, or nothing that all have finished."""
    from qualcode.listings.agreement.agreement_rows import AgreementOptions
    from qualcode.listings.agreement.agreement_text import agreement_table

    selected = AgreementOptions(unit=options.unit, code=options.code, transcripts=options.transcripts)
    table: pd.DataFrame | None = None
    with suppress(OperationError):
        table = agreement_table(study, selected)
    return table
