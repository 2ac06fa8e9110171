"""Frequencies and co-occurrence: each a line or two over the incidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.groups import Within, flagged, within
from qualcode.incidence.matrix import Incidence
from qualcode.incidence.rows import Row, columns
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


def frequencies(counted: Incidence, rows: Sequence[Row], groups: Sequence[Flags]) -> list[list[Frequency]]:
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
    by_column = counted.slices.tocsc()
    order = np.argsort(counted.start, kind="stable")
    parts = [within(counted, group) for group in groups]
    asked = [asked_about(counted, row) for row in rows]
    distinct = {one.tobytes(): one for one in asked}  # rows of one family were asked about in the same transcripts
    under = {key: [_under(counted.universe, part, one) for part in parts] for key, one in distinct.items()}
    found = []
    for row, one in zip(rows, asked, strict=True):
        occurrence = _occurrence(counted, by_column, columns(row, counted.codes), order)
        below = zip(parts, under[one.tobytes()], strict=True)
        found.append([Frequency(*_above(counted, occurrence, part, one), *universe) for part, universe in below])
    return found


def asked_about(counted: Incidence, row: Row) -> Flags:
    """Return which transcripts the coder was asked about all families of a row in, shape (transcripts,)."""
    place = {family: position for position, family in enumerate(counted.universe.families)}
    picked = [place[family] for family in row.families if family in place]
    asked: Flags = np.all(counted.universe.asked[:, picked], axis=1)
    return asked


def _occurrence(counted: Incidence, by_column: Any, picked: list[int], order: Ints) -> _Occurrence:
    over = counted.universe
    slices = np.unique(
        np.concatenate(
            [by_column.indices[by_column.indptr[c] : by_column.indptr[c + 1]] for c in picked]
            or [np.zeros(0, np.int64)]
        )
    )
    member = np.zeros(len(counted.codes), dtype=bool)
    member[picked] = True
    coding = order[member[counted.code[order]]]
    return _Occurrence(slices, coding, *_fresh(*over.words_of(counted.start[coding], counted.end[coding])))


def _fresh(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return of each range (sorted by its first) what no range before it has, so that no word counts twice."""
    reach = np.maximum.accumulate(np.concatenate([np.zeros(1, dtype=np.int64), last]))[:-1]
    start = np.maximum(first, reach)
    return start, np.maximum(start, last)


def _above(counted: Incidence, found: _Occurrence, group: Within, asked: Flags) -> tuple[int, int, int, int, int]:
    """Return how many codings, units, transcripts, cases and words of a group a row has."""
    over = counted.universe
    asked_coding = asked[counted.transcript[found.coding]]
    codings = int((group.coding[found.coding] & asked_coding).sum())
    if not codings:
        return 0, 0, 0, 0, 0
    part = over.slice_part[found.slice]
    inside = group.part[part] & asked[over.part_transcript[part]]
    occurs = flagged(part[inside], len(over.part_transcript))
    return (
        codings,
        _distinct(over.slice_unit[found.slice[inside]]),
        _distinct(over.part_transcript[occurs]),
        _cases(over, group, occurs),
        int((group.words[found.last] - group.words[found.first])[asked_coding].sum()),
    )


def _under(over: Universe, group: Within, asked: Flags) -> tuple[int, int, int, int]:
    """Return how many units, transcripts, cases and words of a group a coder was asked in."""
    return (
        int(group.transcript_units[asked].sum()),
        int((group.transcript & asked).sum()),
        _cases(over, group, asked[over.part_transcript]),
        int(group.transcript_words[asked].sum()),
    )


def _cases(over: Universe, group: Within, parts: Flags) -> int:
    """Return how many cases of a group speak in some parts."""
    return _distinct(over.member_case[group.member & parts[over.member_part]])


def _distinct(numbers: Ints) -> int:
    few = len(numbers) < 100  # most groups have a handful, for which numpy takes longer to begin than to count
    return len(set(numbers.tolist())) if few else len(np.unique(numbers))


