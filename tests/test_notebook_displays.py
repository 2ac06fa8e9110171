"""What notebooks display of a hostile study: nothing of it is markup, a link, a script or a formula."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

import qualcode
from qualcode.errors import Problem
from qualcode.project import Project
from qualcode.project.noted_results import ProblemList
from studies import coded_study, small_study, write

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>`x`</a>",
    "[x](javascript:alert(1))",
    "</td></table><iframe src=//evil.example>",
    "\"'><svg onload=alert(1)>",
    "<!-- <style>*{display:none}</style>",
    "&lt;b&gt;&#60;b>",
    "{label}{0}%s",
)
HOSTILE = " ".join(PAYLOADS)

_SAFE_TAGS = set("div style caption table thead tbody tr th td p b br span mark ul li".split())
_SAFE_ATTRIBUTES = set("class style scoped border id type colspan".split())


class _Reader(HTMLParser):
    """Collects the tags and attributes of HTML, and its text, as a browser reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.comments: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += data


def read_html(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def hostile_study(root: Path) -> Project:
    """Return a coded study whose names, texts, attributes and memos all hold the payloads."""
    coded_study(root, coder="ana")
    yaml = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    for path in ("codebooks/work.yaml", "codebooks/skills.yaml"):
        text = (root / path).read_text(encoding="utf-8")
        for name in ("Work", "Money", "Return", "Fear", "Skills", "Patience", "Strain"):
            text = text.replace(f"name: {name}\n", f'name: "{yaml}"\n')
        write(root, path, text)
    settings = (root / "qualcode.yaml").read_text(encoding="utf-8")
    write(root, "qualcode.yaml", settings.replace("name: Small", f'name: "{yaml}"'))
    cell = HOSTILE.replace('"', '""')
    words = f"The budget {cell} is gone. I wait {cell} a week."
    write(root, "transcripts/E.csv", f'speaker,text\nI,Why?\n"{cell}","{words}"\n')
    write(root, "transcripts/cases.csv", f'case,"{cell}"\nA,"{cell}"\nE,y\n')
    project = Project(root)
    turn = project.transcript("E").turns[-1].turn
    project.code("E", "work/money", start=turn.start, end=turn.end, memo=HOSTILE)
    return Project(root)


def _learned_explanation(project: Project) -> Any:
    return project.why(project.suggest(maker="learner")["id"].iloc[0])


DISPLAYS: dict[str, Callable[[Project], Any]] = {
    "NotedFrame": lambda project: project.codings(),
    "ProblemList": lambda _: ProblemList([Problem(HOSTILE, 1, 1, HOSTILE, HOSTILE)], [HOSTILE]),
    "Explanation": _learned_explanation,
    "HighlightedTranscript": lambda project: project.highlight("E"),
    "CodedTranscript": lambda project: project.transcript("E"),
    "Evaluation": lambda project: project.evaluate(coder="ana", curve=False),
    "NotebookFigure": lambda project: project.draw(),
    "DisplayedGraph": lambda project: project.network(),
    "Codebook": lambda project: project.codebook,
    "StudyStatus": lambda project: project.status(),
    "Project": lambda project: project,
}
"""One value of each class that a notebook displays in its own way."""


def displayed_classes() -> Iterator[type]:
    for module in pkgutil.walk_packages(qualcode.__path__, "qualcode."):
        if module.name != "qualcode.__main__":
            for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if found.__module__ == module.name and any(
                    name.startswith("_repr_") or name == "_ipython_display_" for name in vars(found)
                ):
                    yield found


def test_every_display_is_tried_here() -> None:
    assert {found.__name__ for found in displayed_classes()} == set(DISPLAYS)


def assert_is_safe(html: str) -> str:
    """Check that HTML has only the tool's own markup, and return its text."""
    read = read_html(html)
    assert read.tags <= _SAFE_TAGS
    assert read.attributes <= _SAFE_ATTRIBUTES
    assert not read.comments
    # Jupyter typesets what is between dollar signs, unless an element around it has this class.
    assert html.startswith('<div class="tex2jax_ignore mathjax_ignore"')
    return read.text


@pytest.mark.parametrize("name", sorted(set(DISPLAYS) - {"NotebookFigure", "DisplayedGraph"}))
def test_displays_escape_what_a_study_holds(tmp_path: Path, name: str) -> None:
    text = assert_is_safe(DISPLAYS[name](hostile_study(tmp_path))._repr_html_())
    assert text.strip()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_shown_as_it_was_typed(tmp_path: Path, payload: str) -> None:
    root = small_study(tmp_path, coder="ana")
    write(root, "transcripts/E.txt", f"I: Why?\n\nP: The budget {payload} is gone.\n")
    project = Project(root)
    shown = assert_is_safe(project.transcript("E")._repr_html_())
    assert f"The budget {payload} is gone." in " ".join(shown.split())


TABLES = "codings themes cooccurrence codes speakers transcripts memos cases suggest update".split()


@pytest.mark.parametrize("name", TABLES)
def test_tables_and_their_styles_are_escaped(tmp_path: Path, name: str) -> None:
    table = getattr(hostile_study(tmp_path), name)()
    assert isinstance(table, pd.DataFrame)
    assert_is_safe(table._repr_html_())  # type: ignore[operator]
    for style in (table.style.set_caption("Shown"), table.style.format(precision=1), table.style.format(str)):
        styled = read_html(style.to_html())
        assert styled.tags <= _SAFE_TAGS
        assert styled.attributes <= _SAFE_ATTRIBUTES


def test_a_table_grouped_by_a_hostile_attribute_is_escaped(tmp_path: Path) -> None:
    table = hostile_study(tmp_path).themes(by=HOSTILE)
    assert_is_safe(table._repr_html_())  # type: ignore[operator]
    assert read_html(table.set_index(HOSTILE).style.to_html()).tags <= _SAFE_TAGS


def test_pictures_show_payloads_as_text(tmp_path: Path) -> None:
    project = hostile_study(tmp_path)
    project.draw(title=f"{HOSTILE} $\\frac{{}}{{x}}$").savefig(tmp_path / "n.svg")
    root = etree.parse(tmp_path / "n.svg").getroot()
    tags = {etree.QName(element).localname for element in root.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "a", "iframe", "image", "foreignObject", "img"}
    assert not any(str(name).startswith("on") for element in root.iter() for name in element.attrib)
