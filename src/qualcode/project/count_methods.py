"""Methods of `Project` that count, draw and export: themes, co-occurrence, networks, the workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from qualcode.errors import OperationError
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import AnalysisOptions, select_counted_coders

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


class CountMethods(ProjectBase):
    """Counts of codings, and their tables, graphs, pictures and files."""

    def themes(self, **options: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return frequencies of codes, families and themes, with zeros, by case attributes if asked."""
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes
        from qualcode.tables import add_notes, theme_table

        counted = build_incidence_set(self.study, options)
        table = theme_table(counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes)
        return add_notes(table, count_notes(self.study, counted))

    def cooccurrence(self, *, zeros: bool = False, **options: Unpack[AnalysisOptions]) -> pd.DataFrame:
        """Return how often codes (with ``levels``: families, themes) occur together in a unit.

        Raises
        ------
        OperationError
            If the options leave fewer than two codes.
        """
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes
        from qualcode.tables import add_notes, cooccurrence_table

        counted = build_incidence_set(self.study, options, levels=("code",))
        if len(counted.code_sets) < 2:
            raise OperationError("co-occurrence needs at least two codes: these options leave fewer")
        table = cooccurrence_table(
            counted.incidences, counted.code_sets, counted.group_masks, by=counted.group_attributes, zeros=zeros
        )
        return add_notes(table, count_notes(self.study, counted))

    def network(self, *, min_count: int = 1, **options: Unpack[AnalysisOptions]) -> nx.Graph[str]:
        """Return the co-occurrence graph of one coder, all groups together; for others see `networks`.

        Raises
        ------
        OperationError
            If the options select several coders or groups.
        """
        graphs = self.networks(min_count=min_count, **options)
        if len(graphs) != 1:
            raise OperationError(
                f"these options make {len(graphs)} networks: use Project.networks(), or leave out by and name one coder"
            )
        return next(iter(graphs.values()))

    def networks(
        self, *, min_count: int = 1, **options: Unpack[AnalysisOptions]
    ) -> dict[tuple[str, ...], nx.Graph[str]]:
        """Return co-occurrence graphs by group and, if several are counted, coder.

        ``graph.graph["notes"]`` holds the notes, one a line: a text, since GraphML has no lists.
        """
        from qualcode.graphs import build_network
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes

        counted = build_incidence_set(self.study, options, levels=("code",))
        notes = "\n".join(count_notes(self.study, counted))
        graphs: dict[tuple[str, ...], nx.Graph[str]] = {}
        for incidence, groups in zip(counted.incidences, counted.group_masks, strict=True):
            coder = [incidence.coder] if len(counted.incidences) > 1 else []
            for values, mask in groups.items():
                graph = build_network(incidence, counted.code_sets, mask, min_count=min_count)
                graph.graph["notes"] = notes
                graphs[(*values, *coder)] = graph
        return graphs

    def draw(self, graph: nx.Graph[str], *, title: str = "") -> Any:
        """Return a matplotlib Figure of a co-occurrence graph, ready for a report."""
        from qualcode.figures import draw_network
        from qualcode.graphs import compute_layout

        return draw_network(graph, compute_layout(graph), title=title or self._title())

    def _title(self) -> str:
        name = self.study.settings.name
        return f"{name}: what occurs together" if name else "What occurs together"

    def save_network(self, graph: nx.Graph[str], path: str | Path, *, title: str = "") -> WrittenFile:
        """Write a graph as .graphml or .gexf (for Gephi), or its picture as .png, .svg or .pdf."""
        from qualcode.export.network_files import save_network

        written, notes = save_network(graph, Path(path), title=title or self._title())
        return WrittenFile(written, tuple(notes))

    def export(self, path: str | Path, *, suggestions: bool = False, **options: Unpack[AnalysisOptions]) -> WrittenFile:
        """Write the workbook: overview, codebook, themes, themes by group, co-occurrence, quotes, charts.

        With ``suggestions`` it has a sheet of suggestions that the coder has not decided on yet.
        """
        from qualcode.export.workbook_export import export_workbook

        written, notes = export_workbook(self.study, Path(path), options, suggestions=suggestions)
        return WrittenFile(written, tuple(notes))

    def export_spacy(self, folder: str | Path, **options: Unpack[AnalysisOptions]) -> WrittenFile:
        """Write a coder's codings as training data for spaCy: train.spacy, dev.spacy, meta.json, README.txt."""
        from qualcode.export.spacy_training_data import export_spacy

        written, notes = export_spacy(self.study, Path(folder), options)
        return WrittenFile(written, tuple(notes))

    def edges(self, graphs: dict[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
        """Return the edges of the graphs that `networks` returns, heaviest first."""
        from qualcode.graphs import edge_table
        from qualcode.tables import add_notes

        lines = [line for graph in graphs.values() for line in graph.graph.get("notes", "").split("\n") if line]
        return add_notes(edge_table(graphs), list(dict.fromkeys(lines)))

    def coders(self) -> list[str]:
        """Return the coders that are counted by default."""
        return select_counted_coders(self.study, None)
