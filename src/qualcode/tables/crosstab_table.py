"""Codes by the values of an attribute: counts of each value, and a test of whether the values differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qualcode.incidence import CODE_SET_LEVELS, CodeSet, Incidence, select_group
from qualcode.incidence.universe import Flags
from qualcode.statistics import (
    Resampling,
    adjust_p_values,
    chi_square,
    count_p_values,
    cramers_v,
    trend_chi_square,
    trend_z,
    wilson_interval,
)
from qualcode.tables.frames import add_notes, list_records
from qualcode.tables.theme_table import GroupMasks, theme_table

Floats = NDArray[np.float64]

CROSSTAB_COLUMNS = (
    "code name level attribute value cases universe_cases share_of_cases share_low share_high codings units words "
    "universe_words codings_per_1000_words rate_low rate_high test cramers_v trend p q unit coder"
).split()
CrosstabCells = Literal["cases", "share", "codings", "units", "words", "rate"]
CELL_COLUMNS: dict[CrosstabCells, str] = dict(
    zip(
        get_args(CrosstabCells),
        ("cases", "share_of_cases", "codings", "units", "words", "codings_per_1000_words"),
        strict=True,
    )
)
"""The column whose values are in the cells of a wide table."""
BASE_ROW = "(cases)"
"""In the place of the code in the row with the number of cases of each value."""


@dataclass(frozen=True, slots=True)
class CrosstabOptions:
    """The attribute of a crosstab, and how its values are tested."""

    attribute: str
    is_ordered: bool = False
    """Whether the order of the values has a meaning, so that a trend is tested."""
    tested: Sequence[bool] = ()
    """Which values are tested, without blank ones."""
    permutations: int = 1000
    resampling: Resampling = field(default_factory=Resampling)


def crosstab_rows(
    incidence: Incidence, code_sets: Sequence[CodeSet], masks: GroupMasks, options: CrosstabOptions
) -> Iterator[dict[str, Any]]:
    """Yield rows with `CROSSTAB_COLUMNS`: for each value its cases, then for each code set and value its counts.

    ``masks`` has one group for each value of the attribute. The test of a code set is in each of its rows.
    """
    labels = {"attribute": options.attribute, "unit": str(incidence.universe.unit), "coder": incidence.coder}
    yield from _base_rows(incidence, masks, options, labels)
    table = theme_table([incidence], code_sets, [masks], ["value"], resampling=options.resampling)
    rows = list_records(table)
    cases = [frozenset(incidence.universe.member_case[mask].tolist()) for mask in masks.values()]
    if sum(map(len, cases)) > len(frozenset[int]().union(*cases)):
        # A case is in several groups, as by transcript: they are not independent, and nothing is tested.
        options = replace(options, tested=[False] * len(cases))
    tests = _list_tests(rows, code_sets, options)
    for number, row in enumerate(rows):
        yield {**{name: row.get(name) for name in CROSSTAB_COLUMNS}, **labels, **tests[number // len(masks)]}


def attribute_crosstab_rows(
    incidence: Incidence, masks: GroupMasks, row_masks: GroupMasks, options: CrosstabOptions, *, row_attribute: str
) -> Iterator[dict[str, Any]]:
    """Yield rows with `CROSSTAB_COLUMNS` of the cases with each value of another attribute, in the place of codes."""
    labels = {"attribute": options.attribute, "unit": str(incidence.universe.unit), "coder": incidence.coder}
    yield from _base_rows(incidence, masks, options, labels)
    rows = [
        _count_value(incidence, row_mask, mask, options) | {"code": row, "value": value}
        for (row,), row_mask in row_masks.items()
        for (value,), mask in masks.items()
    ]
    # Each value is tested as a code is: a property that some of the cases have.
    properties = [CodeSet(row, row_attribute, "code", ()) for (row,) in row_masks]
    tests = _list_tests(rows, properties, options)
    for number, row in enumerate(rows):
        fixed = {**labels, "name": row_attribute, "level": "attribute"}
        yield {**dict.fromkeys(CROSSTAB_COLUMNS), **row, **fixed, **tests[number // len(masks)]}


def _count_value(
    incidence: Incidence, row_mask: Flags, mask: Flags, options: CrosstabOptions
) -> dict[str, int | float | None]:
    """Return how many of a group's cases have a value of another attribute, and how many words are theirs."""
    universe = incidence.universe
    cases, size = (len(set(universe.member_case[chosen].tolist())) for chosen in (row_mask & mask, mask))
    low, high = wilson_interval(cases, size, level=options.resampling.level)
    words, universe_words = (
        int(select_group(incidence, chosen).transcript_words.sum()) for chosen in (row_mask & mask, mask)
    )
    return {
        "cases": cases,
        "universe_cases": size,
        "share_of_cases": round(cases / size, 6),
        "share_low": round(float(low), 6),
        "share_high": round(float(high), 6),
        "words": words,
        "universe_words": universe_words,
    }


