"""Frequencies and co-occurrence: each a line or two over the incidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qualcode.incidence.case_groups import GroupSelection, make_mask, select_group
from qualcode.incidence.code_sets import CodeSet, member_columns
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.universe import Flags, Ints, Universe


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a row occurs in a part of the universe, with what it is counted over.

    The first five count what has the row: coded segments, units of analysis, transcripts, cases, and participants'
    words that the codings cover. The ``universe_`` ones count what was asked about it, in the same units.
    """

    codings: int
    units: int
    transcripts: int
    cases: int
    words: int
    universe_units: int
    universe_transcripts: int
    universe_cases: int
    universe_words: int

    @property
    def share_of_cases(self) -> float | None:
        """Cases with the row over all cases asked, from 0 to 1; None over no cases."""
        return self.cases / self.universe_cases if self.universe_cases else None

    @property
    def per_1000_words(self) -> float | None:
        """Codings per thousand words that participants said; None over no words."""
        return 1000 * self.codings / self.universe_words if self.universe_words else None


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """Where one row occurs: its slices, codings, and the runs of words that its codings cover."""

    slice: Ints
    coding: Ints
    first: Ints
    """The first of the words that each coding covers and no coding before it does."""
    last: Ints


def count_frequencies(counted: Incidence, rows: Sequence[CodeSet], groups: Sequence[Flags]) -> list[list[Frequency]]:
    """Count each row in each group.

    Parameters
    ----------
    counted
        One coder's incidence.
    rows
        What to count: codes, families, themes. A row occurs where any of its members does: a unit or word that
        several members cover is counted once, codings are all counted.
    groups
        Masks over members (a case in a part of a transcript), shape (members,). Where the speakers of a transcript
        are given to their cases, each group has its own cases' units, words and codings, one that touches several
        cases' words counting for each. Where they are not, all of the transcript counts for each of its cases.

    Returns
    -------
    list of list of Frequency
        A list a row, an entry a group. Only transcripts asked about all of a row's families count for it, above
        and below the line.

    Examples
    --------
    Two sentences of two and four words; the coding covers the second one's last two.

    >>> from qualcode.incidence import incidence, universe
    >>> from qualcode.model import Coding, Transcript, Turn, Unit
    >>> text = "No money. No time, no money."
    >>> said = Transcript("S01", "S01.txt", text, "", (Turn(0, "Ana", "participant", 0, 28),))
    >>> over = universe([said], unit=Unit("sentence"), cases={"S01": ["S01"]}, asked={"S01": ["f"]}, families=["f"])
    >>> coding = Coding("1", "S01", 19, 28, "anchored", text[19:28], "f/money", "ana", "2026-01-01")
    >>> counted = incidence([coding], over, codes=["f/money"])
    >>> counted.matrix.toarray()
    array([[False],
           [ True]])
    >>> [[found]] = frequencies(counted, [Row("f/money", "Money", "code", ("f/money",))], [over.everyone])
    >>> found.units, found.universe_units, found.words, found.universe_words
    (1, 2, 2, 6)
    """
    by_column = counted.slice_matrix.tocsc()
    order = np.argsort(counted.coding_start, kind="stable")
    parts = [select_group(counted, group) for group in groups]
    asked = [asked_transcript_mask(counted, row) for row in rows]
    distinct = {one.tobytes(): one for one in asked}  # rows of one family were asked about in the same transcripts
    under = {key: [_count_base(counted.universe, part, one) for part in parts] for key, one in distinct.items()}
    found = []
    for row, one in zip(rows, asked, strict=True):
        occurrence = _find_occurrence(counted, by_column, member_columns(row, counted.codes), order)
        below = zip(parts, under[one.tobytes()], strict=True)
        found.append(
            [Frequency(*_count_occurrences(counted, occurrence, part, one), *universe) for part, universe in below]
        )
    return found


def asked_transcript_mask(counted: Incidence, row: CodeSet) -> Flags:
    """Return which transcripts the coder was asked about all families of a row in, shape (transcripts,)."""
    place = {family: position for position, family in enumerate(counted.universe.families)}
    picked = [place[family] for family in row.families if family in place]
    asked: Flags = np.all(counted.universe.asked_families[:, picked], axis=1)
    return asked


def _find_occurrence(counted: Incidence, by_column: Any, picked: list[int], order: Ints) -> _Occurrence:
    over = counted.universe
    slices = np.unique(
        np.concatenate(
            [by_column.indices[by_column.indptr[c] : by_column.indptr[c + 1]] for c in picked]
            or [np.zeros(0, np.int64)]
        )
    )
    member = np.zeros(len(counted.codes), dtype=bool)
    member[picked] = True
    coding = order[member[counted.coding_code[order]]]
    return _Occurrence(
        slices, coding, *_remove_overlaps(*over.word_ranges(counted.coding_start[coding], counted.coding_end[coding]))
    )


def _remove_overlaps(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return of each range (sorted by its first) what no range before it has, so that no word counts twice."""
    reach = np.maximum.accumulate(np.concatenate([np.zeros(1, dtype=np.int64), last]))[:-1]
    start = np.maximum(first, reach)
    return start, np.maximum(start, last)


def _count_occurrences(
    counted: Incidence, found: _Occurrence, group: GroupSelection, asked: Flags
) -> tuple[int, int, int, int, int]:
    """Return how many codings, units, transcripts, cases and words of a group a row has."""
    over = counted.universe
    asked_coding = asked[counted.coding_transcript[found.coding]]
    codings = int((group.coding[found.coding] & asked_coding).sum())
    if not codings:
        return 0, 0, 0, 0, 0
    part = over.slice_part[found.slice]
    inside = group.part[part] & asked[over.part_transcript[part]]
    occurs = make_mask(part[inside], len(over.part_transcript))
    return (
        codings,
        _count_distinct(over.slice_unit[found.slice[inside]]),
        _count_distinct(over.part_transcript[occurs]),
        _count_cases(over, group, occurs),
        int((group.cumulative_words[found.last] - group.cumulative_words[found.first])[asked_coding].sum()),
    )


def _count_base(over: Universe, group: GroupSelection, asked: Flags) -> tuple[int, int, int, int]:
    """Return how many units, transcripts, cases and words of a group a coder was asked in."""
    return (
        int(group.transcript_units[asked].sum()),
        int((group.transcript & asked).sum()),
        _count_cases(over, group, asked[over.part_transcript]),
        int(group.transcript_words[asked].sum()),
    )


def _count_cases(over: Universe, group: GroupSelection, parts: Flags) -> int:
    """Return how many cases of a group speak in some parts."""
    return _count_distinct(over.member_case[group.member & parts[over.member_part]])


def _count_distinct(numbers: Ints) -> int:
    few = len(numbers) < 100  # most groups have a handful, for which numpy takes longer to begin than to count
    return len(set(numbers.tolist())) if few else len(np.unique(numbers))
