"""Tables read as streams of rows with their lines: CSV in any encoding, workbooks and Parquet files."""

from __future__ import annotations

import codecs
import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_tables import parquet, workbook
from qualcode.errors import OperationError, QualcodeError
from qualcode.files import TableOptions, TableStream, open_table_stream, read_csv
from qualcode.files.encoding_detection import find_encoding
from qualcode.files.tables.table_cells import cell_text

Rows = list[tuple[int, list[str]]]


def open_table(content: bytes | str, name: str = "t.csv", **options: Any) -> TableStream:
    raw = content.encode() if isinstance(content, str) else content
    return open_table_stream(io.BytesIO(raw), display_path=name, options=TableOptions(**options))


def rows(content: bytes | str, name: str = "t.csv", **options: Any) -> Rows:
    return [(line, list(cells)) for line, cells in open_table(content, name, **options).rows()]


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_have_the_line_they_begin_on(delimiter: str) -> None:
    text = 'id,text\n1,"two\nlines"\n\n2,"a, ""b"""\n'.replace(",", delimiter).replace(f"a{delimiter} ", "a, ")
    table = open_table(text)
    assert table.columns == ("id", "text")
    assert [(line, list(cells)) for line, cells in table.rows()] == [(2, ["1", "two\nlines"]), (5, ["2", 'a, "b"'])]


def test_rows_can_be_read_again() -> None:
    table = open_table("id,text\n1,a\n2,b\n")
    assert list(table.rows()) == list(table.rows()) == [(2, ["1", "a"]), (3, ["2", "b"])]


def test_commas_in_column_names_are_not_delimiters() -> None:
    assert open_table("id\tWhat, if anything, did you like, or not?\n1\ta\n", "t.tsv").columns[1].startswith("What, if")
    assert open_table('id;"a, b, c, d"\n1;x\n').columns == ("id", "a, b, c, d")


@pytest.mark.parametrize("text", ["sep=;\nid;text\n1;a,b\n", '"sep=;"\r\nid;text\r\n1;a,b\r\n'])
def test_separator_line_of_excel_sets_the_delimiter(text: str) -> None:
    assert (open_table(text).columns, rows(text)) == (("id", "text"), [(3, ["1", "a,b"])])


def test_separator_line_below_the_header_is_a_row() -> None:
    assert [dict(row) for _, row in read_csv("id,text\n1,sep=;\n", display_path="t.csv").rows] == [
        {"id": "1", "text": "sep=;"}
    ]


