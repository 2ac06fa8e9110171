"""Reviews of the shipped study that people edit in many ways: exactly the decisions that they meant arrive."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from qualcode.project import Project
from qualcode.study.coder_state import list_adjudications

ROOT = Path(__file__).resolve().parents[1]
EDITS = 500
COMMENTS = ("=1+1 is not a formula", "Why?", "2026-01-02", "12", "TRUE", "été \N{PARTY POPPER} שלום", "two\nlines")


@dataclass(frozen=True)
class Meant:
    """What somebody decided on a coding."""

    decision: str
    new_code: str = ""
    comment: str = ""


Table = list[list[Any]]


def draw_edits(
    head: Sequence[str], body: Table, codes: Mapping[str, str], generator: random.Random
) -> dict[str, Meant]:
    """Fill in decisions, new codes and comments of random rows, and return what was meant, by id of the coding."""
    at = {
        title: head.index(title) for title in ("Transcript", "Quote", "Code", "Decision", "New code", "Comment", "Id")
    }
    used = defaultdict(set)
    for row in body:
        used[row[at["Transcript"]], row[at["Quote"]]].add(row[at["Code"]])
    meant = {}
    for row in generator.sample(body, EDITS):
        decision = generator.choice(["accept", "keep", "reject", "recode", ""])
        new_code = comment = ""
        if decision == "recode":
            taken = used[row[at["Transcript"]], row[at["Quote"]]]
            new_code = generator.choice([code for code in codes if code not in taken])
            row[at["New code"]] = generator.choice([codes[new_code], new_code, new_code.upper(), f"  {new_code} "])
        if not decision or generator.random() < 0.3:
            row[at["Comment"]] = comment = generator.choice(COMMENTS)
        row[at["Decision"]] = generator.choice([decision, decision.upper(), f" {decision}", f"{decision.title()} "])
        meant[row[at["Id"]]] = Meant(decision, new_code, comment)
    return meant


def rearrange(
    head: list[str], body: Table, meant: Mapping[str, Meant], generator: random.Random
) -> tuple[list[str], Table]:
    """Sort, delete and insert rows, and add a column of dates, numbers and booleans."""
    name, quote = head.index("Id"), head.index("Quote")
    body = [row for row in body if row[name] in meant or generator.random() < 0.8]
    if generator.random() < 0.5:
        body.sort(key=lambda row: str(row[quote]))
    else:
        generator.shuffle(body)
    at = generator.randrange(3, len(head))
    head = [*head[:at], "My notes", *head[at:]]
    values = [None, pd.Timestamp("2026-01-02"), 12, True, "note"]
    body = [[*row[:at], generator.choice(values), *row[at:]] for row in body]
    for _ in range(20):
        body.insert(generator.randrange(len(body)), [None] * len(head))
    return head, body


def write_by_openpyxl(path: Path, head: Sequence[str], body: Table) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Überarbeitet ✓"
    for number, row in enumerate([["notes above the table"], head, *body], 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
        sheet.row_dimensions[number].hidden = number % 3 == 0
    book.create_sheet("Chart")
    book.save(path)
    return path


def write_by_pandas(path: Path, head: Sequence[str], body: Table) -> Path:
    pd.DataFrame(body, columns=pd.Index(head)).to_excel(path, index=False)
    return path


def write_by_pandas_as_csv(path: Path, head: Sequence[str], body: Table) -> Path:
    path = path.with_suffix(".csv")
    pd.DataFrame(body, columns=pd.Index(head)).to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    return path


def write_by_libreoffice(path: Path, head: Sequence[str], body: Table) -> Path:
    """Write with openpyxl, and let LibreOffice make an .ods of it and an .xlsx of that."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    write_by_openpyxl(path, head, body)
    folder = path.parent / "libreoffice"
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    for source, suffix in ((path, "ods"), (folder / f"{path.stem}.ods", "xlsx")):
        command = ["soffice", "--headless", profile, "--convert-to", suffix, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / path.name


Writer = Callable[[Path, Sequence[str], Table], Path]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped study."""
    folder = tmp_path_factory.mktemp("shipped")
    for name in ("qualcode.yaml", "codebooks", "transcripts", "codings"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
    return folder


def read_review(path: Path) -> tuple[list[str], Table]:
    """Return the titles and the rows of a review."""
    rows = [list(row) for row in load_workbook(path)["Review"].iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if "Decision" in row)
    return [str(title) for title in rows[at]], rows[at + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "write", "coder"),
    [
        (1, write_by_openpyxl, "lead"),
        (2, write_by_pandas, "analyst-1"),
        (3, write_by_pandas_as_csv, "lead"),
        (4, write_by_libreoffice, "analyst-1"),
    ],
)
def test_500_random_edits_arrive_as_they_were_meant(
    study: Path, tmp_path: Path, seed: int, write: Writer, coder: str
) -> None:
    project = Project(study)
    project.export_review(tmp_path / "review.xlsx", coder="analyst-1")
    head, body = read_review(tmp_path / "review.xlsx")
    assert len(body) > 1_000
    generator = random.Random(seed)
    codes = {code.id: f"{code.name} ({code.id})" for code in project.codebook.codes}
    meant = draw_edits(head, body, codes, generator)
    path = write(tmp_path / "back.xlsx", *rearrange(head, body, meant, generator))
    before = {coding.id: coding for coding in project.study.codings if coding.coder == "analyst-1"}

    table = project.apply(path, coder=coder, write=True)
    try:
        assert set(table["id"]) == set(meant)
        assert sum(bool(one.comment) for one in meant.values()) == len(project.memos(coder=coder))
        check = check_consensus if coder == "lead" else check_own
        check(Project(study), before, meant)
        assert set(project.apply(path, coder=coder, write=True)["status"]) == {"unchanged"}
    finally:
        project.undo(coder=coder)
    again = {coding.id for coding in Project(study).study.codings if coding.coder == "analyst-1"}
    assert again == set(before)


def check_own(project: Project, before: Mapping[str, Any], meant: Mapping[str, Meant]) -> None:
    """Check that the analyst has exactly the codings that the decisions leave."""
    wanted = set()
    for name, coding in before.items():
        one = meant.get(name, Meant(""))
        codes = {"reject": [], "recode": [one.new_code]}.get(one.decision, [coding.code])
        wanted |= {(coding.transcript, coding.start, coding.end, code) for code in codes}
    found = project.study.codings
    assert {(one.transcript, one.start, one.end, one.code) for one in found if one.coder == "analyst-1"} == wanted


def check_consensus(project: Project, before: Mapping[str, Any], meant: Mapping[str, Meant]) -> None:
    """Check that exactly the decisions are recorded, and that the analyst's codings are as they were."""
    wanted = {}
    for name, one in meant.items():
        coding = before[name]
        span = coding.transcript, coding.start, coding.end
        if one.decision:
            wanted[*span, coding.code] = one.decision in {"accept", "keep"}
        if one.new_code:
            wanted[*span, one.new_code] = True
    decided = {(one.transcript, one.start, one.end, one.code): one.applies for one in list_adjudications(project.study)}
    assert decided == wanted
    assert {one.id for one in project.study.codings if one.coder == "analyst-1"} == set(before)
