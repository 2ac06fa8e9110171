"""Networks that options select: one for each group and coder, with their notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from qualcode.incidence import Incidence
from qualcode.incidence.universe import Flags
from qualcode.listings.analysis.pair_incidences import pair_notes
from qualcode.listings.counted_incidences import IncidenceSet, blank_notes
from qualcode.statistics import MOST_NODES, Resampling
from qualcode.study.study import Study


def label_networks(counted: IncidenceSet) -> Iterator[tuple[tuple[str, ...], Incidence, Flags]]:
    """Yield the labels of each network (its group, and its coder if there are several), its incidence and mask."""
    for incidence, groups in zip(counted.incidences, counted.group_masks, strict=True):
        coder = [incidence.coder] if len(counted.incidences) > 1 else []
        for values, mask in groups.items():
            yield (*values, *coder), incidence, mask


def network_notes(study: Study, counted: IncidenceSet, graph: Any, *, min_count: int = 1) -> list[str]:
    """Return what was counted for a networkx graph, and which pairs are no edges of it."""
    has_edges = graph.number_of_edges() or graph.graph.get("edges_before_backbone")
    found = [one.pair_unit for one in counted.incidences] if has_edges else []
    has_tests = any("direction" in edge for *_, edge in graph.edges(data=True))
    notes = pair_notes(study, counted, found, significance=has_tests, min_count=min_count)
    measure, backbone = graph.graph["measure"], graph.graph.get("backbone")
    if measure != "count":
        notes.append(f"weight: {measure}; pairs for which it is 0 or less are not linked")
    if backbone is not None:
        kept = f"{graph.number_of_edges()} of {graph.graph['edges_before_backbone']} edges"
        notes.append(f"backbone: {kept} stand out among those of a node (disparity filter, level {backbone:g})")
    return notes


def centrality_notes(
    study: Study, counted: IncidenceSet, found: Collection[str], *, weight: str, resampling: Resampling
) -> list[str]:
    """Return what centralities measure, and how their intervals were made; ``found`` are the units with links."""
    return [
        *pair_notes(study, counted, found),
        f"degree: codes that it is linked with; strength: sum of the weights ({weight}) of its links; betweenness: "
        "share of the shortest paths between two other codes that pass through it; closeness: mean of 1 / distance to "
        "all other codes (harmonic); the length of a link is 1 / weight",
        f"intervals: {100 * resampling.level:g} % percentile bootstrap over transcripts, "
        f"{resampling.replicates:,} replicates, seed {resampling.seed}; none with fewer than two transcripts or "
        f"without a link, and none for betweenness and closeness with more than {MOST_NODES} linked codes",
    ]


def difference_notes(
    study: Study, counted: IncidenceSet, found: Collection[str], *, resampling: Resampling, permutations: int
) -> list[str]:
    """Return how pairs were compared between groups; ``found`` are the units with pairs."""
    return [
        *pair_notes(study, counted, found),
        *blank_notes(counted),
        f"difference: share_1 - share_2, shares of the units of a group; intervals: {100 * resampling.level:g} % "
        f"percentile bootstrap over the cases of each group, {resampling.replicates:,} replicates, seed "
        f"{resampling.seed}; p_permutation: {permutations:,} random divisions of the cases, two-sided; cases "
        "that share a transcript stay together; both are missing if a group has fewer than two, or a case or "
        "transcript is in both groups; q: Benjamini-Hochberg over all pairs that occur together",
    ]
