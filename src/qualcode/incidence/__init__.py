"""The counting core: an incidence matrix, units x codes, from which all tables and graphs are computed."""

from qualcode.incidence.case_groups import coding_mask, part_mask, select_group, transcript_mask, unit_mask
from qualcode.incidence.cluster_counts import ClusterCounts, count_clusters, estimate_rate_intervals, find_clusters
from qualcode.incidence.code_sets import CODE_SET_LEVELS, CodeSet, CodeSetLevel, list_code_sets
from qualcode.incidence.coder_ratings import CoderRatings, list_coded_spans, rate_characters, rate_units
from qualcode.incidence.frequency_counts import Frequency, count_frequencies
from qualcode.incidence.matrix import Incidence, incidence
from qualcode.incidence.pairs import (
    SIGNIFICANCE_COLUMNS,
    ClusterPairs,
    Cooccurrence,
    PairSignificance,
    UnitOccurrences,
    add_clusters,
    assess_pairs,
    count_cooccurrence,
    count_pairs_by_mask,
    count_pairs_by_transcript,
    find_unit_occurrences,
)
from qualcode.incidence.row_counts import MatrixCells, MatrixRows, RowCounts, count_case_units, count_rows
from qualcode.incidence.unit_positions import UnitPositions, find_positions
from qualcode.incidence.universe import Universe, build_universe
from qualcode.incidence.word_masks import mark_asked_words, mark_coded_words, mark_group_words

__all__ = [
    "CODE_SET_LEVELS",
    "SIGNIFICANCE_COLUMNS",
    "ClusterCounts",
    "ClusterPairs",
    "CodeSet",
    "CodeSetLevel",
    "CoderRatings",
    "Cooccurrence",
    "Frequency",
    "Incidence",
    "MatrixCells",
    "MatrixRows",
    "PairSignificance",
    "RowCounts",
    "UnitOccurrences",
    "UnitPositions",
    "Universe",
    "add_clusters",
    "assess_pairs",
    "build_universe",
    "coding_mask",
    "count_case_units",
    "count_clusters",
    "count_cooccurrence",
    "count_frequencies",
    "count_pairs_by_mask",
    "count_pairs_by_transcript",
    "count_rows",
    "estimate_rate_intervals",
    "find_clusters",
    "find_positions",
    "find_unit_occurrences",
    "incidence",
    "list_code_sets",
    "list_coded_spans",
    "mark_asked_words",
    "mark_coded_words",
    "mark_group_words",
    "part_mask",
    "rate_characters",
    "rate_units",
    "select_group",
    "transcript_mask",
    "unit_mask",
]
