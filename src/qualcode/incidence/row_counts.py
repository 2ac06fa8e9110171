"""Counts of code sets by case, transcript or unit: the cells of a matrix of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.case_groups import make_mask
from qualcode.incidence.cluster_counts import group_by_base
from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.matrix import Incidence, expand_ranges, membership_matrix
from qualcode.incidence.universe import Flags, Ints
from qualcode.incidence.word_masks import mark_coded_words

Floats = NDArray[np.float64]

MatrixRows = Literal["case", "transcript", "unit"]
MatrixCells = Literal["codings", "present", "words", "units"]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """The counts of a matrix of codes."""

    cells: Floats
    """Shape (rows, code sets); NaN where the coder was not asked."""
    words: Ints
    """Participants' words of each row."""


def count_rows(
    incidence: Incidence, code_sets: Sequence[CodeSet], *, rows: MatrixRows, cells: MatrixCells
) -> RowCounts:
    """Return the counts of code sets by case, transcript or unit.

    Parameters
    ----------
    rows
        What a row is; cases and units are those of the universe, in its order.
    cells
        Codings, whether there is any (1 or 0), participants' words in codings, or units with a coding. Several
        members in one unit or on one word count once, but each of their codings counts.
    """
    places = _UnitPlaces(incidence) if rows == "unit" else _PartPlaces(incidence, rows)
    found = np.full((places.size, len(code_sets)), np.nan)
    for positions, asked in group_by_base(incidence, code_sets):
        chosen = [code_sets[position] for position in positions]
        counts = _COUNTS[cells](places, chosen, asked)
        found[:, positions] = np.where(places.touch_transcripts(asked)[:, np.newaxis], counts, np.nan)
    return RowCounts(found, places.count_words(np.ones(len(incidence.universe.word_start), dtype=bool)))


def count_case_units(incidence: Incidence, code_sets: Sequence[CodeSet]) -> Ints:
    """Return the units of each case in transcripts where the coder was asked, shape (cases, code sets)."""
    universe = incidence.universe
    places = _PartPlaces(incidence, "case")
    transcript = universe.part_transcript[universe.slice_part]
    found = np.zeros((places.size, len(code_sets)), dtype=np.int64)
    for positions, asked in group_by_base(incidence, code_sets):
        found[:, positions] = places.count_units(np.flatnonzero(asked[transcript]))[:, np.newaxis]
    return found


class _PartPlaces:
    """Rows that are cases or transcripts, which are made of parts of transcripts."""

    def __init__(self, incidence: Incidence, rows: str) -> None:
        self.incidence = incidence
        universe = incidence.universe
        parts = len(universe.part_transcript)
        by_case = rows == "case"
        self.size = len(universe.cases if by_case else universe.transcripts)
        part = universe.member_part if by_case else np.arange(parts)
        row = universe.member_case if by_case else universe.part_transcript
        self._rows_of_part = _indicator(part, row, (parts, self.size))

    def touch_transcripts(self, asked: Flags) -> Flags:
        """Return which rows have text in the asked transcripts."""
        touched: Flags = (self._rows_of_part.T @ asked[self.incidence.universe.part_transcript]) > 0
        return touched

    def count_words(self, words: Flags) -> Ints:
        """Return how many of some words, given as a mask, belong to each row."""
        universe = self.incidence.universe
        by_part = np.bincount(universe.word_part[words], minlength=len(universe.part_transcript))
        by_row: Ints = (self._rows_of_part.T @ by_part).astype(np.int64)
        return by_row

    def place_codings(self) -> Any:
        """Return codings x rows: which rows a coding belongs to."""
        coding, turn = expand_ranges(*_coding_turns(self.incidence))
        parts = len(self.incidence.universe.part_transcript)
        touched = _indicator(coding, self.incidence.universe.turn_part[turn], (len(self.incidence.coding_code), parts))
        return touched @ self._rows_of_part > 0

    def count_units(self, slices: Ints) -> Ints:
        """Return the number of units of some slices by row."""
        universe = self.incidence.universe
        unit, part = universe.slice_unit[slices], universe.slice_part[slices]
        shape = (len(universe.unit_start), len(universe.part_transcript))
        return np.asarray((_indicator(unit, part, shape) @ self._rows_of_part > 0).sum(axis=0)).ravel()


