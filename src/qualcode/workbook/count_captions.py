"""What frames of frequencies say about themselves: coders, universe, missing numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from qualcode.workbook.sheet_layout import CellValue

UNDEFINED = "n/a"
"""Stands where a share or rate is over nothing: it is never zero."""


def list_coders(frame: pd.DataFrame) -> list[str]:
    """Return the coders of a frame of frequencies, in its order."""
    return [str(coder) for coder in dict.fromkeys(frame["coder"])]


def select_coder(frame: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return the lines of one coder."""
    return frame[frame["coder"] == coder]


def cell_value(held: Any) -> CellValue:
    """Return what a frame holds as a cell shows it."""
    if isinstance(held, str):
        return held
    return UNDEFINED if pd.isna(held) else held.item() if hasattr(held, "item") else held


def format_range(numbers: Iterable[int]) -> str:
    """Return a number, or the least and the greatest where they differ."""
    found = sorted(set(numbers))
    if not found:
        return "0"
    return f"{found[0]:,}" if len(found) == 1 else f"{found[0]:,}–{found[-1]:,}"


def universe_notes(frame: pd.DataFrame) -> list[str]:
    """Say over what a frame was counted, a line a coder."""
    return [_universe_note(select_coder(frame, coder), coder) for coder in list_coders(frame)] or [
        "Nothing was counted."
    ]


def _universe_note(frame: pd.DataFrame, coder: str) -> str:
    units, words, transcripts, cases = (
        format_range(int(held) for held in frame[f"universe_{name}"])
        for name in ("units", "words", "transcripts", "cases")
    )
    differ = " (lowest and highest: not every family was finished everywhere)" if "–" in units else ""
    return (
        f"Coder {coder}. Unit of analysis: {', '.join(dict.fromkeys(frame['unit']))}. Counted over {units} units with "
        f"{words} words by participants, in {transcripts} transcripts of {cases} cases{differ}."
    )
