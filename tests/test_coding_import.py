"""Tables of codings and of finished transcripts: every row is proved, or none is taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.coding.import_tables import CODING_IMPORT_COLUMNS, ImportProblemsError, ImportResult, read_import_table
from qualcode.errors import OperationError
from qualcode.files import unguard_cell
from studies import column, ledgers, records, small_study, write

GOOD = """\
transcript,quote,code,coder
A,The budget is gone.,work/money,ana
B,I wait a week.,skills/patience,ana
C,Legal says no.,work/fear,ben
"""


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """The small study, nothing coded."""
    return Project(small_study(tmp_path / "study"))


def given_table(study: Project, content: str | bytes, *, name: str = "t.csv", **options: Any) -> ImportResult:
    """Write a table beside the study and code from it; return the result also where problems prevent the import."""
    path = write(study.study.root.parent, name, content)
    return result_of(lambda: study.code_from(path, coder=None, **options))


def result_of(run: Callable[[], ImportResult]) -> ImportResult:
    """Return the result of an import, or that which its error carries."""
    try:
        return run()
    except ImportProblemsError as error:
        return error.result


def told(placed: ImportResult) -> list[str]:
    """Return problems as ``line: message``."""
    return [f"{one.line}: {one.message}" for one in placed.problems]


def coded(study: Project) -> list[tuple[str, str, str, str]]:
    """Return what is coded, by whom."""
    return [(one.transcript, one.quote, one.code, one.coder) for one in study.study.codings]


ALL = [
    ("A", "The budget is gone.", "work/money", "ana"),
    ("B", "I wait a week.", "skills/patience", "ana"),
    ("C", "Legal says no.", "work/fear", "ben"),
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", GOOD),
        ("semicolon.csv", GOOD.replace(",", ";")),
        ("tab.tsv", GOOD.replace(",", "\t")),
        ("bom.csv", b"\xef\xbb\xbf" + GOOD.encode()),
        ("utf16.csv", b"\xff\xfe" + GOOD.encode("utf-16-le")),
        ("crlf.csv", GOOD.replace("\n", "\r\n")),
        ("cr.csv", GOOD.replace("\n", "\r")),
        ("no end.csv", GOOD.rstrip("\n")),
        ("blank lines.csv", "\n" + GOOD.replace("\n", "\n\n").replace(",", ";") + ";;;\n"),
        ("separator.csv", "sep=;\n" + GOOD.replace(",", ";")),
        ("quoted separator.csv", '"sep=,"\r\n' + GOOD.replace("\n", "\r\n")),
        ("blank cells behind.csv", GOOD.replace(",ana\n", ",ana,, \n")),
        ("capitals.csv", GOOD.replace("transcript,quote,code,coder", " Transcript, QUOTE ,Code,CODER")),
        ("order.csv", "\n".join(",".join(reversed(line.split(","))) for line in GOOD.splitlines())),
        (
            "lines.jsonl",
            '{"transcript":"A","quote":"The budget is gone.","code":"work/money","coder":"ana"}\n\n'
            '{"Transcript ":"B","quote":"I wait a week.","code":"skills/patience","coder":"ana","turn":1.0}\n'
            '{"transcript":"C","quote":"Legal says no.","code":"work/fear","coder":"ben","memo":null}\n',
        ),
    ],
)
def test_tables_are_read_however_a_spreadsheet_wrote_them(study: Project, name: str, content: str | bytes) -> None:
    placed = given_table(study, content, name=name)
    assert told(placed) == []
    assert (placed.added, placed.already_present, placed.counts_by_coder) == (3, 0, {"ana": 2, "ben": 1})
    assert coded(study) == ALL


def test_a_table_in_windows_1252_is_read(study: Project) -> None:
    write(study.study.root, "transcripts/A.txt", "I: So?\n\nP: Ça va être cher. Et le café?\n\nI: Oui?\n\nP: Oui.\n")
    placed = given_table(study, "transcript,quote,code,coder\nA,Ça va être cher.,work/money,ana\n".encode("cp1252"))
    assert (placed.added, told(placed)) == (1, [])


def test_the_same_table_twice_adds_nothing(study: Project) -> None:
    given_table(study, GOOD)
    before = ledgers(study.study.root)
    again = given_table(study, GOOD)
    assert (again.added, again.already_present, again.problems) == (0, 3, ())
    assert ledgers(study.study.root) == before


def test_a_coding_given_twice_in_one_table_is_made_once_and_told(study: Project) -> None:
    placed = given_table(study, GOOD + "A,“The budget is gone.”,work/money,ana\nA,The budget is gone.,work/money,ana\n")
    assert told(placed) == [
        "5: ““The budget is gone.”” is not in A: it reads “The budget is gone” there (turn 1, with other punctuation)"
    ]
    placed = given_table(study, GOOD + "A,The budget is gone. ,work/money,ana\n")
    assert (placed.added, placed.already_present) == (3, 1)
    assert [(one.line, one.message) for one in placed.notices] == [(5, "the same coding as line 2")]
    assert len(coded(study)) == 3


def test_one_bad_row_and_nothing_is_taken(study: Project) -> None:
    study.code("A", "work/fear", "The budget is gone.", coder="ana")
    before = ledgers(study.study.root)
    placed = given_table(study, GOOD + "D,nobody said this,work/fear,ana\n")
    assert told(placed) == ["5: “nobody said this” is not in D: copy the words exactly, capitals included"]
    assert (placed.added, placed.counts_by_coder) == (0, {})
    assert ledgers(study.study.root) == before


def test_skip_takes_the_rows_that_fit(study: Project) -> None:
    placed = given_table(study, GOOD + "D,nobody said this,work/fear,ana\n", skip=True)
    assert (placed.added, len(placed.problems)) == (3, 1)
    assert coded(study) == ALL


def test_dry_run_only_looks(study: Project) -> None:
    placed = given_table(study, GOOD, dry_run=True)
    assert (placed.added, placed.counts_by_coder) == (3, {"ana": 2, "ben": 1})
    assert ledgers(study.study.root) == {}


def test_every_bad_row_is_told_with_its_line_and_reason(study: Project) -> None:
    table = """\
