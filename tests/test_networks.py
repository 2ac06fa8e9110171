"""Networks of a study: what edges and nodes carry, tables of their structure, files and commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import nodes_of
from qualcode.errors import UnknownNameError, UsageError
from qualcode.export.network_files import save_network
from qualcode.graphs import EdgeRules
from qualcode.project import Project
from studies import Shell, coded_study, write


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The small study as ana has coded it.

    In units of transcripts: A has money, roi and fear, B patience, C money; money and fear are linked in A (roi and
    fear too), and money and roi are no pair.
    """
    return Project(coded_study(tmp_path / "study", ben=False))


def many_turns(root: Path) -> Project:
    """Write a study of six interviews with five turns each, in which turns have the codes that letters name."""
    codes = {"a": "f/a", "b": "f/b", "c": "f/c", "d": "f/d"}
    write(root, "qualcode.yaml", "language: en\nunit: turn\n")
    write(
        root,
        "codebooks/f.yaml",
        "family: f\ncodes:\n" + "".join(f"  - {{id: {x}, name: {x.upper()}}}\n" for x in codes),
    )
    interviews = {
        "A": ["ab", "ab", "c", "", "d"],
        "B": ["ab", "a", "bc", "", ""],
        "C": ["ab", "b", "", "cd", ""],
        "D": ["a", "bd", "cd", "cd", ""],
        "E": ["cd", "cd", "", "a", "b"],
        "F": ["cd", "", "cd", "ad", ""],
    }
    write(
        root,
        "transcripts/cases.csv",
        "case,side\n" + "".join(f"{x},{'x' if x in 'ABC' else 'y'}\n" for x in interviews),
    )
    for name, turns in interviews.items():
        text = "\n\n".join(f"I: Ask {at}?\n\nP: Reply {at}." for at in range(len(turns)))
        write(root, f"transcripts/{name}.txt", text + "\n")
    study = Project(root)
    for name, turns in interviews.items():
        for at, letters in enumerate(turns):
            for letter in letters:
                study.code(name, codes[letter], f"Reply {at}.", coder="ana")
    study.done([*interviews], coder="ana")
    return study


