"""Methods of `Project` for reading: transcripts with their codings, words in them, memos, cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from qualcode.errors import check_choice
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, find_transcript, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.listings.quotes.quote_rows import QuotePart
    from qualcode.listings.reading.coded_transcript import CodedTranscript
    from qualcode.listings.reading.memo_rows import MemoKind
    from qualcode.listings.reading.word_search import RoleChoice


class ReadingMethods(ProjectBase):
    """Transcripts to read, and what people wrote about them; nothing here changes a file of the study."""

    def transcript(
        self,
        transcript: str,
        *,
        turns: int | str | None = None,
        code: Names | None = None,
        coder: Names | None = None,
    ) -> CodedTranscript:
        """Return a transcript with its codings; a notebook shows it as a text with underlined codings.

        Parameters
        ----------
        transcript
            Its id.
        turns
            One turn, as ``12``, or a range, as ``"12-20"`` or ``"12-"``; all if not given. Turns count from 0.
        code
            Show only codings of these codes (with the codes below them), families or themes.
        coder
            Show only codings of these coders.

        Returns
        -------
        CodedTranscript
            ``.turns`` with text and codings, ``.rows()`` with one mapping per turn, ``.text``, ``.notes``.
        """
        from qualcode.listings.reading.coded_transcript import read_coded_transcript

        return read_coded_transcript(self.study, transcript, turns=turns, code=code, coder=coder)

    def text(self, transcript: str) -> str:
        """Return the canonical text of a transcript, to which all offsets (start, end) refer."""
        return find_transcript(self.study, transcript).text

    def search(
        self,
        words: str,
        *,
        regex: bool = False,
        case: bool = False,
        role: RoleChoice = "all",
        speaker: Names | None = None,
        transcripts: Names | None = None,
        context: int = 60,
    ) -> pd.DataFrame:
        """Return one row per place where words occur, with the words on either side (KWIC, keyword in context).

        Parameters
        ----------
        words
            Whole words next to one another; ``*`` stands for any letters, as in ``"budg*"``. All forms of apostrophes,
            quotation marks, hyphens and spaces are equal.
        regex
            Whether ``words`` is a regular expression.
        case
            Whether capitals must be equal.
        role
            Whose turns are searched: "participant", "interviewer" or "all".
        speaker
            Only turns of these speakers.
        transcripts
            Only these transcripts; patterns such as ``"S*"`` work.
        context
            Characters to return on either side, in whole words of the same turn.
        """
        from qualcode.listings.reading.word_search import (
            HIT_COLUMNS,
            RoleChoice,
            WordQuery,
            compile_words,
            search_study,
        )
        from qualcode.tables import make_frame

        check_choice("role", role, get_args(RoleChoice))
        query = WordQuery(
            compile_words(words, regex=regex, case=case),
            speakers=to_name_tuple(speaker),
            role=None if role == "all" else role,
            context=context,
            wildcard="" if regex or "*" in words else f"{words}*",
        )
        rows, notes = search_study(self.study, query, transcripts)
        return make_frame(rows, HIT_COLUMNS, notes=[*notes, *self._list_unread()], categories=self._categories)

    def memos(
        self,
        *,
        on: Names | None = None,
        words: str = "",
        coder: Names | None = None,
        kind: MemoKind | Sequence[MemoKind] | None = None,
    ) -> pd.DataFrame:
        """Return one row per memo, oldest first, with what it is on and whether that is still there.

        Parameters
        ----------
        on
            Ids of transcripts (with the memos on their codings), codes or families (with those on their codings),
            codings, or "study"; all memos if not given.
        words
            Only memos with these words in their text or in the quote they are on, in any capitals.
        coder
            Only memos of these coders.
        kind
            Only memos on this: "study", "transcript", "passage", "code", "coding", or several of them.
        """
        from qualcode.listings.reading.memo_rows import MEMO_COLUMNS, describe_lost_targets, memo_rows
        from qualcode.tables import make_frame

        rows = memo_rows(self.study, on=on, words=words, coder=coder, kind=kind)
        return make_frame(rows, MEMO_COLUMNS, notes=describe_lost_targets(rows))

    def export_memos(
        self,
        path: str | Path,
        *,
        on: Names | None = None,
        words: str = "",
        coder: Names | None = None,
        kind: MemoKind | Sequence[MemoKind] | None = None,
    ) -> WrittenFile:
        """Write memos as Markdown, with a heading for what each is on: the study, a code, a transcript.

        Parameters
        ----------
        path
            Name of the file, which ends in ``.md``.
        on, words, coder, kind
            Which memos, as for `memos`.
        """
        from qualcode.export.memo_document import write_memo_document
        from qualcode.listings.reading.memo_rows import describe_lost_targets, memo_rows

        rows = memo_rows(self.study, on=on, words=words, coder=coder, kind=kind)
        notes = describe_lost_targets(rows)
        write_memo_document(self.study, rows, Path(path), notes=notes)
        return WrittenFile(Path(path), tuple(notes), len(rows))

    @document_parameters(ANALYSIS_PARAMETERS)
    def quotes(
        self,
        query: str = "",
        *,
        part: QuotePart = "whole",
        unit: str | None = None,
        coder: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        as_of: str | None = None,
    ) -> pd.DataFrame:
        """Return one row per coding that a query finds, with its citation.

        Parameters
        ----------
        query
            Codes and conditions with ``and``, ``or``, ``not``, ``near:2t`` and parentheses, as
            ``"challenges/roi near:2t skills/resilience and @group=partner"``; all codings if it is empty. See
            docs/quotes.md.
        part
            "whole" for whole codings; "overlap" for the passages that the codings of all codes have in common.
        unit
            Codes are together where their codings overlap one such unit: sentence, turn, paragraph, exchange,
            ``window:3`` or transcript. If not given, where the codings themselves overlap.
        by
            Attributes of cases that are added as columns.
        """
        from qualcode.listings.quotes.quote_rows import find_quotes
        from qualcode.tables import make_frame

        options = AnalysisOptions(unit, coder, transcripts=transcripts, by=by, as_of=as_of)
        found = find_quotes(self.study, query, options, part=part)
        return make_frame(found.rows, found.columns, notes=found.notes, categories=self._categories)

    @document_parameters(ANALYSIS_PARAMETERS)
    def export_quotes(
        self,
        path: str | Path,
        query: str = "",
        *,
        part: QuotePart = "whole",
        unit: str | None = None,
        coder: Names | None = None,
        transcripts: Names | None = None,
        as_of: str | None = None,
    ) -> WrittenFile:
        """Write the quotes that a query finds by code, each with its citation, to paste into a paper.

        Parameters
        ----------
        path
            Name of the file, which ends in ``.md`` (Markdown) or ``.docx`` (Word).
        query, part, unit
            As for `quotes`.
        """
        from qualcode.export.quote_document import write_quote_document
        from qualcode.listings.quotes.quote_rows import find_quotes

        options = AnalysisOptions(unit, coder, transcripts=transcripts, as_of=as_of)
        found = find_quotes(self.study, query, options, part=part)
        write_quote_document(self.study, found, Path(path))
        return WrittenFile(Path(path), tuple(found.notes), len(found.rows))

    def cases(self) -> pd.DataFrame:
        """Return one row per case: its transcripts, words, codings, who has finished it, and its attributes."""
        from qualcode.listings.case_rows import case_columns, case_rows
        from qualcode.tables import make_frame

        return make_frame(case_rows(self.study), case_columns(self.study), notes=self._list_unread())
