"""Where in the interviews codes occur: shares of units by part of the transcript, and mean positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence import CodeSet, Incidence, UnitPositions, find_clusters, find_positions, unit_mask
from qualcode.incidence.cluster_counts import group_by_base
from qualcode.incidence.matrix import membership_matrix
from qualcode.incidence.universe import Flags, Ints
from qualcode.statistics import Resampling, divide, quotient_interval
from qualcode.tables.theme_table import GroupMasks

Floats = NDArray[np.float64]

POSITION_COLUMNS = (
    "code name level part start end units universe_units share_of_units mean_position mean_low mean_high unit coder"
).split()


@dataclass(frozen=True, slots=True)
class _Base:
    """The units of one group and base: which code sets they have, and where they are."""

    positions: Sequence[int]
    """Positions of the code sets."""
    occurs: Any
    """Units x these code sets, sparse."""
    units: Flags


def position_rows(
    incidence: Incidence,
    code_sets: Sequence[CodeSet],
    masks: GroupMasks,
    *,
    bins: int,
    by: Sequence[str],
    resampling: Resampling,
) -> Iterator[dict[str, Any]]:
    """Yield rows with the columns ``by`` and `POSITION_COLUMNS`: for each code set and group one for each part."""
    places = find_positions(incidence.universe, bins=bins)
    lines: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(code_sets))}
    for values, mask in masks.items():
        group = dict(zip(by, values, strict=True))
        for base in _list_bases(incidence, code_sets, unit_mask(incidence.universe, mask)):
            for number, rows in _count_base(incidence, base, places, bins, resampling):
                labels = {
                    "code": code_sets[number].id,
                    "name": code_sets[number].name,
                    "level": code_sets[number].level,
                }
                ends = {"unit": str(incidence.universe.unit), "coder": incidence.coder}
                lines[number] += [{**group, **labels, **row, **ends} for row in rows]
    for rows in lines.values():
        yield from rows


def _list_bases(incidence: Incidence, code_sets: Sequence[CodeSet], in_group: Flags) -> Iterator[_Base]:
    occurs = (incidence.matrix @ membership_matrix(incidence.codes, code_sets)).tocsc() > 0
    for positions, asked in group_by_base(incidence, code_sets):
        units = in_group & asked[incidence.universe.unit_transcript]
        yield _Base(positions.tolist(), occurs[:, positions].tocsr(), units)


def _count_base(
    incidence: Incidence, base: _Base, places: UnitPositions, bins: int, resampling: Resampling
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield the number of each code set with its rows, one for each part."""
    chosen = np.flatnonzero(base.units)
    found = base.occurs[chosen].tocoo()
    part = places.bin[chosen]
    universe_units = np.bincount(part, minlength=bins)
    units = _sum_rows(found, part, np.ones(len(chosen)), size=bins)
    shares = divide(units, universe_units[:, np.newaxis])
    means = _mean_positions(incidence, chosen, found, places, resampling)
    for column, number in enumerate(base.positions):
        mean = dict(zip(_MEANS, (round(float(values[column]), 6) for values in means), strict=True))
        yield (
            number,
            [
                {
                    "part": row + 1,
                    "start": round(row / bins, 6),
                    "end": round((row + 1) / bins, 6),
                    "units": int(units[row, column]),
                    "universe_units": int(universe_units[row]),
                    "share_of_units": round(float(shares[row, column]), 6),
                    **mean,
                }
                for row in range(bins)
            ],
        )


_MEANS = ("mean_position", "mean_low", "mean_high")


def _sum_rows(found: Any, label: Ints, weight: Floats, *, size: int) -> Floats:
    """Return the sums of the weights of units by label and code set; ``found`` is units x code sets, sparse."""
    columns = found.shape[1]
    cell = label[found.row] * columns + found.col
    sums: Floats = np.bincount(cell, weights=weight[found.row], minlength=size * columns).astype(np.float64)
    return sums.reshape(size, columns)


def _mean_positions(
    incidence: Incidence, chosen: Ints, found: Any, places: UnitPositions, resampling: Resampling
) -> tuple[Floats, Floats, Floats]:
    """Return the mean positions of the units with each code set, with their bounds over clusters of transcripts."""
    clusters = find_clusters(incidence.universe)[incidence.universe.unit_transcript[chosen]]
    distinct, label = np.unique(clusters, return_inverse=True)
    sums, counts = (
        _sum_rows(found, label, weight, size=len(distinct))
        for weight in (places.position[chosen], np.ones(len(chosen)))
    )
    mean = divide(sums.sum(axis=0), counts.sum(axis=0))
    # A code in a single transcript has the same mean in each draw: an interval would claim certainty.
    several = (counts > 0).sum(axis=0) > 1
    if not several.any():
        return mean, np.full(len(mean), np.nan), np.full(len(mean), np.nan)
    low, high = quotient_interval(sums, counts, resampling)
    return mean, np.where(several, low, np.nan), np.where(several, high, np.nan)
