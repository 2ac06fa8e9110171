"""Methods of `Project` on sources: transcripts, speakers, segments, adding files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import Problem, check_positive
from qualcode.project.noted_results import NotedStream
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import (
    ANALYSIS_PARAMETERS,
    DECISION_PARAMETERS,
    SELECTION_PARAMETERS,
    document_parameters,
)
from qualcode.study.selection import Names, find_transcript, select_transcript_ids, select_unit, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd


_SEGMENT_PARAMETERS = SELECTION_PARAMETERS | {
    "unit": ANALYSIS_PARAMETERS["unit"],
    "interviewers": "Whether segments of interviewers are included.",
}


class SourceMethods(ProjectBase):
    """What was read from the sources, and adding new ones."""

    @document_parameters(SELECTION_PARAMETERS)
    def transcripts(self, transcripts: Names | None = None) -> pd.DataFrame:
        """Return one row per transcript: turns, speakers, words, codings, and who has finished it."""
        from qualcode.listings.transcript_rows import TRANSCRIPT_COLUMNS, transcript_rows
        from qualcode.tables import make_frame

        rows = transcript_rows(self.study, select_transcript_ids(self.study, transcripts))
        return make_frame(rows, TRANSCRIPT_COLUMNS, notes=self._list_unread())

    @document_parameters(SELECTION_PARAMETERS)
    def speakers(self, transcripts: Names | None = None, *, each: bool = False, rejected: bool = False) -> pd.DataFrame:
        """Return one row per speaker label; the notes list the signs of a wrong reading.

        Parameters
        ----------
        each
            Whether there is a row for each label and transcript.
        rejected
            Whether labels that were not taken as speakers are listed instead.
        """
        from qualcode.listings.speaker_rows import (
            SPEAKER_BY_TRANSCRIPT_COLUMNS,
            SPEAKER_COLUMNS,
            list_signals,
            speaker_rows,
        )
        from qualcode.tables import make_frame

        chosen = select_transcript_ids(self.study, transcripts)
        rows = speaker_rows(self.study, chosen, each=each, rejected=rejected)
        notes = (*self._list_unread(), *map(str, list_signals(self.study, chosen)))
        return make_frame(rows, SPEAKER_BY_TRANSCRIPT_COLUMNS if each else SPEAKER_COLUMNS, notes=notes)

    @document_parameters(DECISION_PARAMETERS)
    def add(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        encoding: str = "",
        into: str = "",
        accept: Names = (),
        skip: bool = False,
        dry_run: bool = False,
    ) -> pd.DataFrame:
        """Copy files into ``transcripts/``; return one row per file on how it is read.

        Of a folder all files below it are copied that can be transcripts; the notes name the others.
        The other notes are those of the sources, and the signs of a wrong reading (signals).

        Parameters
        ----------
        paths
            The file, or several.
        encoding
            Encoding of their text, if it cannot be detected; it is written into the settings.
        into
            Folder below ``transcripts/``.
        accept
            Signals that are written into the settings and not reported again for these files.
        skip
            Whether named files that cannot be added are left out, with a note.
        """
        from qualcode.study.source_import import ADDED_COLUMNS, AddOptions, add_sources
        from qualcode.tables import make_frame

        given = [paths] if isinstance(paths, str | Path) else paths
        options = AddOptions(encoding, into, to_name_tuple(accept), dry_run, skip)
        rows, notices = add_sources(self.study, [Path(path) for path in given], options)
        self.refresh()
        return make_frame(rows, ADDED_COLUMNS, notes=[str(notice) for notice in notices])

    def remove(self, transcripts: Names, *, confirmed: bool = False) -> pd.DataFrame:
        """Move the sources of ``transcripts`` into ``removed/``; return one row per source on what it leaves.

        Codings, finished marks and memos stay in the ledger; a source that has some is removed only if ``confirmed``.
        The notes say how to bring it back.
        """
        from qualcode.coding.source_removal import REMOVED_COLUMNS, remove_sources
        from qualcode.tables import make_frame

        rows, notes = remove_sources(self.study, transcripts, confirmed=confirmed)
        self.refresh()
        return make_frame(rows, REMOVED_COLUMNS, notes=notes)

    @document_parameters(_SEGMENT_PARAMETERS)
    def segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> pd.DataFrame:
        """Return one row per segment of the unit."""
        from qualcode.listings.segment_rows import SEGMENT_COLUMNS, segment_rows
        from qualcode.tables import make_frame

        texts = [self.study.transcripts[name] for name in select_transcript_ids(self.study, transcripts)]
        rows = segment_rows(self.study, texts, select_unit(self.study, unit), interviewers=interviewers)
        return make_frame(rows, SEGMENT_COLUMNS, notes=self._list_unread())

    @document_parameters(_SEGMENT_PARAMETERS)
    def stream_segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> NotedStream[dict[str, Any]]:
        """Return an iterator over the rows of `segments`, none of which is kept: for tables too large for memory.

        The notes of the stream name the sources that cannot be read.
        """
        from qualcode.listings.segment_rows import segment_rows, stream_selected_transcripts

        split_unit = select_unit(self.study, unit)
        notes: list[str] = []

        def rows() -> Iterator[dict[str, Any]]:
            problems: list[Problem] = []
            texts = stream_selected_transcripts(self.study, to_name_tuple(transcripts), problems)
            yield from segment_rows(self.study, texts, split_unit, interviewers=interviewers)
            # Known only now: sources are read while their rows are taken.
            errors = (*self.study.settings_problems, *problems)
            notes.extend(str(problem) for problem in errors if problem.level == "error")

        return NotedStream(rows(), notes)

    def rows(self, transcript: str, *, most: int = 8) -> pd.DataFrame:
        """Return a ``transcript``, by its id, as an NVivo transcript table: Timespan, Speaker, Content.

        Consecutive captions of one speaker are joined into one row, at most ``most`` of them, with ``---`` between; in
        other sources each turn is a row, with a blank time where the source has none.

        Raises
        ------
        UsageError
            If ``most`` is less than 1.
        """
        from qualcode.listings.nvivo_rows import NVIVO_COLUMNS, nvivo_rows
        from qualcode.tables import make_frame

        check_positive("most", most)
        found = find_transcript(self.study, transcript)
        return make_frame(nvivo_rows(self.study, found, max_captions=most), NVIVO_COLUMNS)
