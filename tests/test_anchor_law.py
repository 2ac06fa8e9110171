"""Law: one edit inside a quote never makes its coding lose words that still stand, whatever was typed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qualcode import Project, QuoteLocation
from qualcode.anchors import AnchorResult, Span, align, find_anchor_by_alignment, find_anchor_fuzzy, make_anchor
from qualcode.coding.update_plan import CodingUpdate
from qualcode.errors import UsageError
from studies import write

BEFORE = "Interviewer: How was the harvest?\n\nP1: Yes, it went rather badly. "
QUOTE = "We lost half of the beans to mould, and the barn burnt."
AFTER = " It rained again afterwards.\n\nInterviewer: More?\n\nP1: No more of that."
TEXT = BEFORE + QUOTE + AFTER
WORDS = QUOTE.split(" ")

TYPED = st.one_of(
    st.sampled_from(
        [
            "[00:05:10]",
            "(00:05)",
            "#00:01:02-3#",
            "he said:",
            "https://example.org/a?b=c.",
            "[Ann: Mhm.]",
            "(laughs.)",
            "\nInterviewer: Right.\nP1:",
            "\n\nInterviewer: And what did you do then, if I may ask?\n\nP1:",
            "“He said: no!”",
            "e.g.",
            "Well; no: yes? Hm!",
        ]
    ),
    st.text("xyz .:;?!,()[]<>#@/-—…\"'“”\n", min_size=1, max_size=30).filter(str.strip),
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], str, list[str]]:
    """Return the words of the quote before an edit, what was typed there, and the words after it."""
    first = draw(st.integers(1, len(WORDS) - 1))
    last = draw(st.integers(first, min(first + 2, len(WORDS) - 1)))
    return WORDS[:first], draw(TYPED), WORDS[last:]


def follow(new_quote: str, *, old_text: bool) -> AnchorResult:
    """Return where the quote is found once it reads ``new_quote``."""
    new = BEFORE + new_quote + AFTER
    anchor = make_anchor(TEXT, len(BEFORE), len(BEFORE) + len(QUOTE))
    return find_anchor_by_alignment(align(TEXT, new), anchor) if old_text else find_anchor_fuzzy(new, anchor)


@given(typed=TYPED, place=st.integers(1, len(WORDS) - 1))
@example(typed="[00:05:10]", place=3)
@example(typed="\n\nInterviewer: And what did you do then?\n\nP1:", place=1)
def test_a_quote_keeps_both_ends_whatever_is_typed_into_it(typed: str, place: int) -> None:
    new_quote = " ".join([*WORDS[:place], typed, *WORDS[place:]])
    result = follow(new_quote, old_text=True)
    assert (result.outcome, result.span) == ("changed", (len(BEFORE), len(BEFORE) + len(new_quote)))


@pytest.mark.parametrize("old_text", [True, False], ids=["old text known", "quote and context only"])
@given(edit=edits())
def test_a_quote_is_found_whole_or_not_at_all(old_text: bool, edit: tuple[list[str], str, list[str]]) -> None:
    before, typed, after = edit
    new_quote = " ".join([*before, typed, *after])
    assert follow(new_quote, old_text=old_text).span in {(len(BEFORE), len(BEFORE) + len(new_quote)), None}


@pytest.mark.parametrize("old_text", [True, False], ids=["old text known", "quote and context only"])
@given(first=st.integers(0, len(WORDS)), last=st.integers(0, len(WORDS)))
def test_a_quote_that_lost_more_than_a_few_words_is_asked_about(old_text: bool, first: int, last: int) -> None:
    left = [*WORDS[:first], *WORDS[max(first, last) :]]
    result = follow(" ".join(left), old_text=old_text)
    lost = len(WORDS) - len(left)
    assert lost <= 3 or result.span is None


def test_a_quote_whose_turns_were_moved_apart_is_asked_about() -> None:
    turns = [f"P1: {name} is the first of the things that went wrong with the harvest." for name in ("Rain", "Mould")]
    others = [f"Interviewer: And what about the {name} then, did you ask?" for name in ("barn", "beans", "road")]
    old, new = "\n\n".join([*turns, *others]), "\n\n".join([turns[0], *others, turns[1]])
    anchor = make_anchor(old, 4, len("\n\n".join(turns)))
    result = find_anchor_by_alignment(align(old, new), anchor)
    assert (result.outcome, result.span) == ("partial", None)
    assert [new[start:end] for (start, end), _ in result.candidates] == [turns[1], turns[0][4:]]


def test_a_coding_keeps_the_time_stamp_that_was_put_into_its_words(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\nroles: {interviewer: [Interviewer]}\n")
    write(tmp_path, "codebooks/c.yaml", "family: f\nname: F\ncodes:\n  - {id: a, name: A}\n")
    path = write(tmp_path, "transcripts/x.txt", TEXT)
    Project(tmp_path).code("x", "f/a", QUOTE)
    path.write_text(TEXT.replace("half of", "half [00:05:10] of"), encoding="utf-8")
    Project(tmp_path).update(write=True)
    (coding,) = Project(tmp_path).codings().to_dict("records")
    assert (coding["status"], coding["quote"]) == ("changed", QUOTE.replace("half of", "half [00:05:10] of"))


def test_a_coding_of_split_text_is_listed_and_not_recorded(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\nroles: {interviewer: [Interviewer]}\n")
    write(tmp_path, "codebooks/c.yaml", "family: f\nname: F\ncodes:\n  - {id: a, name: A}\n")
    path = write(tmp_path, "transcripts/x.txt", TEXT)
    Project(tmp_path).code("x", "f/a", QUOTE)
    path.write_text(TEXT.replace("of the beans to mould, and the barn burnt.", "."), encoding="utf-8")
    (found,) = Project(tmp_path).update(write=True).to_dict("records")
    assert found["why"].startswith("moved apart or shortened: parts in turn 1")
    assert Project(tmp_path).codings()["status"].tolist() == ["orphaned"]


def test_a_sentence_that_was_copied_elsewhere_is_found_between_its_own_neighbours() -> None:
    quote = "They asked for another assessment."
    old = f"P1: It cost a fortune. {quote} It is in its fourth year.\n\nP2: Nobody else was there."
    copied = f"Nobody else was there. {quote} Well."
    new = f"P1: It cost a fortune. So I cried. {quote} And cried. It is in its fourth year.\n\nP2: {copied}"
    start = old.index(quote)
    result = find_anchor_by_alignment(align(old, new), make_anchor(old, start, start + len(quote)))
    assert (result.outcome, result.span) == ("same", (new.index(quote), new.index(quote) + len(quote)))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ((0, 5), "choose returned 0-5, which is not in participants' turns of x: return the offsets of"),
        ((60, 9999), "choose returned 60-9999, which is not in participants' turns of x"),
        ("the beans", "choose returned 'the beans': return (start, end), offsets in the transcript's text, or None"),
    ],
)
def test_a_chosen_span_that_no_coding_can_have_is_refused(tmp_path: Path, chosen: object, message: str) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\nroles: {interviewer: [Interviewer]}\n")
    write(tmp_path, "codebooks/c.yaml", "family: f\nname: F\ncodes:\n  - {id: a, name: A}\n")
    path = write(tmp_path, "transcripts/x.txt", TEXT)
    Project(tmp_path).code("x", "f/a", QUOTE)
    path.write_text(TEXT.replace(QUOTE, "Nothing of it."), encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(message)):
        Project(tmp_path).update(write=True, choose=lambda _: chosen)  # type: ignore[arg-type, return-value]


def coded_study(root: Path, text: str, quote: str, *, start: int = -1) -> Path:
    """Write a study in which ana has coded a quote (the first, or the one at an offset), and return its transcript."""
    write(root, "qualcode.yaml", "coder: ana\nroles: {interviewer: [Interviewer]}\n")
    write(root, "codebooks/c.yaml", "family: f\nname: F\ncodes:\n  - {id: a, name: A}\n")
    path = write(root, "transcripts/x.txt", text)
    first = text.index(quote) if start < 0 else start
    Project(root).code("x", "f/a", QuoteLocation(start=first, end=first + len(quote)))
    return path


def update(root: Path) -> tuple[str, str, int]:
    """Record an update; return the coding's status in it and after it, and its count."""
    (found,) = Project(root).update(write=True).to_dict("records")
    project = Project(root)
    return found["status"], project.codings()["status"].item(), int(project.themes()["codings"].iloc[0])