transcript,code,coder,quote,turn,sentence,start,end
Z,work/money,ana,The budget is gone.,,,,
A,work/mony,ana,The budget is gone.,,,,
A,work/money,,The budget is gone.,,,,
A,work/money,../x,The budget is gone.,,,,
A,work/money,ana,They fear it.,,,,
A,work/money,ana,They fear it.,3.0,,,
A,work/money,ana,The budget is gone.,2,,,
A,work/money,ana,The budget is gone.,one,,,
A,work/money,ana,The budget is gone.,-1,,,
A,work/money,ana,The budget is gone.,1.5,,,
A,work/money,ana,The budget is gone.,99999999999999999999,,,
A,work/money,ana,What is hard?,,,,
A,work/money,ana,The budget,,,21,31
A,work/money,ana,,,,55,
A,work/money,ana,,,,,
S*,work/money,ana,The budget is gone.,,,,
,work/money,ana,The budget is gone.,,,,
A,,ana,The budget is gone.,,,,
"""
    assert told(given_table(study, table)) == [
        "2: no transcript 'Z' in this study (known: A, B, C, D)",
        "3: no code 'work/mony' in this study (did you mean 'work/money'?)",
        "4: no coder set: to code, name one with coder='NAME' or 'coder: NAME' in qualcode.yaml",
        "5: coder '../x': a name begins with a letter or digit and has letters, digits, spaces and . _ - + @ only",
        "6: “They fear it.” occurs 2 times in A (turns 3, 3): give the turn, or start and end",
        "7: “They fear it.” occurs 2 times in A (turns 3, 3): give the sentence, or start and end",
        "8: the quote is not in turn 2 of A but in turn 1 (turns count from 0)",
        "9: turn 'one' is not a whole number",
        "10: turn '-1' is not a whole number",
        "11: turn '1.5' is not a whole number",
        "12: turn '99999999999999999999' is not a whole number",
        "13: “What is hard?” is not said by a participant of A: interviewers and headers are never coded",
        "14: 21-31 of A reads “Nobody can”, not “The budget”",
        "15: start and end must both be given",
        "16: give a quote, or start and end",
        "17: no transcript 'S*' in this study (known: A, B, C, D)",
        "18: no transcript '' in this study (known: A, B, C, D)",
        "19: no code '' in this study (known: skills/patience, work/fear, work/money, work/money/roi)",
    ]
    assert ledgers(study.study.root) == {}


def test_places_may_be_given_as_spreadsheets_give_numbers(study: Project) -> None:
    table = """\
