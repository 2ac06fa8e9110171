"""Pairs of codes, families and themes: where two occur together, and how often."""

from qualcode.incidence.pairs.cluster_pairs import (
    ClusterPairs,
    add_clusters,
    count_pairs_by_mask,
    count_pairs_by_transcript,
)
from qualcode.incidence.pairs.cooccurrence_counts import Cooccurrence, count_cooccurrence
from qualcode.incidence.pairs.significance import SIGNIFICANCE_COLUMNS, PairSignificance, assess_pairs
from qualcode.incidence.pairs.unit_occurrences import UnitOccurrences, find_unit_occurrences

__all__ = [
    "SIGNIFICANCE_COLUMNS",
    "ClusterPairs",
    "Cooccurrence",
    "PairSignificance",
    "UnitOccurrences",
    "add_clusters",
    "assess_pairs",
    "count_cooccurrence",
    "count_pairs_by_mask",
    "count_pairs_by_transcript",
    "find_unit_occurrences",
]