@pytest.mark.parametrize("is_cached", [True, False])
@pytest.mark.parametrize("quote", ["Nobody came.", "No.", "No, we never did."])
def test_a_deleted_answer_is_not_found_at_the_same_words_of_another_turn(
    tmp_path: Path, quote: str, is_cached: bool
) -> None:
    text = (
        f"Interviewer: How was the spring?\n\nAnn: {quote} I sold the rest at the market in town.\n\n"
        f"Interviewer: And the autumn?\n\nAnn: {quote} The hail came in October.\n"
    )
    path = coded_study(tmp_path, text, quote)
    if not is_cached:
        shutil.rmtree(tmp_path / ".qualcode")
    path.write_text(text.replace(f"{quote} ", "", 1), encoding="utf-8")
    assert update(tmp_path) == ("orphaned", "orphaned", 0)


def test_five_words_that_are_left_of_two_occurrences_are_not_taken_for_the_deleted_ones(tmp_path: Path) -> None:
    quote = "We lost half of it."
    text = f"Ann: {quote} I sold the rest.\n\nInterviewer: And the autumn?\n\nAnn: {quote} The hail came.\n"
    coded_study(tmp_path, text, quote).write_text(text.replace(f"{quote} ", "", 1), encoding="utf-8")
    assert update(tmp_path) == ("orphaned", "orphaned", 0)


