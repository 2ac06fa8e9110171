"""The workbook of a study as a file: its parts, tables, links, live numbers, choice of sheets, and hostile texts."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from qualcode.files.tables.cell_escapes import unescape_cell
from qualcode.model import Code, Codebook, Family
from qualcode.project import Project
from qualcode.workbook import CodeColumns, WorkbookContent, styles, write_workbook
from qualcode.workbook.sheet_names import make_sheet_name
from qualcode.workbook.workbook_draft import WorkbookDraft
from studies import Shell, coded_study, small_study, write
from test_workbook import content, quote

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems "
    "tableParts"
).split()
"""Elements of a sheet in the order of the schema of ECMA-376."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(coded_study(tmp_path / "study"), capsys)


def load(path: Path, *, data_only: bool = False) -> Any:
    """Return a workbook, on request with the results of its formulas."""
    return load_workbook(path, data_only=data_only)


def parse(xml: bytes) -> Any:
    return etree.fromstring(xml)


def bounds(cells: str) -> tuple[int, int, int, int]:
    """Return the first column and row and the last column and row of a range, from 1."""
    found: Any = range_boundaries(cells)
    left, top, right, bottom = map(int, found)
    return left, top, right, bottom


def exported(root: Path, path: Path, **options: Any) -> Any:
    """Return the workbook of ana's codings with the results of its formulas."""
    Project(root).export(path, coder="ana", **options)
    return load(path, data_only=True)


def rows(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def table_rows(sheet: Any) -> list[dict[str, Any]]:
    """Return the rows of the sheet's table by the titles of its columns."""
    (table,) = sheet.tables.values()
    head, *body = sheet[table.ref]
    return [dict(zip([cell.value for cell in head], [cell.value for cell in row], strict=True)) for row in body]


# A strict reader


def relations(archive: ZipFile, part: str) -> dict[str, str]:
    """Return the targets of a part's relations by id."""
    name = posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")
    if name not in archive.namelist():
        return {}
    found = {}
    for one in parse(archive.read(name)):
        target = one.get("Target")
        base = "" if target.startswith("/") else posixpath.dirname(part)
        found[one.get("Id")] = posixpath.normpath(posixpath.join(base, target)).lstrip("/")
    return found


def check_package(path: Path) -> None:
    """Check what Excel requires of a workbook, which openpyxl and LibreOffice forgive."""
    with ZipFile(path) as archive:
        names = archive.namelist()
        assert len(names) == len({name.casefold() for name in names})
        types = parse(archive.read("[Content_Types].xml"))
        overrides = {one.get("PartName").lstrip("/") for one in types if one.get("PartName")}
        assert overrides <= set(names)
        assert {name for name in names if name.endswith(".xml") and name != "[Content_Types].xml"} <= overrides
        for name in names:
            assert set(relations(archive, name).values()) <= set(names)
        book = parse(archive.read("xl/workbook.xml"))
        parts = relations(archive, "xl/workbook.xml")
        sheets = {one.get("name"): parts[one.get(f"{RELATION}id")] for one in book.iter(f"{MAIN}sheet")}
        assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in sheets)
        assert len({name.casefold() for name in sheets}) == len(sheets)
        styles = len(parse(archive.read("xl/styles.xml")).find(f"{MAIN}cellXfs"))
        for part in sheets.values():
            check_sheet(archive, part, sheets, styles)
        tables = [parse(archive.read(name)) for name in names if name.startswith("xl/tables/")]
        for key in ("id", "displayName"):
            values = [table.get(key).casefold() for table in tables]
            assert len(values) == len(set(values))


