"""The counting core: every column of the themes by hand, co-occurrence against plain sets."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import SHARED, STUDY, book_of, coding_of, span_coding, transcript_of, universe_of
from qualcode.incidence import (
    CodeSet,
    Frequency,
    Incidence,
    Universe,
    build_universe,
    count_cooccurrence,
    count_frequencies,
    incidence,
    list_code_sets,
)
from qualcode.model import Codebook, Coding, Transcript, Turn, Unit
from qualcode.segments import segment_transcript, word_spans

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
    return over.all_members


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
    rows = list_code_sets(book)
    return {
        row.id: found
        for row, (found,) in zip(rows, count_frequencies(one, rows, [everyone(one.universe)]), strict=True)
    }


def shown(found: Frequency) -> tuple[int, int, int, int, int]:
    return (found.codings, found.units, found.transcripts, found.cases, found.words)


# --- rows -----------------------------------------------------------------------------------------------------


def test_rows_are_codes_with_what_is_nested_then_families_then_themes() -> None:
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


def test_rows_can_be_picked_by_level_and_by_id() -> None:
    assert [row.id for row in list_code_sets(BOOK, levels=["theme", "family"])] == ["f", "g", "th", "void"]
    assert [row.id for row in list_code_sets(BOOK, only=["f/b"])] == ["f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in list_code_sets(BOOK, only=["f"], levels=["code"])] == ["f/a", "f/b", "f/b/x", "f/b/y"]
    assert [row.id for row in list_code_sets(BOOK, only=["th", "g/c"])] == ["g/c", "th"]


def test_a_code_does_not_hold_codes_whose_name_begins_alike() -> None:
    book = book_of(["f/a", "f/ab", "fa/a"])
    assert [row.members for row in list_code_sets(book)] == [("f/a",), ("f/ab",), ("fa/a",), ("f/a", "f/ab"), ("fa/a",)]


def test_what_shares_nesting_is_no_pair() -> None:
    a, b, x, y, c, f, g, th, void = list_code_sets(BOOK)
    assert b.is_nested_with(x)
    assert x.is_nested_with(b)
    assert f.is_nested_with(a)
    assert g.is_nested_with(c)  # a family of one code is that code
    assert void.is_nested_with(a)
    assert not x.is_nested_with(y)
    assert not th.is_nested_with(f)  # they overlap, but none is part of the other
    assert not f.is_nested_with(g)


# --- the universe ---------------------------------------------------------------------------------------------


def test_the_universe_is_laid_out_end_to_end() -> None:
    over = counted().universe
    assert over.transcripts == ("T1", "T2", "T3")
    assert over.transcript_offset.tolist() == [0, len(ONE.text) + 1, len(ONE.text) + len(TWO.text) + 2]
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
    over = build_universe([], unit=Unit(), cases={}, asked_families={}, families=["f"])
    one = incidence(CODINGS, over, codes=("f/a",))
    assert one.matrix.shape == (0, 1)
    (frequency,) = count_frequencies(one, list_code_sets(book_of(["f/a"]), levels=["code"]), [everyone(over)])[0]
    assert shown(frequency) == (0, 0, 0, 0, 0)
    assert (frequency.share_of_cases, frequency.per_1000_words) == (None, None)
    assert count_cooccurrence(one, list_code_sets(BOOK), everyone(over)).joint_units.sum() == 0


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
    assert len(counted([*other, CODINGS[0]]).coding_code) == 1


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
        (found,) = count_frequencies(one, list_code_sets(BOOK)[:1], [np.array(group)])[0]
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
    (a, *_, void) = count_frequencies(one, list_code_sets(BOOK), groups)
    assert [shown(found) for found in a] == [(2, 2, 1, 1, 5), (2, 2, 1, 1, 4), (0, 0, 0, 0, 0)]
    assert [(found.universe_units, found.universe_words) for found in a] == [(5, 10), (3, 10), (0, 0)]
    assert [found.share_of_cases for found in a] == [1.0, 0.5, None]
    assert [shown(found) for found in void] == [(0, 0, 0, 0, 0)] * 3


FOCUS = transcript_of("I: So?\nAnn: We tried. It broke.\nBen: We lost.\nI: Ok.\nAnn: Yes.\nCy: Well, no.", name="F")
FOCUS = replace(
    FOCUS, turns=tuple(replace(turn, case={"Ann": "a", "Ben": "b"}.get(turn.speaker, "")) for turn in FOCUS.turns)
)
"""Ann's case says 4 words in 2 sentences and 1 in 1, Ben's 2 in 1; Cy's 2 in 1 are of whatever cases F has."""

FOCUSED = [
    coding_of(FOCUS, "We tried.", "f/a"),
    coding_of(FOCUS, "It broke.\nBen: We lost.", "f/b/x"),  # reaches from Ann's words into Ben's
    coding_of(FOCUS, "Well, no.", "g/c"),
]


def by_case(one: Incidence, row: str) -> dict[str, Frequency]:
    """Count a row for each case on its own."""
    over = one.universe
    rows = [found for found in list_code_sets(BOOK) if found.id == row]
    (found,) = count_frequencies(one, rows, [over.member_case == number for number in range(len(over.cases))])
    return dict(zip(over.cases, found, strict=True))


