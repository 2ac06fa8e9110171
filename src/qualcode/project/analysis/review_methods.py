"""Methods of `Project` that write files for people to fill in."""

from __future__ import annotations

from pathlib import Path

from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import SELECTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names


class ReviewMethods(ProjectBase):
    """Codings for a lead to decide on, and transcripts to code in a spreadsheet."""

    @document_parameters(SELECTION_PARAMETERS)
    def export_review(
        self,
        path: str | Path,
        *,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        cases: Names | None = None,
        suggestions: bool = False,
        max_rows: int | None = None,
        replace: bool = False,
    ) -> WrittenFile:
        """Write a coder's codings for a research lead to decide on: accept, reject, recode or keep.

        Parameters
        ----------
        path
            Name of the file: a workbook with instructions and lists to choose from (``.xlsx``), or its table
            alone (``.csv``).
        coder
            Whose codings, one coder's; if not given, the study's coder, or the only one there is.
        cases
            Only codings of the words of these cases, by id; patterns such as ``S*`` select several. All if not given.
        suggestions
            Whether the suggestions that the coder has not decided on follow the codings.
        max_rows
            Maximum number of rows: the first ones are written.
        replace
            Whether a file that is there is replaced; somebody may have filled it in.
        """
        from qualcode.export.review_export import check_replaceable, export_review
        from qualcode.listings.review.review_sheet_rows import ReviewRequest

        check_replaceable([Path(path)], replace=replace)
        request = ReviewRequest(coder, code, transcripts, cases, suggestions, max_rows)
        written, notes, rows = export_review(self.study, Path(path), request)
        return WrittenFile(written, tuple(notes), rows)

    def export_coding(
        self,
        path: str | Path,
        *,
        coder: str | None = None,
        transcripts: Names | None = None,
        unit: str | None = None,
        replace: bool = False,
    ) -> WrittenFile:
        """Write transcripts for one coder to code in a spreadsheet; it has nothing of any other coder.

        Parameters
        ----------
        path
            Name of the file: a workbook with instructions and lists to choose from (``.xlsx``), or its table
            alone (``.csv``).
        coder
            Who is to code, and whose codes are filled in; if not given, the study's coder.
        transcripts
            These transcripts, by id; patterns such as ``S*`` select several. If not given, those assigned to the coder
            (all if none is), without those that the coder has finished.
        unit
            What a row is: sentence, turn, paragraph, exchange or transcript; if not given, the study's unit.
        replace
            Whether a file that is there is replaced; somebody may have filled it in.
        """
        from qualcode.export.review_export import check_replaceable, export_coding
        from qualcode.listings.review.coding_sheet_rows import CodingRequest

        check_replaceable([Path(path)], replace=replace)
        written, notes, rows = export_coding(self.study, Path(path), CodingRequest(coder, transcripts, unit))
        return WrittenFile(written, tuple(notes), rows)

    @document_parameters(SELECTION_PARAMETERS)
    def export_word(
        self,
        path: str | Path,
        *,
        transcripts: Names | None = None,
        coder: Names | None = None,
        code: Names | None = None,
        replace: bool = False,
    ) -> WrittenFile:
        """Write transcripts as Word files with the codings as comments, for a reviewer to answer and to add comments.

        Parameters
        ----------
        path
            Name of the file of one transcript (``.docx``), or of a folder for a file of each.
        transcripts
            These transcripts, by id; patterns such as ``S*`` select several. If not given, all in a folder, or the one
            that the file is named for.
        coder
            Whose codings; if not given, those of the study's coder, or of the only one there is.
        replace
            Whether files that are there are replaced; somebody may have commented on them.
        """
        from qualcode.export.review_export import check_replaceable
        from qualcode.export.transcript_document import WordRequest, export_word, list_word_files

        files = list_word_files(self.study, Path(path), transcripts)
        check_replaceable(files.values(), replace=replace)
        written, notes = export_word(self.study, Path(path), WordRequest(transcripts, coder, code))
        return WrittenFile(written, tuple(notes))
