"""Corrections read back from workbooks and CSV tables: which decisions are recorded, and what stands in the way."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from qualcode.coding.corrections.correction_report import CorrectionProblemsError
from qualcode.coding.corrections.review_rows import EarlierDecisions, review_check
from qualcode.errors import OperationError, UsageError
from qualcode.project import Project
from studies import D, Shell, coded_study, docx, ledgers, write

REVIEW = ("Case", "Transcript", "Turn", "Quote", "Code", "Decision", "New code", "Comment", "Coder", "Id", "Check")
CODING = "Transcript Turn Speaker Time Text|Code 1|Code 2|Code 3|Memo|Done|Had|Start|End|Version"
EARNS = "Nobody can tell me what it earns."
BUDGET = "The budget is gone."


def codings_of(project: Project, coder: str = "ana") -> list[tuple[str, str, str]]:
    """Return transcript, quote and code of a coder's codings."""
    table = project.codings(coder=coder)
    return sorted((row["transcript"], row["quote"], row["code"]) for row in table.to_dict("records"))


def consensus_of(project: Project) -> set[tuple[str, str, str]]:
    """Return transcript, quote and code of what the consensus has."""
    table = project.quotes(coder="consensus")
    return {(row["transcript"], row["quote"], row["code"]) for row in table.to_dict("records")}


def review_rows(project: Project, coder: str = "ana") -> list[dict[str, Any]]:
    """Return the rows of a review of a coder's codings, nothing filled in."""
    earlier = EarlierDecisions.of(project.study)
    rows = []
    for coding in project.study.codings:
        if coding.coder == coder:
            state = earlier.state(coding.id, coding.transcript, (coding.start, coding.end), coding.code)
            values = (
                coding.transcript, coding.transcript, 1, coding.quote, coding.code, None, None, None, coder, coding.id,
                review_check(coding.code, coding.quote, state.text),
            )  # fmt: skip
            rows.append(dict(zip(REVIEW, values, strict=True)))
    return rows


def fill(rows: Sequence[dict[str, Any]], quote: str, transcript: str = "A", **cells: Any) -> None:
    """Fill cells of the one row with a quote."""
    (found,) = [row for row in rows if row["Quote"] == quote and row["Transcript"] == transcript]
    found.update({name.replace("_", " "): value for name, value in cells.items()})


