"""Frequencies: how often codes, families and themes occur in groups of cases."""

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
    """How often a code set occurs in a group, and the base that it is counted over.

    The first five fields count where it occurs: codings, units of analysis, transcripts, cases, and participants'
    words that codings cover. The ``universe_`` fields count the base: everything in transcripts in which the coder
    was asked about it.
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
    own_codings: int = 0
    """Codings of a code itself, without those of codes below it; 0 for families and themes."""

    @property
    def share_of_cases(self) -> float | None:
        """Share of the cases in the base, from 0 to 1; None if the base has no cases."""
        return self.cases / self.universe_cases if self.universe_cases else None

    @property
    def codings_per_1000_words(self) -> float | None:
        """Codings per thousand participants' words in the base; None if it has no words."""
        return 1000 * self.codings / self.universe_words if self.universe_words else None


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """Where one code set occurs: slices, codings, and for each coding the range of words that it adds."""

    slice: Ints
    coding: Ints
    first_word: Ints
    last_word: Ints


def count_frequencies(
    incidence: Incidence, code_sets: Sequence[CodeSet], groups: Sequence[Flags]
) -> list[list[Frequency]]:
    """Count each code set in each group.

    Parameters
    ----------
    incidence
        One coder's incidence.
    code_sets
        Codes, families, themes. Each occurs wherever any of its members does: a unit or word that several members
        cover is counted once, but each coding is counted.
    groups
        Masks over members (a case in a part of a transcript), shape (members,). If the speakers of a transcript are
        assigned to their cases, each group has the units, words and codings of its own cases; a coding that touches
        the words of several cases counts for each. If they are not, the whole transcript counts for each of its cases.

    Returns
    -------
    list of list of Frequency
        One list for each code set, one entry for each group. Counts and base include only transcripts in which the
        coder was asked about all families of the code set.

    Examples
    --------
    Two sentences of two and four words; the coding covers the last two words of the second.

    >>> from qualcode.incidence import build_universe
    >>> from qualcode.incidence import incidence as build_incidence
    >>> from qualcode.model import Coding, Transcript, Turn, Unit
    >>> text = "No money. No time, no money."
    >>> transcript = Transcript("S01", "S01.txt", text, "", (Turn(0, "Ana", "participant", 0, 28),))
    >>> universe = build_universe(
    ...     [transcript], unit=Unit("sentence"), cases={"S01": ["S01"]}, asked_families={"S01": ["f"]}, families=["f"]
    ... )
    >>> coding = Coding("1", "S01", 19, 28, "anchored", text[19:28], "f/money", "ana", "2026-01-01")
    >>> incidence = build_incidence([coding], universe, codes=["f/money"])
    >>> incidence.matrix.toarray()
    array([[False],
           [ True]])
    >>> code_set = CodeSet("f/money", "Money", "code", ("f/money",))
    >>> [[frequency]] = count_frequencies(incidence, [code_set], [universe.all_members])
    >>> frequency.units, frequency.universe_units, frequency.words, frequency.universe_words
    (1, 2, 2, 6)
    """
    by_column = incidence.slice_matrix.tocsc()
    # `_remove_overlaps` needs codings ordered by start; sorting them once is enough for all code sets.
    order = np.argsort(incidence.coding_start, kind="stable")
    selections = [select_group(incidence, group) for group in groups]
    asked_masks = [asked_transcript_mask(incidence, code_set) for code_set in code_sets]
    # Code sets of the same families have the same base, so it is counted once for each distinct mask.
    distinct = {asked.tobytes(): asked for asked in asked_masks}
    bases = {
        key: [_count_base(incidence.universe, selection, asked) for selection in selections]
        for key, asked in distinct.items()
    }
    frequencies = []
    for code_set, asked in zip(code_sets, asked_masks, strict=True):
        occurrence = _find_occurrence(incidence, by_column, member_columns(code_set, incidence.codes), order)
        frequencies.append(
            [
                Frequency(
                    *_count_occurrences(incidence, occurrence, selection, asked),
                    *base,
                    _count_own_codings(incidence, code_set, selection.coding, asked),
                )
                for selection, base in zip(selections, bases[asked.tobytes()], strict=True)
            ]
        )
    return frequencies


