"""Results carry their notes: unit, universe, coder, and what was left out."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from qualcode.project import Project
from studies import Shell, coded_study, small_study


def html_of(table: pd.DataFrame) -> str:
    """Return what a notebook shows."""
    return str(table._repr_html_())  # type: ignore[operator]


def test_notes_of_two_results_do_not_mix(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    by_ana, by_ben = project.themes(coder="ana"), project.themes(coder="ben", unit="turn")
    assert by_ana.attrs["notes"][0].startswith("unit sentence; coder ana;")
    assert by_ben.attrs["notes"][0].startswith("unit turn; coder ben;")


def test_a_table_shows_its_notes_in_a_notebook_and_keeps_them_when_filtered(tmp_path: Path) -> None:
    table = Project(coded_study(tmp_path)).themes(coder="ana")
    few = table[table["codings"] > 0].head(2)
    assert "<li>unit sentence; coder ana;" in html_of(few)
    table.attrs["notes"] = ["a <b> note"]
    assert "<li>a &lt;b&gt; note</li>" in html_of(table)


def test_graphs_suggestions_and_files_carry_notes(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    graph = project.network(coder="ana")
    assert graph.graph["notes"].startswith("unit sentence; coder ana;")
    assert project.edges({(): graph}).attrs["notes"] == graph.graph["notes"].split("\n")
    assert "suggestions from the codebook's cues" in project.suggestions().notes[0]
    stream = project.stream_suggestions()
    assert stream.notes == []
    assert sum(map(len, stream)) == len(project.suggestions())
    assert "suggestions from the codebook's cues" in stream.notes[0]
    assert project.export(tmp_path / "a.xlsx", coder="ana").notes[0].startswith("unit sentence; coder ana;")


def test_graphml_holds_no_notes(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    written = project.save_network(project.network(coder="ana"), tmp_path / "a.graphml")
    assert "notes" not in written.path.read_text(encoding="utf-8")


def test_decisions_say_what_was_decided_already(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path, coder="ana"))
    assert project.done(["A", "B"]).count == 2
    again = project.done(["A", "C"])
    assert (again.count, again.notes) == (1, ("A was done already",))


def test_json_with_notes_has_rows_and_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    qualcode = Shell(coded_study(tmp_path), capsys)
    plain = qualcode("themes", "--coder", "ana", "--format", "json")
    noted = qualcode("themes", "--coder", "ana", "--format", "json", "--with-notes")
    found = json.loads(noted.out)
    assert found["rows"] == json.loads(plain.out)
    assert found["notes"][0].startswith("unit sentence; coder ana;")


@pytest.mark.parametrize("name", ["segments", "suggest"])
def test_streamed_json_with_notes_has_rows_and_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    qualcode = Shell(small_study(tmp_path), capsys)
    plain = json.loads(qualcode(name, "--format", "json").out)
    target = tmp_path / "rows.json"
    result = qualcode(name, "-o", str(target), "--with-notes")
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["rows"] == plain
    assert found["notes"] == ([] if name == "segments" else result.err.splitlines()[1:])
    assert f"{target}: {len(plain)} lines" in result.err


@pytest.mark.parametrize("output", [("--format", "csv"), ("-o", "x.csv"), ()])
def test_with_notes_is_refused_where_there_is_no_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: tuple[str, ...]
) -> None:
    result = Shell(coded_study(tmp_path), capsys)("themes", "--coder", "ana", "--with-notes", *output)
    assert result.code == 2
    assert "--with-notes goes with JSON" in result.err