def test_a_coding_never_moves_to_the_words_of_the_interviewer(tmp_path: Path) -> None:
    text = (
        "Interviewer: Were you there in May?\n\nAnn: Nobody came. I don't know. I don't know. It rained for a week.\n\n"
        "Interviewer: I don't know.\n\nAnn: The barn fell. We left.\n"
    )
    path = coded_study(tmp_path, text, "I don't know.", start=text.index("I don't know. It rained"))
    path.write_text(
        "Interviewer: Were you there in May?\n\nInterviewer: I don't know.\n\n"
        "Ann: Nobody came. I don't know. It rained for a week.\n\nAnn: The barn fell. We left.\n",
        encoding="utf-8",
    )
    assert update(tmp_path) == ("orphaned", "orphaned", 0)


LONG = (
    "We had four fields of beans by the river. The flood took the two lower ones in the second week of June, and my "
    "brother's along with them. We kept the upper two. They paid for the winter and a new roof on the barn."
)


def test_time_stamps_do_not_make_up_for_deleted_words(tmp_path: Path) -> None:
    text = f"Interviewer: How?\n\nAnn: Yes. {LONG} Well.\n"
    path = coded_study(tmp_path, text, LONG)
    new = text.replace(" in the second week of June, and my brother's along with them", "")
    path.write_text(new.replace(". ", ". [00:04:10] "), encoding="utf-8")
    assert update(tmp_path) == ("orphaned", "orphaned", 0)


@pytest.mark.parametrize("is_moved_in", [True, False])
def test_a_quote_of_two_turns_that_are_moved_apart_is_asked_about(tmp_path: Path, is_moved_in: bool) -> None:
    first = "Ann: The spring was wet. We sold the mare, the cart and the old plough in one week."
    winter = "Ann: The winter was long and dry, and the wood ran out in March."
    parts = ["Interviewer: How?", first, "Interviewer: And the harvest?", f"Ann: {LONG}", "Interviewer: So?", winter]
    text = "\n\n".join(parts)
    quote = text[text.index("We sold") : text.index("on the barn.") + 12]
    path = coded_study(tmp_path, text, quote)
    moved = [*parts[:2], winter, *parts[2:5]] if is_moved_in else [parts[0], *parts[2:5], first, winter]
    path.write_text("\n\n".join(moved), encoding="utf-8")
    assert update(tmp_path) == ("orphaned", "orphaned", 0)


def test_parts_that_are_offered_hold_no_words_of_the_interviewer_at_their_ends(tmp_path: Path) -> None:
    parts = ["Ann: We sold the mare, the cart and the old plough.", "Interviewer: And the harvest?", f"Ann: {LONG}"]
    text = "\n\n".join([*parts, "Interviewer: So?", "Ann: Fine."])
    path = coded_study(tmp_path, text, text[5 : text.index("on the barn.") + 12])
    path.write_text("\n\n".join([*parts[1:], "Interviewer: So?", "Ann: Fine.", parts[0]]), encoding="utf-8")
    offered: list[str] = []

    def choose(update: CodingUpdate) -> Span | None:
        assert update.transcript is not None
        offered.extend(update.transcript.text[slice(*span)] for span, _ in update.location.candidates)
        return update.location.candidates[0][0]

    (row,) = Project(tmp_path).update(write=True, choose=choose).to_dict("records")
    assert (offered, row["status"]) == ([LONG, parts[0][5:]], "changed")


def test_words_of_a_turn_that_became_the_interviewers_are_reported_so(tmp_path: Path) -> None:
    path = coded_study(tmp_path, TEXT, QUOTE)
    path.write_text(TEXT.replace("P1: Yes", "Interviewer: Yes"), encoding="utf-8")
    (found,) = Project(tmp_path).update().to_dict("records")
    assert found["why"] == "its words are in an interviewer's turn now: were labels or roles changed?"
