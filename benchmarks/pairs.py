"""Pairs and networks of many codes against a sparse product of the same matrix: counts, tables, resamples, tests."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.graphs import EdgeRules, build_network
from qualcode.incidence import CodeSet, Incidence, Universe, assess_pairs, count_cooccurrence, count_pairs_by_transcript
from qualcode.listings.analysis.network_rows import centrality_rows
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.model import Unit
from qualcode.statistics import PAIR_MEASURES, Resampling, draw_groups
from qualcode.tables import GroupMasks, cooccurrence_table

_SEGMENT = 50
"""Code points of a segment."""


def run() -> Iterator[str]:
    """Yield costs, the counts as ratios of a bare product."""
    yield _measure_table()  # first, since the peak of memory never falls
    for segments, codes, codings in (
        (1_000_000, 30, 3_000_000),
        (1_000_000, 200, 3_000_000),
        (1_000_000, 200, 8_000_000),
    ):
        counted, code_sets = _make_incidence(segments, codes, codings, transcripts=1000)
        group, matrix = counted.universe.all_members, counted.matrix.astype(np.int64)
        base = _median_cost(partial(matrix.T.__matmul__, matrix))
        ours = _median_cost(partial(count_cooccurrence, counted, code_sets, group))
        yield (
            f"co-occurrence of {segments:,} segments x {codes} codes, {matrix.nnz:,} codings: {ours / base:.2f}x "
            f"({ours:.2f} CPU s) of a bare scipy product"
        )
        if codes == 30:
            graph = _median_cost(partial(build_network, counted, code_sets, group), rounds=3)
            yield f"its network, with communities and centralities: {graph:.2f} CPU s"
            yield from _measure_resamples(counted, code_sets)
    yield _measure_tests()


def _measure_resamples(counted: Incidence, code_sets: list[CodeSet]) -> Iterator[str]:
    group = counted.universe.all_members
    by_transcript = count_pairs_by_transcript(counted, code_sets, group)
    draws = draw_groups(by_transcript.is_filled, Resampling())
    cost = _median_cost(lambda: PAIR_MEASURES["jaccard"](by_transcript.combine(draws)), rounds=3)
    yield f"2,000 resamples of 1,000 transcripts, {len(by_transcript.first)} pairs, Jaccard: {cost:.2f} CPU s"
    one = IncidenceSet([counted], code_sets, [{(): group}], [], [""])
    cost = _median_cost(lambda: list(centrality_rows(one, EdgeRules(), Resampling())), rounds=3)
    yield f"centralities with intervals over these, counted from the segments: {cost:.2f} CPU s"


def _measure_tests() -> str:
    counted, code_sets = _make_incidence(51 * 75, 30, 2500, transcripts=51)
    counts = count_cooccurrence(counted, code_sets, counted.universe.all_members)
    pairs = counts.select_pairs()
    cost = _median_cost(lambda: assess_pairs(counts, *pairs))
    return f"{len(pairs[0])} pairs over 51 transcripts tested, exact permutation within transcripts: {cost:.2f} CPU s"


def _measure_table() -> str:
    counted, code_sets = _make_incidence(50_000, 2000, 200_000, transcripts=51)
    masks: list[GroupMasks] = [{(): counted.universe.all_members}]
    before = _peak_memory()
    cost = _median_cost(lambda: cooccurrence_table([counted], code_sets, masks, by=[], zeros=True), rounds=1)
    return f"2,000 codes with zeros: {cost:.2f} CPU s, {_peak_memory():.0f} MB ({before:.0f} MB before)"


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _median_cost(work: Callable[[], object], rounds: int = 5) -> float:
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        costs.append(time.process_time() - began)
    return median(costs)


def _make_incidence(segments: int, codes: int, codings: int, *, transcripts: int) -> tuple[Incidence, list[CodeSet]]:
    """Return segments with codes of unequal frequency, one case a transcript, and the codes."""
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.full(codes, 3.0))
    cells = np.unique(generator.integers(0, segments, codings) * codes + generator.choice(codes, codings, p=shares))
    unit, code = np.divmod(cells, codes)
    universe = _make_universe(segments, transcripts)
    matrix = sparse.csr_array((np.ones(len(unit), bool), (unit, code)), shape=(segments, codes))
    ids = tuple(f"f/c{number:04}" for number in range(codes))
    start = universe.unit_start[unit]
    counted = Incidence(
        matrix, matrix, universe, ids, "ana", code, universe.unit_transcript[unit], start, start + _SEGMENT - 1
    )
    return counted, [CodeSet(name, name, "code", (name,)) for name in ids]


def _make_universe(segments: int, transcripts: int) -> Universe:
    start = np.arange(segments) * _SEGMENT
    end = start + _SEGMENT - 1
    number = np.arange(transcripts)
    of_unit = np.minimum(np.arange(segments) * transcripts // segments, transcripts - 1)
    fields: dict[str, Any] = {
        "transcripts": tuple(f"T{at}" for at in number),
        "cases": tuple(f"T{at}" for at in number),
        "families": ("f",),
        "transcript_offset": np.searchsorted(of_unit, number) * _SEGMENT,
        "unit_transcript": of_unit,
        "unit_speaker": (),
        "turn_part": of_unit,
        "transcript_words": np.bincount(of_unit, minlength=transcripts),
        "part_transcript": number,
        "member_part": number,
        "member_case": number,
        "slice_unit": np.arange(segments),
        "slice_part": of_unit,
        "asked_families": np.ones((transcripts, 1), dtype=bool),
    }
    for name in ("unit", "turn", "word", "slice"):
        fields |= {f"{name}_start": start, f"{name}_end": end}
    return Universe(unit=Unit("sentence"), **fields)
