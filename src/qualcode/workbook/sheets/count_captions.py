"""Captions for frames of frequencies: coders, the base of the counts, undefined numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from qualcode.workbook.sheet_layout import CellValue

UNDEFINED = "n/a"
"""Shown instead of a share or rate whose base is empty: it is undefined, not zero."""


def list_coders(frame: pd.DataFrame) -> list[str]:
    """Return the coders of a frame of frequencies, in order of appearance."""
    return [str(coder) for coder in dict.fromkeys(frame["coder"])]


def select_coder(frame: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return the rows of one coder."""
    return frame[frame["coder"] == coder]


def cell_value(value: Any) -> CellValue:
    """Return a value of a frame as a workbook cell shows it."""
    if isinstance(value, str):
        return value
    return UNDEFINED if pd.isna(value) else value.item() if hasattr(value, "item") else value


def format_count(numbers: Iterable[int], noun: str) -> str:
    """Return a number with its noun, as "1 case" or "2 cases"; "2–3 cases", lowest and highest, if numbers differ."""
    distinct = sorted(set(numbers)) or [0]
    number = "–".join(f"{limit:,}" for limit in dict.fromkeys([distinct[0], distinct[-1]]))
    return f"{number} {noun}" if distinct == [1] else f"{number} {noun}s"


def base_notes(frame: pd.DataFrame) -> list[str]:
    """Return a sentence on the base of each coder's counts."""
    notes = [_base_note(select_coder(frame, coder), coder) for coder in list_coders(frame)]
    return notes or ["Nothing was counted."]


def _base_note(frame: pd.DataFrame, coder: str) -> str:
    units, words, transcripts, cases = (
        format_count(map(int, frame[f"universe_{noun}s"]), noun) for noun in ("unit", "word", "transcript", "case")
    )
    note = (
        f"Coder {coder}. Unit of analysis: {', '.join(dict.fromkeys(frame['unit']))}. "
        f"Base: {units} with {words} by participants, in {transcripts} of {cases}."
    )
    if "–" not in units:
        return note
    return f"{note} The base differs (lowest–highest): not every family is finished in every transcript."
