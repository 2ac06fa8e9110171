"""A place that is certain is returned as a span; any other place is only offered to a person, as a candidate."""

from __future__ import annotations

import pytest

from qualcode.anchors import Anchor, AnchorResult, Span, find_anchor_exact, find_anchor_fuzzy

BEFORE, AFTER = "abcdefghij ", " klmnopqrst"
"""The old context: ten letters on each side."""


def passage(before: int, words: str, after: int) -> str:
    """Return words between contexts with these numbers of old letters; their similarity is that number / 10."""
    return "#" * (10 - before) + BEFORE[10 - before :] + words + AFTER[: after + 1] + "#" * (10 - after)


def anchor_of(quote: str, start: int = 0) -> Anchor:
    return Anchor(start, start + len(quote), quote, BEFORE, AFTER)


def found(result: AnchorResult, text: str) -> str:
    """Return the words of the span, or of the candidates in parentheses with their scores."""
    if result.span:
        assert result.candidates == ()
        return text[slice(*result.span)]
    return " ".join(f"({text[slice(*span)]} {score:.2f})" for span, score in result.candidates)


# --- the same words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (8, 1, "Yes."),
        (1, 8, "Yes."),
        (7, 1, "(Yes. 0.46)"),
        (1, 7, "(Yes. 0.46)"),
        (6, 6, "Yes."),
        (6, 5, "(Yes. 0.56)"),
        (5, 7, "(Yes. 0.62)"),
    ],
)
def test_single_place_is_certain_if_one_side_is_very_similar_or_both_fairly(
    before: int, after: int, expected: str
) -> None:
    text = passage(before, "Yes.", after)
    assert found(find_anchor_fuzzy(text, anchor_of("Yes.")), text) == expected
    status = find_anchor_exact(text, anchor_of("Yes."))[2]
    assert status == ("orphaned" if "(" in expected else "moved")


@pytest.mark.parametrize(("quote", "is_certain"), [("Yes we all did.", False), ("Yes we all did so.", True)])
def test_five_words_are_certain_in_any_context(quote: str, is_certain: bool) -> None:
    text = passage(1, quote, 1)
    result = find_anchor_fuzzy(text, anchor_of(quote))
    assert found(result, text) == (quote if is_certain else f"({quote} 0.10)")
    assert (result.outcome, result.score) == (("same", 1.0) if is_certain else ("ambiguous", 0.0))


@pytest.mark.parametrize(
    ("context", "start", "is_certain"),
    [
        ("Were you glad of ", 300, True),
        ("Were you glad of ", 301, False),
        ("Are you glad of ", 300, False),
    ],
)
def test_words_within_300_code_points_of_16_old_ones_are_certain(context: str, start: int, is_certain: bool) -> None:
    text = context + "#" * (start - len(context) - 1) + " Yes." + "#" * 40
    assert bool(find_anchor_fuzzy(text, Anchor(0, 4, "Yes.", context, AFTER)).span) == is_certain
    mirrored = "#" * 40 + "Yes. " + "#" * (start - len(context)) + context.strip()
    assert bool(find_anchor_fuzzy(mirrored, Anchor(0, 4, "Yes.", BEFORE, context)).span) == is_certain


def two_places(first: tuple[int, int], second: tuple[int, int]) -> tuple[str, Span, Span]:
    """Return a text with "Yes." in two places with these similarities of their contexts, and the places."""
    passages = [passage(before, "Yes.", after) for before, after in (first, second)]
    start = passages[0].index("Yes.")
    return "".join(passages), (start, start + 4), (start + len(passages[0]), start + len(passages[0]) + 4)


