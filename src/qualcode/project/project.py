"""The class `Project`: a study with one method for each command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.model import Codebook, ReportProgress, Unit, ignore_progress
from qualcode.parameter_checks import check_parameters
from qualcode.project.agreement_methods import AgreementMethods
from qualcode.project.analysis.comparison_methods import ComparisonMethods
from qualcode.project.analysis.export_methods import ExportMethods
from qualcode.project.analysis.frequency_methods import FrequencyMethods
from qualcode.project.analysis.graph_methods import GraphMethods
from qualcode.project.analysis.occurrence_methods import OccurrenceMethods
from qualcode.project.analysis.picture_methods import PictureMethods
from qualcode.project.analysis.report_methods import ReportMethods
from qualcode.project.analysis.review_methods import ReviewMethods
from qualcode.project.analysis.saturation_methods import SaturationMethods
from qualcode.project.analysis.word_methods import WordMethods
from qualcode.project.codebook_methods import CodebookMethods
from qualcode.project.decisions.batch_methods import BatchMethods
from qualcode.project.decisions.coding_methods import CodingMethods
from qualcode.project.decisions.correction_methods import CorrectionMethods
from qualcode.project.decisions.history_methods import HistoryMethods
from qualcode.project.decisions.marked_text_methods import MarkedTextMethods
from qualcode.project.noted_results import ProblemList
from qualcode.project.pseudonym_methods import PseudonymMethods
from qualcode.project.reading_methods import ReadingMethods
from qualcode.project.source_methods import SourceMethods
from qualcode.project.suggestion_methods import SuggestionMethods
from qualcode.project.team_methods import TeamMethods
from qualcode.study.new_study import create_study
from qualcode.study.source_files import find_study_root
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.listings.status import StudyStatus


@check_parameters
class Project(
    SourceMethods,
    ReadingMethods,
    CodingMethods,
    BatchMethods,
    CorrectionMethods,
    HistoryMethods,
    MarkedTextMethods,
    SuggestionMethods,
    FrequencyMethods,
    ComparisonMethods,
    OccurrenceMethods,
    PictureMethods,
    GraphMethods,
    SaturationMethods,
    WordMethods,
    ExportMethods,
    ReportMethods,
    ReviewMethods,
    CodebookMethods,
    PseudonymMethods,
    AgreementMethods,
    TeamMethods,
):
    """A study on disk. Analyses return DataFrames and graphs, decisions are appended to the ledger.

    Every analysis takes ``unit``, ``coder``, ``code``, ``transcripts``, ``by`` and ``universe``, and refuses names that
    the study does not have. Its result carries notes on what was counted: DataFrames in ``attrs["notes"]``, graphs in
    ``graph["notes"]``, other results in ``.notes``.

    Parameters
    ----------
    path
        Folder of the study, or one inside it.
    report_progress
        Called with the name of a long task, the number of steps done, and the number of all steps.
    """

    def __init__(self, path: str | Path = ".", *, report_progress: ReportProgress = ignore_progress) -> None:
        self.study = Study(find_study_root(Path(path)), report_progress=report_progress)

    @property
    def incomplete(self) -> bool:
        """Whether counts lack something that can be fixed: unreadable sources or ledger lines, unknown codes."""
        from qualcode.listings.caveats import has_fixable_caveats

        return has_fixable_caveats(self.study)

    def __repr__(self) -> str:
        return f"Project({str(self.study.root)!r})"

    def _repr_html_(self) -> str:
        """Return the study in numbers, as `status`, for notebooks."""
        return self.status()._repr_html_()

    @classmethod
    def init(cls, path: str | Path = ".", *, name: str = "", coder: str = "") -> Project:
        """Create a study in a folder: settings, a first codebook, empty folders; nothing is overwritten.

        Parameters
        ----------
        path
            The folder; it is created if it does not exist.
        name
            Name of the study; if not given, that of the folder.
        coder
            Whose decisions are recorded and counted by default.
        """
        create_study(Path(path), name=name, coder=coder)
        return cls(path)

    @property
    def codebook(self) -> Codebook:
        """The codebook: ``.codes``, ``.families``, ``.themes``, ``.version``."""
        return self.study.codebook

    def check(self) -> ProblemList:
        """Return the problems of the study's files; an empty list if there are none."""
        from qualcode.listings.study_check import check_study

        return ProblemList(check_study(self.study))

    def status(self, *, as_of: str | None = None) -> StudyStatus:
        """Return the numbers of transcripts, codes and codings, and each coder's progress.

        Parameters
        ----------
        as_of
            Only decisions recorded until the end of this date, as for `themes`.
        """
        from qualcode.listings.status import summarise_study

        return summarise_study(self.study.as_of(as_of))

    def codes(self) -> pd.DataFrame:
        """Return one row per code: id, name, family, definition and the rest of its entry."""
        from qualcode.listings.code_rows import CODE_COLUMNS, code_rows
        from qualcode.tables import make_frame

        return make_frame(code_rows(self.study.codebook), CODE_COLUMNS)

    def unit(self) -> Unit:
        """Return the study's unit of analysis."""
        return self.study.settings.unit
