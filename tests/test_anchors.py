"""Anchors: search for quotes in any typography and in a changed text; turns and codable spans."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import transcript_of
from qualcode.anchors import (
    CONTEXT_LENGTH,
    Anchor,
    find_anchor_exact,
    find_anchor_fuzzy,
    find_occurrences,
    is_codable,
    make_anchor,
    normalise,
    turn_at,
)
from qualcode.model import Transcript


def occurrences(text: str, quote: str) -> list[str]:
    return [text[start:end] for start, end in find_occurrences(text, quote)]


def test_anchor_has_quote_and_context() -> None:
    assert make_anchor("one two three", 4, 7) == Anchor(4, 7, "two", "one ", " three")
    text = "a" * 50 + "X" + "b" * 50
    anchor = make_anchor(text, 50, 51)
    assert (anchor.before, anchor.after) == ("a" * CONTEXT_LENGTH, "b" * CONTEXT_LENGTH)


def test_find_occurrences_has_overlapping_places() -> None:
    assert find_occurrences("no no no", "no no") == [(0, 5), (3, 8)]
    assert find_occurrences("aaa", "aa") == [(0, 2), (1, 3)]
    assert find_occurrences("no no no", " no ") == [(0, 2), (3, 5), (6, 8)]
    assert find_occurrences("no no no", "no", start=1, end=7) == [(3, 5)]
    assert find_occurrences("no", "yes") == []
    assert find_occurrences("no", " \n") == []


@pytest.mark.parametrize(
    ("text", "quote", "span"),
    [
        ("she said ‘it’s “fine”’ twice", "'it's \"fine\"'", "‘it’s “fine”’"),
        ("she said 'it's' twice", "‘it’s’", "'it's'"),
        ("un café noir", "cafe\u0301", "café"),
        ("un cafe\u0301 noir", "café noir", "cafe\u0301 noir"),
        ("un cafe\u0301", "un café", "un cafe\u0301"),
        ("un cafe\u0301 noir", "café", "cafe\u0301"),
        ("e\u0323\u0301s", "ẹ\u0301", "e\u0323\u0301"),
        ("ten\u00a0per\u202fcent", "ten per cent", "ten\u00a0per\u202fcent"),
        ("over\nthe  line", "over the line", "over\nthe  line"),
        ("well… yes", "well... yes", "well… yes"),
        ("well... yes", "well… yes", "well... yes"),
        ("a—b – c", "a-b - c", "a—b – c"),
        ("an ex\u00adample", "example", "ex\u00adample"),
        ("an example", "ex\u200bample", "example"),
        ("각 나라", "\u1100\u1161\u11a8 나라", "각 나라"),
    ],
)
def test_quote_is_found_in_other_typography(text: str, quote: str, span: str) -> None:
    assert occurrences(text, quote) == [span]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("un café noir", "‘un cafe"),
        ("it’s a café", "it's a cafe"),
        ("it’s a cafe\u0301", "it's a cafe"),
        ("Hm… so", "Hm.."),
        ("so… “hm”", '. "hm"'),
        ("각 나라", "\u1100\u1161 나라"),
        ("Yes", "yes"),
        ("\u200b", "\u200c"),
    ],
)
def test_quote_is_not_found_with_other_letters(text: str, quote: str) -> None:
    assert occurrences(text, quote) == []


def test_exact_occurrences_are_preferred_to_normalised_ones() -> None:
    assert find_occurrences("it’s or it's", "it's") == [(8, 12)]


TYPED = st.text(st.sampled_from("ab.e'’“\" \u00a0\n—-…é\u0301\u0323\u200b각가\u1100\u1161İ`"), max_size=14)


@given(TYPED | st.text(max_size=20), TYPED | st.text(max_size=8))
@example("…", ".")
@example("é", "e")
def test_every_occurrence_equals_the_quote_normalised(text: str, quote: str) -> None:
    for start, end in find_occurrences(text, quote):
        assert 0 <= start < end <= len(text)
        assert normalise(text[start:end]) == normalise(quote)


@given(st.data(), TYPED)
def test_quote_from_a_text_is_found_at_its_place(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    if quote.strip():
        first = start + len(quote) - len(quote.lstrip())
        assert (first, first + len(quote.strip())) in find_occurrences(text, quote)
        assert find_occurrences(text, quote, start=start, end=end) != []


@given(st.text(st.sampled_from("abé, “”’—…é"), max_size=20))
def test_retyped_text_is_found_in_the_original(text: str) -> None:
    plain = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("—", "-").replace("…", "...")
    retyped = unicodedata.normalize("NFD", plain).replace(" ", "\u00a0")
    if text.strip():
        stripped = text.strip()
        first = text.index(stripped)
        assert (first, first + len(stripped)) in find_occurrences(text, retyped)


@given(TYPED)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


# --- find_anchor_exact -----------------------------------------------------------------------------------------


def locate(old: str, quote: str, new: str, nth: int = 0) -> tuple[str, int, str]:
    """Return the words, place and status of the nth occurrence of a quote of an old text in a new one."""
    start = find_occurrences(old, quote)[nth][0]
    first, last, status = find_anchor_exact(new, make_anchor(old, start, start + len(quote)))
    return (new[first:last], first, status) if status != "orphaned" else ("", -1, status)


def test_quote_in_an_unchanged_text_is_anchored() -> None:
    assert locate("P: Yes. No. Yes.", "Yes.", "P: Yes. No. Yes.", nth=1) == ("Yes.", 12, "anchored")


def test_quote_is_moved_by_a_change_before_it() -> None:
    assert locate("P: We tried.", "We tried.", "Participant: We tried.") == ("We tried.", 13, "moved")
    assert locate("P: Well. We tried.", "We tried.", "P: We tried.") == ("We tried.", 3, "moved")


def test_quote_before_a_change_is_anchored() -> None:
    assert locate("P: We tried. Much.", "We tried.", "P: We tried. A lot.") == ("We tried.", 3, "anchored")


def test_deleted_quote_is_orphaned() -> None:
    assert locate("P: We tried.", "We tried.", "P: We failed.") == ("", -1, "orphaned")
    assert locate("P: We tried.", "We tried.", "") == ("", -1, "orphaned")


def test_retyped_quote_is_moved() -> None:
    assert locate("P: It's on.", "It's on.", "Paul: It’s on.") == ("It’s on.", 6, "moved")


def test_changed_quote_is_orphaned() -> None:
    assert locate("P: It is on.", "It is on.", "P: It was on.") == ("", -1, "orphaned")


def test_short_quote_in_another_context_is_orphaned() -> None:
    old, new = "P: Were you glad of it? Yes. Good.", "Did it rain on you? Yes. A lot."
    assert locate(old, "Yes.", new) == ("", -1, "orphaned")


def test_quote_in_two_places_is_orphaned() -> None:
    assert locate("P: Sure. Yes.", "Yes.", "Paul: Yes. Or: Yes.") == ("", -1, "orphaned")


def test_quote_in_two_places_is_found_by_its_context() -> None:
    old = "P: Are you tired? Yes.\nP: Are you ill? Yes.\nP: Bye."
    assert locate(old, "Yes.", "NEW HEADER\n" + old, nth=1) == ("Yes.", old.index("ill? Yes.") + 5 + 11, "moved")


def test_equal_words_that_moved_to_the_old_place_are_not_the_quote() -> None:
    first, second = "Was the first one of your bosses for it? ", "Was the second of your bosses against? "
    old = first + "Yes. " + second.ljust(len(first)) + "Yes. "
    new = "x" * len(first + "Yes. ") + old  # the first "Yes." is now where the second was
    assert new[old.rindex("Yes.") :].startswith("Yes.")
    assert locate(old, "Yes.", new, nth=1) == ("Yes.", new.rindex("Yes."), "moved")


def test_quote_at_the_old_place_is_anchored_when_its_context_changed() -> None:
    old, new = "P: A. Yes. B. Yes.", "P: X. Yes. Y. Yes."
    assert locate(old, "Yes.", new) == ("Yes.", 6, "anchored")


def test_quote_without_context_is_found_by_its_words() -> None:
    assert find_anchor_exact("Now: We tried.", Anchor(0, 9, "We tried.", "", "")) == (5, 14, "moved")


LINES = st.lists(st.sampled_from(["Yes.", "No.", "We tried.", "It's on."]), max_size=8).map(" ".join)


@given(LINES, LINES, st.integers(0, 20), st.integers(1, 8))
def test_place_that_is_not_orphaned_equals_the_quote(old: str, new: str, start: int, length: int) -> None:
    anchor = make_anchor(old, min(start, len(old)), min(start + length, len(old)))
    first, last, status = find_anchor_exact(new, anchor)
    if status == "orphaned":
        assert (first, last) == (anchor.start, anchor.end)
    else:
        assert normalise(new[first:last]) == normalise(anchor.quote)
    if status == "moved":
        assert (first, last) != (anchor.start, anchor.end)
    assert find_anchor_exact(old, anchor) == (anchor.start, anchor.end, "anchored")


@given(LINES, st.text(st.sampled_from("xyz \n"), max_size=60))
def test_text_inserted_at_the_start_moves_every_quote_by_its_length(old: str, front: str) -> None:
    """The old context, or where it is short the start of the text, distinguishes equal words."""
    text = f"<<{old}>>"
    for start, end in find_occurrences(text, "Yes."):
        first, _, status = find_anchor_exact(front + text, make_anchor(text, start, end))
        assert (first, status) == (start + len(front), "moved" if front else "anchored")


def test_half_of_a_quote_of_two_paragraphs_is_a_candidate_only() -> None:
    """The old text is unknown; the first half is where it was, before other words."""
    old = "I: How much in a usual month of yours?\n\nP: One and a half tins, on the whole, of coffee.\n\nI: Bye."
    new = "I: How much in a usual month of yours?\n\nP: A box with fifty small ones in it, so far.\n\nI: Bye."
    start, end = old.index("How much"), old.index(" of coffee")
    result = find_anchor_fuzzy(new, make_anchor(old, start, end))
    assert (result.outcome, result.span) == ("gone", None)
    candidates = [new[slice(*span)] for span, _ in result.candidates]
    assert candidates == ["How much in a usual month of yours?\n\nP: A box with fifty small ones in it, so far"]


# --- turns ----------------------------------------------------------------------------------------------------


@pytest.fixture
def talk() -> Transcript:
    #                     0123456789012345678901234567890
    return transcript_of("I: Why?\nP: So.\nP:\nI: Hm?\nP: Ok.")


def test_turn_at_each_position(talk: Transcript) -> None:
    turns = [turn_at(talk, place) for place in range(len(talk.text) + 1)]
    shown = "".join("." if turn is None else str(turn.index) for turn in turns)
    assert shown == "...0000....111.......333....444."


def test_only_participants_words_are_codable(talk: Transcript) -> None:
    assert is_codable(talk, 11, 14)
    assert is_codable(talk, 12, 13)
    assert is_codable(talk, 11, 31)  # an answer, a question back, and the answer to it
    assert not is_codable(talk, 3, 7)
    assert not is_codable(talk, 3, 14)
    assert not is_codable(talk, 11, 24)
    assert not is_codable(talk, 8, 14)  # the speaker's label
    assert not is_codable(talk, 11, 15)  # the line end after the turn
    assert not is_codable(talk, 12, 12)
    assert not is_codable(talk, 13, 12)
    assert not is_codable(talk, 11, 99)
    assert not is_codable(transcript_of(""), 0, 1)
