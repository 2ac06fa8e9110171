"""The range of new words that a coded range of old words became, its score, and the choice between several."""

from __future__ import annotations

import pytest

from alignments import bracketed, linked
from qualcode.anchors import AnchorResult, align
from qualcode.anchors.span_fit import (
    ACCEPT_THRESHOLD,
    choose_best,
    fit_range,
    range_text,
    score_range,
    text_similarity,
)


def fitted(old: str, new: str) -> str | None:
    """Return the new words for the old words in brackets."""
    text, span = bracketed(old)
    alignment = align(text, new)
    new_range = fit_range(alignment, alignment.old.token_range(*span))
    return range_text(alignment.new, new_range) if new_range else None


WHOLE = "No. [They pay the rent now.] We go."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (WHOLE, "No. They pay the rent now. We go.", "They pay the rent now."),
        (WHOLE, "No. They pay no rent now. We go.", "They pay no rent now."),
        # a changed first word
        (WHOLE, "No. Others pay the rent now. We go.", "Others pay the rent now."),
        (WHOLE, "No. Often all of us pay the rent now. We go.", "Often all of us pay the rent now."),
        ("No. They [pay the rent now.] We go.", "No. They all pays the rent now. We go.", "all pays the rent now."),
        # words inserted before the first one, in its sentence
        (WHOLE, "No. Often They pay the rent now. We go.", "Often They pay the rent now."),
        (
            "We end. [They pay the rent now.] We go.",
            "We stop and Often They pay the rent now. We go.",
            "They pay the rent now.",
        ),
        ("[They pay the rent now.] We go.", "Often They pay the rent now. We go.", "Often They pay the rent now."),
        ("P: [They pay rent.] We go.", "P: Often They pay rent. We go.", "Often They pay rent."),
        ("P: [They pay rent.] We go.", "Anna: Often They pay rent. We go.", "Often They pay rent."),
        ("P：[They pay rent.] We go.", "P：Often They pay rent. We go.", "Often They pay rent."),
        ("No\n[They pay rent.] We go.", "No\nOften They pay rent. We go.", "Often They pay rent."),
        ("No. Well [they pay the rent.] We go.", "No. Well all they pay the rent. We go.", "they pay the rent."),
        # a changed end
        (WHOLE, "No. They pay the rent soon. We go.", "They pay the rent soon."),
        (WHOLE, "No. They pay the rent now, not later. We go.", "They pay the rent now, not later."),
        ("No. [They pay the rent] now. We go.", "No. They pay the bills now. We go.", "They pay the bills"),
        ("No. [They pay the rent] now. We go.", "No. They pay the bills by hand. We go.", "They pay the bills by hand"),
        ("No. [They pay the rent] now. We go.", "No. They pay the bills\nby hand. We go.", "They pay the bills"),
        ("No. They pay [the rent]", "No. They pay the bills by hand", "the bills by hand"),
        ("No. They pay [the rent]", "No. They pay the bills by hand. Nobody left", "the bills by hand."),
        # text inserted into it; text inserted before it, with one of its words
        (
            "[They pay the rent now.] We go.",
            "They got it. So we met to pay the rent now. We go.",
            "They got it. So we met to pay the rent now.",
        ),
        (WHOLE, "No. They pay [0:05] the rent now. We go.", "They pay [0:05] the rent now."),
        (WHOLE, "No. They ask. They pay the rent now. We go.", "They pay the rent now."),
        (WHOLE, "No. They pay the rent now. And now. We go.", "They pay the rent now."),
        # text that a changed first or last word has a full stop or colon inside
        (WHOLE, "No. [0:05] pay the rent now. We go.", "[0:05] pay the rent now."),
        (WHOLE, "No. They pay the rent at example.org. We go.", "They pay the rent at example.org."),
        # two parts in another order: the longer one
        ("[They pay. It] now.", "It went. They pay.", "They pay."),
        ("They [pay. Nobody] now.", "Nobody went. They pay.", "Nobody"),
        (WHOLE, "Nothing at all", None),
    ],
)
def test_fitted_range_has_changed_and_inserted_words_of_the_old_ones(old: str, new: str, words: str | None) -> None:
    assert fitted(old, new) == words


@pytest.mark.parametrize(
    ("old", "new", "old_to_new", "expected"),
    [
        ("q a b c r", "q x a b c y r", [0, -1, 3, -1, 6], (2, 5)),  # equal words on both sides
        ("q a b c r", "q x d b e y r", [0, -1, 3, -1, 6], (1, 6)),  # changed words up to q and r
        ("q a b c r", "q x a b c y r", [0, -1, 3, -1, 4], (2, 4)),  # c is aligned with r
        ("q a b c r", "q x a b c y r", [2, -1, 3, -1, 6], (3, 5)),  # a is aligned with q
        ("q , b . r", "q x , b . y r", [2, -1, 3, -1, 4], (2, 5)),  # marks may be aligned with others
        ("a a b c c", "a a b c c", [-1, -1, 2, -1, -1], (1, 4)),  # not beyond the range
        ("q a b c r", "b", [-1, -1, 0, -1, -1], (0, 1)),
        # x was inserted before a sentence: after the aligned q, after another word, and at a line start
        ("q\na b c r", "q x a b c r", [0, 2, 3, 4, 5], (1, 5)),
        ("q\na b c r", "s x a b c q", [-1, 2, 3, 4, 0], (2, 5)),
        ("q\na b c r", "s\nx a b c q", [-1, 2, 3, 4, -1], (1, 5)),
    ],
)
def test_fitted_range_grows_by_equal_tokens_that_are_free(
    old: str, new: str, old_to_new: list[int], expected: tuple[int, int]
) -> None:
    assert fit_range(linked(old, new, old_to_new), (1, 4)) == expected


