"""CSV for spreadsheets: no cell is a formula there, and what is read back is what was written."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.cli import run
from qualcode.cli.terminal_output import OutputOptions, stream_rows
from qualcode.coding.import_tables import CODING_IMPORT_COLUMNS, read_import_table
from qualcode.files import guard_cell, is_guarded, unguard_cell
from qualcode.project import Project
from studies import Shell, small_study, write

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+cmd|x", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＋1", "－1+1",
    "＠x", "=HYPERLINK(\"//evil\")", "- yes", "@ana", "--", "+", "'=1",
)  # fmt: skip
TEXTS = ("-5", "+3.5", "-1,200", "-20%", "'tis", "It rained; =1", "a=b", "", "5", "–5", "n/a", "'quoted'")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guard_cell(text) == f"'{text}"
    assert unguard_cell(guard_cell(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert guard_cell(text) == text == unguard_cell(text)


@given(st.text(alphabet="'=+-@\t\r\n ＝a1.%", max_size=8))
def test_reading_back_undoes_the_apostrophe(text: str) -> None:
    cell = guard_cell(text)
    assert unguard_cell(cell) == text
    assert is_guarded(cell)


def written(rows: list[dict[str, Any]], path: Path, *, csv_safe: bool) -> list[list[str]]:
    stream_rows(rows, list(rows[0]), OutputOptions("csv", path, csv_safe=csv_safe))
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_numbers_headers_and_blank_cells_of_a_safe_table(tmp_path: Path) -> None:
    rows = [{"=size": -1.5, "b": None, "c": "=1", "d": "a;=1"}]
    assert written(rows, tmp_path / "a.csv", csv_safe=True) == [["'=size", "b", "c", "d"], ["-1.5", "", "'=1", "a;=1"]]
    # Quotation marks keep a semicolon from ending the cell where lists are separated by semicolons.
    assert '"a;=1"' in (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert written(rows, tmp_path / "b.csv", csv_safe=False) == [["=size", "b", "c", "d"], ["-1.5", "", "=1", "a;=1"]]


@given(st.lists(st.text(alphabet="'=+-@\t ＝a1.%", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=4))
def test_a_safe_table_of_codings_is_imported_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, quotes: list[str]
) -> None:
    path = tmp_path_factory.mktemp("t") / "a.csv"
    written([{"transcript": "A", "quote": quote, "code": "a/b"} for quote in quotes], path, csv_safe=True)
    rows, _ = read_import_table(path, columns=CODING_IMPORT_COLUMNS, required=())
    assert [row.cells["quote"] for row in rows] == quotes


def test_apostrophes_of_a_table_that_is_not_safe_are_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("transcript,quote,code\nA,'-1+1,a/b\nA,=1+1,a/b\n", encoding="utf-8")
    rows, _ = read_import_table(path, columns=CODING_IMPORT_COLUMNS, required=())
    assert [row.cells["quote"] for row in rows] == ["'-1+1", "=1+1"]


def formula_study(root: Path) -> Path:
    small_study(root, coder="ana")
    write(root, "transcripts/A.txt", "I: Why?\n\nP: =cmd|' /C calc'!A0 is what I typed.\n")
    Project(root).code("A", "work/money", "=cmd|' /C calc'!A0 is what I typed.")
    return root


COMMANDS = [
    ["codings"], ["segments"], ["suggest", "--all"], ["check"], ["themes"], ["status"], ["transcripts"], ["memos"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_writes_formulas_into_a_safe_file(tmp_path: Path, command: list[str]) -> None:
    root = formula_study(tmp_path / "s")
    path = tmp_path / "x.csv"
    assert run(["-C", str(root), *command, "-o", str(path), "--csv-safe"]) in {0, 1}
    cells = [cell for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))) for cell in row]
    assert all(guard_cell(cell) == cell or cell.startswith("'") for cell in cells)
    assert all(is_guarded(cell) for cell in cells)


def test_pipes_stay_exact_and_a_file_asked_for_on_a_terminal_is_safe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = formula_study(tmp_path / "s")
    shell = Shell(root, capsys)
    assert ",=cmd|' /C calc'!A0 is what I typed.," in shell("codings", "--format", "csv").out
    path = tmp_path / "x.csv"
    shell("codings", "-o", str(path))
    assert ",=cmd|" in path.read_text(encoding="utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    noted = shell("codings", "-o", str(path)).err
    assert "\"'=cmd|" in path.read_text(encoding="utf-8")
    assert "1 cell like a formula: an apostrophe in front (--no-csv-safe writes them as they are)" in noted
    shell("codings", "-o", str(path), "--no-csv-safe")
    assert ",=cmd|" in path.read_text(encoding="utf-8")


def test_codings_written_safely_can_be_imported_again(tmp_path: Path) -> None:
    root, path = formula_study(tmp_path / "s"), tmp_path / "x.csv"
    run(["-C", str(root), "codings", "-o", str(path), "--csv-safe"])
    other = Project(small_study(tmp_path / "t", coder="ana"))
    write(tmp_path / "t", "transcripts/A.txt", (root / "transcripts/A.txt").read_text(encoding="utf-8"))
    assert other.code_from(path).added == 1
    assert list(other.codings()["quote"]) == ["=cmd|' /C calc'!A0 is what I typed."]
