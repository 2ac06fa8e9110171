"""The picture of the network: written as PNG and SVG, the same twice, with its labels as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest

from builders import nodes_of
from qualcode.figures import draw_network, write_figure
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
    made: nx.Graph[str] = nx.Graph(unit="sentence", coder="ana", universe_units=1234, universe_transcripts=5)
    for identifier, name in names.items():
        made.add_node(identifier, **node(name))
    return made


def network() -> nx.Graph[str]:
    made = graph(a="Culture", b="Return on investment, which nobody can measure", c="Ängste & <so>")
    made.add_node("d", **node("Never", 0, "g"))
    made.add_edge("a", "b", count=3, jaccard=0.5)
    made.add_edge("b", "c", count=1, jaccard=0.1)
    return made


def texts(path: Path) -> str:
    """Return all text of an SVG, lines joined with a space."""
    return " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())


def drawn(made: nx.Graph[str], path: Path, title: str = "Themes", **options: int) -> Path:
    write_figure(draw_network(made, compute_layout(made), title=title, **options), path)
    return path


def test_a_png_is_a_picture(tmp_path: Path) -> None:
    content = drawn(network(), tmp_path / "n.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) > 10_000


def test_a_pdf_is_one(tmp_path: Path) -> None:
    assert drawn(network(), tmp_path / "n.PDF").read_bytes().startswith(b"%PDF")


def test_an_svg_holds_the_labels_as_text(tmp_path: Path) -> None:
    said = texts(drawn(network(), tmp_path / "n.svg"))
    for words in ("Themes", "Culture", "Return on", "measure", "Ängste & <so>", "Family f", "together in 3"):
        assert words in said
    assert "Never" not in said
    assert "1,234 units (sentence) of 5 transcripts" in said
    assert "coder ana" in said


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_same_counts_give_the_same_file(tmp_path: Path, ending: str) -> None:
    first, second = (drawn(network(), tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert first == second


def test_only_the_strongest_links_are_drawn_and_the_picture_says_so(tmp_path: Path) -> None:
    all_of_them = draw_network(network(), compute_layout(network()), title="t")
    one = draw_network(network(), compute_layout(network()), title="t", max_edges=1)
    lines = [len(figure.axes[0].lines) for figure in (all_of_them, one)]
    assert lines[0] - lines[1] == 1
    assert "the 1 strongest of 2 links" in texts(drawn(network(), tmp_path / "n.svg", strongest=1))
    assert "strongest" not in texts(drawn(network(), tmp_path / "m.svg"))


@pytest.mark.parametrize("made", [graph(), graph(a="Alone")])
def test_a_network_without_links_or_nodes_can_be_drawn(tmp_path: Path, made: nx.Graph[str]) -> None:
    assert "Themes" in texts(drawn(made, tmp_path / "n.svg"))
    assert drawn(made, tmp_path / "n.png").stat().st_size > 1000


@pytest.mark.parametrize("name", ["$5 or $_x", "100 % \\frac{1}", "a_b^c", "A very long name " * 9, "x"])
def test_names_are_never_taken_for_formulas(tmp_path: Path, name: str) -> None:
    made = graph(a=name, b="$y$")
    made.nodes["a"]["group"] = "Cost in $_$"
    made.add_edge("a", "b", count=1, jaccard=1.0)
    said = texts(drawn(made, tmp_path / "n.svg", title="$_$ in"))
    assert all(word in said for word in ("$_$ in", "$y$", "Cost in $_$", *name.split()))


def test_drawing_leaves_the_graph_and_matplotlib_as_they_were(tmp_path: Path) -> None:
    import matplotlib as mpl

    made, settings = network(), dict(mpl.rcParams)
    drawn(made, tmp_path / "n.svg")
    assert nodes_of(made) == nodes_of(network())
    assert dict(mpl.rcParams) == settings


def test_letters_that_no_font_has_are_told(tmp_path: Path) -> None:
    made = network()
    nx.set_node_attributes(made, dict.fromkeys(made, "\U0001f9ff \ue123"), "name")
    told = write_figure(draw_network(made, compute_layout(made), title="x"), tmp_path / "n.png")
    assert told.startswith("some letters of the names are in no font of this picture")
    assert write_figure(draw_network(network(), compute_layout(network()), title="x"), tmp_path / "m.png") == ""


def test_letters_stay_text_in_svg_whatever_the_font(tmp_path: Path) -> None:
    made = network()
    nx.set_node_attributes(made, dict.fromkeys(made, "\U0001f9ff \ue123"), "name")
    assert write_figure(draw_network(made, compute_layout(made), title="x"), tmp_path / "n.svg") == ""
