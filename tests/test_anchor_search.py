"""Search for a coded span by alignment with the old text: same words, claimed places, changed and similar words."""

from __future__ import annotations

import pytest

from alignments import bracketed, linked
from qualcode.anchors import (
    Anchor,
    AnchorResult,
    Span,
    align,
    find_anchor_by_alignment,
    find_anchor_fuzzy,
    make_anchor,
)
from qualcode.anchors.alignment import Alignment
from qualcode.anchors.similar_text import realign_range


def search(old: str, new: str, links: str | None = None) -> tuple[str, str]:
    """Return the outcome for the words in brackets, and the words found: in parentheses if they are candidates.

    Links are the numbers of new words for the old ones, as hexadecimal digits, - for none.
    """
    text, span = bracketed(old)
    if links is None:
        alignment = align(text, new)
    else:
        alignment = linked(text, new, [-1 if link == "-" else int(link, 16) for link in links])
    result = find_anchor_by_alignment(alignment, make_anchor(text, *span))
    return result.outcome, shown(result, alignment)


def shown(result: AnchorResult, alignment: Alignment) -> str:
    def words(span: Span) -> str:
        return alignment.new.text[slice(*span)]

    if result.span:
        return words(result.span)
    return " ".join(f"({words(span)} at {span[0]}: {score:.2f})" for span, score in result.candidates)


# --- the same words -------------------------------------------------------------------------------------------


TWO_PLACES = "(sure at 4: 1.00) (sure at 17: 1.00)"


@pytest.mark.parametrize(
    ("old", "new", "links", "expected"),
    [
        # the neighbours are in another order: another place with the same words is as good
        ("b a [sure] c d", "a b sure d c xyz sure e", "10243", ("ambiguous", TWO_PLACES)),
        ("b a [sure] c d", "a b sure d c x surely y", "10243", ("same", "sure")),
        # the neighbours are the same
        ("b rented [sure] twelve d", "b rented sure twelve d x sure y", "01234", ("same", "sure")),
        # the other place belongs to other old words with the same neighbours
        ("b a [sure] c d rented sure twelve", "a b sure d c rented sure twelve", "10243567", ("same", "sure")),
        ("sure rented twelve b a [sure] c d", "a b d c x sure rented twelve", "56710-32", ("gone", "")),
        ("b a [sure so] rented sure so twelve", "a b rented sure so twelve", "10--2345", ("gone", "")),
        ("rented twelve b a [sure] c d", "a b d c sure rented twelve", "5610-32", ("same", "sure")),
        # only the first word of the place belongs to other old words
        ("b a [sure so] rented twelve sure no d", "a b rented twelve sure so e", "10--234--", ("same", "sure so")),
        # a word that is not aligned is next to the words
        ("b rented twelve y [sure] c d", "b z sure d c xyz sure e", "0---243", ("same", "sure")),
        # the other place is aligned with other old words, but their neighbours are not the same
        ("b a [sure] c d e f sure g h", "a b sure d c f e sure h g", "1024365798", ("ambiguous", TWO_PLACES)),
        # only the other place has the words
        ("b a [sure] c d", "a b so d c x sure y", "10-43", ("same", "sure")),
        ("b a [sure so] c d", "a b sure d c x sure so", "102-43", ("same", "sure so")),
        ("b a [sure so] c d", "a b sure no so d c", "1024-65", ("gone", "(sure no so at 4: 0.82)")),
        # the only place belongs to other old words
        ("b a [sure] c d rented sure twelve", "a b d c rented sure twelve", "10-32456", ("gone", "")),
        ("b a [sure] rented sure twelve", "a b rented sure twelve", "10-234", ("gone", "")),
    ],
)
def test_same_words_are_certain_in_one_place_that_no_other_old_words_claim(
    old: str, new: str, links: str, expected: tuple[str, str]
) -> None:
    assert search(old, new, links) == expected


def test_span_without_words_is_gone() -> None:
    assert search("We ask.[ ]We left.", "We ask. We left.") == ("gone", "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("We [underst]and it.", "Well we understand it.", "underst"),
        ("We u[nderstand it].", "Well we understand it.", "nderstand it"),
        ("We under[stand it].", "Well we understand it.", "stand it"),
        ("We under[st]and it.", "Well we understand it.", "st"),
        ("We [ask; over]stay.", "Well we ask; overstay.", "ask; over"),
        ("We [o’clo]ck it.", "Well we o'clock it.", "o'clo"),
        ("We ask.[.. no] it.", "Well We ask… no it.", "… no"),
    ],
)
def test_part_of_a_word_is_found_in_the_same_word(old: str, new: str, expected: str) -> None:
    assert search(old, new) == ("same", expected)


