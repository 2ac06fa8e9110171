"""Frequencies and co-occurrence: each a line or two over the incidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qualcode.incidence.matrix import Incidence
from qualcode.incidence.rows import Row, columns
from qualcode.incidence.universe import Flags, Ints


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
    """Where one row occurs: its units, codings, and the runs of words that its codings cover."""

    unit: Ints
    coding: Ints
    covered_transcript: Ints
    covered_words: Ints


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
        Masks over transcripts, shape (transcripts,), or over their cases, shape (transcripts, cases). Of a transcript
        with cases in and out of a group all codings count, but only the cases within.

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
    >>> [[found]] = frequencies(counted, [Row("f/money", "Money", "code", ("f/money",))], [over.in_case])
    >>> found.units, found.universe_units, found.words, found.universe_words
    (1, 2, 2, 6)
    """
    by_column = counted.matrix.tocsc()
    order = np.argsort(counted.start, kind="stable")
    found = []
    for row in rows:
        occurrence = _occurrence(counted, by_column, columns(row, counted.codes), order)
        asked = asked_about(counted, row)
        found.append([_frequency(counted, occurrence, group, asked) for group in groups])
    return found


def transcripts_of(group: Flags) -> Flags:
    """Return which transcripts a group has, shape (transcripts,): itself, or those with a case in it."""
    return group if group.ndim == 1 else np.any(group, axis=1)


def asked_about(counted: Incidence, row: Row) -> Flags:
    """Return which transcripts the coder was asked about all families of a row in, shape (transcripts,)."""
    place = {family: position for position, family in enumerate(counted.universe.families)}
    picked = [place[family] for family in row.families if family in place]
    asked: Flags = np.all(counted.universe.asked[:, picked], axis=1)
    return asked


def _occurrence(counted: Incidence, by_column: Any, picked: list[int], order: Ints) -> _Occurrence:
    over = counted.universe
    units = np.unique(
        np.concatenate(
            [by_column.indices[by_column.indptr[c] : by_column.indptr[c + 1]] for c in picked]
            or [np.zeros(0, np.int64)]
        )
    )
    member = np.zeros(len(counted.codes), dtype=bool)
    member[picked] = True
    coding = order[member[counted.code[order]]]
    words = _fresh(*over.words_of(counted.start[coding], counted.end[coding]))
    return _Occurrence(units, coding, counted.transcript[coding], words)


def _fresh(first: Ints, last: Ints) -> Ints:
    """Return how many words each range (sorted by its first) has that no range before it has: none counts twice."""
    reach = np.maximum.accumulate(np.concatenate([np.zeros(1, dtype=np.int64), last]))[:-1]
    return np.maximum(last - np.maximum(first, reach), 0)


def _frequency(counted: Incidence, found: _Occurrence, group: Flags, asked: Flags) -> Frequency:
    over = counted.universe
    counts = transcripts_of(group) & asked
    cases = over.in_case if group.ndim == 1 else over.in_case & group
    transcript = over.unit_transcript[found.unit]
    here = np.unique(transcript[counts[transcript]])
    return Frequency(
        codings=int(counts[counted.transcript[found.coding]].sum()),
        units=int(counts[transcript].sum()),
        transcripts=len(here),
        cases=int(cases[here].any(axis=0).sum()),
        words=int(found.covered_words[counts[found.covered_transcript]].sum()),
        universe_units=int(counts[over.unit_transcript].sum()),
        universe_transcripts=int(counts.sum()),
        universe_cases=int(cases[counts].any(axis=0).sum()),
        universe_words=int(over.transcript_words[counts].sum()),
    )


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
        A mask as in `frequencies`: over transcripts, or over transcripts x cases.

    Returns
    -------
    Cooccurrence
        Counts of units; for each pair over the transcripts of the group that were asked about both.
    """
    over = counted.universe
    shape = (len(rows), len(over.transcripts))
    asked = np.array([asked_about(counted, row) & transcripts_of(group) for row in rows], dtype=np.int64).reshape(shape)
    occurs = _where_asked(_occurs(counted, rows), asked, over.unit_transcript)
    ones = np.ones(len(over.unit_transcript), dtype=np.int64)
    place = (over.unit_transcript, np.arange(len(ones)))
    by_transcript = sparse.csr_array((ones, place), shape=(len(over.transcripts), len(ones)))
    return Cooccurrence(
        tuple(rows),
        (occurs.T @ occurs).toarray(),
        (by_transcript @ occurs).T @ asked.T,
        (asked * by_transcript.sum(axis=1)) @ asked.T,
    )


def _where_asked(occurs: Any, asked: Ints, unit_transcript: Ints) -> Any:
    """Return units x rows as counts, what stands in transcripts not asked about a row left out."""
    found = occurs.tocoo()
    unit, row = found.coords
    kept = asked[row, unit_transcript[unit]] > 0
    ones = np.ones(int(kept.sum()), dtype=np.int64)
    return sparse.csr_array((ones, (unit[kept], row[kept])), shape=found.shape)


def _occurs(counted: Incidence, rows: Sequence[Row]) -> Any:
    """Return units x rows: true where any member of the row occurs."""
    members = [(column, position) for position, row in enumerate(rows) for column in columns(row, counted.codes)]
    place = np.array(members, dtype=np.int64).reshape(-1, 2).T
    shape = (len(counted.codes), len(rows))
    membership = sparse.csr_array((np.ones(place.shape[1], dtype=np.int64), (place[0], place[1])), shape=shape)
    return (counted.matrix.astype(np.int64) @ membership) > 0
