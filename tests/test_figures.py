"""The figure of the network: PNG, SVG and PDF files, their text, reproducibility."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest

from builders import nodes_of
from qualcode.figures import draw_network, write_figure
from qualcode.figures.label_positions import Drawing, make_lines, place_labels
from qualcode.graphs import compute_layout


def node(name: str, units: int = 1, family: str = "f", colour: str = "#B5483A") -> dict[str, Any]:
    return {
        "name": name,
        "family": family,
        "group": f"Family {family}",
        "level": "code",
        "colour": colour,
        "group_colour": colour,
        "units": units,
    }


def graph(**names: str) -> nx.Graph[str]:
    example: nx.Graph[str] = nx.Graph(unit="sentence", coder="ana", universe_units=1234, universe_transcripts=5)
    for identifier, name in names.items():
        example.add_node(identifier, **node(name))
    return example


def network() -> nx.Graph[str]:
    example = graph(a="Culture", b="Return on investment, which nobody can measure", c="Ängste & <so>")
    example.add_node("d", **node("Never", 0, "g"))
    example.add_edge("a", "b", count=3, jaccard=0.5)
    example.add_edge("b", "c", count=1, jaccard=0.1)
    return example


def texts(path: Path) -> str:
    """Return all text of an SVG, lines joined with a space."""
    return " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())


def draw(graph: nx.Graph[str], path: Path, title: str = "Themes", **options: int) -> Path:
    write_figure(draw_network(graph, compute_layout(graph), title=title, **options), path)
    return path


def test_png_is_written(tmp_path: Path) -> None:
    content = draw(network(), tmp_path / "n.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) > 10_000


def test_pdf_is_written(tmp_path: Path) -> None:
    assert draw(network(), tmp_path / "n.PDF").read_bytes().startswith(b"%PDF")


def test_svg_contains_the_labels_as_text(tmp_path: Path) -> None:
    text = texts(draw(network(), tmp_path / "n.svg"))
    for words in ("Themes", "Culture", "Return on", "measure", "Ängste & <so>", "Family f", "together in 3"):
        assert words in text
    assert "Not drawn, since in no unit: 1 code (Never)." in text
    assert text.count("Never") == 1
    assert "1,234 units (sentence) of 5 transcripts" in text
    assert "coder ana" in text


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_same_counts_give_the_same_file(tmp_path: Path, ending: str) -> None:
    first, second = (draw(network(), tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert first == second


def test_only_the_strongest_links_are_drawn_and_the_figure_reports_it(tmp_path: Path) -> None:
    complete = draw_network(network(), compute_layout(network()), title="t")
    limited = draw_network(network(), compute_layout(network()), title="t", max_edges=1)
    lines = [len(figure.axes[0].lines) for figure in (complete, limited)]
    assert lines[0] - lines[1] == 1
    assert "the 1 strongest of 2 links" in texts(draw(network(), tmp_path / "n.svg", max_edges=1))
    assert "strongest" not in texts(draw(network(), tmp_path / "m.svg"))


@pytest.mark.parametrize("example", [graph(), graph(a="Alone")])
def test_network_without_links_or_nodes_can_be_drawn(tmp_path: Path, example: nx.Graph[str]) -> None:
    assert "Themes" in texts(draw(example, tmp_path / "n.svg"))
    assert draw(example, tmp_path / "n.png").stat().st_size > 1000


@pytest.mark.parametrize("name", ["$5 or $_x", "100 % \\frac{1}", "a_b^c", "A very long name " * 9, "x"])
def test_names_are_not_read_as_formulas(tmp_path: Path, name: str) -> None:
    example = graph(a=name, b="$y$")
    example.nodes["a"]["group"] = "Cost in $_$"
    example.add_edge("a", "b", count=1, jaccard=1.0)
    text = texts(draw(example, tmp_path / "n.svg", title="$_$ in"))
    assert all(word in text for word in ("$_$ in", "$y$", "Cost in $_$", *name.split()))


def test_drawing_changes_neither_the_graph_nor_matplotlib_settings(tmp_path: Path) -> None:
    import matplotlib as mpl

    example, settings = network(), dict(mpl.rcParams)
    draw(example, tmp_path / "n.svg")
    assert nodes_of(example) == nodes_of(network())
    assert dict(mpl.rcParams) == settings


def test_characters_missing_from_the_font_are_reported(tmp_path: Path) -> None:
    example = network()
    nx.set_node_attributes(example, dict.fromkeys(example, "\U0001f9ff \ue123"), "name")
    warning = write_figure(draw_network(example, compute_layout(example), title="x"), tmp_path / "n.png")
    assert warning.startswith("the font lacks some characters of the names")
    assert write_figure(draw_network(network(), compute_layout(network()), title="x"), tmp_path / "m.png") == ""


def test_characters_stay_text_in_svg_whatever_the_font(tmp_path: Path) -> None:
    example = network()
    nx.set_node_attributes(example, dict.fromkeys(example, "\U0001f9ff \ue123"), "name")
    assert write_figure(draw_network(example, compute_layout(example), title="x"), tmp_path / "n.svg") == ""


def widths(example: nx.Graph[str]) -> list[float]:
    figure = draw_network(example, compute_layout(example), title="t")
    return sorted(line.get_linewidth() for line in figure.axes[0].lines)


def test_links_that_all_count_one_are_thin_and_wider_ones_have_more_units() -> None:
    alike = graph(a="A", b="B", c="C")
    alike.add_edges_from([("a", "b"), ("b", "c")], count=1, jaccard=1.0)
    assert widths(alike) == [1.0, 1.0]
    alike.edges["b", "c"]["count"] = 40
    thin, wide = widths(alike)
    assert (thin, wide) == (1.0, 7.6)


def test_legend_has_the_counts_that_occur_and_no_link_where_there_is_none(tmp_path: Path) -> None:
    text = texts(draw(network(), tmp_path / "n.svg"))
    assert text.count("together in") == 2
    assert "together in 1 unit " in text
    bare = texts(draw(graph(a="A", b="B"), tmp_path / "m.svg"))
    assert "together in" not in bare
    assert "line width" not in bare
    assert (
        "No links: no two codes occur together often enough in one unit (sentence). A wider unit, such as window:3"
        in bare
    )


def test_caption_names_codes_without_a_link(tmp_path: Path) -> None:
    example = network()
    example.add_node("e", **node("Alone"))
    assert "1 code without a link: Alone." in texts(draw(example, tmp_path / "n.svg"))
    limited = texts(draw(example, tmp_path / "m.svg", max_edges=1))
    assert "2 codes without one of these links: Ängste & <so>, Alone." in limited


@pytest.mark.parametrize("title", ["Why they stay " * 12, "聞き取り調査" * 20, "x" * 300])
def test_title_and_labels_lie_within_the_picture(title: str) -> None:
    example = network()
    figure = draw_network(example, compute_layout(example), title=title)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    inside = figure.bbox.padded(-10)
    with pytest.warns(UserWarning, match="missing from") if not title.isascii() else nullcontext():
        extents = [text.get_window_extent(renderer) for text in (*figure.texts, *figure.axes[0].texts)]
    assert all(inside.x0 <= box.x0 and box.x1 <= inside.x1 for box in extents)
    assert all(inside.y0 <= box.y0 and box.y1 <= inside.y1 for box in extents)


def test_very_long_names_are_cut_in_labels() -> None:
    example = network()
    first = next(iter(example))
    example.nodes[first]["name"] = "Very long name " * 16
    figure = draw_network(example, compute_layout(example), title="t")
    (label,) = [text.get_text() for text in figure.axes[0].texts if text.get_text().startswith("Very long")]
    assert label.count("\n") == 3
    assert label.endswith("…")


def test_label_takes_the_first_side_that_is_free() -> None:
    """Below is a line, above another circle, right the side of the drawing: left is free."""
    drawing = Drawing(
        area=(0, 0, 120, 100),
        centres=np.array([(100.0, 50.0), (100.0, 75.0)]),
        radii=np.array([5.0, 5.0]),
        lines=make_lines([((60, 35), (120, 35))]),
        line_widths=np.array([2.0]),
    )
    first, _ = place_labels(drawing, np.array([(40.0, 10.0), (20.0, 10.0)]))
    assert first.tolist() == [72.0, 50.0]


def test_pictures_of_many_codes_are_larger() -> None:
    sizes = []
    for count in (30, 60, 130):
        example = graph(**{f"c{number}": "x" for number in range(count)})
        positions = {name: (float(number), number % 7.0) for number, name in enumerate(example)}
        sizes.append(draw_network(example, positions, title="t").get_size_inches().round(2).tolist())
    assert sizes == [[11.5, 8.19], [16.26, 11.59], [23.0, 16.39]]


def test_labels_do_not_cover_one_another() -> None:
    centres = np.array([(50.0, 50.0), (70.0, 50.0)])
    drawing = Drawing((0, 0, 120, 100), centres, np.array([5.0, 5.0]), make_lines([]), np.array([]))
    sizes = np.array([(30.0, 10.0), (30.0, 10.0)])
    (x, y), (u, v) = place_labels(drawing, sizes)
    assert abs(x - u) >= 30 or abs(y - v) >= 10
