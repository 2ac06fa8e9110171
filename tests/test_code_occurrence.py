"""Where codes occur: matrices by case, transcript and unit, and positions; by hand and against other counts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import book_of, span_coding, transcript_of, universe_of
from qualcode.errors import UsageError
from qualcode.incidence import count_frequencies, count_rows, find_positions, incidence, list_code_sets
from qualcode.incidence.row_counts import MatrixCells, MatrixRows
from qualcode.model import Unit
from qualcode.project import Project
from qualcode.tables import list_records
from studies import Shell, coded_study, row, small_study, write

BOOK = book_of(["f/a", "f/a/x", "g/b"], themes={"th": ["f/a/x", "g/b"]})
CODE_SETS = list_code_sets(BOOK)
TEXT = "I: So?\n\nP: One two. Three four five.\n\nI: And?\n\nP: Six. Seven eight."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path))


def cells_of(table: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """Return some columns of each row, missing cells as None."""
    return [[one[name] for name in columns] for one in list_records(table)]


# --- matrix ---------------------------------------------------------------------------------------------------


def test_matrix_by_case_counted_by_hand(project: Project) -> None:
    table = project.matrix(coder="ana")
    names = ["case", "coder", "words", "skills/patience", "work/money", "work/money/roi", "work/fear"]
    assert list(table.columns) == names
    assert cells_of(table, "case", "words", "work/money", "work/money/roi", "work/fear", "skills/patience") == [
        ["A", 17, 2, 1, 1, 0],
        ["B", 11, 0, 0, 0, 1],
        ["C", 7, 1, 0, 0, 0],
    ]
    present = project.matrix(coder="ana", cells="present", level="theme")
    assert cells_of(present, "strain") == [[1], [1], [0]]
    words = project.matrix(coder="ana", cells="words", level="family")
    assert cells_of(words, "work", "skills") == [[14, 0], [0, 4], [4, 0]]
    assert "cells: participants' words in codings" in words.attrs["notes"][-1]


def test_cells_are_missing_where_the_coder_was_not_asked(project: Project) -> None:
    table = project.matrix(coder=["ana", "ben"])
    assert cells_of(table, "coder", "case", "work/money", "skills/patience")[-1] == ["ben", "A", 1, None]
    assert str(table["skills/patience"].dtype) == "Int64"


def test_matrix_by_transcript_and_unit(project: Project) -> None:
    units = project.matrix(rows="unit", cells="present", coder="ana", transcripts="A")
    assert cells_of(units, "transcript", "words", "work/money", "work/fear") == [
        ["A", 7, 1, 0],
        ["A", 4, 1, 0],
        ["A", 3, 0, 0],
        ["A", 3, 0, 1],
    ]
    text = project.text("A")
    spans = zip(units["start"], units["end"], strict=True)
    assert [text[start:end] for start, end in spans][1:3] == ["The budget is gone.", "They fear it."]
    transcripts = project.matrix(rows="transcript", coder="ana", attributes=True)
    assert cells_of(transcripts, "transcript", "group", "size", "work/money") == [
        ["A", "x", "10", 2],
        ["B", "x", "", 0],
        ["C", "y", "5", 1],
    ]


def test_columns_of_attributes_do_not_hide_others(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    write(root, "transcripts/cases.csv", "case,words,work/fear\nA,many,no\nB,few,yes\n")
    table = Project(root).matrix(coder="ana", attributes=True, code="work/fear")
    assert cells_of(table, "case", "words", "case_words", "case_work/fear", "work/fear") == [
        ["A", 17, "many", "no", 1],
        ["B", 11, "few", "yes", 0],
        ["C", 7, "", "", 0],
    ]


def test_speakers_of_a_focus_group_have_rows_of_their_own(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/F.txt", "Ann: They fear it. Yes.\n\nBob: They fear it.\n\nAnn: No.\n")
    settings_text = (root / "qualcode.yaml").read_text(encoding="utf-8")
    write(root, "qualcode.yaml", settings_text + "speakers: {Ann: {case: ann}, Bob: {case: bob}}\n")
    study = Project(root)
    study.code("F", "work/fear", "They fear it. Yes.", coder="ana")
    study.code("F", "work/fear", "Yes.\n\nBob: They fear", coder="ana")
    table = study.matrix(coder="ana", transcripts="F", code="work/fear")
    assert cells_of(table, "case", "words", "work/fear") == [["ann", 5, 2], ["bob", 3, 1]]
    words = study.matrix(coder="ana", transcripts="F", code="work/fear", cells="words")
    assert cells_of(words, "case", "work/fear") == [["ann", 4], ["bob", 2]]
    units = study.matrix(coder="ana", transcripts="F", code="work/fear", cells="units", unit="transcript")
    assert cells_of(units, "case", "work/fear") == [["ann", 1], ["bob", 1]]
    by_unit = study.matrix(coder="ana", transcripts="F", rows="unit", unit="transcript", attributes=True)
    assert len(by_unit) == 1


SPAN = st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(1, 30), st.sampled_from(BOOK.codes))
SPANS = st.lists(SPAN, max_size=12)


@settings(max_examples=60)
@given(SPANS, st.sampled_from([Unit(), Unit("turn"), Unit("window", 2)]), st.booleans())
def test_sums_over_rows_are_the_frequencies(spans: list[Any], unit: Unit, shared: bool) -> None:
    texts = [transcript_of(TEXT, name=f"T{number}") for number in range(3)]
    codings = [
        span_coding(f"T{number}", start, min(start + length, len(TEXT)), code.id)
        for number, start, length, code in spans
        if start < len(TEXT)
    ]
    cases = {"T0": ["C"], "T1": ["C"]} if shared else {}
    over = universe_of(texts, BOOK, unit=unit, cases=cases, asked={"T2": ["f"]})
    counted = incidence(codings, over, codes=tuple(BOOK.by_id))
    frequencies = [cell for (cell,) in count_frequencies(counted, CODE_SETS, [over.all_members])]

    def sums(rows: MatrixRows, cells: MatrixCells) -> list[float]:
        return list(np.nansum(count_rows(counted, CODE_SETS, rows=rows, cells=cells).cells, axis=0))

    for rows in ("case", "transcript"):
        assert sums(rows, "codings") == [cell.codings for cell in frequencies]
        assert sums(rows, "words") == [cell.words for cell in frequencies]
        assert sums(rows, "units") == [cell.units for cell in frequencies]
    assert sums("case", "present") == [cell.cases for cell in frequencies]
    assert sums("transcript", "present") == [cell.transcripts for cell in frequencies]
    assert sums("unit", "present") == sums("unit", "units") == [cell.units for cell in frequencies]
    by_unit = count_rows(counted, CODE_SETS, rows="unit", cells="codings").cells
    assert ((by_unit > 0) == (count_rows(counted, CODE_SETS, rows="unit", cells="present").cells > 0)).all()
    if unit == Unit("turn"):
        assert sums("unit", "words") == [cell.words for cell in frequencies]
    asked = count_rows(counted, CODE_SETS, rows="transcript", cells="codings").cells
    assert np.isnan(asked[2]).tolist() == ["g" in code_set.families for code_set in CODE_SETS]


# --- positions ------------------------------------------------------------------------------------------------


def test_positions_are_those_of_the_middle_of_a_unit() -> None:
    over = universe_of([transcript_of(TEXT, name="T1"), transcript_of(TEXT, name="T2")], BOOK)
    # One two | Three four five | Six | Seven eight: middles at words 1, 3.5, 5.5 and 7 of 8.
    found = find_positions(over, bins=4)
    np.testing.assert_allclose(found.position, [1 / 8, 3.5 / 8, 5.5 / 8, 7 / 8] * 2)
    assert found.bin.tolist() == [0, 1, 2, 3] * 2


def test_positions_counted_by_hand(tmp_path: Path) -> None:
    root = coded_study(tmp_path, ben=False)
    table = Project(root).positions(coder="ana", bins=2, code="work/money")
    money = [one for one in list_records(table) if one["code"] == "work/money"]
    # A: words 0-7 and 7-11 of 17 (middles 3.5 and 9), C: 0-4 of 7 (2).
    # Units in the halves: A 1 and 3, B 2 and 1, C 1 and 1.
    assert [(one["part"], one["start"], one["end"], one["units"], one["universe_units"]) for one in money] == [
        (1, 0.0, 0.5, 2, 4),
        (2, 0.5, 1.0, 1, 5),
    ]
    assert [one["share_of_units"] for one in money] == [0.5, 0.2]
    mean = (3.5 / 17 + 9 / 17 + 2 / 7) / 3
    assert {one["mean_position"] for one in money} == {round(mean, 6)}
    # Draws of three of A, B and C: only C, or only A, are beyond the limits.
    assert money[0]["mean_low"] == round(2 / 7, 6)
    assert money[0]["mean_high"] == round((3.5 + 9) / 17 / 2, 6)
    roi = row(list_records(table), code="work/money/roi", part=1)
    assert (roi["mean_position"], roi["mean_low"]) == (round(3.5 / 17, 6), None)


def test_mean_position_of_many_transcripts_is_near_that_by_linearisation(monkeypatch: pytest.MonkeyPatch) -> None:
    from qualcode.statistics import Resampling, quotient_interval

    generator = np.random.default_rng(2)
    counts = generator.integers(0, 5, (400, 2)).astype(float)
    sums = counts * generator.uniform(0, 1, (400, 2))
    drawn = quotient_interval(sums, counts, Resampling())
    monkeypatch.setattr("qualcode.statistics.ratio_intervals.MAX_DRAWN_CLUSTERS", 100)
    np.testing.assert_allclose(quotient_interval(sums, counts, Resampling()), drawn, atol=0.005)


def test_positions_by_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(coded_study(tmp_path, ben=False), capsys)
    shown = shell("positions", "--by", "group", "--bins", "2", "--code", "work/money").out.splitlines()
    assert shown[0].split() == ["group", "code", "units", "positions", "mean_position"]
    assert shown[2] == f"x      work/money          2  |█▆|                {12.5 / 34:.2f}"
    rows = shell("positions", "--by", "group", "--bins", "2", "--code", "work/money", "--format", "json").json
    assert [(one["group"], one["units"], one["universe_units"]) for one in rows[:4]] == [
        ("x", 1, 3),
        ("x", 1, 4),
        ("y", 1, 1),
        ("y", 0, 1),
    ]
    assert shell("positions", "--unit", "transcript").code == 2
    with pytest.raises(UsageError, match="bins: must be at least 1"):
        Project(shell.root).positions(bins=0)


def test_matrix_by_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(coded_study(tmp_path, ben=False), capsys)
    rows = shell("matrix", "--cells", "present", "--attributes", "--level", "family", "--format", "csv").csv
    assert rows[0] == {
        "case": "A",
        "coder": "ana",
        "words": "17",
        "group": "x",
        "size": "10",
        "work": "1",
        "skills": "0",
    }
    with pytest.raises(UsageError, match="rows: there is no 'speaker'"):
        Project(shell.root).matrix(rows="speaker")  # type: ignore[arg-type]


def test_no_counted_transcript_gives_no_rows(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/E.txt", "P: -\n")
    project = Project(root)
    project.code("A", "work/money", "The budget is gone.", coder="ana")
    for made in (project.matrix(transcripts="E"), project.matrix(transcripts="E", rows="unit", attributes=True)):
        assert len(made) == 0
        assert "work/fear" in made.columns
    positions = project.positions(transcripts="E", code="work/fear", bins=2)
    assert [(one["units"], one["share_of_units"]) for one in list_records(positions)] == [(0, None)] * 2


def test_matrix_that_is_too_wide_for_a_terminal_lists_the_codes_of_each_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(coded_study(tmp_path, ben=False), capsys)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    assert shell("matrix", "--no-pager").out.splitlines()[:5] == [
        "case  words  codes",
        "----  -----  -------------------------------------------",
        "A        17  work/money 2, work/money/roi 1, work/fear 1",
        "B        11  skills/patience 1",
        "C         7  work/money 1",
    ]
    monkeypatch.setenv("COLUMNS", "120")
    assert "work/money/roi  work/fear" in shell("matrix", "--no-pager").out.splitlines()[0]