def row_of(table: pd.DataFrame, code: str) -> Any:
    """Return the row of a code."""
    (found,) = rows_of(table[table["code"] == code])
    return found


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, whose columns are attributes."""
    return list(table.itertuples())


# --- edges ----------------------------------------------------------------------------------------------------


def test_edges_carry_the_measures_and_tests_of_the_table(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    graph = study.network(significance=True)
    table = study.cooccurrence(significance=True)
    assert graph.number_of_edges() == len(table) == 5
    for pair in table.to_dict("records"):
        edge = graph.edges[pair["code_a"], pair["code_b"]]
        defined = {name: value for name, value in pair.items() if name in edge}
        assert {name: edge[name] for name in defined} == defined
        assert {"npmi", "lift", "p_permutation", "q_permutation", "direction"} <= set(defined)
    assert "p_permutation" not in next(iter(study.network().edges(data=True)))[2]


def test_weight_is_the_measure_and_pairs_without_it_are_not_linked(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    graph = study.network(measure="npmi")
    table = study.cooccurrence()
    linked = table[table["npmi"] > 0]
    assert 0 < len(linked) < len(table)
    assert {(a, b): edge["weight"] for a, b, edge in graph.edges(data=True)} == dict(
        zip(zip(linked["code_a"], linked["code_b"], strict=True), linked["npmi"], strict=True)
    )
    assert "weight: npmi; pairs for which it is 0 or less are not linked" in graph.graph["notes"]
    assert [edge["weight"] for *_, edge in study.network().edges(data=True)] == [
        edge["count"] for *_, edge in study.network().edges(data=True)
    ]


def test_backbone_keeps_edges_that_stand_out_and_says_how_many(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    graph = study.network(backbone=0.3)
    assert all(edge["disparity"] < 0.3 for *_, edge in graph.edges(data=True))
    assert graph.number_of_nodes() == 4
    assert 0 < graph.number_of_edges() < 5
    assert f"backbone: {graph.number_of_edges()} of 5 edges stand out" in graph.graph["notes"]
    with pytest.raises(UsageError, match="backbone: a level of significance is between 0 and 1"):
        study.network(backbone=2.0)


def test_networks_by_overlap_and_stanza(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    for unit in ("overlap", "stanza:2"):
        graph = study.network(unit=unit)
        table = study.cooccurrence(unit=unit)
        assert {(a, b): edge["count"] for a, b, edge in graph.edges(data=True)} == {
            (pair.code_a, pair.code_b): pair.count for pair in table.itertuples()
        }
        assert graph.graph["unit"] == unit
    assert nodes_of(study.network(unit="overlap"))["f/a"]["units"] == 8


def test_nodes_have_community_and_centralities_even_without_edges(tmp_path: Path, project: Project) -> None:
    nodes = nodes_of(many_turns(tmp_path / "many").network())
    assert {name: nodes["f/a"][name] for name in ("degree", "strength")} == {"degree": 2, "strength": 5}
    assert {node: values["community"] for node, values in nodes.items()} == {"f/a": 1, "f/b": 1, "f/c": 2, "f/d": 2}
    for values in nodes_of(project.network(coder="ana")).values():
        assert [values[name] for name in ("community", "degree", "strength", "betweenness", "closeness")] == [0] * 5
    assert len(project.network(coder="ana", code="work/fear")) == 1


def test_graphs_of_two_processes_are_alike(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    assert nx.utils.graphs_equal(study.network(), Project(study.study.root).network())


# --- centralities and communities -----------------------------------------------------------------------------


def test_centralities_are_those_of_the_graph_within_their_intervals(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    nodes = nodes_of(study.network())
    table = study.centrality(replicates=300)
    assert table["strength"].tolist() == sorted(table["strength"], reverse=True)
    for one in rows_of(table):
        for name in ("degree", "strength", "betweenness", "closeness"):
            assert getattr(one, name) == pytest.approx(nodes[one.code][name], abs=1e-5)
            assert getattr(one, f"{name}_low") <= getattr(one, name) <= getattr(one, f"{name}_high")
    assert "percentile bootstrap over transcripts, 300 replicates, seed 0" in table.attrs["notes"][-1]
    again = study.centrality(replicates=300)
    pd.testing.assert_frame_equal(table, again)


def test_strength_interval_is_that_of_resampled_transcripts(tmp_path: Path) -> None:
    """The strength of a is 2 in A, 1 in B, 1 in C, 0 in D and E, and 1 in F: a with b or d."""
    table = many_turns(tmp_path).centrality(replicates=4000)
    drawn = np.random.default_rng(3).choice([2, 1, 1, 0, 0, 1], size=(20_000, 6)).sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    one = row_of(table, "f/a")
    assert (one.strength, one.strength_low, one.strength_high) == (5, low, high)


def test_centralities_without_pairs_are_zero_and_one_transcript_has_no_interval(project: Project) -> None:
    table = project.centrality(coder="ana", replicates=100)
    assert set(table["strength"]) == {0}
    assert table["strength_low"].isna().all()
    assert any("no two codes occur together" in note for note in table.attrs["notes"])
    alone = project.centrality(coder="ana", unit="transcript", transcripts="A", replicates=100)
    assert alone["strength"].max() == 2
    assert alone["strength_low"].isna().all()
    assert len(project.centrality(coder="ana", code="work/fear")) == 1


def test_communities_and_their_stability(tmp_path: Path) -> None:
    table = many_turns(tmp_path).communities(replicates=100)
    assert dict(zip(table["code"], table["community"], strict=True)) == {"f/a": 1, "f/b": 1, "f/c": 2, "f/d": 2}
    # The one other code of a community is as often with a code as that is with it.
    assert row_of(table, "f/c").stability == row_of(table, "f/d").stability > 0.8
    note = table.attrs["notes"][-1]
    assert note.startswith("ana: 2 communities (Louvain), modularity 0.")
    assert "over 100 resamples of transcripts two codes of one community are together in" in note


def test_communities_without_pairs(project: Project) -> None:
    table = project.communities(coder="ana", replicates=10)
    assert set(table["community"]) == {0}
    assert table["stability"].isna().all()
    assert table.attrs["notes"][-1] == "ana: no communities, since no two codes are linked"


@pytest.mark.parametrize("method", ["centrality", "communities", "network_difference", "sequences"])
def test_negative_seeds_are_refused(project: Project, method: str) -> None:
    options = {"by": "group"} if method == "network_difference" else {}
    with pytest.raises(UsageError, match="seed: must be at least 0, not -1"):
        getattr(project, method)(seed=-1, coder="ana", **options)


def test_groups_and_coders_have_networks_of_their_own(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    table = study.centrality(by="side", replicates=100)
    assert table.columns[:2].tolist() == ["side", "code"]
    graphs = study.networks(by="side")
    for one in rows_of(table):
        assert one.strength == nodes_of(graphs[(one.side,)])[one.code]["strength"]


# --- groups, cases, one code ----------------------------------------------------------------------------------


def test_differences_between_two_groups_counted_by_hand(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    table = study.network_difference(by="side", replicates=200, permutations=2000)
    first = rows_of(table)[0]
    # a and b are together in four turns of A, B and C, and in none of D, E and F.
    found = {(one.code_a, one.code_b): one for one in rows_of(table)}
    pair = found["f/a", "f/b"]
    assert (pair.group_1, pair.group_2, pair.count_1, pair.count_2, pair.units_1, pair.units_2) == (
        "x",
        "y",
        4,
        0,
        15,
        15,
    )
    assert pair.difference == round(4 / 15, 6)
    assert abs(first.difference) >= pair.difference
    # Two of twenty divisions of the cases have a difference as large.
    assert pair.p_permutation == pytest.approx(0.1, abs=0.03)
    assert found["f/c", "f/d"].difference == round(1 / 15 - 6 / 15, 6)
    assert study.network_difference(by="side", min_count=7)["code_a"].tolist() == ["f/c"]


def test_difference_graph_has_signed_weights(tmp_path: Path) -> None:
    study = many_turns(tmp_path)
    table = study.network_difference(by="side", replicates=100, permutations=50)
    ((labels, graph),) = study.difference_graphs(table).items()
    assert labels == ("x", "y")
    assert graph.edges["f/a", "f/b"]["weight"] == round(4 / 15, 6)
    assert graph.edges["f/c", "f/d"]["weight"] == round(-5 / 15, 6)
    assert [graph.edges[pair]["more_in"] for pair in (("f/a", "f/b"), ("f/c", "f/d"))] == ["x", "y"]
    assert nodes_of(graph)["f/a"]["name"] == "A"


def test_differences_need_two_groups_and_two_cases_in_each(project: Project) -> None:
    with pytest.raises(UsageError, match="a difference needs two groups"):
        project.network_difference(by="group", coder="ana", transcripts="A", unit="transcript")
    alone = project.network_difference(by="group", coder="ana", unit="transcript")
    assert alone["group_1"].tolist() == ["x", "x"]
    assert alone["p_permutation"].isna().all()
    assert alone["difference"].notna().all()


def two_people_each(root: Path, sides: dict[str, str]) -> Project:
    """Write four talks of two people, who answer one question together; codes a and b in A, B and D, only b in C."""
    write(root, "qualcode.yaml", "language: en\nunit: exchange\ncoder: ana\n")
    write(root, "codebooks/f.yaml", "family: f\ncodes:\n  - {id: a, name: A}\n  - {id: b, name: B}\n")
    rows = "".join(f"{name},{name[0]},{name},{side}\n" for name, side in sides.items())
    write(root, "transcripts/cases.csv", f"case,transcripts,speakers,side\n{rows}")
    for name in "ABCD":
        write(root, f"transcripts/{name}.txt", f"I: Ask?\n\n{name}1: Money it is.\n\n{name}2: Fear it is.\n")
    study = Project(root)
    for name in "ABCD":
        for code, quote in (("f/a", "Money it is."), ("f/b", "Money it is."), ("f/b", "Fear it is.")):
            if (name, code) != ("C", "f/a"):
                study.code(name, code, quote, coder="ana")
    study.done(list("ABCD"), coder="ana")
    return study


def test_units_of_several_cases_are_counted_once_in_differences(tmp_path: Path) -> None:
    study = two_people_each(tmp_path, {f"{name}{one}": "x" if name in "AB" else "y" for name in "ABCD" for one in "12"})
    (row,) = rows_of(study.network_difference(by="side", replicates=200, permutations=200))
    # One exchange in each talk: both codes are in two of two, and in one of two.
    assert (row.count_1, row.units_1, row.count_2, row.units_2) == (2, 2, 1, 2)
    assert row.difference == row.share_1 - row.share_2 == 0.5
    assert (row.difference_low, row.difference_high) == (0.0, 1.0)
    assert row.p_permutation == 1.0  # two talks in each group: every division has a difference of 0.5


def test_groups_that_share_a_transcript_have_no_test_of_differences(tmp_path: Path) -> None:
    study = two_people_each(tmp_path, {f"{name}{one}": "x" if one == "1" else "y" for name in "ABCD" for one in "12"})
    table = study.network_difference(by="side", replicates=100, permutations=50)
    (row,) = rows_of(table)
    assert (row.share_1, row.share_2, row.difference) == (0.75, 0.0, 0.75)
    assert np.isnan([row.difference_low, row.difference_high, row.p_permutation, row.q_permutation]).all()
    assert any("case or transcript is in both groups" in note for note in table.attrs["notes"])


def test_cases_without_a_value_are_no_group_of_differences(tmp_path: Path) -> None:
    sides = {"A1": "x", "A2": "x", "B1": "y", "B2": "y", "C1": "", "C2": "", "D1": "", "D2": ""}
    table = two_people_each(tmp_path, sides).network_difference(by="side", replicates=100, permutations=50)
    assert table[["group_1", "group_2"]].to_numpy().tolist() == [["x", "y"]]
    assert "not compared: 4 cases without a value of side" in table.attrs["notes"]


def test_codes_and_cases_are_linked_where_a_code_occurs(project: Project) -> None:
    graph = project.case_network(coder="ana")
    assert nx.is_bipartite(graph)
    assert {values["kind"] for values in nodes_of(graph).values()} == {"code", "case"}
    assert graph.edges["work/money", "case:A"]["count"] == 2  # of which one has the code below it
    assert graph.edges["work/money", "case:C"] == {"count": 1, "weight": 1, "codings": 1, "words": 4, "share": 0.5}
    assert not graph.has_edge("work/money", "case:B")
    assert graph.nodes["case:A"]["case_group"] == "x"
    table = project.edges({(): graph})
    assert table.columns.tolist() == "code case count share codings words unit coder".split()
    assert set(table["case"]) == {"A", "B", "C"}


def test_a_code_with_its_neighbours(project: Project) -> None:
    graph = project.ego("work/fear", coder="ana", unit="transcript")
    assert list(graph) == ["work/money", "work/money/roi", "work/fear"]
    whole = project.network(coder="ana", unit="transcript")
    assert all(graph.edges[pair] == whole.edges[pair] for pair in graph.edges)
    assert list(project.ego("skills/patience", coder="ana")) == ["skills/patience"]
    with pytest.raises(UnknownNameError, match="no code 'work/feer' in this study"):
        project.ego("work/feer", coder="ana")


# --- files ----------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=6)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": TEXTS,
    "units": st.integers(0, 10**6),
    "closeness": st.floats(-1e6, 1e6, allow_nan=False),
    "is_new": st.booleans(),
}


@st.composite
def graphs(draw: st.DrawFn) -> nx.Graph[str]:
    """Draw a graph whose nodes have attributes of each type, some missing, and whose edges have a weight."""
    made: nx.Graph[str] = nx.Graph(unit="turn", base=draw(st.integers(0, 9)))
    nodes = [f"f/{at}" for at in range(draw(st.integers(0, 5)))]
    for node in nodes:
        made.add_node(node, colour="#102030", **{name: draw(value) for name, value in VALUES.items()})
        if draw(st.booleans()):
            made.nodes[node]["stability"] = draw(st.sampled_from([0.5, float("nan"), None]))
    for at, a in enumerate(nodes):
        for b in nodes[at + 1 :]:
            if draw(st.booleans()):
                made.add_edge(a, b, weight=draw(st.floats(0.01, 99)), count=draw(st.integers(1, 9)), lift=1.5)
    return made


def without_missing(graph: nx.Graph[str]) -> dict[str, dict[str, Any]]:
    return {
        node: {name: value for name, value in values.items() if value is not None and value == value}  # noqa: PLR0124
        for node, values in graph.nodes(data=True)
    }


def edges_of(graph: nx.Graph[str]) -> dict[frozenset[str], dict[str, Any]]:
    return {
        frozenset((a, b)): {name: edge[name] for name in edge if name != "id"} for a, b, edge in graph.edges(data=True)
    }


def read_graph(path: Path) -> nx.Graph[str]:
    if path.suffix == ".json":
        return nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")
    return nx.read_graphml(path) if path.suffix == ".graphml" else nx.read_gexf(path)


@settings(deadline=None, max_examples=40)
@given(graph=graphs())
@pytest.mark.parametrize("suffix", [".graphml", ".gexf", ".json"])
def test_a_graph_read_back_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, graph: nx.Graph[str]
) -> None:
    path = tmp_path_factory.mktemp("graph") / f"n{suffix}"
    _, notes = save_network(graph, path, title="")
    again = read_graph(path)
    nodes = nodes_of(again)
    if suffix == ".gexf":
        # Gephi's label, colour and size are added.
        nodes = {
            node: {name: values[name] for name in values if name not in {"label", "viz"}}
            for node, values in nodes.items()
        }
    assert nodes == without_missing(graph)
    assert edges_of(again) == edges_of(graph)
    if suffix != ".gexf":
        assert {name: again.graph[name] for name in ("unit", "base")} == graph.graph
    assert notes == []
    for node, values in nodes.items():
        assert {name: type(value) for name, value in values.items()} == {
            name: type(graph.nodes[node][name]) for name in values
        }


@settings(deadline=None, max_examples=40)
@given(graph=graphs())
def test_pajek_and_csv_hold_the_weights_and_say_what_they_lose(
    tmp_path_factory: pytest.TempPathFactory, graph: nx.Graph[str]
) -> None:
    folder = tmp_path_factory.mktemp("graph")
    path, notes = save_network(graph, folder / "n.net", title="")
    again: nx.Graph[str] = nx.Graph(nx.read_pajek(path))
    assert set(again) == set(graph)
    weights = {pair: edge["weight"] for pair, edge in edges_of(graph).items()}
    assert {pair: edge["weight"] for pair, edge in edges_of(again).items()} == weights
    assert notes == [f"{path}: Pajek files have ids and weights only"]
    path, notes = save_network(graph, folder / "n.csv", title="")
    lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {frozenset((line["Source"], line["Target"])): float(line["Weight"]) for line in lines} == weights
    assert all(float(line["lift"]) == 1.5 for line in lines)
    assert notes == [f"{path}: a list of edges has neither attributes of nodes nor nodes without an edge"]


def test_networks_of_all_kinds_can_be_written_and_read(tmp_path: Path) -> None:
    study = many_turns(tmp_path / "study")
    table = study.network_difference(by="side", replicates=100, permutations=20)
    kinds = [
        study.network(significance=True, backbone=0.5, measure="npmi"),
        study.network(unit="overlap"),
        study.case_network(),
        study.ego("f/a"),
        *study.difference_graphs(table).values(),
    ]
    for at, graph in enumerate(kinds):
        for suffix in (".graphml", ".gexf", ".json"):
            study.save_network(graph, tmp_path / f"{at}{suffix}")
            again = read_graph(tmp_path / f"{at}{suffix}")
            assert edges_of(again) == edges_of(graph)
            assert set(again) == set(graph)
    with pytest.raises(UsageError, match="a picture shows codes that occur together"):
        study.save_network(study.case_network(), tmp_path / "n.png")
    with pytest.raises(UsageError, match=r"must end in \.graphml, \.gexf, \.net, \.json, \.csv, \.png, \.svg or \.pdf"):
        study.save_network(study.network(), tmp_path / "n.xyz")


def test_a_name_in_a_list_of_edges_is_no_formula(tmp_path: Path) -> None:
    graph = nx.Graph([("f/a", "f/b", {"weight": 1, "more_in": "=HYPERLINK(1)"})])
    save_network(graph, tmp_path / "n.csv", title="")
    assert (tmp_path / "n.csv").read_text().splitlines()[1] == "f/a,f/b,Undirected,1,'=HYPERLINK(1)"


def test_a_quote_in_an_id_cannot_break_a_pajek_file(tmp_path: Path) -> None:
    graph = nx.Graph([('a "b"\nc', "d", {"weight": 1})])
    save_network(graph, tmp_path / "n.net", title="")
    assert set(nx.read_pajek(tmp_path / "n.net")) == {"a 'b' c", "d"}


# --- rules and commands ---------------------------------------------------------------------------------------


def test_edge_rules_know_the_measures() -> None:
    with pytest.raises(UsageError, match="measure: there is no 'x'"):
        EdgeRules(measure="x")  # type: ignore[arg-type]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study"), capsys)


def test_networks_are_written_in_every_format(shell: Shell, tmp_path: Path) -> None:
    names = {"graphml": "n.graphml", "gexf": "n.gexf", "pajek": "n.net", "json": "n.json", "edges-csv": "n.csv"}
    files = [word for name, file in names.items() for word in (f"--{name}", str(tmp_path / file))]
    result = shell("network", "--coder", "ana", "--unit", "transcript", *files)
    assert (result.code, result.out) == (0, "")
    assert all(f"{tmp_path / file}: 4 codes, 2 edges" in result.err for file in names.values())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--pajek n.gexf", "--pajek n.gexf: the name must end in .net"),
        ("--edges-csv n.txt", "--edges-csv n.txt: the name must end in .csv"),
        ("--two-mode --backbone 0.1", "--backbone: not with --two-mode"),
        ("--two-mode --ego work/fear", "--ego: not with --two-mode"),
        ("--difference-by size --by size --measure npmi", "--by, --measure: not with --difference-by"),
        ("--ego work/feer", "no code 'work/feer' in this study (did you mean 'work/fear'?)"),
        ("--backbone 1", "is not in the range 0<x<1"),
        ("--measure x", "is not one of 'count'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(shell: Shell, words: str, message: str) -> None:
    result = shell("network", "--coder", "ana", *words.split())
    assert result.code in {1, 2}
    assert message in result.err


def test_kinds_of_networks_are_options_of_the_command(shell: Shell) -> None:
    options = ["--coder", "ana", "--unit", "transcript", "--format", "json"]
    assert {edge["case"] for edge in shell("network", "--two-mode", *options).json} == {"A", "B", "C"}
    assert [edge["count"] for edge in shell("network", "--ego", "work/fear", *options).json] == [1, 1]
    differences = shell("network", "--difference-by", "group", *options).json
    assert [(edge["group_1"], edge["group_2"]) for edge in differences] == [("x", "y")] * 2
    measured = shell("network", "--measure", "lift", "--significance", *options).json
    assert all(edge["weight"] == edge["lift"] for edge in measured)
    assert all("q_permutation" in edge for edge in measured)


def test_centrality_and_communities_are_commands(shell: Shell) -> None:
    options = ["--coder", "ana", "--unit", "transcript", "--format", "json"]
    found = shell("centrality", "--replicates", "100", *options).json
    assert found[0]["code"] == "work/fear"
    assert (found[0]["degree"], found[0]["strength"]) == (2, 2.0)
    found = shell("communities", "--replicates", "20", *options).json
    assert [one["community"] for one in found] == [1, 1, 1, 0]
    assert shell("communities", "--coder", "ana", "--replicates", "20").out.startswith("community")
