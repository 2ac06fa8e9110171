"""Methods of `Project` on codes that occur together: tables, graphs, pictures and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, check_positive
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, NETWORK_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from qualcode.incidence import CodeSetLevel
    from qualcode.model import EdgeWeight


class NetworkMethods(ProjectBase):
    """Co-occurrence of codes: tables, graphs, pictures and files."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def cooccurrence(
        self,
        *,
        zeros: bool = False,
        significance: bool = False,
        unit: Names | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> pd.DataFrame:
        """Return how often codes (with ``level``: families, themes) occur together, and how closely.

        Parameters
        ----------
        zeros
            Whether pairs that never occur together are included.
        significance
            Whether each pair is tested: more or less often together than by chance.
        unit
            What two codes must share: a unit of analysis (sentence, turn, paragraph, exchange, ``window:3``,
            transcript), ``overlap`` (passages that share text), or ``stanza:3`` (a turn and the two before it); the
            study's unit if not given. Several units are side by side.

        Raises
        ------
        OperationError
            If the options leave fewer than two codes.
        """
        from qualcode.listings.analysis.pair_incidences import build_pair_incidences, check_pair, pair_notes
        from qualcode.tables import add_notes, cooccurrence_table

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        counted = build_pair_incidences(self.study, options)
        check_pair(counted)
        table = cooccurrence_table(
            counted.incidences,
            counted.code_sets,
            counted.group_masks,
            by=counted.group_attributes,
            zeros=zeros,
            significance=significance,
        )
        found = set(table.loc[table["count"] > 0, "unit"])
        return add_notes(table, pair_notes(self.study, counted, found, significance=significance))

    @document_parameters(NETWORK_PARAMETERS)
    def network(
        self,
        *,
        min_count: int = 1,
        measure: EdgeWeight = "count",
        backbone: float | None = None,
        significance: bool = False,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> nx.Graph[str]:
        """Return the co-occurrence graph of one coder, all groups together; for others see `networks`.

        Raises
        ------
        OperationError
            If the options select several coders or groups.
        """
        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        edges = {"measure": measure, "backbone": backbone, "significance": significance}
        return self._build_network(options, min_count=min_count, **edges)

    def _build_network(self, options: AnalysisOptions, **edges: Any) -> nx.Graph[str]:
        graphs = self._build_networks(options, **edges)
        if len(graphs) != 1:
            raise OperationError(
                f"these options make {len(graphs)} networks: use Project.networks(), or leave out by and name one coder"
            )
        return next(iter(graphs.values()))

    @document_parameters(NETWORK_PARAMETERS)
    def networks(
        self,
        *,
        min_count: int = 1,
        measure: EdgeWeight = "count",
        backbone: float | None = None,
        significance: bool = False,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> dict[tuple[str, ...], nx.Graph[str]]:
        """Return co-occurrence graphs by group and, if several are counted, coder.

        ``graph.graph["notes"]`` holds the notes, one a line: a text, since GraphML has no lists.
        """
        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        edges = {"measure": measure, "backbone": backbone, "significance": significance}
        return self._build_networks(options, min_count=min_count, **edges)

    def _build_networks(self, options: AnalysisOptions, **edges: Any) -> dict[tuple[str, ...], nx.Graph[str]]:
        from qualcode.export.network_files import show_graphs_in_notebooks
        from qualcode.graphs import EdgeRules, build_network
        from qualcode.listings.analysis.network_incidences import label_networks, network_notes
        from qualcode.listings.analysis.pair_incidences import build_pair_incidences

        check_positive("min_count", edges["min_count"])
        show_graphs_in_notebooks()
        rules = EdgeRules(**edges)
        counted = build_pair_incidences(self.study, options)
        graphs: dict[tuple[str, ...], nx.Graph[str]] = {}
        for labels, incidence, mask in label_networks(counted):
            graph = build_network(incidence, counted.code_sets, mask, rules=rules)
            graph.graph["notes"] = "\n".join(network_notes(self.study, counted, graph, min_count=rules.min_count))
            graphs[labels] = graph
        return graphs

    def edges(self, graphs: dict[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
        """Return the edges of the ``graphs`` that `networks` returns, heaviest first."""
        from qualcode.graphs import edge_table
        from qualcode.tables import add_notes

        lines = [line for graph in graphs.values() for line in graph.graph.get("notes", "").split("\n") if line]
        return add_notes(edge_table(graphs), list(dict.fromkeys(lines)))

    def _title(self) -> str:
        name = self.study.settings.name
        return f"{name}: what occurs together" if name else "What occurs together"

    def save_network(self, graph: nx.Graph[str], path: str | Path, *, title: str = "") -> WrittenFile:
        """Write a graph to ``path``, or its picture, in the format of the suffix.

        Parameters
        ----------
        path
            Ends in .graphml, .gexf (for Gephi), .net (Pajek: ids and weights only), .json (node-link, for D3 and
            networkx), .csv (a list of edges), or for a picture in .png, .svg or .pdf.
        title
            Heading of the picture.
        """
        from qualcode.export.network_files import save_network

        written, notes = save_network(graph, Path(path), title=title or self._title())
        return WrittenFile(written, tuple(notes))