def test_blank_lines_above_the_header_count_as_lines() -> None:
    assert rows("\n\nid,text\n1,a\n") == [(4, ["1", "a"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_become_newlines(end: str) -> None:
    assert rows(f'id,text{end}1,"a{end}b"{end}') == [(2, ["1", "a\nb"])]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_utf_8_and_encodings_with_a_byte_order_mark(codec: str) -> None:
    table = open_table("id,text\n1,café 🎧\n".encode(codec))
    assert (table.columns, table.notices, list(table.rows())) == (("id", "text"), (), [(2, ["1", "café 🎧"])])


def test_windows_text_is_read_with_a_notice_that_names_the_line() -> None:
    table = open_table("id,text\n1,a\n2,café\n".encode("cp1252"))
    assert table.notices == ("not UTF-8 (first at line 3); read as Windows-1252: check its accents",)
    assert list(table.rows())[1] == (3, ["2", "café"])


def test_given_encoding_is_used() -> None:
    assert rows("id,text\n1,Łódź\n".encode("cp1250"), encoding="cp1250") == [(2, ["1", "Łódź"])]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"id,text\n1,\x81\n", "", "t.csv:2: neither UTF-8 nor Windows-1252; save it as UTF-8 and try again"),
        (b"id,text\n1,\xe9\n", "utf-8", "t.csv:2: not utf-8, the encoding that the settings give: correct 'encodings'"),
        (b"id,text\n1,\0\n", "", "t.csv:2: this is not text (it contains NUL bytes)"),
        (codecs.BOM_UTF16_LE + b"a\0b", "", "t.csv:1: has the byte-order mark of utf-16-le but is not utf-16-le"),
        (b"id,text\n", "klingon", "t.csv: unknown encoding 'klingon': correct 'encodings' in qualcode.yaml"),
        (b"id,text\n", "base64", "t.csv: unknown encoding 'base64': correct 'encodings' in qualcode.yaml"),
        (b"id,text\n+2D0-\n", "utf-7", "t.csv:1: not utf-7, the encoding that the settings give"),
        (b"", "", "t.csv: the table is empty: its first line names the columns"),
        (b"id,text\n1,a,b\n", "", "t.csv:2: 3 cells, but the first line names 2 columns (is a comma inside a cell"),
        (b"id,text\n1,a\n2\n", "", "t.csv:3: 1 cell, but the first line names 2 columns"),
        (b'id,text\n1,"a\n2,b\n', "", "t.csv:2: not a table that can be read: unexpected end of data (is a quotation"),
        (b'id,text\n1,"a"b\n', "", "t.csv:2: not a table that can be read: ',' expected after '\"'"),
    ],
)
def test_unreadable_table_is_refused_with_its_line(content: bytes, encoding: str, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        rows(content, encoding=encoding)
    assert str(refused.value).startswith(message)


def test_blank_cells_beyond_the_last_column_are_dropped() -> None:
    assert rows("id,text\n1,a,,\n") == [(2, ["1", "a"])]


def test_column_names_are_unique() -> None:
    table = open_table("a, a ,,b  c\n1,2,3,4\n")
    assert table.columns == ("a", "a (2)", "column 3", "b c")
    assert table.unnamed_positions == {2}
    assert table.notices == ("2 columns are named 'a': the second is read as 'a (2)'",)


def test_duplicate_column_names_get_the_next_free_number() -> None:
    assert open_table("a,a (2),a,a\n").columns == ("a", "a (2)", "a (3)", "a (4)")
    assert len(set(open_table(",".join(["a"] * 5000)).columns)) == 5000


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(OperationError, match=r"t.csv:1: 1,000,001 columns are over the limit of 5,000"):
        open_table("a" + "," * 1_000_000)


def test_a_cell_may_hold_a_whole_interview() -> None:
    long = "word " * 60_000
    assert rows(f'id,text\n1,"{long}"\n') == [(2, ["1", long])]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(OperationError, match="a line of over 10,000,000 characters"):
        rows(b"id,text\n1," + b"x" * 10_000_001)


def test_a_table_is_read_as_a_stream() -> None:
    raw = b"id,text\n" + b"".join(b"%d,%s\n" % (n, b"x" * 500) for n in range(20_000))
    tracemalloc.start()
    assert sum(1 for _ in open_table(raw).rows()) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(raw) * 1.6  # the bytes themselves, and one block of text beside them


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), max_size=12)


@given(st.lists(st.tuples(words, words, words), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_csv_written_by_python_reads_back(cells: list[tuple[str, str, str]], delimiter: str) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *cells])
    found = [tuple(row) for _, row in rows(stream.getvalue())]
    assert found == [row for row in cells if any(cell.strip() for cell in row)]


@given(st.binary(max_size=60), st.sampled_from(["", "\n", '"', "\r\n"]))
def test_stream_and_whole_table_have_the_same_rows(content: bytes, end: str) -> None:
    raw = b"a,b\n" + content + end.encode()
    try:
        found = [dict(zip(("a", "b"), cells, strict=True)) for _, cells in open_table(raw).rows()]
    except QualcodeError:
        return
    encoding = find_encoding(io.BytesIO(raw), path="t.csv").name
    table = read_csv(raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), display_path="t.csv")
    assert [dict(row) for _, row in table.rows] == found


# workbooks


def test_workbook_values_are_read_as_displayed() -> None:
    raw = workbook(
        ["id", "when", "age", "text"],
        [1, datetime(2026, 1, 31), 24.0, "a\r\nb"],
        [],
        ["x", time(9, 30), 1.5, True],
        ["y", None, None, None],
    )
    assert rows(raw, "t.xlsx") == [
        (2, ["1", "2026-01-31", "24", "a\nb"]),
        (4, ["x", "09:30:00", "1.5", "TRUE"]),
        (5, ["y", "", "", ""]),
    ]