transcript,code,coder,quote,turn,sentence,start,end
A,work/fear,ana,They fear it.,3.0,1.0,,
A,work/fear,ben,They fear it.,3,0,,
A,work/money,ana,,,,55.0,74.0
A,work/money,ben,The budget is gone.,1,7,,
"""
    assert told(given_table(study, table)) == []
    assert [(one.start, one.end, one.coder) for one in study.study.codings] == [
        (55, 74, "ana"),
        (55, 74, "ben"),  # the sentence only decides between places, so a wrong one does no harm
        (99, 112, "ben"),
        (113, 126, "ana"),
    ]


def test_lines_are_those_of_the_file_also_below_excels_line_for_the_separator(study: Project) -> None:
    table = "SEP=;\ntranscript;code;coder;quote\nA;work/money;ana;Nobody said this.\n"
    assert told(given_table(study, table)) == [
        "3: \u201cNobody said this.\u201d is not in A: copy the words exactly, capitals included"
    ]


def test_lines_are_those_of_the_file_also_after_quotes_over_several_lines(study: Project) -> None:
    table = """\
transcript,code,coder,quote
A,work/money,ana,"The budget
is
gone."

A,work/money,ana,nowhere
A,work/money,ana,"no
where"
A,work/money,ana,nowhere,at all
"""
    assert told(given_table(study, table)) == ["9: 5 cells, but the first line names 4 columns"]
    assert told(given_table(study, table.replace(",at all", ""))) == [
        "6: “nowhere” is not in A: copy the words exactly, capitals included",
        "7: “no where” is not in A: copy the words exactly, capitals included",
        "9: “nowhere” is not in A: copy the words exactly, capitals included",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "1: the table has no rows"),
        ("transcript,code,coder,quote\n", "1: the table has no rows"),
        ("transcript,coder,quote\nA,ana,x\n", "1: there is no column 'code'"),
        ("transcript,code,quote\nA,work/money,x\n", "1: there is no column 'coder'"),
        ("x\ny\n", "1: there is no column 'transcript', 'code', 'coder'"),
        ("transcript,code,coder,quote,Quote\nA,work/money,ana,x,y\n", "1: column 'quote' is given twice"),
        ("transcript,code,coder,quote\nA,work/money,ana\n", "2: 3 cells, but the first line names 4 columns"),
        ("transcript,code,coder,quote\nA,work/money,ana,So, no.\n", "2: 5 cells, but the first line names 4 columns"),
        (
            'transcript,code,coder,quote\nA,work/money,ana,"The budget\nA,work/money,ana,x\n',
            "2: not a table that can be read: unexpected end of data",
        ),
        (
            'transcript,code,coder,quote\nA,work/money,ana,"The" budget\n',
            "2: not a table that can be read: ',' expected after '\"'",
        ),
    ],
)
def test_a_table_that_is_none_is_told_once_and_not_taken(study: Project, content: str, said: str) -> None:
    assert told(given_table(study, content)) == [said]
    assert told(given_table(study, content, skip=True))[0] == said
    assert ledgers(study.study.root) == {}


def test_a_column_nearly_right_gets_a_hint_and_unused_ones_a_notice(study: Project) -> None:
    placed = given_table(study, "transkript,code,coder,quote,page\nA,work/money,ana,The budget is gone.,3\n")
    assert [one.hint for one in placed.problems] == ["did you mean 'transkript'?"]
    placed = given_table(study, "transcript,code,coder,quote,page\nA,work/money,ana,The budget is gone.,3\n")
    assert placed.added == 1
    assert [one.message for one in placed.notices] == ["unknown columns are ignored: page"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1]\n", "1: not a JSON object"),
        ('{"transcript": "A"\n', "1: not JSON: Expecting ',' delimiter"),
        ('"A"\n', "1: not a JSON object"),
        ("[" * 100_000 + "\n", "1: not JSON: "),
        ('{"transcript": "\\ud800"}\n', "1: not JSON: "),
        ('{"turn": ' + "9" * 5000 + "}\n", "1: not JSON: "),
    ],
)
def test_json_lines_that_are_none_are_told(study: Project, content: str, said: str) -> None:
    (first, *_) = told(given_table(study, content, name="t.jsonl"))
    assert first.startswith(said)
    assert ledgers(study.study.root) == {}


def test_a_memo_comes_with_its_coding(study: Project) -> None:
    given_table(study, "transcript,code,coder,quote,memo\nA,work/money,ana,The budget is gone., hm \n")
    assert column(records(study.codings()), "memo") == ["hm"]


def test_the_source_is_kept_with_file_and_line(study: Project) -> None:
    given_table(study, GOOD)
    assert [event.origin.source for event in study.study.ledger_state_with_codings.apply_events] == [
        "t.csv:2",
        "t.csv:3",
        "t.csv:4",
    ]


def test_the_coder_given_is_for_rows_that_name_none(study: Project) -> None:
    path = write(
        study.study.root.parent,
        "t.csv",
        "transcript,code,coder,quote\nA,work/money,,The budget is gone.\nA,work/fear,ben,The budget is gone.\n",
    )
    assert study.code_from(path, coder="ana").counts_by_coder == {"ana": 1, "ben": 1}


def test_a_table_that_cannot_be_read_is_refused(study: Project, tmp_path: Path) -> None:
    for path, said in [(tmp_path / "none.csv", "no such file"), (tmp_path, "folder")]:
        with pytest.raises(OperationError, match=said):
            study.code_from(path)
    with pytest.raises(OperationError, match="NUL"):
        given_table(study, b"PK\x03\x04\0\0")


def test_problems_that_prevent_an_import_are_raised(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "bad.csv", GOOD.replace("C,Legal", "Z,Legal").replace("work/money", "work/mony"))
    with pytest.raises(ImportProblemsError) as raised:
        study.code_from(table)
    assert str(raised.value).split("\n") == [
        f"{table}:2: no code 'work/mony' in this study (did you mean 'work/money'?)",
        f"{table}:4: no transcript 'Z' in this study (known: A, B, C, D)",
        "Nothing was imported: correct the table, or give skip=True to import the other rows.",
    ]
    assert (raised.value.result.added, len(raised.value.result.problems), raised.value.exit_code) == (0, 2, 1)
    assert raised.value.problems == raised.value.result.problems
    assert ledgers(study.study.root) == {}
    assert len(study.code_from(table, dry_run=True).problems) == 2
    result = study.code_from(table, skip=True)
    assert repr(result) == "ImportResult(1 added, 0 already present, 2 problems)"
    assert str(result).split("\n") == [repr(result), *map(str, result.problems)]
    with pytest.raises(ImportProblemsError, match=r"\nNothing was imported: correct the table\.$"):
        study.done_from(write(tmp_path, "done.csv", "transcript,coder\nA,ana\nZ,ana\n"))


def test_the_message_on_a_wrong_table_is_short(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "bad.csv", "transcript,quote,code,coder\n" + 25 * "Z,x,work/money,ana\n")
    with pytest.raises(ImportProblemsError) as raised:
        study.code_from(table)
    lines = str(raised.value).split("\n")
    assert (len(lines), lines[-2]) == (22, "and 5 more, see .problems")
    assert len(raised.value.problems) == 25


# Finished


def test_done_from_a_table_with_and_without_families(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "done.csv", "transcript;coder;families\nA;ana;\nB;ana;work; skills\n".replace("; s", "|s"))
    placed = result_of(lambda: study.done_from(table))
    assert [one.message for one in placed.problems] == [
        "no family 'work|skills' in this study (did you mean 'skills'?)"
    ]
    table = write(tmp_path, "done.csv", 'transcript,coder,families\nA,ana,\nB,ana,"work; skills"\nA,ben,work\n')
    assert study.done_from(table, dry_run=True).added == 3
    assert ledgers(study.study.root) == {}
    placed = study.done_from(table)
    assert (placed.added, placed.counts_by_coder) == (3, {"ana": 2, "ben": 1})
    assert {(one.coder, one.transcript, one.families) for one in study.study.ledger_state.finished} == {
        ("ana", "A", frozenset()),
        ("ana", "B", frozenset({"work", "skills"})),
        ("ben", "A", frozenset({"work"})),
    }
    again = study.done_from(table)
    assert (again.added, again.already_present) == (0, 3)


def test_done_given_twice_in_one_table_is_marked_once(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "done.csv", "transcript,coder,families\nA,ana,\nA,ana,\nA,ana,work\n")
    placed = study.done_from(table)
    assert (placed.added, placed.already_present, placed.counts_by_coder) == (2, 1, {"ana": 2})


def test_done_with_a_bad_row_takes_nothing(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "done.csv", "transcript,coder\nA,ana\nZ,ana\n*,ana\nB,\n,ana\n")
    placed = result_of(lambda: study.done_from(table))
    assert told(placed) == [
        "3: no transcript 'Z' in this study (known: A, B, C, D)",
        "4: no transcript '*' in this study (known: A, B, C, D)",
        "5: no coder set: to finish, name one with coder='NAME' or 'coder: NAME' in qualcode.yaml",
        "6: no transcript '' in this study (known: A, B, C, D)",
    ]
    assert ledgers(study.study.root) == {}


# A law


CELLS = st.text(st.sampled_from(list("aä,;\t\"'\n .“”{}[]0")), max_size=8)


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), delimiter=st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_cell_for_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    assume(all(unguard_cell(cell) == cell for row in rows for cell in row))  # as --csv-safe writes: another law
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["transcript", "quote"])
    writer.writerows(rows)
    path = write(tmp_path_factory.getbasetemp(), "law.csv", stream.getvalue())
    lines, problems = read_import_table(path, columns=CODING_IMPORT_COLUMNS, required=["transcript"])
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    assert [(one.cells["transcript"], one.cells["quote"]) for one in lines] == wanted
    assert [one.message for one in problems] == ([] if wanted else ["the table has no rows"])


def test_a_table_of_codings_does_not_mark_transcripts_done(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    table = write(root, "codings.csv", "transcript,quote,code,coder\nA,Yes.,work/money,ana\n")
    placed = result_of(lambda: Project(root).done_from(table))
    assert placed.added == 0
    assert [problem.message for problem in placed.problems] == ["this is a table of codings"]


def test_a_workbook_is_named_as_such(tmp_path: Path) -> None:
    table = write(small_study(tmp_path), "codings.xls", b"PK\x03\x04")
    with pytest.raises(OperationError, match=r"unsupported type of workbook: save it as .xlsx, or the sheet as CSV"):
        Project(tmp_path).code_from(table)


RAIN = "I: How?\n\nP: \U0001f600\U0001f33e It rained for a week. Then it was fine, caf\u00e9 and all."


@pytest.mark.parametrize(
    ("start", "end", "reading"),
    [
        ("It rained", "a week.", ""),  # code points
        (17, 38, "as UTF-16 offsets this is 15-36: “It rained for a week.”"),
        (21, 42, "as UTF-8 offsets (bytes) this is 15-36: “It rained for a week.”"),
        (19, 40, "as UTF-16 offsets that count line ends as two this is 15-36: “It rained for a week.”"),
        (18, 21, "offsets count characters (code points) of the canonical text from 0"),
    ],
)
def test_offsets_without_a_quote_that_cut_words_are_refused(
    study: Project, start: int | str, end: int | str, reading: str
) -> None:
    write(study.study.root, "transcripts/R.txt", RAIN)
    project = Project(study.study.root)
    span = (start, end) if isinstance(start, int) else (RAIN.index(str(start)), RAIN.index(str(end)) + len(str(end)))
    table = f"transcript,start,end,code,coder\nR,{span[0]},{span[1]},work/money,ana\n"
    placed = given_table(project, table)
    assert placed.added == (0 if reading else 1)
    if reading:
        (message,) = told(placed)
        assert message.startswith(f"2: {span[0]}-{span[1]} of R begins or ends inside a word: “")
        assert message.endswith(f"; {reading} (to code part of a word, give the quote too)")


def test_part_of_a_word_is_coded_by_offsets_with_its_quote(study: Project) -> None:
    write(study.study.root, "transcripts/R.txt", RAIN)
    table = "transcript,start,end,quote,code,coder\nR,16,24,t rained,work/money,ana\n"
    assert given_table(Project(study.study.root), table).added == 1


def test_offsets_of_line_ends_as_two_and_between_characters_of_another_script_are_recognised(study: Project) -> None:
    write(study.study.root, "transcripts/R.txt", "I: How?\n\nP: It rained.\n\nP: 下了雨。")
    project = Project(study.study.root)
    text = project.study.transcripts["R"].text
    start = text.index("rained")
    placed = given_table(project, f"transcript,start,end,code,coder\nR,{start + 2},{start + 9},work/money,ana\n")
    assert f"as offsets that count line ends as two this is {start}-{start + 7}: “rained.”" in told(placed)[0]
    start = text.index("了")
    table = f"transcript,start,end,code,coder\nR,{start},{start + 1},work/money,ana\n"
    assert given_table(project, table).added == 1


CHINESE = "Interviewer: 怎么样？\n\nB: \U0001f642下雨了。我们走了。谷仓还在。我们很好。"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf8(text: str) -> int:
    return len(text.encode())


def with_line_ends_as_two(text: str) -> int:
    return len(text) + text.count("\n")


@pytest.mark.parametrize(
    ("length", "name"),
    [(len, ""), (utf16, "UTF-16 offsets"), (with_line_ends_as_two, "offsets that count line ends as two")],
)
def test_offsets_between_letters_without_spaces_are_refused_if_another_unit_fits(
    study: Project, length: Callable[[str], int], name: str
) -> None:
    write(study.study.root, "transcripts/R.txt", CHINESE)
    project = Project(study.study.root)
    quote = "谷仓还在。"
    first = CHINESE.index(quote)
    span = [length(CHINESE[:first]), length(CHINESE[: first + len(quote)])]
    placed = given_table(project, f"transcript,start,end,code,coder\nR,{span[0]},{span[1]},work/money,ana\n")
    assert placed.added == (0 if name else 1)
    if name:
        assert "begins or ends between letters" in told(placed)[0]
        assert f"as {name} this is {first}-{first + len(quote)}: \u201c{quote}\u201d" in told(placed)[0]


def test_part_of_a_sentence_without_spaces_is_coded_by_offsets(study: Project) -> None:
    write(study.study.root, "transcripts/R.txt", CHINESE)
    project = Project(study.study.root)
    first = CHINESE.index("仓")
    rows = [f"R,{first},{first + size},work/money,ana" for size in (1, 2, 3)]
    assert given_table(project, "\n".join(["transcript,start,end,code,coder", *rows, ""])).added == 3


BARN = "I: How?\n\nAnn: It \U0001f642\U0001f642\U0001f642 rained for a week. The barn stands by the wood. It stands."


@pytest.mark.parametrize("length", [utf16, utf8, with_line_ends_as_two])
def test_once_one_row_fits_another_unit_only_the_others_are_doubted(
    study: Project, length: Callable[[str], int]
) -> None:
    write(study.study.root, "transcripts/R.txt", BARN)
    project = Project(study.study.root)
    quotes = ["rained for a week.", "The barn stands", "the wood. It stands.", "week. The barn", "by the wood."]
    places = [(length(BARN[: BARN.index(quote)]), quote) for quote in quotes]
    rows = [f"R,{start},{start + length(quote)},work/money,ana" for start, quote in places]
    placed = given_table(project, "\n".join(["transcript,start,end,code,coder", *rows, ""]), skip=True)
    assert placed.added == 0
    assert len(placed.problems) == len(quotes)
    for message, quote in zip(told(placed), quotes, strict=True):
        assert f": \u201c{quote}\u201d" in message


def test_a_row_that_fits_no_unit_does_not_cast_doubt_on_others(study: Project) -> None:
    write(study.study.root, "transcripts/R.txt", BARN)
    project = Project(study.study.root)
    first = BARN.index("The barn")
    rows = [f"R,{start},{end},work/money,ana" for start, end in ((first, first + 8), (first + 1, first + 6))]
    placed = given_table(project, "\n".join(["transcript,start,end,code,coder", *rows, ""]), skip=True)
    assert (placed.added, len(placed.problems)) == (1, 1)
