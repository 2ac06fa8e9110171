"""Verbs on sources: transcripts, speakers, segments, adding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import Problem, UsageError
from qualcode.listings import segment_rows as segment_report
from qualcode.listings import transcript_rows as transcript_report
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import Names, find_transcript, select_transcript_ids, select_unit, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd


class SourceMethods(ProjectBase):
    """What was read of the sources, and adding new ones."""

    def transcripts(self, transcripts: Names | None = None) -> pd.DataFrame:
        """Return a line a transcript: turns, speakers, words, codings, who has finished it."""
        from qualcode.tables import make_frame

        chosen = select_transcript_ids(self.study, transcripts)
        return make_frame(transcript_report.transcript_rows(self.study, chosen), transcript_report.TRANSCRIPT_COLUMNS)

    def speakers(self, transcripts: Names | None = None, *, each: bool = False, rejected: bool = False) -> pd.DataFrame:
        """Return a line a speaker's label (with ``each``, a label and transcript), or what was not taken for one."""
        from qualcode.listings.speaker_rows import SPEAKER_BY_TRANSCRIPT_COLUMNS, SPEAKER_COLUMNS, speaker_rows
        from qualcode.tables import make_frame

        chosen = select_transcript_ids(self.study, transcripts)
        rows = speaker_rows(self.study, chosen, each=each, rejected=rejected)
        return make_frame(rows, SPEAKER_BY_TRANSCRIPT_COLUMNS if each else SPEAKER_COLUMNS)

    def add(
        self, paths: str | Path | Sequence[str | Path], *, encoding: str = "", into: str = "", dry_run: bool = False
    ) -> pd.DataFrame:
        """Copy sources into ``transcripts/`` (a folder in it: ``into``) and return a line on what each was read as."""
        from qualcode.study.source_import import ADDED_COLUMNS, add_sources
        from qualcode.tables import make_frame

        given = [paths] if isinstance(paths, str | Path) else paths
        rows = add_sources(self.study, [Path(one) for one in given], encoding=encoding, into=into, dry_run=dry_run)
        self.refresh()
        return make_frame(rows, ADDED_COLUMNS)

    def segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> pd.DataFrame:
        """Return a line a segment of the chosen unit; interviewers' segments only if asked for."""
        from qualcode.tables import make_frame

        chosen, cut = select_transcript_ids(self.study, transcripts), select_unit(self.study, unit)
        texts = [self.study.transcripts[name] for name in chosen]
        return make_frame(
            segment_report.segment_rows(self.study, texts, cut, interviewers=interviewers),
            segment_report.SEGMENT_COLUMNS,
        )

    def stream_segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield the lines of `segments` one by one and keep none: for tables too large to hold.

        Sources that cannot be read are left in ``said`` when the last line has been taken.
        """
        cut = select_unit(self.study, unit)
        failed: list[Problem] = []
        texts = segment_report.stream_selected_transcripts(self.study, to_name_tuple(transcripts), failed)
        yield from segment_report.segment_rows(self.study, texts, cut, interviewers=interviewers)
        self.said = [str(one) for one in (*self.study.settings_problems, *failed) if one.level == "error"]

    def rows(self, transcript: str, *, most: int = 8) -> pd.DataFrame:
        """Return a transcript as a table of an NVivo transcript: Timespan, Speaker, Content.

        In captions, consecutive cues of one speaker are one row, with ``---`` between them and at most ``most`` in one;
        in other sources every turn is a row, its time blank where the source has none.
        """
        from qualcode.listings.nvivo_rows import NVIVO_COLUMNS, nvivo_rows
        from qualcode.tables import make_frame

        if most < 1:
            raise UsageError("most: a row has at least one cue")
        held = find_transcript(self.study, transcript)
        return make_frame(nvivo_rows(self.study, held, max_captions=most), NVIVO_COLUMNS)
