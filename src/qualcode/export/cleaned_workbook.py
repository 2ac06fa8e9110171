"""A workbook written as a whole, with notes on what of its texts a workbook cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import format_count
from qualcode.files import fill_atomically

if TYPE_CHECKING:
    from qualcode.workbook import CleaningCounts


def save_cleaned(path: Path, write: Callable[[Path], CleaningCounts]) -> list[str]:
    """Write a workbook by a function that is given a temporary path; return notes on texts that were changed."""
    cleaned: list[CleaningCounts] = []
    fill_atomically(path, lambda temporary: cleaned.append(write(temporary)))
    return list(_cleaning_notes(cleaned[0]))


def _cleaning_notes(cleaned: CleaningCounts) -> Iterator[str]:
    """Yield what was left out of texts because a workbook cannot hold it."""
    if cleaned.control_characters:
        yield f"left out {format_count(cleaned.control_characters, 'control character')}, which workbooks cannot hold"
    if cleaned.truncated:
        yield f"{format_count(cleaned.truncated, 'cell')} over Excel's limit of 32,767 characters: cut and marked"