@pytest.mark.parametrize(
    ("first", "second", "home", "expected"),
    [
        ((10, 10), (9, 9), "second", "first"),  # the only one with the whole context
        ((10, 10), (10, 10), "none", "(Yes. 1.00) (Yes. 1.00)"),
        ((10, 10), (10, 10), "first", "first"),
        ((8, 3), (6, 1), "none", "first"),  # 0.6 and 0.4
        ((8, 5), (6, 4), "none", "(Yes. 0.68) (Yes. 0.52)"),
        ((7, 7), (1, 1), "none", "(Yes. 0.70) (Yes. 0.10)"),  # no side of 0.8
        ((7, 7), (1, 1), "first", "first"),
        ((7, 7), (6, 6), "second", "second"),
        ((7, 7), (6, 5), "second", "(Yes. 0.70) (Yes. 0.56)"),
        ((6, 6), (7, 7), "none", "(Yes. 0.70) (Yes. 0.60)"),  # the best candidate first
    ],
)
def test_one_of_two_places_is_certain_by_its_lead_or_as_the_old_place(
    first: tuple[int, int], second: tuple[int, int], home: str, expected: str
) -> None:
    text, *places = two_places(first, second)
    spans = dict(zip(("first", "second"), places, strict=True))
    anchor = anchor_of("Yes.", spans[home][0] if home in spans else 0)
    result = find_anchor_fuzzy(text, anchor)
    assert result.span == spans.get(expected)
    assert result.span or found(result, text) == expected
    status = find_anchor_exact(text, anchor)[2]
    assert status == ("orphaned" if result.span is None else "anchored" if expected == home else "moved")


def test_old_place_is_not_certain_where_another_place_is_much_more_similar() -> None:
    """The best two are 0.1 apart, but the old place, the third, is 0.25 below the best."""
    text = passage(9, "Yes.", 9) + passage(8, "Yes.", 8) + passage(7, "Yes.", 6)
    result = find_anchor_fuzzy(text, anchor_of("Yes.", text.rindex("Yes.")))
    assert found(result, text) == "(Yes. 0.90) (Yes. 0.80) (Yes. 0.66)"


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("", "Yes. #", "Yes."),  # both texts start here: 1.0
        ("", "# Yes. #", "(Yes. 0.42)"),  # unknown: 0.7
        ("\n\n", "\n\nYes. #", "Yes."),
        ("\n\n", "#\n Yes. #", "(Yes. 0.42)"),
        ("\n\n", "# Yes. #", "(Yes. 0.00)"),
    ],
)
def test_side_without_context_counts_as_unknown(before: str, text: str, expected: str) -> None:
    """The other side is not similar at all, so that 0.6 times the similarity of this side is left."""
    assert found(find_anchor_fuzzy(text, Anchor(90, 94, "Yes.", before, " klm")), text) == expected
    mirrored = "".join(reversed(text.replace("Yes.", ".seY")))
    assert found(find_anchor_fuzzy(mirrored, Anchor(90, 94, "Yes.", "klm ", before)), mirrored) == expected


# --- similar words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "is_certain"),
    [(6, 6, True), (6, 5, False), (5, 6, False), (8, 1, True), (1, 8, True), (7, 5, False)],
)
def test_similar_words_are_certain_in_a_similar_context(before: int, after: int, is_certain: bool) -> None:
    text = passage(before, "we paid for old tools", after)
    words = found(find_anchor_fuzzy(text, anchor_of("we paid for the tools")), text)
    assert words == ("we paid for old tools" if is_certain else "(we paid for old tools 0.86)")


@pytest.mark.parametrize(("before", "after", "is_certain"), [(6, 6, True), (8, 1, False), (1, 8, False)])
def test_similar_words_with_few_unchanged_letters_need_context_on_both_sides(
    before: int, after: int, is_certain: bool
) -> None:
    """Ten letters are unchanged."""
    text = passage(before, "we all do say so", after)
    words = found(find_anchor_fuzzy(text, anchor_of("we all did say so")), text)
    assert words == ("we all do say so" if is_certain else "(we all do say so 0.91)")


@pytest.mark.parametrize(
    ("quote", "words", "is_certain"),
    [
        ("we paid for all of the tools twice", "we paid for all of these tools twice", True),
        ("we paid for all the tools twice", "we paid for all these tools twice", False),
        ("we paid for all of the tools twice", "we paid for some of these tools twice", False),
    ],
)
def test_eight_words_that_are_hardly_changed_are_certain_in_any_context(
    quote: str, words: str, is_certain: bool
) -> None:
    text = passage(1, words, 1)
    assert found(find_anchor_fuzzy(text, anchor_of(quote)), text).startswith("(") != is_certain
