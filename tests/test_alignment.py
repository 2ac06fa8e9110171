"""Alignment of two versions of a text: tokens, links between equal words, moved clauses, unaligned parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignments import linked
from qualcode.anchors import align
from qualcode.anchors.alignment import _longest_increasing
from qualcode.anchors.tokens import count_token_letters, count_token_words, diff_sequences, tokenize_text

# --- tokens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("It’s on... no – 5 %!", ["It", "'", "s", "on", "...", "no", "-", "5", "%", "!"]),
        ("ex\u00adample \u00ad caf\u00e9 `a`", ["example", "cafe\u0301", "'", "a", "'"]),
        ("月曜 at five", ["月", "曜", "at", "five"]),
    ],
)
def test_token_keys_have_normalised_typography(text: str, keys: list[str]) -> None:
    assert tokenize_text(text).keys == keys


def test_token_range_has_the_tokens_that_overlap_a_span() -> None:
    tokens = tokenize_text("one two three")
    assert tokens.token_range(4, 7) == (1, 2)
    assert tokens.token_range(5, 6) == (1, 2)
    assert tokens.token_range(2, 5) == (0, 2)
    assert tokens.token_range(3, 4) == (1, 1)
    assert tokens.token_range(0, 13) == (0, 3)


def clauses(text: str) -> list[str]:
    tokens = tokenize_text(text)
    return [text[tokens.starts[first] : tokens.ends[last - 1]] for first, last in tokens.split_clauses()]


def test_clauses_end_at_sentence_ends_and_line_ends() -> None:
    assert clauses("So. We left, and\nthey stayed... Why? No!\n\nP: 是。好") == [
        "So.",
        "We left, and",
        "they stayed...",
        "Why?",
        "No!",
        "P: 是。",
        "好",
    ]
    assert clauses("") == []


def test_word_count_leaves_out_marks_and_counts_two_letters_of_unspaced_scripts_as_a_word() -> None:
    assert count_token_words(tokenize_text("So, 5 of us left.").keys) == 5
    assert count_token_words(tokenize_text("私たち a").keys) == 2.5


def test_letter_count_is_zero_for_labels_numbers_and_marks() -> None:
    text = "Anna: we left at 10\nP2: 私は, so"
    assert count_token_letters(tokenize_text(text)) == [0, 0, 2, 4, 2, 0, 0, 0, 2, 2, 0, 2]
    long_label = "x" * 40
    assert count_token_letters(tokenize_text(f"{long_label}: so")) == [0, 0, 2]
    assert count_token_letters(tokenize_text(f"{long_label}x: so")) == [41, 0, 2]


def diff(old: str, new: str) -> list[tuple[bool, str, str]]:
    return [(is_equal, old[a:b], new[c:d]) for is_equal, a, b, c, d in diff_sequences(old, new)]


def test_diff_has_equal_and_differing_runs_in_order() -> None:
    assert diff("abc", "abc") == [(True, "abc", "abc")]
    assert diff("abc", "") == [(False, "abc", "")]
    assert diff("", "abc") == [(False, "", "abc")]
    assert diff("", "") == []
    assert diff("xabcz", "abyc") == [
        (False, "x", ""),
        (True, "ab", "ab"),
        (False, "", "y"),
        (True, "c", "c"),
        (False, "z", ""),
    ]


def test_diff_of_long_sequences_is_one_differing_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.anchors.tokens._MAX_TOKEN_PAIRS", 6)
    assert diff("abc", "ab") == [(True, "ab", "ab"), (False, "c", "")]
    assert diff("abc", "abc") == [(False, "abc", "abc")]


# --- links ----------------------------------------------------------------------------------------------------


def aligned_words(old: str, new: str) -> str:
    """Return the old words, each with the number of the new word it is aligned with, or - for none."""
    alignment = align(old, new)
    pairs = [(i, j) for i, j in enumerate(alignment.old_to_new) if j >= 0]
    assert sorted((j, i) for i, j in pairs) == [(j, i) for j, i in enumerate(alignment.new_to_old) if i >= 0]
    numbers = ["-" if index < 0 else str(index) for index in alignment.old_to_new]
    return " ".join(f"{key}{number}" for key, number in zip(alignment.old.keys, numbers, strict=True) if key != ".")


def test_words_that_stay_are_aligned_in_order() -> None:
    assert aligned_words("We asked them twice", "Well we never asked them") == "We- asked3 them4 twice-"


def test_clause_that_occurs_once_is_aligned_where_it_moved_to() -> None:
    old, new = "We asked the board. Nobody had any money.", "Nobody had any money. We asked the board."
    assert aligned_words(old, new) == "We5 asked6 the7 board8 Nobody0 had1 any2 money3"


def test_clause_that_occurs_twice_is_aligned_in_order_only() -> None:
    old, new = "Nobody asked us. We had money.", "Nobody asked us. We had money. Nobody asked us."
    assert aligned_words(old, new) == "Nobody0 asked1 us2 We4 had5 money6"
    assert aligned_words(new, old) == "Nobody0 asked1 us2 We4 had5 money6 Nobody- asked- us-"


def test_clause_of_three_words_is_aligned_where_it_moved_to_and_of_two_words_is_not() -> None:
    """The first clause of the new text has half of the letters of the moved one."""
    old, new = "Oh yes. We asked them.", "Oh no. We asked them. Oh yes."
    assert aligned_words(old, new) == "Oh0 yes- We3 asked4 them5"
    old, new = "Oh no. We asked them. We left. Oh yes.", "Oh yes. We asked them. We left."
    assert aligned_words(old, new) == "Oh0 no- We3 asked4 them5 We7 left8 Oh- yes-"
    old, new = "Oh so yes. We asked them.", "Oh so no. We asked them. Oh so yes."
    assert aligned_words(old, new) == "Oh8 so9 yes10 We4 asked5 them6"


def test_moved_clauses_are_left_out_of_the_comparison_in_order() -> None:
    """The clause that took the place of the moved one is aligned with the clause that was there before."""
    old = "One by one. They saw us go. Then we paid the rent."
    new = "Then we paid that rent. One by one. And more. They saw us go."
    assert aligned_words(old, new) == "One6 by7 one8 They13 saw14 us15 go16 Then0 we1 paid2 the- rent4"


def test_words_of_changed_clauses_are_aligned_between_unchanged_ones() -> None:
    old = "We begin. They pay the rent. Oh no. We end."
    new = "We begin. They never pay rent. Oh no. Oh well. We end."
    assert aligned_words(old, new) == "We0 begin1 They3 pay5 the- rent6 Oh8 no9 We14 end15"


def test_repeated_clauses_between_unchanged_ones_are_aligned_in_order() -> None:
    old, new = "Yes. Yes. We end.", "Yes. Yes. No. We end."
    assert aligned_words(old, new) == "Yes0 Yes2 We6 end7"


def test_clause_that_was_moved_and_edited_is_aligned_with_the_most_similar_one() -> None:
    old = "Nobody paid for the tools. We end."
    new = "We end. Nobody paid for these tools. Nobody paid for his fools."
    assert aligned_words(old, new) == "Nobody3 paid4 for5 the- tools7 We0 end1"
    new = "We end. Nobody paid for his fools. Nobody paid for these tools."
    assert aligned_words(old, new) == "Nobody9 paid10 for11 the- tools13 We0 end1"


def test_clause_that_was_moved_and_edited_is_no_longer_aligned_with_another() -> None:
    old, new = "Nobody paid for the tools. We end.", "Nobody left. We end. Nobody paid for these tools."
    assert aligned_words(old, new) == "Nobody6 paid7 for8 the- tools10 We3 end4"


def test_clause_with_less_than_half_of_its_letters_aligned_may_be_moved() -> None:
    """ "Well" and the full stop are 5 of 11 letters of the first clause."""
    old, new = "Well rented. We asked them.", "Well paid. We asked them. Or Well rented."
    assert aligned_words(old, new) == "Well8 rented9 We3 asked4 them5"


def test_moved_clauses_are_similar_from_60_percent() -> None:
    """Twice the equal characters, "nobody " and the full stop, of all characters: 16 of 26 and of 28."""
    assert aligned_words("nobody xxxxx. We end it.", "We end it. nobody yyyyy.") == "nobody4 xxxxx- We0 end1 it2"
    assert aligned_words("nobody xxxxxx. We end it.", "We end it. nobody yyyyyy.") == "nobody- xxxxxx- We0 end1 it2"


def test_each_clause_is_paired_with_one_moved_clause() -> None:
    old = "Nobody paid for the tools. Nobody paid for old tools. We end."
    new = "We end. Nobody paid for these tools."
    assert aligned_words(old, new) == "Nobody3 paid4 for5 the- tools7 Nobody- paid- for- old- tools- We0 end1"
    assert aligned_words(new, old) == "We12 end13 Nobody0 paid1 for2 these- tools4"


def test_number_of_compared_clauses_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = "Nobody paid for the tools. We end.", "We end. Nobody paid for these tools. Quite so."
    monkeypatch.setattr("qualcode.anchors.alignment._MAX_PAIRS", 2)
    assert aligned_words(old, new) == "Nobody3 paid4 for5 the- tools7 We0 end1"
    monkeypatch.setattr("qualcode.anchors.alignment._MAX_PAIRS", 1)
    assert aligned_words(old, new) == "Nobody- paid- for- the- tools- We0 end1"


WORDS = st.sampled_from("we they ask pay rent board never one two . . ? \n\n".split(" "))
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_links_of_both_directions_agree_and_join_equal_tokens(old: str, new: str) -> None:
    alignment = align(old, new)
    pairs = {(i, j) for i, j in enumerate(alignment.old_to_new) if j >= 0}
    assert pairs == {(i, j) for j, i in enumerate(alignment.new_to_old) if i >= 0}
    assert all(alignment.old.keys[i] == alignment.new.keys[j] for i, j in pairs)


@given(st.permutations(range(7)))
def test_longest_increasing_subsequence(order: Sequence[int]) -> None:
    pairs = list(enumerate(order))
    longest = _longest_increasing(pairs)
    lengths = (size for size in range(8) for subset in combinations(order, size) if list(subset) == sorted(subset))
    assert len(longest) == max(lengths)
    assert longest == sorted(longest, key=lambda pair: pair[1])
    assert [pair for pair in pairs if pair in longest] == longest


# --- what an alignment knows ----------------------------------------------------------------------------------


def test_runs_of_four_aligned_tokens_are_blanked_out() -> None:
    alignment = align("one two three four x one two three y", "q one two three four one two three z r")
    assert alignment.unaligned_old == "\n" * 18 + " x one two three y"
    assert alignment.unaligned_new == "q " + "\n" * 18 + " one two three z r"


def test_tokens_around_an_insertion_are_separate_runs() -> None:
    alignment = align("one two three four", "one two x three four")
    assert (alignment.unaligned_old, alignment.unaligned_new) == (alignment.old.text, alignment.new.text)
    alignment = align("one two three four five six seven eight", "one two three four x five six seven eight")
    assert alignment.unaligned_old == "\n" * 18 + " " + "\n" * 20
    assert alignment.unaligned_new == "\n" * 18 + " x " + "\n" * 20


def test_exact_range_is_aligned_one_by_one() -> None:
    alignment = linked("a b c d", "x a b d c", [1, 2, 4, -1])
    assert alignment.exact_range(0, 2) == (1, 3)
    assert alignment.exact_range(1, 2) == (2, 3)
    assert alignment.exact_range(0, 3) is None
    assert alignment.exact_range(3, 4) is None
    assert linked("a b", "a", [0, -1]).exact_range(0, 1) == (0, 1)
    assert linked("a b", "b", [-1, 0]).exact_range(0, 2) is None


def test_aligned_tokens_and_tokens_with_letters() -> None:
    alignment = linked("a, b 5", "b a ,", [1, 2, -1, -1])
    assert alignment.aligned_tokens == ([0, 1], [1, 2])
    assert alignment.aligned_or_word_tokens == ([0, 1, 2], [0, 1, 2])
    assert linked("5", "5", [0]).aligned_or_word_tokens == ([0], [0])
    assert linked("5", "5", [-1]).aligned_or_word_tokens == ([], [])
    assert linked("a b", "a", [0, -1]).new_positions == {"a": [0]}
