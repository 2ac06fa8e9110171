"""A transcript as lines of a screen: wrapping, cells of any script, and places of characters both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from builders import transcript_of
from qualcode.model import Transcript, Turn
from qualcode.review.transcript_view.text_cells import find_clusters, has_single_cells, make_visible_text, shorten_text
from qualcode.review.transcript_view.text_layout import TextLayout, build_text_layout
from qualcode.review.transcript_view.whole_words import find_word, grow_to_words

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
"""Three people joined to one emoji of two cells."""

PIECES = [
    "a",
    "word",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "e\u0301",
    "日",
    "本。",
    FAMILY,
    "\u0301",
    "\u200d",
    "\ufe0f",
    "❤\ufe0f",
]
SCRIPTS = st.lists(
    st.one_of(
        st.sampled_from([*PIECES, "שלום", "\u202e", "\x1b[31m", "[b]", "👍🏽", "🇩🇪", "\ud800"]), st.text(max_size=3)
    )
).map("".join)


def transcript_with(*turns: str, speaker: str = "P", time: float | None = None) -> Transcript:
    """Return a transcript of these turns, a line apart."""
    text, made = "", []
    for place, words in enumerate(turns):
        made.append(Turn(place, speaker, "participant", len(text), len(text) + len(words), time))
        text += f"{words}\n"
    return Transcript("T", "transcripts/T.txt", text, "0", tuple(made))


def shown(layout: TextLayout) -> list[str]:
    """Return the text of each line, and the kind of a line that has none."""
    return [layout.visible[line.start : line.end] if line.kind == "text" else f"<{line.kind}>" for line in layout.lines]


def test_words_are_wrapped_and_keep_the_blank_after_them() -> None:
    layout = build_text_layout(transcript_with("one two three four"), 9)
    assert shown(layout) == ["<heading>", "one two ", "three ", "four"]


def test_blank_line_of_a_turn_stays_and_a_line_break_becomes_a_blank() -> None:
    layout = build_text_layout(transcript_with("one\ntwo\n\nthree"), 20)
    assert shown(layout) == ["<heading>", "one two  ", "<blank>", "three"]


def test_turns_are_a_blank_line_and_a_heading_apart() -> None:
    layout = build_text_layout(transcript_of("I: Why?\nP: Because.\n"), 20)
    assert shown(layout) == ["<heading>", "Why?", "<blank>", "<heading>", "Because."]


def test_plain_text_without_speakers_and_times_has_no_headings() -> None:
    layout = build_text_layout(transcript_with("one", "two", speaker=""), 20)
    assert shown(layout) == ["one", "<blank>", "two"]
    assert "<heading>" in shown(build_text_layout(transcript_with("one", speaker="", time=3), 20))


def test_word_that_is_too_wide_is_broken() -> None:
    assert shown(build_text_layout(transcript_with("a 123456789"), 4))[1:] == ["a 12", "3456", "789"]


def test_no_break_space_keeps_words_together() -> None:
    assert shown(build_text_layout(transcript_with("one two\u00a0x"), 8))[1:] == ["one ", "two\u00a0x"]


def test_east_asian_text_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert shown(build_text_layout(transcript_with("日本語です。"), 10))[1:] == ["日本語で", "す。"]


def test_header_of_the_source_is_above_the_first_turn() -> None:
    text = "Project X\nIn May\n\nWhy?"
    transcript = Transcript(
        "T", "T.txt", text, "0", (Turn(0, "I", "interviewer", 18, 22),), header="Project X\nIn May\n"
    )
    layout = build_text_layout(transcript, 20)
    assert [line.kind for line in layout.lines] == ["header", "header", "blank", "heading", "text"]
    assert [layout.visible[start:end] for start, end in layout.header] == ["Project X", "In May"]


def test_transcript_without_turns_has_no_lines() -> None:
    layout = build_text_layout(Transcript("T", "T.txt", "", "0", ()), 20)
    assert (layout.lines, layout.find_row(3), layout.locate(3), layout.find_offset(2, 5)) == ((), 0, (0, 0), 0)


def test_places_of_wide_and_combining_characters_are_counted_in_cells() -> None:
    layout = build_text_layout(transcript_with("日e\u0301x"), 20)
    assert [layout.locate(offset) for offset in range(5)] == [(1, 0), (1, 2), (1, 2), (1, 3), (1, 4)]
    assert [layout.find_offset(1, column) for column in range(5)] == [0, 0, 1, 3, 3]


def test_place_outside_the_turns_is_at_the_text_that_follows() -> None:
    transcript = transcript_of("I: Why?\nP: Because.\n")
    layout = build_text_layout(transcript, 20)
    between = transcript.text.index("P:") + 1
    assert layout.locate(0) == (1, 0)
    assert layout.locate(between) == (4, 0)
    assert layout.find_offset(3, 7) == transcript.turns[1].start  # the heading


@given(st.lists(SCRIPTS, min_size=1, max_size=4), st.integers(1, 30))
def test_every_character_of_a_turn_is_on_one_line(turns: list[str], width: int) -> None:
    transcript = transcript_with(*turns)
    layout = build_text_layout(transcript, width)
    on_lines = [offset for line in layout.lines if line.kind == "text" for offset in range(line.start, line.end)]
    assert on_lines == [offset for turn in transcript.turns for offset in range(turn.start, turn.end)]


@given(SCRIPTS, st.integers(1, 30))
def test_no_line_is_wider_than_the_screen(words: str, width: int) -> None:
    layout = build_text_layout(transcript_with(words), width)
    for line in layout.lines:
        text = layout.visible[line.start : line.end].rstrip(" ")
        assert cell_len(text) <= width or len(find_clusters(text)) == 1


@given(SCRIPTS, st.integers(1, 30))
def test_places_lead_back_to_the_first_character_that_shares_the_cells(words: str, width: int) -> None:
    layout = build_text_layout(transcript_with(words), width)
    for line in layout.lines:
        for start, end, _ in layout.clusters_of(line):
            for offset in range(line.start + start, line.start + end):
                assert layout.find_offset(*layout.locate(offset)) == line.start + start


@given(st.text())
def test_visible_text_has_no_control_characters_and_the_same_length(text: str) -> None:
    visible = make_visible_text(text)
    assert len(visible) == len(text)
    assert visible.isprintable() or not any(character in "\x1b\n\r\t\x9b\u202e\ud800" for character in visible)


def test_characters_that_are_counted_as_one_cell_have_one() -> None:
    singles = [chr(code) for code in range(0x10000) if has_single_cells(chr(code))]
    assert len(singles) > 1000
    assert [one for one in singles if get_character_cell_size(one) != 1] == []


@given(st.text(), st.integers(0, 12))
def test_shortened_text_is_not_wider_than_asked(text: str, width: int) -> None:
    visible = make_visible_text(text)
    short = shorten_text(visible, width)
    assert cell_len(short) <= width
    assert short == visible or short[-1:] in {"…", ""}


@pytest.mark.parametrize(
    ("text", "at", "word"),
    [
        ("The budget is gone.", 5, "budget"),
        ("The budget is gone.", 16, "gone"),
        ("The budget is gone.", 18, "gone."),
        ("a (well-known) one", 4, "well-known"),
        ("nobody can’t", 9, "can’t"),
        ("one  two", 3, " "),
        ("wait — yes", 5, "—"),
        ("日本語", 1, "本"),
    ],
)
def test_word_at_a_character_is_without_the_signs_around_it(text: str, at: int, word: str) -> None:
    start, end = find_word(text, at)
    assert text[start:end] == word


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_grown_span_holds_the_words_of_the_span(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    first, last = grow_to_words(text, start, end)
    assert text[start:end].strip() in text[first:last]
