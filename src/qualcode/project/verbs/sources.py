"""Verbs on sources: transcripts, speakers, segments, adding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import Problem, UsageError
from qualcode.project import overview
from qualcode.project.choice import (
    Names,
    chosen_transcript,
    chosen_transcripts,
    chosen_unit,
    names,
)
from qualcode.project.verbs.held import Held

if TYPE_CHECKING:
    import pandas as pd


class Sources(Held):
    """What was read of the sources, and adding new ones."""

    def transcripts(self, transcripts: Names | None = None) -> pd.DataFrame:
        """Return a line a transcript: turns, speakers, words, codings, who has finished it."""
        from qualcode.tables import TRANSCRIPT_COLUMNS, frame

        chosen = chosen_transcripts(self.study, transcripts)
        return frame(overview.transcript_rows(self.study, chosen), TRANSCRIPT_COLUMNS)

    def speakers(self, transcripts: Names | None = None, *, each: bool = False, rejected: bool = False) -> pd.DataFrame:
        """Return a line a speaker's label (with ``each``, a label and transcript), or what was not taken for one."""
        from qualcode.project.speakers import EACH_COLUMNS, SPEAKER_COLUMNS, speaker_rows
        from qualcode.tables import frame

        chosen = chosen_transcripts(self.study, transcripts)
        rows = speaker_rows(self.study, chosen, each=each, rejected=rejected)
        return frame(rows, EACH_COLUMNS if each else SPEAKER_COLUMNS)

    def add(
        self, paths: str | Path | Sequence[str | Path], *, encoding: str = "", into: str = "", dry_run: bool = False
    ) -> pd.DataFrame:
        """Copy sources into ``transcripts/`` (a folder in it: ``into``) and return a line on what each was read as."""
        from qualcode.project.adding import ADDED_COLUMNS, add
        from qualcode.tables import frame

        given = [paths] if isinstance(paths, str | Path) else paths
        rows = add(self.study, [Path(one) for one in given], encoding=encoding, into=into, dry_run=dry_run)
        self.refresh()
        return frame(rows, ADDED_COLUMNS)

    def segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> pd.DataFrame:
        """Return a line a segment of the chosen unit; interviewers' segments only if asked for."""
        from qualcode.tables import frame

        chosen, cut = chosen_transcripts(self.study, transcripts), chosen_unit(self.study, unit)
        texts = [self.study.transcripts[name] for name in chosen]
        return frame(overview.segment_rows(self.study, texts, cut, interviewers=interviewers), overview.SEGMENT_COLUMNS)

    def stream_segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield the lines of `segments` one by one and keep none: for tables too large to hold.

        Sources that cannot be read are left in ``said`` when the last line has been taken.
        """
        cut = chosen_unit(self.study, unit)
        failed: list[Problem] = []
        texts = overview.streamed(self.study, names(transcripts), failed)
        yield from overview.segment_rows(self.study, texts, cut, interviewers=interviewers)
        self.said = [str(one) for one in (*self.study.settings_problems, *failed) if one.level == "error"]

    def rows(self, transcript: str, *, most: int = 8) -> pd.DataFrame:
        """Return a transcript as a table of an NVivo transcript: Timespan, Speaker, Content.

        In captions, consecutive cues of one speaker are one row, with ``---`` between them and at most ``most`` in one;
        in other sources every turn is a row, its time blank where the source has none.
        """
        from qualcode.project.timespans import ROW_COLUMNS, timespans
        from qualcode.tables import frame

        if most < 1:
            raise UsageError("most: a row has at least one cue")
        held = chosen_transcript(self.study, transcript)
        return frame(timespans(self.study, held, most=most), ROW_COLUMNS)
