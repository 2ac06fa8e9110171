"""Verbs that count and show: themes, co-occurrence, networks, the workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from qualcode.errors import OperationError
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import AnalysisOptions, select_counted_coders

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


class CountMethods(ProjectBase):
    """What is counted, over what, and its pictures."""

    def themes(self, **choice: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return frequencies of codes, families and themes, zeros kept; by case attributes if asked."""
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes
        from qualcode.tables import theme_table

        counted = build_incidence_set(self.study, choice)
        self.said = count_notes(self.study, counted)
        return theme_table(counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes)

    def cooccurrence(self, *, zeros: bool = False, **choice: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return how often codes (or families, themes: ``levels``) occur together in a unit."""
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes
        from qualcode.tables import cooccurrence_table

        counted = build_incidence_set(self.study, choice, levels=("code",))
        self.said = count_notes(self.study, counted)
        if len(counted.code_sets) < 2:
            raise OperationError("it takes two codes to occur together: this choice leaves fewer")
        return cooccurrence_table(
            counted.incidences, counted.code_sets, counted.group_masks, by=counted.group_attributes, zeros=zeros
        )

    def network(self, *, min_count: int = 1, **choice: Unpack[AnalysisOptions]) -> nx.Graph[str]:
        """Return the co-occurrence graph of one coder; see `networks` for one a group."""
        found = self.networks(min_count=min_count, **choice)
        if len(found) != 1:
            raise OperationError(
                f"this makes {len(found)} networks: use Project.networks(), or leave out by and all coders but one"
            )
        return next(iter(found.values()))

    def networks(
        self, *, min_count: int = 1, **choice: Unpack[AnalysisOptions]
    ) -> dict[tuple[str, ...], nx.Graph[str]]:
        """Return co-occurrence graphs by group and, where several are counted, coder."""
        from qualcode.graphs import build_network
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes

        counted = build_incidence_set(self.study, choice, levels=("code",))
        self.said = count_notes(self.study, counted)
        several = len(counted.incidences) > 1
        return {
            (*values, *([one.coder] if several else [])): build_network(
                one, counted.code_sets, mask, min_count=min_count
            )
            for one, groups in zip(counted.incidences, counted.group_masks, strict=True)
            for values, mask in groups.items()
        }

    def draw(self, graph: nx.Graph[str], *, title: str = "") -> Any:
        """Return a matplotlib Figure of a co-occurrence graph, as one would put it in a report."""
        from qualcode.figures import draw_network
        from qualcode.graphs import compute_layout

        return draw_network(graph, compute_layout(graph), title=title or self._title())

    def _title(self) -> str:
        name = self.study.settings.name
        return f"{name}: what occurs together" if name else "What occurs together"

    def save_network(self, graph: nx.Graph[str], path: str | Path, *, title: str = "") -> Path:
        """Write a graph as .graphml or .gexf (for Gephi), or its picture as .png, .svg or .pdf."""
        from qualcode.export.network_files import save_network

        written, notes = save_network(graph, Path(path), title=title or self._title())
        self.said += notes
        return written

    def export(self, path: str | Path, *, suggestions: bool = False, **choice: Unpack[AnalysisOptions]) -> Path:
        """Write the workbook: overview, codebook, themes, themes by group, co-occurrence, quotes, charts.

        With ``suggestions`` also what is suggested to the coder and not decided yet.
        """
        from qualcode.export.workbook_export import export_workbook

        written, self.said = export_workbook(self.study, Path(path), choice, suggestions=suggestions)
        return written

    def export_spacy(self, folder: str | Path, **choice: Unpack[AnalysisOptions]) -> Path:
        """Write a coder's codings as material to train spaCy on: train.spacy, dev.spacy, meta.json, README.txt."""
        from qualcode.export.spacy_training import export_spacy

        written, self.said = export_spacy(self.study, Path(folder), choice)
        return written

    def edges(self, graphs: dict[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
        """Return the edges of graphs as `networks` made them, heaviest first."""
        from qualcode.graphs import edge_table

        return edge_table(graphs)

    def coders(self) -> list[str]:
        """Return whose codings would be counted by default."""
        return select_counted_coders(self.study, None)
