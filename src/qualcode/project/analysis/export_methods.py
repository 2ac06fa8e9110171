"""Methods of `Project` that write the workbook and training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    pass


class ExportMethods(ProjectBase):
    """The workbook, and training data for spaCy."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def export(
        self,
        path: str | Path,
        *,
        suggestions: bool = False,
        sheets: Names | None = None,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> WrittenFile:
        """Write the workbook: findings, codebook, themes, groups, pairs, cases, quotes, segments, provenance, charts.

        Parameters
        ----------
        path
            Name of the file, which ends in ``.xlsx``.
        suggestions
            Whether it has a sheet of suggestions that the coder has not decided on yet.
        sheets
            Names of the sheets to write, as ``Quotes``, or ``all``; Overview and Provenance are always written. If not
            given, all that can be read: no suggestions, and no sheet of more than 20,000 rows besides quotes.
        coder
            Whose codings, one coder's; if not given, the study's coder, or the only one there is.
        by
            Attributes to group by, on a sheet of groups; if not given, those with two to six values.
        """
        from qualcode.export.workbook_export import export_workbook

        options = AnalysisOptions(unit, coder, code, transcripts, by, universe=universe, as_of=as_of)
        written, notes = export_workbook(self.study, Path(path), options, suggestions=suggestions, sheets=sheets)
        return WrittenFile(written, tuple(notes))

    @document_parameters(ANALYSIS_PARAMETERS)
    def export_spacy(
        self,
        folder: str | Path,
        *,
        unit: str | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> WrittenFile:
        """Write a coder's codings as training data for spaCy: train.spacy, dev.spacy, meta.json, README.txt.

        Parameters
        ----------
        folder
            Folder for the four files.
        unit
            What becomes a text: sentence or turn.
        coder
            Whose codings; if not given, the study's coder, or the only one there is.
        """
        from qualcode.export.spacy_training_data import export_spacy

        options = AnalysisOptions(unit, coder, code, transcripts, universe=universe, as_of=as_of)
        written, notes = export_spacy(self.study, Path(folder), options)
        return WrittenFile(written, tuple(notes))
