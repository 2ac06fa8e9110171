"""The counting core: frequencies incidence_of by hand, frequencies and co-occurrence compared with plain sets."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from builders import SHARED, STUDY, book_of, coding_of, span_coding, transcript_of, universe_of
from qualcode.anchors import is_codable
from qualcode.incidence import (
    CodeSet,
    Frequency,
    Incidence,
    Universe,
    build_universe,
    count_cooccurrence,
    count_frequencies,
    list_code_sets,
)
from qualcode.incidence import incidence as build_incidence
from qualcode.model import Codebook, Coding, Transcript, Turn, Unit
from qualcode.segments import count_words, segment_transcript, word_spans

BOOK = book_of(["f/a", "f/b", "f/b/x", "f/b/y", "g/c"], themes={"th": ["f/a", "g/c"], "void": []})

#                      0123456789
FIRST = transcript_of(
    "I: So you are here?\nP: We tried hard. It broke. Nobody knew.\nI: Ok.\nP: Yes. It broke.", name="T1"
)
SECOND = transcript_of("P: We lost. We won, and we lost.", name="T2")
THIRD = transcript_of("P: Nothing to say.", name="T3")
"""Participants' words: 3 + 2 + 2 + 1 + 2 = 10; 2 + 5 = 7; 3. Sentences: 5; 2; 1."""

CODINGS = [
    coding_of(FIRST, "We tried hard.", "f/a"),
    coding_of(FIRST, "tried hard. It broke.", "f/a"),  # overlaps the first coding and a second sentence
    coding_of(FIRST, "It broke.", "f/b/x"),
    coding_of(FIRST, "It broke.", "f/b/y"),
    coding_of(FIRST, "It broke.", "g/c", nth=1),
    coding_of(SECOND, "We lost.", "f/a"),
    coding_of(SECOND, "we lost.", "g/c"),
    coding_of(SECOND, "We won", "f/a"),
]


def everyone(universe: Universe) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return universe.all_members


def incidence_of(
    codings: Sequence[Coding] = CODINGS,
    transcripts: Sequence[Transcript] = (FIRST, SECOND, THIRD),
    book: Codebook = BOOK,
    *,
    unit: Unit = Unit(),
    cases: Mapping[str, Collection[str]] | None = None,
    asked: Mapping[str, Collection[str]] | None = None,
) -> Incidence:
    universe = universe_of(transcripts, book, unit=unit, cases=cases, asked=asked)
    return build_incidence(codings, universe, codes=tuple(book.by_id), coder="ana")


def count_all(incidence: Incidence, book: Codebook = BOOK) -> dict[str, Frequency]:
    rows = list_code_sets(book)
    frequencies = count_frequencies(incidence, rows, [everyone(incidence.universe)])
    return {row.id: frequency for row, (frequency,) in zip(rows, frequencies, strict=True)}


def five_counts(frequency: Frequency) -> tuple[int, int, int, int, int]:
    return (frequency.codings, frequency.units, frequency.transcripts, frequency.cases, frequency.words)


def base_counts(row: Frequency) -> tuple[int, int, int, int]:
    return (row.universe_units, row.universe_transcripts, row.universe_cases, row.universe_words)


# --- rows -----------------------------------------------------------------------------------------------------


