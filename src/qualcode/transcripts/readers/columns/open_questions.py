"""Columns of a survey with answers in own words, which are questions, not attributes of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean

from qualcode.files import TableStream

_MAX_ROWS = 2000
"""Rows from which the kind of a column is inferred; a table may have millions."""

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "！", "？", "।", "؟")
_MIN_WORDS = 5
"""Mean words from which the cells of a column are answers in own words, if most are sentences."""
_MIN_DOUBTFUL_WORDS = 2


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """Positions of columns that are open questions, and of those that may be."""

    sure: tuple[int, ...]
    doubtful: tuple[int, ...]


def find_open_columns(sheet: TableStream, positions: Sequence[int], questions: Sequence[str]) -> OpenColumns:
    """Return which of the columns have answers in own words: different texts of several words, most of them sentences.

    Doubtful are short ones, those of which few are sentences, and those below a question. ``questions`` are the
    wordings of all columns of the table.
    """
    cells: dict[int, list[str]] = {position: [] for position in positions}
    for _, row in islice(sheet.rows(), _MAX_ROWS):
        for position, column in cells.items():
            if text := row[position].strip():
                column.append(text)
    marks = {position: _mark(column, questions[position]) for position, column in cells.items()}
    return OpenColumns(
        tuple(position for position, mark in marks.items() if mark == "sure"),
        tuple(position for position, mark in marks.items() if mark == "doubtful"),
    )


def _mark(cells: Sequence[str], question: str) -> str:
    if len(cells) < 2 or len({cell.casefold() for cell in cells}) < 0.8 * len(cells):
        return ""
    words = mean(map(_count_words, cells))
    sentences = sum(cell.endswith(_SENTENCE_ENDS) for cell in cells) / len(cells)
    # Two answers may be sentences by chance.
    if words >= _MIN_WORDS and sentences > 0.6 and len(cells) > 2:
        return "sure"
    is_asked = sentences > 0.5 or question.rstrip().endswith(("?", "？"))
    return "doubtful" if (words >= _MIN_DOUBTFUL_WORDS and is_asked) or words >= _MIN_WORDS else ""


def _count_words(cell: str) -> int:
    """Return the number of words; two characters of a script without spaces are taken for a word."""
    return max(len(cell.split()), sum(character >= "\u2e80" for character in cell) // 2)