# --- changed words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "links", "expected"),
    [
        # 5 unchanged letters between other neighbours
        ("b a [we did ask] c d", "a b we do ask d c", "102-465", ("gone", "(we do ask at 4: 0.84)")),
        # 8 and 13 unchanged letters
        ("b a [he did ask nobodies] c d", "a b he do ask nobodies d c", "102-4576", ("changed", "he do ask nobodies")),
        ("b a [we did ask for] c d", "a b we do ask for d c", "102-4576", ("gone", "(we do ask for at 4: 0.89)")),
        (
            "b a [he did then ask all nobodies] c d",
            "a b he do then ask all nobodies d c",
            "102-456798",
            ("changed", "he do then ask all nobodies"),
        ),
        # the same neighbours on one side
        ("b rented twelve y [we did ask] c d", "b rented twelve we do ask d c", "012-3-576", ("changed", "we do ask")),
        ("b rented twelve [we did ask] c d", "b rented twelve we do ask d c", "0123-576", ("changed", "we do ask")),
        ("d c [we did ask] rented twelve b", "c d we do ask rented twelve b", "102-4567", ("changed", "we do ask")),
        # too little is left
        ("b rented twelve [we did ask] c d", "b rented twelve we never met d c", "0123--76", ("gone", "")),
    ],
)
def test_changed_words_are_certain_with_twelve_unchanged_letters_or_the_same_neighbours(
    old: str, new: str, links: str, expected: tuple[str, str]
) -> None:
    assert search(old, new, links) == expected


# --- similar words that are not aligned -----------------------------------------------------------------------

ASK = "b a [people always ask him twice] c d"
"""Words with more than twelve letters, which no new words are aligned with."""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (ASK, "a b d c. people always ask her twice. So", ("changed", "people always ask her twice")),
        (ASK, "a b d c. people often ask him twice. So", ("gone", "(people often ask him twice at 9: 0.79)")),
        (ASK, "a b d c. people never ask anybody twice. So", ("gone", "")),
        # fewer than twelve letters
        ("b a [all did ask] c d", "a b d c. all do ask. So", ("gone", "(all do ask. at 9: 0.82)")),
        # other old words that are not aligned are more similar
        (ASK + " people all ask her twice", "a b d c. people all ask her twice. So", ("gone", "")),
        # two places: the better one, or both
        (
            ASK,
            "a b d c. people always ask hin twice. Or nobody. people all ask them twice. So",
            ("changed", "people always ask hin twice"),
        ),
        (
            ASK,
            "a b d c. people always ask her twice. Or nobody. people always ask us twice. So",
            ("ambiguous", "(people always ask her twice at 9: 0.93) (people always ask us twice at 49: 0.91)"),
        ),
        (
            ASK,
            "a b d c. people then ask him once. Or nobody. people never ask him twice. So",
            ("gone", "(people never ask him twice at 46: 0.79) (people then ask him once. at 9: 0.69)"),
        ),
    ],
)
def test_similar_words_are_certain_with_twelve_letters_and_high_similarity(
    old: str, new: str, expected: tuple[str, str]
) -> None:
    links = "10-----32" + "-" * (len(old.split()) - 9)
    assert search(old, new, links) == expected


@pytest.mark.parametrize(("length", "expected"), [(5000, "changed"), (5001, "gone")])
def test_longer_quotes_are_not_searched_for_by_similarity(length: int, expected: str) -> None:
    words = "people always ask him twice "
    quote = (words * 200)[: length - 1] + "s"
    links = "10" + "-" * len(quote.split()) + "32"
    assert search(f"b a [{quote}] c d", f"a b d c. {quote[:-1]}x", links)[0] == expected


EXTRA = "extraordinary people x y z yesterday"
"""36 code points."""


@pytest.mark.parametrize(
    ("distance", "expected"), [(18, "extraordinary people yesterday."), (19, "extraordinary people yesterday")]
)
def test_words_within_half_a_quote_of_similar_ones_are_compared(distance: int, expected: str) -> None:
    """With "x y", which are more words than "yesterday", the end is not aligned and goes up to the full stop.

    The most similar 36 code points are 9 to 45, and the last "y" is at 44 + distance, before or at 45 + 18.
    """
    new = f"a b d c. extraordinary people yesterday. {'#' * distance} x y z"
    assert search(f"b a [{EXTRA}] c d", new, "10------32") == ("changed", expected)


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(176, "extraordinary people yesterday.  x y z"), (181, "extraordinary people yesterday")],
)
def test_words_within_150_code_points_and_the_context_length_are_compared(distance: int, expected: str) -> None:
    """The most similar passage is 9 to 45; "x" is 9 code points behind it without what was inserted."""
    new = f"a b d c. extraordinary people yesterday. {'#' * distance} x y z"
    result = find_anchor_fuzzy(new, Anchor(9, 45, EXTRA, "a b d c. ", ""))
    assert new[slice(*result.span or (0, 0))].replace("#", "") == expected


def test_realigned_range_is_aligned_with_free_words_of_a_range() -> None:
    alignment = linked("q a b c r", "a b q a b c c r", [2, 0, 1, 5, 7])
    local = realign_range(alignment, (1, 4), (3, 8))
    assert local.old_to_new == [2, 3, 4, 5, 7]
    assert local.new_to_old == [-1, -1, 0, 1, 2, 3, -1, 4]
    assert realign_range(linked("a a b", "x a b", [1, -1, -1]), (1, 3), (0, 3)).old_to_new == [1, -1, 2]
    local = realign_range(alignment, (1, 4), (1, 3))
    assert local.old_to_new == [2, -1, 1, -1, 7]
    assert local.new_to_old == [-1, 2, 0, -1, -1, -1, -1, 4]
