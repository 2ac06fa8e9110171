"""Workbooks and tables for a research lead to decide in, as they are written."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from qualcode import Project
from qualcode.coding.corrections.review_rows import review_check
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.listings.review.review_sheet_rows import REVIEW_TITLES
from studies import Shell, coded_study, small_study, write
from test_workbook_files import check_package

Row = dict[str, Any]


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Ana has coded five passages of A, B and C; ben the budget in A."""
    return Project(coded_study(tmp_path / "study", coder="ana"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study", coder="ana"), capsys)


def rows_of(sheet: Any) -> list[Row]:
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def review(study: Project, folder: Path, **options: Any) -> list[Row]:
    """Return the rows of a review workbook."""
    return rows_of(load_workbook(study.export_review(folder / "review.xlsx", replace=True, **options))["Review"])


def column(rows: list[Row], title: str) -> list[Any]:
    return [row[title] for row in rows]


# Rows


def test_a_review_has_a_row_for_each_coding_of_the_coder_by_place(study: Project, tmp_path: Path) -> None:
    rows = review(study, tmp_path)
    assert list(rows[0]) == list(REVIEW_TITLES)
    assert column(rows, "Transcript") == ["A", "A", "A", "B", "C"]
    assert column(rows, "Case") == ["A", "A", "A", "B", "C"]
    assert column(rows, "Turn") == [1, 1, 3, 1, 1]
    assert column(rows, "Speaker") == ["P", "P", "P", "Bea", "Cy"]
    assert column(rows, "Time") == [None, None, None, None, timedelta(seconds=2)]
    assert rows[0]["Quote"] == "Nobody can tell me what it earns."
    assert column(rows, "Code") == ["work/money/roi", "work/money", "work/fear", "skills/patience", "work/money"]
    assert column(rows, "Code name") == ["Return", "Money", "Fear", "Patience", "Money"]
    assert set(column(rows, "Coder")) == {"ana"}
    assert set(column(rows, "Kind")) == {"coding"}
    assert set(column(rows, "Status")) == {"anchored"}
    ids = {coding.id for coding in study.study.codings if coding.coder == "ana"}
    assert set(column(rows, "Id")) == ids
    assert {cell for row in rows for title in ("Decision", "New code", "Comment") for cell in [row[title]]} == {None}


def test_check_is_a_hash_of_code_quote_and_earlier_decision(study: Project, tmp_path: Path) -> None:
    study.adjudicate("A:21", "none", coder="lea")
    rows = review(study, tmp_path)
    assert column(rows, "Decided before")[0] == "rejected by lea"
    assert rows[0]["Check"] == review_check("work/money/roi", rows[0]["Quote"], "absent")
    assert rows[2]["Check"] == review_check("work/fear", rows[2]["Quote"], "")


def test_a_coding_that_the_consensus_keeps_is_named_so(study: Project, tmp_path: Path) -> None:
    study.adjudicate("A:21", "ana", coder="lea")
    rows = review(study, tmp_path)
    assert column(rows, "Decided before") == ["kept by lea", None, None, None, None]
    assert rows[0]["Check"] == review_check("work/money/roi", rows[0]["Quote"], "applies")


def test_memos_are_shown_and_orphaned_codings_kept(study: Project, tmp_path: Path) -> None:
    coding = next(one for one in study.study.codings if one.coder == "ana" and one.code == "work/fear")
    study.memo("Twice.", on=coding.id, coder="ana")
    write(study.study.root, "transcripts/B.md", "**I:** What is hard?\n\n**Bea:** Nothing.\n")
    rows = review(study, tmp_path)
    assert rows[2]["Memo"] == "Twice."
    assert (rows[3]["Quote"], rows[3]["Status"], rows[3]["Turn"]) == ("I wait a week.", "orphaned", None)


@pytest.mark.parametrize(
    ("options", "transcripts"),
    [
        ({"cases": "C"}, ["C"]),
        ({"cases": ["A", "B"]}, ["A", "A", "A", "B"]),
        ({"cases": "*"}, ["A", "A", "A", "B", "C"]),
        ({"code": "work/money"}, ["A", "A", "C"]),
        ({"transcripts": ["B", "C"]}, ["B", "C"]),
        ({"coder": "ben"}, ["A"]),
        ({"max_rows": 2}, ["A", "A"]),
    ],
)
def test_a_part_of_the_codings_is_selected(
    study: Project, tmp_path: Path, options: dict[str, Any], transcripts: list[str]
) -> None:
    assert column(review(study, tmp_path, **options), "Transcript") == transcripts


def test_cases_of_one_transcript_are_told_apart_by_speaker(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study", coder="ana")
    write(
        root,
        "qualcode.yaml",
        "name: Two\nroles: {interviewer: [I]}\nspeakers: {X: {case: A}, Y: {case: B}}\ncoder: ana\n",
    )
    write(root, "transcripts/E.txt", "I: So?\n\nX: It costs.\n\nY: It earns.\n")
    study = Project(root)
    study.code("E", "work/money", "It costs.")
    study.code("E", "work/money", "It earns.")
    assert column(review(study, tmp_path, cases="B"), "Quote") == ["It earns."]


def test_rows_that_are_left_out_are_noted_and_named_in_the_instructions(study: Project, tmp_path: Path) -> None:
    written = study.export_review(tmp_path / "review.xlsx", replace=True, max_rows=2)
    assert written.rows == 2
    assert written.notes == ("left out: all but the first 2 of 5 rows",)
    lines = [row[1] for row in load_workbook(written)["Instructions"].iter_rows(values_only=True)]
    assert "Left out: all but the first 2 of 5 rows." in lines
    assert "2 codings" in lines


def test_suggestions_follow_the_codings(study: Project, tmp_path: Path) -> None:
    rows = review(study, tmp_path, coder="ben", suggestions=True)
    assert column(rows, "Kind")[:2] == ["coding", "suggestion"]
    suggestion = next(row for row in rows if row["Quote"].startswith("They fear it."))
    assert (suggestion["Coder"], suggestion["Code"], suggestion["Case"]) == ("ben", "work/fear", "A")
    assert suggestion["Id"].startswith("s-")
    assert len(suggestion["Id"]) == 12
    assert 0 < suggestion["Score"] <= 1
    assert "fear" in suggestion["Why"]
    assert suggestion["Status"] is None


def test_suggestions_are_of_the_selected_cases(study: Project, tmp_path: Path) -> None:
    rows = review(study, tmp_path, suggestions=True, cases="D")
    assert {(row["Case"], row["Kind"]) for row in rows} == {("D", "suggestion")}


# What is refused


def test_names_that_the_study_does_not_have_are_refused(study: Project, tmp_path: Path) -> None:
    for options in ({"cases": "Z"}, {"coder": "anna"}, {"code": "work/none"}, {"transcripts": "Z"}):
        with pytest.raises(UnknownNameError):
            review(study, tmp_path, **options)
    with pytest.raises(UsageError, match="an empty list selects nothing"):
        review(study, tmp_path, cases=[])


def test_a_review_is_of_one_coder_as_of_now(study: Project, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="one coder's codings"):
        review(study, tmp_path, coder=["ana", "ben"])
    with pytest.raises(UsageError, match="the codings of now"):
        review(study, tmp_path, coder="ana@2026-01")
    with pytest.raises(UsageError, match="it follows from the coders' codings"):
        review(study, tmp_path, coder="consensus")


def test_a_selection_without_codings_is_refused_and_nothing_is_written(study: Project, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="nothing to review: ana has no codings in what is selected"):
        review(study, tmp_path, cases="D")
    assert not (tmp_path / "review.xlsx").exists()


def test_other_suffixes_are_refused(study: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end the name in .xlsx .* or .csv"):
        study.export_review(tmp_path / "review.docx", replace=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--for", "review", "r.xlsx", "--by", "group"], "--by has no meaning with --for review: leave it out"),
        (["--for", "review", "r.xlsx", "--unit", "turn"], "--unit has no meaning with --for review"),
        (["--for", "review", "r.xlsx", "--as-of", "2026"], "--as-of has no meaning with --for review"),
        (["--for", "coding", "c.xlsx", "--suggestions"], "--suggestions has no meaning with --for coding"),
        (["--for", "coding", "c.xlsx", "--code", "work"], "--code has no meaning with --for coding"),
        (["s.xlsx", "--cases", "A"], "--cases selects rows of a file to fill in: add --for review, or leave it out"),
        (["s.xlsx", "--max-rows", "3"], "--max-rows selects rows of a file to fill in: add --for review"),
        (["--as", "spacy", "--for", "review", "x"], "give one of them"),
        (["--for", "review"], "name the file: 'qualcode export review.xlsx --for review'"),
        (["--for", "review", "r.xlsx", "--max-rows", "0"], "max"),
    ],
)
def test_options_without_meaning_are_refused(shell: Shell, words: list[str], message: str) -> None:
    result = shell("export", *words)
    assert result.code == 2
    assert message in result.err
    assert result.err.count("\n") == 1


def test_the_command_writes_the_file_and_prints_its_name(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    result = shell("export", path, "--for", "review", "--cases", "A", "--max-rows", "2")
    assert (result.code, result.out) == (0, f"{path}\n")
    assert "left out: all but the first 2 of 3 rows" in result.err
    assert len(rows_of(load_workbook(path)["Review"])) == 2


def test_a_file_that_may_be_filled_in_is_not_replaced_unasked(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_text("decisions")
    refused = shell("export", path, "--for", "review")
    assert (refused.code, path.read_text()) == (1, "decisions")
    assert "exists, and somebody may have filled it in: name another file, or add --yes" in refused.err
    assert shell("export", path, "--for", "review", "--yes").code == 0
    assert "an existing file was replaced" in shell("export", path, "--for", "review", "--yes").err


# The sheets


def test_only_the_cells_to_fill_in_can_be_changed(study: Project, tmp_path: Path) -> None:
    book = load_workbook(study.export_review(tmp_path / "review.xlsx", replace=True))
    assert book.sheetnames == ["Instructions", "Review", "New codings", "Codes"]
    unlocked = {
        sheet.title: {cell.coordinate[0] for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        for sheet in book
    }
    assert unlocked == {"Instructions": set(), "Review": set("IJK"), "New codings": set("ABCDE"), "Codes": set()}
    for sheet in book:
        protection = sheet.protection
        assert protection.sheet
        assert not protection.password
        allowed = ("autoFilter", "sort", "formatColumns", "formatRows", "insertRows")
        assert [getattr(protection, name) for name in allowed] == [False] * 5


def test_decisions_and_codes_are_chosen_from_lists_that_refuse_all_else(study: Project, tmp_path: Path) -> None:
    book = load_workbook(study.export_review(tmp_path / "review.xlsx", replace=True))
    found = {
        (sheet, str(one.sqref)): (one.type, one.formula1, one.showErrorMessage, one.errorStyle)
        for sheet in ("Review", "New codings")
        for one in book[sheet].data_validations.dataValidation
    }
    codes = "Codes!$A$2:$A$5"
    assert found == {
        ("Review", "I2:I6"): ("list", '"accept,reject,recode,keep"', True, "stop"),
        ("Review", "J2:J6"): ("list", codes, True, "stop"),
        ("New codings", "D2:D201"): ("list", codes, True, "stop"),
    }
    texts = [one for sheet in ("Review", "New codings") for one in book[sheet].data_validations.dataValidation]
    assert all(one.error and one.errorTitle and len(one.error) < 256 and len(one.errorTitle) < 33 for one in texts)


def test_codes_are_listed_by_name_and_id_without_retired_ones(study: Project, tmp_path: Path) -> None:
    study.retire_code("work/fear")
    book = load_workbook(study.export_review(tmp_path / "review.xlsx", replace=True))
    titles, *rows = book["Codes"].iter_rows(values_only=True)
    assert titles == ("Code", "Name", "Definition", "Include", "Exclude")
    assert [row[0] for row in rows] == ["Patience (skills/patience)", "Money (work/money)", "Return (work/money/roi)"]
    assert rows[1][1:3] == ("Money", "What it costs and earns.")


def test_the_workbooks_are_valid(study: Project, tmp_path: Path) -> None:
    check_package(study.export_review(tmp_path / "review.xlsx", replace=True, suggestions=True).path)
    check_package(study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben").path)
    check_package(study.export_review(tmp_path / "ben.xlsx", replace=True, coder="ben").path)


def test_quote_and_decision_stay_visible_and_pages_are_one_wide(study: Project, tmp_path: Path) -> None:
    sheet = load_workbook(study.export_review(tmp_path / "review.xlsx", replace=True))["Review"]
    assert sheet.freeze_panes == "J2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area == "'Review'!$A$1:$K$6"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert sheet.auto_filter.ref == "A1:U6"
    assert sheet.column_dimensions["M"].hidden  # Memo
    assert not sheet.column_dimensions["E"].hidden  # Time


def test_the_same_study_gives_the_same_bytes(study: Project, tmp_path: Path) -> None:
    first = study.export_review(tmp_path / "first.xlsx", replace=True).path
    second = Project(study.study.root).export_review(tmp_path / "second.xlsx").path
    assert first.read_bytes() == second.read_bytes()
    latest = max(study.study.last_decision_times.values())
    assert load_workbook(first).properties.modified.isoformat()[:16] == latest[:16]


def test_texts_like_formulas_stay_texts(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study", coder="ana")
    write(root, "transcripts/E.txt", "I: So?\n\nP: =cmd|'/c calc'!A0 is what I type.\n")
    write(root, "codebooks/more.yaml", "family: more\ncodes:\n  - {id: sum, name: '=SUM(A1)'}\n")
    study = Project(root)
    study.code("E", "more/sum", "=cmd|'/c calc'!A0 is what I type.")
    book = load_workbook(study.export_review(tmp_path / "review.xlsx", replace=True))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert book["Review"]["F2"].value == "=cmd|'/c calc'!A0 is what I type."
    # The name would be a formula once it is chosen.
    assert [book["Codes"][cell].value for cell in ("A2", "B2")] == ["more/sum", "=SUM(A1)"]


# The table alone


def test_a_table_has_the_same_columns_and_no_formula(study: Project, tmp_path: Path) -> None:
    write(study.study.root, "transcripts/E.txt", "I: So?\n\nP: -- no, I fear it.\n")
    study.code("E", "work/fear", "-- no, I fear it.")
    written = study.export_review(tmp_path / "review.csv", replace=True)
    assert written.path.read_bytes().startswith(b"\xef\xbb\xbf")
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(REVIEW_TITLES)
    assert column(rows, "Time") == ["", "", "", "", "0:00:02", ""]
    assert rows[-1]["Quote"] == "'-- no, I fear it."
    assert written.notes == ("1 cell like a formula: an apostrophe in front",)
    assert rows[0]["Check"] == review_check("work/money/roi", rows[0]["Quote"], "")


# Back


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_review_that_nobody_has_filled_in_changes_nothing(study: Project, tmp_path: Path, suffix: str) -> None:
    written = study.export_review(tmp_path / f"review{suffix}", replace=True, suggestions=True)
    assert study.apply(written.path, coder="lea").empty


def fill_in(path: Path, back: Path) -> None:
    """Reject the first coding, keep the second, recode the third, and add one."""
    book = load_workbook(path)
    sheet: Any = book["Review"]
    sheet["I2"], sheet["K2"] = "reject", "Not about money."
    sheet["I3"] = "keep"
    sheet["I4"], sheet["J4"] = "recode", book["Codes"]["A2"].value
    added: Any = book["New codings"]
    added["A2"], added["C2"], added["D2"] = "D", "Nobody listens.", book["Codes"]["A5"].value
    book.save(back)


def test_decisions_are_read_back_as_they_were_meant(study: Project, tmp_path: Path) -> None:
    fill_in(study.export_review(tmp_path / "review.xlsx", replace=True).path, tmp_path / "back.xlsx")
    table = study.apply(tmp_path / "back.xlsx", coder="ana", write=True)
    assert list(table["place"]) == ["Review!I2", "Review!I3", "Review!I4", "New codings!D2"]
    coded = [(one.transcript, one.code) for one in study.study.codings if one.coder == "ana"]
    assert coded == [
        ("A", "work/money"),
        ("A", "skills/patience"),
        ("B", "skills/patience"),
        ("C", "work/money"),
        ("D", "work/fear"),
    ]


def test_a_decision_for_the_consensus_is_shown_in_the_next_review(study: Project, tmp_path: Path) -> None:
    fill_in(study.export_review(tmp_path / "review.xlsx", replace=True).path, tmp_path / "back.xlsx")
    study.apply(tmp_path / "back.xlsx", coder="lea", write=True)
    rows = review(study, tmp_path)
    assert column(rows, "Decided before")[:4] == [
        *("rejected by lea", "kept by lea", "recoded by lea: skills/patience", None),
    ]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_lists_protection_and_decisions_survive_libreoffice(study: Project, tmp_path: Path) -> None:
    fill_in(study.export_review(tmp_path / "review.xlsx", replace=True).path, tmp_path / "back.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", "saved", "back.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    before, after = load_workbook(tmp_path / "back.xlsx"), load_workbook(tmp_path / "saved" / "back.xlsx")
    assert after.sheetnames == before.sheetnames
    for sheet, saved in zip(before, after, strict=True):
        cells = [(cell.coordinate, cell.value, cell.protection.locked) for row in sheet.iter_rows() for cell in row]
        assert [(at, saved[at].value, saved[at].protection.locked) for at, _, _ in cells] == cells
        assert saved.protection.sheet
        assert not saved.protection.autoFilter
        for title in ("showErrorMessage", "formula1", "error", "errorTitle", "errorStyle"):
            lists = [
                {str(one.sqref): getattr(one, title) for one in book.data_validations.dataValidation}
                for book in (sheet, saved)
            ]
            assert lists[0] == lists[1]
        assert len(saved.conditional_formatting) == len(sheet.conditional_formatting)
    statuses = list(study.apply(tmp_path / "saved" / "back.xlsx", coder="ana")["status"])
    assert statuses == list(study.apply(tmp_path / "back.xlsx", coder="ana")["status"])


def test_what_excel_cannot_hold_is_changed_and_noted(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study", coder="ana")
    long = "It costs. " * 4000
    write(root, "transcripts/E.txt", f"I: So?\n\nP: We wait \u202eabc\u202c \U0001f600. {long}\n")
    write(root, "codebooks/more.yaml", "family: more\ncodes:\n  - {id: sum, name: 'Costs, fees / \"fines\"'}\n")
    study = Project(root)
    study.code("E", "more/sum", long.strip())
    study.code("E", "more/sum", "We wait \u202eabc\u202c \U0001f600.")
    written = study.export_review(tmp_path / "review.xlsx", replace=True)
    rows = rows_of(load_workbook(written)["Review"])
    assert [row["Quote"] for row in rows if len(row["Quote"]) < 100] == ["We wait \u202eabc\u202c \U0001f600."]
    assert any("more characters]" in row["Quote"] for row in rows)
    assert written.notes == ("1 cell over Excel's limit of 32,767 characters: cut and marked",)
    lines = [row[:2] for row in load_workbook(written)["Instructions"].iter_rows(values_only=True)]
    assert ("Long texts", "1 cell over Excel's limit of 32,767 characters: cut and marked") in lines
    assert load_workbook(written)["Codes"]["A2"].value == 'Costs, fees / "fines" (more/sum)'
    assert study.apply(written.path, coder="lea").empty
