"""Search for words that occur in many places: neighbouring words tell them apart, or they are candidates."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignments import bracketed, linked
from qualcode.anchors import (
    align,
    find_anchor_by_alignment,
    find_anchor_fuzzy,
    find_occurrences,
    make_anchor,
    normalise,
)
from qualcode.anchors.neighbours import has_same_neighbours, is_distinctive

ANSWERS = """I: Was there enough money for it?

P: Sure.

I: And did the board agree to that?

P: It took them nine months to say so.

I: Would you ask them once more?

P: Sure.

I: What would you tell the others?

P: Begin before you are asked to.
"""


def place(text: str, words: str, *, last: bool = False) -> tuple[int, int]:
    start = text.rindex(words) if last else text.index(words)
    return start, start + len(words)


def test_moved_short_answer_is_not_confused_with_an_equal_one() -> None:
    """The same speaker's label is before the other one."""
    paragraphs = ANSWERS.split("\n\n")
    paragraphs[1], paragraphs[3] = paragraphs[3], paragraphs[1]
    new = "\n\n".join(paragraphs).replace("enough money for it", "a budget").replace("agree to that", "agree")
    anchor = make_anchor(ANSWERS, *place(ANSWERS, "Sure."))
    assert find_anchor_by_alignment(align(ANSWERS, new), anchor).span in {None, place(new, "Sure.")}


def test_short_answer_in_a_moved_paragraph_is_not_found_at_an_equal_one() -> None:
    old = ANSWERS + "\nI: Is that all?\n\nP: That is all I have.\n"
    paragraphs = old.split("\n\n")
    new = "\n\n".join(paragraphs[index] for index in (0, 2, 3, 4, 6, 7, 5, 8, 1, 9))
    result = find_anchor_by_alignment(align(old, new), make_anchor(old, *place(old, "Sure.")))
    assert result.span != place(new, "Sure.")


def test_short_answers_are_found_between_inserted_time_stamps_and_new_labels() -> None:
    lines = [f"[00:0{minute}:00] {line}" if line else "" for minute, line in enumerate(ANSWERS.splitlines())]
    new = "\n".join(lines).replace("P:", "Anna:")
    for last in (False, True):
        anchor = make_anchor(ANSWERS, *place(ANSWERS, "Sure.", last=last))
        assert find_anchor_by_alignment(align(ANSWERS, new), anchor).span == place(new, "Sure.", last=last)


def test_deleted_word_is_not_found_inside_another_sentence() -> None:
    old = "P: That was the number. Okay. We went on to the next of our many points, and it was late.\n"
    new = "P: That was the number. We went on to the next of our many okay points, and it was late.\n"
    assert find_anchor_by_alignment(align(old, new), make_anchor(old, *place(old, "Okay."))).span is None


JAPANESE = (
    "P: 私たちは毎週報告書を投稿します。予算が足りないので、上司に相談しました。はい。誰も何も言いませんでした。\n"
)
CHINESE = "P: 我们每天在微博上发布文章。预算不够，所以我们向上级解释了情况。是。没有人什么也没说。\n"
THAI = "P: เราโพสต์บทความทุกวัน เพราะไม่มีงบประมาณ เราตรวจสอบรูปภาพทุกสัปดาห์\n"


@pytest.mark.parametrize(
    ("old", "words", "changes"),
    [
        (JAPANESE, "予算が足りない", [("足りないので", "足りないから"), ("毎週", "毎日")]),
        (CHINESE, "向上级解释", [("所以我们", "因此我们"), ("情况", "问题")]),
        (THAI, "ไม่มีงบประมาณ", [("โพสต์", "ลบ")]),
    ],
)
def test_words_of_unspaced_scripts_are_found_in_a_changed_sentence(
    old: str, words: str, changes: list[tuple[str, str]]
) -> None:
    new = old
    for before, after in changes:
        new = new.replace(before, after)
    assert new != old
    anchor = make_anchor(old, *place(old, words))
    assert find_anchor_by_alignment(align(old, new), anchor).span == place(new, words)
    assert find_anchor_fuzzy(new, anchor).span == place(new, words)


@pytest.mark.parametrize("form", ["NFD", "soft hyphens"])
@pytest.mark.parametrize("words", ["Führungs", "kräfte", "プロジェ", "أسئلة"])
def test_part_of_a_word_is_found_in_other_typography(words: str, form: str) -> None:
    old = "P: Die Öffentlichkeit und die Führungskräfte. デジタルのプロジェクトがあります。 لدينا أسئلة كثيرة\n"
    new = (
        unicodedata.normalize("NFD", old)
        if form == "NFD"
        else old.replace("gsk", "g\u00adsk").replace("Füh", "Fü\u00adh")
    )
    span = find_anchor_by_alignment(align(old, new), make_anchor(old, *place(old, words))).span
    assert span is not None
    assert unicodedata.normalize("NFC", new[slice(*span)]).replace("\u00ad", "") == words


def test_retyped_quote_is_preferred_to_an_unchanged_one_in_another_context() -> None:
    """A search without normalised typography would find the other one only."""
    old = "P: It was the parents' money. They came home late.\n\nP: He asked for the parents' money. Nobody paid.\n"
    new = old.replace("parents' money. They", "parents’ money. They")
    anchor = make_anchor(old, *place(old, "the parents' money."))
    assert find_anchor_fuzzy(new, anchor).span == place(new, "the parents’ money.")


