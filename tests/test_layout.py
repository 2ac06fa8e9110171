"""The layout of the source tree: where a newcomer finds what. Layers and cycles are checked by import-linter."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "qualcode"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__init__.py")
MOST_MODULES = 13
MOST_STATEMENTS = 16
WITH_PANDAS = {"tables", "graphs", "workbook"}


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@cache
def imports_at_run_time(path: Path) -> frozenset[str]:
    """Return the top-level packages that a module imports, except those imported for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    modules: set[str] = set()
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return frozenset(name.partition(".")[0] for name in modules)


def test_no_folder_holds_more_modules_than_one_can_overlook() -> None:
    counts = Counter(relative(path.parent) for path in MODULES)
    assert {folder: count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_no_two_modules_share_a_name() -> None:
    counts = Counter(path.stem for path in MODULES if path.stem != "__main__")
    assert {name: count for name, count in counts.items() if count > 1} == {}


def test_modules_are_named_by_nouns() -> None:
    assert [path.stem for path in MODULES if path.stem.endswith("ing")] == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=relative)
def test_every_module_says_what_is_in_it(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(docstring.split()) >= 3, "a module docstring says in a sentence what is in the module"


@pytest.mark.parametrize("library", ["pandas", "networkx"])
def test_heavy_libraries_are_imported_elsewhere_for_types_only(library: str) -> None:
    importers = {relative(path).partition("/")[0] for path in MODULES if library in imports_at_run_time(path)}
    assert importers <= WITH_PANDAS


def count_statements(function: ast.FunctionDef) -> int:
    """Return the number of statements of a function: its signature and docstring are as long as it has parameters."""
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def test_project_has_no_logic_of_its_own() -> None:
    long_methods = [
        f"{relative(path)}: {node.name}"
        for path in MODULES
        if path.parent.name == "project"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and count_statements(node) > MOST_STATEMENTS
    ]
    assert long_methods == []