def _base_rows(
    incidence: Incidence, masks: GroupMasks, options: CrosstabOptions, labels: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield how the cases are distributed over the values."""
    universe = incidence.universe
    cases = np.array([len(set(universe.member_case[mask].tolist())) for mask in masks.values()])
    low, high = wilson_interval(cases, np.full(len(cases), len(universe.cases)), level=options.resampling.level)
    for number, ((value,), count) in enumerate(zip(masks, cases.tolist(), strict=True)):
        yield {
            **dict.fromkeys(CROSSTAB_COLUMNS),
            "code": BASE_ROW,
            "name": "Cases",
            "level": "base",
            "value": value,
            "cases": count,
            "universe_cases": len(universe.cases),
            "share_of_cases": round(count / len(universe.cases), 6),
            "share_low": round(float(low[number]), 6),
            "share_high": round(float(high[number]), 6),
            "test": "",
            **labels,
        }


def _list_tests(
    rows: Sequence[Mapping[str, Any]], code_sets: Sequence[CodeSet], options: CrosstabOptions
) -> list[dict[str, Any]]:
    """Return for each code set Cramer's V, the trend if the values are ordered, p and q."""
    shape = (len(code_sets), len(options.tested))
    tested = np.array(options.tested, dtype=bool)
    counts, sizes = (
        np.array([row[name] for row in rows], dtype=np.float64).reshape(shape)[:, tested]
        for name in ("cases", "universe_cases")
    )
    statistic = trend_chi_square if options.is_ordered else chi_square
    trend = trend_z(counts, sizes) if options.is_ordered else np.full(len(counts), np.nan)
    seed = options.resampling.seed
    p_values = count_p_values(counts, sizes, statistic, permutations=options.permutations, seed=seed)
    columns = {"cramers_v": cramers_v(counts, sizes), "trend": trend, "p": p_values, "q": _adjust(p_values, code_sets)}
    name = "trend" if options.is_ordered else "chi-square"
    return [
        {"test": name, **{key: round(float(column[number]), 6) for key, column in columns.items()}}
        for number in range(len(code_sets))
    ]


def _adjust(p_values: Floats, code_sets: Sequence[CodeSet]) -> Floats:
    """Return p-values adjusted within each level."""
    adjusted = np.full(len(p_values), np.nan)
    levels = np.array([code_set.level for code_set in code_sets])
    for level in CODE_SET_LEVELS:
        adjusted[levels == level] = adjust_p_values(p_values[levels == level])
    return adjusted


def spread_values(table: pd.DataFrame, cells: CrosstabCells) -> pd.DataFrame:
    """Return a crosstab with one row for each code set and coder, and one column for each value of the attribute.

    With several attributes the columns are named ``attribute: value``. The row of cases has numbers of cases.
    """
    records = list_records(table)
    several = len({row["attribute"] for row in records}) > 1
    lines: dict[tuple[str, str, str], dict[str, Any]] = {}
    tests: dict[str, None] = {}
    for row in records:
        line = lines.setdefault((row["coder"], row["level"], row["code"]), {key: row[key] for key in _LINE_KEYS})
        prefix = f"{row['attribute']}: " if several else ""
        column = "cases" if row["level"] == "base" else CELL_COLUMNS[cells]
        line[f"{prefix}{row['value']}"] = row[column]
        for name in ("test", "cramers_v", "trend", "p", "q"):
            tests[f"{prefix}{name}"] = None
            line[f"{prefix}{name}"] = row[name]
    values = [name for name in dict.fromkeys(name for line in lines.values() for name in line) if name not in tests]
    columns = [*(name for name in values if name not in ("unit", "coder")), *tests, "unit", "coder"]
    return add_notes(pd.DataFrame(list(lines.values()), columns=columns), table.attrs.get("notes", []))


_LINE_KEYS = ("code", "name", "level", "unit", "coder")
