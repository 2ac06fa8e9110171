"""Following of words that stand in many places, in any script: neighbours tell them apart, or they are listed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.anchors import (
    align,
    find_anchor_by_alignment,
    find_anchor_fuzzy,
    find_occurrences,
    make_anchor,
    normalise,
)

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


def test_a_short_answer_that_was_moved_is_not_taken_for_another() -> None:
    """Its speaker's label stands before the other one too, and tells nothing."""
    paragraphs = ANSWERS.split("\n\n")
    paragraphs[1], paragraphs[3] = paragraphs[3], paragraphs[1]
    new = "\n\n".join(paragraphs).replace("enough money for it", "a budget").replace("agree to that", "agree")
    kept = make_anchor(ANSWERS, *place(ANSWERS, "Sure."))
    assert find_anchor_by_alignment(align(ANSWERS, new), kept).span in {None, place(new, "Sure.")}


def test_a_short_answer_whose_paragraph_went_far_is_listed() -> None:
    old = ANSWERS + "\nI: Is that all?\n\nP: That is all I have.\n"
    paragraphs = old.split("\n\n")
    moved = [paragraphs[at] for at in (0, 2, 3, 4, 6, 7, 5, 8, 1, 9)]
    new = "\n\n".join(moved)
    found = find_anchor_by_alignment(align(old, new), make_anchor(old, *place(old, "Sure.")))
    assert found.span != place(new, "Sure.")


def test_short_answers_between_time_stamps_and_new_labels_stay_in_their_places() -> None:
    lines = [f"[00:0{at}:00] {line}" if line else "" for at, line in enumerate(ANSWERS.splitlines())]
    new = "\n".join(lines).replace("P:", "Anna:")
    for last in (False, True):
        kept = make_anchor(ANSWERS, *place(ANSWERS, "Sure.", last=last))
        assert find_anchor_by_alignment(align(ANSWERS, new), kept).span == place(new, "Sure.", last=last)


def test_one_word_that_is_gone_is_not_found_inside_another_sentence() -> None:
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
def test_words_of_scripts_without_spaces_are_followed_into_a_changed_sentence(
    old: str, words: str, changes: list[tuple[str, str]]
) -> None:
    new = old
    for before, after in changes:
        new = new.replace(before, after)
    assert new != old
    kept = make_anchor(old, *place(old, words))
    assert find_anchor_by_alignment(align(old, new), kept).span == place(new, words)
    assert find_anchor_fuzzy(new, kept).span == place(new, words)


@pytest.mark.parametrize("form", ["NFD", "soft hyphens"])
@pytest.mark.parametrize("words", ["Führungs", "kräfte", "プロジェ", "أسئلة"])
def test_a_part_of_a_word_ends_on_its_letters_however_they_are_typed(words: str, form: str) -> None:
    old = "P: Die Öffentlichkeit und die Führungskräfte. デジタルのプロジェクトがあります。 لدينا أسئلة كثيرة\n"
    new = (
        unicodedata.normalize("NFD", old)
        if form == "NFD"
        else old.replace("gsk", "g\u00adsk").replace("Füh", "Fü\u00adh")
    )
    found = find_anchor_by_alignment(align(old, new), make_anchor(old, *place(old, words))).span
    assert found is not None
    said = unicodedata.normalize("NFC", new[slice(*found)]).replace("\u00ad", "")
    assert said == words


def test_a_quote_that_was_retyped_is_as_good_as_another_place_that_was_not() -> None:
    """Its context tells; letter for letter only the other one would be found."""
    old = "P: It was the parents' money. They came home late.\n\nP: He asked for the parents' money. Nobody paid.\n"
    new = old.replace("parents' money. They", "parents’ money. They")
    kept = make_anchor(old, *place(old, "the parents' money."))
    assert find_anchor_fuzzy(new, kept).span == place(new, "the parents’ money.")


@given(st.text(st.sampled_from(" \n\t\u00a0\u200b\u00ad`’“…—éaB.\u0301か"), max_size=20))
def test_folding_keeps_where_each_letter_came_from(text: str) -> None:
    """Every quote of an edited text is folded: plain letters are taken over as a whole, all others one by one."""
    for start, end in find_occurrences(text, normalise(text)):
        assert normalise(text[start:end]) == normalise(text)
    assert normalise(normalise(text)) == normalise(text)
    assert normalise(" ".join(text.split())) == normalise(text)
