"""The codebook as .docx, .md and .csv: content, counts, bytes, and what such files cannot hold."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from qualcode import Project
from qualcode.export.codebook.word_document import Paragraph, Run, Table, WordDocument
from studies import Shell, coded_study, write

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study"), capsys)


def body(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def tables(path: Path) -> list[list[list[str]]]:
    """Return the cells of all tables; paragraphs of a cell are lines."""
    return [
        [
            [
                "\n".join("".join(map(str, p.itertext(f"{W}t"))) for p in cell.iter(f"{W}p"))
                for cell in row.iter(f"{W}tc")
            ]
            for row in table.iter(f"{W}tr")
        ]
        for table in body(path).iter(f"{W}tbl")
    ]


def test_the_word_file_has_a_table_for_each_family_and_one_of_themes(shell: Shell) -> None:
    path = shell.root / "book.docx"
    result = shell("codebook", "export", path, "--counts", "--coder", "ana")
    assert (result.code, result.out) == (0, f"{path}\n")
    assert "unit sentence; coder ana" in result.err
    skills, work, themes = tables(path)
    assert work == [
        ["Code", "Definition", "Examples", "Codings", "Transcripts"],
        ["Money\nwork/money", "What it costs and earns.", "“The budget is gone.” (A)", "3", "2"],
        ["Return\nwork/money/roi", "", "", "1", "1"],
        ["Fear\nwork/fear", "", "", "1", "1"],
    ]
    assert skills == [["Code", "Definition", "Codings", "Transcripts"], ["Patience\nskills/patience", "", "1", "1"]]
    assert themes == [
        ["Theme", "Definition", "Codes", "Codings", "Transcripts"],
        ["Strain\nstrain", "", "Patience; Fear", "2", "2"],
    ]


def test_header_rows_are_repeated_and_rows_are_not_divided(shell: Shell) -> None:
    path = shell.root / "book.docx"
    shell("codebook", "export", path)
    for table in body(path).iter(f"{W}tbl"):
        first, *others = table.iter(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in others)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in others)
        grid = [int(column.get(f"{W}w", "")) for column in table.iter(f"{W}gridCol")]
        assert 14000 < sum(grid) <= 14570


def test_the_same_codebook_gives_the_same_bytes(shell: Shell) -> None:
    for name in ("a.docx", "a.md", "a.csv"):
        first = shell.root / f"1{name}"
        second = shell.root / f"2{name}"
        shell("codebook", "export", first, "--counts", "--coder", "ana")
        shell("codebook", "export", second, "--counts", "--coder", "ana")
        assert first.read_bytes() == second.read_bytes()


def test_every_part_of_the_word_file_is_xml_and_declared(shell: Shell) -> None:
    path = shell.root / "book.docx"
    shell("codebook", "export", path)
    with zipfile.ZipFile(path) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        parts = {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}
    types = {node.get("PartName", "").lstrip("/") for node in parts["[Content_Types].xml"] if node.get("PartName")}
    assert types == {name for name in parts if not name.endswith(".rels")} - {"[Content_Types].xml"}
    used = {node.get(f"{W}val") for node in parts["word/document.xml"].iter(f"{W}pStyle")}
    assert used <= {node.get(f"{W}styleId") for node in parts["word/styles.xml"].iter(f"{W}style")}


def test_texts_that_are_markup_or_forbidden_are_text(shell: Shell) -> None:
    book = 'family: x\nname: "<b>&\\u0007"\ncodes:\n  - {id: a, name: "*A* <i>|", definition: "=1+1", retired: "now"}\n'
    write(shell.root, "codebooks/x.yaml", book)
    result = shell("codebook", "export", shell.root / "book.docx")
    assert "left out 1 control character" in result.err
    assert tables(shell.root / "book.docx")[-2][1] == ["*A* <i>| (retired now)\nx/a", "=1+1"]
    shell("codebook", "export", shell.root / "book.md")
    text = (shell.root / "book.md").read_text()
    assert "### \\*A\\* \\<i\\>\\| (retired now) (`x/a`)\n\n=1+1\n" in text
    for option, cell in (("--csv-safe", "'=1+1"), ("--no-csv-safe", "=1+1")):
        shell("codebook", "export", shell.root / "book.csv", option, "--yes")
        rows = list(csv.DictReader(io.StringIO((shell.root / "book.csv").read_text())))
        assert [row["definition"] for row in rows if row["id"] == "x/a"] == [cell]


def test_examples_are_as_many_as_wanted(shell: Shell) -> None:
    path = shell.root / "codebooks/work.yaml"
    path.write_text(path.read_text().replace("    cues: [budget]", "      - two\n      - three\n    cues: [budget]"))
    for number, shown in (("2", "“The budget is gone.” (A)\n“two”"), ("1", "“The budget is gone.” (A)")):
        shell("codebook", "export", shell.root / f"{number}.docx", "--examples", number)
        assert tables(shell.root / f"{number}.docx")[1][1][2] == shown
    shell("codebook", "export", shell.root / "0.docx", "--examples", "0")
    assert tables(shell.root / "0.docx")[1][0] == ["Code", "Definition"]


def test_the_table_has_stable_ids_and_parents(shell: Shell) -> None:
    def read() -> dict[str, dict[str, str]]:
        shell("codebook", "export", shell.root / "book.csv", "--counts", "--coder", "ana", "--yes")
        return {row["id"]: row for row in csv.DictReader(io.StringIO((shell.root / "book.csv").read_text()))}

    before = read()
    assert [(row["id"], row["level"], row["parent"], row["codings"]) for row in before.values()] == [
        ("skills", "family", "", "1"),
        ("skills/patience", "code", "skills", "1"),
        ("work", "family", "", "4"),
        ("work/money", "code", "work", "3"),
        ("work/money/roi", "code", "work/money", "1"),
        ("work/fear", "code", "work", "1"),
        ("strain", "theme", "", "2"),
    ]
    assert len({row["guid"] for row in before.values()}) == 7
    assert (before["work"]["colour"], before["strain"]["members"]) == ("#D55E00", "skills/patience\nwork/fear")
    project = Project(shell.root)
    project.rename_code("work/money", "cash")
    project.move_code("work/fear", "skills")
    after = read()
    assert after["work/cash"]["guid"] == before["work/money"]["guid"]
    assert after["skills/fear"]["guid"] == before["work/fear"]["guid"]


def test_wrong_file_names_and_coders_are_refused(shell: Shell) -> None:
    result = shell("codebook", "export", shell.root / "book.odt")
    assert (result.code, "must end in .docx, .md or .csv" in result.err) == (2, True)
    result = shell("codebook", "export", shell.root / "book.csv", "--coder", "anna")
    assert (result.code, "no coder 'anna'" in result.err) == (2, True)
    assert not (shell.root / "book.csv").exists()


def test_an_empty_cell_and_table_are_valid(tmp_path: Path) -> None:
    document = WordDocument("T", parts=[Table(["A", "B"], [1, 1], [[[], [Paragraph([Run("x")])]]])])
    path = write(tmp_path, "t.docx", document.to_bytes())
    assert tables(path) == [[["A", "B"], ["", "x"]]]
    # Word refuses a cell without a paragraph, and a table at the end.
    assert all(cell.find(f"{W}p") is not None for cell in body(path).iter(f"{W}tc"))
    assert [node.tag for node in body(path)[0]][-2:] == [f"{W}p", f"{W}sectPr"]