def test_code_sets_are_codes_with_nested_codes_then_families_then_themes() -> None:
    assert [(row.level, row.id, row.members) for row in list_code_sets(BOOK)] == [
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


def test_code_sets_can_be_selected_by_level_and_id() -> None:
    assert [row.id for row in list_code_sets(BOOK, levels=["theme", "family"])] == ["f", "g", "th", "void"]
    assert [row.id for row in list_code_sets(BOOK, only=["f/b"])] == ["f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in list_code_sets(BOOK, only=["f"], levels=["code"])] == ["f/a", "f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in list_code_sets(BOOK, only=["th", "g/c"])] == ["g/c", "th"]


def test_code_does_not_include_codes_with_the_same_prefix() -> None:
    book = book_of(["f/a", "f/ab", "fa/a"])
    assert [row.members for row in list_code_sets(book)] == [("f/a",), ("f/ab",), ("fa/a",), ("f/a", "f/ab"), ("fa/a",)]


def test_nested_code_sets_are_not_a_pair() -> None:
    a, b, x, y, c, f, g, th, void = list_code_sets(BOOK)
    assert b.is_nested_with(x)
    assert x.is_nested_with(b)
    assert f.is_nested_with(a)
    assert g.is_nested_with(c)  # a family of one code is that code
    assert void.is_nested_with(a)
    assert not x.is_nested_with(y)
    assert not th.is_nested_with(f)  # they overlap, but neither is part of the other
    assert not f.is_nested_with(g)


# --- the universe ---------------------------------------------------------------------------------------------


def test_universe_concatenates_the_transcripts() -> None:
    universe = incidence_of().universe
    assert universe.transcripts == ("T1", "T2", "T3")
    assert universe.transcript_offset.tolist() == [0, len(FIRST.text) + 1, len(FIRST.text) + len(SECOND.text) + 2]
    assert universe.unit_transcript.tolist() == [0, 0, 0, 0, 0, 1, 1, 2]
    assert universe.unit_words.tolist() == [3, 2, 2, 1, 2, 2, 5, 3]
    assert universe.transcript_words.tolist() == [10, 7, 3]
    assert universe.unit_speaker == ("P",) * 8
    assert (universe.cases, universe.families) == (("T1", "T2", "T3"), ("f", "g"))


def test_words_of_an_exchange_are_the_participants() -> None:
    universe = incidence_of(unit=Unit("exchange")).universe
    assert universe.unit_words.tolist() == [7, 3, 7, 3]
    assert universe.unit_start.tolist()[:2] == [FIRST.text.index("So you"), FIRST.text.index("Ok.")]


def test_counts_in_an_empty_universe_are_zero() -> None:
    universe = build_universe([], unit=Unit(), cases={}, asked_families={}, families=["f"])
    incidence = build_incidence(CODINGS, universe, codes=("f/a",))
    assert incidence.matrix.shape == (0, 1)
    code_sets = list_code_sets(book_of(["f/a"]), levels=["code"])
    (frequency,) = count_frequencies(incidence, code_sets, [everyone(universe)])[0]
    assert five_counts(frequency) == (0, 0, 0, 0, 0)
    assert (frequency.share_of_cases, frequency.codings_per_1000_words) == (None, None)
    assert count_cooccurrence(incidence, list_code_sets(BOOK), everyone(universe)).joint_units.sum() == 0


# --- incidence ------------------------------------------------------------------------------------------------


def test_unit_carries_a_code_if_a_coding_overlaps_it() -> None:
    incidence = incidence_of()
    assert incidence.matrix.toarray().astype(int).tolist() == [
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
    assert (incidence.codes, incidence.coder, incidence.matrix.dtype) == (tuple(BOOK.by_id), "ana", np.dtype(bool))


def test_adjacent_coding_does_not_overlap_a_unit() -> None:
    text = transcript_of("P: Yes. No.")
    space = span_coding("T", 7, 8, "f/a")
    edge = span_coding("T", 6, 8, "f/a")
    assert incidence_of([space], [text]).matrix.sum() == 0
    assert incidence_of([edge], [text]).matrix.toarray()[:, 0].tolist() == [True, False]


def test_codings_outside_the_universe_or_codes_are_left_out() -> None:
    other = [replace(CODINGS[0], transcript="T9"), replace(CODINGS[0], code="h/z")]
    assert incidence_of(other).matrix.nnz == 0
    assert len(incidence_of([*other, CODINGS[0]]).coding_code) == 1


# --- themes, incidence_of by hand ----------------------------------------------------------------------------------


def test_every_column_counted_by_hand() -> None:
    counts = count_all(incidence_of())
    #                        codings units transcripts cases words
    assert five_counts(counts["f/a"]) == (4, 4, 2, 2, 5 + 4)  # "We tried hard. It broke." once; "We lost." "We won,"
    assert five_counts(counts["f/b"]) == (2, 1, 1, 1, 2)  # two children on the same two words
    assert five_counts(counts["f/b/x"]) == (1, 1, 1, 1, 2)
    assert five_counts(counts["f/b/y"]) == (1, 1, 1, 1, 2)
    assert five_counts(counts["g/c"]) == (2, 2, 2, 2, 4)
    assert five_counts(counts["f"]) == (6, 4, 2, 2, 9)  # the children's words lie within those of f/a
    assert five_counts(counts["th"]) == (6, 5, 2, 2, 5 + 2 + 6)  # a union: "We won, and we lost." is one unit
    assert five_counts(counts["void"]) == (0, 0, 0, 0, 0)
    for row in counts.values():
        assert base_counts(row) == (8, 3, 3, 20)
    assert counts["f/a"].share_of_cases == pytest.approx(2 / 3)
    assert counts["f/a"].codings_per_1000_words == pytest.approx(1000 * 4 / 20)


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
    counts = count_all(incidence_of(unit=unit))
    assert {row: counts[row].units for row in units} == units
    assert five_counts(counts["f/a"])[:1] + five_counts(counts["f/a"])[2:] == (4, 2, 2, 9)


def test_word_in_two_codings_is_counted_once() -> None:
    text = transcript_of("P: We tried—and failed. So.")
    codings = [
        coding_of(text, "We tried", "f/a"),
        coding_of(text, "and failed.", "f/a"),
        coding_of(text, "nd f", "f/a"),
    ]
    assert count_all(incidence_of(codings, [text]))["f/a"].words == 3


def test_interviewers_words_inside_a_coding_are_not_counted() -> None:
    text = transcript_of("P: We tried.\nI: And then what?\nP: It broke.")
    codings = [span_coding("T", 3, len(text.text), "f/a")]
    assert count_all(incidence_of(codings, [text]))["f/a"].words == 4


def test_codings_at_the_border_of_two_transcripts_are_counted_separately() -> None:
    first, second = transcript_of("P: We lost", name="A"), transcript_of("We won", name="B")
    codings = [coding_of(first, "lost", "f/a"), coding_of(second, "We", "f/a")]
    incidence = incidence_of(codings, [first, second])
    for group, expected in (([True, False], (1,) * 5), ([False, True], (1,) * 5), ([True, True], (2,) * 5)):
        (frequency,) = count_frequencies(incidence, list_code_sets(BOOK)[:1], [np.array(group)])[0]
        assert five_counts(frequency) == expected


# --- families asked and not asked -----------------------------------------------------------------------------


def test_transcripts_not_asked_are_in_neither_counts_nor_base() -> None:
    counts = count_all(incidence_of(asked={"T1": ["f", "g"], "T2": ["f"], "T3": ["g"]}))
    assert five_counts(counts["f/a"]) == (4, 4, 2, 2, 9)
    assert base_counts(counts["f/a"]) == (7, 2, 2, 17)
    assert five_counts(counts["g/c"]) == (1, 1, 1, 1, 2)
    assert base_counts(counts["g/c"]) == (6, 2, 2, 13)
    assert five_counts(counts["th"]) == (3, 3, 1, 1, 5 + 2)  # of two families: only where both were asked
    assert (counts["th"].universe_cases, counts["th"].universe_units) == (1, 5)


def test_share_of_a_family_not_asked_anywhere_is_undefined() -> None:
    frequency = count_all(incidence_of(asked={"T1": ["f"], "T2": ["f"], "T3": []}))["g/c"]
    assert five_counts(frequency) == (0, 0, 0, 0, 0)
    assert frequency.universe_transcripts == frequency.universe_cases == frequency.universe_words == 0
    assert (frequency.share_of_cases, frequency.codings_per_1000_words) == (None, None)


# --- cases and groups -----------------------------------------------------------------------------------------


def test_case_of_several_transcripts_and_transcript_of_several_cases() -> None:
    counts = count_all(incidence_of(cases={"T1": ["anna", "ben"], "T2": ["anna"], "T3": ["carla"]}))
    assert (counts["f/a"].cases, counts["f/a"].universe_cases) == (2, 3)
    assert (counts["f/b"].cases, counts["f/b"].transcripts) == (2, 1)
    assert counts["f/b"].share_of_cases == pytest.approx(2 / 3)


def test_groups_are_counted_separately() -> None:
    incidence = incidence_of()
    groups = [np.array([True, False, False]), np.array([False, True, True]), np.array([False, False, False])]
    (a, *_, void) = count_frequencies(incidence, list_code_sets(BOOK), groups)
    assert [five_counts(frequency) for frequency in a] == [(2, 2, 1, 1, 5), (2, 2, 1, 1, 4), (0, 0, 0, 0, 0)]
    assert [(frequency.universe_units, frequency.universe_words) for frequency in a] == [(5, 10), (3, 10), (0, 0)]
    assert [frequency.share_of_cases for frequency in a] == [1.0, 0.5, None]
    assert [five_counts(frequency) for frequency in void] == [(0, 0, 0, 0, 0)] * 3


FOCUS = transcript_of("I: So?\nAnn: We tried. It broke.\nBen: We lost.\nI: Ok.\nAnn: Yes.\nCy: Well, no.", name="F")
FOCUS = replace(
    FOCUS, turns=tuple(replace(turn, case={"Ann": "a", "Ben": "b"}.get(turn.speaker, "")) for turn in FOCUS.turns)
)
"""Ann's case has 4 words in 2 sentences and 1 in 1, Ben's 2 in 1; Cy's 2 in 1 belong to the cases of F."""

FOCUS_CODINGS = [
    coding_of(FOCUS, "We tried.", "f/a"),
    coding_of(FOCUS, "It broke.\nBen: We lost.", "f/b/x"),  # covers words of Ann and of Ben
    coding_of(FOCUS, "Well, no.", "g/c"),
]


def by_case(incidence: Incidence, row: str) -> dict[str, Frequency]:
    """Count one code set for each case separately."""
    universe = incidence.universe
    code_sets = [code_set for code_set in list_code_sets(BOOK) if code_set.id == row]
    groups = [universe.member_case == number for number in range(len(universe.cases))]
    (frequencies,) = count_frequencies(incidence, code_sets, groups)
    return dict(zip(universe.cases, frequencies, strict=True))


def test_units_of_a_focus_group_count_for_the_case_of_their_speaker() -> None:
    incidence = incidence_of(FOCUS_CODINGS, [FOCUS], cases={"F": ["c"]})
    assert incidence.universe.cases == ("a", "b", "c")
    assert {case: five_counts(frequency) for case, frequency in by_case(incidence, "f/a").items()} == {
        "a": (1, 1, 1, 1, 2),
        "b": (0, 0, 0, 0, 0),
        "c": (0, 0, 0, 0, 0),
    }
    assert {case: five_counts(frequency) for case, frequency in by_case(incidence, "f/b/x").items()} == {
        "a": (1, 1, 1, 1, 2),
        "b": (1, 1, 1, 1, 2),
        "c": (0, 0, 0, 0, 0),
    }
    assert {case: (row.universe_units, row.universe_words) for case, row in by_case(incidence, "g/c").items()} == {
        "a": (3, 5),
        "b": (1, 2),
        "c": (1, 2),
    }
    whole = count_all(incidence)
    assert five_counts(whole["f/b/x"]) == (1, 2, 1, 2, 4)  # one coding on two sentences of two cases
    assert (whole["f/b/x"].universe_units, whole["f/b/x"].universe_cases, whole["f/b/x"].universe_words) == (5, 3, 9)
    assert whole["f/a"].share_of_cases == pytest.approx(1 / 3)


def test_unit_of_several_cases_counts_for_each_case_by_its_own_words() -> None:
    incidence = incidence_of(FOCUS_CODINGS, [FOCUS], unit=Unit("transcript"), cases={"F": ["c"]})
    assert [frequency.units for frequency in by_case(incidence, "f/a").values()] == [1, 0, 0]
    assert [frequency.units for frequency in by_case(incidence, "g/c").values()] == [0, 0, 1]
    assert [frequency.universe_units for frequency in by_case(incidence, "g/c").values()] == [1, 1, 1]
    assert pair(incidence, "f/a", "g/c")[0] == 1  # together in the transcript, but not in one case's words
    alone = count_cooccurrence(incidence, list_code_sets(BOOK), incidence.universe.member_case == 0)
    ids = [row.id for row in alone.code_sets]
    assert alone.joint_units[ids.index("f/a"), ids.index("f/b/x")] == 1
    assert alone.joint_units[ids.index("f/a"), ids.index("g/c")] == 0


def test_coding_that_ends_before_a_turn_does_not_count_for_its_case() -> None:
    ann_and_break = span_coding("F", FOCUS.text.index("It broke."), FOCUS.text.index("Ben:"), "f/a")
    incidence = incidence_of([ann_and_break], [FOCUS], unit=Unit("transcript"), cases={"F": ["c"]})
    ben = incidence.universe.member_case == 1
    assert by_case(incidence, "f/a")["b"].units == 0
    assert count_cooccurrence(incidence, list_code_sets(BOOK), ben).joint_units.sum() == 0


def test_units_count_for_each_case_if_speakers_have_no_cases() -> None:
    plain = replace(FOCUS, turns=tuple(replace(turn, case="") for turn in FOCUS.turns))
    incidence = incidence_of(FOCUS_CODINGS, [plain], cases={"F": ["a", "b"]})
    counts = {case: five_counts(frequency) for case, frequency in by_case(incidence, "f/a").items()}
    assert counts == dict.fromkeys("ab", (1, 1, 1, 1, 2))
    assert [frequency.universe_words for frequency in by_case(incidence, "f/a").values()] == [9, 9]
    assert count_all(incidence)["f/a"].universe_words == 9


# --- co-occurrence --------------------------------------------------------------------------------------------


def pair(incidence: Incidence, a: str, b: str) -> tuple[int, int, int, int, float]:
    """Return units with both, with a, with b, all units, and Jaccard."""
    rows = list_code_sets(BOOK)
    ids = [row.id for row in rows]
    counts = count_cooccurrence(incidence, rows, everyone(incidence.universe))
    i, j = ids.index(a), ids.index(b)
    return (
        int(counts.joint_units[i, j]),
        int(counts.code_units[i, j]),
        int(counts.code_units[j, i]),
        int(counts.base_units[i, j]),
        float(counts.jaccard()[i, j]),
    )


def test_pairs_counted_by_hand() -> None:
    incidence = incidence_of()
    assert pair(incidence, "f/a", "g/c") == (1, 4, 2, 8, 1 / 5)
    assert pair(incidence, "f/b/x", "f/b/y") == (1, 1, 1, 8, 1.0)
    assert pair(incidence, "f/a", "f/b") == (1, 4, 1, 8, 1 / 4)
    assert pair(incidence, "f/b", "g/c") == (0, 1, 2, 8, 0.0)
    assert np.isnan(pair(incidence, "void", "void")[-1])


def test_pair_is_counted_where_both_families_were_asked() -> None:
    incidence = incidence_of(asked={"T1": ["f", "g"], "T2": ["f"], "T3": ["g"]})
    assert pair(incidence, "f/a", "g/c") == (0, 2, 1, 5, 0.0)
    assert pair(incidence, "f/a", "f/b") == (1, 4, 1, 7, 1 / 4)


def test_no_code_sets_have_no_pairs() -> None:
    incidence = incidence_of()
    assert count_cooccurrence(incidence, [], everyone(incidence.universe)).joint_units.shape == (0, 0)


CODES = ["f/a", "f/b", "f/b/x", "g/c", "h/d"]
RANDOM_BOOK = book_of(CODES, themes={"th": ["f/a", "g/c"], "tall": ["g/c", "h/d", "f/b/x"]})
WORDS = st.lists(st.sampled_from(["Yes.", "no", "so—so", "—", "Well,", "Why?", "\n\n"]), min_size=1, max_size=6).map(
    " ".join
)


@dataclass(frozen=True)
class Corpus:
    """Random texts and codings, and a group: the chosen cases in the chosen transcripts."""

    transcripts: list[Transcript]
    codings: list[Coding]
    cases: dict[str, list[str]]
    asked: dict[str, list[str]]
    inside: frozenset[str]
    chosen: frozenset[str]

    def incidence_of(self, unit: Unit) -> Incidence:
        return incidence_of(self.codings, self.transcripts, RANDOM_BOOK, unit=unit, cases=self.cases, asked=self.asked)

    def mask(self, universe: Universe) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        transcripts = [universe.transcripts[number] for number in universe.part_transcript[universe.member_part]]
        cases = [universe.cases[number] for number in universe.member_case]
        members = zip(transcripts, cases, strict=True)
        return np.array([t in self.inside and c in self.chosen for t, c in members], dtype=bool)


def with_cases(draw: st.DrawFn, transcript: Transcript) -> Transcript:
    """Return the transcript with cases of their own for some turns."""
    turns = tuple(
        replace(turn, case=draw(st.sampled_from(["", "x", "y", "w"]))) if turn.role == "participant" else turn
        for turn in transcript.turns
    )
    return replace(transcript, turns=turns)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    transcripts, codings = [], []
    cases: dict[str, list[str]] = {}
    asked: dict[str, list[str]] = {}
    for number in range(draw(st.integers(1, 3))):
        turns = draw(st.lists(st.tuples(st.sampled_from("PPI"), WORDS), min_size=1, max_size=5))
        transcript = transcript_of("\n".join(f"{who}: {words}" for who, words in turns), name=f"T{number}")
        transcript = with_cases(draw, transcript) if draw(st.booleans()) else transcript
        transcripts.append(transcript)
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, len(transcript.text) - 1))
            end = draw(st.integers(start + 1, len(transcript.text)))
            codings.append(span_coding(transcript.id, start, end, draw(st.sampled_from(CODES))))
        cases[transcript.id] = sorted(draw(st.sets(st.sampled_from("xyz"), min_size=1, max_size=2)))
        asked[transcript.id] = sorted(draw(st.sets(st.sampled_from("fgh"), min_size=1)))
    inside = draw(st.sets(st.sampled_from([transcript.id for transcript in transcripts])))
    return Corpus(transcripts, codings, cases, asked, frozenset(inside), draw(st.frozensets(st.sampled_from("wxyz"))))


