"""A network in a notebook: its picture, and the widget in which codes can be selected."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anywidget")

from traitlets import TraitError

from qualcode import Project
from qualcode.errors import OperationError
from studies import coded_study, records, write
from test_report_browser import browser

__all__ = ["browser"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Ana's codings of the small study, by transcript, in which codes occur together."""
    return Project(coded_study(tmp_path, coder="ana"))


def widget_of(project: Project) -> Any:
    return project.network_widget(project.network(unit="transcript"))


def test_a_graph_is_shown_as_a_picture(project: Project) -> None:
    graph: Any = project.network(unit="transcript")
    assert graph._repr_png_().startswith(b"\x89PNG")
    assert graph.subgraph(["work/money", "work/fear"])._repr_png_().startswith(b"\x89PNG")
    graph.add_node("x")  # without counts
    assert graph._repr_png_() is None


def test_each_part_of_the_widget_is_in_its_picture(project: Project) -> None:
    widget = widget_of(project)
    ids = set(re.findall(r'id="((?:node|edge)-[0-9]+)"', widget.picture))
    assert {part["id"] for part in widget.parts} == ids
    assert ids
    graph = widget.graph
    for part in widget.parts:
        assert graph.has_edge(*part["codes"]) if len(part["codes"]) == 2 else part["codes"][0] in graph
    assert widget.picture.startswith("<svg")


def test_the_quotes_are_those_with_all_selected_codes(project: Project) -> None:
    widget = widget_of(project)
    with pytest.raises(OperationError, match="no code is selected"):
        widget.quotes()
    widget.selected = ["work/fear"]
    assert {row["code"] for row in records(widget.quotes())} == {"work/fear"}
    a, b = next(part["codes"] for part in widget.parts if len(part["codes"]) == 2)
    widget.selected = [a, b, a]
    assert widget.selected == [a, b]
    assert {row["code"] for row in records(widget.quotes())} >= {a, b}
    with pytest.raises(TraitError, match="no code 'work/nothing'"):
        widget.selected = ["work/nothing"]


def test_names_are_text_in_the_picture_of_the_widget(project: Project) -> None:
    path = project.study.root / "codebooks" / "work.yaml"
    text = path.read_text(encoding="utf-8").replace("name: Fear", "name: <script>alert(1)</script>")
    write(project.study.root, "codebooks/work.yaml", text)
    picture = widget_of(Project(project.study.root)).picture
    assert "<script" not in picture
    assert "&lt;script" in picture


def test_without_the_extra_it_says_what_to_install(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = project.network(unit="transcript")
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "qualcode.export.widget.network_widget", raising=False)
    with pytest.raises(OperationError, match="pip install 'qualcode\\[widget\\]'"):
        project.network_widget(graph)


SCRIPT = Path(__file__).parents[1] / "src" / "qualcode" / "export" / "widget" / "network_widget.js"
_MODEL = """
const heard = {};
window.values = VALUES;
const model = {
  get: (name) => values[name],
  set: (name, value) => { values[name] = value; },
  save_changes: () => heard["change:selected"](),
  on: (name, call) => { heard[name] = call; },
  off: () => undefined,
};
widget.render({ model, el: document.body });
"""


@pytest.mark.slow
def test_clicks_and_keys_select_codes(project: Project, browser: Any) -> None:
    widget = widget_of(project)
    values = {"picture": widget.picture, "parts": widget.parts, "selected": []}
    script = SCRIPT.read_text(encoding="utf-8").replace("export default", "window.widget =")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content("<!DOCTYPE html><html lang='en'><body></body></html>")
    page.evaluate(f"() => {{ {script}\n{_MODEL.replace('VALUES', json.dumps(values))} }}")
    node, edge = (next(part for part in widget.parts if len(part["codes"]) == size) for size in (1, 2))
    page.locator(f"#{node['id']}").dispatch_event("click")
    assert page.evaluate("values.selected") == node["codes"]
    assert page.locator(f"#{node['id']}").get_attribute("aria-pressed") == "true"
    page.locator(f"#{node['id']}").dispatch_event("click")  # again: nothing is selected
    assert page.evaluate("values.selected") == []
    page.locator(f"#{edge['id']}").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("values.selected") == edge["codes"]
    assert edge["codes"][1] in page.locator("[role=status]").inner_text()
    assert page.locator(f"#{node['id']} title").first.text_content() == node["label"]
    assert errors == []
    page.close()
