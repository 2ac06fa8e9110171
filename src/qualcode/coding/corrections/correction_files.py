"""Corrections read from a file of any kind that can hold them."""

from __future__ import annotations

from pathlib import Path

from qualcode.coding.corrections.correction import Corrections
from qualcode.coding.corrections.correction_sheets import read_correction_sheets


def read_corrections(path: Path) -> Corrections:
    """Return what a workbook or CSV table asks for.

    Raises
    ------
    UsageError
        If the file is of another type.
    OperationError
        If it cannot be read, or has no corrections.
    """
    return read_correction_sheets(path)
