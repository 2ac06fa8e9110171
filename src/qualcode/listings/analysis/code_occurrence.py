"""Where codes occur: the matrix by case, transcript or unit, and positions within transcripts, with notes."""

from __future__ import annotations

from typing import Any, get_args

from qualcode.errors import UsageError, check_choice, check_positive
from qualcode.incidence import MatrixCells, MatrixRows
from qualcode.listings.analysis.interval_notes import cluster_notes, describe_resampling, format_level
from qualcode.listings.counted_incidences import build_incidence_set, count_notes
from qualcode.statistics import Resampling
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study
from qualcode.tables import POSITION_COLUMNS, code_matrix, group_columns, join_tables, position_rows

_CELLS = {
    "codings": "codings",
    "present": "1 if there is a coding, else 0",
    "words": "participants' words in codings, each counted once",
    "units": "units with a coding",
}


def build_code_matrix(
    study: Study, options: AnalysisOptions, *, rows: MatrixRows, cells: MatrixCells, has_attributes: bool
) -> tuple[Any, list[str]]:
    """Return the matrix of codes of all coders as a DataFrame, with notes.

    Raises
    ------
    UsageError
        If there are no such rows or cells.
    """
    check_choice("rows", rows, get_args(MatrixRows))
    check_choice("cells", cells, get_args(MatrixCells))
    counted = build_incidence_set(study, options, levels=("code",))
    attributes = study.attributes_of if has_attributes else {}
    tables = [
        code_matrix(matrix, counted.code_sets, rows=rows, cells=cells, attributes=attributes)
        for matrix in counted.incidences
    ]
    notes = [*count_notes(study, counted), f"cells: {_CELLS[cells]}; missing where the coder was not asked"]
    return join_tables(tables), notes


def list_positions(
    study: Study, options: AnalysisOptions, *, bins: int, resampling: Resampling
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Return the rows, columns and notes of the positions of codes.

    Raises
    ------
    UsageError
        If there are no bins, or the unit is the transcript.
    """
    check_positive("bins", bins)
    counted = build_incidence_set(study, options, levels=("code",))
    if counted.unit.name == "transcript":
        raise UsageError("positions are those of units within a transcript: choose a smaller unit, such as sentence")
    by = group_columns(counted.group_attributes, POSITION_COLUMNS)
    rows = [
        row
        for matrix, masks in zip(counted.incidences, counted.group_masks, strict=True)
        for row in position_rows(matrix, counted.code_sets, masks, bins=bins, by=by, resampling=resampling)
    ]
    universes = [matrix.universe for matrix in counted.incidences]
    notes = [
        *count_notes(study, counted),
        f"position: the middle of a unit's words among the participants' words of its transcript, 0 to 1, in {bins} "
        f"parts; mean over the units with the code, {format_level(resampling.level)} interval: "
        f"{describe_resampling(universes, resampling)}",
        *cluster_notes(universes),
    ]
    return rows, [*by, *POSITION_COLUMNS], notes
