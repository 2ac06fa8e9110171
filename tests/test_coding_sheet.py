"""Workbooks and tables in which one coder codes without seeing anything of the others."""

from __future__ import annotations

import csv
import html
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from qualcode import Project
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import MissingCoderError, NewCoderError, OperationError, UnknownNameError, UsageError
from qualcode.listings.review.coding_sheet_rows import CODING_TITLES
from studies import Shell, small_study, write

Row = dict[str, Any]
BUDGET = "The budget is gone."


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Zoraida has coded and finished A and written memos; ben has coded the budget in A."""
    project = Project(small_study(tmp_path / "study"))
    nobody = project.code("A", "work/money/roi", "Nobody can tell me what it earns.", coder="zoraida")
    project.code("A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=0), coder="zoraida")
    project.memo("Unmistakable remark.", on=nobody.ids[0], coder="zoraida")
    project.memo("Another remark.", on="A", coder="zoraida")
    project.done(["A", "B"], coder="zoraida")
    project.code("A", "work/money", BUDGET, coder="ben")
    return project


def rows_of(path: Any) -> list[Row]:
    sheet: Any = load_workbook(path)["Coding"]
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]


def coding(study: Project, folder: Path, **options: Any) -> list[Row]:
    return rows_of(study.export_coding(folder / "coding.xlsx", replace=True, **{"coder": "ben", **options}))


def column(rows: list[Row], title: str) -> list[Any]:
    return [row[title] for row in rows]


# Rows


def test_a_row_is_a_sentence_of_a_participant_or_a_turn_of_an_interviewer(study: Project, tmp_path: Path) -> None:
    rows = coding(study, tmp_path, transcripts="A")
    assert list(rows[0]) == list(CODING_TITLES)
    assert [(row["Turn"], row["Speaker"], row["Text"]) for row in rows] == [
        (0, "I", "What is hard?"),
        (1, "P", "Nobody can tell me what it earns."),
        (1, "P", BUDGET),
        (2, "I", "And the others?"),
        (3, "P", "They fear it."),
        (3, "P", "They fear it."),
    ]
    text = study.study.transcripts["A"].text
    for row in rows:
        if row["Speaker"] == "P":
            assert text[row["Start"] : row["End"]] == row["Text"]
            assert (row["Version"], row["Coder"]) == (study.study.transcripts["A"].sha256, "ben")
        else:
            assert {row[title] for title in ("Start", "End", "Version", "Had", "Coder", "Done")} == {None}


def test_the_coders_own_codes_are_filled_in_and_only_those(study: Project, tmp_path: Path) -> None:
    rows = coding(study, tmp_path, transcripts="A")
    assert column(rows, "Code 1") == [None, None, "Money (work/money)", None, None, None]
    assert column(rows, "Had") == [None, None, "work/money", None, None, None]
    assert {row[title] for row in rows for title in ("Code 2", "Code 3", "Memo", "Done")} == {None}


def test_a_coding_over_two_segments_is_in_both(study: Project, tmp_path: Path) -> None:
    study.code("A", "skills/patience", f"Nobody can tell me what it earns. {BUDGET}", coder="ben")
    rows = coding(study, tmp_path, transcripts="A")
    assert column(rows, "Had")[1:3] == ["skills/patience", "skills/patience; work/money"]
    assert rows[2]["Code 2"] == "Money (work/money)"


def test_of_more_codes_than_columns_the_others_are_neither_shown_nor_expected_back(
    study: Project, tmp_path: Path
) -> None:
    for code in ("work/fear", "work/money/roi", "skills/patience"):
        study.code("A", code, BUDGET, coder="ben")
    written = study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben", transcripts="A")
    budget = rows_of(written)[2]
    assert budget["Had"].count(";") == 2
    assert [budget[title].partition("(")[2].rstrip(")") for title in ("Code 1", "Code 2", "Code 3")] == budget[
        "Had"
    ].split("; ")
    assert "1 segment with more than 3 of ben's codes: the others are not shown" in written.notes[-1]


@pytest.mark.parametrize(
    ("unit", "texts"),
    [
        ("turn", ["What is hard?", f"Nobody can tell me what it earns. {BUDGET}", "And the others?"]),
        ("exchange", [f"What is hard?\n\nP: Nobody can tell me what it earns. {BUDGET}"]),
    ],
)
def test_rows_are_units_and_no_text_is_there_twice(study: Project, tmp_path: Path, unit: str, texts: list[str]) -> None:
    rows = coding(study, tmp_path, transcripts="A", unit=unit)
    assert column(rows, "Text")[: len(texts)] == texts
    spoken = [sentence for row in rows for sentence in row["Text"].split("?") if sentence.strip()]
    assert sum("And the others" in part for part in spoken) == 1


def test_windows_are_refused_because_they_overlap(study: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="windows overlap, so each text would have several rows"):
        coding(study, tmp_path, unit="window:2")


# Which transcripts


def test_all_transcripts_that_the_coder_has_not_finished_are_there(study: Project, tmp_path: Path) -> None:
    study.done("B", coder="ben")
    written = study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben")
    assert list(dict.fromkeys(column(rows_of(written), "Transcript"))) == ["A", "C", "D"]
    assert written.notes[0] == "3 transcripts to be coded by ben"
    assert written.notes[1].startswith("1 transcript left out, which ben has finished")


def test_assigned_transcripts_are_there_and_no_others(study: Project, tmp_path: Path) -> None:
    write(
        study.study.root, "assignments.csv", "transcript,coder,overlap\nA,ben,\nC,ben,yes\nC,zoraida,yes\nD,zoraida,\n"
    )
    assert set(column(coding(study, tmp_path), "Transcript")) == {"A", "C"}
    study.done("A", coder="ben")
    assert set(column(coding(study, tmp_path), "Transcript")) == {"C"}
    study.done("C", coder="ben")
    with pytest.raises(OperationError, match="ben has finished all 2 transcripts: to see or change finished ones"):
        coding(study, tmp_path)


def test_a_named_transcript_that_is_finished_has_done_rows(study: Project, tmp_path: Path) -> None:
    study.done("A", coder="ben")
    assert column(coding(study, tmp_path, transcripts="A"), "Done") == [None, "yes", "yes", None, "yes", "yes"]
    study.done("B", coder="ben", families=["work"])
    assert set(column(coding(study, tmp_path, transcripts="B"), "Done")) == {None}


def test_names_are_checked(study: Project, tmp_path: Path) -> None:
    with pytest.raises(NewCoderError, match="did you mean 'zoraida'"):
        coding(study, tmp_path, coder="zoraide")
    with pytest.raises(UnknownNameError):
        coding(study, tmp_path, transcripts="Z")
    with pytest.raises(UsageError, match="consensus"):
        coding(study, tmp_path, coder="consensus")
    with pytest.raises(MissingCoderError):
        study.export_coding(tmp_path / "coding.xlsx", replace=True)
    assert not (tmp_path / "coding.xlsx").exists()


# Nothing of others


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_the_file_is_the_same_as_if_nobody_else_had_decided_anything(
    study: Project, tmp_path: Path, suffix: str
) -> None:
    study.adjudicate("A:21", "none", coder="yolanda", note="Not about money.")
    before = study.export_coding(tmp_path / f"before{suffix}", replace=True, coder="ben").path.read_bytes()
    for folder in (study.study.root / "codings").iterdir():
        if folder.name != "ben":
            shutil.rmtree(folder)
    alone = Project(study.study.root).export_coding(tmp_path / f"alone{suffix}", coder="ben").path.read_bytes()
    assert before == alone


def test_no_member_of_the_file_has_anything_of_other_coders(study: Project, tmp_path: Path) -> None:
    study.adjudicate("A:21", "none", coder="yolanda", note="Not about money.")
    study.suggest(coder="ben")
    write(study.study.root, "assignments.csv", "transcript,coder,overlap\nA,ben,yes\nA,zoraida,yes\n")
    others = [coding.id for coding in study.study.codings if coding.coder != "ben"]
    secrets = ["zoraida", "yolanda", "consensus", "remark", "Not about money", "suggestion", *others]
    with ZipFile(study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben").path) as archive:
        for name in archive.namelist():
            text = html.unescape(archive.read(name).decode())
            assert [secret for secret in secrets if secret in text or secret in name] == []


# The sheet


def test_rows_of_interviewers_are_locked_and_participants_cells_can_be_filled_in(
    study: Project, tmp_path: Path
) -> None:
    book = load_workbook(study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben", transcripts="A"))
    assert book.sheetnames == ["Instructions", "Coding", "Codes"]
    sheet = book["Coding"]
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {f"{column}{row}" for column in "FGHIJ" for row in (3, 4, 6, 7)}
    assert sheet.protection.sheet
    lists = {str(one.sqref): (one.formula1, one.showErrorMessage) for one in sheet.data_validations.dataValidation}
    assert lists == {"F2:H7": ("Codes!$A$2:$A$5", True), "J2:J7": ('"yes"', True)}
    assert sheet.freeze_panes == "F2"


def test_the_table_alone_has_the_same_columns(study: Project, tmp_path: Path) -> None:
    written = study.export_coding(tmp_path / "coding.csv", replace=True, coder="ben", transcripts="C")
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(CODING_TITLES)
    assert column(rows, "Time") == ["0:00:01", "0:00:02", "0:00:04", "0:00:05"]
    assert written.rows == 2


def test_the_command_is_for_one_coder(study: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study.study.root, capsys)
    path = tmp_path / "c.xlsx"
    assert "is for one coder" in shell("export", path, "--for", "coding", "--coder", "ben", "--coder", "zoraida").err
    result = shell("export", path, "--for", "coding", "--coder", "ben", "--unit", "turn")
    assert (result.code, result.out) == (0, f"{path}\n")
    assert "4 transcripts to be coded by ben" in result.err
    words = ("export", tmp_path / "new.xlsx", "--for", "coding", "--coder", "zoraide", "--transcripts", "A")
    assert shell(*words).code == 2
    assert shell(*words, "--new-coder").code == 0


# Back


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_file_that_nobody_has_filled_in_changes_nothing(study: Project, tmp_path: Path, suffix: str) -> None:
    study.done("B", coder="ben")
    written = study.export_coding(tmp_path / f"coding{suffix}", replace=True, coder="ben", transcripts=["A", "B"])
    assert set(study.apply(written.path, coder="ben")["status"]) == {"unchanged"}


def test_codes_that_are_filled_in_become_codings_of_the_coder(study: Project, tmp_path: Path) -> None:
    written = study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben", transcripts="A")
    book = load_workbook(written)
    sheet: Any = book["Coding"]
    sheet["F3"], sheet["G3"], sheet["F4"] = "Return (work/money/roi)", "Patience (skills/patience)", None
    for row in (3, 4, 6, 7):
        sheet[f"J{row}"] = "yes"
    book.save(tmp_path / "back.xlsx")
    study.apply(tmp_path / "back.xlsx", coder="ben", write=True)
    coded = {(coding.quote, coding.code) for coding in study.study.codings if coding.coder == "ben"}
    nobody = "Nobody can tell me what it earns."
    assert coded == {(nobody, "work/money/roi"), (nobody, "skills/patience")}
    assert column(coding(study, tmp_path, transcripts="A"), "Done")[1] == "yes"
    assert set(study.apply(tmp_path / "back.xlsx", coder="ben")["status"]) == {"unchanged"}


def test_a_file_for_one_coder_is_not_read_for_another(study: Project, tmp_path: Path) -> None:
    written = study.export_coding(tmp_path / "coding.xlsx", replace=True, coder="ben", transcripts="A")
    assert "the sheet is for ben, not for zoraida" in set(study.apply(written.path, coder="zoraida")["message"])


def test_a_study_without_transcripts_has_nothing_to_code(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="there are no transcripts yet"):
        Project.init(tmp_path / "new").export_coding(tmp_path / "coding.xlsx", coder="ben")
    assert not (tmp_path / "coding.xlsx").exists()


def test_assigned_transcripts_that_cannot_be_read_are_named(study: Project, tmp_path: Path) -> None:
    write(study.study.root, "assignments.csv", "transcript,coder,overlap\nLost,ben,\n")
    with pytest.raises(OperationError, match="no transcript assigned to ben can be read: see Project"):
        coding(study, tmp_path)
