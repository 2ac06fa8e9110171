"""Counts as DataFrames: promised columns, zeros included, undefined numbers missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import book_of, coding_of, transcript_of, universe_of
from qualcode.incidence import (
    Incidence,
    count_clusters,
    count_cooccurrence,
    count_frequencies,
    incidence,
    list_code_sets,
)
from qualcode.tables import GroupMasks, cooccurrence_matrix, cooccurrence_table, make_frame, theme_table

BOOK = book_of(["f/a", "f/b", "f/b/x", "g/c"], themes={"th": ["f/a", "g/c"]})
ROWS = list_code_sets(BOOK)
FIRST = transcript_of("P: We lost. We won.", name="T1")
SECOND = transcript_of("P: We lost. So.", name="T2")
CODINGS = {
    "ana": [
        coding_of(FIRST, "We lost.", "f/a"),
        coding_of(FIRST, "We lost. We won.", "g/c"),
        coding_of(SECOND, "So.", "f/b/x"),
    ],
    "bo": [coding_of(FIRST, "We won.", "f/b", coder="bo")],
}


def counted(coder: str = "ana", **asked: list[str]) -> Incidence:
    over = universe_of([FIRST, SECOND], BOOK, asked=asked)
    return incidence(CODINGS[coder], over, codes=tuple(BOOK.by_id), coder=coder)


def ungrouped() -> GroupMasks:
    return {(): np.array([True, True])}


def by_transcript() -> GroupMasks:
    return {("T2",): np.array([False, True]), ("T1",): np.array([True, False])}


def select_row(table: pd.DataFrame, **values: str) -> dict[str, object]:
    for column, value in values.items():
        table = table[table[column] == value]
    (row,) = table.to_dict("records")
    return {str(key): value for key, value in row.items()}


# --- themes ---------------------------------------------------------------------------------------------------


def test_themes_have_the_promised_columns() -> None:
    table = theme_table([counted()], ROWS, [ungrouped()], [])
    promised = "code name codings units transcripts cases share_of_cases words per_1000_words".split()
    assert [column for column in table.columns if column in promised] == promised
    assert list(table.columns) == [
        *"code name level codings own_codings units transcripts cases".split(),
        *"share_of_cases share_low share_high words".split(),
        *"per_1000_words codings_per_1000_words rate_low rate_high unit coder".split(),
        *"universe_units universe_transcripts universe_cases universe_words".split(),
    ]


def test_themes_include_zeros_in_the_order_of_the_codebook() -> None:
    table = theme_table([counted()], ROWS, [ungrouped()], [])
    assert table["code"].tolist() == ["f/a", "f/b", "f/b/x", "g/c", "f", "g", "th"]
    assert table["level"].tolist() == ["code"] * 4 + ["family"] * 2 + ["theme"]
    assert theme_table([counted("bo")], ROWS, [ungrouped()], [])["units"].tolist() == [0, 1, 0, 0, 1, 0, 0]


def test_theme_row_counted_by_hand() -> None:
    assert select_row(theme_table([counted()], ROWS, [ungrouped()], []), code="g/c") == {
        "code": "g/c",
        "name": "g/c",
        "level": "code",
        "codings": 1,
        "own_codings": 1,
        "units": 2,
        "transcripts": 1,
        "cases": 1,
        "share_of_cases": 0.5,
        # Wilson: (1 + z² / 2 ± z √(1 / 2 + z² / 4)) / (2 + z²) with z = 1.96.
        "share_low": 0.094531,
        "share_high": 0.905469,
        "words": 4,
        "per_1000_words": round(1000 / 7, 6),
        "codings_per_1000_words": round(1000 / 7, 6),
        # One draw in four takes T2 twice, one takes T1 twice, whose rate is 1 in 4 words.
        "rate_low": 0.0,
        "rate_high": 250.0,
        "unit": "sentence",
        "coder": "ana",
        "universe_units": 4,
        "universe_transcripts": 2,
        "universe_cases": 2,
        "universe_words": 7,
    }


def test_share_of_an_empty_base_is_missing_and_zero_is_zero() -> None:
    table = theme_table([counted(T1=["f"], T2=["f"])], ROWS, [ungrouped()], [])
    not_asked = select_row(table, code="g/c")
    assert [str(not_asked[column]) for column in ("share_of_cases", "per_1000_words")] == ["nan", "nan"]
    assert (not_asked["units"], not_asked["universe_units"]) == (0, 0)
    zero = select_row(theme_table([counted("bo")], ROWS, [ungrouped()], []), code="g/c")
    assert (zero["share_of_cases"], zero["per_1000_words"]) == (0.0, 0.0)


def test_intervals_of_rates_are_over_cases_with_all_their_transcripts() -> None:
    third = transcript_of("P: We lost. We won. So.", name="T3")
    transcripts = [FIRST, SECOND, third]
    codings = [coding_of(FIRST, "We lost.", "f/a"), coding_of(third, "We lost.", "f/a")]
    shared = universe_of(transcripts, BOOK, cases={"T1": ["C"], "T2": ["C"], "T3": ["D"]})
    table = theme_table([incidence(codings, shared, codes=tuple(BOOK.by_id))], ROWS, [{(): shared.all_members}], [])
    found = select_row(table, code="f/a")
    # C has one coding in 4 + 3 words, D one in 5: a draw of two takes C twice, D twice, or both.
    assert (found["rate_low"], found["rate_high"]) == (round(1000 / 7, 6), 200.0)
    alone = universe_of(transcripts, BOOK, cases={"T1": ["C"], "T2": ["C", "D"], "T3": ["D"]})
    table = theme_table([incidence(codings, alone, codes=tuple(BOOK.by_id))], ROWS, [{(): alone.all_members}], [])
    assert table["rate_low"].isna().all()  # all cases share transcripts: nothing to draw from


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["A", "B", "C", "D"])), min_size=1, max_size=8))
def test_counts_by_cluster_add_up_to_the_frequencies(spans: list[tuple[int, str]]) -> None:
    texts = [transcript_of("P: We lost. We won. So. It is.", name=f"T{number}") for number in range(len(spans))]
    quotes = ["We lost.", "We won.", "So. It", "is."]
    codings = [
        coding_of(text, quotes[quote], code)
        for number, (text, (quote, _)) in enumerate(zip(texts, spans, strict=True))
        for code in ("f/a", "f/b/x")[: 1 + number % 2]
    ]
    cases = {text.id: [case] for text, (_, case) in zip(texts, spans, strict=True)}
    over = universe_of(texts, BOOK, cases=cases, asked={"T0": ["f"]})
    counted = incidence(codings, over, codes=tuple(BOOK.by_id))
    group = over.member_case % 2 == 0
    frequencies = [cell for (cell,) in count_frequencies(counted, ROWS, [group])]
    for counts in count_clusters(counted, ROWS, group):
        sums = counts.codings.sum(axis=0).tolist()
        assert sums == [frequencies[position].codings for position in counts.code_sets]
        assert {counts.words.sum()} == {frequencies[position].universe_words for position in counts.code_sets}
        assert counts.codings.shape[0] == len(over.cases)


def test_counts_are_integers_even_if_shares_are_missing() -> None:
    table = theme_table([counted(T1=["f"], T2=["f"])], ROWS, [ungrouped()], [])
    integers = [column for column in table.columns if pd.api.types.is_integer_dtype(table[column])]
    assert integers == [
        *"codings own_codings units transcripts cases words".split(),
        *"universe_units universe_transcripts universe_cases universe_words".split(),
    ]


def test_groups_are_the_first_columns_in_the_given_order() -> None:
    table = theme_table([counted()], ROWS, [by_transcript()], ["site"])
    assert table.columns[:2].tolist() == ["site", "code"]
    assert table["site"].tolist() == ["T2", "T1"] * len(ROWS)
    assert select_row(table, code="f/a", site="T1")["units"] == 1
    assert select_row(table, code="f/a", site="T2")["units"] == 0
    assert select_row(table, code="f/a", site="T2")["universe_units"] == 2


def test_attribute_with_the_name_of_a_column_is_prefixed() -> None:
    table = theme_table([counted()], ROWS, [by_transcript()], ["unit"])
    assert table.columns.is_unique
    assert table["case_unit"].tolist()[:2] == ["T2", "T1"]
    assert set(table["unit"]) == {"sentence"}
    table = cooccurrence_table([counted()], ROWS, [by_transcript()], by=["count"], zeros=True)
    assert table.columns[:2].tolist() == ["case_count", "code_a"]


def test_two_coders_have_separate_rows() -> None:
    table = theme_table([counted(), counted("bo")], ROWS, [ungrouped(), ungrouped()], [])
    assert len(table) == 2 * len(ROWS)
    assert [select_row(table, code="f/b", coder=coder)["units"] for coder in ("ana", "bo")] == [1, 1]


def test_empty_tables_have_their_columns() -> None:
    assert theme_table([counted()], [], [ungrouped()], []).columns[0] == "code"
    assert len(theme_table([], ROWS, [], ["site"])) == 0
    assert make_frame([], ["a", "b"]).columns.tolist() == ["a", "b"]
    table = cooccurrence_table([counted()], [], [by_transcript()], by=["site"], zeros=True)
    assert (len(table), table.columns[1]) == (0, "code_a")


# --- pairs ----------------------------------------------------------------------------------------------------


def test_pairs_have_the_promised_columns_and_occur_together() -> None:
    table = cooccurrence_table([counted()], ROWS[:4], [ungrouped()], by=[], zeros=False)
    promised = "code_a code_b count jaccard count_a count_b units unit coder".split()
    measures = "cosine b_given_a a_given_b expected lift npmi phi c_coefficient".split()
    assert table.columns.tolist() == [*promised, *measures]
    assert table.to_dict("records") == [
        {
            "code_a": "f/a",
            "code_b": "g/c",
            "count": 1,
            "jaccard": 0.5,
            "count_a": 1,
            "count_b": 2,
            "units": 4,
            "unit": "sentence",
            "coder": "ana",
            "cosine": round(0.5**0.5, 6),
            "b_given_a": 1.0,
            "a_given_b": 0.5,
            "expected": 0.5,
            "lift": 2.0,
            "npmi": 0.5,
            "phi": round((1 * 4 - 1 * 2) / (1 * 3 * 2 * 2) ** 0.5, 6),
            "c_coefficient": 0.5,
        }
    ]


def test_zeros_are_included_on_request_without_pairs_of_parent_and_child() -> None:
    table = cooccurrence_table([counted()], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert list(zip(table["code_a"], table["code_b"], table["count"], strict=True)) == [
        ("f/a", "g/c", 1),
        ("f/a", "f/b", 0),
        ("f/a", "f/b/x", 0),
        ("f/b", "g/c", 0),
        ("f/b/x", "g/c", 0),
    ]


def test_pairs_are_ordered_by_count_and_undefined_jaccard_is_missing() -> None:
    table = cooccurrence_table([counted()], ROWS, [ungrouped()], by=[], zeros=True)
    assert table["count"].tolist() == sorted(table["count"], reverse=True)
    bo = cooccurrence_table([counted("bo")], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert bo["count"].tolist() == [0] * 5
    missing = [bool(np.isnan(value)) for value in bo["jaccard"]]
    assert dict(zip(zip(bo["code_a"], bo["code_b"], strict=True), missing, strict=True)) == {
        ("f/a", "f/b"): False,
        ("f/b", "g/c"): False,
        ("f/a", "f/b/x"): True,
        ("f/a", "g/c"): True,
        ("f/b/x", "g/c"): True,
    }
    assert missing == sorted(missing)


def test_groups_of_pairs_are_in_the_given_order() -> None:
    groups: GroupMasks = {
        ("9",): np.array([True, False]),
        ("10",): np.array([False, True]),
        ("(blank)",): np.array([True, True]),
    }
    table = cooccurrence_table([counted()], ROWS, [groups], by=["size"], zeros=True)
    assert list(dict.fromkeys(table["size"])) == ["9", "10", "(blank)"]
    assert select_row(table, code_a="f/a", code_b="g/c", size="10")["count"] == 0
    assert select_row(table, code_a="f/a", code_b="g/c", size="9")["units"] == 2


def test_base_of_a_pair_is_where_both_families_were_asked() -> None:
    table = cooccurrence_table([counted(T1=["f", "g"], T2=["f"])], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert select_row(table, code_a="f/a", code_b="g/c")["units"] == 2
    assert select_row(table, code_a="f/a", code_b="f/b")["units"] == 4


@pytest.mark.parametrize("zeros", [True, False])
def test_pairs_agree_with_the_matrix(zeros: bool) -> None:
    ana = counted()
    matrix = cooccurrence_matrix(count_cooccurrence(ana, ROWS, np.array([True, True])))
    assert matrix.index.tolist() == matrix.columns.tolist() == [row.id for row in ROWS]
    assert np.diag(matrix.to_numpy()).tolist() == theme_table([ana], ROWS, [ungrouped()], [])["units"].tolist()
    for row in cooccurrence_table([ana], ROWS, [ungrouped()], by=[], zeros=zeros).itertuples():
        assert matrix.loc[row.code_a, row.code_b] == matrix.loc[row.code_b, row.code_a] == row.count  # type: ignore[index]
