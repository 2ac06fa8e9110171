"""``cases.csv``: cases, their attributes and their transcripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import Problem
from qualcode.model import Case
from qualcode.transcripts import join_cases, read_cases

Write = Callable[[str, str | bytes], Path]
Read = Callable[[str | bytes], tuple[list[Case], list[Problem]]]


@pytest.fixture
def read(write: Write) -> Read:
    return lambda content: read_cases(write("cases.csv", content), display_path="cases.csv")


EXPECTED = [Case("S01", {"group": "a b", "size": "4"}, ("S01",)), Case("S02", {"group": "", "size": "0.5"}, ("S02",))]


@pytest.mark.parametrize(
    "content",
    [
        "case,group,size\nS01,a b,4\nS02,,0.5\n",
        "case;group;size\nS01;a b;4\nS02;;0.5\n",
        "case\tgroup\tsize\nS01\ta b\t4\nS02\t\t0.5\n",
        "group,case,size\r\na b,S01,4\r\n,S02,0.5",
        " case , group , size \n S01 , a b , 4 \n\n S02 ,, 0.5\n,,\n",
        b'\xef\xbb\xbfcase,group,size\r\nS01,"a b",4\r\nS02,,0.5\r\n',
        "case,group,size\nS01,a b,4\nS02,,0.5\n".encode("utf-16"),
    ],
)
def test_cases_and_their_attributes(read: Read, content: str | bytes) -> None:
    assert read(content) == (EXPECTED, [])


def test_quoted_cells_keep_the_delimiter(read: Read) -> None:
    cases, problems = read('case,partner\nS01,"Smith, J."\nS02,"say ""so"""\n')
    assert problems == []
    assert [case.attributes["partner"] for case in cases] == ["Smith, J.", 'say "so"']


def test_quoted_cells_keep_their_line_ends_and_later_lines_their_numbers(read: Read) -> None:
    cases, problems = read('case,note\nS01,"one\ntwo"\nS02\n')
    assert [case.attributes["note"] for case in cases] == ["one\ntwo"]
    assert [problem.line for problem in problems] == [4]


@pytest.mark.parametrize(
    ("cell", "transcripts"),
    [
        ("A1", ("A1",)),
        ("A1;A2", ("A1", "A2")),
        (" A1 ; A2 | A3;", ("A1", "A2", "A3")),
        ("A1;A2;A1", ("A1", "A2")),
        ("", ("S01",)),
        (" ; ", ("S01",)),
    ],
)
def test_a_case_has_the_transcripts_it_names_or_the_one_of_its_own_name(
    read: Read, cell: str, transcripts: tuple[str, ...]
) -> None:
    cases, problems = read(f"case,transcripts,group\nS01,{cell},x\n")
    assert problems == []
    assert cases == [Case("S01", {"group": "x"}, transcripts)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "cases.csv:1:1: the file is empty (its first line names the columns: case, ...)"),
        ("\n\n", "cases.csv:1:1: the file is empty (its first line names the columns: case, ...)"),
        ("cases,group\nS01,a\n", "cases.csv:1:1: there is no column 'case' (did you mean 'cases'?)"),
        ("Caes,group\nS01,a\n", "cases.csv:1:1: there is no column 'case' (did you mean 'Caes'?)"),
        ("id,group\nS01,a\n", "cases.csv:1:1: there is no column 'case' (found: id, group)"),
        ("case,a,a\nS01,1,2\n", "cases.csv:1:1: column 'a' is given twice"),
        (
            "case,a\nS01,x,y\n",
            "cases.csv:2:1: 3 cells, but the first line names 2 columns (is a comma inside a cell without quotes?)",
        ),
        ("case,a\n\nS01,x\nS01,y\n", "cases.csv:4:1: case 'S01' is given twice"),
        ("case,a\n,x\n", "cases.csv:2:1: the case has no name"),
    ],
)
def test_a_problem_is_told_at_its_place(read: Read, content: str, said: str) -> None:
    assert "\n".join(map(str, read(content)[1])) == said


def test_all_problems_are_told_and_the_good_rows_kept(read: Read) -> None:
    cases, problems = read("case,a\nS01,x\nS02\nS01,y\n,z\nS03,w\n")
    assert [case.id for case in cases] == ["S01", "S03"]
    assert cases[0].attributes == {"a": "x"}
    assert [problem.line for problem in problems] == [3, 4, 5]