def test_units_of_a_focus_group_count_for_the_case_of_their_speaker() -> None:
    one = counted(FOCUSED, [FOCUS], cases={"F": ["c"]})
    assert one.universe.cases == ("a", "b", "c")
    assert {case: shown(found) for case, found in by_case(one, "f/a").items()} == {
        "a": (1, 1, 1, 1, 2),
        "b": (0, 0, 0, 0, 0),
        "c": (0, 0, 0, 0, 0),
    }
    assert {case: shown(found) for case, found in by_case(one, "f/b/x").items()} == {
        "a": (1, 1, 1, 1, 2),
        "b": (1, 1, 1, 1, 2),
        "c": (0, 0, 0, 0, 0),
    }
    assert {case: (found.universe_units, found.universe_words) for case, found in by_case(one, "g/c").items()} == {
        "a": (3, 5),
        "b": (1, 2),
        "c": (1, 2),
    }
    whole = by_row(one)
    assert shown(whole["f/b/x"]) == (1, 2, 1, 2, 4)  # one coding, of two sentences of two cases
    assert (whole["f/b/x"].universe_units, whole["f/b/x"].universe_cases, whole["f/b/x"].universe_words) == (5, 3, 9)
    assert whole["f/a"].share_of_cases == pytest.approx(1 / 3)


def test_a_unit_of_several_cases_carries_for_each_what_its_own_words_do() -> None:
    one = counted(FOCUSED, [FOCUS], unit=Unit("transcript"), cases={"F": ["c"]})
    assert [found.units for found in by_case(one, "f/a").values()] == [1, 0, 0]
    assert [found.units for found in by_case(one, "g/c").values()] == [0, 0, 1]
    assert [found.universe_units for found in by_case(one, "g/c").values()] == [1, 1, 1]
    assert pair(one, "f/a", "g/c")[0] == 1  # they meet in the transcript, but in nobody's own words
    alone = count_cooccurrence(one, list_code_sets(BOOK), one.universe.member_case == 0)
    ids = [row.id for row in alone.code_sets]
    assert alone.joint_units[ids.index("f/a"), ids.index("f/b/x")] == 1
    assert alone.joint_units[ids.index("f/a"), ids.index("g/c")] == 0


def test_where_speakers_are_not_told_apart_all_units_count_for_each_case() -> None:
    plain = replace(FOCUS, turns=tuple(replace(turn, case="") for turn in FOCUS.turns))
    one = counted(FOCUSED, [plain], cases={"F": ["a", "b"]})
    assert {case: shown(found) for case, found in by_case(one, "f/a").items()} == dict.fromkeys("ab", (1, 1, 1, 1, 2))
    assert [found.universe_words for found in by_case(one, "f/a").values()] == [9, 9]
    assert by_row(one)["f/a"].universe_words == 9


# --- co-occurrence --------------------------------------------------------------------------------------------


