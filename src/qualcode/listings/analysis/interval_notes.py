"""Notes on the intervals of counts: what is resampled, how often, and by which method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualcode.errors import format_count, format_names
from qualcode.incidence import Universe
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.statistics import MAX_DRAWN_CLUSTERS, Resampling


def interval_notes(counted: IncidenceSet, resampling: Resampling) -> list[str]:
    """Return notes on the intervals of shares of cases and of codings per 1,000 words."""
    universes = [matrix.universe for matrix in counted.incidences]
    return [
        f"intervals ({format_level(resampling.level)}): of shares of cases Wilson's, of codings per 1,000 words "
        f"{describe_resampling(universes, resampling)}; none for a rate of 0, nor of a single case",
        *cluster_notes(universes),
    ]


def format_level(level: float) -> str:
    """Return the level of intervals, such as "95 %"."""
    return f"{100 * level:g} %"


def describe_resampling(universes: Sequence[Universe], resampling: Resampling) -> str:
    """Return how intervals of rates are computed."""
    bootstrap = f"percentiles of {resampling.replicates:,} bootstrap replicates over cases (seed {resampling.seed})"
    linearised = f"by linearisation (delta method) where there are over {MAX_DRAWN_CLUSTERS:,} cases"
    return f"{bootstrap}, {linearised}" if is_linearised(universes) else bootstrap


def is_linearised(universes: Sequence[Universe]) -> bool:
    """Return whether some cases are too many to be drawn and permuted."""
    return max((len(universe.cases) for universe in universes), default=0) > MAX_DRAWN_CLUSTERS


def cluster_notes(universes: list[Universe]) -> list[str]:
    """Return a note if cases share transcripts, since they are resampled together then."""
    shared: dict[str, None] = {}
    for universe in universes:
        shared |= dict.fromkeys(list_shared_transcripts(universe))
    if not shared:
        return []
    return [
        f"cases that share a transcript are resampled together, since they are not independent "
        f"({format_count(len(shared), 'transcript')}: {format_names(list(shared))}); intervals and tests of shares "
        "take them as independent: the intervals are too narrow, and p too small"
    ]


def list_shared_transcripts(universe: Universe) -> list[str]:
    """Return the transcripts in which several cases speak."""
    transcript = universe.part_transcript[universe.member_part]
    if len(transcript) == len(universe.transcripts) == len(np.unique(transcript)):
        return []
    pairs = np.unique(np.stack([transcript, universe.member_case]), axis=1)
    numbers, cases = np.unique(pairs[0], return_counts=True)
    return [universe.transcripts[number] for number in numbers[cases > 1]]
