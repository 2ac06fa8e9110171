"""Lines of a transcript as they are drawn: their width, and what is emphasised in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from qualcode.model import Transcript, Turn
from qualcode.review.transcript_view.drawn_lines import TEXT_LEFT, Highlights, Span, ViewContent, draw_line
from qualcode.review.transcript_view.mark_colours import Surface
from qualcode.review.transcript_view.mark_labels import arrange_labels
from qualcode.review.transcript_view.mark_rows import place_marks
from qualcode.review.transcript_view.marks import Mark
from qualcode.review.transcript_view.text_layout import build_text_layout
from qualcode.review.transcript_view.view_styles import STYLE_NAMES, ViewStyles
from test_text_layout import FAMILY, SCRIPTS

STYLES = ViewStyles(
    Style(color="#ffffff", bgcolor="#000000"),
    {name: Style(reverse=True) if name == "selection" else Style.null() for name in STYLE_NAMES},
    Surface("#000000", ("#ffffff",)),
)
TEXT, LABELS = 30, 20
"""Cells of the text and of the labels."""
WIDTH = TEXT_LEFT + TEXT + 1 + LABELS
SPANS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda bounds: (min(bounds), max(bounds)))


def transcript_with(words: str, speaker: str = "P") -> Transcript:
    return Transcript("T", "T.txt", words, "0", (Turn(0, speaker, "participant", 0, len(words)),))


@given(SCRIPTS, st.lists(st.tuples(SPANS, SCRIPTS), max_size=6), SPANS, SPANS, SCRIPTS)
def test_every_line_is_as_wide_as_the_screen(
    words: str, spans: list[tuple[Span, str]], cursor: Span, selection: Span, speaker: str
) -> None:
    transcript = transcript_with(words, speaker)
    layout = build_text_layout(transcript, TEXT)
    marks = [
        Mark(str(number), start, end, "f/c", label, "#D55E00") for number, ((start, end), label) in enumerate(spans)
    ]
    rows = place_marks(marks, layout)
    labels = arrange_labels(list(rows.placed.values()), range(len(layout.lines)), width=LABELS, current="0")
    highlights = Highlights(cursor, selection, "0", [selection])
    view = ViewContent(transcript, layout, STYLES, highlights, WIDTH)
    for row in range(len(layout.lines)):
        drawn = draw_line(view, row, rows.find_marks(row, row), labels.get(row, []))
        assert sum(cell_len(segment.text) for segment in drawn.strip) == WIDTH
        assert not any(character in drawn.strip.text for character in "\x1b\n\t\r\x00\u202e\ud800")


def test_characters_that_share_cells_are_not_divided() -> None:
    transcript = transcript_with(f"a {FAMILY} b")
    layout = build_text_layout(transcript, TEXT)
    view = ViewContent(transcript, layout, STYLES, Highlights(selection=(0, 4)), WIDTH)
    assert any(FAMILY in segment.text for segment in draw_line(view, 1, [], []).strip)


@given(st.text("ab e\u0301日", min_size=1, max_size=25), st.data())
def test_selected_words_are_reverse_and_no_others(words: str, data: st.DataObject) -> None:
    transcript = transcript_with(words)
    layout = build_text_layout(transcript, 100)
    line = next(line for line in layout.lines if line.kind == "text")
    # Characters that share cells are selected together.
    places = [*(start for start, _, _ in layout.clusters_of(line)), len(words)]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    view = ViewContent(transcript, layout, STYLES, Highlights(selection=(start, end)), WIDTH)
    drawn = draw_line(view, layout.find_row(0), [], [])
    chosen = "".join(segment.text for segment in drawn.strip if segment.style and segment.style.reverse)
    shown = layout.visible.rstrip(" ")
    assert chosen == shown[start : min(end, len(shown))]