UNITS = st.sampled_from(
    [
        Unit(),
        Unit("turn"),
        Unit("paragraph"),
        Unit("exchange"),
        Unit("window", 2),
        Unit("window", 3),
        Unit("transcript"),
    ]
)


def overlap(start: int, end: int, other_start: int, other_end: int) -> bool:
    return start < other_end and other_start < end


class BruteForce:
    """The same numbers from plain sets of units, words and characters, one coding at a time."""

    def __init__(self, corpus: Corpus, unit: Unit) -> None:
        self.corpus = corpus
        self.texts = {transcript.id: transcript for transcript in corpus.transcripts}
        turns = [(name, turn) for name, transcript in self.texts.items() for turn in transcript.participant_turns]
        # Who says no word in a transcript is not counted there.
        heard = {(name, turn.case) for name, turn in turns if count_words(self.texts[name].text[turn.start : turn.end])}
        self.turns = [(name, turn) for name, turn in turns if (name, turn.case) in heard]
        self.codings = [coding for coding in corpus.codings if self.touched_turns(coding)]
        self.units = {
            (name, segment.index): (segment.start, segment.end, segment.turn)
            for name, transcript in self.texts.items()
            for segment in segment_transcript(transcript, unit=unit)
            if segment.role == "participant"
            and any(overlap(segment.start, segment.end, turn.start, turn.end) for turn in self.speaking(name))
        }
        self.words = {
            (name, word): (word, end, turn)
            for name, turn in self.turns
            for word, end in word_spans(self.texts[name].text, turn.start, turn.end)
        }

    def touched_turns(self, coding: Coding) -> list[Turn]:
        return [
            turn
            for name, turn in self.turns
            if name == coding.transcript and overlap(coding.start, coding.end, turn.start, turn.end)
        ]

    def cases_of(self, name: str, turn: Turn) -> set[str]:
        """Return those cases of a turn that are in the group."""
        if name not in self.corpus.inside:
            return set()
        return ({turn.case} if turn.case else set(self.corpus.cases[name])) & self.corpus.chosen

    def speaking(self, name: str) -> list[Turn]:
        """Return the counted turns of a transcript that are not empty."""
        return [turn for transcript, turn in self.turns if transcript == name and turn.start < turn.end]

    def owners(self, key: tuple[str, int]) -> dict[int, Turn]:
        """Return the turn that each character of a unit belongs to: an interviewer's belong to the answer."""
        start, end, _ = self.units[key]
        inside = [turn for turn in self.speaking(key[0]) if overlap(start, end, turn.start, turn.end)]
        return {i: next((turn for turn in inside if i < turn.end), inside[-1]) for i in range(start, end)}

    def asked(self, *rows: CodeSet) -> set[str]:
        families = {family for row in rows for family in row.families}
        return {name for name in self.texts if families <= set(self.corpus.asked[name])}

    def group_units(self, names: Collection[str]) -> set[tuple[str, int]]:
        return {
            key
            for key in self.units
            if key[0] in names and any(self.cases_of(key[0], turn) for turn in self.owners(key).values())
        }

    def occurs(self, row: CodeSet, names: Collection[str]) -> dict[tuple[str, int], set[str]]:
        """Return the units that carry a row in the words of the group, with the cases whose words they are.

        A coding that reaches no further than the line break or label before a turn is not of that turn's case.
        """
        cases_by_unit: dict[tuple[str, int], set[str]] = {}
        codings = [coding for coding in self.codings if coding.code in row.members and self.of_group(coding)]
        for key in self.units:
            if key[0] not in names:
                continue
            for i, turn in self.owners(key).items():
                coded = any(coding.transcript == key[0] and coding.start <= i < coding.end for coding in codings)
                if coded and (cases := self.cases_of(key[0], turn)):
                    cases_by_unit[key] = cases_by_unit.get(key, set()) | cases
        return cases_by_unit

    def of_group(self, coding: Coding) -> bool:
        """Return whether a coding touches a turn of the group."""
        return any(self.cases_of(coding.transcript, turn) for turn in self.touched_turns(coding))

    def covered(self, key: tuple[str, int], row: CodeSet) -> bool:
        start, end, _ = self.words[key]
        codings = [coding for coding in self.codings if coding.code in row.members and coding.transcript == key[0]]
        return any(overlap(coding.start, coding.end, start, end) for coding in codings)

    def frequency(self, row: CodeSet) -> Frequency:
        names = self.asked(row)
        units = self.occurs(row, names)
        words = {key for key, (_, _, turn) in self.words.items() if key[0] in names and self.cases_of(key[0], turn)}
        cases_by_turn = {name: [self.cases_of(name, turn) for turn in self.speaking(name)] for name in names}
        return Frequency(
            codings=sum(
                coding.code in row.members and coding.transcript in names and self.of_group(coding)
                for coding in self.codings
            ),
            units=len(units),
            transcripts=len({name for name, _ in units}),
            cases=len(set().union(*units.values())),
            words=sum(self.covered(key, row) for key in words),
            universe_units=len(self.group_units(names)),
            universe_transcripts=sum(any(turns) for turns in cases_by_turn.values()),
            universe_cases=len(set().union(*(cases for turns in cases_by_turn.values() for cases in turns))),
            universe_words=len(words),
            own_codings=sum(
                coding.code == row.id and coding.transcript in names and self.of_group(coding)
                for coding in self.codings
            ),
        )

    def pair(self, a: CodeSet, b: CodeSet) -> tuple[int, int, int, int]:
        names = self.asked(a, b)
        with_a, with_b = self.occurs(a, names).keys(), self.occurs(b, names).keys()
        return len(with_a & with_b), len(with_a), len(with_b), len(self.group_units(names))


