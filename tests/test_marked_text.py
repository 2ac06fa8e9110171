"""Marks in a text: how they are written, read and compared; values in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.coding.corrections.code_labels import CodeLabels
from qualcode.coding.marked_text.mark_changes import MarkedCode, compare_marks
from qualcode.coding.marked_text.mark_reader import read_marks
from qualcode.coding.marked_text.mark_writer import write_marks
from qualcode.coding.marked_text.text_comparison import TextComparison
from qualcode.errors import OperationError
from qualcode.model import Code, Codebook, Coding

Spans = Mapping[tuple[int, int], Sequence[str]]


@pytest.mark.parametrize(
    ("text", "codes", "marked"),
    [
        ("We had no budget.", {(0, 6): ["roi"]}, "{We had}[roi] no budget."),
        ("We had no budget.", {(0, 17): ["roi", "fear"]}, "{We had no budget.}[roi, fear]"),
        ("We had no budget.", {(0, 17): ["roi"], (7, 16): ["fear"]}, "{We had {no budget}[fear].}[roi]"),
        ("We had no budget.", {(0, 16): ["roi"], (0, 6): ["fear"]}, "{{We had}[fear] no budget}[roi]."),
        ("We had no budget.", {(0, 6): ["roi"], (6, 16): ["fear"]}, "{We had}[roi]{ no budget}[fear]."),
        ("We had no budget.", {(0, 9): ["roi"], (7, 16): ["fear"]}, "{1>We had {2>no}[1>roi] budget}[2>fear]."),
        (
            "a b c d e f",
            {(0, 3): ["x"], (2, 5): ["y"], (8, 11): ["x"], (10, 11): ["y"]},
            "{1>a {2>b}[1>x] c}[2>y] d {e {f}[y]}[x]",
        ),
        ("a b c d e f", {(0, 3): ["x"], (2, 7): ["y"], (6, 9): ["z"]}, "{1>a {2>b}[1>x] c {1>d}[2>y] e}[1>z] f"),
        ("[laughs] {so} a\\b 3>2", {(0, 8): ["x"]}, "{[laughs]}[x] \\{so\\} a\\\\b 3\\>2"),
        ("3> no", {(0, 5): ["x"]}, "{3\\> no}[x]"),
        ("a\x00b\x0bc\u2028d\te\n", {}, "a\\u0000b\\u000bc\\u2028d\te\n"),
        ("שלום 👩‍🔬 yes", {(0, 4): ["x"], (5, 8): ["y"]}, "{שלום}[x] {👩‍🔬}[y] yes"),
        ("odd", {(0, 3): ["a,b", "c]d", "{e}"]}, "{odd}[a\\,b, c\\]d, \\{e\\}]"),
        ("", {}, ""),
    ],
)
def test_marks_are_written_and_read_as_written(text: str, codes: Spans, marked: str) -> None:
    assert write_marks(text, codes) == marked
    words = read_marks(marked)
    assert (words.text, words.problems) == (text, [])
    assert {mark.span: [name for _, name in mark.codes] for mark in words.marks} == codes


@given(st.data(), st.text(st.sampled_from("ab {}[]\\>1,;\n\t\x00\x85\u2028é👍u0041"), max_size=40))
def test_any_marks_in_any_text_are_read_as_written(data: st.DataObject, text: str) -> None:
    offsets = st.integers(0, len(text))
    spans = st.tuples(offsets, offsets).filter(lambda span: span[0] < span[1])
    names = st.lists(st.text(st.sampled_from("ab/]},\\>1"), min_size=1, max_size=3), min_size=1, max_size=2)
    codes = data.draw(st.dictionaries(spans, names, max_size=6)) if text else {}
    words = read_marks(write_marks(text, codes))
    assert (words.text, words.problems) == (text, [])
    assert {mark.span: [name for _, name in mark.codes] for mark in words.marks} == codes


@pytest.mark.parametrize(
    ("marked", "offset", "message"),
    [
        ("a {b", 2, "{ has no end"),
        ("a {1>b", 2, "{1> has no end"),
        ("a b}[x]", 3, "this end of a mark has no { before it"),
        ("a {b}[1>x]", 4, "this end of a mark has no {1> before it"),
        ("{b}", 2, "no codes directly after }"),
        ("{b} [x]", 2, "no codes directly after }"),
        ("{b}[x and [laughs]", 2, "no codes directly after }"),
        ("{b}[]", 2, "a mark without a code"),
        ("{b}[ , ]", 2, "a mark without a code"),
        ("a {}[x]", 3, "a mark without words"),
        ("{1>a {1>b}[1>x] c}[1>x]", 5, "mark 1 begins here again before it has ended"),
    ],
)
def test_what_does_not_parse_is_a_problem_at_its_place(marked: str, offset: int, message: str) -> None:
    assert [(one.offset, one.message) for one in read_marks(marked).problems][:1] == [(offset, message)]


def test_all_problems_are_found_and_the_other_marks_are_read() -> None:
    words = read_marks("{a} {b}[x] c}[y] {d")
    assert [(one.offset, one.message) for one in words.problems] == [
        (2, "no codes directly after }"),
        (12, "this end of a mark has no { before it"),
        (17, "{ has no end"),
    ]
    assert [(mark.span, mark.codes) for mark in words.marks] == [((2, 3), ((8, "x"),))]


def test_codes_may_be_on_several_lines_since_editors_wrap() -> None:
    (mark,) = read_marks("{a}[x,\n  work/fear ;z]").marks
    assert mark.codes == ((4, "x"), (9, "work/fear"), (20, "z"))


@given(st.text(st.sampled_from("ab {}[]\\>1,u0\n"), max_size=60))
def test_any_text_is_read_without_an_exception(content: str) -> None:
    words = read_marks(content)
    assert all(0 <= mark.span[0] < mark.span[1] <= len(words.text) for mark in words.marks)
    assert all(0 <= one.offset <= len(content) for one in words.problems)
    for offset, character in enumerate(words.text):
        at = words.file_offset(offset)
        assert content[at] in {character, "\\"}


ORIGINAL = "Ann: Why?\n\nBo: We had  no budget. \nYes."


@pytest.mark.parametrize(
    ("edited", "differences"),
    [
        (ORIGINAL, []),
        ("Ann: Why?\n\nBo: We had\nno budget.\nYes.\n", []),
        (ORIGINAL.replace("no budget", "a budget"), [("no", "a")]),
        (ORIGINAL.replace("We had", "We never had"), [("", "never")]),
        (ORIGINAL.replace(" budget.", "."), [("no budget.", "no.")]),
        (ORIGINAL.replace("We had  no ", ""), [("We had  no", "")]),
        (ORIGINAL.replace("Why?", "Who?").replace("Yes.", "Yes!"), [("Why?", "Who?"), ("Yes.", "Yes!")]),
        ("", [(ORIGINAL, "")]),
    ],
)
def test_words_that_differ_are_listed_and_white_space_is_not(edited: str, differences: list[tuple[str, str]]) -> None:
    comparison = TextComparison(ORIGINAL, edited)
    assert [(one.was, one.now) for one in comparison.differences()] == differences
    assert comparison.is_equal == (not differences)


def test_changes_far_apart_in_a_long_text_are_each_listed() -> None:
    original = "\n\n".join(f"P: word{number} and {number} others." for number in range(10_000))
    edited = original.replace("word7 ", "Word7 ").replace("word9999 ", "").replace("P: word5000", "P:\n\nword5000")
    assert [(one.was, one.now) for one in TextComparison(original, edited).differences()] == [
        ("word7", "Word7"),
        ("word9999", ""),
    ]


def test_differences_have_their_offsets_in_the_edited_text() -> None:
    edited = ORIGINAL.replace("had  no", "has").replace("Yes.", "")
    assert [edited[one.offset : one.end] for one in TextComparison(ORIGINAL, edited).differences()] == ["has", ""]
    assert [one.offset for one in TextComparison(ORIGINAL, edited).differences()] == [
        edited.index("has"),
        edited.index("budget.") + len("budget."),
    ]


@given(st.data())
def test_positions_are_found_by_words_where_white_space_differs(data: st.DataObject) -> None:
    words = data.draw(st.lists(st.text("abé", min_size=1, max_size=3), min_size=1, max_size=8))
    spaces = st.lists(st.sampled_from([" ", "\n", "  ", " \n\t"]), min_size=len(words), max_size=len(words))
    original, edited = ("".join(map("".join, zip(words, data.draw(spaces), strict=True))) for _ in range(2))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    spans = []
    for text in (original, edited):
        found = [match.span() for match in re.finditer(r"\S+", text)]
        spans.append((found[first][0], found[last][1]))
    comparison = TextComparison(original, edited)
    assert comparison.original_span(spans[1]) == spans[0]
    assert comparison.edited_offset(spans[0][0]) == spans[1][0]
    # What begins or ends in white space has the words inside it.
    if original != edited:
        after = min(spans[1][1] + 1, len(edited) - 1)
        assert comparison.original_span((spans[1][0], after))[0] == spans[0][0]


TEXT = "aa bb cc dd ee ff"


def coding(name: str, start: int, end: int, code: str) -> Coding:
    return Coding(name, "T", start, end, "anchored", TEXT[start:end], code, "ana", "")


def changes(codings: Sequence[Coding], marks: Sequence[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Return for each change the id of its coding, and the words and code that are marked now."""
    marked = [MarkedCode((start, end), code, number, number) for number, (start, end, code) in enumerate(marks)]
    return [
        (
            change.coding.id if change.coding else "",
            f"{TEXT[slice(*change.marked.span)]}: {change.marked.code}" if change.marked else "",
        )
        for change in compare_marks(codings, marked, TEXT)
    ]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([(0, 5, "x"), (6, 11, "y")], []),
        ([(6, 11, "y"), (0, 5, "x"), (0, 5, "x")], []),
        ([(0, 6, "x"), (5, 12, "y")], []),  # blanks
        ([(0, 5, "x")], [("2", "")]),
        ([(0, 5, "x"), (6, 11, "y"), (12, 14, "x")], [("", "ee: x")]),
        ([(0, 5, "z"), (6, 11, "y")], [("1", "aa bb: z")]),
        ([(0, 5, "x"), (6, 8, "y")], [("2", "cc: y")]),
        ([(0, 2, "x"), (6, 14, "y")], [("1", "aa: x"), ("2", "cc dd ee: y")]),
        ([(0, 5, "y"), (6, 11, "x")], [("1", "aa bb: y"), ("2", "cc dd: x")]),
        ([(0, 5, "x"), (12, 17, "y")], [("2", ""), ("", "ee ff: y")]),
        ([], [("1", ""), ("2", "")]),
        ([(0, 5, "x"), (0, 5, "z"), (6, 11, "y")], [("", "aa bb: z")]),
        ([(0, 5, "z"), (0, 5, "w"), (6, 11, "y")], [("", "aa bb: w"), ("1", "aa bb: z")]),
    ],
)
def test_changes_keep_the_identity_of_codings(
    marks: list[tuple[int, int, str]], expected: list[tuple[str, str]]
) -> None:
    assert changes([coding("1", 0, 5, "x"), coding("2", 6, 11, "y")], marks) == expected