def test_a_quotation_mark_left_open_is_a_problem_since_it_would_swallow_the_cases_below(read: Read) -> None:
    cases, problems = read('case,a\nS00,b\nS01,"x\nS02,y\n')
    assert [case.id for case in cases] == ["S00"]
    assert [(problem.line, problem.hint) for problem in problems] == [(3, "is a quotation mark left open?")]
    cases, problems = read('case,a\nS00,b\nS01,"' + "x\n" * 100_000)
    assert [case.id for case in cases] == ["S00"]
    assert [(problem.line, problem.hint) for problem in problems] == [(3, "is a quotation mark left open?")]


def test_columns_without_a_name_are_no_attributes_and_what_stands_in_them_is_told(read: Read) -> None:
    assert read("case,group,,\nS01,x,,\n") == ([Case("S01", {"group": "x"}, ("S01",))], [])
    cases, problems = read("case,group,,\nS01,x,,\nS02,y,, hm \nS03,z,more,\n")
    assert [case.attributes for case in cases] == [{"group": "x"}, {"group": "y"}, {"group": "z"}]
    assert [(one.line, one.message, one.hint, one.level) for one in problems] == [
        (3, "a column without a name is not used", "the first of its cells: 'hm'", "notice")
    ]


cells = st.text("abc ,;\t\"'é\n|", max_size=6)


@given(st.lists(st.tuples(cells, cells), max_size=5), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    import csv

    path = tmp_path_factory.mktemp("cases") / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(["case", "first", "second"])
        writer.writerows((f"S{number}", *row) for number, row in enumerate(rows))
    cases, problems = read_cases(path, display_path="cases.csv")
    assert problems == []
    assert [(case.attributes["first"], case.attributes["second"]) for case in cases] == [
        (first.strip(), second.strip()) for first, second in rows
    ]


def test_the_shipped_cases_have_their_transcripts(root: Path) -> None:
    cases, problems = read_cases(root / "transcripts" / "cases.csv", display_path="cases.csv")
    assert problems == []
    assert len(cases) == 51
    sources = {path.stem for path in (root / "transcripts").iterdir()} - {"cases"}
    assert {transcript for case in cases for transcript in case.transcripts} == sources


def test_the_case_of_the_two_known_columns_is_ignored(read: Read) -> None:
    cases, problems = read("CASE,Group,Transcripts\nAda,x,S01;S02\n")
    assert problems == []
    assert [(case.id, dict(case.attributes), case.transcripts) for case in cases] == [
        ("Ada", {"Group": "x"}, ("S01", "S02"))
    ]


def test_speakers_say_who_of_a_transcript_a_case_is(read: Read) -> None:
    cases, problems = read("case,transcripts,Speakers\nA,F,Ann; Zoe\u0301 | Ann\nB,F;G,\n")
    assert problems == []
    assert [(case.id, case.transcripts, case.speakers) for case in cases] == [
        ("A", ("F",), ("Ann", "Zo\u00e9")),
        ("B", ("F", "G"), ()),
    ]


def test_cases_that_sources_bring_join_those_of_the_table() -> None:
    listed = [Case("r1", {"age": "31", "group": ""}, ("r1",)), Case("Ada", {"age": ""}, ("S#r2", "T"))]
    brought = [
        (Case("r1", {"age": "30", "group": "x"}, ("S#r1",)), "S.csv"),
        (Case("r2", {"age": "40"}, ("S#r2",)), "S.csv"),
        (Case("r3", {"age": "50"}, ("S#r3",)), "S.csv"),
        (Case("r3", {"age": "51", "town": "y"}, ("U#r3",)), "U.csv"),
    ]
    cases, problems = join_cases(listed, brought, table_path="cases.csv", transcript_ids=())
    assert cases == [
        Case("r1", {"age": "31", "group": "x"}, ("S#r1",)),
        Case("Ada", {"age": "40"}, ("S#r2", "T")),
        Case("r3", {"age": "50", "town": "y"}, ("S#r3", "U#r3")),
    ]
    assert [f"{one.level} {one}" for one in problems] == [
        "notice cases.csv: case 'r1': 'age' is '31' here and '30' in S.csv (the first value is used)",
        "notice U.csv: case 'r3': 'age' is '50' here and '51' in U.csv (the first value is used)",
    ]