@settings(deadline=None)
@given(corpora(), UNITS)
def test_frequencies_equal_those_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    incidence = corpus.incidence_of(unit)
    rows = list_code_sets(RANDOM_BOOK)
    brute = BruteForce(corpus, unit)
    assert [frequency for (frequency,) in count_frequencies(incidence, rows, [corpus.mask(incidence.universe)])] == [
        brute.frequency(row) for row in rows
    ]


@settings(deadline=None)
@given(corpora(), UNITS)
def test_cooccurrence_equals_that_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    incidence = corpus.incidence_of(unit)
    rows = list_code_sets(RANDOM_BOOK)
    counts = count_cooccurrence(incidence, rows, corpus.mask(incidence.universe))
    jaccard = counts.jaccard()
    brute = BruteForce(corpus, unit)
    for (i, a), (j, b) in combinations(enumerate(rows), 2):
        both, with_a, with_b, units = brute.pair(a, b)
        assert (counts.joint_units[i, j], counts.base_units[i, j]) == (both, units)
        assert (counts.code_units[i, j], counts.code_units[j, i]) == (with_a, with_b)
        either = with_a + with_b - both
        assert jaccard[i, j] == pytest.approx(both / either if either else np.nan, nan_ok=True)
    assert (counts.joint_units == counts.joint_units.T).all()
    assert (np.diag(counts.joint_units) == np.diag(counts.code_units)).all()


