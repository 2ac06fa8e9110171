"""Methods of `Project` that draw: graphs and tables as pictures, and the course of one interview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from qualcode.errors import OperationError, UsageError
from qualcode.project.analysis.network_methods import NetworkMethods
from qualcode.project.noted_results import WrittenFile
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from qualcode.incidence import CodeSetLevel


class PictureMethods(NetworkMethods):
    """Pictures of graphs and tables."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def draw(
        self,
        what: nx.Graph[str] | pd.DataFrame | None = None,
        *,
        measure: str | None = None,
        title: str = "",
        min_count: int = 1,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> Any:
        """Return a matplotlib Figure of a graph or a table, ready for a report.

        Parameters
        ----------
        what
            A graph that `network` or `networks` returned, or a table that `themes`, `compare`, `crosstab`,
            `saturation`, `timeline`, `network_difference` or `agreement` returned, or rows selected from it; if not
            given, what `network` returns with the other parameters.
        measure
            The column of a table to draw, if not the usual one: for themes and crosstabs ``share_of_cases``,
            ``codings_per_1000_words``, ``codings``, ``units``, ``cases`` or ``words``; for comparisons ``difference``
            or ``rate_ratio``; for agreement a statistic.
        title
            Heading of the picture.

        Raises
        ------
        UsageError
            If there is no picture of such a table, or a graph or table is given together with parameters for another.
        """
        from qualcode.export.network_files import draw_figure
        from qualcode.export.pictures.table_pictures import draw_table

        options = AnalysisOptions(unit, coder, code, transcripts, level=level, universe=universe, as_of=as_of)
        if what is None:
            what = self._build_network(options, min_count=min_count)
        elif options != AnalysisOptions() or min_count != 1:
            raise UsageError("what is given is drawn as it is: give the other parameters to the method that made it")
        if hasattr(what, "columns"):
            return draw_table(cast("pd.DataFrame", what), measure=measure, title=title, book=self.study.codebook)
        if measure is not None:
            raise UsageError("measure: is for tables; networks are drawn by their weights")
        return draw_figure(what, title=title or self._title())

    def save_picture(
        self,
        what: nx.Graph[str] | pd.DataFrame,
        path: str | Path,
        *,
        measure: str | None = None,
        title: str = "",
    ) -> WrittenFile:
        """Write the picture of a graph or table to ``path``, which ends in .png, .svg or .pdf.

        ``what``, ``measure`` and ``title`` are those of `draw`.
        """
        from qualcode.export.pictures.table_pictures import save_table_picture

        if not hasattr(what, "columns"):
            return self.save_network(what, path, title=title)
        table = cast("pd.DataFrame", what)
        written, notes = save_table_picture(table, Path(path), measure=measure, title=title, book=self.study.codebook)
        return WrittenFile(written, tuple(notes))

    def network_widget(self, graph: nx.Graph[str], *, title: str = "") -> Any:
        """Return a widget for notebooks that shows a ``graph`` of `network`, in which codes can be selected.

        ``widget.selected`` has the ids of the selected codes, ``widget.quotes()`` the passages with them. It needs
        ``pip install 'qualcode[widget]'``. ``title`` is the heading of the picture.

        Raises
        ------
        OperationError
            If the package anywidget is not installed.
        """
        try:
            from qualcode.export.widget.network_widget import NetworkWidget
        except ModuleNotFoundError as error:
            if error.name not in {"anywidget", "traitlets"}:
                raise
            raise OperationError("the widget needs anywidget: pip install 'qualcode[widget]'") from error
        return NetworkWidget(graph, self._find_quotes_of(graph), title=title or self._title())

    def _find_quotes_of(self, graph: nx.Graph[str]) -> Callable[[Sequence[str]], pd.DataFrame]:
        """Return a function from codes to the passages with all of them, of the unit and the coder of a graph."""
        from qualcode.listings.quotes.quote_rows import find_quotes
        from qualcode.tables import make_frame

        options = AnalysisOptions(graph.graph["unit"], graph.graph["coder"])

        def list_quotes(codes: Sequence[str]) -> pd.DataFrame:
            if not codes:
                raise OperationError("no code is selected: click a circle or a line first")
            found = find_quotes(self.study, " and ".join(codes), options, part="whole")
            return make_frame(found.rows, found.columns, notes=found.notes, categories=self._categories)

        return list_quotes

    @document_parameters(ANALYSIS_PARAMETERS)
    def timeline(self, transcript: str, *, coder: Names | None = None, code: Names | None = None) -> pd.DataFrame:
        """Return where in an interview each passage with a code begins and ends, in words and in seconds.

        Parameters
        ----------
        transcript
            Id of the transcript.

        Raises
        ------
        UnknownNameError
            If there is no such transcript, coder or code.
        """
        from qualcode.listings.analysis.timeline_rows import TIMELINE_COLUMNS, list_timeline
        from qualcode.tables import make_frame

        rows, notes = list_timeline(self.study, transcript, coder=coder, code=code)
        return make_frame(rows, TIMELINE_COLUMNS, notes=notes, categories=self._categories)
