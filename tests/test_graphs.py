"""Co-occurrence as a graph: attributes of nodes and edges, GraphML and GEXF files, the layout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from lxml import etree

from builders import book_of, coding_of, nodes_of, transcript_of, universe_of
from qualcode.errors import UsageError
from qualcode.export.network_files import draw_figure, save_network
from qualcode.graphs import GREY, EdgeRules, build_network, clean_graph, compute_layout, write_gexf, write_graphml
from qualcode.incidence import CodeSet, Incidence, count_cooccurrence, incidence, list_code_sets
from qualcode.model import Codebook
from qualcode.tables import cooccurrence_table

TALK = transcript_of("P: We lost, badly. We won. We lost. So.", name="T1")
ALL = np.array([True])


def book() -> Codebook:
    plain = book_of(["f/a", "f/b", "f/b/x", "g/c", "g/d"], themes={"th": ["f/a", "g/c"]})
    families = (replace(plain.families[0], name="Fears", colour="#B5483A"), plain.families[1])
    codes = (replace(plain.codes[0], name="Ängste & <so>"), *plain.codes[1:])
    return replace(plain, families=families, codes=codes)


def counted() -> Incidence:
    codings = [
        coding_of(TALK, "We lost, badly.", "f/a"),
        coding_of(TALK, "We lost, badly. We won.", "g/c"),
        coding_of(TALK, "We won.", "f/b/x"),
        coding_of(TALK, "We lost.", "f/a"),
        coding_of(TALK, "We lost.", "g/c"),
    ]
    return incidence(codings, universe_of([TALK], book()), codes=tuple(book().by_id), coder="ana")


def rows() -> list[CodeSet]:
    return list_code_sets(book(), levels=["code", "theme"])


def graph(min_count: int = 1) -> nx.Graph[str]:
    return build_network(counted(), rows(), ALL, rules=EdgeRules(min_count))


def test_every_code_set_is_a_node_with_its_attributes_and_counts() -> None:
    nodes = nodes_of(graph())
    assert list(nodes) == ["f/a", "f/b", "f/b/x", "g/c", "g/d", "th"]
    attributes = "name family level colour units codings cases words".split()
    assert {key: nodes["f/a"][key] for key in attributes} == {
        "name": "Ängste & <so>",
        "family": "f",
        "level": "code",
        "colour": "#B5483A",
        "units": 2,
        "codings": 2,
        "cases": 1,
        "words": 5,
    }
    assert (nodes["g/d"]["units"], nodes["g/d"]["colour"]) == (0, GREY)
    assert (nodes["th"]["units"], nodes["th"]["level"]) == (3, "theme")


def test_edges_are_pairs_that_occur_together() -> None:
    promised = {
        frozenset(pair): {name: edge[name] for name in ("count", "jaccard", "weight")}
        for *pair, edge in graph().edges(data=True)
    }
    assert promised == {
        frozenset({"f/a", "g/c"}): {"count": 2, "jaccard": round(2 / 3, 6), "weight": 2},
        frozenset({"f/b", "g/c"}): {"count": 1, "jaccard": round(1 / 3, 6), "weight": 1},
        frozenset({"f/b/x", "g/c"}): {"count": 1, "jaccard": round(1 / 3, 6), "weight": 1},
        frozenset({"f/b", "th"}): {"count": 1, "jaccard": round(1 / 3, 6), "weight": 1},
        frozenset({"f/b/x", "th"}): {"count": 1, "jaccard": round(1 / 3, 6), "weight": 1},
    }


@pytest.mark.parametrize(("min_count", "edges"), [(-1, 5), (0, 5), (1, 5), (2, 1), (3, 0)])
def test_min_count_leaves_out_rare_pairs_but_no_nodes(min_count: int, edges: int) -> None:
    assert graph(min_count).number_of_edges() == edges
    assert graph(min_count).number_of_nodes() == 6


def test_graph_has_unit_coder_and_base() -> None:
    base = {"unit": "sentence", "coder": "ana", "universe_units": 4, "universe_transcripts": 1}
    assert graph().graph == base | {"measure": "count", "min_count": 1}


def test_graph_and_table_agree() -> None:
    table = cooccurrence_table([counted()], rows(), [{(): ALL}], by=[], zeros=False)
    pairs = {(row.code_a, row.code_b): (row.count, row.jaccard) for row in table.itertuples()}
    edges = {(a, b): (edge["count"], edge["jaccard"]) for a, b, edge in graph().edges(data=True)}
    assert edges == pairs
    counts = count_cooccurrence(counted(), rows(), ALL)
    assert [units for _, units in graph().nodes(data="units")] == np.diag(counts.joint_units).tolist()


def test_graphml_read_back_is_the_same(tmp_path: Path) -> None:
    network = graph()
    write_graphml(network, tmp_path / "n.graphml")
    again = nx.read_graphml(tmp_path / "n.graphml")
    assert nodes_of(again) == nodes_of(network)
    for a, b, edge in network.edges(data=True):
        assert {key: again.edges[a, b][key] for key in edge} == edge
    assert again.graph["coder"] == "ana"


def test_gexf_read_back_has_labels_colours_and_sizes(tmp_path: Path) -> None:
    network = graph()
    write_gexf(network, tmp_path / "n.gexf")
    again = nx.read_gexf(tmp_path / "n.gexf")
    assert set(again.nodes) == set(network.nodes)
    node = again.nodes["f/a"]
    assert (node["label"], node["units"], node["name"]) == ("Ängste & <so>", 2, "Ängste & <so>")
    assert {part: node["viz"]["color"][part] for part in "rgb"} == {"r": 0xB5, "g": 0x48, "b": 0x3A}
    assert again.nodes["g/c"]["viz"]["size"] > node["viz"]["size"] > again.nodes["g/d"]["viz"]["size"]
    assert (again.edges["f/a", "g/c"]["count"], again.edges["f/a", "g/c"]["weight"]) == (2, 2)


def test_writing_does_not_change_the_graph(tmp_path: Path) -> None:
    network = graph()
    write_gexf(network, tmp_path / "n.gexf")
    write_graphml(network, tmp_path / "n.graphml")
    assert nodes_of(network) == nodes_of(graph())


FORBIDDEN = "\x00\x01\x0b\x1b\ud800\ufffe\uffff"
"""Characters that no XML file can hold."""


def graph_with(text: str) -> nx.Graph[str]:
    """Return a graph that has a text in its attributes, those of nodes and edges, their names, and an id."""
    network = graph()
    network.graph[f"made{text}by"] = f"ana{text}b"
    network.nodes["f/a"].update({"name": f"Fear{text}s", "group": text})
    network.edges["f/a", "g/c"]["note"] = f"{text}x"
    return nx.relabel_nodes(network, {"g/d": f"g/{text}d"})


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "svg", "png", "pdf"])
def test_characters_that_network_files_cannot_hold_are_left_out_and_noted(tmp_path: Path, suffix: str) -> None:
    path, notes = save_network(graph_with(FORBIDDEN), tmp_path / f"n.{suffix}", title=f"A{FORBIDDEN} title")
    # Six texts of seven characters.
    assert notes == [f"{path}: left out 42 control characters of names, which such files cannot hold"]
    if suffix in {"graphml", "gexf", "svg"}:
        etree.parse(path)


def test_a_drawn_figure_can_be_saved_as_svg_whatever_the_names_hold(tmp_path: Path) -> None:
    draw_figure(graph_with(FORBIDDEN), title=FORBIDDEN).savefig(tmp_path / "n.svg")
    assert etree.parse(tmp_path / "n.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_cleaning_a_graph_changes_nothing_else_and_not_the_graph_itself() -> None:
    hostile = graph_with(FORBIDDEN)
    cleaned, removed = clean_graph(hostile)
    assert removed == 42
    assert nx.utils.graphs_equal(hostile, graph_with(FORBIDDEN))
    assert nx.utils.graphs_equal(cleaned, graph_with(""))
    assert nx.utils.graphs_equal(clean_graph(graph())[0], graph())


@pytest.mark.parametrize("suffix", ["graphml", "gexf"])
def test_a_graph_with_an_attribute_that_files_cannot_hold_is_refused(tmp_path: Path, suffix: str) -> None:
    network = graph()
    network.nodes["f/a"]["members"] = ["x"]
    with pytest.raises(UsageError, match="an attribute of the graph cannot be written"):
        save_network(network, tmp_path / f"n.{suffix}", title="")
    assert not list(tmp_path.iterdir())


def test_empty_graph_can_be_written(tmp_path: Path) -> None:
    network = build_network(counted(), [], ALL)
    write_gexf(network, tmp_path / "n.gexf")
    write_graphml(network, tmp_path / "n.graphml")
    assert len(nx.read_graphml(tmp_path / "n.graphml")) == 0
    assert len(nx.read_gexf(tmp_path / "n.gexf")) == 0
    assert compute_layout(network) == {}


def test_every_code_set_that_occurs_has_a_distinct_position() -> None:
    positions = compute_layout(graph())
    assert list(positions) == ["f/a", "f/b", "f/b/x", "g/c", "th"]
    assert len(set(positions.values())) == 5
    assert all(np.isfinite(position).all() for position in positions.values())


def test_single_code_set_has_a_position() -> None:
    assert list(compute_layout(build_network(counted(), rows()[:1], ALL))) == ["f/a"]
    assert compute_layout(build_network(counted(), rows()[4:5], ALL)) == {}


def test_layout_is_the_same_every_time() -> None:
    assert compute_layout(graph()) == compute_layout(graph())


@pytest.mark.slow
def test_layout_is_the_same_in_every_process() -> None:
    """Even if few of many code sets occur: networkx iterates over a small subgraph in the order of a set."""
    program = (
        "import networkx as nx; from qualcode.graphs import compute_layout; g = nx.Graph()\n"
        "for n in range(30): g.add_node(f'f/c{n}', units=int(n % 4 == 0), jaccard=0)\n"
        "g.add_edge('f/c4', 'f/c8', count=1, jaccard=0.5); print(list(compute_layout(g).items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().count(b"f/c") == 8
