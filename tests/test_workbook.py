"""The workbook: written from small contents and read back with openpyxl."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from qualcode.model import Code, Codebook, Cue, Example, Family, Theme
from qualcode.model.xml_text import remove_forbidden_characters
from qualcode.tables import THEME_COLUMNS
from qualcode.workbook import (
    QUOTE_COLUMNS,
    CleaningCounts,
    Cover,
    Provenance,
    UndecidedSuggestions,
    WorkbookContent,
    write_workbook,
)
from qualcode.workbook.safe_text import (
    MAX_CELL_LENGTH,
    TextCleaner,
    truncate_text,
    utf16_length,
)
from qualcode.workbook.sheet_layout import consecutive_ranges, estimate_line_count
from qualcode.workbook.workbook_content import full_code_name, is_nested

BOOK = Codebook(
    families=(Family("work", "Work", "What the day is made of.", "#B5483A"), Family("mood", "Mood")),
    codes=(
        Code(
            "work/desk",
            "Desk",
            "Answering.",
            examples=(Example("I answer all day.", "S1"), Example("Again.", "S2")),
            counterexamples=(Example("He answers.", "S1", "Somebody else."),),
            cues=(Cue("phrase", "answer"), Cue("phrase", "reply")),
            colour="#2F6F8F",
            formerly=("work/answers", "old/desk"),
        ),
        Code("work/desk/night", "At night"),
        Code("mood/envy", "Envy", colour="no colour"),
    ),
    themes=(Theme("strain", "Strain", ("work/desk", "mood/envy"), "Both."),),
)
SHEETS = ["Overview", "Codebook", "Themes", "Themes by group", "Co-occurrence", "Quotes", "Provenance"]

NO_GROUPS = "No case attribute was compared. To compare groups of cases, export with --by ATTRIBUTE."


def theme(code: str, name: str, level: str, units: int, coder: str = "ada", **more: Any) -> dict[str, Any]:
    line = dict.fromkeys(THEME_COLUMNS, 1) | {
        "code": code,
        "name": name,
        "level": level,
        "units": units,
        "share_of_cases": 0.5,
        "share_low": 0.25,
        "share_high": 0.75,
        "codings_per_1000_words": 2.25,
        "rate_low": 1.5,
        "rate_high": 3.5,
        "unit": "sentence",
        "coder": coder,
        "universe_units": 40,
        "universe_transcripts": 3,
        "universe_cases": 2,
        "universe_words": 1200,
    }
    return line | more


THEMES = pd.DataFrame(
    [
        theme("work/desk", "Desk", "code", 3),
        theme("work/desk/night", "At night", "code", 7),
        theme("mood/envy", "Envy", "code", 0, share_of_cases=float("nan"), codings_per_1000_words=float("nan")),
        theme("work", "Work", "family", 8),
        theme("strain", "Strain", "theme", 3),
    ],
    columns=THEME_COLUMNS,
)
CODES = [code.id for code in BOOK.codes]
MATRIX = pd.DataFrame([[3, 2, 1], [2, 7, 0], [1, 0, 4]], index=CODES, columns=CODES)


def quote(**more: Any) -> dict[str, Any]:
    values = (
        "S1",
        "S1",
        3,
        "Ann",
        3725.5,
        "I answer all day.",
        "work/desk",
        "Desk",
        "ada",
        "",
        "anchored",
        10,
        27,
        "q1",
    )
    return dict(zip(QUOTE_COLUMNS, values, strict=True)) | more


def content(quotes: Iterable[Mapping[str, Any]] = (), **changes: Any) -> WorkbookContent:
    quotes = quotes if isinstance(quotes, Iterator) else list(quotes)
    size = 0 if isinstance(quotes, Iterator) else len(quotes)
    return replace(WorkbookContent("Study", BOOK, THEMES, {}, MATRIX, "sentence", quotes, size, "ada"), **changes)


def empty() -> WorkbookContent:
    nothing = pd.DataFrame([], columns=THEME_COLUMNS)
    return WorkbookContent("Study", Codebook(), nothing, {}, pd.DataFrame(), "sentence", [])


def written(workbook: WorkbookContent, folder: Path) -> tuple[Any, CleaningCounts]:
    path = folder / "study.xlsx"
    cleaned = write_workbook(workbook, path)
    return load_workbook(path), cleaned


def rows(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def row_of(sheet: Any, text: str) -> int:
    """Return the number of the first row in which a cell has this text."""
    return next(number for number, row in enumerate(rows(sheet), 1) if text in row)


# Cleaning of texts


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_always_be_written(text: str) -> None:
    clean, removed = remove_forbidden_characters(text)
    assert clean.encode("utf-8").decode() == clean
    assert not any(ord(character) < 32 and character not in "\t\n" for character in clean)
    assert remove_forbidden_characters(clean) == (clean, 0)
    assert len(clean) + removed <= len(text)


@given(st.text(st.sampled_from("ab c\U0001f600"), min_size=1, max_size=60), st.integers(2_000, 6_000))
def test_truncated_text_fits_and_names_the_missing_characters(word: str, times: int) -> None:
    text = (word + " x") * times
    if utf16_length(text) > MAX_CELL_LENGTH:
        start, marker = truncate_text(text).rsplit(" [… cut: ", 1)
        assert text.startswith(start)
        assert int(marker.split(" ", 1)[0].replace(",", "")) == len(text) - len(start)
        assert utf16_length(truncate_text(text)) <= MAX_CELL_LENGTH


def test_long_text_is_cut_at_a_word() -> None:
    text = "seven77 " * 5_000
    cleaner = TextCleaner()
    assert cleaner.clean(text).endswith("seven77 [… cut: 7,289 more characters]")
    assert cleaner.counts == CleaningCounts(truncated=1)


def test_text_at_the_limit_of_a_cell_is_unchanged() -> None:
    cleaner = TextCleaner()
    assert cleaner.clean("x" * MAX_CELL_LENGTH) == "x" * MAX_CELL_LENGTH
    assert len(cleaner.clean("x" * (MAX_CELL_LENGTH + 1))) <= MAX_CELL_LENGTH
    assert utf16_length(cleaner.clean("\U0001f600" * 20_000)) <= MAX_CELL_LENGTH
    assert cleaner.counts.truncated == 2


def test_line_breaks_and_control_characters_are_cleaned() -> None:
    assert remove_forbidden_characters("a\r\nb\rc\td\x07\x00\ud800\ufffe") == ("a\nb\nc\td", 4)


# Small helpers


def test_nested_codes_are_not_a_pair() -> None:
    assert is_nested("a/b", "a/b")
    assert is_nested("a/b/c", "a/b")
    assert not is_nested("a/bc", "a/b")


def test_full_name_of_a_nested_code_begins_with_its_parent() -> None:
    assert full_code_name(BOOK, "work/desk/night") == "Desk › At night"
    assert full_code_name(BOOK, "gone/code") == "gone/code"


def test_consecutive_numbers_become_ranges() -> None:
    assert consecutive_ranges([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert consecutive_ranges([]) == []


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("x" * 20, 1), ("x" * 45, 3), ("a\nb\n", 3), ("語" * 20, 2), ("it’s short", 1)]
)
def test_line_count_in_a_column_of_twenty_digits(text: str, lines: int) -> None:
    assert estimate_line_count(text, 20) == lines


# Sheets


def test_sheets_are_in_order_with_frozen_headers_and_page_setup(tmp_path: Path) -> None:
    book, cleaned = written(content([quote()]), tmp_path)
    assert book.sheetnames == SHEETS
    assert cleaned == CleaningCounts()
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == (2 if sheet.title == "Codebook" else 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.right.text


def test_empty_study_has_all_sheets(tmp_path: Path) -> None:
    book, _ = written(empty(), tmp_path)
    assert book.sheetnames == SHEETS
    assert rows(book["Quotes"])[-1][0] == "Case"
    assert not any(sheet.tables for sheet in book)
    assert row_of(book["Themes"], "Nothing was counted.") == 2
    assert row_of(book["Codebook"], "The codebook has no themes.")
    assert row_of(
        book["Themes by group"],
        NO_GROUPS,
    )
    assert not book["Themes"]._charts


def test_overview_has_headings_values_and_changes_to_texts(tmp_path: Path) -> None:
    counted: list[tuple[str, str | int | float]] = [
        ("Counting", ""),
        ("Codings", 1234),
        ("Kappa", 0.81),
        ("", ""),
        ("Unit", "turn"),
    ]
    sheet = written(content([quote(quote="=1+1")], cover=Cover("By ada", counted=counted)), tmp_path)[0]["Overview"]
    assert rows(sheet)[0][0] == "Study"
    assert sheet.cell(row_of(sheet, "Counting"), 1).font.bold
    assert sheet.cell(row_of(sheet, "Codings"), 2).value == 1234
    assert sheet.cell(row_of(sheet, "Kappa"), 2).number_format == "General"
    assert row_of(sheet, "Unit") == row_of(sheet, "Kappa") + 2
    assert sheet.cell(row_of(sheet, "Unit"), 2).alignment.wrap_text
    assert rows(sheet)[-1][:2] == [
        "Changes to texts for Excel",
        "1 cell beginning with = + - or @, stored as text (listed in Provenance)",
    ]


def test_codebook_lists_families_nested_codes_and_themes(tmp_path: Path) -> None:
    sheet = written(content(), tmp_path)[0]["Codebook"]
    assert [row[1:4] for row in rows(sheet)[1:6]] == [
        ["family", "work", "Work"],
        ["code", "work/desk", "Desk"],
        ["child", "work/desk/night", "At night"],
        ["family", "mood", "Mood"],
        ["code", "mood/envy", "Envy"],
    ]
    desk = rows(sheet)[2]
    assert desk[7] == "“I answer all day.” (S1)\n“Again.” (S2)"
    assert desk[8:] == ["“He answers.” (S1) – Somebody else.", 2, "work/answers\nold/desk"]
    assert [sheet.cell(row, 1).fill.fgColor.rgb for row in (2, 3, 4)] == ["00B5483A", "002F6F8F", "00B5483A"]
    assert sheet.cell(6, 1).fill.fill_type is None
    assert [sheet.cell(row, 4).alignment.indent for row in (3, 4)] == [0, 1]
    assert sheet.tables["Codebook"].ref == "A1:K6"
    strain = rows(sheet)[row_of(sheet, "strain") - 1]
    assert strain[3:6] == ["Strain", "Both.", "Desk (work/desk)\nEnvy (mood/envy)"]


def test_themes_are_numbers_and_an_undefined_share_is_shown_as_na(tmp_path: Path) -> None:
    sheet = written(content(), tmp_path)[0]["Themes"]
    head = row_of(sheet, "Level")
    assert rows(sheet)[head][:17] == [
        *("code", "work/desk", "Desk"),
        *(1, 1, 3, 1, 1, 0.5, 0.25, 0.75, 1, 2.25, 1.5, 3.5),
        *("ada", "sentence"),
    ]
    assert [sheet.cell(head + 1, column).number_format for column in (4, 9, 10, 13, 15)] == [
        *("#,##0", "0%", "0%", "#,##0.00", "#,##0.00"),
    ]
    assert rows(sheet)[head + 2][5:15] == [0, 1, 1, "n/a", 0.25, 0.75, 1, "n/a", 1.5, 3.5]
    assert "40 units with 1,200 words by participants, in 3 transcripts of 2 cases." in rows(sheet)[1][0]
    assert sheet.tables["Themes"].ref == f"A{head}:Q{head + 5}"
    assert sheet.freeze_panes == f"D{head + 1}"


def test_bases_that_differ_between_families_are_reported(tmp_path: Path) -> None:
    differing = pd.DataFrame(
        [theme("work/desk", "Desk", "code", 3), theme("mood/envy", "E", "code", 1, universe_units=9)]
    )
    sheet = written(content(themes=differing), tmp_path)[0]["Themes"]
    assert "Base: 9–40 units" in rows(sheet)[1][0]
    assert "not every family is finished in every transcript" in rows(sheet)[1][0]


def chart_title(chart: Any) -> str:
    return str(chart.title.tx.rich.p[0].r[0].t)


def chart_data(sheet: Any, chart: Any, number: int = 0) -> list[tuple[Any, Any]]:
    """Return the labels and numbers that a series of a chart reads from cells."""
    series = chart.series[number]
    ranges = [sheet[cells.split("!")[1].replace("$", "")] for cells in (series.cat.strRef.f, series.val.numRef.f)]
    labels, numbers = ([row[0].value for row in (c if isinstance(c, tuple) else ((c,),))] for c in ranges)
    return list(zip(labels, numbers, strict=True))


def test_each_family_has_a_chart_of_sorted_cells_of_its_sheet(tmp_path: Path) -> None:
    sheet = written(content(), tmp_path)[0]["Themes"]
    assert [chart_title(chart) for chart in sheet._charts] == ["Work (coder ada)", "Mood (coder ada)"]
    work, mood = sheet._charts
    assert chart_data(sheet, work) == [("Desk › At night", 7), ("Desk", 3)]
    assert chart_data(sheet, mood) == [("Envy", 0)]
    assert work.x_axis.delete is False
    assert work.y_axis.title.tx.rich.p[0].r[0].t == "Units (sentence) with the code"
    assert work.visible_cells_only is False


def test_charts_overlap_neither_the_table_nor_each_other(tmp_path: Path) -> None:
    sheet = written(content(), tmp_path)[0]["Themes"]
    first, second = (chart.anchor for chart in sheet._charts)
    assert first._from.col > 11
    assert second._from.row > first.to.row
    numbers_column = sheet[sheet._charts[0].series[0].val.numRef.f.split("!")[1].replace("$", "")][0][0].column
    assert first.to.col < numbers_column


def test_charts_of_several_coders_show_and_name_the_first(tmp_path: Path) -> None:
    both = pd.concat([THEMES, THEMES.assign(coder="bo", units=99)])
    sheet = written(content(themes=both), tmp_path)[0]["Themes"]
    assert chart_title(sheet._charts[0]) == "Work (coder ada, first of 2 coders)"
    assert rows(sheet)[1][0].startswith("Coder ada.")
    assert rows(sheet)[2][0].startswith("Coder bo.")


def grouped(attribute: str = "region") -> pd.DataFrame:
    lines = [
        {attribute: group, **theme("work/desk", "Desk", "code", units, share_of_cases=share, universe_cases=cases)}
        for group, units, share, cases in (("north", 3, 0.75, 4), ("", 1, 1.0, 1))
    ]
    return pd.DataFrame(lines)


def test_groups_are_in_adjacent_columns(tmp_path: Path) -> None:
    sheet = written(content(groups={"region": grouped()}), tmp_path)[0]["Themes by group"]
    head = row_of(sheet, "Level")
    assert rows(sheet)[head - 1] == [
        *("Level", "Code", "Name"),
        *(f"{group}: {word}" for word in ("share", "rate", "units") for group in ("north, 4 cases", "(blank), 1 case")),
    ]
    assert rows(sheet)[head - 2][3::2] == ["Share of cases", "Codings per 1,000 words", "Units"]
    assert rows(sheet)[head] == ["code", "work/desk", "Desk", 0.75, 1.0, 2.25, 2.25, 3, 1]
    assert sheet.tables["By_region"].ref == f"A{head}:I{head + 1}"
    (chart,) = sheet._charts
    assert [chart_data(sheet, chart, number) for number in (0, 1)] == [[("Desk", 0.75)], [("Desk", 1.0)]]
    assert sheet.freeze_panes == f"D{head + 1}"
    assert "coder ada" in rows(sheet)[head - 3][0]


def test_several_attributes_are_blocks_with_a_table_each(tmp_path: Path) -> None:
    workbook = content(groups={"region": grouped(), "size": grouped("size")})
    sheet = written(workbook, tmp_path)[0]["Themes by group"]
    assert list(sheet.tables) == ["By_region", "By_size"]
    assert [row[0] for row in rows(sheet) if str(row[0]).startswith("By ")] == [
        "By region (unit of analysis: sentence; coder ada)",
        "By size (unit of analysis: sentence; coder ada)",
    ]


def test_diagonal_and_nested_codes_are_outside_the_colour_scale(tmp_path: Path) -> None:
    sheet = written(content(), tmp_path)[0]["Co-occurrence"]
    assert rows(sheet)[3] == ["Code", "Name", "Desk", "At night", "Envy"]
    assert [row[2:] for row in rows(sheet)[4:]] == [[3, 2, 1], [2, 7, 0], [1, 0, 4]]
    assert sheet.freeze_panes == "C5"
    assert rows(sheet)[1][0] == (
        "Number of units of analysis (sentence) in which both codes occur. Coder ada. Unit of analysis: sentence. "
        "Base: 40 units with 1,200 words by participants, in 3 transcripts of 2 cases."
    )
    (scale,) = sheet.conditional_formatting
    assert {str(cells) for cells in scale.sqref.ranges} == {"E5", "E6", "C7:D7"}
    assert sheet["C5"].fill.fgColor.rgb == sheet["D5"].fill.fgColor.rgb == "00E3E3E3"
    assert sheet["E5"].fill.fill_type is None
    assert sheet["C4"].alignment.text_rotation == 90


def test_quotes_have_code_levels_in_columns_a_filter_and_a_frozen_header(tmp_path: Path) -> None:
    workbook = content([quote(), quote(code="work/desk/night", name="At night", memo="Late."), quote(code="x/y/z/w")])
    sheet = written(workbook, tmp_path)[0]["Quotes"]
    head = "Case|Transcript|Turn|Speaker|Time|Quote|Family|Code|Child|Code name|Coder|Memo|Status|Start|End|Id"
    assert rows(sheet)[3] == head.split("|")
    assert rows(sheet)[4] == [
        *("S1", "S1", 3, "Ann", timedelta(seconds=3725, microseconds=500_000), "I answer all day."),
        *("work", "desk", None, "Desk", "ada", None, "anchored", 10, 27, "q1"),
    ]
    assert rows(sheet)[5][6:12] == ["work", "desk", "night", "At night", "ada", "Late."]
    assert rows(sheet)[6][6:9] == ["x", "y", "z/w"]
    assert sheet.tables["Quotes"].ref == "A4:P7"
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.column_dimensions["F"].width == 70
    assert sheet["F5"].alignment.wrap_text
    assert sheet["A4"].font.bold
    assert sheet["E5"].number_format == "[h]:mm:ss"


def test_rows_are_as_high_as_their_quotes(tmp_path: Path) -> None:
    workbook = content([quote(), quote(quote="word " * 100), quote(quote="a\nb\nc"), quote(quote="x" * 40_000)])
    sheet = written(workbook, tmp_path)[0]["Quotes"]
    assert [sheet.row_dimensions[row].height for row in (5, 6, 7, 8)] == [15, 105, 45, 409]


def test_texts_like_formulas_stay_text(tmp_path: Path) -> None:
    texts = ["=1+1", "=HYPERLINK(1)", "+44 20", "- well, no", "@home", "＝1+1", "#N/A", "plain"]
    book, cleaned = written(content([quote(quote=text) for text in texts]), tmp_path)
    cells = [book["Quotes"].cell(row, 6) for row in range(5, 13)]
    assert [cell.value for cell in cells] == texts
    with ZipFile(tmp_path / "study.xlsx") as archive:
        formulas = [
            re.findall(rb"<f>(.*?)</f>", archive.read(name)) for name in archive.namelist() if "sheets/" in name
        ]
    assert {formula[:13] for found in formulas for formula in found} == {b"SUBTOTAL(103,", b"SUBTOTAL(109,"}
    assert [cell.quotePrefix for cell in cells] == [True] * 6 + [False] * 2
    assert cleaned == CleaningCounts(formulas=6)
    assert [row[:2] for row in rows(book["Provenance"])[-6:]] == [["Quotes", f"F{row}"] for row in range(5, 11)]


def test_every_text_of_the_content_is_cleaned(tmp_path: Path) -> None:
    bad, frame_bad = "=a\x07\ud800", "=a\x07\x07"  # pandas cannot store lone surrogates
    book = Codebook(
        families=(Family("f", bad, bad),),
        codes=(Code("f/c", bad, bad, bad, bad, formerly=(bad,)),),
        themes=(Theme("t", bad, ("f/c",), bad),),
    )
    workbook = WorkbookContent(
        bad,
        book,
        pd.DataFrame([theme("f/c", frame_bad, "code", 1, coder=frame_bad)]),
        {bad: pd.DataFrame([{frame_bad: frame_bad, **theme("f/c", frame_bad, "code", 1, coder=frame_bad)}])},
        pd.DataFrame([[1]], index=["f/c"], columns=["f/c"]),
        bad,
        [quote(quote=bad, memo=bad, name=bad, code="f/c")],
        1,
        bad,
        Cover(bad, [(bad, bad)], [(bad, bad, [bad])], [], [(bad, bad)], [(bad, bad)]),
        provenance=Provenance([(bad, bad)]),
    )
    book_read, cleaned = written(workbook, tmp_path)
    texts = [value for sheet in book_read for row in rows(sheet) for value in row if isinstance(value, str)]
    assert not any("\x07" in text for text in texts)
    assert book_read["Overview"]["A1"].value == "=a"
    assert book_read.properties.title == "=a"
    assert cleaned.formulas > 10
    assert cleaned.control_characters >= 2 * cleaned.formulas


def test_text_longer_than_a_cell_is_cut_and_marked(tmp_path: Path) -> None:
    book, cleaned = written(content([quote(quote="word " * 8_000)]), tmp_path)
    assert book["Quotes"]["F5"].value.endswith("word [… cut: 7,286 more characters]")
    assert cleaned == CleaningCounts(truncated=1)
    assert rows(book["Provenance"])[-1][:4] == [
        *("Quotes", "F5", 7_286, "over Excel's limit of 32,767 characters: cut and marked"),
    ]


def test_quotes_from_an_iterator_are_written_in_order(tmp_path: Path) -> None:
    workbook = content(iter([quote(id=f"q{number}") for number in range(3)]))
    assert [row[-1] for row in rows(written(workbook, tmp_path)[0]["Quotes"])[3:]] == ["Id", "q0", "q1", "q2"]


def test_an_interrupted_workbook_leaves_no_reports_on_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def quotes() -> Iterator[dict[str, Any]]:
        yield quote()
        raise KeyboardInterrupt

    reports: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", reports.append)
    with pytest.raises(KeyboardInterrupt):
        write_workbook(content(quotes()), tmp_path / "study.xlsx")
    gc.collect()
    assert reports == []


@pytest.mark.parametrize(("quotes", "sheets"), [(3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_quotes_beyond_the_row_limit_continue_in_further_sheets(
    quotes: int, sheets: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.workbook.sheets.quote_sheets.MAX_ROWS", 7)
    workbook = content([quote(id=f"q{number}") for number in range(quotes)])
    book, _ = written(workbook, tmp_path)
    quote_sheets = [rows(book[name]) for name in book.sheetnames if name.startswith("Quotes")]
    assert [len(sheet) - 4 for sheet in quote_sheets] == sheets
    assert [sheet[2][2] for sheet in quote_sheets] == [f"=SUBTOTAL(103,P5:P{4 + size})" for size in sheets]
    assert [row[-1] for sheet in quote_sheets for row in sheet[4:]] == [f"q{number}" for number in range(quotes)]


def test_memos_are_written_whole_with_links_to_their_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Memos" not in written(content(), tmp_path)[0].sheetnames
    monkeypatch.setattr("qualcode.workbook.sheets.quote_sheets.MAX_ROWS", 6)
    memo = dict.fromkeys("transcript turn time quote code name status".split(), "") | {"coder": "ada", "id": "m1"}
    memo |= {"at": "2026-01-31T10:22:33.444Z", "on": "study", "target": "", "text": "=One\n\n- two"}
    on_coding = {"on": "coding", "transcript": "S1", "turn": 3, "time": 3600.0, "quote": "I answer."}
    memos = [memo, memo | on_coding | {"target": "q2"}, memo | on_coding | {"target": "gone"}]
    book, _ = written(content([quote(id=f"q{number}") for number in range(4)], memos=memos), tmp_path)
    sheet = book["Memos"]
    assert rows(sheet)[0][:8] == "On|Transcript|Turn|Time|Quote|Code|Code name|Memo".split("|")
    first, second = rows(sheet)[1:3]
    assert (first[0], first[7], first[9]) == ("study", "=One\n\n- two", "2026-01-31 10:22")
    assert second[:5] == ["coding", "S1", 3, timedelta(hours=1), "I answer."]
    assert sheet["H2"].alignment.wrap_text
    assert [(cell.coordinate, cell.hyperlink.location) for row in sheet for cell in row if cell.hyperlink] == [
        ("A3", "'Quotes 2'!F5")
    ]


def suggestion(**more: Any) -> dict[str, Any]:
    keys = "transcript turn speaker time quote code score why id".split()
    values = ("S1", 3, "Ann", None, "I answer.", "work/desk/night", 0.62, '"answer" +0.8', "0a1")
    return dict(zip(keys, values, strict=True)) | more


def test_suggestions_in_the_content_are_written_to_their_own_sheet(tmp_path: Path) -> None:
    assert "Suggestions" not in written(content(), tmp_path)[0].sheetnames
    suggestions = iter([suggestion(), suggestion(code="gone/code", score=0.2, why="=1+1")])
    book, cleaned = written(
        content(suggestions=UndecidedSuggestions(["2 for ada.", "A probability."], suggestions)), tmp_path
    )
    sheet = book["Suggestions"]
    assert [row[0] for row in rows(sheet)[1:3]] == ["2 for ada.", "A probability."]
    assert rows(sheet)[3] == "Transcript|Turn|Speaker|Time|Quote|Code|Code name|Score|Why|Id".split("|")
    assert rows(sheet)[4] == [
        *("S1", 3, "Ann", None, "I answer.", "work/desk/night", "Desk › At night", 0.62, '"answer" +0.8', "0a1"),
    ]
    assert rows(sheet)[5][5:9] == ["gone/code", "gone/code", 0.2, "=1+1"]
    assert cleaned == CleaningCounts(formulas=1)
    assert sheet["H5"].number_format == "0%"
    assert (sheet.tables["Suggestions"].ref, sheet.freeze_panes, sheet.print_title_rows) == ("A4:J6", "A5", "$4:$4")
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["H5:H6"]


def test_scores_that_only_rank_are_not_percentages(tmp_path: Path) -> None:
    workbook = content(suggestions=UndecidedSuggestions([], [suggestion()], has_probabilities=False))
    assert written(workbook, tmp_path)[0]["Suggestions"]["H3"].number_format == "#,##0.00"


def test_letters_that_excel_reads_as_a_character_are_escaped(tmp_path: Path) -> None:
    write_workbook(content([quote(quote="He typed _x000D_ there.")]), tmp_path / "study.xlsx")
    with ZipFile(tmp_path / "study.xlsx") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "He typed _x005F_x000D_ there." in text
    assert "typed _x000D_" not in text