def test_the_mark_with_most_common_words_is_the_coding_that_was_moved() -> None:
    codings = [coding("1", 0, 11, "x")]
    assert changes(codings, [(0, 2, "x"), (3, 11, "x")]) == [("", "aa: x"), ("1", "bb cc dd: x")]


def test_two_codings_that_differ_by_a_blank_are_both_kept() -> None:
    codings = [coding("1", 0, 5, "x"), coding("2", 0, 6, "x")]
    assert changes(codings, [(0, 5, "x"), (0, 6, "x")]) == []
    assert changes(codings, [(0, 5, "x")]) == [("2", "")]


LABELS = CodeLabels(
    Codebook(
        codes=(
            Code("c/roi", "Measuring, ROI"),
            Code("c/roi/tools", "Tools"),
            Code("s/fear", "Fear"),
            Code("w/fear", "Worry", formerly=("w/panic",)),
            Code("w/tools", "roi"),
        )
    ),
    has_parts=True,
)


@pytest.mark.parametrize(
    ("code", "short"),
    [("c/roi", "c/roi"), ("c/roi/tools", "roi/tools"), ("s/fear", "s/fear"), ("w/tools", "w/tools"), ("x/y", "x/y")],
)
def test_a_code_is_written_by_the_shortest_part_that_names_it_alone(code: str, short: str) -> None:
    assert LABELS.shorten(code) == short


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("roi", "w/tools"),
        ("roi/tools", "c/roi/tools"),
        ("ROI/Tools", "c/roi/tools"),
        ("panic", "w/fear"),
        ("Worry", "w/fear"),
    ],
)
def test_a_code_is_found_by_its_name_first_and_then_by_the_last_part_of_its_id(typed: str, code: str) -> None:
    assert LABELS.find(typed) == code


def test_a_last_part_that_several_codes_have_is_refused_with_their_ids() -> None:
    with pytest.raises(
        OperationError, match="several codes are named 'tools': write the id, one of c/roi/tools, w/tools"
    ):
        CodeLabels(Codebook(codes=(Code("c/roi/tools", "A"), Code("w/tools", "B"))), has_parts=True).find("tools")


def test_a_last_part_names_no_code_where_any_text_may_be_one() -> None:
    assert not CodeLabels(Codebook(codes=(Code("c/tools", "A"),))).has("tools")