def save(path: Path, **sheets: Iterable[Mapping[str, Any]]) -> Path:
    """Write sheets, each with the columns of its first row; underscores in names stand for spaces."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        listed = list(rows)
        sheet.append(list(listed[0]) if listed else [])
        for row in listed:
            sheet.append(list(row.values()))
    book.save(path)
    return path


def statuses(table: pd.DataFrame) -> list[str]:
    return list(table["status"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(coded_study(tmp_path / "study", ben=False))


# A coder's own codings


def test_own_decisions_change_the_codings(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="Reject ")
    fill(rows, BUDGET, Decision="recode", New_code="fear")
    fill(rows, "I wait a week.", "B", Decision="keep", Comment="A good one")
    path = save(tmp_path / "review.xlsx", Review=rows)

    dry = project.apply(path, coder="ana")
    assert [(row["place"], row["status"]) for row in dry.to_dict("records")] == [
        ("Review!F2", "new"),
        ("Review!F3", "new"),
        ("Review!F5", "new"),
    ]
    assert ("A", EARNS, "work/money/roi") in codings_of(project)  # nothing was recorded

    project.apply(path, coder="ana", write=True)
    assert codings_of(project) == [
        ("A", BUDGET, "work/fear"),
        ("A", "They fear it.", "work/fear"),
        ("B", "I wait a week.", "skills/patience"),
        ("C", BUDGET, "work/money"),
    ]
    assert list(project.memos()["text"]) == ["A good one"]


def test_applying_twice_changes_nothing(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject", Comment="No.")
    fill(rows, BUDGET, Decision="recode", New_code="Fear", Comment="Why?")
    fill(rows, "I wait a week.", "B", Comment="A memo alone")
    path = save(tmp_path / "review.xlsx", Review=rows)
    for coder in ("ana", "lea"):
        project.apply(path, coder=coder, write=True)
        before = ledgers(project.study.root)
        again = project.apply(path, coder=coder, write=True)
        assert set(statuses(again)) == {"unchanged"}
        assert ledgers(project.study.root) == before
        project.undo(coder=coder)


def test_undo_takes_all_back(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    fill(rows, BUDGET, Decision="recode", New_code="work/fear", Comment="Why?")
    path = save(tmp_path / "review.xlsx", Review=rows)
    before, consensus = codings_of(project), consensus_of(project)
    for coder in ("ana", "lea"):
        project.apply(path, coder=coder, write=True)
        assert (codings_of(project), consensus_of(project)) != (before, consensus)
        assert project.undo(coder=coder).count > 2
        assert (codings_of(project), consensus_of(project)) == (before, consensus)
        assert project.memos().empty
        project.redo(coder=coder)
        assert (codings_of(project), consensus_of(project)) != (before, consensus)
        project.undo(coder=coder)


def test_another_decision_in_the_same_file_replaces_the_first(project: Project, tmp_path: Path) -> None:
    for coder, read in (("ana", codings_of), ("lea", consensus_of)):
        rows = review_rows(project)
        fill(rows, BUDGET, Decision="recode", New_code="work/fear")
        project.apply(save(tmp_path / "review.xlsx", Review=rows), coder=coder, write=True)
        fill(rows, BUDGET, Decision="recode", New_code="skills/patience")
        project.apply(save(tmp_path / "review.xlsx", Review=rows), coder=coder, write=True)
        assert [code for name, quote, code in read(project) if (name, quote) == ("A", BUDGET)] == ["skills/patience"]
        fill(rows, BUDGET, Decision="keep", New_code=None)
        project.apply(save(tmp_path / "review.xlsx", Review=rows), coder=coder, write=True)
        assert [code for name, quote, code in read(project) if (name, quote) == ("A", BUDGET)] == ["work/money"]


# Somebody else's codings


def test_decisions_on_others_count_for_the_consensus(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject", Comment="That is a question")
    fill(rows, BUDGET, Decision="recode", New_code="Fear (work/fear)")
    fill(rows, "I wait a week.", "B", Decision="accept")
    before = codings_of(project)
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea", write=True)
    assert set(table["coder"]) == {"consensus"}
    assert codings_of(project) == before
    assert consensus_of(project) == {
        ("A", BUDGET, "work/fear"),
        ("A", "They fear it.", "work/fear"),
        ("B", "I wait a week.", "skills/patience"),
        ("C", BUDGET, "work/money"),
    }
    assert project.memos().to_dict("records")[0]["coder"] == "lea"


def test_a_decision_by_somebody_else_since_is_a_conflict(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    first = save(tmp_path / "first.xlsx", Review=rows)
    fill(rows, EARNS, Decision="keep")
    second = save(tmp_path / "second.xlsx", Review=rows)
    project.apply(first, coder="lea", write=True)
    table = project.apply(second, coder="max")
    assert statuses(table) == ["conflict"]
    assert "lea has decided since" in table["message"][0]
    # An export after that decision shows it, so it may be overruled.
    later = review_rows(project)
    fill(later, EARNS, Decision="keep")
    assert statuses(project.apply(save(tmp_path / "later.xlsx", Review=later), coder="max", write=True)) == ["new"]
    assert ("A", EARNS, "work/money/roi") in consensus_of(project)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"Decision": "reject"}, {"Decision": "recode", "New code": "work/fear"}),
        ({"Decision": "recode", "New code": "work/fear"}, {"Decision": "reject"}),
        ({"Decision": "recode", "New code": "work/fear"}, {"Decision": "recode", "New code": "skills/patience"}),
        ({"Decision": "keep"}, {"Decision": "reject"}),
    ],
)
def test_a_second_lead_never_overrules_the_first_unseen(
    project: Project, tmp_path: Path, first: dict[str, Any], second: dict[str, Any]
) -> None:
    files = []
    for name, cells in (("first", first), ("second", second)):
        rows = review_rows(project)
        fill(rows, BUDGET, **cells)
        files.append(save(tmp_path / f"{name}.xlsx", Review=rows))
    project.apply(files[0], coder="lea", write=True)
    before = ledgers(project.study.root)
    table = project.apply(files[1], coder="max")
    assert statuses(table) == ["conflict"]
    assert "lea has decided since" in table["message"][0]
    assert statuses(project.apply(files[0], coder="max", write=True)) == ["unchanged"]
    assert ledgers(project.study.root) == before
    # A review that shows the first decision may overrule it.
    rows = review_rows(project)
    fill(rows, BUDGET, **second)
    assert statuses(project.apply(save(tmp_path / "third.xlsx", Review=rows), coder="max", write=True)) == ["new"]


def test_undo_takes_back_the_last_file_also_if_it_only_retracts(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, BUDGET, Decision="recode", New_code="work/fear")
    project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea", write=True)
    recoded = consensus_of(project)
    fill(rows, BUDGET, Decision="reject", New_code=None)
    project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea", write=True)
    assert ("A", BUDGET, "work/fear") not in consensus_of(project)
    project.undo(coder="lea")
    assert consensus_of(project) == recoded


def test_a_coding_that_was_made_again_is_the_same_coding(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    path = save(tmp_path / "review.xlsx", Review=rows)
    name = next(row["Id"] for row in rows if row["Quote"] == EARNS)
    project.retract(name, coder="ana")
    project.code("A", "work/money/roi", EARNS, coder="ana")
    assert statuses(project.apply(path, coder="lea", write=True)) == ["new"]
    assert ("A", EARNS, "work/money/roi") not in consensus_of(project)
    assert statuses(project.apply(path, coder="ana", write=True)) == ["new"]
    assert ("A", EARNS, "work/money/roi") not in codings_of(project)


def test_a_decision_counts_in_a_transcript_that_nobody_has_read(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="keep")
    new = [{"Transcript": "D", "Quote": "Nobody listens.", "Code": "work/fear"}]
    project.apply(save(tmp_path / "both.xlsx", Review=rows, New_codings=new), coder="lea", write=True)
    assert ("D", "Nobody listens.", "work/fear") in consensus_of(project)


def test_new_codings_in_a_review_of_others_count_for_the_consensus_without_any_decision(
    project: Project, tmp_path: Path
) -> None:
    new = [{"Transcript": "B", "Quote": "Legal says no.", "Code": "work/fear"}]
    path = save(tmp_path / "both.xlsx", Review=review_rows(project), New_codings=new)
    assert list(project.apply(path, coder="lea")["coder"]) == ["consensus"]


def test_a_kept_coding_does_not_depend_on_another_that_was_recoded_to_its_code(
    project: Project, tmp_path: Path
) -> None:
    project.code("A", "work/fear", BUDGET, coder="ana")
    rows = review_rows(project)
    (money,) = [row for row in rows if (row["Quote"], row["Code"], row["Transcript"]) == (BUDGET, "work/money", "A")]
    (fear,) = [row for row in rows if (row["Quote"], row["Code"]) == (BUDGET, "work/fear")]
    money.update({"Decision": "recode", "New code": "work/fear"})
    project.apply(save(tmp_path / "first.xlsx", Review=rows), coder="lea", write=True)
    money.update({"Decision": "keep", "New code": None})
    fear["Decision"] = "keep"
    path = save(tmp_path / "second.xlsx", Review=rows)
    project.apply(path, coder="lea", write=True)
    assert {code for name, quote, code in consensus_of(project) if (name, quote) == ("A", BUDGET)} == {
        *("work/money", "work/fear"),
    }
    assert set(statuses(project.apply(path, coder="lea"))) == {"unchanged"}


def test_nested_codings_with_one_code_are_decided_on_once(project: Project, tmp_path: Path) -> None:
    project.code("A", "work/money", "budget is gone", coder="ana")
    rows = review_rows(project)
    fill(rows, BUDGET, Decision="accept")
    fill(rows, "budget is gone", Decision="reject")
    path = save(tmp_path / "review.xlsx", Review=rows)
    assert statuses(project.apply(path, coder="lea", write=True)) == ["new", "new"]
    assert statuses(project.apply(path, coder="lea")) == ["unchanged", "unchanged"]


def test_a_decision_needs_the_name_of_who_decided(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path / "study", coder="ana", ben=False))
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    with pytest.raises(UsageError, match="who has decided"):
        project.apply(save(tmp_path / "review.xlsx", Review=rows))


def test_two_rows_that_contradict_each_other_are_refused(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    copy = {**rows[0], "Decision": "keep"}
    table = project.apply(save(tmp_path / "review.xlsx", Review=[*rows, copy]), coder="lea")
    assert statuses(table) == ["unclear", "unclear"]
    assert "Review!F7" in table["message"][0]
    same = {**copy, "Decision": "reject"}
    table = project.apply(save(tmp_path / "review.xlsx", Review=[*rows, same]), coder="lea")
    assert statuses(table) == ["new", "unchanged"]


def test_a_new_code_that_another_row_rejects_is_a_conflict(project: Project, tmp_path: Path) -> None:
    project.code("A", "work/fear", BUDGET, coder="ana")
    rows = review_rows(project)
    for row in rows:
        if (row["Transcript"], row["Quote"]) == ("A", BUDGET):
            row.update(
                {"Decision": "reject"} if row["Code"] == "work/fear" else {"Decision": "recode", "New code": "fear"}
            )
    for coder in ("ana", "lea"):
        table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder=coder)
        assert sorted(statuses(table)) == ["conflict", "new"]
        assert "decides otherwise on work/fear" in " ".join(table["message"])


# What a spreadsheet or the study does in between


def test_sheets_may_be_changed_in_many_ways(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="REJECT")
    fill(rows, BUDGET, Decision="recode", New_code="  work/fear ")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "My copy of it"
    sheet.append(["Notes of Lea"])
    sheet.append([])
    titles = ["Lea’s own", *[f" {name.upper()}\n" for name in reversed(REVIEW)]]
    sheet.append(titles)
    for number, row in enumerate(reversed(rows)):
        sheet.append(
            [
                datetime.date(2026, 1, 2),
                *[f" {value} " if isinstance(value, str) else value for value in reversed(row.values())],
            ]
        )
        if number == 1:
            sheet.append([])
        sheet.row_dimensions[sheet.max_row].hidden = True
    sheet.delete_rows(4)  # C, not decided on
    book.create_sheet("Chart")
    book.save(tmp_path / "copy.xlsx")
    table = project.apply(tmp_path / "copy.xlsx", coder="ana", write=True)
    assert sorted(table["decision"]) == ["recode", "reject"]
    assert set(statuses(table)) == {"new"}
    assert ("A", BUDGET, "work/fear") in codings_of(project)


def test_a_moved_text_is_followed_and_an_edited_quote_is_a_conflict(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    fill(rows, BUDGET, Decision="reject")
    path = save(tmp_path / "review.xlsx", Review=rows)
    source = project.study.root / "transcripts/A.txt"
    text = source.read_text(encoding="utf-8").replace("What is hard?", "What, may I ask, is hard?")
    source.write_text(text.replace(BUDGET, "The whole budget is gone."), encoding="utf-8")
    project.refresh()
    table = project.apply(path, coder="lea")
    assert list(table["status"]) == ["new", "conflict"]
    assert "not found in the transcript any more" in table["message"][1]
    with pytest.raises(CorrectionProblemsError, match="Nothing was recorded"):
        project.apply(path, coder="lea", write=True)
    assert "consensus" not in project.study.coders
    project.update(write=True, coder="ana")
    assert "edited since: it reads “The whole budget is gone.” now" in project.apply(path, coder="lea")["message"][1]
    project.apply(path, coder="lea", write=True, skip=True)
    assert ("A", EARNS, "work/money/roi") not in consensus_of(project)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Decision": "rejct"}, "did you mean 'reject'?"),
        ({"Decision": True}, "is no decision"),
        ({"Decision": 1}, "is no decision"),
        ({"Decision": "recode"}, "needs a new code"),
        ({"New code": "work/fear"}, "write recode"),
        ({"Decision": "keep", "New code": "work/fear"}, "write recode"),
        ({"Decision": "recode", "New code": "Feer"}, "did you mean 'Fear'?"),  # in the cell of the new code
        ({"Decision": "reject", "Id": None}, "has no id"),
        ({"Decision": "reject", "Id": "01zzzzzzzzzzzzzzzzzzzzzzzz"}, "no coding"),
    ],
)
def test_what_is_not_understood_is_reported_with_its_cell(
    project: Project, tmp_path: Path, cells: dict[str, Any], message: str
) -> None:
    rows = review_rows(project)
    rows[0].update(cells)
    before = ledgers(project.study.root)
    (row,) = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea").to_dict("records")
    assert row["status"] == "unclear"
    assert message in row["message"]
    assert row["place"] == ("Review!G2" if "Feer" in cells.values() or "Decision" not in cells else "Review!F2")
    assert ledgers(project.study.root) == before


def test_columns_that_were_sorted_apart_are_a_conflict(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    quotes = [row["Quote"] for row in rows]
    for row, quote in zip(rows, [*quotes[1:], quotes[0]], strict=True):
        row["Quote"] = quote
    rows[0]["Decision"] = "reject"
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")
    assert statuses(table) == ["conflict"]
    assert "sorted apart" in table["message"][0]


def test_a_coding_that_was_retracted_since(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    name = next(row["Id"] for row in rows if row["Quote"] == EARNS)
    project.retract(name, coder="ana")
    fill(rows, EARNS, Decision="reject")
    assert statuses(project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")) == ["unchanged"]
    fill(rows, EARNS, Decision="keep")
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")
    assert statuses(table) == ["conflict"]
    assert "retracted it since" in table["message"][0]


def test_a_code_that_was_renamed_since_is_the_same_code(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, "They fear it.", Decision="reject")
    fill(rows, BUDGET, Decision="recode", New_code="work/fear")
    project.rename_code("work/fear", "work/dread")
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea", write=True)
    assert statuses(table) == ["new", "new"]
    assert list(table["new_code"]) == ["work/dread", ""]


def test_a_formula_counts_with_its_stored_result(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision='=IF(1=1,"reject","keep")')
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")
    assert statuses(table) == ["unclear"]
    assert "formula without a stored result" in table["message"][0]


def test_a_csv_table_is_read_as_the_sheet(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject", Comment="=not a formula")
    path = tmp_path / "review.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, REVIEW, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    (row,) = project.apply(path, coder="lea", write=True).to_dict("records")
    assert (row["place"], row["status"]) == ("line 2, Decision", "new")
    assert list(project.memos()["text"]) == ["=not a formula"]


def test_titles_may_be_broken_and_in_the_plural(project: Project, tmp_path: Path) -> None:
    rows = [
        {{"Decision": "Deci-\nsion", "Comment": "Comments"}.get(key, key): value for key, value in row.items()}
        for row in review_rows(project)
    ]
    rows[0].update({"Deci-\nsion": "reject", "Comments": "Why?"})
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea", write=True)
    assert (statuses(table), list(project.memos()["text"])) == (["new"], ["Why?"])


def test_a_review_without_its_column_of_decisions_is_reported(project: Project, tmp_path: Path) -> None:
    rows = [
        {"Verdict" if key == "Decision" else key: value for key, value in row.items()} for row in review_rows(project)
    ]
    rows[0]["Verdict"] = "reject"
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")
    assert list(table["message"]) == ["row 1 has no column Decision: put it back, or write the review again"]


def test_a_formula_of_an_array_is_no_comment(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Comment=ArrayFormula("H2", "=A2"))
    table = project.apply(save(tmp_path / "review.xlsx", Review=rows), coder="lea")
    assert "object at" not in " ".join(table["comment"])


def test_a_comment_like_a_formula_leaves_the_quotes_of_a_table_as_they_are(project: Project, tmp_path: Path) -> None:
    write(project.study.root, "transcripts/E.txt", "I: Cold?\n\nP: -5 degrees. Very.\n")
    other = Project(project.study.root)
    other.code("E", "work/fear", "-5 degrees.", coder="ana")
    path = other.export_review(tmp_path / "review.csv", coder="ana").path
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.DictReader(lines))
    for row in rows:
        row["Comment"] = "- too vague" if row["Transcript"] == "E" else ""
    back = tmp_path / "back.csv"
    pd.DataFrame(rows).to_csv(back, index=False)
    assert statuses(other.apply(back, coder="lea", write=True)) == ["new"]
    assert list(other.memos()["text"]) == ["- too vague"]
    pd.DataFrame(rows).to_excel(tmp_path / "saved.xlsx", index=False)
    assert statuses(other.apply(tmp_path / "saved.xlsx", coder="lea")) == ["unchanged"]


# New codings


def test_new_codings_are_located_and_recorded(project: Project, tmp_path: Path) -> None:
    new: list[dict[str, Any]] = [
        {"Transcript (or case)": "D", "Quote": "Nobody listens.", "Code": "Fear (work/fear)", "Comment": "At last"},
        {"Transcript (or case)": "B", "Quote": "Legal says no.", "Code": None, "Comment": "A memo"},
        {"Transcript (or case)": None, "Quote": None, "Code": None, "Comment": None},
    ]
    path = save(tmp_path / "new.xlsx", New_codings=new)
    table = project.apply(path, coder="ana", write=True)
    assert list(table["place"]) == ["New codings!C2", "New codings!B3"]
    assert ("D", "Nobody listens.", "work/fear") in codings_of(project)
    assert sorted(project.memos()["on"]) == ["coding", "passage"]
    assert set(statuses(project.apply(path, coder="ana", write=True))) == {"unchanged"}


def test_words_of_another_case_in_the_same_group_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "name: G\nlanguage: en\nroles:\n  interviewer: [I]\n")
    write(tmp_path, "codebooks/work.yaml", "family: work\ncodes:\n  - id: fear\n    name: Fear\n")
    write(tmp_path, "transcripts/cases.csv", "case,transcripts,speakers\nx,a,Ana\ny,a,Bo\n")
    write(tmp_path, "transcripts/a.txt", "I: Well?\n\nAna: We fear it.\n\nBo: They fear it.\n")
    new = [{"Case": case, "Quote": "They fear it.", "Code": "work/fear"} for case in ("x", "y")]
    path = save(tmp_path / "new.xlsx", New_codings=new)
    table = Project(tmp_path).apply(path, coder="ana")
    assert list(zip(table["place"], table["status"], strict=True)) == [
        ("New codings!B2", "unclear"),
        ("New codings!C3", "new"),
    ]
    assert "are those of y, not of x" in table["message"][0]


def test_a_lead_who_codes_is_told_to_become_a_coder(project: Project, tmp_path: Path) -> None:
    new = [{"Transcript": "B", "Quote": "Legal says no.", "Code": "work/fear"}]
    path = save(tmp_path / "new.xlsx", New_codings=new)
    note = "lea becomes a coder of B: the consensus compares these codings with those of ana"
    assert [one for one in project.apply(path, coder="lea").attrs["notes"] if one.startswith(note)]
    assert not [one for one in project.apply(path, coder="ana").attrs["notes"] if "becomes a coder" in one]


def test_a_turn_tells_which_of_several_places_is_meant(project: Project, tmp_path: Path) -> None:
    new = [{"Transcript": "B", "Turn": turn, "Quote": "I wait", "Code": "work/fear"} for turn in (1, 3)]
    table = project.apply(save(tmp_path / "new.xlsx", New_codings=new), coder="ana", write=True)
    assert statuses(table) == ["new", "new"]
    fears = project.codings(coder="ana", code="work/fear", transcripts="B")
    assert list(fears["turn"]) == [1, 3]


def test_new_codings_beside_a_review_of_others_count_for_the_consensus(project: Project, tmp_path: Path) -> None:
    rows = review_rows(project)
    fill(rows, EARNS, Decision="keep")
    new = [{"Transcript (or case)": "B", "Quote": "Legal says no.", "Code": "work/fear", "Comment": None}]
    project.apply(save(tmp_path / "both.xlsx", Review=rows, New_codings=new), coder="lea", write=True)
    assert ("B", "Legal says no.", "work/fear") in consensus_of(project)
    assert ("B", "I wait a week.", "skills/patience") in consensus_of(project)
    assert "lea" not in set(project.codings()["coder"])


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Quote": "Nobody listened."}, "B2: copy the words exactly"),
        ({"Quote": "I wait."}, "B2: occurs 2 times"),
        ({"Transcript (or case)": "E"}, "A2: transcript or case 'E'"),
        ({"Transcript (or case)": None}, "A2: no transcript or case"),
        ({"Code": None}, "C2: no code"),
        ({"Code": "Fea"}, "C2: did you mean"),
    ],
)
def test_a_new_coding_with_a_problem(project: Project, tmp_path: Path, cells: dict[str, Any], message: str) -> None:
    new = {"Transcript (or case)": "D", "Quote": "Nobody listens.", "Code": "work/fear", "Comment": None, **cells}
    (row,) = project.apply(save(tmp_path / "new.xlsx", New_codings=[new]), coder="ana").to_dict("records")
    cell, _, words = message.partition(": ")
    assert (row["place"], row["status"]) == (f"New codings!{cell}", "unclear")
    assert words in row["message"]


# Coding sheets


def coding_rows(project: Project, name: str) -> list[dict[str, Any]]:
    """Return the rows of a coding sheet of one transcript, nothing filled in."""
    transcript = project.study.transcripts[name]
    rows = []
    for row in project.segments(transcripts=name).to_dict("records"):
        cells = (name, row["turn"], row["speaker"], None, row["text"], *[None] * 6, row["start"], row["end"])
        rows.append(dict(zip(_coding_titles(), (*cells, transcript.sha256), strict=True)))
    return rows


def _coding_titles() -> list[str]:
    first, *others = CODING.split("|")
    return [*first.split(), *others]


def test_a_coding_sheet_becomes_codings_and_a_mark(project: Project, tmp_path: Path) -> None:
    rows = coding_rows(project, "A")
    rows[0].update({"Code 1": "Return (work/money/roi)", "Code 3": "work/fear", "Memo": "Twice"})
    for row in rows:
        row["Done"] = "x"
    path = save(tmp_path / "ben.xlsx", Coding=rows)
    table = project.apply(path, coder="ben", write=True)
    assert codings_of(project, "ben") == [("A", EARNS, "work/fear"), ("A", EARNS, "work/money/roi")]
    assert list(project.memos()["text"]) == ["Twice"]
    assert table.to_dict("records")[-1]["decision"] == "done"
    coders = {row["coder"]: row for row in project.status().coders}
    assert coders["ben"]["done"] == 1
    assert set(statuses(project.apply(path, coder="ben", write=True))) == {"unchanged"}


def test_a_transcript_with_rows_not_done_is_not_marked(project: Project, tmp_path: Path) -> None:
    rows = coding_rows(project, "A")
    for row in rows[1:]:
        row["Done"] = "yes"
    table = project.apply(save(tmp_path / "ben.xlsx", Coding=rows), coder="ben", write=True)
    assert "1 of its sentences" in table.to_dict("records")[-1]["message"]
    assert "ben" not in {row["coder"] for row in project.status().coders if row["done"]}


def test_a_code_that_was_removed_from_a_coding_sheet_is_retracted(project: Project, tmp_path: Path) -> None:
    rows = coding_rows(project, "A")
    rows[0].update({"Code 1": "work/fear", "Had": "work/money/roi"})
    rows[1].update({"Had": "work/money"})
    project.apply(save(tmp_path / "ana.xlsx", Coding=rows), coder="ana", write=True)
    assert [row for row in codings_of(project) if row[0] == "A"] == [
        ("A", EARNS, "work/fear"),
        ("A", "They fear it.", "work/fear"),
    ]


def test_a_coding_sheet_follows_an_edited_transcript(project: Project, tmp_path: Path) -> None:
    project.code("D", "work/fear", "Nobody listens.", coder="ana")  # its text is saved
    rows = coding_rows(project, "A")
    rows[2]["Code 1"] = "work/fear"
    rows[1]["Code 1"] = "work/fear"
    source = project.study.root / "transcripts/A.txt"
    text = source.read_text(encoding="utf-8").replace("What is hard?", "What, may I ask, is hard?")
    source.write_text(text.replace(BUDGET, "The whole budget is gone."), encoding="utf-8")
    project.refresh()
    table = project.apply(save(tmp_path / "ben.xlsx", Coding=rows), coder="ben", write=True, skip=True)
    assert statuses(table) == ["conflict", "new"]
    assert codings_of(project, "ben") == [("A", "They fear it.", "work/fear")]


def test_an_exported_row_is_followed_through_an_edit_though_its_words_occur_twice(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "ben.xlsx"
    project.export_coding(path, coder="ben", transcripts="D")
    book = load_workbook(path)
    sheet = book["Coding"]
    titles = [cell.value for cell in sheet[1]]
    (_, second) = [row for row in sheet.iter_rows() if row[titles.index("Text")].value == "I wait."]
    second[titles.index("Code 1")].value = "Fear (work/fear)"
    book.save(path)
    write(project.study.root, "transcripts/D.docx", docx("I: What, may I ask, is hard?", *D[1:]))
    other = Project(project.study.root)
    assert statuses(other.apply(path, coder="ben", write=True)) == ["new"]
    (coding,) = other.codings(coder="ben").to_dict("records")
    assert coding["start"] == other.study.transcripts["D"].text.rindex("I wait.")


def test_codes_of_a_sheet_that_were_not_touched_ask_for_nothing(project: Project, tmp_path: Path) -> None:
    rows = coding_rows(project, "A")
    rows[0].update({"Code 1": "work/money/roi", "Had": "work/money/roi"})
    path = save(tmp_path / "ana.xlsx", Coding=rows)
    (coding,) = project.codings(coder="ana", code="work/money/roi")["id"]
    project.retract(coding, coder="ana")
    assert statuses(project.apply(path, coder="ana")) == ["unchanged"]


def test_a_coding_over_two_rows_is_retracted_if_its_code_is_removed_in_both(project: Project, tmp_path: Path) -> None:
    project.code("A", "work/fear", f"{EARNS} {BUDGET}", coder="ben")
    rows = coding_rows(project, "A")
    rows[0]["Had"] = "work/fear"
    rows[1].update({"Had": "work/fear", "Code 1": "work/fear"})
    assert statuses(project.apply(save(tmp_path / "ben.xlsx", Coding=rows), coder="ben")) == ["conflict", "unchanged"]
    rows[1]["Code 1"] = None
    project.apply(save(tmp_path / "ben.xlsx", Coding=rows), coder="ben", write=True)
    assert codings_of(project, "ben") == []


def test_a_segment_in_two_rows_that_differ_is_refused(project: Project, tmp_path: Path) -> None:
    rows = coding_rows(project, "A")
    first = {**rows[0], "Code 1": "work/fear"}
    second = {**rows[0], "Code 1": "work/money"}
    table = project.apply(save(tmp_path / "ben.xlsx", Coding=[first, second]), coder="ben")
    assert statuses(table) == ["unclear", "unclear"]


# Disagreements


def test_decisions_in_a_sheet_of_disagreements_are_adjudications(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path / "study"))
    rows = [
        {
            "Transcript": row["transcript"], "Text": row["text"], "Decision": row["decision"], "Note": row["note"],
            "Decided by": row["decided_by"], "Id": row["id"],
        }
        for row in project.disagreements().to_dict("records")
    ]  # fmt: skip
    rows[0].update({"Decision": "ana", "Note": "As she says"})
    rows[1].update({"Decision": "nobody"})
    path = save(tmp_path / "study.xlsx", Disagreements=rows)
    table = project.apply(path, coder="lea")
    assert list(zip(table["place"], table["status"], strict=True)) == [
        ("Disagreements!C2", "new"),
        ("Disagreements!C3", "unclear"),
    ]
    project.apply(path, coder="lea", write=True, skip=True)
    assert project.disagreements(decided=True)["decision"][0] == "work/money/roi"
    assert statuses(project.apply(path, coder="lea")) == ["unchanged", "unclear"]
    project.undo(coder="lea")
    assert statuses(project.apply(path, coder="lea"))[0] == "new"


def test_decisions_of_a_workbook_that_were_not_touched_ask_for_nothing(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path / "study"))
    project.export(tmp_path / "empty.xlsx", coder="ana", sheets="disagreements")
    names = list(project.disagreements()["id"])
    project.adjudicate(names[0], "ana", coder="lea")
    path = tmp_path / "study.xlsx"
    project.export(path, coder="ana", sheets="disagreements")
    project.adjudicate(names[0], "none", coder="lea")
    book = load_workbook(path)
    sheet = book["Disagreements"]
    (head,) = [row for row in sheet.iter_rows() if "Decision" in [cell.value for cell in row]]
    titles = [cell.value for cell in head]
    name, decision = titles.index("Id"), titles.index("Decision")
    (row,) = [row for row in sheet.iter_rows() if row[name].value == names[1]]
    row[decision].value = "Ana"
    book.save(path)
    assert list(project.apply(path, coder="max", write=True)["id"]) == [names[1]]
    # An older file of somebody else that decides otherwise is a conflict.
    book = load_workbook(tmp_path / "empty.xlsx")
    for row in book["Disagreements"].iter_rows():
        if names[1] in [cell.value for cell in row]:
            row[decision].value = "none"
    book.save(tmp_path / "older.xlsx")
    table = project.apply(tmp_path / "older.xlsx", coder="lea")
    assert statuses(table) == ["conflict"]
    assert "max has decided since" in table["message"][0]


# Files


def test_a_file_without_corrections_is_refused(project: Project, tmp_path: Path) -> None:
    path = save(tmp_path / "other.xlsx", Sheet=[{"a": 1}])
    with pytest.raises(OperationError, match="nothing to read back"):
        project.apply(path, coder="lea")
    with pytest.raises(UsageError, match="save the file as one of them"):
        project.apply(write(tmp_path, "x.pdf", b"%PDF"), coder="lea")
    with pytest.raises(OperationError, match="not a table that can be read"):
        project.apply(write(tmp_path, "x.xlsx", b"PK"), coder="lea")


def test_apply_command_shows_first_and_records_with_yes(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(project.study.root, capsys)
    rows = review_rows(project)
    fill(rows, EARNS, Decision="reject")
    path = save(tmp_path / "review.xlsx", Review=rows)
    first = shell("apply", path, "--coder", "lea", "--format", "json")
    assert (first.code, first.json[0]["status"]) == (0, "new")
    assert "--yes records it" in first.err
    assert shell("apply", path, "--coder", "lea", "--yes").code == 0
    assert "undone" in shell("undo", "--coder", "lea").out
    fill(rows, BUDGET, Decision="maybe")
    bad = shell("apply", save(tmp_path / "review.xlsx", Review=rows), "--coder", "lea", "--yes")
    assert bad.code == 1
    assert "Review!F3" in bad.out
    assert "nothing was recorded" in bad.out
    assert "nothing to undo" in shell("undo", "--coder", "lea").err
