"""HTML of explanations and of highlighted transcripts: spans, colours, and escaped texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import UnknownNameError
from qualcode.project import Project
from qualcode.suggest.explanations.explanation import Explanation
from qualcode.suggest.explanations.html_spans import GREY, Mark, highlight_spans, tint, underline_spans, weight_colour
from studies import coded_study, small_study, write

EVIL = "<script>alert(1)</script> & we wait"


def test_highlight_spans_marks_words_and_keeps_the_rest() -> None:
    html = highlight_spans("We wait, long.", [Mark(3, 7, "+0.7", "#aabbcc"), Mark(0, 2, "-0.1", "nonsense")])
    assert html.count("<mark") == 2
    assert "#aabbcc" in html
    assert f"background: {GREY}" in html
    assert "</mark>, long." in html


def test_underline_spans_draws_overlapping_spans_below_each_other() -> None:
    html = underline_spans("We wait a week.", [Mark(0, 15, "a/b 0.50", "#112233"), Mark(0, 15, "a/c 0.40", "#445566")])
    assert html.count("a/b 0.50") == html.count("a/c 0.40") == 1
    assert html.count("#112233") > 4
    assert "top: 30px" in html
    assert "top: 46px" in html


@pytest.mark.parametrize("draw", [highlight_spans, underline_spans])
def test_texts_and_labels_are_escaped(draw: object) -> None:
    assert callable(draw)
    for marks in ([], [Mark(0, 8, "<b>x</b>")], [Mark(0, len(EVIL), "<b>x</b>")]):
        html = draw(EVIL, marks)
        assert "<script" not in html
        assert "<b>" not in html
        assert "&lt;script&gt;" in html


def test_html_has_no_external_resources() -> None:
    html = highlight_spans("We wait", [Mark(0, 2, "a")]) + underline_spans("We wait", [Mark(0, 2, "a")])
    assert not any(word in html for word in ("http", "src=", "<link", "<script", "<html"))


def test_weight_colour_follows_sign_and_size() -> None:
    green, pale, red = weight_colour(2), weight_colour(0.1), weight_colour(-2)
    assert int(green[3:5], 16) > int(green[1:3], 16)
    assert int(red[1:3], 16) > int(red[3:5], 16)
    assert int(pale[1:3], 16) > int(green[1:3], 16)
    assert tint("#000000", 0.5) == "#808080"
    assert tint("red; x", 1) == GREY.lower()


def test_explanation_has_html(tmp_path: Path) -> None:
    html = Project(coded_study(tmp_path, coder="ana")).why("57c9e3eb24")._repr_html_()
    assert "<b>skills/patience</b> Patience" in html
    assert html.count("<mark") == 2
    assert "trained on ana&#x27;s codings" in html
    assert "“I wait a week.”" in html
    assert "+0.7 doubles the odds" in html


def test_explanation_html_of_another_maker_has_its_reasons() -> None:
    explanation = Explanation("i", "<T>", 1, 0, 4, "<P>", EVIL, "a/b", "<B>", 0.2, "<names>", "says <it>")
    html = explanation._repr_html_()
    assert "&lt;names&gt;: says &lt;it&gt;" in html
    assert not any(f"<{word}>" in html for word in ("T", "P", "B", "names", "it", "script"))


def test_highlight_shows_suggestions_of_a_transcript(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path, coder="ana"))
    shown = project.highlight("D", min_score=0.5, maker="learner")
    assert (shown.transcript, shown.suggestions) == ("D", 1)
    html = shown._repr_html_()
    assert html.count("skills/patience 0.") == 1
    assert "What is hard?" in html
    assert "Nobody listens." in html
    assert any("scores rank and are not probabilities" in said for said in shown.notes)
    with pytest.raises(UnknownNameError):
        project.highlight("S*")


def test_highlight_uses_colours_of_the_codebook(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    book = (root / "codebooks/work.yaml").read_text(encoding="utf-8")
    write(root, "codebooks/work.yaml", book.replace("name: Fear\n", "name: Fear\n    colour: '#112233'\n"))
    write(root, "transcripts/A.txt", f"I: So?\n\nP: {EVIL} in fear.\n")
    html = Project(root).highlight("A")._repr_html_()
    assert tint("#112233", 0.55) in html
    assert "<script" not in html
