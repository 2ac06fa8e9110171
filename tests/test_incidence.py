"""The counting core: every column of the themes by hand, co-occurrence against plain sets."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import SHARED, STUDY, book_of, coding_of, span_coding, transcript_of, universe_of
from qualcode.incidence import (
    Frequency,
    Incidence,
    Row,
    Universe,
    cooccurrence,
    frequencies,
    incidence,
    rows_of,
    universe,
)
from qualcode.model import Codebook, Coding, Transcript, Unit
from qualcode.segments import segments, word_spans

BOOK = book_of(["f/a", "f/b", "f/b/x", "f/b/y", "g/c"], themes={"th": ["f/a", "g/c"], "void": []})

#                      0123456789
ONE = transcript_of(
    "I: So you are here?\nP: We tried hard. It broke. Nobody knew.\nI: Ok.\nP: Yes. It broke.", name="T1"
)
TWO = transcript_of("P: We lost. We won, and we lost.", name="T2")
SIX = transcript_of("P: Nothing to say.", name="T3")
"""Words of participants: 3 + 2 + 2 + 1 + 2 = 10; 2 + 5 = 7; 3. Sentences: 5; 2; 1."""

CODINGS = [
    coding_of(ONE, "We tried hard.", "f/a"),
    coding_of(ONE, "tried hard. It broke.", "f/a"),  # overlaps the first, and reaches into a second sentence
    coding_of(ONE, "It broke.", "f/b/x"),
    coding_of(ONE, "It broke.", "f/b/y"),
    coding_of(ONE, "It broke.", "g/c", nth=1),
    coding_of(TWO, "We lost.", "f/a"),
    coding_of(TWO, "we lost.", "g/c"),
    coding_of(TWO, "We won", "f/a"),
]


def everyone(over: Universe) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.ones(len(over.transcripts), dtype=bool)


def counted(
    codings: Sequence[Coding] = CODINGS,
    transcripts: Sequence[Transcript] = (ONE, TWO, SIX),
    book: Codebook = BOOK,
    *,
    unit: Unit = Unit(),
    cases: Mapping[str, Collection[str]] | None = None,
    asked: Mapping[str, Collection[str]] | None = None,
) -> Incidence:
    over = universe_of(transcripts, book, unit=unit, cases=cases, asked=asked)
    return incidence(codings, over, codes=tuple(book.by_id), coder="ana")


def by_row(one: Incidence, book: Codebook = BOOK) -> dict[str, Frequency]:
    rows = rows_of(book)
    return {row.id: found for row, (found,) in zip(rows, frequencies(one, rows, [everyone(one.universe)]), strict=True)}


def shown(found: Frequency) -> tuple[int, int, int, int, int]:
    return (found.codings, found.units, found.transcripts, found.cases, found.words)


# --- rows -----------------------------------------------------------------------------------------------------


def test_rows_are_codes_with_what_is_nested_then_families_then_themes() -> None:
    assert [(row.level, row.id, row.members) for row in rows_of(BOOK)] == [
        ("code", "f/a", ("f/a",)),
        ("code", "f/b", ("f/b", "f/b/x", "f/b/y")),
        ("code", "f/b/x", ("f/b/x",)),
        ("code", "f/b/y", ("f/b/y",)),
        ("code", "g/c", ("g/c",)),
        ("family", "f", ("f/a", "f/b", "f/b/x", "f/b/y")),
        ("family", "g", ("g/c",)),
        ("theme", "th", ("f/a", "g/c")),
        ("theme", "void", ()),
    ]


def test_rows_can_be_picked_by_level_and_by_id() -> None:
    assert [row.id for row in rows_of(BOOK, levels=["theme", "family"])] == ["f", "g", "th", "void"]
    assert [row.id for row in rows_of(BOOK, only=["f/b"])] == ["f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in rows_of(BOOK, only=["f"], levels=["code"])] == ["f/a", "f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in rows_of(BOOK, only=["th", "g/c"])] == ["g/c", "th"]


def test_a_code_does_not_hold_codes_whose_name_begins_alike() -> None:
    book = book_of(["f/a", "f/ab", "fa/a"])
    assert [row.members for row in rows_of(book)] == [("f/a",), ("f/ab",), ("fa/a",), ("f/a", "f/ab"), ("fa/a",)]


def test_what_shares_nesting_is_no_pair() -> None:
    a, b, x, y, c, f, g, th, void = rows_of(BOOK)
    assert b.shares_nesting(x)
    assert x.shares_nesting(b)
    assert f.shares_nesting(a)
    assert g.shares_nesting(c)  # a family of one code is that code
    assert void.shares_nesting(a)
    assert not x.shares_nesting(y)
    assert not th.shares_nesting(f)  # they overlap, but none is part of the other
    assert not f.shares_nesting(g)


# --- the universe ---------------------------------------------------------------------------------------------


def test_the_universe_is_laid_out_end_to_end() -> None:
    over = counted().universe
    assert over.transcripts == ("T1", "T2", "T3")
    assert over.base.tolist() == [0, len(ONE.text) + 1, len(ONE.text) + len(TWO.text) + 2]
    assert over.unit_transcript.tolist() == [0, 0, 0, 0, 0, 1, 1, 2]
    assert over.unit_words.tolist() == [3, 2, 2, 1, 2, 2, 5, 3]
    assert over.transcript_words.tolist() == [10, 7, 3]
    assert over.unit_speaker == ("P",) * 8
    assert (over.cases, over.families) == (("T1", "T2", "T3"), ("f", "g"))


def test_an_exchange_counts_the_participants_words_only() -> None:
    over = counted(unit=Unit("exchange")).universe
    assert over.unit_words.tolist() == [7, 3, 7, 3]
    assert over.unit_start.tolist()[:2] == [ONE.text.index("So you"), ONE.text.index("Ok.")]


def test_nothing_can_be_counted_over() -> None:
    over = universe([], unit=Unit(), cases={}, asked={}, families=["f"])
    one = incidence(CODINGS, over, codes=("f/a",))
    assert one.matrix.shape == (0, 1)
    (frequency,) = frequencies(one, rows_of(book_of(["f/a"]), levels=["code"]), [everyone(over)])[0]
    assert shown(frequency) == (0, 0, 0, 0, 0)
    assert (frequency.share_of_cases, frequency.per_1000_words) == (None, None)
    assert cooccurrence(one, rows_of(BOOK), everyone(over)).together.sum() == 0


# --- incidence ------------------------------------------------------------------------------------------------


def test_a_unit_carries_a_code_when_a_coding_overlaps_it() -> None:
    one = counted()
    assert one.matrix.toarray().astype(int).tolist() == [
        # a  b  x  y  c
        [1, 0, 0, 0, 0],  # We tried hard.
        [1, 0, 1, 1, 0],  # It broke.
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],  # It broke.
        [1, 0, 0, 0, 0],  # We lost.
        [1, 0, 0, 0, 1],  # We won, and we lost.
        [0, 0, 0, 0, 0],
    ]
    assert (one.codes, one.coder, one.matrix.dtype) == (tuple(BOOK.by_id), "ana", np.dtype(bool))


def test_a_coding_that_only_touches_a_unit_does_not_overlap_it() -> None:
    text = transcript_of("P: Yes. No.")
    space = span_coding("T", 7, 8, "f/a")
    edge = span_coding("T", 6, 8, "f/a")
    assert counted([space], [text]).matrix.sum() == 0
    assert counted([edge], [text]).matrix.toarray()[:, 0].tolist() == [True, False]


def test_codings_elsewhere_are_left_out() -> None:
    other = [replace(CODINGS[0], transcript="T9"), replace(CODINGS[0], code="h/z")]
    assert counted(other).matrix.nnz == 0
    assert len(counted([*other, CODINGS[0]]).code) == 1


# --- themes, counted by hand ----------------------------------------------------------------------------------


def test_every_column_by_hand() -> None:
    found = by_row(counted())
    #                        codings units transcripts cases words
    assert shown(found["f/a"]) == (4, 4, 2, 2, 5 + 4)  # "We tried hard. It broke." once; "We lost." and "We won,"
    assert shown(found["f/b"]) == (2, 1, 1, 1, 2)  # two children on the same two words
    assert shown(found["f/b/x"]) == (1, 1, 1, 1, 2)
    assert shown(found["f/b/y"]) == (1, 1, 1, 1, 2)
    assert shown(found["g/c"]) == (2, 2, 2, 2, 4)
    assert shown(found["f"]) == (6, 4, 2, 2, 9)  # the children's words lie within those of f/a
    assert shown(found["th"]) == (6, 5, 2, 2, 5 + 2 + 6)  # a union: "We won, and we lost." is one unit
    assert shown(found["void"]) == (0, 0, 0, 0, 0)
    for row in found.values():
        universe_of_row = (row.universe_units, row.universe_transcripts, row.universe_cases, row.universe_words)
        assert universe_of_row == (8, 3, 3, 20)
    assert found["f/a"].share_of_cases == pytest.approx(2 / 3)
    assert found["f/a"].per_1000_words == pytest.approx(1000 * 4 / 20)


@pytest.mark.parametrize(
    ("unit", "units"),
    [
        (Unit("sentence"), {"f/a": 4, "f/b": 1, "g/c": 2, "th": 5}),
        (Unit("turn"), {"f/a": 2, "f/b": 1, "g/c": 2, "th": 3}),
        (Unit("exchange"), {"f/a": 2, "f/b": 1, "g/c": 2, "th": 3}),
        (Unit("window", 2), {"f/a": 2, "f/b": 1, "g/c": 2, "th": 2}),
        (Unit("transcript"), {"f/a": 2, "f/b": 1, "g/c": 2, "th": 2}),
    ],
)
def test_only_units_depend_on_the_unit(unit: Unit, units: dict[str, int]) -> None:
    found = by_row(counted(unit=unit))
    assert {row: found[row].units for row in units} == units
    assert shown(found["f/a"])[:1] + shown(found["f/a"])[2:] == (4, 2, 2, 9)


def test_a_word_that_two_codings_share_is_covered_once() -> None:
    text = transcript_of("P: We tried—and failed. So.")
    codings = [
        coding_of(text, "We tried", "f/a"),
        coding_of(text, "and failed.", "f/a"),
        coding_of(text, "nd f", "f/a"),
    ]
    assert by_row(counted(codings, [text]))["f/a"].words == 3


def test_words_of_interviewers_inside_a_coding_are_not_covered() -> None:
    text = transcript_of("P: We tried.\nI: And then what?\nP: It broke.")
    codings = [span_coding("T", 3, len(text.text), "f/a")]
    assert by_row(counted(codings, [text]))["f/a"].words == 4


def test_codings_at_the_seam_of_two_transcripts_stay_apart() -> None:
    first, second = transcript_of("P: We lost", name="A"), transcript_of("We won", name="B")
    codings = [coding_of(first, "lost", "f/a"), coding_of(second, "We", "f/a")]
    one = counted(codings, [first, second])
    for group, wanted in (([True, False], (1, 1, 1, 1, 1)), ([False, True], (1, 1, 1, 1, 1)), ([True, True], (2,) * 5)):
        (found,) = frequencies(one, rows_of(BOOK)[:1], [np.array(group)])[0]
        assert shown(found) == wanted


# --- asked and not asked --------------------------------------------------------------------------------------


def test_not_asked_is_neither_above_nor_below_the_line() -> None:
    found = by_row(counted(asked={"T1": ["f", "g"], "T2": ["f"], "T3": ["g"]}))
    assert shown(found["f/a"]) == (4, 4, 2, 2, 9)
    assert (found["f/a"].universe_transcripts, found["f/a"].universe_units, found["f/a"].universe_words) == (2, 7, 17)
    assert shown(found["g/c"]) == (1, 1, 1, 1, 2)
    assert (found["g/c"].universe_transcripts, found["g/c"].universe_units, found["g/c"].universe_words) == (2, 6, 13)
    assert shown(found["th"]) == (3, 3, 1, 1, 5 + 2)  # of two families: only where both were asked
    assert (found["th"].universe_cases, found["th"].universe_units) == (1, 5)


def test_a_family_nobody_was_asked_about_has_no_share() -> None:
    found = by_row(counted(asked={"T1": ["f"], "T2": ["f"], "T3": []}))["g/c"]
    assert shown(found) == (0, 0, 0, 0, 0)
    assert found.universe_transcripts == found.universe_cases == found.universe_words == 0
    assert (found.share_of_cases, found.per_1000_words) == (None, None)


# --- cases and groups -----------------------------------------------------------------------------------------


def test_a_case_of_several_transcripts_and_a_transcript_of_several_cases() -> None:
    found = by_row(counted(cases={"T1": ["anna", "ben"], "T2": ["anna"], "T3": ["carla"]}))
    assert (found["f/a"].cases, found["f/a"].universe_cases) == (2, 3)
    assert (found["f/b"].cases, found["f/b"].transcripts) == (2, 1)
    assert found["f/b"].share_of_cases == pytest.approx(2 / 3)


def test_groups_are_counted_apart() -> None:
    one = counted()
    groups = [np.array([True, False, False]), np.array([False, True, True]), np.array([False, False, False])]
    (a, *_, void) = frequencies(one, rows_of(BOOK), groups)
    assert [shown(found) for found in a] == [(2, 2, 1, 1, 5), (2, 2, 1, 1, 4), (0, 0, 0, 0, 0)]
    assert [(found.universe_units, found.universe_words) for found in a] == [(5, 10), (3, 10), (0, 0)]
    assert [found.share_of_cases for found in a] == [1.0, 0.5, None]
    assert [shown(found) for found in void] == [(0, 0, 0, 0, 0)] * 3


# --- co-occurrence --------------------------------------------------------------------------------------------


def pair(one: Incidence, a: str, b: str) -> tuple[int, int, int, int, float]:
    """Return units with both, with a, with b, all units, and Jaccard."""
    rows = rows_of(BOOK)
    ids = [row.id for row in rows]
    found = cooccurrence(one, rows, everyone(one.universe))
    i, j = ids.index(a), ids.index(b)
    return (
        int(found.together[i, j]),
        int(found.alone[i, j]),
        int(found.alone[j, i]),
        int(found.units[i, j]),
        float(found.jaccard()[i, j]),
    )


def test_pairs_by_hand() -> None:
    one = counted()
    assert pair(one, "f/a", "g/c") == (1, 4, 2, 8, 1 / 5)
    assert pair(one, "f/b/x", "f/b/y") == (1, 1, 1, 8, 1.0)
    assert pair(one, "f/a", "f/b") == (1, 4, 1, 8, 1 / 4)
    assert pair(one, "f/b", "g/c") == (0, 1, 2, 8, 0.0)
    assert np.isnan(pair(one, "void", "void")[-1])


def test_a_pair_is_counted_where_both_families_were_asked() -> None:
    one = counted(asked={"T1": ["f", "g"], "T2": ["f"], "T3": ["g"]})
    assert pair(one, "f/a", "g/c") == (0, 2, 1, 5, 0.0)
    assert pair(one, "f/a", "f/b") == (1, 4, 1, 7, 1 / 4)


def test_no_rows_have_no_pairs() -> None:
    one = counted()
    assert cooccurrence(one, [], everyone(one.universe)).together.shape == (0, 0)


CODES = ["f/a", "f/b", "f/b/x", "g/c", "h/d"]
RANDOM_BOOK = book_of(CODES, themes={"th": ["f/a", "g/c"], "tall": ["g/c", "h/d", "f/b/x"]})
WORDS = st.lists(st.sampled_from(["Yes.", "no", "so—so", "—", "Well,", "Why?", "\n\n"]), min_size=1, max_size=6).map(
    " ".join
)


@st.composite
def corpora(
    draw: st.DrawFn,
) -> tuple[list[Transcript], list[Coding], dict[str, list[str]], dict[str, list[str]], list[bool]]:
    transcripts, codings = [], []
    cases: dict[str, list[str]] = {}
    asked: dict[str, list[str]] = {}
    group = []
    for number in range(draw(st.integers(1, 3))):
        turns = draw(st.lists(st.tuples(st.sampled_from("PPI"), WORDS), min_size=1, max_size=4))
        transcript = transcript_of("\n".join(f"{who}: {words}" for who, words in turns), name=f"T{number}")
        transcripts.append(transcript)
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, len(transcript.text) - 1))
            end = draw(st.integers(start + 1, len(transcript.text)))
            codings.append(span_coding(transcript.id, start, end, draw(st.sampled_from(CODES))))
        cases[transcript.id] = sorted(draw(st.sets(st.sampled_from("xyz"), min_size=1, max_size=2)))
        asked[transcript.id] = sorted(draw(st.sets(st.sampled_from("fgh"), min_size=1)))
        group.append(draw(st.booleans()))
    return transcripts, codings, cases, asked, group


Corpus = tuple[list[Transcript], list[Coding], dict[str, list[str]], dict[str, list[str]], list[bool]]
UNITS = st.sampled_from(
    [Unit(), Unit("turn"), Unit("paragraph"), Unit("exchange"), Unit("window", 2), Unit("transcript")]
)


class BruteForce:
    """The same numbers from plain sets of units and words, one coding at a time."""

    def __init__(self, corpus: Corpus, unit: Unit) -> None:
        self.transcripts, codings, self.cases, self.asked, group = corpus
        turns = {(one.id, turn.start, turn.end) for one in self.transcripts for turn in one.participants}
        self.codings = [
            one
            for one in codings
            if any(one.transcript == name and one.start < end and start < one.end for name, start, end in turns)
        ]
        self.inside = {one.id for one, chosen in zip(self.transcripts, group, strict=True) if chosen}
        self.units = {
            (one.id, found.index): (found.start, found.end)
            for one in self.transcripts
            for found in segments(one, unit=unit)
            if found.role == "participant"
        }
        self.words = {
            (one.id, start): (start, end)
            for one in self.transcripts
            for turn in one.participants
            for start, end in word_spans(one.text, turn.start, turn.end)
        }

    def universe(self, *rows: Row) -> set[str]:
        families = {family for row in rows for family in row.families}
        return {name for name in self.inside if families <= set(self.asked[name])}

    def touched(self, spans: Mapping[tuple[str, int], tuple[int, int]], row: Row) -> set[tuple[str, int]]:
        mine = [one for one in self.codings if one.code in row.members]
        return {
            key
            for key, (start, end) in spans.items()
            if any(one.transcript == key[0] and one.start < end and start < one.end for one in mine)
        }

    def within(self, keys: Collection[tuple[str, int]], names: set[str]) -> set[tuple[str, int]]:
        return {key for key in keys if key[0] in names}

    def frequency(self, row: Row) -> Frequency:
        names = self.universe(row)
        units = self.within(self.touched(self.units, row), names)
        occurs_in = {name for name, _ in units}
        return Frequency(
            codings=sum(one.code in row.members and one.transcript in names for one in self.codings),
            units=len(units),
            transcripts=len(occurs_in),
            cases=len({case for name in occurs_in for case in self.cases[name]}),
            words=len(self.within(self.touched(self.words, row), names)),
            universe_units=len(self.within(self.units, names)),
            universe_transcripts=len(names),
            universe_cases=len({case for name in names for case in self.cases[name]}),
            universe_words=len(self.within(self.words, names)),
        )

    def pair(self, a: Row, b: Row) -> tuple[int, int, int, int]:
        names = self.universe(a, b)
        with_a = self.within(self.touched(self.units, a), names)
        with_b = self.within(self.touched(self.units, b), names)
        return len(with_a & with_b), len(with_a), len(with_b), len(self.within(self.units, names))


@settings(deadline=None)
@given(corpora(), UNITS)
def test_frequencies_are_those_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    transcripts, codings, cases, asked, group = corpus
    one = counted(codings, transcripts, RANDOM_BOOK, unit=unit, cases=cases, asked=asked)
    rows = rows_of(RANDOM_BOOK)
    brute = BruteForce(corpus, unit)
    assert [found for (found,) in frequencies(one, rows, [np.array(group)])] == [brute.frequency(row) for row in rows]


@settings(deadline=None)
@given(corpora(), UNITS)
def test_cooccurrence_is_that_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    transcripts, codings, cases, asked, group = corpus
    one = counted(codings, transcripts, RANDOM_BOOK, unit=unit, cases=cases, asked=asked)
    rows = rows_of(RANDOM_BOOK)
    found = cooccurrence(one, rows, np.array(group))
    jaccard = found.jaccard()
    brute = BruteForce(corpus, unit)
    for (i, a), (j, b) in combinations(enumerate(rows), 2):
        both, with_a, with_b, units = brute.pair(a, b)
        assert (found.together[i, j], found.alone[i, j], found.alone[j, i], found.units[i, j]) == (
            both,
            with_a,
            with_b,
            units,
        )
        either = with_a + with_b - both
        assert jaccard[i, j] == pytest.approx(both / either if either else np.nan, nan_ok=True)
    assert (found.together == found.together.T).all()
    assert (np.diag(found.together) == np.diag(found.alone)).all()


@settings(deadline=None)
@given(corpora(), UNITS)
def test_counts_add_over_transcripts(corpus: Corpus, unit: Unit) -> None:
    transcripts, codings, cases, asked, _ = corpus
    one = counted(codings, transcripts, RANDOM_BOOK, unit=unit, cases=cases, asked=asked)
    parts = [np.arange(len(transcripts)) == number for number in range(len(transcripts))]
    for whole, *each in frequencies(one, rows_of(RANDOM_BOOK), [everyone(one.universe), *parts]):
        for column in ("codings", "units", "transcripts", "words", "universe_units", "universe_words"):
            assert getattr(whole, column) == sum(getattr(part, column) for part in each)
        assert whole.cases <= sum(part.cases for part in each)


# --- the shipped study ----------------------------------------------------------------------------------------


def test_codes_of_the_shipped_study_are_counted_as_in_its_table() -> None:
    path = SHARED / "codings" / "analyst-1.csv"
    if not path.is_file():
        pytest.skip(f"the analysts' table is not here: {path}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.DictReader(stream))
    from qualcode.project import Project

    themes = Project(STUDY).themes(coder="analyst-1", unit="sentence", levels=["code"])
    codings = Counter(row["code"] for row in table)
    sentences = {(row["code"], row["transcript"], row["turn"], row["sentence"]) for row in table}
    units = Counter(code for code, *_ in sentences)
    transcripts = Counter(code for code, _ in {key[:2] for key in sentences})
    assert sum(codings.values()) > 1000
    found = themes.set_index("code")
    assert {code: count for code, count in found["codings"].to_dict().items() if count} == dict(codings)
    assert {code: count for code, count in found["units"].to_dict().items() if count} == dict(units)
    assert {code: count for code, count in found["transcripts"].to_dict().items() if count} == dict(transcripts)
