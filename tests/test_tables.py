"""Counts as DataFrames: the promised columns, zeros kept, nothing guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from builders import book_of, coding_of, transcript_of, universe_of
from qualcode.incidence import Incidence, count_cooccurrence, incidence, list_code_sets
from qualcode.tables import GroupMasks, cooccurrence_matrix, cooccurrence_table, make_frame, theme_table

BOOK = book_of(["f/a", "f/b", "f/b/x", "g/c"], themes={"th": ["f/a", "g/c"]})
ROWS = list_code_sets(BOOK)
ONE = transcript_of("P: We lost. We won.", name="T1")
TWO = transcript_of("P: We lost. So.", name="T2")
CODINGS = {
    "ana": [
        coding_of(ONE, "We lost.", "f/a"),
        coding_of(ONE, "We lost. We won.", "g/c"),
        coding_of(TWO, "So.", "f/b/x"),
    ],
    "bo": [coding_of(ONE, "We won.", "f/b", coder="bo")],
}


def counted(coder: str = "ana", **asked: list[str]) -> Incidence:
    over = universe_of([ONE, TWO], BOOK, asked=asked)
    return incidence(CODINGS[coder], over, codes=tuple(BOOK.by_id), coder=coder)


def ungrouped() -> GroupMasks:
    return {(): np.array([True, True])}


def by_transcript() -> GroupMasks:
    return {("T2",): np.array([False, True]), ("T1",): np.array([True, False])}


def line(table: pd.DataFrame, **wanted: str) -> dict[str, object]:
    for column, value in wanted.items():
        table = table[table[column] == value]
    (found,) = table.to_dict("records")
    return {str(key): value for key, value in found.items()}


# --- themes ---------------------------------------------------------------------------------------------------


def test_themes_have_the_promised_columns() -> None:
    table = theme_table([counted()], ROWS, [ungrouped()], [])
    promised = "code name codings units transcripts cases share_of_cases words per_1000_words".split()
    assert [column for column in table.columns if column in promised] == promised
    assert list(table.columns) == [
        *"code name level codings units transcripts cases share_of_cases words per_1000_words unit coder".split(),
        *"universe_units universe_transcripts universe_cases universe_words".split(),
    ]


def test_themes_keep_zeros_and_the_order_of_the_codebook() -> None:
    table = theme_table([counted()], ROWS, [ungrouped()], [])
    assert table["code"].tolist() == ["f/a", "f/b", "f/b/x", "g/c", "f", "g", "th"]
    assert table["level"].tolist() == ["code"] * 4 + ["family"] * 2 + ["theme"]
    assert theme_table([counted("bo")], ROWS, [ungrouped()], [])["units"].tolist() == [0, 1, 0, 0, 1, 0, 0]


def test_a_line_by_hand() -> None:
    assert line(theme_table([counted()], ROWS, [ungrouped()], []), code="g/c") == {
        "code": "g/c",
        "name": "g/c",
        "level": "code",
        "codings": 1,
        "units": 2,
        "transcripts": 1,
        "cases": 1,
        "share_of_cases": 0.5,
        "words": 4,
        "per_1000_words": round(1000 / 7, 6),
        "unit": "sentence",
        "coder": "ana",
        "universe_units": 4,
        "universe_transcripts": 2,
        "universe_cases": 2,
        "universe_words": 7,
    }


def test_a_share_over_nothing_is_missing_and_a_zero_is_zero() -> None:
    table = theme_table([counted(T1=["f"], T2=["f"])], ROWS, [ungrouped()], [])
    not_asked = line(table, code="g/c")
    assert [str(not_asked[column]) for column in ("share_of_cases", "per_1000_words")] == ["nan", "nan"]
    assert (not_asked["units"], not_asked["universe_units"]) == (0, 0)
    zero = line(theme_table([counted("bo")], ROWS, [ungrouped()], []), code="g/c")
    assert (zero["share_of_cases"], zero["per_1000_words"]) == (0.0, 0.0)


def test_counts_are_whole_numbers_also_where_something_is_missing() -> None:
    table = theme_table([counted(T1=["f"], T2=["f"])], ROWS, [ungrouped()], [])
    whole = [column for column in table.columns if pd.api.types.is_integer_dtype(table[column])]
    assert whole == [
        *"codings units transcripts cases words".split(),
        *"universe_units universe_transcripts universe_cases universe_words".split(),
    ]


def test_groups_come_first_in_the_order_given() -> None:
    table = theme_table([counted()], ROWS, [by_transcript()], ["site"])
    assert table.columns[:2].tolist() == ["site", "code"]
    assert table["site"].tolist() == ["T2", "T1"] * len(ROWS)
    assert line(table, code="f/a", site="T1")["units"] == 1
    assert line(table, code="f/a", site="T2")["units"] == 0
    assert line(table, code="f/a", site="T2")["universe_units"] == 2


def test_an_attribute_called_like_a_column_does_not_overwrite_it() -> None:
    table = theme_table([counted()], ROWS, [by_transcript()], ["unit"])
    assert table.columns.is_unique
    assert table["case_unit"].tolist()[:2] == ["T2", "T1"]
    assert set(table["unit"]) == {"sentence"}
    table = cooccurrence_table([counted()], ROWS, [by_transcript()], by=["count"], zeros=True)
    assert table.columns[:2].tolist() == ["case_count", "code_a"]


def test_two_coders_are_two_lines_and_never_added_up() -> None:
    table = theme_table([counted(), counted("bo")], ROWS, [ungrouped(), ungrouped()], [])
    assert len(table) == 2 * len(ROWS)
    assert [line(table, code="f/b", coder=coder)["units"] for coder in ("ana", "bo")] == [1, 1]


def test_no_rows_make_an_empty_table_with_its_columns() -> None:
    assert theme_table([counted()], [], [ungrouped()], []).columns[0] == "code"
    assert len(theme_table([], ROWS, [], ["site"])) == 0
    assert make_frame([], ["a", "b"]).columns.tolist() == ["a", "b"]
    table = cooccurrence_table([counted()], [], [by_transcript()], by=["site"], zeros=True)
    assert (len(table), table.columns[1]) == (0, "code_a")


# --- pairs ----------------------------------------------------------------------------------------------------


def test_pairs_have_the_promised_columns_and_only_what_occurs_together() -> None:
    table = cooccurrence_table([counted()], ROWS[:4], [ungrouped()], by=[], zeros=False)
    assert table.columns.tolist() == "code_a code_b count jaccard count_a count_b units unit coder".split()
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
        }
    ]


def test_zeros_are_there_when_asked_for_but_parents_with_children_never() -> None:
    table = cooccurrence_table([counted()], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert list(zip(table["code_a"], table["code_b"], table["count"], strict=True)) == [
        ("f/a", "g/c", 1),
        ("f/a", "f/b", 0),
        ("f/a", "f/b/x", 0),
        ("f/b", "g/c", 0),
        ("f/b/x", "g/c", 0),
    ]


def test_most_frequent_first_and_undefined_jaccard_is_missing() -> None:
    table = cooccurrence_table([counted()], ROWS, [ungrouped()], by=[], zeros=True)
    assert table["count"].tolist() == sorted(table["count"], reverse=True)
    none = cooccurrence_table([counted("bo")], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert none["count"].tolist() == [0] * 5
    missing = [bool(np.isnan(value)) for value in none["jaccard"]]
    assert dict(zip(zip(none["code_a"], none["code_b"], strict=True), missing, strict=True)) == {
        ("f/a", "f/b"): False,
        ("f/b", "g/c"): False,
        ("f/a", "f/b/x"): True,
        ("f/a", "g/c"): True,
        ("f/b/x", "g/c"): True,
    }
    assert missing == sorted(missing)


def test_groups_of_pairs_keep_their_order() -> None:
    groups: GroupMasks = {
        ("9",): np.array([True, False]),
        ("10",): np.array([False, True]),
        ("(blank)",): np.array([True, True]),
    }
    table = cooccurrence_table([counted()], ROWS, [groups], by=["size"], zeros=True)
    assert list(dict.fromkeys(table["size"])) == ["9", "10", "(blank)"]
    assert line(table, code_a="f/a", code_b="g/c", size="10")["count"] == 0
    assert line(table, code_a="f/a", code_b="g/c", size="9")["units"] == 2


def test_a_pair_is_counted_over_what_both_were_asked() -> None:
    table = cooccurrence_table([counted(T1=["f", "g"], T2=["f"])], ROWS[:4], [ungrouped()], by=[], zeros=True)
    assert line(table, code_a="f/a", code_b="g/c")["units"] == 2
    assert line(table, code_a="f/a", code_b="f/b")["units"] == 4


@pytest.mark.parametrize("zeros", [True, False])
def test_pairs_agree_with_the_square(zeros: bool) -> None:
    one = counted()
    table = cooccurrence_matrix(count_cooccurrence(one, ROWS, np.array([True, True])))
    assert table.index.tolist() == table.columns.tolist() == [row.id for row in ROWS]
    assert np.diag(table.to_numpy()).tolist() == theme_table([one], ROWS, [ungrouped()], [])["units"].tolist()
    for row in cooccurrence_table([one], ROWS, [ungrouped()], by=[], zeros=zeros).itertuples():
        assert table.loc[row.code_a, row.code_b] == table.loc[row.code_b, row.code_a] == row.count  # type: ignore[index]
