"""Methods of `Project` that write the report, one HTML page."""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import check_not_negative
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName


class ReportMethods(ProjectBase):
    """The report."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def report(
        self,
        path: str | Path,
        *,
        pseudonymised: str | Path | None = None,
        quotes: int | None = None,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> WrittenFile:
        """Write one HTML page for readers: findings, pictures, quotes by code, codebook, method, checklists.

        It needs no other file and no network, and works without its script. The same study gives the same bytes.

        Parameters
        ----------
        path
            Name of the file, which ends in ``.html``.
        pseudonymised
            Key file of pseudonyms: the page is not written if a name of it is left in the study or in the page.
        quotes
            Most quotes of each code, 0 for none; if not given, all, or in a study with more than 5,000 codings as many
            as keep the page small.
        coder
            Whose codings, one coder's; if not given, the study's coder, or the only one there is.
        by
            Attributes whose groups are compared; if not given, those with two to six values.

        Raises
        ------
        FileProblemsError
            If a name of the key is left; nothing is written.
        OperationError
            If nothing is coded yet, or several coders are selected.
        """
        from qualcode.export.report.report_export import export_report

        check_not_negative("quotes", quotes)
        options = AnalysisOptions(unit, coder, code, transcripts, by, universe=universe, as_of=as_of)
        key = None if pseudonymised is None else Path(pseudonymised)
        written, notes = export_report(self.study, Path(path), options, quotes=quotes, key=key)
        return WrittenFile(written, tuple(notes))