def pair(one: Incidence, a: str, b: str) -> tuple[int, int, int, int, float]:
    """Return units with both, with a, with b, all units, and Jaccard."""
    rows = list_code_sets(BOOK)
    ids = [row.id for row in rows]
    found = count_cooccurrence(one, rows, everyone(one.universe))
    i, j = ids.index(a), ids.index(b)
    return (
        int(found.joint_units[i, j]),
        int(found.code_units[i, j]),
        int(found.code_units[j, i]),
        int(found.base_units[i, j]),
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
    assert count_cooccurrence(one, [], everyone(one.universe)).joint_units.shape == (0, 0)


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

    def counted(self, unit: Unit) -> Incidence:
        return counted(self.codings, self.transcripts, RANDOM_BOOK, unit=unit, cases=self.cases, asked=self.asked)

    def mask(self, over: Universe) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        members = zip(over.part_transcript[over.member_part].tolist(), over.member_case.tolist(), strict=True)
        return np.array([over.transcripts[t] in self.inside and over.cases[c] in self.chosen for t, c in members])


def told_apart(draw: st.DrawFn, transcript: Transcript) -> Transcript:
    """Give some turns cases of their own."""
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
        transcript = told_apart(draw, transcript) if draw(st.booleans()) else transcript
        transcripts.append(transcript)
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, len(transcript.text) - 1))
            end = draw(st.integers(start + 1, len(transcript.text)))
            codings.append(span_coding(transcript.id, start, end, draw(st.sampled_from(CODES))))
        cases[transcript.id] = sorted(draw(st.sets(st.sampled_from("xyz"), min_size=1, max_size=2)))
        asked[transcript.id] = sorted(draw(st.sets(st.sampled_from("fgh"), min_size=1)))
    inside = draw(st.sets(st.sampled_from([one.id for one in transcripts])))
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
        self.texts = {one.id: one for one in corpus.transcripts}
        self.turns = [(one.id, turn) for one in corpus.transcripts for turn in one.participant_turns]
        self.codings = [one for one in corpus.codings if self.touched_turns(one)]
        self.units = {
            (one.id, found.index): (found.start, found.end, found.turn)
            for one in corpus.transcripts
            for found in segment_transcript(one, unit=unit)
            if found.role == "participant"
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
        """Return whose words a transcript holds; one in which nobody speaks is still there, with its cases."""
        turns = [turn for one, turn in self.turns if one == name]
        return turns or [Turn(0, "", "participant", 0, 0)]

    def owners(self, key: tuple[str, int]) -> dict[int, Turn]:
        """Return for each character of a unit whose it is: an interviewer's go with the answer to them."""
        start, end, first = self.units[key]
        turns = self.speaking(key[0])
        said = [one for one in turns if one.start < one.end and overlap(start, end, one.start, one.end)]
        said = said or [one for one in turns if one.index == first]  # a question without an answer
        return {place: next((one for one in said if place < one.end), said[-1]) for place in range(start, end)}

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
        found: dict[tuple[str, int], set[str]] = {}
        mine = [one for one in self.codings if one.code in row.members and self.of_group(one)]
        for key in self.units:
            if key[0] not in names:
                continue
            for place, turn in self.owners(key).items():
                coded = any(one.transcript == key[0] and one.start <= place < one.end for one in mine)
                if coded and (cases := self.cases_of(key[0], turn)):
                    found[key] = found.get(key, set()) | cases
        return found

    def of_group(self, coding: Coding) -> bool:
        """Tell whether a coding touches a turn of the group."""
        return any(self.cases_of(coding.transcript, turn) for turn in self.touched_turns(coding))

    def covered(self, key: tuple[str, int], row: CodeSet) -> bool:
        start, end, _ = self.words[key]
        mine = [one for one in self.codings if one.code in row.members and one.transcript == key[0]]
        return any(overlap(one.start, one.end, start, end) for one in mine)

    def frequency(self, row: CodeSet) -> Frequency:
        names = self.asked(row)
        units = self.occurs(row, names)
        words = {key for key, (_, _, turn) in self.words.items() if key[0] in names and self.cases_of(key[0], turn)}
        within = {name: [self.cases_of(name, turn) for turn in self.speaking(name)] for name in names}
        return Frequency(
            codings=sum(
                one.code in row.members and one.transcript in names and self.of_group(one) for one in self.codings
            ),
            units=len(units),
            transcripts=len({name for name, _ in units}),
            cases=len(set().union(*units.values())),
            words=sum(self.covered(key, row) for key in words),
            universe_units=len(self.group_units(names)),
            universe_transcripts=sum(any(cases) for cases in within.values()),
            universe_cases=len(set().union(*(one for cases in within.values() for one in cases))),
            universe_words=len(words),
        )

    def pair(self, a: CodeSet, b: CodeSet) -> tuple[int, int, int, int]:
        names = self.asked(a, b)
        with_a, with_b = self.occurs(a, names).keys(), self.occurs(b, names).keys()
        return len(with_a & with_b), len(with_a), len(with_b), len(self.group_units(names))


@settings(deadline=None)
@given(corpora(), UNITS)
def test_frequencies_are_those_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    one = corpus.counted(unit)
    rows = list_code_sets(RANDOM_BOOK)
    brute = BruteForce(corpus, unit)
    assert [found for (found,) in count_frequencies(one, rows, [corpus.mask(one.universe)])] == [
        brute.frequency(row) for row in rows
    ]


@settings(deadline=None)
@given(corpora(), UNITS)
def test_cooccurrence_is_that_of_plain_sets(corpus: Corpus, unit: Unit) -> None:
    one = corpus.counted(unit)
    rows = list_code_sets(RANDOM_BOOK)
    found = count_cooccurrence(one, rows, corpus.mask(one.universe))
    jaccard = found.jaccard()
    brute = BruteForce(corpus, unit)
    for (i, a), (j, b) in combinations(enumerate(rows), 2):
        both, with_a, with_b, units = brute.pair(a, b)
        assert (found.joint_units[i, j], found.code_units[i, j], found.code_units[j, i], found.base_units[i, j]) == (
            both,
            with_a,
            with_b,
            units,
        )
        either = with_a + with_b - both
        assert jaccard[i, j] == pytest.approx(both / either if either else np.nan, nan_ok=True)
    assert (found.joint_units == found.joint_units.T).all()
    assert (np.diag(found.joint_units) == np.diag(found.code_units)).all()


@given(corpora(), UNITS)
def test_a_unit_carries_what_its_slices_do(corpus: Corpus, unit: Unit) -> None:
    one = corpus.counted(unit)
    over = one.universe
    carried = np.zeros(one.matrix.shape, dtype=bool)
    np.logical_or.at(carried, over.slice_unit, one.slice_matrix.toarray())
    assert (carried == one.matrix.toarray()).all()


@settings(deadline=None)
@given(corpora(), UNITS)
def test_counts_add_over_transcripts(corpus: Corpus, unit: Unit) -> None:
    one = corpus.counted(unit)
    over = one.universe
    parts = [over.part_transcript[over.member_part] == number for number in range(len(over.transcripts))]
    for whole, *each in count_frequencies(one, list_code_sets(RANDOM_BOOK), [everyone(over), *parts]):
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