def test_the_first_sheet_is_read_unless_another_is_named() -> None:
    raw = workbook(["id", "text"], ["1", "a"], sheets=("Answers", "Notes", "More"))
    assert open_table(raw, "t.xlsx").notices == (
        "only sheet 'Answers' is read, not Notes, More: see 'tables' in qualcode.yaml",
    )
    assert open_table(raw, "t.xlsx", sheet="Notes").columns == ("other",)
    with pytest.raises(OperationError, match=r"t.xlsx: no sheet 'Note' \(did you mean 'Notes'\?\)"):
        open_table(raw, "t.xlsx", sheet="Note")


def zip_bytes(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04", "t.xlsx: not a table that can be read"),
        (b"", "t.xlsx: not a table that can be read"),
        (b"id,text\n", "t.xlsx: not a table that can be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "t.xlsx: protected with a password, or an old .xls"),
        (zip_bytes(a=b"x"), "t.xlsx: not a table that can be read"),
        (
            zip_bytes(xl__worksheets__sheet1=b" " * 150_000_000),
            "t.xlsx: xl/worksheets/sheet1 unpacks to over 200 times its size: save",
        ),
        (
            zip_bytes(xl__sharedStrings=b"0123" * 60_000_000),
            "t.xlsx: unpacks to 240,000,000 bytes, over the limit of 200,000,000: save",
        ),
        (
            zip_bytes(**{f"p{n}": b"" for n in range(10_001)}),
            "t.xlsx: contains more than 10,000 members: save the sheet as CSV",
        ),
    ],
    ids=["torn", "empty", "csv", "password", "another zip", "bomb", "too much to hold", "too many parts"],
)
def test_file_that_is_not_a_workbook_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        rows(content, "t.xlsx")
    assert str(refused.value).startswith(message)


def test_workbook_with_an_encrypted_part_is_refused() -> None:
    content = bytearray(workbook(["id", "text"], ["1", "a"]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(OperationError, match=r"t.xlsx: protected with a password: open it with its password"):
        rows(bytes(content), "t.xlsx")


def test_output_of_openpyxl_is_suppressed(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(["id", "text"], ["1", "a"]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.xml"] = re.sub(rb'(<cellStyle [^>]*xfId=)"0"', rb'\1"19"', parts["xl/styles.xml"])
    with pytest.raises(OperationError, match=r"t.xlsx: not a table that can be read"):
        rows(zip_bytes(**parts), "t.xlsx")
    assert capsys.readouterr() == ("", "")


def test_truncated_workbook_is_refused_with_its_line() -> None:
    whole = workbook(["id", "text"], ["1", "a"], ["2", "b"])
    parts = {}
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", b"<")
    with pytest.raises(OperationError, match=r"^t.xlsx:\d: not a table that can be read"):
        rows(zip_bytes(**parts), "t.xlsx")


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet"])
def test_small_file_with_too_many_characters_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.files.tables.table_cells._MAX_CHARACTERS", 1000)
    text = "gravy " * 20
    content = parquet(id=[text] * 9) if name.endswith("parquet") else workbook(["id"], *[[text]] * 9)
    with pytest.raises(OperationError, match=rf"^{name}:10: the cells are over the limit of 1,000 characters"):
        rows(content, name)


# Parquet


def test_a_parquet_file() -> None:
    raw = parquet(id=["a", "b"], n=[1, None], when=[date(2026, 1, 31), None], several=[["x", "y"], []])
    assert open_table(raw, "t.parquet").columns == ("id", "n", "when", "several")
    assert rows(raw, "t.parquet") == [(2, ["a", "1", "2026-01-31", "x; y"]), (3, ["b", "", "", ""])]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1....PAR1", parquet(a=["b"])[:-9] + b"\0" * 9])
def test_file_that_is_not_parquet_is_refused(content: bytes) -> None:
    with pytest.raises(OperationError, match=r"^t.parquet: not a table that can be read"):
        rows(content, "t.parquet")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (False, "false"),
        (3, "3"),
        (3.0, "3"),
        (-0.25, "-0.25"),
        (1e300, "1e+300"),
        (datetime(2026, 1, 31, 9, 5), "2026-01-31 09:05:00"),
        (b"caf\xc3\xa9\xff", "café\\xff"),
        ({"a": [1]}, '{"a": [1]}'),
        ("\ud83d\0", "?\ufffd"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert cell_text(value) == text


Write = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_message(name: str, content: bytes) -> None:
    try:
        rows(content, name)
    except QualcodeError as error:
        assert str(error).startswith("t.")  # noqa: PT017