def test_words_inserted_before_the_start_of_the_old_text_belong_to_its_first_range() -> None:
    """The word before them is aligned with one that comes later in the old text."""
    assert fit_range(linked("a b r s", "r x a b", [2, 3, 0, -1]), (0, 2)) == (1, 4)


# --- score ----------------------------------------------------------------------------------------------------


def words_of(letters: int) -> tuple[str, str]:
    """Return two words of twenty letters that share this number of letters."""
    return "a" * 20, "a" * letters + "b" * (20 - letters)


@pytest.mark.parametrize(
    ("letters", "is_aligned", "expected"),
    [
        (16, False, AnchorResult("changed", (0, 20), 0.8)),
        (15, False, AnchorResult("gone", candidates=(((0, 20), 0.75),))),
        (15, True, AnchorResult("changed", (0, 20), 0.75)),
        (13, True, AnchorResult("changed", (0, 20), 0.65)),
        (12, True, AnchorResult("gone", candidates=(((0, 20), 0.6),))),
        (10, True, AnchorResult("gone", candidates=(((0, 20), 0.5),))),
        (9, True, AnchorResult("gone")),
    ],
)
def test_range_is_accepted_or_a_candidate_by_its_similarity(
    letters: int, is_aligned: bool, expected: AnchorResult
) -> None:
    alignment = linked(*words_of(letters), [0 if is_aligned else -1])
    assert score_range(alignment, (0, 1), (0, 1)) == expected


def test_candidates_have_a_similarity_of_half() -> None:
    """19 of 40 letters are equal."""
    alignment = linked("a" * 40, "a" * 19 + "b" * 21, [0])
    assert score_range(alignment, (0, 1), (0, 1)) == AnchorResult("gone")


def test_threshold_of_similarity_can_be_raised() -> None:
    alignment = linked(*words_of(15), [0])
    assert score_range(alignment, (0, 1), (0, 1), threshold=ACCEPT_THRESHOLD).candidates == (((0, 20), 0.75),)
    alignment = linked(*words_of(16), [0])
    assert score_range(alignment, (0, 1), (0, 1), threshold=ACCEPT_THRESHOLD).span == (0, 20)


@pytest.mark.parametrize(
    ("old_to_new", "is_accepted"),
    [([1, -1], True), ([-1, 1], False), ([0, -1], False), ([-1, 2], False), ([1, 2], True), ([3, 2], False)],
)
def test_half_of_the_letters_must_be_aligned_within_the_range(old_to_new: list[int], is_accepted: bool) -> None:
    """The old words have ten and nine letters, and the new ones after the first have 14 of 20 in common with them."""
    old, new = "aaaaaaaaaa aaaaaaaaa", "x aaaaaaabbb aaaaaaabb y"
    result = score_range(linked(old, new, old_to_new), (0, 2), (1, 3))
    assert bool(result.span) == is_accepted
    assert result.score == pytest.approx(0.75) if is_accepted else result.candidates


def test_similarity_ignores_typography() -> None:
    assert text_similarity("It’s  so…", "It's so...") == 1.0
    assert text_similarity("abcd", "abxy") == 0.5


# --- choice ---------------------------------------------------------------------------------------------------


def changed(start: int, score: float) -> AnchorResult:
    return AnchorResult("changed", (start, start + 5), score)


def offered(*candidates: tuple[int, float]) -> AnchorResult:
    return AnchorResult("gone", candidates=tuple(((start, start + 5), score) for start, score in candidates))


def test_best_of_several_results_needs_a_lead() -> None:
    assert choose_best([changed(0, 0.8), changed(9, 0.92)]) == changed(9, 0.92)
    assert choose_best([changed(0, 0.86), changed(9, 0.92)]) == AnchorResult(
        "ambiguous", candidates=(((9, 14), 0.92), ((0, 5), 0.86))
    )
    assert choose_best([changed(0, 0.0), changed(9, 0.1)]) == changed(9, 0.1)
    assert choose_best([changed(0, 0.8), changed(0, 0.8)]) == changed(0, 0.8)
    assert choose_best([changed(0, 0.9), changed(0, 0.9), changed(9, 0.85)]) == changed(0, 0.9)
    assert choose_best([offered((9, 0.79)), changed(0, 0.8)]) == changed(0, 0.8)


def test_without_a_result_all_candidates_are_offered_best_first() -> None:
    assert choose_best([offered((0, 0.5)), offered((9, 0.7), (0, 0.5))]) == offered((9, 0.7), (0, 0.5))
    assert choose_best([]) == AnchorResult("gone")


def test_result_as_candidate_has_no_span() -> None:
    assert changed(3, 0.9).as_candidate == offered((3, 0.9))
    assert offered((3, 0.6)).as_candidate == offered((3, 0.6))
