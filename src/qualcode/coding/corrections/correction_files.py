"""Corrections read from a file of any kind that can hold them."""

from __future__ import annotations

from pathlib import Path

from qualcode.coding.corrections.correction import Corrections
from qualcode.coding.corrections.correction_sheets import read_correction_sheets
from qualcode.coding.corrections.word.word_comments import read_word_comments
from qualcode.errors import UsageError, name_option
from qualcode.study.study import Study


def read_corrections(study: Study, path: Path, *, transcript: str | None = None) -> Corrections:
    """Return what a workbook, a CSV table or the comments of a Word file ask for.

    ``transcript`` names the transcript that a Word file is of, if neither the file nor its words tell.

    Raises
    ------
    UsageError
        If the file is of another type.
    UnknownNameError
        If there is no transcript of this name.
    OperationError
        If it cannot be read, or has no corrections.
    """
    if path.suffix.lower() == ".docx":
        return read_word_comments(study, path, transcript=transcript or "")
    if transcript is not None:
        option = name_option("transcript", transcript)
        raise UsageError(f"{path}: {option} is for Word files; a table names the transcripts in its rows: leave it out")
    return read_correction_sheets(path)