def asked_transcript_mask(incidence: Incidence, code_set: CodeSet) -> Flags:
    """Return in which transcripts the coder was asked about all families of a code set, shape (transcripts,)."""
    column = {family: position for position, family in enumerate(incidence.universe.families)}
    columns = [column[family] for family in code_set.families if family in column]
    asked: Flags = np.all(incidence.universe.asked_families[:, columns], axis=1)
    return asked


def _find_occurrence(incidence: Incidence, by_column: Any, columns: list[int], order: Ints) -> _Occurrence:
    rows = [by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]] for column in columns]
    # `np.concatenate` fails without arrays; a slice that several members occur in is counted once.
    slices = rows[0] if len(rows) == 1 else np.unique(np.concatenate(rows or [np.zeros(0, np.int64)]))
    is_member = make_mask(np.array(columns, dtype=np.int64), len(incidence.codes))
    coding = order[is_member[incidence.coding_code[order]]]
    words = incidence.universe.word_ranges(incidence.coding_start[coding], incidence.coding_end[coding])
    return _Occurrence(slices, coding, *_remove_overlaps(*words))


def _remove_overlaps(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return each range (sorted by start) without what earlier ranges cover, so that no word is counted twice."""
    covered = np.maximum.accumulate(np.concatenate([np.zeros(1, dtype=np.int64), last]))[:-1]
    start = np.maximum(first, covered)
    return start, np.maximum(start, last)


def _count_occurrences(
    incidence: Incidence, occurrence: _Occurrence, group: GroupSelection, asked: Flags
) -> tuple[int, int, int, int, int]:
    """Return the numbers of codings, units, transcripts, cases and words in a group where a code set occurs."""
    universe = incidence.universe
    is_asked = asked[incidence.coding_transcript[occurrence.coding]]
    codings = int((group.coding[occurrence.coding] & is_asked).sum())
    if not codings:
        return 0, 0, 0, 0, 0
    part = universe.slice_part[occurrence.slice]
    inside = group.part[part] & asked[universe.part_transcript[part]]
    parts = make_mask(part[inside], len(universe.part_transcript))
    # Overlaps were removed among all codings; those of other transcripts never overlap, so a mask loses no words.
    words = group.cumulative_words[occurrence.last_word] - group.cumulative_words[occurrence.first_word]
    return (
        codings,
        _count_distinct(universe.slice_unit[occurrence.slice[inside]]),
        _count_distinct(universe.part_transcript[parts]),
        _count_cases(universe, group, parts),
        int(words[is_asked].sum()),
    )


def _count_own_codings(incidence: Incidence, code_set: CodeSet, group: Flags, asked: Flags) -> int:
    """Return the number of codings of a code itself in a group, given as a mask of shape (codings,)."""
    if code_set.level != "code":
        return 0
    own = incidence.coding_code == incidence.codes.index(code_set.id)
    return int((own & group & asked[incidence.coding_transcript]).sum())


def _count_base(universe: Universe, group: GroupSelection, asked: Flags) -> tuple[int, int, int, int]:
    """Return the numbers of units, transcripts, cases and words of a group in the asked transcripts."""
    return (
        int(group.transcript_units[asked].sum()),
        int((group.transcript & asked).sum()),
        _count_cases(universe, group, asked[universe.part_transcript]),
        int(group.transcript_words[asked].sum()),
    )


def _count_cases(universe: Universe, group: GroupSelection, parts: Flags) -> int:
    """Return how many cases of a group speak in some parts, given as a mask of shape (parts,)."""
    return _count_distinct(universe.member_case[group.member & parts[universe.member_part]])


def _count_distinct(numbers: Ints) -> int:
    if len(numbers) < 100:  # the usual length, for which a set is faster than numpy's start-up
        return len(set(numbers.tolist()))
    # Units ascend, unless several cases speak in one: they need not be sorted to be counted.
    return len(numbers) if np.all(numbers[1:] > numbers[:-1]) else len(np.unique(numbers))