def check_sheet(archive: ZipFile, part: str, sheets: dict[str, str], styles: int) -> None:
    root = parse(archive.read(part))
    places = [ORDER.index(etree.QName(one).localname) for one in root]
    assert places == sorted(places), part
    ids = {value for one in root.iter() for name, value in one.attrib.items() if name == f"{RELATION}id"}
    assert ids == set(relations(archive, part))
    texts, last_row = {}, 0
    for row in root.iter(f"{MAIN}row"):
        assert int(row.get("r")) > last_row
        last_row, last_column = int(row.get("r")), 0
        for cell in row:
            column, number, *_ = bounds(cell.get("r"))
            assert (number, column > last_column, int(cell.get("s", 0)) < styles) == (last_row, True, True)
            last_column = column
            texts[cell.get("r")] = "".join(one.text or "" for one in cell.iter(f"{MAIN}t"))
            assert len(texts[cell.get("r")].encode("utf-16-le")) <= 2 * 32_767
            assert cell.find(f"{MAIN}f") is None or cell.find(f"{MAIN}v") is not None
    check_areas(archive, part, root, texts)
    for link in root.iter(f"{MAIN}hyperlink"):
        name, place = link.get("location").rsplit("!", 1)
        assert name.strip("'") in sheets
        assert re.fullmatch(r"[A-Z]+\d+", place)


def check_areas(archive: ZipFile, part: str, root: Any, texts: dict[str, str]) -> None:
    """Check that merged cells and tables do not overlap, and that tables have the titles of their header."""
    areas = [bounds(one.get("ref")) for one in root.iter(f"{MAIN}mergeCell")]
    for name in relations(archive, part).values():
        if not name.startswith("xl/tables/"):
            continue
        table = parse(archive.read(name))
        left, top, right, bottom = bounds(table.get("ref"))
        areas.append((left, top, right, bottom))
        assert bottom > top
        assert re.fullmatch(r"[A-Za-z_]\w*", table.get("displayName"), re.ASCII)
        assert table.find(f"{MAIN}autoFilter").get("ref") == table.get("ref")
        titles = [one.get("name") for one in table.iter(f"{MAIN}tableColumn")]
        header = [text for place, text in texts.items() if bounds(place)[1] == top]
        assert titles == header[: len(titles)]
        assert len(titles) == right - left + 1 == len({title.casefold() for title in titles})
        assert all(0 < len(title) <= 255 for title in titles)
    for number, (left, top, right, bottom) in enumerate(areas):
        for other in areas[number + 1 :]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top


def test_the_workbook_of_a_study_is_valid(shell: Shell, tmp_path: Path) -> None:
    Project(shell.root).memo("Note.", coder="ana", on="A")
    path = tmp_path / "s.xlsx"
    assert shell("export", path, "--coder", "ana", "--sheets", "all").code == 0
    names = load(path).sheetnames
    assert {"Overview", "Case x code", "Segments", "Memos", "Suggestions", "Provenance"} <= set(names)
    check_package(path)