def can_be_coded(corpus: Corpus, coding: Coding) -> bool:
    (transcript,) = [one for one in corpus.transcripts if one.id == coding.transcript]
    has_empty_turn = any(turn.start == turn.end for turn in transcript.turns)
    return not has_empty_turn or is_codable(transcript, coding.start, coding.end)


@given(corpora(), UNITS)
def test_unit_carries_the_codes_of_its_slices(corpus: Corpus, unit: Unit) -> None:
    # Nobody can code from or to an empty turn: such a coding would be in a unit that has no slice of it.
    assume(all(can_be_coded(corpus, coding) for coding in corpus.codings))
    incidence = corpus.incidence_of(unit)
    universe = incidence.universe
    carried = np.zeros(incidence.matrix.shape, dtype=bool)
    np.logical_or.at(carried, universe.slice_unit, incidence.slice_matrix.toarray())
    assert (carried == incidence.matrix.toarray()).all()


@settings(deadline=None)
@given(corpora(), UNITS)
def test_counts_add_over_transcripts(corpus: Corpus, unit: Unit) -> None:
    incidence = corpus.incidence_of(unit)
    universe = incidence.universe
    parts = [universe.part_transcript[universe.member_part] == number for number in range(len(universe.transcripts))]
    for whole, *each in count_frequencies(incidence, list_code_sets(RANDOM_BOOK), [everyone(universe), *parts]):
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

    themes = Project(STUDY).themes(coder="analyst-1", unit="sentence", level=["code"])
    codings = Counter(row["code"] for row in table)
    sentences = {(row["code"], row["transcript"], row["turn"], row["sentence"]) for row in table}
    units = Counter(code for code, *_ in sentences)
    transcripts = Counter(code for code, _ in {key[:2] for key in sentences})
    assert sum(codings.values()) > 1000
    rows = themes.set_index("code")
    assert {code: count for code, count in rows["codings"].to_dict().items() if count} == dict(codings)
    assert {code: count for code, count in rows["units"].to_dict().items() if count} == dict(units)
    assert {code: count for code, count in rows["transcripts"].to_dict().items() if count} == dict(transcripts)
