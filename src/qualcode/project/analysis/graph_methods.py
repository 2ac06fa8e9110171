"""Methods of `Project` on the structure of networks: centralities, communities, groups, cases, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.errors import UnknownNameError, UsageError, check_positive
from qualcode.project.analysis.network_methods import NetworkMethods
from qualcode.shared_parameters import NETWORK_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from qualcode.incidence import CodeSetLevel
    from qualcode.model import EdgeWeight


class GraphMethods(NetworkMethods):
    """Centralities and communities with their uncertainty, differences between groups, codes with cases."""

    @document_parameters(NETWORK_PARAMETERS)
    def centrality(
        self,
        *,
        min_count: int = 1,
        measure: EdgeWeight = "count",
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 2000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return how central each code is in the network, with intervals over resamples of transcripts."""
        from qualcode.graphs import EdgeRules
        from qualcode.listings.analysis.network_incidences import centrality_notes
        from qualcode.listings.analysis.network_rows import CENTRALITY_COLUMNS, centrality_rows
        from qualcode.listings.analysis.pair_incidences import build_pair_incidences
        from qualcode.statistics import make_resampling
        from qualcode.tables import make_group_frame

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        check_positive("min_count", min_count)
        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        counted = build_pair_incidences(self.study, options)
        rows = list(centrality_rows(counted, EdgeRules(min_count, measure), resampling))
        found = {row["unit"] for row in rows if row["degree"]}
        notes = centrality_notes(self.study, counted, found, weight=measure, resampling=resampling)
        return make_group_frame(rows, CENTRALITY_COLUMNS, by=counted.group_attributes, notes=notes)

    @document_parameters(NETWORK_PARAMETERS)
    def communities(
        self,
        *,
        min_count: int = 1,
        measure: EdgeWeight = "count",
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 200,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return the communities of codes in the network, and how stable they are over resamples of transcripts."""
        from qualcode.graphs import EdgeRules
        from qualcode.listings.analysis.network_rows import COMMUNITY_COLUMNS, community_rows
        from qualcode.listings.analysis.pair_incidences import build_pair_incidences, pair_notes
        from qualcode.statistics import make_resampling
        from qualcode.tables import make_group_frame

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        check_positive("min_count", min_count)
        counted = build_pair_incidences(self.study, options)
        resampling = make_resampling(replicates=replicates, confidence=0.95, seed=seed)
        rows, described = community_rows(counted, EdgeRules(min_count, measure), resampling)
        found = {row["unit"] for row in rows if row["community"]}
        notes = [*pair_notes(self.study, counted, found), *described]
        return make_group_frame(rows, COMMUNITY_COLUMNS, by=counted.group_attributes, notes=notes)

    @document_parameters(NETWORK_PARAMETERS)
    def network_difference(
        self,
        *,
        by: Names,
        min_count: int = 1,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
        replicates: int = 2000,
        permutations: int = 1000,
        confidence: float = 0.95,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Return which pairs of codes occur together more often in one group of cases than in another.

        Each two groups are compared: the share of units with both codes, its difference with an interval over cases,
        and a permutation test over cases. `difference_graphs` makes graphs of the table.

        Parameters
        ----------
        replicates
            Number of resamples of cases.
        permutations
            Number of random divisions of the cases into groups.
        """
        from qualcode.listings.analysis.network_incidences import difference_notes
        from qualcode.listings.analysis.pair_differences import DIFFERENCE_COLUMNS, difference_rows
        from qualcode.listings.analysis.pair_incidences import build_pair_incidences
        from qualcode.statistics import make_resampling
        from qualcode.tables import make_frame

        options = AnalysisOptions(unit, coder, code, transcripts, by, level, universe, as_of)
        check_positive("min_count", min_count)
        check_positive("permutations", permutations)
        resampling = make_resampling(replicates=replicates, confidence=confidence, seed=seed)
        counted = build_pair_incidences(self.study, options)
        rows = difference_rows(counted, min_count=min_count, resampling=resampling, permutations=permutations)
        found = {row["unit"] for row in rows}
        notes = difference_notes(self.study, counted, found, resampling=resampling, permutations=permutations)
        return make_frame(rows, DIFFERENCE_COLUMNS, notes=notes)

    def difference_graphs(self, table: pd.DataFrame) -> dict[tuple[str, ...], nx.Graph[str]]:
        """Return the ``table`` of `network_difference` as graphs, by the two groups and, if there are several, coder.

        The ``weight`` of an edge is the difference of shares, negative where the second group has more.
        """
        from qualcode.graphs import build_difference_graphs
        from qualcode.incidence import list_code_sets
        from qualcode.tables import list_records

        code_sets = list_code_sets(self.study.codebook)
        return build_difference_graphs(list_records(table), code_sets, notes=table.attrs.get("notes", ()))

    @document_parameters(NETWORK_PARAMETERS)
    def case_network(
        self,
        *,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> nx.Graph[str]:
        """Return the two-mode network of codes and cases, linked where a code occurs in the words of a case.

        Parameters
        ----------
        unit
            Unit of analysis in which codes are counted; the study's if not given.
        coder
            Whose codings, one coder's; if not given, the study's coder, or the only one there is.
        """
        from qualcode.graphs import build_case_graph
        from qualcode.listings.counted_incidences import build_incidence_set, count_notes

        options = AnalysisOptions(unit, coder, code, transcripts, None, level, universe, as_of)
        counted = build_incidence_set(self.study, options, levels=("code",))
        if len(counted.incidences) > 1:
            raise UsageError("a network of codes and cases is of one coder: name one")
        (incidence,) = counted.incidences
        graph = build_case_graph(incidence, counted.code_sets, self.study.attributes_of)
        graph.graph["notes"] = "\n".join(count_notes(self.study, counted))
        return graph

    @document_parameters(NETWORK_PARAMETERS)
    def ego(
        self,
        centre: str,
        *,
        min_count: int = 1,
        measure: EdgeWeight = "count",
        significance: bool = False,
        unit: str | None = None,
        coder: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> nx.Graph[str]:
        """Return the network of one code: the codes that it occurs together with, and the links among all of them.

        Parameters
        ----------
        centre
            Id of the code; with ``level`` also of a family or theme.
        """
        from qualcode.graphs import ego_graph

        options = AnalysisOptions(unit, coder, None, transcripts, None, level, universe, as_of)
        edges = {"measure": measure, "backbone": None, "significance": significance}
        graph = self._build_network(options, min_count=min_count, **edges)
        code = self.study.codebook.current_id(centre)
        if code not in graph:
            raise UnknownNameError("code", centre, graph)
        return ego_graph(graph, code)