@dataclass(frozen=True)
class Cooccurrence:
    """Pairs of rows over one universe: all matrices have shape (rows, rows) and count units of analysis.

    ``together[a, b]`` units carry both, ``alone[a, b]`` carry ``a`` among the units of transcripts that were
    asked about ``b`` too, ``units[a, b]`` is the number of those units.
    """

    rows: tuple[Row, ...]
    together: Ints
    alone: Ints
    units: Ints

    def jaccard(self) -> NDArray[np.float64]:
        """Return how much the units of each pair are the same: those with both over those with either.

        Returns
        -------
        ndarray of float, shape (rows, rows)
            From 0 (never together) to 1 (never apart), the same for (a, b) and (b, a). NaN where neither occurs in
            what both were asked about.

        References
        ----------
        Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
        His coefficient of community: species common to two districts over all species of the two.

        Examples
        --------
        Of eight units three carry ``a``, two carry ``b``, one of them both: 1 / (3 + 2 - 1).

        >>> rows = tuple(Row(one, one, "code", (one,)) for one in ("f/a", "f/b"))
        >>> together, alone = np.array([[3, 1], [1, 2]]), np.array([[3, 3], [2, 2]])
        >>> Cooccurrence(rows, together, alone, np.full((2, 2), 8)).jaccard()
        array([[1.  , 0.25],
               [0.25, 1.  ]])
        """
        either = self.alone + self.alone.T - self.together
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(either > 0, self.together / either, np.nan)

    def pairs(self, *, least: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the places of two rows with at least ``least`` units together; a row and its part are no pair."""
        for a, b in zip(*np.triu_indices(len(self.rows), 1), strict=True):
            if self.together[a, b] >= least and not self.rows[a].shares_nesting(self.rows[b]):
                yield int(a), int(b)


def cooccurrence(counted: Incidence, rows: Sequence[Row], group: Flags) -> Cooccurrence:
    """Count in how many units each pair of rows occurs together: ``X.T @ X``.

    Parameters
    ----------
    counted
        One coder's incidence.
    rows
        Codes, families, themes; a row occurs where any of its members does.
    group
        A mask over members, as in `frequencies`.

    Returns
    -------
    Cooccurrence
        Counts of units; for each pair over the transcripts of the group that were asked about both.
    """
    over = counted.universe
    part = within(counted, group)
    shape = (len(rows), len(over.transcripts))
    asked = np.array([asked_about(counted, row) & part.transcript for row in rows], dtype=np.int64).reshape(shape)
    occurs = _where_asked(_of_units(over, _occurs(counted, rows), part.slice), asked, over.unit_transcript)
    ones = np.ones(len(over.unit_transcript), dtype=np.int64)
    place = (over.unit_transcript, np.arange(len(ones)))
    by_transcript = sparse.csr_array((ones, place), shape=(len(over.transcripts), len(ones)))
    return Cooccurrence(
        tuple(rows),
        (occurs.T @ occurs).toarray(),
        (by_transcript @ occurs).T @ asked.T,
        (asked * part.transcript_units) @ asked.T,
    )


def _of_units(over: Universe, occurs: Any, inside: Flags) -> Any:
    """Return units x rows from slices x rows: a unit carries what any of its slices inside a group carries."""
    slices = np.flatnonzero(inside)
    place = (over.slice_unit[slices], slices)
    shape = (len(over.unit_start), len(over.slice_unit))
    return (sparse.csr_array((np.ones(len(slices), dtype=np.int64), place), shape=shape) @ occurs.astype(np.int64)) > 0


def _where_asked(occurs: Any, asked: Ints, unit_transcript: Ints) -> Any:
    """Return units x rows as counts, what stands in transcripts not asked about a row left out."""
    found = occurs.tocoo()
    unit, row = found.coords
    kept = asked[row, unit_transcript[unit]] > 0
    ones = np.ones(int(kept.sum()), dtype=np.int64)
    return sparse.csr_array((ones, (unit[kept], row[kept])), shape=found.shape)


def _occurs(counted: Incidence, rows: Sequence[Row]) -> Any:
    """Return slices x rows: true where any member of the row occurs."""
    members = [(column, position) for position, row in enumerate(rows) for column in columns(row, counted.codes)]
    place = np.array(members, dtype=np.int64).reshape(-1, 2).T
    shape = (len(counted.codes), len(rows))
    membership = sparse.csr_array((np.ones(place.shape[1], dtype=np.int64), (place[0], place[1])), shape=shape)
    return (counted.slices.astype(np.int64) @ membership) > 0
