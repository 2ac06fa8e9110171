"""Marks beside a transcript: lanes of their bars, room for their labels, colours that can be seen."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem

from builders import STUDY, transcript_of
from qualcode.codebook.family_colours import PALETTE
from qualcode.model import Transcript
from qualcode.model.colour_contrast import contrast, fit_colour
from qualcode.project import Project
from qualcode.review.transcript_view.mark_colours import Surface, build_mark_colours, seen_colour
from qualcode.review.transcript_view.mark_labels import arrange_labels
from qualcode.review.transcript_view.mark_rows import NO_LANE, place_marks
from qualcode.review.transcript_view.marks import Mark, MarkKind
from qualcode.review.transcript_view.text_layout import TextLayout, build_text_layout

WORDS = "P: aaaa bbbb cccc dddd eeee ffff gggg hhhh\n"
"""Eight words; at a width of 5 each is on a line of its own: lines 1 to 8, below the heading."""


def words_layout() -> TextLayout:
    return build_text_layout(transcript_of(WORDS), 5)


def mark(name: str, first: int, last: int, *, kind: MarkKind = "coding", **values: object) -> Mark:
    """Return a mark from the first to the last of the words, which are counted from 1."""
    start = WORDS.index("aaaa") + 5 * (first - 1)
    return Mark(name, start, start + 5 * (last - first) + 4, f"f/{name}", name, "#0072B2", kind, **values)  # type: ignore[arg-type]


def lanes_of(*marks: Mark) -> dict[str, int]:
    return {name: one.lane for name, one in place_marks(marks, words_layout()).placed.items()}


def labels_of(*marks: Mark, width: int = 20, current: str = "") -> dict[int, list[str]]:
    """Return the texts of labels by line."""
    placed = list(place_marks(marks, words_layout()).placed.values())
    labels = arrange_labels(placed, range(1, 9), width=width, current=current)
    return {row: [label.text for label in on_row] for row, on_row in labels.items()}


def test_marks_that_share_a_line_are_in_different_lanes() -> None:
    assert lanes_of(mark("a", 1, 3), mark("b", 2, 4), mark("c", 3, 3)) == {"a": 0, "b": 1, "c": 2}


def test_fourth_mark_on_a_line_has_no_lane() -> None:
    assert lanes_of(*(mark(name, 1, 2) for name in "abcd")) == {"a": 0, "b": 1, "c": 2, "d": NO_LANE}


def test_codings_have_lanes_before_suggestions() -> None:
    suggestions = [mark(name, 1, 2, kind="suggestion") for name in "abc"]
    assert lanes_of(*suggestions, mark("d", 1, 2)) == {"d": 0, "a": 1, "b": 2, "c": NO_LANE}


def test_marks_below_one_another_change_lanes_until_all_are_taken() -> None:
    marks = [mark(name, row, row) for row, name in enumerate("abcd", 1)]
    assert lanes_of(*marks[:2]) == {"a": 0, "b": 1}
    layered = [mark("long", 1, 8), mark("other", 1, 8), *marks[:2]]
    placed = place_marks(layered, words_layout()).placed
    assert [placed[name].lane for name in ("a", "b")] == [2, 2]
    assert [placed[name].is_below_other for name in ("a", "b")] == [False, True]


@st.composite
def some_marks(draw: st.DrawFn) -> list[Mark]:
    spans = draw(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), st.booleans()), max_size=20))
    return [
        mark(str(number), min(span), max(span), kind="suggestion" if is_suggestion else "coding")
        for number, (*span, is_suggestion) in enumerate(spans)
    ]


@given(some_marks())
def test_lanes_hold_one_mark_on_each_line(marks: list[Mark]) -> None:
    rows = place_marks(marks, words_layout())
    for row in range(1, 9):
        lanes = [one.lane for one in rows.find_marks(row, row) if one.lane != NO_LANE]
        assert len(lanes) == len(set(lanes))
        assert len(lanes) == min(3, len(lanes)) or NO_LANE not in lanes


@given(some_marks(), st.integers(0, 9), st.integers(0, 9))
def test_marks_of_lines_are_those_that_are_on_one_of_them(marks: list[Mark], one: int, other: int) -> None:
    first, last = sorted((one, other))
    rows = place_marks(marks, words_layout())
    expected = {name for name, each in rows.placed.items() if each.first_row <= last and each.last_row >= first}
    assert {each.mark.id for each in rows.find_marks(first, last)} == expected


def test_mark_of_many_lines_is_found_on_each() -> None:
    layout = build_text_layout(transcript_of("P: " + "word " * 200), 5)
    rows = place_marks([Mark("a", 3, 900, "f/a", "a", "#000000")], layout)
    assert all([one.mark.id for one in rows.find_marks(row, row)] == ["a"] for row in range(1, 180))


def test_marks_of_a_transcript_without_text_are_nowhere() -> None:
    layout = build_text_layout(Transcript("T", "T.txt", "", "0", ()), 20)
    rows = place_marks([mark("a", 1, 2)], layout)
    assert (rows.placed, rows.find_marks(0, 100)) == ({}, [])


def test_label_is_on_the_first_line_of_its_mark() -> None:
    assert labels_of(mark("a", 2, 4), mark("b", 5, 5)) == {2: ["a"], 5: ["b"]}


def test_labels_of_one_span_take_its_lines_one_after_another() -> None:
    assert labels_of(mark("a", 2, 4), mark("b", 2, 4), mark("c", 2, 4)) == {2: ["a"], 3: ["b"], 4: ["c"]}


def test_labels_share_a_line_where_there_are_more_labels_than_lines() -> None:
    assert labels_of(mark("a", 2, 2), mark("b", 2, 2)) == {2: ["a", "b"]}


def test_labels_without_room_are_counted() -> None:
    marks = [mark(name * 6, 2, 2) for name in "abcde"]
    assert labels_of(*marks) == {2: ["aaaaaa", "bbbbbb", "+3"]}


def test_current_mark_has_its_label_first() -> None:
    marks = [mark(name * 6, 2, 2, kind="suggestion" if name == "e" else "coding") for name in "abcde"]
    assert labels_of(*marks, current="eeeeee") == {2: ["eeeeee", "aaaaaa", "+3"]}


def test_codings_have_labels_before_suggestions() -> None:
    assert labels_of(mark("a", 2, 3, kind="suggestion"), mark("b", 2, 3)) == {2: ["b"], 3: ["a"]}


def test_mark_that_is_not_saved_is_first() -> None:
    marks = [*(mark(name * 6, 2, 2) for name in "abcd"), mark("e" * 6, 2, 2, kind="unsaved", note="not saved")]
    assert labels_of(*marks, width=24)[2][0] == "eeeeee not saved"
    assert lanes_of(*marks)["eeeeee"] == 0


def test_label_has_score_and_note_and_only_its_name_is_shortened() -> None:
    long = mark("Measurement of it", 2, 2, kind="suggestion", score=0.834, note="rejected")
    assert labels_of(long, width=22) == {2: ["Measurem… .83 rejected"]}


def test_control_characters_of_labels_are_visible() -> None:
    assert labels_of(mark("\x1b[31m", 2, 2)) == {2: ["␛[31m"]}


def test_mark_that_began_before_the_lines_is_labelled_again_as_continued() -> None:
    placed = list(place_marks([mark("a", 1, 6)], words_layout()).placed.values())
    labels = arrange_labels(placed, range(4, 6), width=20, current="")
    assert [label.text for label in labels[4]] == ["… a"]


@given(some_marks(), st.integers(8, 30))
def test_labels_fit_and_every_mark_has_one_or_is_counted(marks: list[Mark], width: int) -> None:
    labels = labels_of(*marks, width=width)
    texts = [text for on_row in labels.values() for text in on_row]
    assert all(len("  ".join(on_row)) <= width for on_row in labels.values())
    counted = sum(int(text[1:]) for text in texts if text.startswith("+"))
    assert sum(not text.startswith("+") for text in texts) + counted == len(marks)


COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
SURFACES = [
    Surface(background, (foreground,), system)
    for background, foreground in (("#121212", "#e0e0e0"), ("#e0e0e0", "#1f1f1f"), ("#777777", "#ffffff"))
    for system in (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD)
]
"""A dark, a light and a grey theme, each on terminals with all, 256 and 16 colours."""


def check_contrast(colour: str, surface: Surface) -> None:
    colours = build_mark_colours(colour, surface)
    background = seen_colour(surface.background, surface.system)
    for style, least in ((colours.bar, 3), (colours.label, 4.5)):
        assert style.color is not None
        assert contrast(seen_colour(style.color.name, surface.system), background) >= least
    if colours.tint.bgcolor is not None:
        tint = seen_colour(colours.tint.bgcolor.name, surface.system)
        assert contrast(tint, seen_colour(surface.texts[0], surface.system)) >= 4.5


def test_shipped_colours_are_seen_on_dark_and_light_themes() -> None:
    families = Project(STUDY).study.codebook.families
    for colour in {*PALETTE, *(family.colour for family in families)}:
        for surface in SURFACES:
            check_contrast(colour, surface)


@given(COLOURS, st.sampled_from(SURFACES))
def test_any_colour_is_seen_on_any_theme(colour: str, surface: Surface) -> None:
    check_contrast(colour, surface)


def test_hue_is_kept_where_the_colour_is_changed() -> None:
    label = build_mark_colours("#332288", SURFACES[0]).label.color
    assert label is not None
    assert label.triplet is not None
    assert label.triplet.blue > label.triplet.red > label.triplet.green


def test_marks_have_the_colour_of_text_where_no_colours_are_wanted() -> None:
    made = build_mark_colours("#332288", replace(SURFACES[0], is_coloured=False))
    assert made.label.color is not None
    assert made.label.color.name == "#e0e0e0"


def test_words_have_no_tint_where_it_would_not_be_faint() -> None:
    few, unknown = SURFACES[2], replace(SURFACES[0], is_known=False)
    tints = [build_mark_colours("#332288", surface).tint.bgcolor for surface in (SURFACES[0], few, unknown)]
    assert [tint is not None for tint in tints] == [True, False, False]


def test_colour_that_cannot_have_the_contrast_is_black_or_white() -> None:
    assert fit_colour("#0072B2", "#777777", least=21) == "#000000"
    assert fit_colour("#0072B2", "#555555", least=21) == "#ffffff"