class _UnitPlaces:
    """Rows that are units of analysis."""

    def __init__(self, incidence: Incidence) -> None:
        self.incidence = incidence
        self.size = len(incidence.universe.unit_start)

    def touch_transcripts(self, asked: Flags) -> Flags:
        """Return which units are in the asked transcripts."""
        return asked[self.incidence.universe.unit_transcript]

    def count_words(self, words: Flags) -> Ints:
        """Return how many of some words, given as a mask, belong to each unit."""
        universe = self.incidence.universe
        first, last = universe.word_ranges(universe.unit_start, universe.unit_end)
        before: Ints = np.concatenate([[0], np.cumsum(words)])
        return before[last] - before[first]

    def place_codings(self) -> Any:
        """Return codings x units: which units a coding overlaps."""
        universe = self.incidence.universe
        first = np.searchsorted(universe.unit_end, self.incidence.coding_start, "right")
        last = np.searchsorted(universe.unit_start, self.incidence.coding_end, "left")
        coding, unit = expand_ranges(first, last)
        return _indicator(coding, unit, (len(first), self.size)) > 0

    def count_units(self, slices: Ints) -> Ints:
        """Return 1 for each unit of some slices, 0 for others."""
        return make_mask(self.incidence.universe.slice_unit[slices], self.size).astype(np.int64)


_Places = _PartPlaces | _UnitPlaces


def _count_codings(places: _Places, code_sets: Sequence[CodeSet], asked: Flags) -> Any:
    incidence = places.incidence
    kept = np.flatnonzero(asked[incidence.coding_transcript])
    by_code = _indicator(np.arange(len(kept)), incidence.coding_code[kept], (len(kept), len(incidence.codes)))
    by_set = by_code @ membership_matrix(incidence.codes, code_sets)
    return (places.place_codings()[kept].astype(np.float64).T @ by_set).toarray()


def _count_units(places: _Places, code_sets: Sequence[CodeSet], asked: Flags) -> Any:
    return _stack_columns(places, (places.count_units(slices) for slices in _find_slices(places, code_sets, asked)))


def _mark_presence(places: _Places, code_sets: Sequence[CodeSet], asked: Flags) -> Any:
    return _count_units(places, code_sets, asked) > 0


def _count_covered_words(places: _Places, code_sets: Sequence[CodeSet], asked: Flags) -> Any:
    is_asked = np.repeat(asked, places.incidence.universe.transcript_words)
    covered = (mark_coded_words(places.incidence, code_set) for code_set in code_sets)
    return _stack_columns(places, (places.count_words(one & is_asked) for one in covered))


_COUNTS: dict[str, Callable[[_Places, Sequence[CodeSet], Flags], Any]] = {
    "codings": _count_codings,
    "present": _mark_presence,
    "words": _count_covered_words,
    "units": _count_units,
}


def _find_slices(places: _Places, code_sets: Sequence[CodeSet], asked: Flags) -> Iterator[Ints]:
    """Yield the slices in asked transcripts in which each code set occurs."""
    incidence = places.incidence
    occurs = (incidence.slice_matrix @ membership_matrix(incidence.codes, code_sets)).tocsc()
    for position in range(len(code_sets)):
        slices = occurs.indices[occurs.indptr[position] : occurs.indptr[position + 1]]
        transcript = incidence.universe.part_transcript[incidence.universe.slice_part[slices]]
        yield slices[asked[transcript]]


def _stack_columns(places: _Places, columns: Any) -> Floats:
    stacked = list(columns)
    return np.column_stack(stacked) if stacked else np.zeros((places.size, 0))


def _coding_turns(incidence: Incidence) -> tuple[Ints, Ints]:
    return incidence.universe.turn_ranges(incidence.coding_start, incidence.coding_end)


def _indicator(row: Ints, column: Ints, shape: tuple[int, int]) -> Any:
    """Return a sparse matrix that is 1 at some places, however often they are given."""
    matrix = sparse.coo_array((np.ones(len(row)), (row, column)), shape=shape).tocsr()
    matrix.data[:] = 1
    return matrix
