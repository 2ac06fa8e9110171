"""Pairs by overlap and by stanza, counted by hand and compared with loops; several units side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import book_of, coding_of, span_coding, transcript_of, universe_of
from qualcode.errors import UsageError
from qualcode.incidence import Cooccurrence, Incidence, assess_pairs, count_cooccurrence, incidence, list_code_sets
from qualcode.listings.analysis.pair_incidences import parse_pair_rule
from qualcode.model import Coding, PairRule, Unit
from qualcode.project import Project
from qualcode.statistics import PAIR_MEASURES
from studies import Shell, coded_study, records

BOOK = book_of(["f/a", "f/b", "g/c"])
ROWS = list_code_sets(BOOK, levels=["code"])
TALK = transcript_of("P: We lost badly. We won.\nI: And?\nP: So it goes.\nP: Yes.", name="T1")
REPLY = transcript_of("P: We lost.", name="T2")


def counts_of(rule: PairRule, codings: list[Coding], *, unit: str = "turn", **asked: list[str]) -> Cooccurrence:
    universe = universe_of([TALK, REPLY], BOOK, unit=Unit(unit), asked=asked)  # type: ignore[arg-type]
    counted = replace(incidence(codings, universe, codes=tuple(BOOK.by_id), coder="ana"), pair_rule=rule)
    return count_cooccurrence(counted, ROWS, universe.all_members)


def measures_of(counts: Cooccurrence, first: int, second: int) -> dict[str, float]:
    pair = counts.pair_counts(np.array([first]), np.array([second]))
    return {name: float(measure(pair)[0]) for name, measure in PAIR_MEASURES.items()}


# --- overlap --------------------------------------------------------------------------------------------------

OVERLAPPING = [
    coding_of(TALK, "We lost badly.", "f/a"),
    coding_of(TALK, "lost badly. We", "f/b"),  # overlaps the one before and the next
    coding_of(TALK, "We won.", "f/a"),
    coding_of(TALK, "Yes.", "f/a"),
    coding_of(TALK, "Yes.", "f/b"),  # the same passage
    coding_of(REPLY, "We ", "f/a"),
    coding_of(REPLY, "lost.", "f/b"),  # touches the one before, and shares no text with it
    coding_of(REPLY, "lost.", "g/c"),
]


def test_overlaps_are_pairs_of_passages_counted_by_hand() -> None:
    counts = counts_of(PairRule("overlap"), OVERLAPPING, unit="transcript")
    assert counts.joint_units[0, 1] == counts.joint_units[1, 0] == 3
    assert (counts.code_units[0, 1], counts.code_units[1, 0], counts.base_units[0, 1]) == (4, 3, 6)
    assert counts.joint_units[0, 2] == 0
    found = measures_of(counts, 0, 1)
    # Three of four passages with a overlap one with b, two of three with b one with a; one passage has both.
    assert {name: found[name] for name in ("b_given_a", "a_given_b", "cosine")} == {
        "b_given_a": 0.75,
        "a_given_b": pytest.approx(2 / 3),
        "cosine": pytest.approx((0.75 * 2 / 3) ** 0.5),
    }
    assert (found["jaccard"], found["c_coefficient"]) == (4 / 6, 3 / (4 + 3 - 3))
    assert all(np.isnan(found[name]) for name in ("expected", "lift", "npmi", "phi"))


def test_c_is_above_one_where_one_passage_overlaps_many_and_the_jaccard_coefficient_is_not() -> None:
    codings = [coding_of(TALK, "We lost badly. We won.", "f/a")]
    codings += [coding_of(TALK, quote, "f/b") for quote in ("We", "lost", "badly")]
    found = measures_of(counts_of(PairRule("overlap"), codings, unit="transcript"), 0, 1)
    assert (found["c_coefficient"], found["jaccard"]) == (3.0, 1.0)
    more = [*codings, coding_of(TALK, "lost badly. We won.", "f/a")]
    # Five pairs of two and three passages: what they are divided by is 0.
    assert np.isnan(measures_of(counts_of(PairRule("overlap"), more, unit="transcript"), 0, 1)["c_coefficient"])


def test_overlaps_are_counted_where_the_coder_was_asked_about_both() -> None:
    codings = [coding_of(TALK, "Yes.", "f/a"), coding_of(TALK, "Yes.", "g/c"), coding_of(REPLY, "lost.", "f/a")]
    counts = counts_of(PairRule("overlap"), codings, unit="transcript", T1=["f"], T2=["f", "g"])
    assert (counts.joint_units[0, 2], counts.code_units[0, 2], counts.code_units[0, 1]) == (0, 1, 2)


def test_overlaps_and_stanzas_are_not_tested() -> None:
    counts = counts_of(PairRule("overlap"), OVERLAPPING, unit="transcript")
    tests = assess_pairs(counts, *counts.select_pairs())
    assert np.isnan(tests.p_hypergeometric).all()
    assert np.isnan(tests.q_permutation).all()
    assert tests.direction.tolist() == ["", "", ""]


SPANS = st.lists(st.tuples(st.integers(3, 40), st.integers(1, 12), st.sampled_from(["f/a", "f/b", "g/c"])), max_size=12)


@settings(deadline=None)
@given(SPANS)
def test_overlaps_equal_those_of_a_loop_over_passages(spans: list[tuple[int, int, str]]) -> None:
    end = len(TALK.text)
    codings = [span_coding("T1", start, min(start + size, end), code) for start, size, code in spans if start < end]
    counts = counts_of(PairRule("overlap"), codings, unit="transcript")
    turns = TALK.participant_turns
    passages = {
        row.id: {(one.start, one.end) for one in codings if one.code == row.id and any(_share(one, t) for t in turns)}
        for row in ROWS
    }
    for i, a in enumerate(passages.values()):
        for j, b in enumerate(passages.values()):
            together = [(x, y) for x in a for y in b if x[0] < y[1] and y[0] < x[1]]
            assert counts.joint_units[i, j] == len(together)
            pair = counts.pair_counts(np.array([i]), np.array([j]))
            assert (pair.first_near.item(), pair.same.item()) == (len({x for x, _ in together}), len(a & b))
            assert counts.code_units[i, j] == len(a)


def _share(one: object, other: object) -> bool:
    return one.start < other.end and other.start < one.end  # type: ignore[attr-defined,no-any-return]


# --- stanzas --------------------------------------------------------------------------------------------------


def in_turns(*turns: str) -> Incidence:
    """Return the incidence of turns of which each has the codes that its letters name, in two transcripts."""
    texts = [transcript_of("\n".join(f"P: w{'.' * n}" for n, _ in enumerate(turns)), name=name) for name in ("A", "B")]
    codings = [
        span_coding(text.id, turn.start, turn.end, {"a": "f/a", "b": "f/b", "c": "g/c"}[letter])
        for text in texts
        for turn, letters in zip(text.participant_turns, turns, strict=True)
        for letter in letters
    ]
    universe = universe_of(texts, BOOK, unit=Unit("turn"))
    return incidence(codings, universe, codes=tuple(BOOK.by_id), coder="ana")


def in_stanzas(size: int, *turns: str) -> Cooccurrence:
    counted = replace(in_turns(*turns), pair_rule=PairRule("stanza", size))
    return count_cooccurrence(counted, ROWS, counted.universe.all_members)


def test_stanza_links_a_turn_with_turns_before_it_and_not_two_turns_before() -> None:
    # In each of two transcripts: b looks back at a; the empty turn links nothing; a last turn looks back at b.
    counts = in_stanzas(3, "a", "b", "", "a")
    assert counts.joint_units[0, 1] == 2 * 2
    # Two turns with a, of which one has b before it; one turn with b, which has a before it.
    found = measures_of(counts, 0, 1)
    assert (found["b_given_a"], found["a_given_b"], found["jaccard"]) == (0.5, 1.0, 2 / 3)


def test_stanza_does_not_reach_into_another_transcript() -> None:
    assert in_stanzas(2, "a", "", "b").joint_units[0, 1] == 0
    assert in_stanzas(9, "b", "", "a").joint_units[0, 1] == 2


TURNS = st.lists(st.sampled_from(["", "a", "b", "c", "ab", "bc", "abc"]), min_size=1, max_size=7)


@settings(deadline=None)
@given(TURNS, st.integers(1, 5))
def test_stanzas_equal_those_of_a_loop_over_turns(turns: list[str], size: int) -> None:
    counts = in_stanzas(size, *turns)
    for i, a in enumerate("abc"):
        for j, b in enumerate("abc"):
            linked = 0
            for at, turn in enumerate(turns):
                reach = "".join(turns[max(0, at - size + 1) : at + 1])
                linked += (a in turn and b in reach) or (b in turn and a in reach)
            assert counts.joint_units[i, j] == 2 * linked


def test_stanza_of_one_turn_is_the_turn() -> None:
    counted = in_turns("ab", "a", "bc", "abc")
    by_turn = count_cooccurrence(counted, ROWS, counted.universe.all_members)
    stanza = in_stanzas(1, "ab", "a", "bc", "abc")
    assert (stanza.joint_units == by_turn.joint_units).all()
    assert np.allclose(stanza.jaccard(), by_turn.jaccard())


# --- significance ---------------------------------------------------------------------------------------------


def test_directions_and_q_values_are_those_of_all_pairs(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path, ben=False))
    few = project.cooccurrence(coder="ana", unit="turn", significance=True)
    every = project.cooccurrence(coder="ana", unit="turn", significance=True, zeros=True)
    assert len(few) < len(every)
    assert records(few) == records(every)[: len(few)]
    assert set(every["direction"]) <= {"more", "less", ""}
    note = "p_hypergeometric: all units shuffled; p_permutation: units shuffled within each transcript"
    assert sum(line.startswith(note) for line in few.attrs["notes"]) == 1


# --- several units --------------------------------------------------------------------------------------------


def test_rows_of_a_pair_follow_each_other_in_the_order_of_the_units(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    units = ["transcript", "turn", "overlap", "stanza:2"]
    table = project.cooccurrence(unit=units, coder="ana")
    assert table["unit"].tolist() == units * (len(table) // 4)
    pairs = list(zip(table["code_a"], table["code_b"], strict=True))
    assert all(len(set(pairs[at : at + 4])) == 1 for at in range(0, len(pairs), 4))
    for unit in units:
        alone = records(project.cooccurrence(unit=unit, coder="ana"))
        beside = table[(table["unit"] == unit) & (table["count"] > 0)]
        assert sorted(map(str, records(beside))) == sorted(map(str, alone))


def test_one_unit_is_the_table_of_before(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    assert records(project.cooccurrence(unit=["turn"], coder="ana")) == records(
        project.cooccurrence(unit="turn", coder="ana")
    )


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study"), capsys)


def test_units_are_columns_for_people_and_rows_for_programs(shell: Shell) -> None:
    words = ["cooccurrence", "--coder", "ana", "--unit", "transcript", "--unit", "turn"]
    head = shell(*words, "--significance").out.splitlines()[0].split()
    assert head == [
        "code_a",
        "code_b",
        *(f"{n}_{u}" for n in ("count", "jaccard", "q_permutation") for u in ("transcript", "turn")),
    ]
    rows = shell(*words, "--format", "json").json
    assert [row["unit"] for row in rows[:2]] == ["transcript", "turn"]
    assert shell(*words, "--code", "work/fear", "--code", "skills").out.splitlines()[0].split()[0] in {
        "code_a",
        "(none)",
    }


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        ("overlp", "no unit 'overlp' (did you mean 'overlap'?)"),
        ("stanza", "unit 'stanza': give the number of turns, as in stanza:3"),
        ("stanza:0", "give the number of turns"),
        ("stanza:x", "give the number of turns"),
        ("page", "no unit 'page'"),
    ],
)
def test_units_that_do_not_exist_are_refused(shell: Shell, unit: str, message: str) -> None:
    result = shell("cooccurrence", "--coder", "ana", "--unit", unit)
    assert (result.code, message in result.err) == (2, True)


def test_a_unit_is_named_once(shell: Shell) -> None:
    result = shell("cooccurrence", "--coder", "ana", "--unit", "turn", "--unit", "TURN")
    assert (result.code, "--unit names a unit twice" in result.err) == (2, True)


def test_rule_of_a_unit() -> None:
    assert parse_pair_rule(None) == parse_pair_rule("turn") == PairRule()
    assert parse_pair_rule(" Overlap ") == PairRule("overlap")
    assert parse_pair_rule("stanza:4") == PairRule("stanza", 4)
    with pytest.raises(UsageError, match="stanza:3"):
        parse_pair_rule("stanza:99999")
