"""Every command as one types it: promised columns, three formats, files, exit codes, and what is imported."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import openpyxl
import pytest

from qualcode import Project
from qualcode.__main__ import main
from qualcode.cli import COMMANDS
from qualcode.cli.text_tables import TableView, format_table
from qualcode.tables import list_records
from qualcode.version import __version__
from studies import C, Shell, coded_study, column, ledgers, row, small_study, write

PROMISED = {
    "segments": "transcript turn segment start end speaker role text",
    "suggest": "transcript start end quote code score maker why",
    "codings": "id transcript start end quote code coder at status",
    "themes": "code name codings units transcripts cases share_of_cases words per_1000_words codings_per_1000_words",
    "cooccurrence": "code_a code_b count jaccard unit",
    "agreement": "code coders unit units percent cohen_kappa krippendorff_alpha gwet_ac1",
    "disagreements": "id transcript text disputed agreed decision",
    "check": "path line column message hint",
    "transcripts": "transcript case turns words",
    "codebook": "code name family definition",
    "network": "code_a code_b count jaccard",
    "show": "transcript turn speaker role time start end text codes",
    "search": "transcript turn speaker role time start end left match right",
    "cases": "case transcripts words codings done",
    "quotes": "id transcript case turn speaker time start end quote code coder status memo citation",
}
"""The keys that DESIGN.md promises, and the least of the other tables."""

ARGUMENTS = {
    "themes": ["--coder", "ana"],
    "cooccurrence": ["--coder", "ana", "--unit", "transcript"],
    "network": ["--coder", "ana", "--unit", "transcript"],
    "show": ["A"],
    "search": ["budget"],
    "quotes": ["--coder", "ana"],
}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on the small study as ana and ben have coded it, with one notice."""
    root = coded_study(tmp_path / "study")
    write(root, "transcripts/C.vtt", C + "\nstray\n")
    return Shell(root, capsys)


