"""Matrix of codes: one row for each case, transcript or unit, and one column for each code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qualcode.incidence import CodeSet, Incidence, MatrixCells, MatrixRows, Universe, count_rows


def code_matrix(
    incidence: Incidence,
    code_sets: Sequence[CodeSet],
    *,
    rows: MatrixRows,
    cells: MatrixCells,
    attributes: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """Return the matrix of one coder.

    Parameters
    ----------
    attributes
        For each case the values of the attributes that are columns; rows with several cases have several values,
        separated by semicolons.

    Returns
    -------
    DataFrame
        What names a row (``case``, ``transcript``, or ``transcript start end speaker``), coder, participants' words,
        the attributes, then a column for each code set, missing where the coder was not asked.
    """
    counts = count_rows(incidence, code_sets, rows=rows, cells=cells)
    columns: dict[str, Any] = {**_row_names(incidence.universe, rows), "coder": incidence.coder, "words": counts.words}
    reserved = {*columns, *(code_set.id for code_set in code_sets)}
    row_cases = _list_row_cases(incidence.universe, rows) if attributes else []
    for name in dict.fromkeys(name for values in attributes.values() for name in values):
        column = f"case_{name}" if name in reserved else name
        columns[column] = ["; ".join(_list_values(cases, attributes, name)) for cases in row_cases]
    table = pd.DataFrame(columns, index=range(len(counts.words)))
    codes = pd.DataFrame(counts.cells, columns=[code_set.id for code_set in code_sets]).astype("Int64")
    return pd.concat([table, codes], axis=1)


def _row_names(universe: Universe, rows: MatrixRows) -> dict[str, Any]:
    if rows == "case":
        return {"case": universe.cases}
    if rows == "transcript":
        return {"transcript": universe.transcripts}
    offset = universe.transcript_offset[universe.unit_transcript]
    return {
        "transcript": np.array(universe.transcripts, dtype=object)[universe.unit_transcript],
        "start": universe.unit_start - offset,
        "end": universe.unit_end - offset,
        "speaker": universe.unit_speaker,
    }


def _list_row_cases(universe: Universe, rows: MatrixRows) -> list[list[str]]:
    """Return the cases of each row."""
    if rows == "case":
        return [[name] for name in universe.cases]
    cases_of: list[list[str]] = [[] for _ in universe.part_transcript]
    for part, case in zip(universe.member_part.tolist(), universe.member_case.tolist(), strict=True):
        cases_of[part].append(universe.cases[case])
    if rows == "transcript":
        places = zip(universe.part_transcript.tolist(), range(len(cases_of)), strict=True)
    else:
        places = zip(universe.slice_unit.tolist(), universe.slice_part.tolist(), strict=True)
    found: list[list[str]] = [[] for _ in (universe.transcripts if rows == "transcript" else universe.unit_start)]
    for row, part in places:
        found[row] += cases_of[part]
    return found


def _list_values(cases: Sequence[str], attributes: Mapping[str, Mapping[str, str]], name: str) -> list[str]:
    """Return the distinct values of an attribute among some cases."""
    values = (attributes.get(case, {}).get(name, "") for case in cases)
    return list(dict.fromkeys(filter(None, values)))