@given(st.text(st.sampled_from(" \n\t\u00a0\u200b\u00ad`’“…—éaB.\u0301か"), max_size=20))
def test_normalised_quote_is_found_where_it_came_from(text: str) -> None:
    """Normalising has a fast path for plain letters."""
    for start, end in find_occurrences(text, normalise(text)):
        assert normalise(text[start:end]) == normalise(text)
    assert normalise(normalise(text)) == normalise(text)
    assert normalise(" ".join(text.split())) == normalise(text)


# --- neighbouring words ---------------------------------------------------------------------------------------


def has_neighbours(old: str, new: str, old_to_new: str, *, is_adjacent: bool = False) -> bool:
    """Return whether the words in brackets have the same neighbours; links are hexadecimal digits, - for none."""
    (old_text, old_span), (new_text, new_span) = bracketed(old), bracketed(new)
    alignment = linked(old_text, new_text, [-1 if link == "-" else int(link, 16) for link in old_to_new])
    ranges = alignment.old.token_range(*old_span), alignment.new.token_range(*new_span)
    return has_same_neighbours(alignment, *ranges, is_adjacent=is_adjacent)


@pytest.mark.parametrize(
    ("old", "new", "links", "expected"),
    [
        # the second neighbour of each side is another one: the words next to "so" count
        ("a b rent twelve [so] c d", "b a rent twelve [so] d c", "1023465", False),  # 10 letters
        ("a b rents twelve [so] c d", "b a rents twelve [so] d c", "1023465", False),  # 11
        ("a b rented twelve [so] c d", "b a rented twelve [so] d c", "1023465", True),  # 12
        ("c d [so] rented twelve a b", "d c [so] rented twelve b a", "1023465", True),
        ("c d [so] rents twelve a b", "d c [so] rents twelve b a", "1023465", False),
        ("a b rented [so] twelve c d", "b a rented [so] twelve d c", "1023465", False),  # 6 on each side
        # labels, numbers and marks have no letters
        ("a b rented, 1234567 [so] c d", "b a rented, 1234567 [so] d c", "10234576", False),
        ("a b\nrented twelve: [so] c d", "b a\nrented twelve: [so] d c", "10234576", False),
        # words that are not aligned are skipped
        ("a b rented twelve x [so] c d", "b a y rented twelve [so] d c", "1034-576", True),
        # both texts end
        ("rents [so] c d", "rents [so] d c", "0132", True),
        ("d c [so] rents", "c d [so] rents", "1023", True),
        ("x rents [so] c d", "rents [so] d c", "-0132", True),  # x is not aligned
        ("a rents [so] c d", "rents [so] d c a", "40132", False),
        ("c rents [so] a b d", "rents [so] b a d c", "501324", False),
        ("rents [so] c d a", "a rents [so] d c", "12430", False),
        ("d c [so] rents a", "a c d [so] rents", "21340", False),
        ("a c d [so] rents", "d c [so] rents a", "41023", False),
        ("x [so] c d", "y [so] d c", "-132", False),  # no neighbours before
        ("d c [so] x", "c d [so] y", "102-", False),
        # the words in brackets start or end both texts
        ("[so] c d", "[so] d c", "021", True),
        ("d c [so]", "c d [so]", "102", True),
        ("[so] c d", "x [so] d c", "132", False),
        ("x [so] c d", "[so] d c", "-021", False),
        ("d c [so]", "c d [so] x", "102", False),
        ("d c [so] x", "c d [so]", "102-", False),
        ("d c [so] e", "e c d [so]", "2130", False),
        ("e c d [so]", "d c [so] e", "3102", False),
    ],
)
def test_neighbours_are_the_same_if_twelve_letters_on_one_side_are(
    old: str, new: str, links: str, expected: bool
) -> None:
    assert has_neighbours(old, new, links) == expected


@pytest.mark.parametrize(
    ("old", "new", "links", "expected"),
    [
        ("a b rented [so] twelve c d", "b a rented [so] twelve d c", "1023465", True),  # 6 on each side
        ("a b rents [so] twelve c d", "b a rents [so] twelve d c", "1023465", False),
        ("a b rented twelve x [so] c d", "b a rented twelve [so] d c", "1023-465", False),  # x was deleted
        ("a b rented twelve [so] c d", "b a rented twelve y [so] d c", "1023576", False),  # y was inserted
        ("a b rented twelve, [so] c d", "b a rented twelve 5 [so] d c", "1023-576", True),  # a mark and a number
        ("[so] rents", "x [so] rents", "12", True),  # both texts end
    ],
)
def test_adjacent_neighbours_are_the_same_if_twelve_letters_on_both_sides_are(
    old: str, new: str, links: str, expected: bool
) -> None:
    assert has_neighbours(old, new, links, is_adjacent=True) == expected


def test_twelve_letters_are_distinctive() -> None:
    alignment = linked("rented twelve rents, 12345", "rents rented twelve", [1, 2, 0, -1, -1])
    assert is_distinctive(alignment, (0, 2))
    assert not is_distinctive(alignment, (1, 5))
    assert is_distinctive(alignment, (0, 5), (1, 3))
    assert not is_distinctive(alignment, (0, 5), (0, 2))
    assert not is_distinctive(alignment, (0, 5), (2, 3))