def test_the_same_study_gives_the_same_bytes(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    book = exported(shell.root, first, sheets="all")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    exported(shell.root, second, sheets="all")
    assert first.read_bytes() == second.read_bytes()
    latest = max(Project(shell.root).codings()["at"])
    assert (
        book.properties.created
        == book.properties.modified
        == latest.to_pydatetime().replace(tzinfo=None, microsecond=0)
    )
    with ZipFile(first) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# Numbers that follow a filter


def test_cases_have_codings_presence_and_sums_of_the_rows_shown(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    sheet = exported(shell.root, path, sheets="case x code")["Case x code"]
    found = table_rows(sheet)
    assert [row["Case"] for row in found] == ["A", "B", "C"]
    assert [row["group"] for row in found] == ["x", "x", "y"]
    # A has two codings of money and, below it, roi; presence counts both once.
    assert [row["work/money"] for row in found] == [2, 0, 1]
    assert [row["has work/money"] for row in found] == [1, 0, 1]
    titles = [cell.value for cell in sheet[sheet.tables["Case_x_code"].ref][0]]
    money, has_money = titles.index("work/money"), titles.index("has work/money")
    number = next(at for at, line in enumerate(rows(sheet)) if line[0] == "Rows shown")
    shown, shares = rows(sheet)[number : number + 2]
    assert (shown[0], shown[1], shown[money], shown[has_money]) == ("Rows shown", 3, 3, 2)
    assert (shares[money], shares[has_money]) == (None, pytest.approx(2 / 3))
    formulas = load(path)["Case x code"]
    first, last = (int(part) for part in re.findall(r"\d+", sheet.tables["Case_x_code"].ref))
    letter = formulas.cell(1, has_money + 1).column_letter
    cells = f"{letter}{first + 1}:{letter}{last}"
    assert formulas.cell(number + 1, 2).value == f"=SUBTOTAL(103,A{first + 1}:A{last})"
    assert formulas.cell(number + 2, has_money + 1).value == (
        f'=IF(SUBTOTAL(102,{cells})=0,"n/a",SUBTOTAL(109,{cells})/SUBTOTAL(102,{cells}))'
    )


def test_codes_that_a_coder_was_not_asked_for_are_empty_and_no_part_of_shares(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    Project(shell.root).export(path, coder="ben", sheets=["segments", "case-x-code"])
    book = load(path, data_only=True)
    (case,), segments = table_rows(book["Case x code"]), table_rows(book["Segments"])
    assert (case["work/money"], case["has work/money"], case["work/fear"]) == (1, 1, 0)
    assert (case["skills/patience"], case["has skills/patience"]) == (None, None)
    assert {row["skills/patience"] for row in segments} == {None}
    shares = dict(zip(segments[0], rows(book["Segments"])[4], strict=True))
    assert (shares["skills/patience"], shares["work/money"]) == ("n/a", 0.25)


def test_segments_have_their_text_case_attributes_and_codes(shell: Shell, tmp_path: Path) -> None:
    sheet = exported(shell.root, tmp_path / "s.xlsx", sheets="segments")["Segments"]
    found = table_rows(sheet)
    assert len(found) == 9
    assert list(found[0])[:7] == ["Case", "Transcript", "Turn", "Speaker", "Time", "Text", "Words"]
    first = found[0] | {"Time": None}
    assert [first[key] for key in ("Case", "Turn", "Text", "group", "work/money/roi", "work/fear")] == [
        *("A", 1, "Nobody can tell me what it earns.", "x", 1, 0),
    ]
    assert [row["Text"] for row in found if row["skills/patience"]] == ["I wait a week."]
    assert rows(sheet)[3][1] == 9


def test_attributes_that_are_numbers_in_all_cases_are_numbers(shell: Shell, tmp_path: Path) -> None:
    cases = shell.root / "transcripts/cases.csv"
    cases.write_text("case,size,plant,pay\nA,10,007,1.5\nB,,012,x\nC,5,001,2\nD,20,3,3\n", encoding="utf-8")
    found = table_rows(exported(shell.root, tmp_path / "s.xlsx", sheets="case-x-code")["Case x code"])
    assert [(row["size"], row["plant"], row["pay"]) for row in found] == [
        (10, "007", "1.5"),
        (None, "012", "x"),
        (5, "001", "2"),
    ]


def test_a_study_without_numbers_to_add_has_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    write_workbook(content(), path)
    with ZipFile(path) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert [text for text in texts if b"SUBTOTAL(103" in text] == []
    check_package(path)


# Links


def targets(book: Any, sheet: str, column: int) -> dict[str, Any]:
    """Return the rows that the links of a column lead to, by the text of the linked cell."""
    found = {}
    for (cell,) in book[sheet].iter_rows(min_col=column, max_col=column):
        if cell.hyperlink:
            name, place = cell.hyperlink.location.rsplit("!", 1)
            target = book[name.strip("'")]
            found[cell.value] = [one.value for one in target[target[place].row]]
    return found


def test_counts_lead_to_quotes_and_quotes_to_cases(shell: Shell, tmp_path: Path) -> None:
    book = exported(shell.root, tmp_path / "s.xlsx")
    themes = [line for line in rows(book["Themes"]) if line[0] in {"code", "family"} and line[3]]
    places = {}
    for line, cell in zip(themes, [cell for cell in book["Themes"]["D"] if cell.hyperlink], strict=True):
        assert cell.value == line[3]
        name, place = cell.hyperlink.location.rsplit("!", 1)
        places[line[1]] = book[name.strip("'")][place].value
    assert places == {
        "work/money": "The budget is gone.",
        "work/money/roi": "Nobody can tell me what it earns.",
        "work/fear": "They fear it.",
        "skills/patience": "I wait a week.",
        "work": "The budget is gone.",
        "skills": "I wait a week.",
    }
    assert {case: line[0] for case, line in targets(book, "Quotes", 1).items()} == {"A": "A", "B": "B", "C": "C"}
    assert [cell.value for cell in book["Overview"]["A"] if cell.hyperlink] == book.sheetnames[1:]


def test_without_quotes_nothing_looks_like_a_link(shell: Shell, tmp_path: Path) -> None:
    book = exported(shell.root, tmp_path / "s.xlsx", sheets=["themes", "case-x-code"])
    assert book.sheetnames == ["Overview", "Themes", "Case x code", "Provenance"]
    for name in ("Themes", "Case x code"):
        cells = [cell for line in book[name] for cell in line]
        assert not any(cell.hyperlink or cell.font.color.rgb == "000B57A4" for cell in cells)


def test_a_sheet_has_no_more_links_than_excel_allows(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sheet_layout", "sheets.quote_sheets"):
        monkeypatch.setattr(f"qualcode.workbook.{module}.MAX_LINKS", 6)
    sheet = exported(shell.root, tmp_path / "s.xlsx")["Quotes"]
    # The header is in row 4: of the rows up to 6, two are quotes; the third is none of a link's colour either.
    assert [bool(cell.hyperlink) for cell in sheet["A"][4:]] == [True, True, False, False, False]
    assert [cell.font.color.rgb == "000B57A4" for cell in sheet["A"][4:]] == [True, True, False, False, False]


# The choice of sheets


def test_quotes_of_a_code_are_one_block_in_the_order_of_the_codebook(shell: Shell, tmp_path: Path) -> None:
    quotes = table_rows(exported(shell.root, tmp_path / "s.xlsx")["Quotes"])
    assert [(row["Code name"], row["Transcript"]) for row in quotes] == [
        *(("Patience", "B"), ("Money", "A"), ("Money", "C"), ("Return", "A"), ("Fear", "A")),
    ]


def test_sheets_are_chosen_by_name_and_unknown_ones_refused(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    command = ("export", path, "--coder", "ana", "--yes", "--sheets")
    assert shell(*command, "Quotes,case_x_code", "--sheets", "CODEBOOK").code == 0
    book = load(path)
    assert book.sheetnames == ["Overview", "Codebook", "Case x code", "Quotes", "Provenance"]
    assert ["Command", "qualcode export --coder ana --sheets Quotes,case_x_code --sheets CODEBOOK"] in [
        row[:2] for row in rows(book["Provenance"])
    ]
    result = shell(*command, "qoutes")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "--sheets qoutes: there is no such sheet (did you mean 'Quotes'?)" in result.err
    assert "Segments" in shell(*command, "xyzzy").err
    assert shell(*command, "").code == 2
    assert "no sheet Memos: nobody has written a memo" in shell(*command, "memos").err
    assert "no sheet" not in shell(*command, "all").err
    assert shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana", "--sheets", "quotes").code == 2


def test_large_and_empty_sheets_are_left_out_and_named_on_the_cover(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.export.study_workbook.sheet_choice.MAX_ROWS_SHOWN", 8)
    path = tmp_path / "s.xlsx"
    result = shell("export", path, "--coder", "ana")
    reason = "9 rows, more than 8: to get it, name it with --sheets segments"
    assert f"no sheet Segments: {reason}" in result.err
    book = load(path)
    assert {"Segments", "Memos", "Suggestions"}.isdisjoint(book.sheetnames)
    cover = [row[:2] for row in rows(book["Overview"])]
    assert ["Segments", reason] in cover
    assert ["Memos", "nobody has written a memo"] in cover
    assert ["Suggestions", "not asked for: to get it, name it with --sheets suggestions"] in cover
    assert shell("export", path, "--coder", "ana", "--yes", "--sheets", "segments").code == 0
    assert "Segments" in load(path).sheetnames


def test_the_cover_begins_with_findings_and_their_denominators(shell: Shell, tmp_path: Path) -> None:
    lines = [
        [cell for cell in row if cell is not None]
        for row in rows(exported(shell.root, tmp_path / "s.xlsx")["Overview"])
    ]
    texts = [line[0] for line in lines if line]
    assert texts.index("Findings") < texts.index("Sheets") < texts.index("What was counted")
    assert ["Money", "2 of 3 cases", pytest.approx(0.667, abs=0.001), "21–94 %", 3] in lines
    assert any("In Work, the most frequent code is Money: 3 codings" in text for text in map(str, texts))


# Hostile texts


HOSTILE = [
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://example.org","click")',
    "+1-1",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3 =DDE(1)",
    "1/2",
    "2026-01-31",
    "1e5",
    "007",
    "TRUE",
    "#REF!",
    "שלום \u202eabc\u202c عربي",
    "\U0001f469\u200d\U0001f680 ok",
    "_x0041_ typed",
    "a\tb",
    "<b>&amp;</b> ]]> '\"",
]


def hostile_study(root: Path) -> Project:
    """Write and code a study with hostile texts, names of cases, codes and attributes; ana codes every line."""
    small_study(root)
    long = "word " * 8_000 + "end"
    lines = [*HOSTILE, "bell\x07here", long]
    write(root, "transcripts/A.txt", "".join(f"P: {line}\n\n" for line in lines))
    write(root, "transcripts/cases.csv", 'case,=1+1,"[a] #b\'","' + "x" * 300 + '"\nA,=2+5,01.02.2026,=cmd\n')
    write(
        root,
        "codebooks/odd.yaml",
        "family: odd\nname: '=1+1'\ncodes:\n  - id: comma\n    name: 'a, b/c; d'\n    definition: '@x'\n"
        "  - id: date\n    name: 2026-01-31\n",
    )
    project = Project(root)
    project.allow_new_coders()
    text = project.text("A")
    for turn in project.segments(transcripts="A", unit="turn").to_dict("records"):
        span = {"start": turn["start"], "end": turn["end"]}
        project.code("A", "odd/comma", **span, coder="ana", memo=f"=memo {turn['turn']}")
    project.done("A", coder="ana")
    assert all(line in text for line in HOSTILE)
    return project


def test_hostile_texts_change_nothing_and_every_loss_is_listed(tmp_path: Path) -> None:
    project = hostile_study(tmp_path / "study")
    path = tmp_path / "s.xlsx"
    project.export(path, coder="ana", sheets="all")
    check_package(path)
    book = load(path, data_only=True)
    changes = {
        (sheet, cell): (characters, change)
        for sheet, cell, characters, change in (row[:4] for row in rows(book["Provenance"]))
        if sheet in book.sheetnames and re.fullmatch(r"[A-Z]+\d+", str(cell))
    }
    cells = [cell for (cell,) in book["Quotes"].iter_rows(min_row=5, min_col=6, max_col=6)]
    quotes = {unescape_cell(cell.value): cell for cell in cells}  # Excel does so, openpyxl does not
    for wanted in project.codings()["quote"]:
        if wanted in quotes:
            assert quotes[wanted].data_type == "s"
            continue
        cell = next(one for text, one in quotes.items() if text.startswith(wanted[:4]) and text not in HOSTILE)
        characters, change = changes["Quotes", cell.coordinate]
        if "\x07" in wanted:
            assert (cell.value, characters) == (wanted.replace("\x07", ""), 1)
        else:
            kept = cell.value.rsplit(" [… cut: ", 1)[0]
            assert (wanted[: len(kept)], characters) == (kept, len(wanted) - len(kept))
            assert "cut" in change
    assert set(HOSTILE) <= set(quotes)
    # All changes beside those two are texts that begin like a formula and are whole.
    for (sheet, cell), (characters, change) in changes.items():
        if characters == 0:
            assert book[sheet][cell].value[0] in "=+-@"
            assert "stored as text" in change
    assert {"=cmd|'/c calc'!A0", "=1+1", "=2+5"} <= {book[sheet][cell].value for sheet, cell in changes}
    assert nothing_computes(path)


def nothing_computes(path: Path) -> bool:
    """Return whether a file has no formula but sums of the rows shown, and nothing outside itself."""
    with ZipFile(path) as archive:
        names = archive.namelist()
        formulas = [
            formula
            for name in names
            if name.startswith("xl/worksheets/sheet")
            for formula in re.findall(rb"<f[^>]*>(.*?)</f>", archive.read(name))
        ]
        outside = [name for name in names if b'TargetMode="External"' in archive.read(name)]
    sums = re.compile(rb'(IF\()?SUBTOTAL\(10[239],[A-Z]+\d+:[A-Z]+\d+\)(=0,"n/a",|/\d+|/|SUBTOTAL|[(),:A-Z\d])*')
    assert all(sums.fullmatch(formula) for formula in formulas), formulas
    return not outside and not any("externalLink" in name or "vba" in name for name in names)


def test_names_of_sheets_are_short_valid_and_different() -> None:
    draft = WorkbookDraft()
    names = ["Who/what? [a]: " + "x" * 40] * 2 + ["history", "''", "Überblick", "überblick"]
    made = [draft.open_sheet(name, widths=[9], freeze="A2").name for name in names]
    assert len({name.casefold() for name in made}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in made)
    assert make_sheet_name("\U0001f600" * 31, []) == "\U0001f600" * 15


def test_titles_of_a_table_differ_and_equal_its_header(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame([["c1", 3, 4, 5, 1]], columns=["case", "WORDS ", "words", " a\r\nb\x07", "f/c"])
    book = Codebook((Family("f", "F"),), (Code("f/c", "C"),), (), "v")
    workbook: WorkbookContent = content(
        [quote(code="f/c", case="c1")], codebook=book, cases=CodeColumns(frame, ["f/c"])
    )
    path = tmp_path / "s.xlsx"
    write_workbook(workbook, path)
    check_package(path)
    table = load(path)["Case x code"].tables["Case_x_code"]
    assert [column.name for column in table.tableColumns] == ["Case", "WORDS", "Words (2)", "a b", "f/c", "has f/c"]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as "1F4259", as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, background: str) -> float:
    low, high = sorted(map(luminance, (text, background)))
    return (high + 0.05) / (low + 0.05)


def test_letters_stand_out_from_their_background() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    named = {name: value for name, value in vars(styles).items() if isinstance(value, styles.Style)}
    assert len(named) > 20
    on_white_or_pale = {name: one for name, one in named.items() if one.fill != styles.DEEP}
    every = [*named.items(), *((name, styles.level_style(one, "family")) for name, one in on_white_or_pale.items())]
    every += [(name, styles.linked(one)) for name, one in on_white_or_pale.items()]
    assert {name for name, one in every if contrast(one.colour, one.fill or "FFFFFF") < 4.5} == set()
    backgrounds = (styles.STRONG, styles.GOOD, styles.FAIR, styles.POOR, styles.GREY, styles.SOFT)
    assert min(contrast(styles.INK, colour) for colour in backgrounds) > 7