def outside(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


# Tables


@pytest.mark.parametrize("command", PROMISED)
def test_each_table_comes_in_three_formats_with_the_promised_columns(shell: Shell, command: str) -> None:
    words = [command, *ARGUMENTS.get(command, [])]
    plain, as_csv, as_json = (shell(*words, "--format", shape) for shape in ("table", "csv", "json"))
    assert [one.code for one in (plain, as_csv, as_json)] == [0, 0, 0]
    assert as_json.json
    keys = list(as_json.json[0])
    assert set(PROMISED[command].split()) <= set(keys)
    assert list(as_csv.csv[0]) == keys
    assert len(as_csv.csv) == len(as_json.json)
    for told, found in zip(as_csv.csv, as_json.json, strict=True):
        for key, value in found.items():
            if value is None or isinstance(value, str):
                assert told[key] == (value or "")
            elif isinstance(value, int | float):
                assert float(told[key]) == pytest.approx(value)
    assert plain.out.strip()
    assert shell(*words).out == plain.out


def test_status_comes_in_three_formats(shell: Shell) -> None:
    (found,) = shell("status", "--format", "json").json
    assert {name: found[name] for name in ("transcripts", "cases", "codes", "codings")} == {
        "transcripts": 4,
        "cases": 4,
        "codes": 4,
        "codings": 6,
    }
    assert [(one["coder"], one["codings"], one["done"]) for one in shell("status", "--format", "csv").csv] == [
        ("ana", "5", "3"),
        ("ben", "1", "1"),
    ]
    assert "ana: 5 codings in 3 transcripts, 3 finished" in shell("status").out


def test_the_json_schema_of_codebooks_is_json(shell: Shell) -> None:
    found = json.loads(shell("codebook", "schema").out)
    assert "family" in found["properties"]


def test_tables_with_nothing_in_them_keep_their_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(small_study(tmp_path), capsys)
    assert shell("codings", "--format", "json").json == []
    assert shell("codings", "--format", "csv").out.startswith("id,transcript,")
    assert shell("codings").out.splitlines()[0] == "(none)"


def test_what_is_missing_is_null_in_json_and_empty_elsewhere(shell: Shell) -> None:
    words = ["themes", "--coder", "ben", "--code", "skills/patience"]
    (found,) = shell(*words, "--format", "json").json
    assert (found["codings"], found["share_of_cases"], found["per_1000_words"]) == (0, None, None)
    (told,) = shell(*words, "--format", "csv").csv
    assert (told["share_of_cases"], told["per_1000_words"]) == ("", "")
    assert "nan" not in shell(*words).out.lower()


def test_rates_are_named_by_what_they_are_and_keep_the_promised_name_in_data(shell: Shell) -> None:
    words = ["themes", "--coder", "ana", "--code", "work/money"]
    found = shell(*words, "--format", "json").json[0]
    assert found["per_1000_words"] == found["codings_per_1000_words"] == 85.714286  # 3 codings, 35 words
    heading = shell(*words).out.splitlines()[0].split()
    assert heading[-3:] == ["share_of_cases", "words_coded", "codings_per_1000_words"]


def test_headings_take_two_lines_where_a_terminal_is_narrow() -> None:
    columns: dict[str, list[Any]] = {"code": ["work/money"], "share_of_cases": [0.5], "words": [7]}
    view = TableView(headings={"words": "words_coded"})
    assert format_table(columns, view, width=30) == (
        "              share_  words_\n"
        "code        of_cases   coded\n"
        "----------  --------  ------\n"
        "work/money    50.0 %       7"
    )
    assert format_table(columns, view, width=40).splitlines()[0] == "code        share_of_cases  words_coded"


def test_numbers_that_do_not_fit_a_terminal_are_below_the_row_and_none_is_lost() -> None:
    columns: dict[str, list[Any]] = {
        "code": ["work/money"],
        "units": [12],
        "recall": [0.5],
        "share": [0.25],
        "second": [0.75],
    }
    assert format_table(columns, TableView(), width=30) == (
        "code        units  recall\n----------  -----  ------\nwork/money     12     0.5\n    share: 0.25; second: 0.75"
    )
    view = TableView(stretch=("units", "second"))
    assert format_table(columns, view, width=30) == (
        "code        recall  share\n----------  ------  -----\nwork/money     0.5   0.25\n    units: 12; second: 0.75"
    )
    assert len(format_table(columns, view, width=None).splitlines()) == 3


def test_intervals_are_beside_their_column_where_the_terminal_is_wide_enough() -> None:
    columns: dict[str, list[Any]] = {
        "code": ["work/money", "work/fear"],
        "share_of_cases": [0.5, 1.0],
        "share_low": [0.0945, None],
        "share_high": [0.9055, None],
        "points": [-0.25, 0.0],
        "low": [-0.5, -0.1],
        "high": [0.125, 0.1],
    }
    view = TableView(
        columns=("code", "share_of_cases", "points"),
        points=("points",),
        intervals={"share_of_cases": ("share_low", "share_high"), "points": ("low", "high")},
    )
    assert format_table(columns, view, width=60).splitlines() == [
        "code            share_of_cases                  points",
        "----------  ------------------  ----------------------",
        "work/money   50.0 % (9.4-90.5)  -25.0 (-50.0 to +12.5)",
        "work/fear   100.0 %              +0.0 (-10.0 to +10.0)",
    ]
    for width in (40, None):  # in files and pipes tables are as they were
        assert "(" not in format_table(columns, view, width=width)


def test_small_p_values_are_not_shown_as_zero() -> None:
    columns: dict[str, list[Any]] = {"code": ["a", "b", "c"], "p": [0.0004, 0.0123, None]}
    view = TableView(p_values=("p",))
    assert [line.split()[1:] for line in format_table(columns, view, width=None).splitlines()[2:]] == [
        ["<0.001"],
        ["0.012"],
        [],
    ]


def test_themes_have_intervals_of_the_level_and_seed_that_is_given(shell: Shell) -> None:
    words = ["themes", "--coder", "ana", "--code", "work/money", "--format", "json"]
    wide, narrow, other = (shell(*words, *more).json[0] for more in ((), ("--confidence", "0.5"), ("--seed", "7")))
    assert wide["share_low"] < narrow["share_low"] < wide["share_of_cases"] < narrow["share_high"] < wide["share_high"]
    assert wide["rate_low"] <= narrow["rate_low"] < narrow["rate_high"] <= wide["rate_high"]
    assert (other["share_low"], other["units"]) == (wide["share_low"], wide["units"])
    noted = Project(shell.root).themes(coder="ana", confidence=0.9, replicates=500, seed=3).attrs["notes"][-1]
    assert "intervals (90 %)" in noted
    assert "500 bootstrap replicates over cases (seed 3)" in noted
    assert shell(*words, "--replicates", "1").code == 2


@pytest.mark.parametrize("name", ["name", "coder", "codings", "unit"])
def test_groups_by_an_attribute_that_is_called_like_a_column(shell: Shell, name: str) -> None:
    write(shell.root, "transcripts/cases.csv", f"case,{name}\nA,Xaver\nB,Yves\nC,Yves\nD,Zoe\n")
    words = ["themes", "--coder", "ana", "--coder", "ben", "--by", name, "--code", "work/fear"]
    head, _, *lines = shell(*words).out.splitlines()
    assert head.split()[:3] == [f"case_{name}", "coder", "code"]
    assert [line.split()[:2] for line in lines[:3]] == [["Xaver", "ana"], ["Yves", "ana"], ["Xaver", "ben"]]
    assert column(shell(*words, "--format", "json").json, f"case_{name}") == ["Xaver", "Yves", "Xaver"]
    assert shell("cooccurrence", "--coder", "ana", "--by", name, "--unit", "transcript").code == 0


def test_a_table_sets_numbers_right_words_left_and_is_whole_where_no_terminal_cuts_it(shell: Shell) -> None:
    assert shell("segments", "A").out.splitlines()[:4] == [
        "transcript  turn  segment  start  end  speaker  text",
        "----------  ----  -------  -----  ---  -------  ---------------------------------",
        "A              1        1     21   54  P        Nobody can tell me what it earns.",
        "A              1        2     55   74  P        The budget is gone.",
    ]


def test_words_that_are_too_long_for_a_terminal_are_wrapped_or_below_the_row(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "85")
    (shell.root / "transcripts/E.txt").write_text("P: It rained " + "and rained " * 8 + "on.\n", encoding="utf-8")
    assert shell("segments", "E").out.splitlines()[1:] == [
        "----------  ----  -------  -----  ---  -------  -------------------------------------",
        "E              0        0      3  104  P        It rained and rained and rained and",
        "                                                rained and rained and rained and",
        "                                                rained and rained and rained on.",
    ]
    monkeypatch.setenv("COLUMNS", "60")
    assert shell("segments", "E").out.splitlines() == [
        "transcript  turn  segment  start  end  speaker",
        "----------  ----  -------  -----  ---  -------",
        "E              0        0      3  104  P",
        "    It rained and rained and rained and rained and rained",
        "    and rained and rained and rained and rained on.",
    ]


def test_no_quote_is_cut_in_a_file_or_pipe(shell: Shell) -> None:
    (shell.root / "transcripts/E.txt").write_text("P: It rained " + "and rained " * 50 + "on.\n", encoding="utf-8")
    assert "    It rained and rained" in shell("segments", "E").out
    assert shell("segments", "E").out.endswith(" and rained on.\n")


def test_endings_in_capitals_are_endings(shell: Shell, tmp_path: Path) -> None:
    shell("themes", "--coder", "ana", "--output", tmp_path / "X.JSON")
    assert json.loads((tmp_path / "X.JSON").read_text(encoding="utf-8"))


def test_stdout_holds_the_result_and_stderr_what_is_said_about_it(shell: Shell) -> None:
    for shape in ("csv", "json"):
        result = shell("themes", "--coder", "ana", "--format", shape)
        assert result.err.startswith("unit sentence; coder ana; 5 codings over 9 units, 35 participants' words")
        assert "coder ana;" not in result.out
    assert "coder ana;" in shell("themes", "--coder", "ana").out  # a table for people has its caption below it


@pytest.mark.parametrize("command", ["themes", "cooccurrence", "network", "codings", "segments", "suggest", "check"])
@pytest.mark.parametrize("ending", ["csv", "json", "txt"])
def test_output_writes_what_stdout_would_have_had(shell: Shell, tmp_path: Path, command: str, ending: str) -> None:
    words = [command, *ARGUMENTS.get(command, [])]
    shape = {"txt": "table"}.get(ending, ending)
    target = tmp_path / "new folder" / f"x.{ending}"
    result = shell(*words, "--output", target)
    assert (result.code, result.out) == (0, "")
    assert str(target) in result.err
    shown = shell(*words, "--format", shape).out
    assert shown.startswith(target.read_text(encoding="utf-8"))
    if shape != "table":
        assert shown == target.read_text(encoding="utf-8")


def test_format_decides_over_the_ending(shell: Shell, tmp_path: Path) -> None:
    shell("themes", "--coder", "ana", "--format", "json", "-o", tmp_path / "x.csv")
    assert json.loads((tmp_path / "x.csv").read_text())


@pytest.mark.parametrize("command", ["status", "codebook", "check", "themes --coder ana", "segments"])
def test_an_ending_that_says_nothing_is_refused(shell: Shell, tmp_path: Path, command: str) -> None:
    result = shell(*command.split(), "-o", tmp_path / "x.foo")
    assert result.code == 2
    assert "end the name in .csv or .json" in result.err
    assert not (tmp_path / "x.foo").exists()


# The round


def test_the_round_by_command_line_and_by_python_gives_the_same_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "Interviewer: What is hard?\n\nBo: No budget, ever. We are short of staff.\n\nBo: So.\n"
    root = tmp_path / "by hand"
    shell = Shell(root, capsys)
    made = shell.bare("init", root, "--name", "Wards", "--coder", "ana")
    assert (made.code, made.out) == (0, f"created a study in {root}\n")
    write(root, "transcripts/S01.txt", source)
    checked = shell("check")
    assert (checked.code, checked.out) == (0, "no problems found\n")
    (first, second) = shell("suggest", "--format", "json").json
    assert [one["quote"] for one in (first, second)] == ["No budget, ever.", "We are short of staff."]
    assert shell("accept", first["id"]).out == "1 accepted\n"
    assert shell("reject", second["id"]).out == "1 rejected\n"
    coded = shell("code", "S01", "challenges/resources", "short of staff", "--memo", "literally")
    assert (coded.code, len(coded.out.strip())) == (0, 26)
    assert shell("done", "S01").out == "1 marked done\n"
    themes = shell("themes", "--format", "json").json

    twin = Project.init(tmp_path / "by python", name="Wards", coder="ana")
    write(twin.study.root, "transcripts/S01.txt", source)
    twin = Project(twin.study.root)
    ids = list(twin.suggest()["id"])
    twin.accept(ids[0])
    twin.reject(ids[1])
    twin.code("S01", "challenges/resources", "short of staff", memo="literally")
    twin.done("S01")
    assert list_records(twin.themes()) == themes
    assert (themes[0]["code"], themes[0]["codings"], themes[0]["units"], themes[0]["words"]) == (
        "challenges/resources",
        2,
        2,
        6,
    )
    exported = shell("export", tmp_path / "x.xlsx")
    assert (exported.code, exported.out) == (0, f"{tmp_path / 'x.xlsx'}\n")


def test_decisions_by_command_line(shell: Shell) -> None:
    first = shell("codings", "--coder", "ben", "--format", "json").json[0]["id"]
    assert shell("memo", "why?", "--on", first, "--coder", "ana").code == 0
    assert shell("codings", "--coder", "ben", "--format", "json").json[0]["memo"] == "why?"
    assert shell("retract", first[-6:], "--coder", "ben").out == "1 retracted\n"
    assert shell("done", "A", "--coder", "ben", "--undo").out == "1 marked not done\n"
    again = shell("done", "A", "B", "D", "--coder", "ana")
    assert (again.out, again.err) == ("1 marked done\n", "A was done already\nB was done already\n")
    one = shell("code", "A", "work/fear", "They fear it.", "--turn", "3", "--sentence", "0", "--coder", "ben")
    two = shell("code", "A", "work/money", "--start", "55", "--end", "74", "--coder", "ben")
    assert [one.code, two.code] == [0, 0]
    listed = shell("codings", "--coder", "ben", "--format", "json").json
    assert column(listed, "start") == [55, 99]


def test_a_table_by_command_line_tells_what_became_of_it(shell: Shell, tmp_path: Path) -> None:
    table = write(
        tmp_path, "t.csv", "transcript,code,coder,quote\nD,work/fear,cal,Nobody listens.\nA,work/fear,cal,gone away\n"
    )
    before = ledgers(shell.root)
    refused = shell("code", "--from", table)
    assert (refused.code, refused.out) == (
        1,
        "0 coded; 1 row with problems, so nothing was imported (--skip imports the other rows)\n",
    )
    assert refused.err == f"{table}:3: “gone away” is not in A: copy the words exactly, capitals included\n"
    looked = shell("code", "--from", table, "--skip", "--dry-run")
    assert looked.out == "1 would be coded (cal 1); 1 row with problems, left out\n"
    assert ledgers(shell.root) == before
    assert shell("code", "--from", table, "--skip").out == "1 coded (cal 1); 1 row with problems, left out\n"
    good = write(tmp_path, "t.csv", "transcript,code,coder,quote\nD,work/fear,cal,Nobody listens.\n")
    again = shell("code", "--from", good)
    assert (again.code, again.out) == (0, "0 coded; 1 already present\n")
    done = write(tmp_path, "d.csv", "transcript,coder\nD,cal\n")
    assert shell("done", "--from", done).out == "1 marked done (cal 1)\n"


# Network and workbook


def test_a_network_is_read_again_by_networkx_and_is_a_picture(shell: Shell, tmp_path: Path) -> None:
    names = [f"n.{kind}" for kind in ("graphml", "gexf", "png", "svg", "pdf")]
    options = [part for name in names for part in (f"--{name.split('.')[1]}", str(tmp_path / name))]
    result = shell("network", "--coder", "ana", "--unit", "transcript", *options)
    assert (result.code, result.out) == (0, "")
    for graph in (nx.read_graphml(tmp_path / "n.graphml"), nx.read_gexf(tmp_path / "n.gexf")):
        assert set(graph.nodes) == {"work/money", "work/money/roi", "work/fear", "skills/patience"}
        edges = {frozenset((a, b)): found["count"] for a, b, found in graph.edges(data=True)}
        assert edges == {
            frozenset({"work/money", "work/fear"}): 1,
            frozenset({"work/money/roi", "work/fear"}): 1,
        }
        assert graph.nodes["work/money"]["codings"] == 3
    assert (tmp_path / "n.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "n.svg").read_bytes()
    assert (tmp_path / "n.pdf").read_bytes().startswith(b"%PDF")


def test_a_network_a_group_and_coder_has_a_file_each(shell: Shell, tmp_path: Path) -> None:
    shell("network", "--coder", "ana", "--by", "size", "--graphml", tmp_path / "n.graphml")
    assert sorted(path.name for path in tmp_path.glob("*.graphml")) == [
        "n-10.graphml",
        "n-5.graphml",
        "n-_blank_.graphml",
    ]
    shell("network", "--coder", "ana", "--coder", "ben", "--gexf", tmp_path / "n.gexf")
    assert sorted(path.name for path in tmp_path.glob("*.gexf")) == ["n-ana.gexf", "n-ben.gexf"]


def test_groups_whose_names_look_alike_do_not_overwrite_each_other(shell: Shell, tmp_path: Path) -> None:
    write(shell.root, "transcripts/cases.csv", "case,group\nA,R&D\nB,R/D\nC,r d\nD,x\n")
    shell("network", "--coder", "ana", "--by", "group", "--graphml", tmp_path / "n.graphml")
    assert len({path.name.casefold() for path in tmp_path.glob("*.graphml")}) == 3


def test_edges_are_listed_also_beside_files(shell: Shell, tmp_path: Path) -> None:
    result = shell("network", *ARGUMENTS["network"], "--graphml", tmp_path / "n.graphml", "--format", "json")
    assert len(result.json) == 2
    assert "n.graphml: 4 codes, 2 edges" in result.err


def test_the_workbook_opens_with_a_sheet_for_each_question(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "study.xlsx"
    result = shell("export", target, "--coder", "ana")
    assert (result.code, result.out) == (0, f"{target}\n")
    assert "coder ana; 5 codings" in result.err
    book = openpyxl.load_workbook(target)
    names = " ".join(book.sheetnames).casefold()
    assert all(word in names for word in ("overview", "codebook", "themes", "group", "co-occurrence", "quotes")), names
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows(values_only=True) for cell in line]
    assert "ana" in cells
    assert [cell.split(" (")[0] for cell in map(str, cells) if cell.startswith("By ")] == ["By group", "By size"]
    assert any("Nobody can tell me what it earns." in str(cell) for cell in cells)
    provenance = [line[:2] for line in book["Provenance"].iter_rows(values_only=True)]
    assert {("Version of qualcode", __version__), ("Command", "qualcode export --coder ana")} <= set(provenance)
    left = [line[1] for line in book["Overview"].iter_rows(values_only=True)]
    assert "1 line is not recognised as speech or header: see 'qualcode check'" in left
    write(shell.root, "transcripts/X.docx", b"PK")
    assert shell("export", target, "--coder", "ana").code == 1
    left = [line[1] for line in openpyxl.load_workbook(target)["Overview"].iter_rows(values_only=True)]
    assert any(str(cell).startswith("transcripts/X.docx: damaged") for cell in left)
    assert "nothing" not in left
    (shell.root / "transcripts/X.docx").unlink()
    filtered = shell("export", target, "--coder", "ana", "--by", "group", "--code", "strain")
    assert filtered.code == 0
    fewer = openpyxl.load_workbook(target)
    cells = [cell for sheet in fewer.worksheets for line in sheet.iter_rows(values_only=True) for cell in line]
    assert [cell.split(" (")[0] for cell in map(str, cells) if cell.startswith("By ")] == ["By group"]
    assert {"skills/patience", "work/fear", "strain"} <= set(cells)
    assert "work/money/roi" not in [line[0] for line in fewer["Co-occurrence"].iter_rows(values_only=True)]


def test_the_overview_says_what_was_skipped_and_what_check_reports(shell: Shell, tmp_path: Path) -> None:
    def overview() -> list[list[object]]:
        assert shell("export", target, "--coder", "ana", "--universe", "all").code == 0
        return [list(line[:2]) for line in openpyxl.load_workbook(target)["Overview"].iter_rows(values_only=True)]

    target = tmp_path / "study.xlsx"
    before = Project(shell.root).check()
    assert ["Check of the study's files", "0 problems, 1 notice: see 'qualcode check'"] in overview()
    lines = "WEBVTT\n\n00:01.000 --> 00:02.000\nP: It rained.\n\nstray words\n\nmore of them\n"
    write(shell.root, "transcripts/X.vtt", lines)
    after = Project(shell.root).check()
    assert len(after) > len(before) + 1
    hints = {problem.hint for problem in after if "not recognised as speech" in problem.message}
    assert hints == {"skipped: not coded or counted; if somebody said it, write “Name: text” in the source"}
    assert [None, "3 lines are not recognised as speech or header: see 'qualcode check'"] in overview()
    assert ["Check of the study's files", f"0 problems, {len(after)} notices: see 'qualcode check'"] in overview()


def test_suggestions_are_a_sheet_of_the_workbook_if_asked_for(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sheet(*words: str) -> tuple[str, list[Any]]:
        """Return the notes above the table as one text, and the table."""
        assert shell("export", target, "--suggestions", *words).code == 0
        book = openpyxl.load_workbook(target)
        lines = list(book["Suggestions"].iter_rows(values_only=True)) if "Suggestions" in book.sheetnames else []
        head = next((number for number, line in enumerate(lines) if line[9] == "Id"), 0)
        return " ".join(str(line[0]) for line in lines[:head]), lines[head + 1 :]

    target = tmp_path / "study.xlsx"
    shown = shell("suggest", "--coder", "ana", "--format", "json").json
    notes, lines = sheet("--coder", "ana")
    assert [line[9] for line in lines] == [one["id"] for one in shown]
    assert "trained on ana's codings in 3 finished transcripts" in notes
    assert "scores rank and are not probabilities" in notes
    assert "the codebook's cues come first" in notes
    notes, lines = sheet("--coder", "ben")
    assert "until then suggestions come from the codebook's cues" in notes
    many = len(lines)
    monkeypatch.setattr("qualcode.export.study_workbook.sheet_content.MAX_SUGGESTIONS", many - 1)
    notes, cut = sheet("--coder", "ben")
    assert cut == lines[:-1]
    assert f"{many} suggestions for ben, the most promising sentences first; the first {many - 1}" in notes
    assert sheet("--coder", "ana", "--code", "work/fear", "--transcripts", "C") == ("", [])
    assert (
        "no sheet Suggestions: there are no undecided suggestions"
        in shell(
            *("export", target, "--suggestions", "--coder", "ana", "--code", "work/fear", "--transcripts", "C")
        ).err
    )
    assert shell("export", "--as", "spacy", "-o", tmp_path / "out", "--suggestions", "--coder", "ana").code == 2


# Without a terminal, without a network, without what is not needed


@pytest.mark.parametrize("words", [["--help"], ["check"], ["status"], ["memo", "x", "--coder", "ana"]])
def test_light_commands_import_no_heavy_library(shell: Shell, words: list[str]) -> None:
    heavy = "spacy pandas networkx openpyxl scipy sklearn matplotlib numpy lxml pyarrow thinc".split()
    if words != ["--help"]:
        heavy.remove("lxml")  # one of the transcripts is a Word file
    code = f"""
import sys
from qualcode.cli import run
code = run({words!r})
print("IMPORTED", sorted(set(sys.modules) & set({heavy!r})))
sys.exit(code)
"""
    done = outside("-c", code, cwd=shell.root)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "IMPORTED []"), done.stderr


@pytest.mark.parametrize("words", [["codings"], ["themes", "--coder", "ana"], ["segments"]])
def test_counting_and_listing_import_no_spacy(shell: Shell, words: list[str]) -> None:
    code = f"""
import sys
from qualcode.cli import run
code = run({words!r})
print("IMPORTED", sorted(set(sys.modules) & {{"spacy", "openpyxl", "matplotlib", "sklearn"}}))
sys.exit(code)
"""
    done = outside("-c", code, cwd=shell.root)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "IMPORTED []"), done.stderr


def test_nothing_opens_a_socket(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    for words in (
        ["themes", "--coder", "ana"],
        ["suggest"],
        ["check"],
        ["network", "--coder", "ana", "--png", str(tmp_path / "n.png")],
        ["export", str(tmp_path / "x.xlsx"), "--coder", "ana"],
    ):
        assert shell(*words).code == 0


def test_python_m_qualcode_is_the_command(shell: Shell) -> None:
    done = outside("-m", "qualcode", "themes", "--coder", "ana", "--format", "csv", cwd=shell.root / "transcripts")
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert row(rows, code="work/money")["codings"] == "3"
    assert "coder ana" in done.stderr
    done = outside("-m", "qualcode", "themes", cwd=shell.root)
    assert (done.returncode, done.stdout) == (2, "")


def test_main_leaves_with_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for word, code in (("--version", 0), ("frobnicate", 2)):
        monkeypatch.setattr(sys, "argv", ["qualcode", word])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == code
    assert capsys.readouterr().out == f"qualcode {__version__}\n"


def test_a_reader_that_stops_listening_is_no_error(shell: Shell) -> None:
    command = f"{sys.executable} -m qualcode segments --format csv | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=shell.root, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.splitlines() == ["transcript,turn,segment,start,end,speaker,role,text", "0"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_letter_comes_out_whatever_the_code_page(shell: Shell, encoding: str) -> None:
    write(shell.root, "transcripts/Ł.txt", "I: So?\n\nP: Zażółć → “jaźń”.\n\nI: So?\n\nP: So.\n")
    done = outside("-m", "qualcode", "segments", "Ł", "--format", "csv", cwd=shell.root, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "Zażółć → “jaźń”." in done.stdout


# Help


def test_help_lists_every_command_and_each_explains_itself(shell: Shell) -> None:
    listed = shell.bare("--help").out
    for name, (_, line) in COMMANDS.items():
        assert name in listed
        assert line in " ".join(listed.split())
        own = shell.bare(name, "-h")
        assert (own.code, own.err) == (0, "")
        assert own.out.startswith(f"Usage: qualcode {name}")


def test_version_is_the_packages(shell: Shell) -> None:
    assert shell.bare("--version").out == f"qualcode {__version__}\n"


def test_no_command_shows_help(shell: Shell) -> None:
    result = shell.bare()
    assert result.code in {0, 2}
    assert "Usage: qualcode" in result.out + result.err


# Options of all commands


def test_study_and_quiet_may_be_given_on_either_side_of_the_command(shell: Shell, tmp_path: Path) -> None:
    before = shell.bare("-C", str(shell.root), "themes", "--coder", "ana")
    assert shell.bare("themes", "--coder", "ana", "-C", str(shell.root)) == before
    assert shell.bare("transcripts", "list", "-C", str(shell.root)) == shell("transcripts")
    assert "unit sentence" in before.out
    for words in (
        ("-q", "themes", "--coder", "ana"),
        ("themes", "--coder", "ana", "-q"),
        ("themes", "--coder", "ana", "--quiet"),
    ):
        quiet = shell.bare("-C", str(shell.root), *words)
        assert before.out.rpartition("\n\n")[0] == quiet.out.rstrip("\n")
        assert "unit sentence" not in quiet.out + quiet.err


@pytest.mark.parametrize(
    "command", ["themes --coder ana", "codings", "suggest", "segments", "transcripts", "search the"]
)
def test_transcripts_are_given_alike_in_all_commands(shell: Shell, command: str) -> None:
    words = command.split()
    given = shell(*words, "A")
    assert given.out == shell(*words, "--transcripts", "A").out
    assert given.out != shell(*words, "B").out
    assert shell(*words, "Z").code == 2


def test_a_dash_as_output_is_stdout(shell: Shell) -> None:
    assert shell("codings", "--format", "csv", "-o", "-").out == shell("codings", "--format", "csv").out


class Keyboard(io.StringIO):
    """Standard input of a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("words", [("export", "x.xlsx"), ("network", "--png", "x.png")])
def test_existing_files_are_overwritten_on_a_terminal_only_if_a_person_says_so(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    *names, file_name = words
    path = tmp_path / file_name
    command = (*names, str(path), "--coder", "ana")
    assert "replaced" not in shell(*command).err
    first = path.stat().st_mtime_ns
    result = shell(*command)
    assert (result.code, "replaced" in result.err) == (0, True)
    second = path.stat().st_mtime_ns
    assert second > first
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    assert shell(*command).code == 1
    assert path.stat().st_mtime_ns == second
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    assert shell(*command).code == 0
    third = path.stat().st_mtime_ns
    assert third > second
    assert shell(*command, "--yes").code == 0
    assert path.stat().st_mtime_ns > third


def test_long_tasks_report_their_progress(shell: Shell, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    project = Project(shell.root, report_progress=lambda *step: steps.append(step))
    project.export(tmp_path / "x.xlsx", coder="ana", by=["transcript", "case"])
    assert [step for step in steps if step[0] == "counting groups"] == [
        ("counting groups", 1, 2),
        ("counting groups", 2, 2),
    ]
    project.update()
    assert [step for step in steps if step[0] == "following codings"] == [
        ("following codings", number, 3) for number in (1, 2, 3)
    ]
